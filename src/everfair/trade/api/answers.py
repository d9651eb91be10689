"""How orders, drafts and amendments read for programs, and how what programs send is read."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from everfair.base.actor import Actor
from everfair.base.api import MoneyOut
from everfair.base.forms import clean_text
from everfair.base.money import Money, UnitPrice
from everfair.base.refused import Refused
from everfair.logistics.queries import consignment_of
from everfair.payments.queries import intents_of
from everfair.trade import actions, queries
from everfair.trade.models import Extension, Order, Stage
from everfair.trade.queries.accepted import accepted_so_far
from everfair.trade.queries.shipments import goods_of
from everfair.trade.schemas.held_rate import held_rate_out
from everfair.trade.schemas.orders import (
    AmendmentOut,
    CarriedIn,
    ConsignmentOut,
    DraftIn,
    DraftOut,
    ExtensionOut,
    OrderOut,
    PartyOut,
    SentOut,
)
from everfair.trade.values import Terms

# ── reading what was sent ──


def draft_of(request: HttpRequest, payload: DraftIn) -> Terms:
    return actions.draft_order(
        [(line.offer, Decimal(line.quantity)) for line in payload.lines],
        incoterm=payload.incoterm,
        named_place=text_of(payload.named_place, "named_place"),
        ship_by=payload.ship_by,
        payment_plan=payload.payment_plan,
        pay_in=payload.pay_in,
        remarks=text_of(payload.remarks, "remarks", many_lines=True),
        by=request.actor,  # type: ignore[attr-defined]
    )


def by_line(lines: list[CarriedIn]) -> dict[int, Decimal]:
    """Line → quantity; refuses a line that is named twice."""
    found = {line.line: Decimal(line.quantity) for line in lines}
    if len(found) != len(lines):
        raise Refused("trade.line_twice", _("A line is named twice."), field="lines", status=422)
    return found


def text_of(text: str, field: str, *, many_lines: bool = True) -> str:
    try:
        return clean_text(text, many_lines=many_lines)
    except ValueError:
        raise Refused(
            "base.hidden_characters", _("Please remove hidden or control characters."), field=field, status=422
        ) from None


def money_of(amount: str, currency: str) -> Money:
    try:
        return Money.of(amount, currency)
    except ValueError:
        raise Refused("base.amount", _("This is no amount of this currency."), field="expected_total", status=422) from None


# ── writing what is read ──


def _party(signed: Mapping[str, Any]) -> dict[str, Any]:
    """As the contract names it."""
    return {"id": signed["id"], "name": signed["name"]}


def brief(order: Order, standing: queries.Standing) -> dict[str, Any]:
    return {
        "id": order.pk,
        "number": order.reference,
        "kind": order.kind,
        "basis": order.basis_id,
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
    *("incoterm", "named_place", "remarks", "terms_hash", "terms_version", "rules", "buyer_signed_at", "seller_signed_at"),
    *("closed_by", "closed_reason", "issue_reason"),
)


def order_out(request: HttpRequest, order_id: UUID) -> OrderOut:
    return whole_out(queries.order(order_id, request.actor, sides=False), request.actor)  # type: ignore[attr-defined]


def whole_out(order: Order, actor: Actor) -> OrderOut:
    """Of an order that this actor sees, such as the one a verb of theirs has just returned."""
    stages = queries.stages_of(order)
    called = [stage.pk for stage in stages if stage.state != "planned"]  # no other has a payment
    payments = intents_of(called) if called and actor.company_id == order.buyer_id else {}
    sent = consignment_of(order.pk) if order.goods != "awaiting" else None
    signed = order.terms
    more_time = queries.extensions_of(order) if order.agreement != "offered" else []  # before both signed nobody can ask
    return OrderOut(
        **brief(order, queries.standing_of(order, stages, actor)),
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
            | {"paid_in_parts": MoneyOut.of(Money(s.parted_minor, s.currency))}
            for s in stages
        ],
        moves=queries.moves_of(order, stages, actor) + queries.extension_moves(order, more_time, actor),
        consignment=ConsignmentOut(**{name: getattr(sent, name) for name in _CONSIGNMENT}) if sent else None,
        goods_sent=_sent(order, stages),
        difference=MoneyOut.of(Money(order.difference_minor, order.currency)),
        ship_by_in_force=queries.ship_day(order),
        confirm_by=order.confirm_by,
        calendar=signed.get("calendar"),
        exchange=held_rate_out(signed),
        extensions=[extension_out(row) for row in more_time],
    )


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _sent(order: Order, stages: list[Stage]) -> list[SentOut]:
    accepted = accepted_so_far(order.pk) if any(stage.parted_minor for stage in stages) else {}
    return [
        SentOut(
            line=line.n,
            state=line.state,
            accepted=_plain(accepted.get(line.n, Decimal(0))),
            **{name: _plain(getattr(line, name)) for name in ("ordered", "shipped", "least", "most")},
        )
        for line in goods_of(order)
    ]


_EXTENSION = ("kind", "days", "reason", "asked_by", "state", "answer_by", "answered_at")


def extension_out(row: Extension) -> ExtensionOut:
    return ExtensionOut(id=row.pk, asked_at=row.created_at, **{name: getattr(row, name) for name in _EXTENSION})


def amendment_out(made: Any, currency: str) -> AmendmentOut:
    return AmendmentOut(
        **{
            "id": made.pk,
            "total": MoneyOut.of(Money(made.total_minor, currency)),
            "proposed_at": made.created_at,
            **{
                name: getattr(made, name)
                for name in ("version", "state", "side", "note", "terms_hash", "former_hash", "document", "signed_at")
            },
        }
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
        "due_day": stage.due_day,
    }


def draft_out(terms: Terms) -> DraftOut:
    return DraftOut(
        kind=terms.kind,
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
        exchange=held_rate_out(terms.document(0)),
        draft_hash=terms.draft_hash,
    )
