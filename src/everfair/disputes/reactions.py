"""Who is told of what in a claim. Each may run twice."""

from __future__ import annotations

from typing import Any

from everfair.base.events import event_seq, on
from everfair.base.rows import ask
from everfair.disputes.actions import read_inspections
from everfair.events.disputes import (
    ClaimAnswered,
    ClaimEscalated,
    ClaimInspectionOrdered,
    ClaimOpened,
    ClaimRuled,
    ClaimSettled,
    ClaimUnanswered,
    ClaimWithdrawn,
    GoodsOnTheWay,
    RemedyAgreed,
    RemedyOffered,
    RulingAppealed,
    RulingGiven,
)
from everfair.events.trade import (
    InspectionCancelled,
    InspectionDeclined,
    InspectionFailed,
    InspectionLapsed,
    InspectionPassed,
)
from everfair.messaging.actions import notify
from everfair.trade.queries import claim_of_inspection

# Its own cursor: a letter that cannot be written must never keep a report out of the file.
FILE = "disputes"
NOTICES = "disputes.notices"
_ROLES = {"buyer": ("owner", "buyer"), "seller": ("owner", "seller")}
_OTHER = {"buyer": "seller", "seller": "buyer"}


@on(InspectionPassed, InspectionFailed, InspectionDeclined, InspectionCancelled, InspectionLapsed, subscriber=FILE)
def lay_report_down(fact: Any) -> None:
    claim_id = claim_of_inspection(fact.inspection_id)
    if claim_id is not None:
        read_inspections(claim_id)


@on(ClaimOpened, subscriber=NOTICES)
def tell_of_claim(fact: ClaimOpened) -> None:
    _tell(fact, "claim.opened", "seller")


@on(ClaimAnswered, subscriber=NOTICES)
def tell_of_answer(fact: ClaimAnswered) -> None:
    _tell(fact, "claim.answered", "buyer")


@on(ClaimUnanswered, subscriber=NOTICES)
def tell_of_silence(fact: ClaimUnanswered) -> None:
    _tell(fact, "claim.unanswered", "buyer")
    _tell(fact, "claim.overdue", "seller")


@on(RemedyOffered, subscriber=NOTICES)
def tell_of_offer(fact: RemedyOffered) -> None:
    _tell(fact, "claim.offer", _OTHER[fact.side])


@on(RemedyAgreed, subscriber=NOTICES)
def tell_of_agreement(fact: RemedyAgreed) -> None:
    _tell(fact, "claim.agreed", _OTHER[fact.side])


@on(GoodsOnTheWay, subscriber=NOTICES)
def tell_of_goods(fact: GoodsOnTheWay) -> None:
    _tell(fact, "claim.goods", _OTHER[fact.side])


@on(ClaimInspectionOrdered, subscriber=NOTICES)
def tell_of_inspection(fact: ClaimInspectionOrdered) -> None:
    if fact.side == "arbitrator":
        _tell(fact, "claim.inspection_asked", "buyer")
        _tell(fact, "claim.inspection_ordered", "seller")
    else:
        _tell(fact, "claim.inspection", _OTHER[fact.side])


@on(ClaimSettled, subscriber=NOTICES)
def tell_of_settlement(fact: ClaimSettled) -> None:
    _tell(fact, "claim.settled", "buyer", "seller")


@on(ClaimEscalated, subscriber=NOTICES)
def tell_of_arbitrator(fact: ClaimEscalated) -> None:
    _tell(fact, "claim.escalated", "buyer", "seller")


@on(ClaimWithdrawn, subscriber=NOTICES)
def tell_of_withdrawal(fact: ClaimWithdrawn) -> None:
    _tell(fact, "claim.withdrawn", "seller")


@on(RulingGiven, subscriber=NOTICES)
def tell_of_ruling(fact: RulingGiven) -> None:
    if fact.instance == 1:
        _tell(fact, "claim.ruled", "buyer", "seller")


@on(RulingAppealed, subscriber=NOTICES)
def tell_of_appeal(fact: RulingAppealed) -> None:
    _tell(fact, "claim.appealed", _OTHER[fact.side])


@on(ClaimRuled, subscriber=NOTICES)
def tell_of_end(fact: ClaimRuled) -> None:
    _tell(fact, "claim.decided", "buyer", "seller")


def _tell(fact: Any, kind: str, *sides: str) -> None:
    """One line for the people of these sides; the other side's name stands in it."""
    [(number, buyer_id, seller_id, buyer, seller)] = ask(_SIDES, [fact.order_id])
    for side in sides:
        to, other = (buyer_id, seller) if side == "buyer" else (seller_id, buyer)
        cause = f"event:{event_seq()}:{side}"
        notify(to, _ROLES[side], kind, f"/claims/{fact.claim_id}/", cause, company=other, number=f"EF-{number}")


_SIDES = """
    SELECT o.number, o.buyer_id, o.seller_id, b.name, s.name FROM trade_order o
    JOIN companies_company b ON b.id = o.buyer_id JOIN companies_company s ON s.id = o.seller_id WHERE o.id = %s
"""
