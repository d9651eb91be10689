"""Payments in, refunds, and every word a provider said."""

from __future__ import annotations

from django.db import models

from everfair.base.clock import EfNow
from everfair.base.models import Row
from everfair.base.money import Money
from everfair.markets.table import DEFAULT_MARKET
from everfair.payments.states import INTENT, LIVE_INTENT, METHODS, REFUND

ROUTE_OUTCOMES = ("asked", "opened", "down", "refused", "doubt", "none")


class Intent(Row):
    """One wish to pay one thing. Its id is the key under which the provider knows it."""

    TABLES = (INTENT,)
    PARTIES = ("company_id",)

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    # Whom it is for in the end, where that is a company: the seller who may grant credit.
    payee = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+", null=True)
    # What is paid: the upper package's word and row («stage», its id).
    purpose_kind = models.CharField(max_length=20)
    purpose = models.UUIDField()
    description = models.CharField(max_length=200)
    # Where it was traded; what a rail may carry is ordered by market.
    market = models.CharField(max_length=20, default=DEFAULT_MARKET, db_default=DEFAULT_MARKET)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    # How the payer chose to pay, until they choose otherwise.
    method = models.CharField(max_length=10, default="card", db_default="card")
    # What the payer writes on a bank transfer (ISO 11649); «» until they choose one.
    reference = models.CharField(max_length=25, blank=True, default="", db_default="")
    provider = models.CharField(max_length=20)
    provider_ref = models.CharField(max_length=80, blank=True, default="")
    checkout_url = models.CharField(max_length=2048, blank=True, default="")
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
            models.CheckConstraint(condition=models.Q(method__in=METHODS), name="payments_intent_method"),
            models.UniqueConstraint(fields=["reference"], condition=~models.Q(reference=""), name="payments_intent_reference"),
            models.UniqueConstraint(
                fields=["purpose"], condition=models.Q(state__in=LIVE_INTENT), name="payments_intent_one_live"
            ),
        ]
        indexes = [
            models.Index(fields=["purpose", "-id"], name="payments_intent_purpose"),
            models.Index(fields=["captured_at"], condition=models.Q(state="captured"), name="payments_intent_captured"),
            models.Index(
                fields=["currency", "amount_minor"], condition=models.Q(state="awaiting"), name="payments_intent_awaiting"
            ),
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
    # Every rail that was weighed, best first, those that were left out last: [code, [reasons]].
    ranking = models.JSONField(default=list)
    outcome = models.CharField(max_length=10, default="asked")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["intent", "n"], name="payments_route_once"),
            models.CheckConstraint(condition=models.Q(outcome__in=ROUTE_OUTCOMES), name="payments_route_outcome"),
        ]


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
    """What a provider said, verified and kept word for word; each event id counts once, for ever (I12).

    Or what only claimed to come from it, or cannot be read: «refused», under an id made of its bytes, so that it never stands in the
    way of a true event. It moved nothing and waits for a person.
    """

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
                condition=models.Q(outcome__in=["new", "applied", "ignored", "mismatch", "unknown", "refused"]),
                name="payments_providerevent_outcome",
            ),
        ]
        indexes = [models.Index(fields=["outcome", "-id"], name="payments_event_outcome")]
