"""What of a claim can be inspected, until when, at whose cost; and how its inspections stand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from everfair.base.rows import ask
from everfair.disputes.models import Claim
from everfair.disputes.queries.rules import number
from everfair.disputes.values import INSPECTABLE
from everfair.trade.queries import days_in_claim, inspections_of_claim


def contested(found: Claim) -> dict[int, Decimal]:
    """The contested quantity by line of the contract: of goods that are there to be looked at."""
    return dict(ask(_CONTESTED, [found.pk, list(INSPECTABLE)]))


_CONTESTED = """
    SELECT l.n, c.quantity FROM disputes_claimline c JOIN trade_orderline l ON l.id = c.line_id
    WHERE c.claim_id = %s AND c.reason = ANY(%s::varchar[]) ORDER BY l.n
"""


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
