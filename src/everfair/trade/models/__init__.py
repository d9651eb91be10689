"""Columns and constraints of trades, by noun."""

from everfair.trade.models.amendments import Amendment, Credit, CreditUse
from everfair.trade.models.defences import Defence
from everfair.trade.models.evidence import Acceptance, AcceptedLine, Decision, Release, Shown, StagePart
from everfair.trade.models.inspections import Inspection, InspectionDebt, InspectionReport
from everfair.trade.models.kinds import Framework, FrameworkLine, GroupBuy, SampleCredit
from everfair.trade.models.orders import (
    CHARGE_KINDS,
    ORDER_KINDS,
    STAGE_CODES,
    Order,
    OrderCharge,
    OrderLine,
    Stage,
    reference_of,
)
from everfair.trade.models.returns import Return
from everfair.trade.models.shipments import ShippedLine
from everfair.trade.models.time import EXTENSION_KINDS, Calendar, Extension

__all__ = [
    "CHARGE_KINDS",
    "EXTENSION_KINDS",
    "ORDER_KINDS",
    "STAGE_CODES",
    "Acceptance",
    "AcceptedLine",
    "Amendment",
    "Calendar",
    "Credit",
    "CreditUse",
    "Decision",
    "Defence",
    "Extension",
    "Framework",
    "FrameworkLine",
    "GroupBuy",
    "Inspection",
    "InspectionDebt",
    "InspectionReport",
    "Order",
    "OrderCharge",
    "OrderLine",
    "Release",
    "Return",
    "SampleCredit",
    "ShippedLine",
    "Shown",
    "Stage",
    "StagePart",
    "reference_of",
]
