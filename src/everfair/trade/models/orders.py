"""Orders, their lines, charges and stages. Signed terms never change: a trigger holds that."""

from __future__ import annotations

from django.db import models

from everfair.base.models import NextNumber, Row
from everfair.base.money import Money
from everfair.markets.plans import ENDS, TRIGGERS
from everfair.trade.states import AGREEMENT, GOODS, ISSUE, STAGE, WORK


def reference_of(number: int) -> str:
    """What people call an order."""
    return f"EF-{number}"


STAGE_CODES = ("full", "deposit", "production", "balance", "retention", "top_up")
INSPECTED = ("none", "open", "failed", "again", "passed", "waived")
CHARGE_KINDS = ("freight", "insurance", "tooling", "discount", "bank_charge", "tax", "sample_credit")
ORDER_KINDS = ("spot", "made_to_order", "sample", "framework", "call_off", "group_buy")


class Order(Row):
    """One contract between a buyer and a seller, from terms to settlement.

    `terms` is the canonical document both sign (names, lines, charges, Incoterm, stages, rules), `terms_hash` its SHA-256;
    `rules` the numbers that hold for this contract.
    """

    TABLES = (AGREEMENT, GOODS, ISSUE)
    PARTIES = ("buyer_id", "seller_id")
    STOPPED_BY = {"sign": "deposit", "receive": "release", "presume": "release", "complete": "release"}

    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("trade_order_number"))
    market = models.CharField(max_length=20)
    buyer = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    seller = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    origin = models.CharField(max_length=10, default="direct")
    kind = models.CharField(max_length=20, default="spot")
    # What it rests on: a call-off on its framework, a bulk order on the sample that is credited on it.
    basis = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True)
    group_buy = models.ForeignKey("trade.GroupBuy", on_delete=models.PROTECT, related_name="+", null=True)
    # Of a group buy: when its threshold was reached; until then nothing is shipped.
    opened_at = models.DateTimeField(null=True)
    quote = models.ForeignKey("sourcing.Quote", on_delete=models.PROTECT, related_name="+", null=True)
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    # What was really shipped, less the total, at the contract's prices; set when all goods have left.
    difference_minor = models.BigIntegerField(default=0, db_default=0)
    incoterm = models.CharField(max_length=3)
    named_place = models.CharField(max_length=120)
    ship_by = models.DateField()
    remarks = models.TextField(blank=True, default="")
    terms = models.JSONField()
    terms_hash = models.CharField(max_length=64)
    # Which version of the terms holds: the first is 1, each signed amendment counts one more.
    terms_version = models.IntegerField(default=1)
    rules = models.JSONField()
    # The version of the market's fee schedule it was signed under (I27); the schedule itself stands in the signed rules. None: `trade.fee_rate`.
    fee_schedule = models.ForeignKey(
        "markets.FeeSchedule", to_field="number", on_delete=models.PROTECT, related_name="+", null=True
    )
    agreement = AGREEMENT.column()
    goods = GOODS.column()
    issue = ISSUE.column()
    # How its inspections stand, kept with every change of one of them (a proof compares): none, open, failed, again (open after a
    # fail), passed or waived.
    inspection = models.CharField(max_length=10, default="none", db_default="none")
    buyer_signed_at = models.DateTimeField(null=True)
    buyer_signed_by = models.UUIDField(null=True)
    seller_signed_at = models.DateTimeField(null=True)
    seller_signed_by = models.UUIDField(null=True)
    closed_by = models.CharField(max_length=20, blank=True, default="")
    closed_reason = models.TextField(blank=True, default="")
    closed_at = models.DateTimeField(null=True)
    issue_reason = models.TextField(blank=True, default="")
    shipped_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    # Granted days on top of the signed `ship_by`: the sum of its extensions.
    ship_extended_days = models.IntegerField(default=0, db_default=0)
    # The announced moment until which the buyer may speak, once every consignment is proven to have arrived.
    confirm_by = models.DateTimeField(null=True)
    # The days off this contract counts by; none in contracts from before business days.
    calendar = models.ForeignKey("trade.Calendar", on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            AGREEMENT.check("trade_order"),
            GOODS.check("trade_order"),
            ISSUE.check("trade_order"),
            models.CheckConstraint(condition=models.Q(inspection__in=INSPECTED), name="trade_order_inspection"),
            models.CheckConstraint(condition=~models.Q(buyer=models.F("seller")), name="trade_order_two_parties"),
            models.CheckConstraint(condition=models.Q(total_minor__gt=0), name="trade_order_total"),
            models.CheckConstraint(condition=models.Q(origin__in=["direct", "awarded"]), name="trade_order_origin"),
            models.CheckConstraint(condition=models.Q(kind__in=ORDER_KINDS), name="trade_order_kind"),
            models.CheckConstraint(
                condition=(models.Q(kind="call_off", basis__isnull=False) | ~models.Q(kind="call_off"))
                & (
                    models.Q(kind="group_buy", group_buy__isnull=False)
                    | (~models.Q(kind="group_buy") & models.Q(group_buy__isnull=True))
                ),
                name="trade_order_basis",
            ),
            models.UniqueConstraint(fields=["quote"], condition=models.Q(quote__isnull=False), name="trade_order_quote_once"),
        ]
        indexes = [
            models.Index(fields=["buyer", "-number"], name="trade_order_buyer"),
            models.Index(fields=["seller", "-number"], name="trade_order_seller"),
            models.Index(fields=["-number"], condition=models.Q(issue="open"), name="trade_order_issues"),
            models.Index(fields=["buyer", "seller"], condition=models.Q(kind="sample"), name="trade_order_samples"),
        ]

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)

    @property
    def reference(self) -> str:
        return reference_of(self.number)


class OrderLine(models.Model):
    """One line of the contract; `snapshot` is the offer as it stood when the buyer signed."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    n = models.IntegerField()
    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="+", null=True)
    sku = models.CharField(max_length=80, blank=True, default="")
    description = models.CharField(max_length=300)
    quantity = models.DecimalField(max_digits=18, decimal_places=3)
    unit = models.CharField(max_length=3)
    unit_price = models.DecimalField(max_digits=18, decimal_places=6)
    price_per = models.DecimalField(max_digits=9, decimal_places=0, default=1)
    amount_minor = models.BigIntegerField()
    snapshot = models.JSONField(default=dict)
    basis_n = models.IntegerField(null=True)  # of a call-off: the line of its framework

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "n"], name="trade_orderline_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0, amount_minor__gte=0), name="trade_orderline_amounts"),
        ]


class OrderCharge(models.Model):
    """A charge line: freight, insurance, tooling, discount and sample credit (both negative), bank charge, tax."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    n = models.IntegerField()
    kind = models.CharField(max_length=20)
    label = models.CharField(max_length=120, blank=True, default="")
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "n"], name="trade_ordercharge_once"),
            models.CheckConstraint(condition=models.Q(kind__in=CHARGE_KINDS), name="trade_ordercharge_kind"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["discount", "sample_credit"], amount_minor__lt=0)
                | (~models.Q(kind__in=["discount", "sample_credit"]) & models.Q(amount_minor__gt=0)),
                name="trade_ordercharge_sign",
            ),
        ]


class Stage(Row):
    """A part of the total: paid into its own escrow, released or returned on its own.

    `due_on` says what makes it payable, `ends_on` what pays it out (`markets.plans`). `work`: what the supplier has to show for it.
    """

    TABLES = (STAGE, WORK)

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    n = models.IntegerField()
    name = models.CharField(max_length=20)
    percent = models.DecimalField(max_digits=7, decimal_places=4)
    amount_minor = models.BigIntegerField()
    # Of that, what was paid out for goods accepted in parts, while the rest stays held.
    parted_minor = models.BigIntegerField(default=0, db_default=0)
    # Of that, what the buyer's bank has taken back out of its escrow, and how much ever came back into it when that was won.
    charged_minor = models.BigIntegerField(default=0, db_default=0)
    regained_minor = models.BigIntegerField(default=0, db_default=0)
    currency = models.CharField(max_length=3)
    due_on = models.CharField(max_length=20, default="signature")
    ends_on = models.CharField(max_length=20, default="settlement")
    # Of a stage due on a date: the day the contract names.
    due_day = models.DateField(null=True)
    state = STAGE.column()
    work = WORK.column()
    due_at = models.DateTimeField(null=True)
    # What it was paid with where that was trade credit: then it pays out into the credit's accounts, and what comes back is not owed.
    draw = models.ForeignKey("payments.CreditDraw", on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    funded_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            STAGE.check("trade_stage"),
            models.UniqueConstraint(fields=["order", "n"], name="trade_stage_once"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="trade_stage_amount"),
            models.CheckConstraint(
                condition=models.Q(
                    charged_minor__gte=0,
                    regained_minor__gte=0,
                    charged_minor__lte=models.F("amount_minor") - models.F("parted_minor"),
                ),
                name="trade_stage_charged",
            ),
            WORK.check("trade_stage"),
            models.CheckConstraint(condition=models.Q(name__in=STAGE_CODES), name="trade_stage_name"),
            models.CheckConstraint(condition=models.Q(due_on__in=TRIGGERS, ends_on__in=ENDS), name="trade_stage_plan"),
            models.CheckConstraint(
                condition=models.Q(due_on="date", due_day__isnull=False) | (~models.Q(due_on="date") & models.Q(due_day=None)),
                name="trade_stage_day",
            ),
        ]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def parted(self) -> Money:
        return Money(self.parted_minor, self.currency)

    @property
    def rest(self) -> Money:
        """What is still to move: the amount, less what was paid out for goods accepted in parts, and what the buyer's bank took back."""
        return Money(self.amount_minor - self.parted_minor - self.charged_minor, self.currency)
