"""Orders from the draft to the receipt."""

from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import Query, Router

from everfair.base.allow import allow
from everfair.base.api import open_cursor, seal_cursor, write
from everfair.base.roles import MEMBER, OPERATOR
from everfair.companies.roles import BUYING, MONEY_KEEPING, SELLING, TRADING
from everfair.trade import actions, queries
from everfair.trade.api.answers import brief, by_line, draft_of, draft_out, money_of, order_out, text_of, whole_out
from everfair.trade.documents import KINDS
from everfair.trade.queries.papers import paper
from everfair.trade.schemas.orders import (
    AcceptIn,
    AwardIn,
    BuyerOut,
    DraftIn,
    DraftOut,
    OrderIn,
    OrderOut,
    OrderPage,
    PayOut,
    ReasonIn,
    ShipIn,
    ShowIn,
    SignIn,
)

router = Router(tags=["Orders"])
PDF = {
    "responses": {
        200: {"description": "The paper", "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
    }
}


@router.get("/orders", response=OrderPage)
@allow(MEMBER | OPERATOR, scope="orders:read")
def list_orders(
    request: HttpRequest,
    side: str = Query("", pattern=r"^(buyer|seller)?$"),
    open: bool = False,
    cursor: str = Query("", max_length=400),
    limit: int = Query(25, ge=1, le=100),
) -> Any:
    """The company's orders, newest first."""
    actor = request.actor  # type: ignore[attr-defined]
    before = open_cursor(cursor, int)[0] if cursor else None
    found = queries.orders_page(actor, side=side, open_only=open, before=before, limit=limit + 1)
    shown = found[:limit]
    standings = queries.standings(shown, actor)
    rest = seal_cursor([shown[-1].number]) if len(found) > limit else None
    return {"items": [brief(order, standings[order.pk]) for order in shown], "next_cursor": rest}


@router.get("/buyers/{number}", response=BuyerOut)
@allow(MEMBER | OPERATOR, scope="orders:read")
def get_buyer(request: HttpRequest, number: int) -> Any:
    """What a supplier may know of a buyer with whom it has business; not found for all others."""
    return queries.buyer_record(queries.buyer_by_number(number, request.actor))  # type: ignore[attr-defined]


@router.post("/orders/preview", response=DraftOut)
@allow(MEMBER, scope="orders:read")
def preview_order(request: HttpRequest, payload: DraftIn) -> Any:
    """The whole contract as it would be signed now. Nothing is written."""
    return draft_out(draft_of(request, payload))


@router.post("/orders", response={201: OrderOut})
@allow(BUYING, scope="orders:write")
@write
def place_order(request: HttpRequest, payload: OrderIn) -> Any:
    """Sign as the buyer and send to the seller."""
    terms = draft_of(request, payload)
    seen = payload.expected_total
    order = actions.place_order(
        terms,
        by=request.actor,  # type: ignore[attr-defined]
        seen_total=money_of(seen.amount, seen.currency) if seen else None,
        seen_hash=payload.draft_hash or "",
    )
    return 201, whole_out(order, request.actor)  # type: ignore[attr-defined]


@router.get("/orders/{uuid:order_id}", response=OrderOut)
@allow(MEMBER | OPERATOR, scope="orders:read")
def get_order(request: HttpRequest, order_id: UUID) -> Any:
    return order_out(request, order_id)


@router.get("/orders/{uuid:order_id}/contract.pdf", response={200: None}, openapi_extra=PDF)
@allow(MEMBER | OPERATOR, scope="orders:read")
def get_contract(request: HttpRequest, order_id: UUID) -> Any:
    """The contract as PDF, in the language of the request."""
    order = queries.order(order_id, request.actor)  # type: ignore[attr-defined]
    answer = HttpResponse(paper(order, "contract", get_language() or "en"), content_type="application/pdf")
    answer["Cache-Control"] = "private, no-store"
    return answer


@router.get("/orders/{uuid:order_id}/papers/{kind}", response={200: None}, openapi_extra=PDF)
@allow(MEMBER | OPERATOR, scope="orders:read")
def get_paper(request: HttpRequest, order_id: UUID, kind: Literal[KINDS], consignment: UUID | None = None) -> Any:  # type: ignore[valid-type]
    """Contract, proforma, commercial invoice, packing list or delivery note as PDF. The last three are of a consignment: the newest, or
    the one named; there is none before the goods were handed over."""
    order = queries.order(order_id, request.actor)  # type: ignore[attr-defined]
    made = paper(order, kind, get_language() or "en", consignment_id=consignment)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Cache-Control"] = "private, no-store"
    return answer


@router.post("/orders/{uuid:order_id}/sign", response=OrderOut)
@allow(SELLING, scope="orders:write")
@write
def sign_order(request: HttpRequest, order_id: UUID, payload: SignIn) -> Any:
    """Sign as the seller: exactly the terms of this hash."""
    actor = request.actor  # type: ignore[attr-defined]
    return whole_out(actions.sign_order(order_id, payload.terms_hash, by=actor), actor)


@router.post("/orders/{uuid:order_id}/decline", response=OrderOut)
@allow(SELLING, scope="orders:write")
@write
def decline_order(request: HttpRequest, order_id: UUID, payload: ReasonIn) -> Any:
    actions.decline_order(order_id, text_of(payload.reason, "reason"), by=request.actor)  # type: ignore[attr-defined]
    return order_out(request, order_id)


@router.post("/orders/{uuid:order_id}/cancel", response=OrderOut)
@allow(TRADING, scope="orders:write")
@write
def cancel_order(request: HttpRequest, order_id: UUID, payload: ReasonIn) -> Any:
    """Either side, while no money is held."""
    actions.cancel_order(order_id, text_of(payload.reason, "reason"), by=request.actor)  # type: ignore[attr-defined]
    return order_out(request, order_id)


@router.post("/orders/{uuid:order_id}/call-off", response=OrderOut)
@allow(TRADING, scope="orders:write")
@write
def call_off_order(request: HttpRequest, order_id: UUID, payload: ReasonIn) -> Any:
    """The seller gives up, or is late and the buyer takes the money back."""
    actions.call_off_order(order_id, text_of(payload.reason, "reason"), by=request.actor)  # type: ignore[attr-defined]
    return order_out(request, order_id)


@router.post("/orders/{uuid:order_id}/stages/{int:n}/pay", response={201: PayOut})
@allow(BUYING | MONEY_KEEPING, scope="money:write")
@write
def pay_stage(request: HttpRequest, order_id: UUID, n: int) -> Any:
    """Open the payment of a stage; the same one again while it is under way. What may be done with it is under /payments/."""
    actor = request.actor  # type: ignore[attr-defined]
    return 201, PayOut(payment=actions.pay_stage(queries.stage_id(order_id, n, actor), by=actor))


@router.post("/orders/{uuid:order_id}/ship", response=OrderOut)
@allow(SELLING, scope="orders:write")
@write
def ship_order(request: HttpRequest, order_id: UUID, payload: ShipIn) -> Any:
    consignment = payload.model_dump(mode="python", exclude={"lines", "last"})
    for name in ("carrier", "tracking_number", "note"):
        consignment[name] = text_of(consignment[name], name)
    weight = consignment["gross_weight_kg"]
    consignment["gross_weight_kg"] = Decimal(weight) if weight else None
    papers: dict[str, list[UUID]] = {}
    for each in consignment.pop("papers"):
        papers.setdefault(each["code"], []).extend(each["files"])
    if papers:
        consignment["papers"] = papers
    lines = None if payload.lines is None else by_line(payload.lines)
    actions.ship_order(order_id, consignment, lines=lines, last=payload.last, by=request.actor)  # type: ignore[attr-defined]
    return order_out(request, order_id)


@router.post("/orders/{uuid:order_id}/finish-shipping", response=OrderOut)
@allow(SELLING, scope="orders:write")
@write
def finish_shipping(request: HttpRequest, order_id: UUID) -> Any:
    """Nothing more follows: what has left is all of it, within the contract's tolerance."""
    actions.finish_shipping(order_id, by=request.actor)  # type: ignore[attr-defined]
    return order_out(request, order_id)


@router.post("/orders/{uuid:order_id}/accept", response=OrderOut)
@allow(BUYING, scope="orders:write")
@write
def accept_goods(request: HttpRequest, order_id: UUID, payload: AcceptIn) -> Any:
    """A part of the goods is there and right: its part of what is held goes to the seller, the rest stays. Final."""
    actions.accept_goods(order_id, by_line(payload.lines), by=request.actor)  # type: ignore[attr-defined]
    return order_out(request, order_id)


@router.post("/orders/{uuid:order_id}/receive", response=OrderOut)
@allow(BUYING, scope="orders:write")
@write
def receive_order(request: HttpRequest, order_id: UUID) -> Any:
    """The goods are there and right: every stage goes to the seller. Final."""
    actions.receive_order(order_id, by=request.actor)  # type: ignore[attr-defined]
    return order_out(request, order_id)


@router.post("/orders/{uuid:order_id}/show", response=OrderOut)
@allow(SELLING, scope="orders:write")
@write
def show_work(request: HttpRequest, order_id: UUID, payload: ShowIn) -> Any:
    """Show pictures of production or a copy of the shipping document: what waits for it falls due."""
    note = text_of(payload.note, "note")
    actions.show_work(order_id, payload.kind, payload.files, note, by=request.actor)  # type: ignore[attr-defined]
    return order_out(request, order_id)


@router.post("/orders/{uuid:order_id}/stages/{int:n}/confirm", response=OrderOut)
@allow(BUYING, scope="orders:write")
@write
def confirm_work(request: HttpRequest, order_id: UUID, n: int) -> Any:
    """What was shown for this stage is right: the stage goes to the seller. Final."""
    actions.confirm_work(order_id, n, by=request.actor)  # type: ignore[attr-defined]
    return order_out(request, order_id)


@router.post("/orders/{uuid:order_id}/stages/{int:n}/send-back", response=OrderOut)
@allow(BUYING, scope="orders:write")
@write
def send_work_back(request: HttpRequest, order_id: UUID, n: int, payload: ReasonIn) -> Any:
    """What was shown for this stage is not enough; nothing is paid."""
    actions.send_work_back(order_id, n, text_of(payload.reason, "reason"), by=request.actor)  # type: ignore[attr-defined]
    return order_out(request, order_id)


@router.post("/quotes/{uuid:quote_id}/award/preview", response=DraftOut)
@allow(BUYING, scope="orders:read")
def preview_award(request: HttpRequest, quote_id: UUID, payload: AwardIn) -> Any:
    """The contract that awarding this quote would make. Nothing is written."""
    remarks = text_of(payload.remarks, "remarks", many_lines=True)
    return draft_out(
        actions.draft_award(
            quote_id,
            by=request.actor,  # type: ignore[attr-defined]
            ship_by=payload.ship_by,
            remarks=remarks,
            pay_in=payload.pay_in,
        )
    )


@router.post("/quotes/{uuid:quote_id}/award", response={201: OrderOut})
@allow(BUYING, scope="orders:write")
@write
def award_quote(request: HttpRequest, quote_id: UUID, payload: AwardIn) -> Any:
    """Accept the quote, sign as the buyer, and send the contract to the seller."""
    order = actions.award_quote(
        quote_id,
        by=request.actor,  # type: ignore[attr-defined]
        ship_by=payload.ship_by,
        remarks=text_of(payload.remarks, "remarks", many_lines=True),
        pay_in=payload.pay_in,
        seen_hash=payload.draft_hash or "",
    )
    return 201, whole_out(order, request.actor)  # type: ignore[attr-defined]
