"""What payers' banks take back of card payments, from whom we take it, and what is kept back against it."""

from __future__ import annotations

from django.db import models

from everfair.base.models import Row
from everfair.base.money import Money
from everfair.payments.models.incoming import Intent, Refund
from everfair.payments.states import CHARGEBACK, CHARGED_BACK, RESERVE

SOURCES = ("escrow", "refund", "reserve", "debt")
ANSWERS = ("", "accept", "contest")


class Chargeback(Row):
    """A dispute of a card payment, as its provider tells it: `ref` is its id there, `amount` what it is about."""

    TABLES = (CHARGEBACK,)
    PARTIES = ("company_id", "payee_id")

    intent = models.ForeignKey(Intent, on_delete=models.PROTECT, related_name="+")
    # Where it is about money that had come a second time.
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="+", null=True)
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    payee = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+", null=True)
    rail = models.CharField(max_length=20)
    ref = models.CharField(max_length=80)
    checkout_ref = models.CharField(max_length=80)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason_code = models.CharField(max_length=80, blank=True, default="")
    evidence_due_at = models.DateTimeField(null=True)
    state = CHARGEBACK.column()
    # The provider's version of what we know: older news is ignored (I13).
    version = models.BigIntegerField(default=0)
    # How often its money moved: out, back, out again.
    moved = models.IntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    # What the operator answers, and when the provider had it.
    answer = models.CharField(max_length=10, blank=True, default="")
    evidence = models.TextField(blank=True, default="")
    answered_by = models.UUIDField(null=True)
    answered_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            CHARGEBACK.check("payments_chargeback"),
            models.UniqueConstraint(fields=["rail", "ref"], name="payments_chargeback_once"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0, fee_minor__gte=0), name="payments_chargeback_amount"),
            models.CheckConstraint(
                condition=models.Q(answer="")
                | models.Q(answer__in=ANSWERS, answered_by__isnull=False, answered_at__isnull=False),
                name="payments_chargeback_answer",
            ),
        ]
        indexes = [
            models.Index(fields=["intent", "id"], name="payments_chargeback_intent"),
            models.Index(fields=["payee", "id"], name="payments_chargeback_payee"),
            models.Index(fields=["evidence_due_at"], condition=models.Q(state="open"), name="payments_chargeback_open"),
        ]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def fee(self) -> Money:
        return Money(self.fee_minor, self.currency)

    @property
    def stands(self) -> bool:
        """The provider has the money."""
        return self.state in CHARGED_BACK


class ChargebackTake(Row):
    """From whom a chargeback was taken, in this order: `holder` is the stage, the refund, the reserve or the debt. What was won goes back
    the same way (`returned_minor`)."""

    chargeback = models.ForeignKey(Chargeback, on_delete=models.PROTECT, related_name="+")
    n = models.IntegerField()
    source = models.CharField(max_length=10)
    holder = models.UUIDField()
    # Whose it was, where it was a company's own already.
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+", null=True)
    amount_minor = models.BigIntegerField()
    returned_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chargeback", "n"], name="payments_chargebacktake_once"),
            models.CheckConstraint(condition=models.Q(source__in=SOURCES), name="payments_chargebacktake_source"),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0, returned_minor__gte=0, returned_minor__lte=models.F("amount_minor")),
                name="payments_chargebacktake_amount",
            ),
        ]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class Reserve(Row):
    """What of one card-paid sale is kept back from its seller until a day: let go by the clock, or used for chargebacks before."""

    TABLES = (RESERVE,)
    PARTIES = ("company_id",)

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    # The sale: the payment's own purpose, and the entry that kept it back.
    subject = models.UUIDField()
    cause = models.CharField(max_length=120, unique=True)
    description = models.CharField(max_length=200)
    amount_minor = models.BigIntegerField()
    left_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    release_at = models.DateTimeField()
    state = RESERVE.column()

    class Meta:
        constraints = [
            RESERVE.check("payments_reserve"),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0, left_minor__gte=0, left_minor__lte=models.F("amount_minor")),
                name="payments_reserve_amount",
            ),
            models.CheckConstraint(
                condition=models.Q(state="held", left_minor__gt=0) | (~models.Q(state="held") & models.Q(left_minor=0)),
                name="payments_reserve_left",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "release_at"], condition=models.Q(state="held"), name="payments_reserve_held"),
        ]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def left(self) -> Money:
        return Money(self.left_minor, self.currency)
