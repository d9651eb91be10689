"""Inspections of goods, before they are shipped or inside a claim: booked, reported, waived; who owes the fee in the end."""

from __future__ import annotations

from django.db import models

from everfair.base.models import Row
from everfair.base.money import Money
from everfair.trade.models.orders import Order
from everfair.trade.states import INSPECTION, INSPECTION_FEE, PACKING

OPEN = ("asked", "accepted")


class Inspection(Row):
    """One visit of an inspector who deals with neither side. What was booked never changes: a trigger holds that.

    `lots`: per line of the contract [{line, quantity, lot_size, code_letter, sample_size, limits}], the sampling plan of
    ISO 2859-1 frozen at booking; a limit is {aql, accept, reject, sample_size}. `former`: the failed one that this one repeats.
    `claim_id`: of a claim on goods that were shipped; such an inspection stops neither goods nor money and is no word on the order:
    its report goes into the claim's file. Null before shipping.
    """

    TABLES = (INSPECTION, INSPECTION_FEE, PACKING)

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    n = models.IntegerField()
    booked_by = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    inspector = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    claim_id = models.UUIDField(null=True)
    former = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True)
    level = models.CharField(max_length=3, default="II")
    lots = models.JSONField()
    wanted_on = models.DateField()
    place = models.CharField(max_length=200)
    note = models.TextField(blank=True, default="")
    fee_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = INSPECTION.column()
    fee = INSPECTION_FEE.column()
    packing = PACKING.column()
    packed_percent = models.IntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            INSPECTION.check("trade_inspection"),
            INSPECTION_FEE.check("trade_inspection"),
            PACKING.check("trade_inspection"),
            models.UniqueConstraint(fields=["order", "n"], name="trade_inspection_once"),
            models.UniqueConstraint(fields=["order"], condition=models.Q(state__in=OPEN), name="trade_inspection_one_open"),
            models.UniqueConstraint(
                fields=["order"], condition=models.Q(state="failed", claim_id=None), name="trade_inspection_one_failed"
            ),
            models.CheckConstraint(condition=models.Q(fee_minor__gt=0), name="trade_inspection_fee_amount"),
            models.CheckConstraint(
                condition=models.Q(packed_percent=None) | models.Q(packed_percent__range=(0, 100)), name="trade_inspection_packed"
            ),
        ]
        indexes = [
            models.Index(fields=["inspector", "-id"], name="trade_inspection_inspector"),
            models.Index(fields=["claim_id"], condition=~models.Q(claim_id=None), name="trade_inspection_claim"),
        ]

    @property
    def fee_amount(self) -> Money:
        return Money(self.fee_minor, self.currency)


class InspectionReport(Row):
    """What was counted, and what follows from it by the plan. Insert-only.

    `defects`: per line {"1": {"critical": 0, "major": 3, "minor": 7}}, counted on the sample of the frozen plan.
    """

    inspection = models.OneToOneField(Inspection, on_delete=models.PROTECT, related_name="+")
    defects = models.JSONField()
    remarks = models.TextField(blank=True, default="")
    file_ids = models.JSONField(default=list)
    passed = models.BooleanField()
    by = models.CharField(max_length=60)


class InspectionDebt(Row):
    """The fee of a failed inspection that the buyer had paid: the seller owes it, and it is taken from what the seller receives."""

    inspection = models.OneToOneField(Inspection, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    taken_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0, taken_minor__gte=0, taken_minor__lte=models.F("amount_minor")),
                name="trade_inspectiondebt_amounts",
            )
        ]
        indexes = [models.Index(fields=["order"], name="trade_inspectiondebt_order")]
