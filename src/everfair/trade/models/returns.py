"""Money that a seller gives back after it was paid."""

from __future__ import annotations

from django.db import models

from everfair.base.models import Row
from everfair.base.money import Money
from everfair.trade.models.orders import Order


class Return(Row):
    """So much of what the seller was paid went back to the buyer: to the wallet, or by a chargeback that was lost (below zero where that
    was decided otherwise later). The fees on it went back to the seller. Insert-only."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.TextField()
    by = models.CharField(max_length=60)

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(amount_minor=0), name="trade_return_amount")]
        indexes = [models.Index(fields=["order", "id"], name="trade_return_order")]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)
