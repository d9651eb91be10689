"""Samples, framework contracts and group buys for programs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router

from everfair.base.allow import allow
from everfair.base.api import MoneyOut, write
from everfair.base.refused import NotVisible, Refused
from everfair.base.roles import EVERYONE, MEMBER, OPERATOR
from everfair.catalog.values import plain
from everfair.companies.roles import BUYING, SELLING, TRADING
from everfair.markets.queries import market as market_row
from everfair.trade import actions, queries
from everfair.trade.api.answers import draft_out, order_out, text_of
from everfair.trade.models import GroupBuy
from everfair.trade.schemas.kinds import (
    CallOffIn,
    FrameIn,
    FrameworkAwardIn,
    FrameworkIn,
    FrameworkOut,
    GroupIn,
    GroupOut,
    GroupPage,
    JoinIn,
    SampleIn,
)
from everfair.trade.schemas.orders import DraftOut, OrderOut
from everfair.trade.values import Terms

router = Router(tags=["Orders"])


@router.post("/orders/samples/preview", response=DraftOut)
@allow(MEMBER, scope="orders:read")
def preview_sample(request: HttpRequest, payload: SampleIn) -> Any:
    """The contract of a sample as it would be signed now. Nothing is written."""
    return draft_out(_sample(request, payload))


@router.post("/orders/samples", response={201: OrderOut})
@allow(BUYING, scope="orders:write")
@write
def order_sample(request: HttpRequest, payload: SampleIn) -> Any:
    """Order a sample: paid in advance, answered and shipped soon, credited on the bulk order."""
    actor = request.actor  # type: ignore[attr-defined]
    order = actions.order_sample(_sample(request, payload), by=actor, seen_hash=payload.draft_hash or "")
    return 201, order_out(request, order.pk)


def _sample(request: HttpRequest, payload: SampleIn) -> Terms:
    return actions.draft_sample(
        payload.offer,
        payload.quantity,
        incoterm=payload.incoterm,
        named_place=text_of(payload.named_place, "named_place"),
        remarks=text_of(payload.remarks, "remarks", many_lines=True),
        by=request.actor,  # type: ignore[attr-defined]
    )


# ── framework contracts ──


@router.post("/frameworks/preview", response=DraftOut)
@allow(MEMBER, scope="orders:read")
def preview_framework(request: HttpRequest, payload: FrameworkIn) -> Any:
    """A framework contract from price tiers as it would be signed now. Nothing is written."""
    return draft_out(_framework(request, payload))


@router.post("/frameworks", response={201: OrderOut})
@allow(BUYING, scope="orders:write")
@write
def place_framework(request: HttpRequest, payload: FrameworkIn) -> Any:
    """Sign a framework contract as the buyer and send it to the seller."""
    actor = request.actor  # type: ignore[attr-defined]
    order = actions.place_framework(_framework(request, payload), by=actor, seen_hash=payload.draft_hash or "")
    return 201, order_out(request, order.pk)


def _framework(request: HttpRequest, payload: FrameworkIn) -> Terms:
    return actions.draft_framework(
        [(line.offer, Decimal(line.quantity)) for line in payload.lines],
        _frame(payload),
        incoterm=payload.incoterm,
        named_place=text_of(payload.named_place, "named_place"),
        payment_plan=payload.payment_plan,
        remarks=text_of(payload.remarks, "remarks", many_lines=True),
        by=request.actor,  # type: ignore[attr-defined]
    )


def _frame(payload: FrameIn) -> actions.Frame:
    return actions.Frame(payload.valid_until, Decimal(payload.least), payload.seller_confirms)


@router.post("/quotes/{uuid:quote_id}/award-framework/preview", response=DraftOut)
@allow(BUYING, scope="orders:read")
def preview_framework_award(request: HttpRequest, quote_id: UUID, payload: FrameworkAwardIn) -> Any:
    """The framework contract that awarding this quote would make. Nothing is written."""
    remarks = text_of(payload.remarks, "remarks", many_lines=True)
    return draft_out(actions.draft_framework_award(quote_id, _frame(payload), by=request.actor, remarks=remarks))  # type: ignore[attr-defined]


@router.post("/quotes/{uuid:quote_id}/award-framework", response={201: OrderOut})
@allow(BUYING, scope="orders:write")
@write
def award_framework(request: HttpRequest, quote_id: UUID, payload: FrameworkAwardIn) -> Any:
    """Accept the quote as a framework contract: its quantities become the most, its prices hold."""
    order = actions.award_framework(
        quote_id,
        _frame(payload),
        by=request.actor,  # type: ignore[attr-defined]
        remarks=text_of(payload.remarks, "remarks", many_lines=True),
        seen_hash=payload.draft_hash or "",
    )
    return 201, order_out(request, order.pk)


@router.get("/orders/{uuid:order_id}/framework", response=FrameworkOut)
@allow(MEMBER | OPERATOR, scope="orders:read")
def get_framework(request: HttpRequest, order_id: UUID) -> Any:
    """What a framework contract holds, and what is left of it."""
    order = queries.order(order_id, request.actor, sides=False)  # type: ignore[attr-defined]
    if order.kind != "framework":
        raise NotVisible
    frame = queries.framework_of(order)
    names = ("valid_from", "valid_until", "payment_plan", "lead_time_days", "seller_confirms", "end_asked_by")
    return FrameworkOut(
        **{name: getattr(frame, name) for name in names},
        least=MoneyOut.of(frame.least),
        lines=[
            {
                "n": row.n,
                "description": row.line.description,
                "unit": row.line.unit,
                "quantity": _number(row.quantity),
                "called": _number(row.called),
                "left": _number(row.left),
            }
            for row in queries.running_lines(order, queries.order_parts(order).lines)
        ],
        orders=[each.pk for each in queries.resting_on(order)],
    )


@router.post("/orders/{uuid:order_id}/call-offs/preview", response=DraftOut)
@allow(BUYING, scope="orders:read")
def preview_call_off(request: HttpRequest, order_id: UUID, payload: CallOffIn) -> Any:
    """The order that calling these quantities off would make. Nothing is written."""
    remarks = text_of(payload.remarks, "remarks", many_lines=True)
    return draft_out(
        actions.draft_call_off(order_id, _called(payload), by=request.actor, ship_by=payload.ship_by, remarks=remarks)  # type: ignore[attr-defined]
    )


@router.post("/orders/{uuid:order_id}/call-offs", response={201: OrderOut})
@allow(BUYING, scope="orders:write")
@write
def call_off_goods(request: HttpRequest, order_id: UUID, payload: CallOffIn) -> Any:
    """Order a part of what a framework contract holds, at its prices."""
    order = actions.call_off_goods(
        order_id,
        _called(payload),
        by=request.actor,  # type: ignore[attr-defined]
        ship_by=payload.ship_by,
        remarks=text_of(payload.remarks, "remarks", many_lines=True),
        seen_hash=payload.draft_hash or "",
    )
    return 201, order_out(request, order.pk)


def _called(payload: CallOffIn) -> Sequence[tuple[int, Decimal]]:
    return [(line.line, Decimal(line.quantity)) for line in payload.lines]


@router.post("/orders/{uuid:order_id}/end", response=OrderOut)
@allow(TRADING, scope="orders:write")
@write
def end_framework(request: HttpRequest, order_id: UUID) -> Any:
    """The first side asks for the end of a framework contract, the second agrees."""
    actions.end_framework(order_id, by=request.actor)  # type: ignore[attr-defined]
    return order_out(request, order_id)


@router.post("/orders/{uuid:order_id}/keep", response=OrderOut)
@allow(TRADING, scope="orders:write")
@write
def keep_framework(request: HttpRequest, order_id: UUID) -> Any:
    """It goes on after all."""
    actions.keep_framework(order_id, by=request.actor)  # type: ignore[attr-defined]
    return order_out(request, order_id)


# ── group buys ──


@router.get("/group-buys", response=GroupPage)
@allow(EVERYONE)
def list_group_buys(request: HttpRequest, market: str = "export", hall: str = Query("", max_length=60)) -> Any:
    """The running ones of a market, the next to close first."""
    market_row(market)
    return {"items": _groups(queries.running_group_buys(market, hall=hall))}


@router.get("/group-buys/{uuid:group_id}", response=GroupOut)
@allow(EVERYONE)
def get_group_buy(request: HttpRequest, group_id: UUID) -> Any:
    return _groups([queries.group_buy(group_id)])[0]


@router.post("/group-buys", response={201: GroupOut})
@allow(SELLING, scope="orders:write")
@write
def publish_group_buy(request: HttpRequest, payload: GroupIn) -> Any:
    """Open a group buy for one's own offer; publishing signs every order of it in advance."""
    if payload.closes_at.tzinfo is None:
        raise Refused("trade.closes_at", _("Please say the moment with its offset from UTC."), field="closes_at", status=422)
    draft = actions.GroupDraft(
        threshold=Decimal(payload.threshold),
        unit_price=Decimal(payload.unit_price),
        least=Decimal(payload.least),
        most=Decimal(payload.most) if payload.most else None,
        closes_at=payload.closes_at,
        lead_time_days=payload.lead_time_days,
        incoterm=payload.incoterm,
        named_place=text_of(payload.named_place, "named_place"),
    )
    return 201, _groups([actions.publish_group_buy(payload.offer, draft, by=request.actor)])[0]  # type: ignore[attr-defined]


@router.post("/group-buys/{uuid:group_id}/join/preview", response=DraftOut)
@allow(MEMBER, scope="orders:read")
def preview_join(request: HttpRequest, group_id: UUID, payload: JoinIn) -> Any:
    """The order that joining would make. Nothing is written."""
    remarks = text_of(payload.remarks, "remarks", many_lines=True)
    return draft_out(actions.draft_join(group_id, Decimal(payload.quantity), by=request.actor, remarks=remarks))  # type: ignore[attr-defined]


@router.post("/group-buys/{uuid:group_id}/join", response={201: OrderOut})
@allow(BUYING, scope="orders:write")
@write
def join_group_buy(request: HttpRequest, group_id: UUID, payload: JoinIn) -> Any:
    """Sign as a buyer; the whole sum is due at once and rests in escrow until the group buy closes."""
    order = actions.join_group_buy(
        group_id,
        Decimal(payload.quantity),
        by=request.actor,  # type: ignore[attr-defined]
        remarks=text_of(payload.remarks, "remarks", many_lines=True),
        seen_hash=payload.draft_hash or "",
    )
    return 201, order_out(request, order.pk)


@router.post("/group-buys/{uuid:group_id}/close", response=GroupOut)
@allow(SELLING, scope="orders:write")
@write
def close_group_buy(request: HttpRequest, group_id: UUID) -> Any:
    """Close it early: at the threshold every paid order goes on, below it all money goes back."""
    actions.close_group_buy(group_id, by=request.actor)  # type: ignore[attr-defined]
    return _groups([queries.group_buy(group_id)])[0]


def _number(number: Decimal) -> str:
    return f"{plain(number):f}"


_PLAIN = ("market", "unit", "closes_at", "lead_time_days", "incoterm", "named_place", "state")


def _groups(groups: list[GroupBuy]) -> list[GroupOut]:
    progress = queries.progress_of([group.pk for group in groups])
    return [
        GroupOut(
            **{name: getattr(group, name) for name in _PLAIN},
            id=group.pk,
            offer=group.offer_id,
            seller=group.seller_id,
            unit_price=MoneyOut(amount=_number(group.unit_price), currency=group.currency),
            price_per=_number(group.price_per),
            threshold=_number(group.threshold),
            least=_number(group.least),
            most=_number(group.most) if group.most is not None else None,
            held=_number(progress[group.pk].held if group.counted is None else group.counted),
            buyers=progress[group.pk].buyers,
        )
        for group in groups
    ]
