"""Requests and quotes."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from everfair.base.models import NextNumber, Row
from everfair.base.money import Money
from everfair.markets.plans import DEFAULT_PLAN
from everfair.sourcing.states import QUOTE, RFQ


class Inquiry(Row):
    """A buyer's first question on one offer; the talk itself is a thread."""

    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="+")
    buyer = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    seller = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    thread = models.ForeignKey("messaging.Thread", on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=18, decimal_places=3, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offer", "buyer"], name="sourcing_inquiry_once")]
        indexes = [
            models.Index(fields=["seller", "-id"], name="sourcing_inquiry_seller"),
            models.Index(fields=["buyer", "-id"], name="sourcing_inquiry_buyer"),
        ]


class Rfq(Row):
    """A buyer's request for quotation: one or several lines, seen by matching suppliers."""

    TABLES = (RFQ,)

    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("sourcing_rfq_number"))
    market = models.CharField(max_length=20)
    buyer = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    state = RFQ.column()
    title = models.CharField(max_length=200)
    details = models.TextField(blank=True, default="")
    category = models.CharField(max_length=60)
    currency = models.CharField(max_length=3)
    incoterm = models.CharField(max_length=3)
    named_place = models.CharField(max_length=120)
    destination = models.CharField(max_length=2)
    ship_by = models.DateField(null=True)
    closes_at = models.DateTimeField()
    file_ids = ArrayField(models.UUIDField(), default=list)
    quote_count = models.IntegerField(default=0)
    made_by = models.UUIDField(null=True)

    class Meta:
        constraints = [RFQ.check("sourcing_rfq")]
        indexes = [
            models.Index(fields=["buyer", "-id"], name="sourcing_rfq_buyer"),
            models.Index(fields=["category", "-id"], condition=models.Q(state="open"), name="sourcing_rfq_open_category"),
            models.Index(fields=["-id"], condition=models.Q(state="open"), name="sourcing_rfq_open"),
        ]


class RfqLine(models.Model):
    """One thing asked for. `target_price` per unit, in the request's currency."""

    rfq = models.ForeignKey(Rfq, on_delete=models.PROTECT, related_name="+")
    n = models.IntegerField()
    description = models.CharField(max_length=300)
    quantity = models.DecimalField(max_digits=18, decimal_places=3)
    unit = models.CharField(max_length=3)
    target_price = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rfq", "n"], name="sourcing_rfqline_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="sourcing_rfqline_quantity"),
        ]


class Quote(Row):
    """One revision of one supplier's answer. A revision replaces the former one; only one stands."""

    TABLES = (QUOTE,)
    PARTIES = ("seller_id",)

    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("sourcing_quote_number"))
    rfq = models.ForeignKey(Rfq, on_delete=models.PROTECT, related_name="+")
    seller = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    revision = models.IntegerField(default=1)
    state = QUOTE.column()
    currency = models.CharField(max_length=3)
    incoterm = models.CharField(max_length=3)
    named_place = models.CharField(max_length=120)
    lead_time_days = models.IntegerField()
    valid_until = models.DateTimeField()
    # [{"kind": "freight", "label": "", "amount_minor": 12000}], a discount is negative.
    charges = models.JSONField(default=list)
    payment_plan = models.CharField(max_length=20, default=DEFAULT_PLAN)
    deposit_rate = models.DecimalField(max_digits=5, decimal_places=4)
    remarks = models.TextField(blank=True, default="")
    total_minor = models.BigIntegerField()
    made_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            QUOTE.check("sourcing_quote"),
            models.UniqueConstraint(fields=["rfq", "seller", "revision"], name="sourcing_quote_revision_once"),
            models.UniqueConstraint(
                fields=["rfq", "seller"], condition=models.Q(state__in=["sent", "accepted"]), name="sourcing_quote_one_standing"
            ),
            models.UniqueConstraint(fields=["rfq"], condition=models.Q(state="accepted"), name="sourcing_quote_one_accepted"),
        ]
        indexes = [
            models.Index(fields=["seller", "-id"], name="sourcing_quote_seller"),
            models.Index(fields=["rfq", "seller"], name="sourcing_quote_rfq"),
        ]

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)


class QuoteLine(models.Model):
    """The price of one requested line; `tiers` as in an offer, the amount is for the requested quantity."""

    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="+")
    rfq_line = models.ForeignKey(RfqLine, on_delete=models.PROTECT, related_name="+")
    tiers = models.JSONField()
    unit_price = models.DecimalField(max_digits=18, decimal_places=6)
    amount_minor = models.BigIntegerField()
    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="+", null=True)
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["quote", "rfq_line"], name="sourcing_quoteline_once")]


class Allowance(models.Model):
    """How much of a limit a company has used in one period. Counted in one statement, so that no race can exceed it."""

    company_id = models.UUIDField()
    what = models.CharField(max_length=30)
    period_on = models.DateField()
    used = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "what", "period_on"], name="sourcing_allowance_once"),
            models.CheckConstraint(condition=models.Q(used__gt=0), name="sourcing_allowance_used"),
        ]
