"""Trade credit, and the ways to pay, for programs."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router

from everfair.base.actor import SYSTEM
from everfair.base.allow import allow
from everfair.base.api import MoneyOut, open_cursor, seal_cursor, write
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.roles import MEMBER
from everfair.companies.queries import company_by_number
from everfair.companies.roles import BUYING, MONEY_KEEPING
from everfair.payments import actions, queries
from everfair.payments.credit.schemas import (
    AgeingOut,
    CreditIn,
    CreditLimitOut,
    CreditOut,
    DrawPage,
    DueOut,
    DuePaidOut,
    LimitIn,
    PayByIn,
    WayOut,
)
from everfair.payments.models import Intent
from everfair.payments.queries import LineStanding
from everfair.payments.queries.credit import AGES
from everfair.payments.schemas import PaymentOut
from everfair.reference.queries import CURRENCIES

router = Router(tags=["Money"])
_AGE_NAMES = dict(zip(AGES, ("current", "days_1_30", "days_31_60", "days_61_90", "older"), strict=True))


def shown_payment(intent: Intent) -> dict[str, Any]:
    """As `PaymentOut` says it."""
    plain = ("id", "purpose_kind", "purpose", "description", "state", "method", "captured_at")
    refunds = [
        {"id": row.pk, "amount": MoneyOut.of(row.amount), "state": row.state, "settled_at": row.settled_at}
        for row in queries.refunds_of(intent.pk)
    ]
    return {name: getattr(intent, name) for name in plain} | {"amount": MoneyOut.of(intent.amount), "refunds": refunds}


@router.get("/payments/{uuid:payment_id}/ways", response=list[WayOut])
@allow(BUYING | MONEY_KEEPING, scope="money:read")
def list_ways(request: HttpRequest, payment_id: UUID) -> Any:
    """How this payment could be paid, the proposed way first; none when it is over."""
    actor = request.actor  # type: ignore[attr-defined]
    intent = queries.intent(payment_id, actor)
    return [
        {
            "method": row.way.code,
            "title": str(row.way.title),
            "open": row.opening.open,
            "note": row.opening.note,
            "proposed": row.proposed,
            "at_once": not row.way.leads_to,
        }
        for row in (queries.ways_of(intent, actor) if intent.state in ("created", "open") else ())
    ]


@router.post("/payments/{uuid:payment_id}/pay", response=PaymentOut)
@allow(BUYING | MONEY_KEEPING, scope="money:write")
@write
def pay_payment(request: HttpRequest, payment_id: UUID, payload: PayByIn) -> Any:
    """Pay from the wallet or on credit. For `card` nothing happens here: `POST /payments/{payment}/checkout` goes on."""
    intent = actions.pay_by(payment_id, payload.method, by=request.actor)  # type: ignore[attr-defined]
    return PaymentOut(**shown_payment(queries.intent(intent.pk, request.actor)))  # type: ignore[attr-defined]


@router.get("/credits", response=list[CreditOut])
@allow(MEMBER, scope="money:read")
def list_credits(request: HttpRequest) -> Any:
    """What your company grants and what is granted to it, with what is owed and how late it is."""
    return [_line(row) for row in queries.standing_of(queries.credit_lines(request.actor))]  # type: ignore[attr-defined]


@router.post("/credits", response={201: CreditOut})
@allow(MONEY_KEEPING, scope="money:write")
@write
def grant_credit(request: HttpRequest, payload: CreditIn) -> Any:
    """Offer a buyer to owe: it holds once the buyer agrees. 404 for a company that you have no business with."""
    actor = request.actor  # type: ignore[attr-defined]
    if payload.currency not in CURRENCIES:
        raise Refused("payments.currency", _("This is no currency we know."), field="currency", status=422)
    limit = _money(payload.limit, payload.currency)
    buyer = company_by_number(payload.buyer, SYSTEM)
    return 201, _one(request, actions.grant_credit(buyer.pk, limit, payload.net_days, by=actor).pk)


@router.get("/credits/ageing", response=list[AgeingOut])
@allow(MEMBER, scope="money:read")
def get_ageing(request: HttpRequest, side: Literal["seller", "buyer"] = Query("seller")) -> Any:
    """What buyers owe your company on credit (`seller`), or what it owes itself (`buyer`), by currency and by how late it is."""
    lines = queries.lines_drawn(request.actor, side)  # type: ignore[attr-defined]
    return [
        {"currency": row.currency, "held": MoneyOut.of(row.held), "ages": _ages(row.ages), "owed": MoneyOut.of(row.owed)}
        for row in queries.ageing(queries.standing_of(lines))
    ]


@router.get("/credits/{uuid:credit_id}", response=CreditOut)
@allow(MEMBER, scope="money:read")
def get_credit(request: HttpRequest, credit_id: UUID) -> Any:
    return _one(request, credit_id)


@router.post("/credits/{uuid:credit_id}/limit", response=CreditOut)
@allow(MONEY_KEEPING, scope="money:write")
@write
def change_credit_limit(request: HttpRequest, credit_id: UUID, payload: LimitIn) -> Any:
    """It holds at once. Below what is owed, nothing new is drawn until enough is repaid."""
    line = queries.credit_line(credit_id, request.actor)  # type: ignore[attr-defined]
    actions.change_credit_limit(line.pk, _money(payload.limit, line.currency), by=request.actor)  # type: ignore[attr-defined]
    return _one(request, credit_id)


@router.post("/credits/{uuid:credit_id}/agree", response=CreditOut)
@allow(MONEY_KEEPING, scope="money:write")
@write
def agree_to_credit(request: HttpRequest, credit_id: UUID) -> Any:
    """As the buyer: what you pay by it you owe, and repay within the days."""
    actions.agree_to_credit(credit_id, by=request.actor)  # type: ignore[attr-defined]
    return _one(request, credit_id)


@router.post("/credits/{uuid:credit_id}/pause", response=CreditOut)
@allow(MONEY_KEEPING, scope="money:write")
@write
def pause_credit(request: HttpRequest, credit_id: UUID) -> Any:
    actions.pause_credit(credit_id, by=request.actor)  # type: ignore[attr-defined]
    return _one(request, credit_id)


@router.post("/credits/{uuid:credit_id}/resume", response=CreditOut)
@allow(MONEY_KEEPING, scope="money:write")
@write
def resume_credit(request: HttpRequest, credit_id: UUID) -> Any:
    actions.resume_credit(credit_id, by=request.actor)  # type: ignore[attr-defined]
    return _one(request, credit_id)


@router.post("/credits/{uuid:credit_id}/close", response=CreditOut)
@allow(MONEY_KEEPING, scope="money:write")
@write
def close_credit(request: HttpRequest, credit_id: UUID) -> Any:
    """Either side, for good; before it is agreed, it is the buyer's refusal. What is owed stays owed."""
    actions.close_credit(credit_id, by=request.actor)  # type: ignore[attr-defined]
    return _one(request, credit_id)


@router.get("/credits/{uuid:credit_id}/limits", response=list[CreditLimitOut])
@allow(MEMBER, scope="money:read")
def list_limits(request: HttpRequest, credit_id: UUID) -> Any:
    """Every limit that was set, newest first."""
    line = queries.credit_line(credit_id, request.actor)  # type: ignore[attr-defined]
    return [{"limit": MoneyOut.of(row.limit), "set_at": row.created_at} for row in queries.limits_of(line)]


@router.get("/credits/{uuid:credit_id}/draws", response=DrawPage)
@allow(MEMBER, scope="money:read")
def list_draws(
    request: HttpRequest, credit_id: UUID, cursor: str = Query("", max_length=400), limit: int = Query(25, ge=1, le=100)
) -> Any:
    """Payments made by this credit, newest first."""
    line = queries.credit_line(credit_id, request.actor)  # type: ignore[attr-defined]
    before = open_cursor(cursor, UUID)[0] if cursor else None
    found = queries.draws_of(line, before=before, limit=limit + 1)
    shown = found[:limit]
    return {
        "items": [
            {
                "payment": row.intent_id,
                "subject": row.subject,
                "drawn_at": row.drawn_at,
                "amount": MoneyOut.of(row.amount),
                "held": MoneyOut.of(row.held),
                "came_back": MoneyOut.of(row.came_back),
            }
            for row in shown
        ],
        "next_cursor": seal_cursor([str(shown[-1].intent_id)]) if len(found) > limit else None,
    }


@router.get("/credits/{uuid:credit_id}/dues", response=list[DueOut])
@allow(MEMBER, scope="money:read")
def list_dues(request: HttpRequest, credit_id: UUID, state: Literal["open", "paid", "returned"] = Query("open")) -> Any:
    """What is to be repaid by this credit, the earliest first; or what was, the newest first. At most 200."""
    line = queries.credit_line(credit_id, request.actor)  # type: ignore[attr-defined]
    return [
        {
            "id": row.due.pk,
            "credit": line.pk,
            "subject": row.subject,
            "amount": MoneyOut.of(row.due.amount),
            "due_on": row.due.due_on,
            "late_days": row.late_days if row.due.state == "open" else 0,
            "state": row.due.state,
            "paid_at": row.due.paid_at,
        }
        for row in queries.dues_of([line], state=state)
    ]


@router.post("/credits/dues/{uuid:due_id}/pay", response={201: DuePaidOut})
@allow(BUYING | MONEY_KEEPING, scope="money:write")
@write
def pay_due(request: HttpRequest, due_id: UUID) -> Any:
    """Open the payment of a debt, whole; the same one again while it is open. What may be done with it is under /payments/."""
    return 201, DuePaidOut(payment=actions.pay_due(due_id, by=request.actor).pk)  # type: ignore[attr-defined]


def _money(text: str, currency: str) -> Money:
    try:
        return Money.of(text, currency)
    except ValueError:
        raise Refused("base.amount", _("This is no amount of this currency."), field="limit", status=422) from None


def _one(request: HttpRequest, credit_id: UUID) -> CreditOut:
    [standing] = queries.standing_of([queries.credit_line(credit_id, request.actor)])  # type: ignore[attr-defined]
    return CreditOut(**_line(standing))


def _ages(ages: dict[str, Money]) -> dict[str, MoneyOut]:
    return {_AGE_NAMES[age]: MoneyOut.of(ages[age]) for age in AGES}


def _line(row: LineStanding) -> dict[str, Any]:
    line = row.line
    return {
        "id": line.pk,
        "seller": line.seller_id,
        "buyer": line.buyer_id,
        "state": line.state,
        "net_days": line.net_days,
        "limit": MoneyOut.of(line.limit),
        "owed": MoneyOut.of(line.drawn),
        "held": MoneyOut.of(row.held),
        "left": MoneyOut.of(line.free),
        "ages": _ages(row.ages),
        "held_back": row.held_back,
        "oldest_on": row.oldest_on,
    }
