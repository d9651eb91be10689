"""Columns and constraints of trades, by noun."""

from everfair.trade.models.evidence import Acceptance, Decision, Release, Shown
from everfair.trade.models.inspections import Inspection, InspectionDebt, InspectionReport
from everfair.trade.models.orders import CHARGE_KINDS, STAGE_CODES, Order, OrderCharge, OrderLine, Stage, reference_of

__all__ = [
    "CHARGE_KINDS",
    "STAGE_CODES",
    "Acceptance",
    "Decision",
    "Inspection",
    "InspectionDebt",
    "InspectionReport",
    "Order",
    "OrderCharge",
    "OrderLine",
    "Release",
    "Shown",
    "Stage",
    "reference_of",
]
