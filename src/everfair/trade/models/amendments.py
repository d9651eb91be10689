"""New versions of a contract's terms, and what they change in money."""

from __future__ import annotations

from django.db import models

from everfair.base.models import Row
from everfair.base.money import Money
from everfair.trade.models.orders import Order, Stage
from everfair.trade.states import AMENDMENT


class Amendment(Row):
    """Terms that one side proposes in place of those that hold; they hold when the other side has signed the same hash (I18).

    `version` counts the contract's terms, whose first version is 1. The document never changes; only its state does.
    """

    TABLES = (AMENDMENT,)

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    version = models.IntegerField()
    document = models.JSONField()
    terms_hash = models.CharField(max_length=64)
    # The hash of the terms it takes the place of.
    former_hash = models.CharField(max_length=64)
    total_minor = models.BigIntegerField()
    side = models.CharField(max_length=6)
    note = models.TextField(blank=True, default="")
    state = AMENDMENT.column()
    proposed_by = models.UUIDField(null=True)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            AMENDMENT.check("trade_amendment"),
            models.UniqueConstraint(fields=["order"], condition=models.Q(state="proposed"), name="trade_amendment_one_proposed"),
            models.UniqueConstraint(
                fields=["order", "version"], condition=models.Q(state="signed"), name="trade_amendment_version_once"
            ),
            models.CheckConstraint(condition=models.Q(side__in=["buyer", "seller"]), name="trade_amendment_side"),
            models.CheckConstraint(condition=models.Q(version__gt=1, total_minor__gt=0), name="trade_amendment_version"),
        ]


class Credit(Row):
    """What the buyer gets back of what is held, when the goods are settled: the terms became cheaper, or less was shipped. Insert-only."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    # None: less was shipped than ordered, within the contract's tolerance.
    amendment = models.OneToOneField(Amendment, on_delete=models.PROTECT, related_name="+", null=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="trade_credit_amount"),
            models.UniqueConstraint(fields=["order"], condition=models.Q(amendment=None), name="trade_credit_short_once"),
        ]
        indexes = [models.Index(fields=["order"], name="trade_credit_order")]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class CreditUse(models.Model):
    """How much of an order's credits one stage gave back when it ended. Insert-only."""

    stage = models.OneToOneField(Stage, on_delete=models.PROTECT, related_name="+", primary_key=True)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="trade_credituse_amount")]
