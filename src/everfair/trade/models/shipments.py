"""How goods that do not leave as one are sent: what of each line every consignment carries."""

from __future__ import annotations

from django.db import models

from everfair.base.models import Row
from everfair.trade.models.orders import Order


class ShippedLine(Row):
    """So much of a line went with a consignment. Insert-only. An order whose goods left as one, as ordered, has none."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    consignment = models.ForeignKey("logistics.Consignment", on_delete=models.PROTECT, related_name="+")
    n = models.IntegerField()
    quantity = models.DecimalField(max_digits=18, decimal_places=3)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="trade_shippedline_quantity"),
            models.UniqueConstraint(fields=["consignment", "n"], name="trade_shippedline_once"),
        ]
        indexes = [models.Index(fields=["order", "n"], name="trade_shippedline_order")]
