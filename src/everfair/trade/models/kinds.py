"""What the kinds of orders need beside the order: framework contracts, credited samples, group buys."""

from __future__ import annotations

from django.db import models

from everfair.base.models import Row
from everfair.base.money import Money, UnitPrice
from everfair.trade.models.orders import Order
from everfair.trade.states import GROUP

SIDES = ("", "buyer", "seller")


class Framework(models.Model):
    """How a framework contract is called off. Its own row says no more than its terms; only `end_asked_by` moves.

    `least_minor`: the smallest call-off. `seller_confirms`: whether the supplier signs each call-off, or has signed by the framework.
    """

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="+", primary_key=True)
    valid_from = models.DateField()
    valid_until = models.DateField()
    least_minor = models.BigIntegerField(default=0)
    payment_plan = models.CharField(max_length=30)
    deposit_rate = models.DecimalField(max_digits=7, decimal_places=6)
    lead_time_days = models.IntegerField()
    seller_confirms = models.BooleanField(default=True)
    end_asked_by = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_until__gte=models.F("valid_from"), least_minor__gte=0, lead_time_days__gte=0),
                name="trade_framework_numbers",
            ),
            models.CheckConstraint(condition=models.Q(end_asked_by__in=SIDES), name="trade_framework_asked"),
        ]

    @property
    def least(self) -> Money:
        return Money(self.least_minor, self.order.currency)


class FrameworkLine(models.Model):
    """How much of a framework's line is called off: never more than was agreed, whatever happens at once."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    n = models.IntegerField()
    quantity = models.DecimalField(max_digits=18, decimal_places=3)
    called = models.DecimalField(max_digits=18, decimal_places=3, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "n"], name="trade_frameworkline_once"),
            models.CheckConstraint(
                condition=models.Q(called__gte=0, called__lte=models.F("quantity")), name="trade_frameworkline_called"
            ),
        ]


class SampleCredit(models.Model):
    """A sample's price is credited on this order; given back when the order ends before it was shipped."""

    sample = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    returned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sample"], condition=models.Q(returned_at__isnull=True), name="trade_samplecredit_once"
            ),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="trade_samplecredit_amount"),
        ]


class GroupBuy(Row):
    """Many buyers, one offer, one price from a threshold on; by publishing it the supplier signs every order of it in advance.

    `counted` is the quantity that was held in escrow when it closed. `rules`: the numbers that hold for its orders.
    """

    TABLES = (GROUP,)

    seller = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="+")
    market = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    unit = models.CharField(max_length=3)
    unit_price = models.DecimalField(max_digits=18, decimal_places=6)
    price_per = models.DecimalField(max_digits=9, decimal_places=0, default=1)
    threshold = models.DecimalField(max_digits=18, decimal_places=3)
    least = models.DecimalField(max_digits=18, decimal_places=3)
    most = models.DecimalField(max_digits=18, decimal_places=3, null=True)
    closes_at = models.DateTimeField()
    lead_time_days = models.IntegerField()
    incoterm = models.CharField(max_length=3)
    named_place = models.CharField(max_length=120)
    rules = models.JSONField()
    state = GROUP.column()
    published_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)
    counted = models.DecimalField(max_digits=18, decimal_places=3, null=True)

    class Meta:
        constraints = [
            GROUP.check("trade_groupbuy"),
            models.CheckConstraint(
                condition=models.Q(threshold__gt=0, least__gt=0, unit_price__gt=0, lead_time_days__gte=0)
                & (models.Q(most__isnull=True) | models.Q(most__gte=models.F("threshold"))),
                name="trade_groupbuy_numbers",
            ),
            models.UniqueConstraint(fields=["offer"], condition=models.Q(state="open"), name="trade_groupbuy_once"),
        ]
        indexes = [
            models.Index(fields=["market", "closes_at"], condition=models.Q(state="open"), name="trade_groupbuy_open"),
            models.Index(fields=["seller", "-id"], name="trade_groupbuy_seller"),
        ]

    @property
    def price(self) -> UnitPrice:
        return UnitPrice(self.unit_price, self.currency, self.price_per)
