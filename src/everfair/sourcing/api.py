"""Requests, quotes and questions for programs: the same verbs as on the pages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import ConfigDict

from everfair.base.actor import Actor
from everfair.base.allow import allow
from everfair.base.api import MoneyOut, Schema, open_cursor, seal_cursor, write
from everfair.base.money import Money
from everfair.base.roles import MEMBER, OPERATOR
from everfair.base.states import allowed_moves
from everfair.companies.roles import BUYING, SELLING
from everfair.sourcing import actions, queries
from everfair.sourcing.models import Rfq
from everfair.sourcing.queries import QuoteView
from everfair.sourcing.schemas import (
    InquiryIn,
    InquiryOut,
    QuoteChargeOut,
    QuoteIn,
    QuoteLineOut,
    QuoteOut,
    QuoteShortOut,
    QuotesOut,
    QuotesShortOut,
    QuoteTierOut,
    RfqIn,
    RfqLineOut,
    RfqOut,
    RfqShortOut,
    RfqsOut,
)

router = Router(tags=["sourcing"])


class Nothing(Schema):
    """A body that says nothing: `{}`."""

    model_config = ConfigDict(extra="forbid")


def plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def money_out(money: Money) -> MoneyOut:
    return MoneyOut.of(money)


def rfq_out(rfq: Rfq, actor: Actor) -> RfqOut:
    lines = [
        RfqLineOut(
            n=line.n,
            description=line.description,
            quantity=plain(line.quantity),
            unit=line.unit,
            target_price=None if line.target_price is None else plain(line.target_price),
            offer_id=line.offer_id,
        )
        for line in queries.lines_of(rfq)
    ]
    return RfqOut(
        id=rfq.pk,
        number=rfq.number,
        market=rfq.market,
        buyer_id=rfq.buyer_id,
        state=rfq.state,
        title=rfq.title,
        details=rfq.details,
        category=rfq.category,
        currency=rfq.currency,
        incoterm=rfq.incoterm,
        named_place=rfq.named_place,
        destination=rfq.destination,
        ship_by=rfq.ship_by,
        closes_at=rfq.closes_at,
        created_at=rfq.created_at,
        quote_count=rfq.quote_count,
        file_ids=rfq.file_ids,
        lines=lines,
        allowed=allowed_moves(rfq, actor),
    )


def _rfq_short(rfq: Any) -> RfqShortOut:
    return RfqShortOut(
        id=rfq.pk,
        number=rfq.number,
        state=rfq.state,
        title=rfq.title,
        category=rfq.category,
        currency=rfq.currency,
        destination=rfq.destination,
        closes_at=rfq.closes_at,
        quote_count=rfq.quote_count,
        line_count=rfq.line_count,
        match=getattr(rfq, "match", None),
    )


def quote_out(view: QuoteView, actor: Actor) -> QuoteOut:
    quote = view.quote
    lines = [
        QuoteLineOut(
            n=line.rfq_line.n,
            description=line.rfq_line.description,
            quantity=plain(line.rfq_line.quantity),
            unit=line.rfq_line.unit,
            unit_price=plain(line.unit_price),
            amount=money_out(view.amount(line)),
            tiers=[QuoteTierOut(from_quantity=start, price=price) for start, price in line.tiers],
            note=line.note,
            offer_id=line.offer_id,
        )
        for line in view.lines
    ]
    return QuoteOut(
        id=quote.pk,
        number=quote.number,
        rfq_id=quote.rfq_id,
        seller_id=quote.seller_id,
        revision=quote.revision,
        state=quote.state,
        expired=view.expired,
        incoterm=quote.incoterm,
        named_place=quote.named_place,
        lead_time_days=quote.lead_time_days,
        valid_until=quote.valid_until,
        payment_plan=quote.payment_plan,
        deposit_rate=plain(quote.deposit_rate),
        remarks=quote.remarks,
        created_at=quote.created_at,
        lines=lines,
        charges=[QuoteChargeOut(kind=kind, label=label, amount=money_out(amount)) for kind, label, amount in view.charges],
        goods=money_out(view.goods),
        total=money_out(view.total),
        allowed=allowed_moves(quote, actor),
    )


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined,no-any-return]


@router.post("/inquiries", response={201: InquiryOut})
@allow(BUYING, scope="messages:write")
@write
def send_inquiry(request: HttpRequest, payload: InquiryIn) -> Any:
    """Ask the supplier of an offer; a second question goes on in the same thread."""
    quantity = Decimal(payload.quantity) if payload.quantity is not None else None
    made = actions.send_inquiry(payload.offer_id, payload.text, by=_actor(request), quantity=quantity, file_ids=payload.file_ids)
    return 201, InquiryOut(
        id=made.pk, offer_id=made.offer_id, thread_id=made.thread_id, buyer_id=made.buyer_id, seller_id=made.seller_id
    )


@router.get("/rfqs", response=RfqsOut)
@allow(MEMBER, scope="rfqs:read")
def list_rfqs(
    request: HttpRequest,
    view: Literal["own", "matching", "open"] = "own",
    cursor: str = Query("", max_length=500),
    limit: int = Query(30, ge=1, le=100),
) -> RfqsOut:
    """`own`: what the company has asked for. `matching`: open requests near its offers. `open`: all open requests."""
    actor = _actor(request)
    kinds = (UUID,) if view == "own" else (UUID, int)
    place = open_cursor(cursor, *kinds) if cursor else None
    if view == "own":
        found = queries.own_rfqs(actor, before=place[0] if place else None, limit=limit + 1)
        last = found[limit - 1] if len(found) > limit else None
        following = seal_cursor([str(last.pk)]) if last else None
    else:
        before = (place[1], place[0]) if place else None
        found = queries.leads(actor, matching=view == "matching", before=before, limit=limit + 1)
        last = found[limit - 1] if len(found) > limit else None
        following = seal_cursor([str(last.pk), last.match]) if last else None  # type: ignore[attr-defined]
    return RfqsOut(items=[_rfq_short(rfq) for rfq in found[:limit]], next_cursor=following)


@router.post("/rfqs", response={201: RfqOut})
@allow(BUYING, scope="rfqs:write")
@write
def post_rfq(request: HttpRequest, payload: RfqIn) -> Any:
    """Ask suppliers for quotes."""
    return 201, rfq_out(actions.post_rfq(payload.draft(), by=_actor(request)), _actor(request))


@router.get("/rfqs/{uuid:rfq_id}", response=RfqOut)
@allow(MEMBER | OPERATOR, scope="rfqs:read")
def read_rfq(request: HttpRequest, rfq_id: UUID) -> RfqOut:
    """A request of one's own, an open one, or one that was quoted for."""
    return rfq_out(queries.rfq_by_id(rfq_id, _actor(request)), _actor(request))


@router.post("/rfqs/{uuid:rfq_id}/close", response=RfqOut)
@allow(BUYING, scope="rfqs:write")
@write
def close_rfq(request: HttpRequest, rfq_id: UUID, payload: Nothing | None = None) -> Any:
    """No more quotes; those that came can be awarded."""
    return rfq_out(actions.close_rfq(rfq_id, by=_actor(request)), _actor(request))


@router.post("/rfqs/{uuid:rfq_id}/cancel", response=RfqOut)
@allow(BUYING | OPERATOR, scope="rfqs:write")
@write
def cancel_rfq(request: HttpRequest, rfq_id: UUID, payload: Nothing | None = None) -> Any:
    """Take the request back; quotes that stood are declined."""
    return rfq_out(actions.cancel_rfq(rfq_id, by=_actor(request)), _actor(request))


@router.get("/rfqs/{uuid:rfq_id}/quotes", response=QuotesOut)
@allow(MEMBER | OPERATOR, scope="quotes:read")
def list_quotes_of_rfq(request: HttpRequest, rfq_id: UUID, history: bool = False) -> QuotesOut:
    """The buyer sees every supplier's standing quote, cheapest first; a supplier its own. With `history`, former revisions too."""
    actor = _actor(request)
    rfq = queries.rfq_by_id(rfq_id, actor)
    return QuotesOut(items=[quote_out(view, actor) for view in queries.quotes_of(rfq, actor, all_states=history)])


@router.post("/rfqs/{uuid:rfq_id}/quotes", response={201: QuoteOut})
@allow(SELLING, scope="quotes:write")
@write
def send_quote(request: HttpRequest, rfq_id: UUID, payload: QuoteIn) -> Any:
    """Answer a request."""
    actor = _actor(request)
    rfq = queries.rfq_by_id(rfq_id, actor)
    made = actions.send_quote(rfq_id, payload.draft(rfq.currency), by=actor)
    return 201, quote_out(queries.view_of(made), actor)


@router.get("/quotes", response=QuotesShortOut)
@allow(MEMBER, scope="quotes:read")
def list_quotes(
    request: HttpRequest, cursor: str = Query("", max_length=500), limit: int = Query(30, ge=1, le=100)
) -> QuotesShortOut:
    """What the company has quoted, newest first, without replaced revisions."""
    before = open_cursor(cursor, UUID)[0] if cursor else None
    found = queries.own_quotes(_actor(request), before=before, limit=limit + 1)
    rows = [
        QuoteShortOut(
            id=quote.pk,
            number=quote.number,
            rfq_id=quote.rfq_id,
            revision=quote.revision,
            state=quote.state,
            total=money_out(quote.total),
            valid_until=quote.valid_until,
            created_at=quote.created_at,
        )
        for quote in found[:limit]
    ]
    return QuotesShortOut(items=rows, next_cursor=seal_cursor([str(rows[-1].id)]) if len(found) > limit else None)


@router.get("/quotes/{uuid:quote_id}", response=QuoteOut)
@allow(MEMBER | OPERATOR, scope="quotes:read")
def read_quote(request: HttpRequest, quote_id: UUID) -> QuoteOut:
    return quote_out(queries.quote_view(quote_id, _actor(request)), _actor(request))


@router.post("/quotes/{uuid:quote_id}/revise", response={201: QuoteOut})
@allow(SELLING, scope="quotes:write")
@write
def revise_quote(request: HttpRequest, quote_id: UUID, payload: QuoteIn) -> Any:
    """Put a new revision, with an id of its own, in the quote's place."""
    actor = _actor(request)
    currency = queries.quote_view(quote_id, actor).quote.currency
    made = actions.revise_quote(quote_id, payload.draft(currency), by=actor)
    return 201, quote_out(queries.view_of(made), actor)


@router.post("/quotes/{uuid:quote_id}/withdraw", response=QuoteOut)
@allow(SELLING, scope="quotes:write")
@write
def withdraw_quote(request: HttpRequest, quote_id: UUID, payload: Nothing | None = None) -> Any:
    """Take a standing quote back."""
    actions.withdraw_quote(quote_id, by=_actor(request))
    return quote_out(queries.quote_view(quote_id, _actor(request)), _actor(request))


@router.post("/quotes/{uuid:quote_id}/decline", response=QuoteOut)
@allow(BUYING, scope="rfqs:write")
@write
def decline_quote(request: HttpRequest, quote_id: UUID, payload: Nothing | None = None) -> Any:
    """The buyer does not want this quote."""
    actions.decline_quote(quote_id, by=_actor(request))
    return quote_out(queries.quote_view(quote_id, _actor(request)), _actor(request))
