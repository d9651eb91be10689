"""New terms for a running order, signed by both."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from everfair.base.allow import allow
from everfair.base.api import write
from everfair.base.roles import MEMBER, OPERATOR
from everfair.companies.roles import TRADING
from everfair.trade import actions, queries
from everfair.trade.api.answers import amendment_out, order_out, text_of
from everfair.trade.schemas.orders import AmendIn, AmendmentOut, OrderOut, ReasonIn, SignIn

router = Router(tags=["Orders"])


@router.get("/orders/{uuid:order_id}/amendments", response=list[AmendmentOut])
@allow(MEMBER | OPERATOR, scope="orders:read")
def list_amendments(request: HttpRequest, order_id: UUID) -> Any:
    """New terms that were proposed for this order, newest first, however they ended."""
    order = queries.order(order_id, request.actor, sides=False)  # type: ignore[attr-defined]
    return [amendment_out(each, order.currency) for each in queries.amendments_of(order)]


@router.post("/orders/{uuid:order_id}/amendments", response={201: AmendmentOut})
@allow(TRADING, scope="orders:write")
@write
def propose_amendment(request: HttpRequest, order_id: UUID, payload: AmendIn) -> Any:
    """Sign new terms and lay them before the other side. Nothing changes until it signs them too."""
    change = actions.Change(
        lines=[(line.n, Decimal(line.quantity), Decimal(line.unit_price)) for line in payload.lines],
        ship_by=payload.ship_by,
        incoterm=payload.incoterm or "",
        named_place=text_of(payload.named_place, "named_place"),
        remarks=None if payload.remarks is None else text_of(payload.remarks, "remarks"),
    )
    made = actions.propose_amendment(order_id, change, text_of(payload.note, "note"), by=request.actor)  # type: ignore[attr-defined]
    return 201, amendment_out(made, made.order.currency)


@router.post("/amendments/{uuid:amendment_id}/sign", response=OrderOut)
@allow(TRADING, scope="orders:write")
@write
def sign_amendment(request: HttpRequest, amendment_id: UUID, payload: SignIn) -> Any:
    """Sign exactly the terms of this hash: they hold from now on."""
    return order_out(request, actions.sign_amendment(amendment_id, payload.terms_hash, by=request.actor).pk)  # type: ignore[attr-defined]


@router.post("/amendments/{uuid:amendment_id}/refuse", response=OrderOut)
@allow(TRADING, scope="orders:write")
@write
def refuse_amendment(request: HttpRequest, amendment_id: UUID, payload: ReasonIn) -> Any:
    """The former terms go on holding."""
    reason = text_of(payload.reason, "reason")
    return order_out(request, actions.refuse_amendment(amendment_id, reason, by=request.actor).pk)  # type: ignore[attr-defined]


@router.post("/amendments/{uuid:amendment_id}/take-back", response=OrderOut)
@allow(TRADING, scope="orders:write")
@write
def take_back_amendment(request: HttpRequest, amendment_id: UUID) -> Any:
    """Who proposed it takes it back."""
    return order_out(request, actions.take_back_amendment(amendment_id, by=request.actor).pk)  # type: ignore[attr-defined]
