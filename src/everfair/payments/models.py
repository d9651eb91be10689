"""Payments in, payments out, and every word a provider said."""

from __future__ import annotations

from django.db import models

from everfair.base.clock import EfNow
from everfair.base.models import Row
from everfair.base.money import Money
from everfair.payments.states import INTENT, LIVE_INTENT, PAYOUT, REFUND

ROUTE_OUTCOMES = ("asked", "opened", "down", "refused", "doubt", "none")


class Intent(Row):
    """One wish to pay one thing. Its id is the key under which the provider knows it."""

    TABLES = (INTENT,)
    PARTIES = ("company_id",)

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    # What is paid: the upper package's word and row («stage», its id).
    purpose_kind = models.CharField(max_length=20)
    purpose = models.UUIDField()
    description = models.CharField(max_length=200)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    provider = models.CharField(max_length=20)
    provider_ref = models.CharField(max_length=80, blank=True, default="")
    checkout_url = models.CharField(max_length=500, blank=True, default="")
    return_path = models.CharField(max_length=300)
    state = INTENT.column()
    # The provider's version of what we know: older news is ignored (I13).
    version = models.BigIntegerField(default=0)
    failure = models.CharField(max_length=80, blank=True, default="")
    captured_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            INTENT.check("payments_intent"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="payments_intent_amount"),
            models.UniqueConstraint(
                fields=["purpose"], condition=models.Q(state__in=LIVE_INTENT), name="payments_intent_one_live"
            ),
        ]
        indexes = [
            models.Index(fields=["purpose", "-id"], name="payments_intent_purpose"),
            models.Index(fields=["captured_at"], condition=models.Q(state="captured"), name="payments_intent_captured"),
        ]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class Route(Row):
    """One try to open a payment on a rail: which was chosen and why, and what came of it.

    `outcome`: asked (the answer is not here), opened, down (nothing happened there), refused, doubt (it may have happened) or none
    (asked later, it knows nothing of it).
    """

    intent = models.ForeignKey(Intent, on_delete=models.PROTECT, related_name="+")
    n = models.IntegerField()
    rail = models.CharField(max_length=20)
    # Every rail that could have carried it, best first: [code, [reasons]].
    ranking = models.JSONField(default=list)
    outcome = models.CharField(max_length=10, default="asked")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["intent", "n"], name="payments_route_once"),
            models.CheckConstraint(condition=models.Q(outcome__in=ROUTE_OUTCOMES), name="payments_route_outcome"),
        ]


class RailCall(models.Model):
    """A provider was asked: whether it failed to answer, and how long it took. Kept for a month; health is read from the newest."""

    rail = models.CharField(max_length=20)
    at = models.DateTimeField(db_default=EfNow())
    failed = models.BooleanField()
    latency_ms = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["rail", "-id"], name="payments_railcall_rail")]


class RailOrder(Row):
    """What an operator said of a rail; the newest of each rail holds. Insert-only.

    `ends_on`: from this day on it carries nothing new, because the provider or we have ended it.
    """

    rail = models.CharField(max_length=20)
    open = models.BooleanField()
    ends_on = models.DateField(null=True)
    reason = models.CharField(max_length=500)
    by = models.CharField(max_length=60)

    class Meta:
        indexes = [models.Index(fields=["rail", "-id"], name="payments_railorder_rail")]


class ShareAlarm(Row):
    """One counterparty carried more than its ceiling; said once a day. Insert-only."""

    counterparty = models.CharField(max_length=60)
    currency = models.CharField(max_length=3)
    share = models.DecimalField(max_digits=7, decimal_places=6)
    counted = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["counterparty", "currency", "-id"], name="payments_sharealarm_who")]


class Drill(Row):
    """A bad day that was rehearsed on a copy of the installation: its figures, and 0 to 100 for how it went. Insert-only."""

    kind = models.CharField(max_length=20)
    score = models.IntegerField()
    figures = models.JSONField(default=dict)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(score__gte=0, score__lte=100), name="payments_drill_score")]


class Refund(Row):
    """Money on its way back to a payer by the rail it came on: the late success of a payment that another one had taken the place of."""

    TABLES = (REFUND,)
    PARTIES = ("company_id",)

    intent = models.ForeignKey(Intent, on_delete=models.PROTECT, related_name="+")
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    rail = models.CharField(max_length=20)
    checkout_ref = models.CharField(max_length=80)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = REFUND.column()
    failure = models.CharField(max_length=80, blank=True, default="")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            REFUND.check("payments_refund"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="payments_refund_amount"),
            models.UniqueConstraint(fields=["rail", "checkout_ref"], name="payments_refund_once"),
        ]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class ProviderEvent(Row):
    """What a provider said, verified and kept word for word; each event id counts once, for ever (I12)."""

    provider = models.CharField(max_length=20)
    account = models.CharField(max_length=80)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    body = models.BinaryField()
    received_at = models.DateTimeField(db_default=EfNow())
    outcome = models.CharField(max_length=20, default="new")
    outcome_note = models.CharField(max_length=200, blank=True, default="")
    subject = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "account", "event_id"], name="payments_providerevent_once"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["new", "applied", "ignored", "mismatch", "unknown"]),
                name="payments_providerevent_outcome",
            ),
        ]
        indexes = [models.Index(fields=["outcome", "-id"], name="payments_event_outcome")]


class BankAccount(Row):
    """Where a company is paid. Removed, not deleted."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    holder = models.CharField(max_length=140)
    # IBAN, or the country's own number.
    account = models.CharField(max_length=40)
    bic = models.CharField(max_length=11, blank=True, default="")
    bank_name = models.CharField(max_length=140)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    added_by = models.UUIDField(null=True)
    removed_at = models.DateTimeField(null=True)


class Payout(Row):
    """Money on its way from a wallet to a bank account; until it arrives it is held in the wallet."""

    TABLES = (PAYOUT,)
    PARTIES = ("company_id",)
    STOPPED_BY = {"send": "payout"}

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    provider = models.CharField(max_length=20)
    provider_ref = models.CharField(max_length=80, blank=True, default="")
    hold_id = models.UUIDField()
    state = PAYOUT.column()
    failure = models.CharField(max_length=80, blank=True, default="")
    requested_by = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            PAYOUT.check("payments_payout"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="payments_payout_amount"),
        ]
        indexes = [models.Index(fields=["company", "-id"], name="payments_payout_company")]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)
