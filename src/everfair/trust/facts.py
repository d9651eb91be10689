"""Events become facts. Each may run twice: a fact is there once for its event, its company and its kind.

Nothing else writes `trust_fact`. Whoever wants another fact counted extends the event that tells it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from uuid import UUID

from everfair.base.events import event_seq, on
from everfair.base.rows import tell
from everfair.events.disputes import ClaimAnswered, ClaimOpened, ClaimRuled, ClaimSettled, ClaimUnanswered, ClaimWithdrawn
from everfair.events.reviews import ReviewHidden, ReviewPublished, ReviewRevised, ReviewUnhidden
from everfair.events.sourcing import InquirySent, MessagePosted
from everfair.events.trade import (
    OrderCalledOff,
    OrderCancelled,
    OrderCompleted,
    OrderLapsed,
    OrderShipped,
    ShippingLate,
    StageFunded,
)
from everfair.events.trust import ComplaintEnded, FactCorrected, VerificationDecided, VerificationLapsed
from everfair.markets.table import DEFAULT_MARKET
from everfair.trust.actions.standing import refresh_standing
from everfair.trust.values.standing import HEAVY, UNTRUE

FACTS = "trust.facts"
Shown = ReviewPublished | ReviewRevised | ReviewUnhidden


@dataclass(frozen=True, slots=True)
class Noted:
    """One fact to be. `until`: the moment it was promised for; its value is then the days after it, begun ones whole."""

    company_id: UUID
    side: str
    kind: str
    reference: UUID
    value: Decimal | int = 0
    until: datetime | None = None


_NOTE = """
    INSERT INTO trust_fact (company_id, side, kind, market, at, reference, number, value, event_seq, answers, reason)
    SELECT %(company)s, %(side)s, %(kind)s, %(market)s, at, %(reference)s, %(number)s,
        coalesce(ceil(extract(epoch FROM at - %(until)s::timestamptz) / 86400), %(value)s), seq, %(answers)s, %(reason)s
    FROM base_event WHERE seq = %(seq)s
    ON CONFLICT (event_seq, company_id, kind) DO NOTHING
"""


def note(facts: Iterable[Noted], market: str, number: int = 0, *, answers: int | None = None, reason: str = "") -> None:
    """Write down what the event that is being digested says, at its moment. A heavy fact is counted at once."""
    market = market or DEFAULT_MARKET
    heavy = []
    for fact in facts:
        row = {
            "company": fact.company_id, "side": fact.side, "kind": fact.kind, "market": market, "reference": fact.reference, "number": number,
            "until": fact.until, "value": fact.value, "answers": answers, "reason": reason, "seq": event_seq(),
        }  # fmt: skip
        tell(_NOTE, row)
        if fact.side == "seller" and fact.kind in HEAVY:
            heavy.append(fact.company_id)
    for company_id in dict.fromkeys(heavy):
        refresh_standing(company_id, market)


@on(OrderShipped, subscriber=FACTS)
def note_shipping(fact: OrderShipped) -> None:
    until = datetime.combine(fact.promised_on, time(23, 59, 59), UTC) if fact.promised_on else None
    note([Noted(fact.seller_id, "seller", "shipped", fact.order_id, until=until)], fact.market, fact.number)


@on(ShippingLate, subscriber=FACTS)
def note_delay(fact: ShippingLate) -> None:
    note([Noted(fact.seller_id, "seller", "late", fact.order_id)], fact.market, fact.number)


@on(OrderCompleted, subscriber=FACTS)
def note_settled_order(fact: OrderCompleted) -> None:
    note([Noted(fact.seller_id, "seller", "accepted", fact.order_id)], fact.market, fact.number)


@on(OrderCancelled, subscriber=FACTS)
def note_cancelling(fact: OrderCancelled) -> None:
    if fact.signed:
        company = fact.seller_id if fact.by == "seller" else fact.buyer_id
        note([Noted(company, fact.by, "cancelled", fact.order_id)], fact.market, fact.number)


@on(OrderCalledOff, subscriber=FACTS)
def note_calling_off(fact: OrderCalledOff) -> None:
    """A buyer may only once the seller is late. The clock calls off what a group buy did not reach: nobody's fault."""
    kind = {"seller": "cancelled", "buyer": "undelivered"}.get(fact.by)
    if kind is not None:
        note([Noted(fact.seller_id, "seller", kind, fact.order_id)], fact.market, fact.number)


@on(OrderLapsed, subscriber=FACTS)
def note_unpaid_order(fact: OrderLapsed) -> None:
    if fact.signed:
        note([Noted(fact.buyer_id, "buyer", "unpaid", fact.order_id)], fact.market, fact.number)


@on(StageFunded, subscriber=FACTS)
def note_payment(fact: StageFunded) -> None:
    if fact.buyer_id is not None:
        note([Noted(fact.buyer_id, "buyer", "paid", fact.stage_id, until=fact.due_at)], fact.market, fact.number)


@on(InquirySent, subscriber=FACTS)
def note_question(fact: InquirySent) -> None:
    note([Noted(fact.seller_id, "seller", "asked", fact.thread_id)], fact.market)


@on(MessagePosted, subscriber=FACTS)
def note_answer(fact: MessagePosted) -> None:
    """Where nobody had asked it is an answer to nothing, and counts nowhere."""
    if fact.answers:
        note([Noted(fact.company_id, "seller", "answered", fact.thread_id)], "")


@on(ClaimOpened, subscriber=FACTS)
def note_claim(fact: ClaimOpened) -> None:
    note([Noted(fact.seller_id, "seller", "disputed", fact.order_id)], fact.market, fact.number)


@on(ClaimAnswered, subscriber=FACTS)
def note_claim_answer(fact: ClaimAnswered) -> None:
    note([Noted(fact.seller_id, "seller", "claim_answered", fact.claim_id)], fact.market, fact.number)


@on(ClaimUnanswered, subscriber=FACTS)
def note_claim_silence(fact: ClaimUnanswered) -> None:
    note([Noted(fact.seller_id, "seller", "claim_silent", fact.claim_id)], fact.market, fact.number)


@on(ClaimWithdrawn, subscriber=FACTS)
def note_withdrawal(fact: ClaimWithdrawn) -> None:
    ends = [
        Noted(fact.seller_id, "seller", "withdrawn", fact.order_id),
        Noted(fact.buyer_id, "buyer", "withdrawn", fact.order_id),
    ]
    note(ends, fact.market, fact.number)


@on(ClaimSettled, subscriber=FACTS)
def note_settlement(fact: ClaimSettled) -> None:
    """Where the buyer did not send the goods back, the claim ended for the seller."""
    for_seller, for_buyer = ("won", "lost") if fact.remedy == "dropped" else ("settled", "settled")
    note(
        [Noted(fact.seller_id, "seller", for_seller, fact.order_id), Noted(fact.buyer_id, "buyer", for_buyer, fact.order_id)],
        fact.market,
        fact.number,
    )


@on(ClaimRuled, subscriber=FACTS)
def note_ruling(fact: ClaimRuled) -> None:
    """Lost by the seller where anything goes back. By some grounds it had also said what was not so."""
    lost = fact.to_buyer.minor > 0
    share = fact.buyer_share
    found = [
        Noted(fact.seller_id, "seller", "lost" if lost else "won", fact.order_id, share),
        Noted(fact.buyer_id, "buyer", "won" if lost else "lost", fact.order_id, share),
    ]
    if lost and fact.ground in UNTRUE:
        found.append(Noted(fact.seller_id, "seller", "misdescribed", fact.order_id, share))
    note(found, fact.market, fact.number)


@on(ReviewPublished, ReviewRevised, ReviewUnhidden, subscriber=FACTS)
def note_review(fact: Shown) -> None:
    """What buyers say of sellers; the newest word of a review counts."""
    if fact.side != "buyer":
        return
    if not fact.counts:
        note([Noted(fact.subject_id, "seller", "unrated", fact.review_id)], fact.market, fact.number)
        return
    grades = fact.grades or {}
    found = [
        Noted(fact.subject_id, "seller", f"rated_{aspect}", fact.review_id, Decimal(grades.get(aspect, fact.grade)))
        for aspect in ("goods", "delivery", "service")
    ]
    note(found, fact.market, fact.number)


@on(ReviewHidden, subscriber=FACTS)
def note_hidden_review(fact: ReviewHidden) -> None:
    if fact.side == "buyer":
        note([Noted(fact.subject_id, "seller", "unrated", fact.review_id)], fact.market, fact.number)


@on(VerificationDecided, subscriber=FACTS)
def note_verification(fact: VerificationDecided) -> None:
    if fact.granted:
        note([Noted(fact.company_id, "seller", "proven", fact.verification_id)], fact.market)


@on(VerificationLapsed, subscriber=FACTS)
def note_lapse(fact: VerificationLapsed) -> None:
    note([Noted(fact.company_id, "seller", "lapsed", fact.verification_id)], fact.market)


@on(ComplaintEnded, subscriber=FACTS)
def note_founded_complaint(fact: ComplaintEnded) -> None:
    """A deal outside the platform in which two people found that the word was broken; it belongs to no market, and counts in the first."""
    if fact.outcome == "founded":
        note([Noted(fact.against_id, "seller", "complained", fact.complaint_id)], "")


@on(FactCorrected, subscriber=FACTS)
def note_correction(fact: FactCorrected) -> None:
    correction = Noted(fact.company_id, fact.side, "corrected", fact.appeal_id)
    note([correction], fact.market, answers=fact.answered_seq, reason=fact.reason)
