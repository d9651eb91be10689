"""Claims for programs: the same verbs, permissions and refusals as the pages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router

from everfair.base.allow import allow
from everfair.base.api import MoneyOut, open_cursor, seal_cursor, write
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.roles import MEMBER, OPERATOR
from everfair.companies.roles import BUYING, SELLING, TRADING
from everfair.disputes import actions, queries
from everfair.disputes.actions import Complaint
from everfair.disputes.models import Claim
from everfair.disputes.queries.inspecting import claim_inspections
from everfair.disputes.schemas import (
    AppealIn,
    ClaimAnswerIn,
    ClaimBrief,
    ClaimIn,
    ClaimIssueOut,
    ClaimOut,
    ClaimPage,
    ClaimStandingOut,
    EvidenceIn,
    InspectionOrderIn,
    RemedyIn,
    RulingIn,
    SumIn,
    TrackingIn,
)
from everfair.trade.actions import close_issue

router = Router(tags=["Claims"])


@router.get("/claims", response=ClaimPage)
@allow(MEMBER | OPERATOR, scope="orders:read")
def list_claims(
    request: HttpRequest, open: bool = False, cursor: str = Query("", max_length=400), limit: int = Query(25, ge=1, le=100)
) -> Any:
    """The company's claims on either side, newest first."""
    before = open_cursor(cursor, int)[0] if cursor else None
    found = queries.claims_page(request.actor, open_only=open, before=before, limit=limit + 1)  # type: ignore[attr-defined]
    shown = found[:limit]
    rest = seal_cursor([shown[-1].number]) if len(found) > limit else None
    return {"items": [_brief(claim) for claim in shown], "next_cursor": rest}


@router.get("/claims/{uuid:claim_id}", response=ClaimOut)
@allow(MEMBER | OPERATOR, scope="orders:read")
def get_claim(request: HttpRequest, claim_id: UUID) -> Any:
    """With its whole file, the offers that stand, and what you may do now (`moves`)."""
    return _out(request, claim_id)


@router.post("/orders/{uuid:order_id}/claims", response={201: ClaimOut})
@allow(BUYING, scope="orders:write")
@write
def open_claim(request: HttpRequest, order_id: UUID, payload: ClaimIn) -> Any:
    """Something is wrong: what is held freezes at once. After the payout nothing is held, and the claim counts for standing only."""
    claim = actions.open_claim(
        order_id,
        [Complaint(line.line, line.reason, Decimal(line.quantity) if line.quantity else None) for line in payload.lines],
        payload.remedy,
        _money(payload.amount),
        payload.text,
        payload.files,
        by=request.actor,  # type: ignore[attr-defined]
    )
    return 201, _out(request, claim.pk)


@router.post("/orders/{uuid:order_id}/withdraw-report", response=ClaimIssueOut)
@allow(BUYING, scope="orders:write")
@write
def withdraw_report(request: HttpRequest, order_id: UUID) -> Any:
    """The goods came after all: the claim is withdrawn, or the issue that silence has opened is closed."""
    actor = request.actor  # type: ignore[attr-defined]
    claim = queries.claims_visible_to(actor).filter(order_id=order_id).order_by("-number").first()
    if claim is not None and claim.ended_at is None:
        actions.withdraw_claim(claim.pk, by=actor)
    else:
        close_issue(order_id, by=actor)
    return ClaimIssueOut(order=order_id, issue="none")


@router.post("/claims/{uuid:claim_id}/answer", response=ClaimOut)
@allow(SELLING, scope="orders:write")
@write
def answer_claim(request: HttpRequest, claim_id: UUID, payload: ClaimAnswerIn) -> Any:
    """The supplier's word, with an offer where there is one."""
    amount = _money(payload.amount) if payload.amount else None
    actions.answer_claim(
        claim_id,
        payload.text,
        payload.files,
        remedy=payload.remedy or "",
        amount=amount,
        by=request.actor,  # type: ignore[attr-defined]
    )
    return _out(request, claim_id)


@router.post("/claims/{uuid:claim_id}/evidence", response=ClaimOut)
@allow(TRADING, scope="orders:write")
@write
def add_evidence(request: HttpRequest, claim_id: UUID, payload: EvidenceIn) -> Any:
    """Words and files, for good."""
    actions.lay_down_evidence(claim_id, payload.text, payload.files, by=request.actor)  # type: ignore[attr-defined]
    return _out(request, claim_id)


@router.post("/claims/{uuid:claim_id}/offers", response=ClaimOut)
@allow(TRADING, scope="orders:write")
@write
def offer_remedy(request: HttpRequest, claim_id: UUID, payload: RemedyIn) -> Any:
    """What this side would settle for; it replaces its former offer."""
    actions.offer_remedy(claim_id, payload.remedy, _money(payload.amount), payload.note, by=request.actor)  # type: ignore[attr-defined]
    return _out(request, claim_id)


@router.post("/claims/{uuid:claim_id}/offers/{uuid:offer_id}/accept", response=ClaimOut)
@allow(TRADING, scope="orders:write")
@write
def accept_offer(request: HttpRequest, claim_id: UUID, offer_id: UUID) -> Any:
    """The other side's offer, as it was seen: money is parted at once. Final."""
    actions.accept_offer(claim_id, offer_id, by=request.actor)  # type: ignore[attr-defined]
    return _out(request, claim_id)


@router.post("/claims/{uuid:claim_id}/hand-over", response=ClaimOut)
@allow(BUYING, scope="orders:write")
@write
def hand_over_return(request: HttpRequest, claim_id: UUID, payload: TrackingIn) -> Any:
    """The goods are on their way back."""
    actions.hand_over_return(claim_id, payload.carrier, payload.number, payload.note, payload.files, by=request.actor)  # type: ignore[attr-defined]
    return _out(request, claim_id)


@router.post("/claims/{uuid:claim_id}/take-back", response=ClaimOut)
@allow(SELLING, scope="orders:write")
@write
def take_back(request: HttpRequest, claim_id: UUID) -> Any:
    """The goods are back: the agreed money is parted. Final."""
    actions.take_back(claim_id, by=request.actor)  # type: ignore[attr-defined]
    return _out(request, claim_id)


@router.post("/claims/{uuid:claim_id}/send-again", response=ClaimOut)
@allow(SELLING, scope="orders:write")
@write
def send_again(request: HttpRequest, claim_id: UUID, payload: TrackingIn) -> Any:
    """New goods are on their way."""
    actions.send_again(claim_id, payload.carrier, payload.number, payload.note, payload.files, by=request.actor)  # type: ignore[attr-defined]
    return _out(request, claim_id)


@router.post("/claims/{uuid:claim_id}/take-replacement", response=ClaimOut)
@allow(BUYING, scope="orders:write")
@write
def take_replacement(request: HttpRequest, claim_id: UUID) -> Any:
    """The new goods are right: the supplier is paid. Final."""
    actions.take_replacement(claim_id, by=request.actor)  # type: ignore[attr-defined]
    return _out(request, claim_id)


@router.post("/claims/{uuid:claim_id}/inspections", response={201: ClaimOut})
@allow(TRADING, scope="orders:write")
@write
def inspect_claim(request: HttpRequest, claim_id: UUID, payload: InspectionOrderIn) -> Any:
    """Have the contested goods inspected by a third company; whoever orders pays its fee into escrow, the result settles who bears it."""
    return _inspect(request, claim_id, payload)


@router.post("/office/claims/{uuid:claim_id}/inspections", response={201: ClaimOut})
@allow(OPERATOR)
@write
def inspect_case(request: HttpRequest, claim_id: UUID, payload: InspectionOrderIn) -> Any:
    """The arbitrator whose case it is; the fee is asked of the buyer."""
    return _inspect(request, claim_id, payload)


def _inspect(request: HttpRequest, claim_id: UUID, payload: InspectionOrderIn) -> Any:
    actor = request.actor  # type: ignore[attr-defined]
    currency = queries.claim(claim_id, actor).currency
    fee = _money(SumIn(amount=payload.fee, currency=currency), "fee")
    typed = payload.model_dump(include={"wanted_on", "place", "level", "note"})
    actions.inspect_claim(claim_id, payload.inspector, fee=fee, by=actor, **typed)
    return 201, _out(request, claim_id)


@router.post("/claims/{uuid:claim_id}/escalate", response=ClaimOut)
@allow(TRADING, scope="orders:write")
@write
def escalate_claim(request: HttpRequest, claim_id: UUID) -> Any:
    """Ask for an arbitrator, from the day the rule says."""
    actions.escalate_claim(claim_id, by=request.actor)  # type: ignore[attr-defined]
    return _out(request, claim_id)


@router.post("/claims/{uuid:claim_id}/withdraw", response=ClaimOut)
@allow(BUYING, scope="orders:write")
@write
def withdraw_claim(request: HttpRequest, claim_id: UUID) -> Any:
    actions.withdraw_claim(claim_id, by=request.actor)  # type: ignore[attr-defined]
    return _out(request, claim_id)


@router.post("/claims/{uuid:claim_id}/appeal", response=ClaimOut)
@allow(TRADING, scope="orders:write")
@write
def appeal_ruling(request: HttpRequest, claim_id: UUID, payload: AppealIn) -> Any:
    """Once: a second arbitrator rules for good."""
    actions.appeal_ruling(claim_id, payload.reasons, by=request.actor)  # type: ignore[attr-defined]
    return _out(request, claim_id)


@router.post("/claims/{uuid:claim_id}/waive", response=ClaimOut)
@allow(TRADING, scope="orders:write")
@write
def waive_appeal(request: HttpRequest, claim_id: UUID) -> Any:
    """This side will not appeal; when both say so, the ruling is carried out at once."""
    actions.waive_appeal(claim_id, by=request.actor)  # type: ignore[attr-defined]
    return _out(request, claim_id)


@router.post("/office/claims/{uuid:claim_id}/rule", response=ClaimOut)
@allow(OPERATOR, proof="fresh")
@write
def rule_claim(request: HttpRequest, claim_id: UUID, payload: RulingIn) -> Any:
    """The arbitrator whose case it is."""
    actions.rule_claim(
        claim_id,
        payload.ground,
        _money(payload.to_buyer),
        payload.reasons,
        seen=payload.seen,
        by=request.actor,  # type: ignore[attr-defined]
    )
    return _out(request, claim_id)


def _money(given: SumIn, field: str = "amount") -> Money:
    try:
        return Money.of(given.amount, given.currency)
    except ValueError:
        raise Refused("base.amount", _("This is no amount of this currency."), field=field, status=422) from None


def _brief(claim: Claim) -> ClaimBrief:
    return ClaimBrief(
        id=claim.pk, number=claim.reference, order=claim.order_id, state=claim.state, remedy=claim.remedy,
        amount=MoneyOut.of(claim.amount), held=MoneyOut.of(claim.held), opened_at=claim.created_at,
    )  # fmt: skip


def _out(request: HttpRequest, claim_id: UUID) -> ClaimOut:
    actor = request.actor  # type: ignore[attr-defined]
    claim = queries.claim(claim_id, actor)
    standing = queries.standing_of_claim(claim, actor)
    currency = claim.currency
    return ClaimOut(
        **_brief(claim).model_dump(),
        instance=claim.instance,
        to_buyer=MoneyOut.of(claim.to_buyer) if claim.to_buyer else None,
        carried_out_at=claim.carried_out_at,
        standing=ClaimStandingOut(
            code=standing.code, stands=str(standing.stands), turn=standing.turn, asks=str(standing.asks),
            at_zero=str(standing.at_zero), until=standing.until, yours=standing.yours,
        ),
        moves=queries.moves_of(claim, actor),
        lines=[
            {"line": row.line.n, "reason": row.reason, "quantity": f"{row.quantity.normalize():f}", "worth": MoneyOut.of(row.worth)}
            for row in queries.claim_lines(claim)
        ],
        offers=[
            {"id": row.pk, "side": row.side, "remedy": row.remedy, "amount": MoneyOut.of(Money(row.amount_minor, currency)),
             "note": row.note, "at": row.created_at}
            for row in queries.offers_standing(claim).values()
        ],
        inspections=[
            {"id": row.pk, "state": row.state, "wanted_on": row.wanted_on, "fee": MoneyOut.of(row.fee_amount), "fee_state": row.fee,
             "payer": "seller" if row.booked_by_id == claim.seller_id else "buyer"}
            for row in claim_inspections(claim)
        ],
        rulings=[
            {"instance": row.instance, "ground": row.ground.code, "to_buyer": MoneyOut.of(Money(row.to_buyer_minor, currency)),
             "buyer_share": f"{row.buyer_share:f}", "reasons": row.reasons, "file_hash": row.file_hash, "at": row.created_at}
            for row in queries.rulings_of(claim)
        ],
        file=[
            {"n": row.n, "at": row.created_at, "side": row.side, "kind": row.kind, "verb": row.verb, "text": row.text,
             "files": row.files, "body": row.body}
            for row in queries.exhibits_of(claim)
        ],
    )  # fmt: skip
