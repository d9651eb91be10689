"""Orders for programs: the same verbs, permissions and refusals as the pages."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Query, Router

from everfair.base.allow import allow
from everfair.base.api import MoneyOut, open_cursor, seal_cursor, write
from everfair.base.forms import clean_text
from everfair.base.money import Money, UnitPrice
from everfair.base.refused import Refused
from everfair.base.roles import MEMBER, OPERATOR
from everfair.companies.roles import BUYING, MONEY_KEEPING, SELLING, TRADING
from everfair.logistics.queries import consignment_of
from everfair.payments.queries import intents_of
from everfair.trade import actions, queries
from everfair.trade.models import Order
from everfair.trade.queries.papers import paper
from everfair.trade.schemas import (
    AwardIn,
    BuyerOut,
    ConsignmentOut,
    DraftIn,
    DraftOut,
    OrderIn,
    OrderOut,
    OrderPage,
    PartyOut,
    PayOut,
    ReasonIn,
    ShipIn,
    ShowIn,
    SignIn,
)
from everfair.trade.values import Terms

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
    return {"items": [_brief(order, standings[order.pk]) for order in shown], "next_cursor": rest}


@router.get("/buyers/{number}", response=BuyerOut)
@allow(MEMBER | OPERATOR, scope="orders:read")
def get_buyer(request: HttpRequest, number: int) -> Any:
    """What a supplier may know of a buyer with whom it has business; not found for all others."""
    return queries.buyer_record(queries.buyer_by_number(number, request.actor))  # type: ignore[attr-defined]


@router.post("/orders/preview", response=DraftOut)
@allow(MEMBER, scope="orders:read")
def preview_order(request: HttpRequest, payload: DraftIn) -> Any:
    """The whole contract as it would be signed now. Nothing is written."""
    return _draft_out(_draft(request, payload))


@router.post("/orders", response={201: OrderOut})
@allow(BUYING, scope="orders:write")
@write
def place_order(request: HttpRequest, payload: OrderIn) -> Any:
    """Sign as the buyer and send to the seller."""
    terms = _draft(request, payload)
    seen = payload.expected_total
    order = actions.place_order(
        terms,
        by=request.actor,  # type: ignore[attr-defined]
        seen_total=_money(seen.amount, seen.currency) if seen else None,
        seen_hash=payload.draft_hash or "",
    )
    return 201, _out(request, order.pk)


@router.get("/orders/{uuid:order_id}", response=OrderOut)
@allow(MEMBER | OPERATOR, scope="orders:read")
def get_order(request: HttpRequest, order_id: UUID) -> Any:
    return _out(request, order_id)


@router.get("/orders/{uuid:order_id}/contract.pdf", response={200: None}, openapi_extra=PDF)
@allow(MEMBER | OPERATOR, scope="orders:read")
def get_contract(request: HttpRequest, order_id: UUID) -> Any:
    """The contract as PDF, in the language of the request."""
    order = queries.order(order_id, request.actor)  # type: ignore[attr-defined]
    answer = HttpResponse(paper(order, "contract", get_language() or "en"), content_type="application/pdf")
    answer["Cache-Control"] = "private, no-store"
    return answer


@router.post("/orders/{uuid:order_id}/sign", response=OrderOut)
@allow(SELLING, scope="orders:write")
@write
def sign_order(request: HttpRequest, order_id: UUID, payload: SignIn) -> Any:
    """Sign as the seller: exactly the terms of this hash."""
    actions.sign_order(order_id, payload.terms_hash, by=request.actor)  # type: ignore[attr-defined]
    return _out(request, order_id)


@router.post("/orders/{uuid:order_id}/decline", response=OrderOut)
@allow(SELLING, scope="orders:write")
@write
def decline_order(request: HttpRequest, order_id: UUID, payload: ReasonIn) -> Any:
    actions.decline_order(order_id, _text(payload.reason, "reason"), by=request.actor)  # type: ignore[attr-defined]
    return _out(request, order_id)


@router.post("/orders/{uuid:order_id}/cancel", response=OrderOut)
@allow(TRADING, scope="orders:write")
@write
def cancel_order(request: HttpRequest, order_id: UUID, payload: ReasonIn) -> Any:
    """Either side, while no money is held."""
    actions.cancel_order(order_id, _text(payload.reason, "reason"), by=request.actor)  # type: ignore[attr-defined]
    return _out(request, order_id)


@router.post("/orders/{uuid:order_id}/call-off", response=OrderOut)
@allow(TRADING, scope="orders:write")
@write
def call_off_order(request: HttpRequest, order_id: UUID, payload: ReasonIn) -> Any:
    """The seller gives up, or is late and the buyer takes the money back."""
    actions.call_off_order(order_id, _text(payload.reason, "reason"), by=request.actor)  # type: ignore[attr-defined]
    return _out(request, order_id)


@router.post("/orders/{uuid:order_id}/stages/{int:n}/pay", response={201: PayOut})
@allow(BUYING | MONEY_KEEPING, scope="money:write")
@write
def pay_stage(request: HttpRequest, order_id: UUID, n: int) -> Any:
    """Open the payment of a stage; the same one again while it is under way."""
    actor = request.actor  # type: ignore[attr-defined]
    return 201, PayOut(payment=actions.pay_stage(queries.stage_id(order_id, n, actor), by=actor))


@router.post("/orders/{uuid:order_id}/ship", response=OrderOut)
@allow(SELLING, scope="orders:write")
@write
def ship_order(request: HttpRequest, order_id: UUID, payload: ShipIn) -> Any:
    consignment = payload.model_dump(mode="python")
    for name in ("carrier", "tracking_number", "note"):
        consignment[name] = _text(consignment[name], name)
    weight = consignment["gross_weight_kg"]
    consignment["gross_weight_kg"] = Decimal(weight) if weight else None
    actions.ship_order(order_id, consignment, by=request.actor)  # type: ignore[attr-defined]
    return _out(request, order_id)


@router.post("/orders/{uuid:order_id}/receive", response=OrderOut)
@allow(BUYING, scope="orders:write")
@write
def receive_order(request: HttpRequest, order_id: UUID) -> Any:
    """The goods are there and right: every stage goes to the seller. Final."""
    actions.receive_order(order_id, by=request.actor)  # type: ignore[attr-defined]
    return _out(request, order_id)


@router.post("/orders/{uuid:order_id}/show", response=OrderOut)
@allow(SELLING, scope="orders:write")
@write
def show_work(request: HttpRequest, order_id: UUID, payload: ShowIn) -> Any:
    """Show pictures of production or a copy of the shipping document: what waits for it falls due."""
    note = _text(payload.note, "note")
    actions.show_work(order_id, payload.kind, payload.files, note, by=request.actor)  # type: ignore[attr-defined]
    return _out(request, order_id)


@router.post("/orders/{uuid:order_id}/stages/{int:n}/confirm", response=OrderOut)
@allow(BUYING, scope="orders:write")
@write
def confirm_work(request: HttpRequest, order_id: UUID, n: int) -> Any:
    """What was shown for this stage is right: the stage goes to the seller. Final."""
    actions.confirm_work(order_id, n, by=request.actor)  # type: ignore[attr-defined]
    return _out(request, order_id)


@router.post("/orders/{uuid:order_id}/stages/{int:n}/send-back", response=OrderOut)
@allow(BUYING, scope="orders:write")
@write
def send_work_back(request: HttpRequest, order_id: UUID, n: int, payload: ReasonIn) -> Any:
    """What was shown for this stage is not enough; nothing is paid."""
    actions.send_work_back(order_id, n, _text(payload.reason, "reason"), by=request.actor)  # type: ignore[attr-defined]
    return _out(request, order_id)


@router.post("/quotes/{uuid:quote_id}/award/preview", response=DraftOut)
@allow(BUYING, scope="orders:read")
def preview_award(request: HttpRequest, quote_id: UUID, payload: AwardIn) -> Any:
    """The contract that awarding this quote would make. Nothing is written."""
    remarks = _text(payload.remarks, "remarks", many_lines=True)
    return _draft_out(actions.draft_award(quote_id, by=request.actor, ship_by=payload.ship_by, remarks=remarks))  # type: ignore[attr-defined]


@router.post("/quotes/{uuid:quote_id}/award", response={201: OrderOut})
@allow(BUYING, scope="orders:write")
@write
def award_quote(request: HttpRequest, quote_id: UUID, payload: AwardIn) -> Any:
    """Accept the quote, sign as the buyer, and send the contract to the seller."""
    order = actions.award_quote(
        quote_id,
        by=request.actor,  # type: ignore[attr-defined]
        ship_by=payload.ship_by,
        remarks=_text(payload.remarks, "remarks", many_lines=True),
        seen_hash=payload.draft_hash or "",
    )
    return 201, _out(request, order.pk)


# ── reading what was sent ──


def _draft(request: HttpRequest, payload: DraftIn) -> Terms:
    return actions.draft_order(
        [(line.offer, Decimal(line.quantity)) for line in payload.lines],
        incoterm=payload.incoterm,
        named_place=_text(payload.named_place, "named_place"),
        ship_by=payload.ship_by,
        payment_plan=payload.payment_plan,
        remarks=_text(payload.remarks, "remarks", many_lines=True),
        by=request.actor,  # type: ignore[attr-defined]
    )


def _text(text: str, field: str, *, many_lines: bool = True) -> str:
    try:
        return clean_text(text, many_lines=many_lines)
    except ValueError:
        raise Refused(
            "base.hidden_characters", _("Please remove hidden or control characters."), field=field, status=422
        ) from None


def _money(amount: str, currency: str) -> Money:
    try:
        return Money.of(amount, currency)
    except ValueError:
        raise Refused("base.amount", _("This is no amount of this currency."), field="expected_total", status=422) from None


# ── writing what is read ──


def _party(signed: Mapping[str, Any]) -> dict[str, Any]:
    """As the contract names it."""
    return {"id": signed["id"], "name": signed["name"]}


def _brief(order: Order, standing: queries.Standing) -> dict[str, Any]:
    return {
        "id": order.pk,
        "number": order.reference,
        "market": order.market,
        "buyer": _party(order.terms["buyer"]),
        "seller": _party(order.terms["seller"]),
        "agreement": order.agreement,
        "goods": order.goods,
        "issue": order.issue,
        "total": MoneyOut.of(order.total),
        "ship_by": order.ship_by,
        "placed_at": order.created_at,
        "standing": {
            "code": standing.code,
            "stands": str(standing.stands),
            "turn": standing.turn,
            "asks": str(standing.asks),
            "at_zero": str(standing.at_zero),
            "until": standing.until,
            "yours": standing.yours,
        },
    }


_PLAIN = (
    *("incoterm", "named_place", "remarks", "terms_hash", "rules", "buyer_signed_at", "seller_signed_at"),
    *("closed_by", "closed_reason", "issue_reason"),
)


def _out(request: HttpRequest, order_id: UUID) -> OrderOut:
    actor = request.actor  # type: ignore[attr-defined]
    order = queries.order(order_id, actor, sides=False)
    stages = queries.stages_of(order)
    payments = intents_of([stage.pk for stage in stages]) if actor.company_id == order.buyer_id else {}
    sent = consignment_of(order.pk) if order.goods != "awaiting" else None
    signed = order.terms
    return OrderOut(
        **_brief(order, queries.standing_of(order, stages, actor)),
        **{name: getattr(order, name) for name in _PLAIN},
        lines=[
            {
                "n": line["n"],
                "offer": line["offer"] or None,
                "sku": line["sku"],
                "description": line["description"],
                "quantity": line["quantity"],
                "unit": line["unit"],
                "unit_price": {"amount": line["unit_price"], "currency": order.currency},
                "price_per": line["price_per"],
                "amount": MoneyOut.of(Money(line["amount_minor"], order.currency)),
            }
            for line in signed["lines"]
        ],
        charges=[
            {"kind": c["kind"], "label": c["label"], "amount": MoneyOut.of(Money(c["amount_minor"], order.currency))}
            for c in signed["charges"]
        ],
        stages=[
            _stage(s)
            | {"state": s.state, "work": s.work, "due_at": s.due_at, "payment": payments[s.pk].pk if s.pk in payments else None}
            for s in stages
        ],
        moves=queries.moves_of(order, stages, actor),
        consignment=ConsignmentOut(**{name: getattr(sent, name) for name in _CONSIGNMENT}) if sent else None,
    )


_CONSIGNMENT = (
    *("mode", "carrier", "tracking_number", "handed_over_on", "package_count", "gross_weight_kg", "packing_list", "note"),
)


def _line(n: int, line: Any, price: UnitPrice, amount: Money) -> dict[str, Any]:
    return {
        "n": n,
        "offer": line.offer_id,
        "sku": line.sku,
        "description": line.description,
        "quantity": f"{line.quantity.normalize():f}",
        "unit": line.unit,
        "unit_price": {"amount": f"{price.amount.normalize():f}", "currency": price.currency},
        "price_per": f"{price.per.normalize():f}",
        "amount": MoneyOut.of(amount),
    }


def _stage(stage: Any) -> dict[str, Any]:
    percent = f"{stage.percent.normalize():f}"
    return {"n": stage.n, "name": stage.name, "percent": percent, "amount": MoneyOut.of(stage.amount)} | {
        "due_on": stage.due_on,
        "ends_on": stage.ends_on,
    }


def _draft_out(terms: Terms) -> DraftOut:
    return DraftOut(
        market=terms.market,
        buyer=PartyOut(**terms.buyer),
        seller=PartyOut(**terms.seller),
        lines=[_line(n, line, line.unit_price, line.amount) for n, line in enumerate(terms.lines, 1)],
        charges=[{"kind": c.kind, "label": c.label, "amount": MoneyOut.of(c.amount)} for c in terms.charges],
        stages=[_stage(stage) for stage in terms.stages],
        total=MoneyOut.of(terms.total),
        incoterm=terms.incoterm,
        named_place=terms.named_place,
        ship_by=terms.ship_by,
        remarks=terms.remarks,
        rules=terms.rules,
        draft_hash=terms.draft_hash,
    )
