from django.db import models

from everfair.base.models import Row
from everfair.logistics.values import MODES


class Consignment(Row):
    """Goods handed to a carrier under one number."""

    # What it belongs to: the upper package's row (an order's id).
    subject = models.UUIDField()
    shipper_id = models.UUIDField()
    consignee_id = models.UUIDField()
    mode = models.CharField(max_length=10)
    carrier = models.CharField(max_length=120)
    tracking_number = models.CharField(max_length=80)
    handed_over_on = models.DateField()
    package_count = models.IntegerField()
    gross_weight_kg = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    # [{"line": 1, "quantity": "120", "packages": 4, "marks": ""}]
    packing_list = models.JSONField(default=list)
    note = models.TextField(blank=True, default="")
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(mode__in=MODES), name="logistics_consignment_mode"),
            models.CheckConstraint(condition=models.Q(package_count__gt=0), name="logistics_consignment_packages"),
        ]
        indexes = [models.Index(fields=["subject"], name="logistics_consignment_subject")]
