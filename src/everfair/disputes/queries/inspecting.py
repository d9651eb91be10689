"""What of a claim can be inspected, until when, at whose cost; and how its inspections stand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from everfair.disputes.models import Claim, ClaimLine
from everfair.disputes.queries.rules import number
from everfair.disputes.values import INSPECTABLE
from everfair.trade.queries import days_in_claim, inspections_of_claim


def contested(found: Claim) -> dict[int, Decimal]:
    """The contested quantity by line of the contract: of goods that are there to be looked at."""
    rows = ClaimLine.objects.filter(claim=found, reason__in=INSPECTABLE).order_by("line__n")
    return dict(rows.values_list("line__n", "quantity"))


def days_to_report(found: Claim) -> int:
    return int(number(found.order, "disputes.inspection_days"))


def visit_days(found: Claim) -> tuple[date, date]:
    """The first and the last day an inspector may be wanted on."""
    return days_in_claim(found.order, days_to_report(found))


def payer_of(found: Claim, side: str) -> UUID:
    """Who pays the fee into escrow: whoever orders; the buyer for the arbitrator, because the buyer claims and has it back on a fail."""
    return found.seller_id if side == "seller" else found.buyer_id


def claim_inspections(found: Claim) -> list[Any]:
    """Oldest first; no query where none was ever ordered."""
    return inspections_of_claim(found.order, found.pk) if found.report_by is not None else []


def is_under_way(found: Claim) -> bool:
    return any(each.ended_at is None for each in claim_inspections(found))
