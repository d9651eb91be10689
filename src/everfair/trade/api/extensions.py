"""More time: asking, granting, refusing, taking back."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from everfair.base.allow import allow
from everfair.base.api import write
from everfair.base.roles import MEMBER, OPERATOR
from everfair.companies.roles import TRADING
from everfair.trade import actions, queries
from everfair.trade.api.answers import extension_out
from everfair.trade.models import Extension
from everfair.trade.schemas.orders import AnswerIn, ExtensionIn, ExtensionOut

router = Router(tags=["Orders"])


@router.get("/orders/{uuid:order_id}/extensions", response=list[ExtensionOut])
@allow(MEMBER | OPERATOR, scope="orders:read")
def list_extensions(request: HttpRequest, order_id: UUID) -> Any:
    """All requests for more time, oldest first."""
    found = queries.order(order_id, request.actor, sides=False)  # type: ignore[attr-defined]
    return [extension_out(row) for row in queries.extensions_of(found)]


@router.post("/orders/{uuid:order_id}/extensions", response={201: ExtensionOut})
@allow(TRADING, scope="orders:write")
@write
def ask_extension(request: HttpRequest, order_id: UUID, payload: ExtensionIn) -> Any:
    """Ask the other side for more days to ship (the seller) or to confirm the goods. The clock runs on until it is granted."""
    asked = actions.ask_extension(order_id, payload.kind, payload.days, payload.reason, by=request.actor)  # type: ignore[attr-defined]
    return 201, extension_out(_fresh(request, order_id, asked.pk))


@router.post("/orders/{uuid:order_id}/extensions/{uuid:extension_id}/grant", response=ExtensionOut)
@allow(TRADING, scope="orders:write")
@write
def grant_extension(request: HttpRequest, order_id: UUID, extension_id: UUID) -> Any:
    """The other side agrees: the running deadline moves by the days."""
    actions.grant_extension(_fresh(request, order_id, extension_id).pk, by=request.actor)  # type: ignore[attr-defined]
    return extension_out(_fresh(request, order_id, extension_id))


@router.post("/orders/{uuid:order_id}/extensions/{uuid:extension_id}/refuse", response=ExtensionOut)
@allow(TRADING, scope="orders:write")
@write
def refuse_extension(request: HttpRequest, order_id: UUID, extension_id: UUID, payload: AnswerIn) -> Any:
    """The other side does not agree; the former time holds."""
    actions.refuse_extension(_fresh(request, order_id, extension_id).pk, payload.reason, by=request.actor)  # type: ignore[attr-defined]
    return extension_out(_fresh(request, order_id, extension_id))


@router.post("/orders/{uuid:order_id}/extensions/{uuid:extension_id}/take-back", response=ExtensionOut)
@allow(TRADING, scope="orders:write")
@write
def take_back_extension(request: HttpRequest, order_id: UUID, extension_id: UUID) -> Any:
    """Whoever asked does not need it any more."""
    actions.take_back_extension(_fresh(request, order_id, extension_id).pk, by=request.actor)  # type: ignore[attr-defined]
    return extension_out(_fresh(request, order_id, extension_id))


def _fresh(request: HttpRequest, order_id: UUID, extension_id: UUID) -> Extension:
    return queries.extension_in(order_id, extension_id, request.actor)  # type: ignore[attr-defined]
