"""Payment rails for the operator's programs: shares, health, orders; what a rail settled, and where its statement and our books differ."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from everfair.base.allow import allow
from everfair.base.api import MoneyOut, write
from everfair.base.roles import OPERATOR
from everfair.office import actions
from everfair.office.api.lists import fraction, id_in, listed
from everfair.office.queries.rails import rail_row
from everfair.office.schemas.books import RailAccountsOut, RailBreakOut, RailBreakPage
from everfair.office.schemas.plain import WhyIn
from everfair.office.schemas.rails import RailFileOut, RailOrderIn, RailsOut
from everfair.payments import queries
from everfair.payments.queries import alarms_of_shares, rail_break, rail_breaks, rail_orders, rails_face

router = Router(tags=["Office: rails"])


@router.get("/office/rails", response=RailsOut)
@allow(OPERATOR)
def list_rails(request: HttpRequest, currency: str = Query("", pattern=r"^([A-Z]{3})?$")) -> Any:
    """What each carries, costs and answers, in this currency or the one that carries most."""
    face = rails_face(currency)
    plain = {name: getattr(face, name) for name in ("currency", "currencies", "counted", "days")} | {
        "ceiling": fraction(face.ceiling)
    }
    alarms = [
        {name: getattr(row, name) for name in ("counterparty", "currency", "counted")}
        | {"share": fraction(row.share), "raised_at": row.created_at}
        for row in alarms_of_shares()
    ]
    return plain | {"rails": [_rail(row) for row in face.rows], "alarms": alarms}


@router.get("/office/rails/{code}", response=RailFileOut)
@allow(OPERATOR)
def get_rail(request: HttpRequest, code: str) -> Any:
    return _file(code)


@router.post("/office/rails/{code}/order", response=RailFileOut)
@allow(OPERATOR, proof="fresh")
@write
def order_rail(request: HttpRequest, code: str, payload: RailOrderIn) -> Any:
    """Open it or close it for new payments, and say when it ends."""
    rail_row(code)  # NotVisible
    actions.order_rail(code, payload.open, payload.ends_on, payload.reason, by=request.actor)  # type: ignore[attr-defined]
    return RailFileOut(**_file(code))


def _rail(row: Any) -> dict[str, Any]:
    stands = row.standing
    said = {name: getattr(stands, name) for name in ("open", "ends_on", "reason", "breaker", "calls", "latency_ms")}
    return said | {
        "code": stands.rail.code,
        "method": stands.rail.method,
        "counterparty": stands.rail.counterparty,
        "test": stands.plays,
        "ended": row.ended,
        "carried": MoneyOut.of(row.carried),
        "error_rate": fraction(stands.error_rate),
        "share": fraction(row.share),
        "over": row.over,
        "cost_fixed": f"{stands.rail.fixed:f}",
        "cost_rate": f"{stands.rail.rate:f}",
    }


def _file(code: str) -> dict[str, Any]:
    orders = [
        {name: getattr(row, name) for name in ("open", "ends_on", "reason", "by")} | {"said_at": row.created_at}
        for row in rail_orders(code)
    ]
    return _rail(rail_row(code)) | {"orders": orders}


# ── what they settled ──


@router.get("/office/rail-accounts", response=list[RailAccountsOut])
@allow(OPERATOR)
def list_rail_accounts(request: HttpRequest) -> Any:
    """Every rail that settles by a statement of its own, per currency."""
    return [
        {name: getattr(row, name) for name in ("rail", "read_until", "breaks")}
        | {name: MoneyOut.of(getattr(row, name)) for name in ("clearing", "settled", "costs")}
        for row in queries.rail_accounts()
    ]


@router.get("/office/rail-breaks", response=RailBreakPage)
@allow(OPERATOR)
def list_rail_breaks(
    request: HttpRequest,
    state: Literal["", "open", "explained", "booked", "dismissed"] = "",
    cursor: str = Query("", max_length=400),
    limit: int = Query(25, ge=1, le=100),
) -> Any:
    """Newest first."""
    return listed(rail_breaks(state=state, before=id_in(cursor), limit=limit + 1), limit, _break, lambda row: str(row.pk))


@router.get("/office/rail-breaks/{uuid:break_id}", response=RailBreakOut)
@allow(OPERATOR)
def get_rail_break(request: HttpRequest, break_id: UUID) -> Any:
    return _break(rail_break(break_id))


@router.post("/office/rail-breaks/{uuid:break_id}/book", response=RailBreakOut)
@allow(OPERATOR, proof="fresh")
@write
def book_rail_break(request: HttpRequest, break_id: UUID, payload: WhyIn) -> Any:
    """Book what the rail says; what differs waits in suspense, what never comes is a loss."""
    return _ended(break_id, "book", payload.reason, request)


@router.post("/office/rail-breaks/{uuid:break_id}/dismiss", response=RailBreakOut)
@allow(OPERATOR, proof="fresh")
@write
def dismiss_rail_break(request: HttpRequest, break_id: UUID, payload: WhyIn) -> Any:
    """Nothing is booked."""
    return _ended(break_id, "dismiss", payload.reason, request)


def _ended(break_id: UUID, how: str, reason: str, request: HttpRequest) -> RailBreakOut:
    rail_break(break_id)  # NotVisible
    actions.end_break(break_id, how, reason, by=request.actor)  # type: ignore[attr-defined]
    return RailBreakOut(**_break(rail_break(break_id)))


def _break(row: Any) -> dict[str, Any]:
    plain = ("id", "rail", "kind", "about", "state", "reason", "ended_by", "ended_at")
    return {name: getattr(row, name) for name in plain} | {
        "told": MoneyOut.of(row.told),
        "booked": MoneyOut.of(row.booked),
        "fee": MoneyOut.of(row.fee),
        "found_at": row.created_at,
    }
