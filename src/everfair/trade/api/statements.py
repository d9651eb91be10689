"""The statement of one order, and what of all orders lies in escrow."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from everfair.base.allow import allow
from everfair.base.api import MoneyOut, open_cursor, seal_cursor
from everfair.base.money import Money
from everfair.base.roles import MEMBER, OPERATOR
from everfair.base.words import word
from everfair.companies.roles import MONEY_KEEPING
from everfair.ledger.queries import escrows
from everfair.trade import queries
from everfair.trade.schemas.statements import EscrowSumsOut, OrderStatementOut

router = Router(tags=["Orders"])


@router.get("/orders/{uuid:order_id}/statement", response=OrderStatementOut)
@allow(MEMBER | OPERATOR, scope="money:read")
def get_order_statement(
    request: HttpRequest, order_id: UUID, cursor: str = Query("", max_length=400), limit: int = Query(50, ge=1, le=100)
) -> Any:
    """What the order's money did, oldest first, for both sides: into the escrow of each stage, and out of it."""
    order = queries.order(order_id, request.actor, sides=False)  # type: ignore[attr-defined]
    stages = queries.stages_of(order)
    after = open_cursor(cursor, str)[0] if cursor else ""
    found = queries.order_statement(order, stages, after=after, limit=limit + 1)
    shown, held = found[:limit], escrows(stage.pk for stage in stages)
    return {
        "stages": [_sums(stage.n, held.get(stage.pk), order.currency) for stage in stages],
        "items": [
            {
                "id": row.line.id,
                "stage": row.n,
                "booked_on": row.line.booked_on,
                "posted_at": row.line.posted_at,
                "kind": row.line.kind,
                "words": word(row.line.kind, "entry"),
                "purpose": row.line.purpose,
                "amount": MoneyOut.of(row.amount),
            }
            for row in shown
        ],
        "next_cursor": seal_cursor([shown[-1].line.place]) if len(found) > limit else None,
    }


@router.get("/wallet/escrow", response=list[EscrowSumsOut])
@allow(MONEY_KEEPING, scope="money:read")
def get_escrow_sums(request: HttpRequest) -> Any:
    """Per currency what lies in escrow: what your company paid and its sellers wait for, and what is to come to it."""
    return [
        {"currency": row.as_buyer.currency, "bought": MoneyOut.of(row.as_buyer), "sold": MoneyOut.of(row.as_seller)}
        for row in queries.held_sums(request.actor)  # type: ignore[attr-defined]
    ]


def _sums(n: int, row: Any, currency: str) -> dict[str, Any]:
    parts = ("funded", "held", "released", "fees", "refunded", "lost")
    return {"n": n} | {part: MoneyOut.of(Money(getattr(row, f"{part}_minor") if row else 0, currency)) for part in parts}
