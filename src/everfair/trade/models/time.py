"""What a contract's time is counted by, and the requests for more of it."""

from __future__ import annotations

from django.db import models

from everfair.base.clock import EfNow
from everfair.base.models import Row
from everfair.trade.models.orders import Order
from everfair.trade.states import EXTENSION

EXTENSION_KINDS = ("shipping", "receipt")


class Calendar(models.Model):
    """Days off that contracts were signed under, named by their own hash, so that thousands of contracts share one row. Insert-only."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    countries = models.JSONField()
    # ISO days, weekends included; the first and the last say how far the calendar reaches.
    days_off = models.JSONField()
    created_at = models.DateTimeField(db_default=EfNow(), editable=False)


class Extension(Row):
    """One side asks for more time, the other grants or refuses. The signed terms stay; what is granted counts on top of them."""

    TABLES = (EXTENSION,)

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    days = models.IntegerField()
    reason = models.TextField()
    # buyer | seller
    asked_by = models.CharField(max_length=10)
    state = EXTENSION.column()
    answer_by = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    @property
    def side(self) -> str:
        return self.asked_by

    class Meta:
        constraints = [
            EXTENSION.check("trade_extension"),
            models.CheckConstraint(
                condition=models.Q(kind="shipping", asked_by="seller")
                | models.Q(kind="receipt", asked_by__in=["buyer", "seller"]),
                name="trade_extension_kind",
            ),
            models.CheckConstraint(condition=models.Q(days__gte=1, days__lte=365), name="trade_extension_days"),
            models.UniqueConstraint(fields=["order", "kind"], condition=models.Q(state="asked"), name="trade_extension_one_open"),
        ]
        indexes = [models.Index(fields=["order", "id"], name="trade_extension_order")]
