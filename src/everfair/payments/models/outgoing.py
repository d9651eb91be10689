"""Rows of money that leaves: bank accounts, payouts, the batches and files they leave in, and what companies owe us."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models

from everfair.base.clock import EfNow
from everfair.base.models import Row
from everfair.base.money import Money
from everfair.payments.states import ACCOUNT, BATCH, DEBT, PAYOUT


class BankAccount(Row):
    """Where a company is paid. What it says of the bank never changes: another number is another account, with a wait of its own.

    It is paid from `changed_at` + `wait_hours` on, both kept by the database: the rule counts as it stood when the account was added,
    and on a live installation it is never less than 72 hours (I15).
    """

    TABLES = (ACCOUNT,)
    PARTIES = ("company_id",)

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
    state = ACCOUNT.column()
    changed_at = models.DateTimeField(db_default=EfNow())
    wait_hours = models.IntegerField(default=72, db_default=72)
    # How much the holder's name is the company's, in per cent, and what speaks against believing that.
    name_score = models.IntegerField(default=0, db_default=0)
    doubts = models.JSONField(default=list, db_default=[])
    # Believed by the name alone; otherwise two operators stand for it.
    matched = models.BooleanField(default=False, db_default=False)
    evidence = models.TextField(blank=True, default="", db_default="")
    looked_by = models.UUIDField(null=True)
    confirmed_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            ACCOUNT.check("payments_bankaccount"),
            models.CheckConstraint(
                condition=~models.Q(looked_by=models.F("confirmed_by")), name="payments_bankaccount_two_people"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="verified")
                | models.Q(matched=True)
                | models.Q(looked_by__isnull=False, confirmed_by__isnull=False),
                name="payments_bankaccount_verified",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "id"], name="payments_bankaccount_company"),
            models.Index(fields=["account"], name="payments_bankaccount_number"),
            models.Index(fields=["id"], condition=models.Q(state__in=["added", "looked"]), name="payments_bankaccount_queue"),
        ]

    @property
    def usable_at(self) -> datetime:
        return self.changed_at + timedelta(hours=self.wait_hours)


class Batch(Row):
    """Payouts of one rail and currency that leave together: one operator puts it forward, another lets it go (I16)."""

    TABLES = (BATCH,)

    rail = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    state = BATCH.column()
    # Nothing is put in after this moment.
    cut_off_at = models.DateTimeField()
    prepared_by = models.UUIDField(null=True)
    released_by = models.UUIDField(null=True)
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            BATCH.check("payments_batch"),
            models.CheckConstraint(
                condition=~models.Q(prepared_by=models.F("released_by")), name="payments_batch_maker_not_checker"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["released", "filed", "sent"])
                | models.Q(prepared_by__isnull=False, released_by__isnull=False),
                name="payments_batch_two_people",
            ),
        ]
        indexes = [
            models.Index(fields=["rail", "currency", "cut_off_at"], condition=models.Q(state="open"), name="payments_batch_open")
        ]


class PayoutFile(Row):
    """What a bank is told to pay for one batch (pain.001). Insert-only."""

    batch = models.OneToOneField(Batch, on_delete=models.PROTECT, related_name="+")
    message_id = models.CharField(max_length=35, unique=True)
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    count = models.IntegerField()
    total_minor = models.BigIntegerField()
    made_by = models.UUIDField()


class FileTaking(Row):
    """Somebody took the file: the first time as its maker, again only with a reason. Insert-only."""

    file = models.ForeignKey(PayoutFile, on_delete=models.PROTECT, related_name="+")
    n = models.IntegerField()
    by = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "n"], name="payments_filetaking_once"),
            models.CheckConstraint(condition=models.Q(n=1) | ~models.Q(reason=""), name="payments_filetaking_reason"),
        ]


class Payout(Row):
    """Money on its way from a wallet to a bank account; until it arrives it is held in the wallet."""

    TABLES = (PAYOUT,)
    PARTIES = ("company_id",)
    STOPPED_BY = {"approve": "payout", "put": "payout", "release": "payout", "dispatch": "payout"}

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    # The rail it leaves on; «bank» is a file for our own bank.
    provider = models.CharField(max_length=20)
    provider_ref = models.CharField(max_length=80, blank=True, default="")
    hold_id = models.UUIDField()
    state = PAYOUT.column()
    failure = models.CharField(max_length=80, blank=True, default="")
    requested_by = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)
    # What the rules said when it was asked for: whether a second person approves, and whether two operators let it go.
    needs_second = models.BooleanField(default=False, db_default=False)
    needs_batch = models.BooleanField(default=False, db_default=False)
    approved_by = models.UUIDField(null=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+", null=True)
    # Why it was taken out of its batch, or called off.
    exception = models.CharField(max_length=500, blank=True, default="", db_default="")
    # How often its rail did not answer, and when it is asked again.
    tries = models.IntegerField(default=0, db_default=0)
    retry_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            PAYOUT.check("payments_payout"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="payments_payout_amount"),
            models.CheckConstraint(condition=~models.Q(requested_by=models.F("approved_by")), name="payments_payout_two_people"),
            models.CheckConstraint(
                condition=models.Q(needs_second=False)
                | models.Q(approved_by__isnull=False)
                | models.Q(state__in=["requested", "cancelled"]),
                name="payments_payout_second",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="payments_payout_company"),
            models.Index(fields=["batch", "id"], condition=models.Q(batch__isnull=False), name="payments_payout_batch"),
            models.Index(
                fields=["state", "id"],
                condition=models.Q(state__in=["requested", "approved", "held", "released", "dispatched"]),
                name="payments_payout_waiting",
            ),
        ]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class Debt(Row):
    """What a company owes us: taken from whatever its wallet receives, and asked for until it is nothing."""

    TABLES = (DEBT,)
    PARTIES = ("company_id",)

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    # The event it comes from, said once for ever.
    cause = models.CharField(max_length=120, unique=True)
    reason = models.CharField(max_length=300)
    amount_minor = models.BigIntegerField()
    left_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    # How often something was taken for it: the number of the next entry.
    taken = models.IntegerField(default=0)
    state = DEBT.column()

    class Meta:
        constraints = [
            DEBT.check("payments_debt"),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0, left_minor__gte=0, left_minor__lte=models.F("amount_minor")),
                name="payments_debt_amount",
            ),
            models.CheckConstraint(
                condition=models.Q(state="settled", left_minor=0) | (~models.Q(state="settled") & models.Q(left_minor__gt=0)),
                name="payments_debt_settled",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "currency", "id"], condition=~models.Q(state="settled"), name="payments_debt_open")
        ]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def left(self) -> Money:
        return Money(self.left_minor, self.currency)
