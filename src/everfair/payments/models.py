"""Payments in, payments out, and every word a provider said."""

from __future__ import annotations

from django.db import models

from everfair.base.clock import EfNow
from everfair.base.models import Row
from everfair.base.money import Money
from everfair.payments.states import INTENT, LIVE_INTENT, PAYOUT


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
        indexes = [models.Index(fields=["purpose", "-id"], name="payments_intent_purpose")]

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
