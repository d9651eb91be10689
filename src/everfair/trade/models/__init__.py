"""Columns and constraints of trades, by noun."""

from everfair.trade.models.evidence import Acceptance, Decision, Release, Shown
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

__all__ = [
    "CHARGE_KINDS",
    "ORDER_KINDS",
    "STAGE_CODES",
    "Acceptance",
    "Decision",
    "Framework",
    "FrameworkLine",
    "GroupBuy",
    "Order",
    "OrderCharge",
    "OrderLine",
    "Release",
    "SampleCredit",
    "Shown",
    "Stage",
    "reference_of",
]
