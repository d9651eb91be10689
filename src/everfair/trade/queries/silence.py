"""What the buyer's silence at the end of the time to confirm means (I7): which evidence speaks for the seller, or why none does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from everfair.base.clock import now
from everfair.base.rows import ask
from everfair.logistics.queries import consignments_of, packages_of, proofs_of
from everfair.messaging.queries import last_word
from everfair.trade.models import Order
from everfair.trade.queries.inspecting import passed_inspection, report_of
from everfair.trade.queries.reminding import reminded_enough

# Contracts that have this number let silence over a proof of delivery pay; those from before say that silence never pays.
AFTER_DELIVERY = "trade.receive_after_delivery_days"


@dataclass(frozen=True, slots=True)
class Evidence:
    """`kind` is a column of Release, `row_id` the row it will point to."""

    kind: str
    row_id: UUID


@dataclass(frozen=True, slots=True)
class NoEvidence:
    """Why silence does not pay: written into the case, told in the reader's language (`timeline.in_words`)."""

    why: str


def outcome_of_silence(order: Order) -> Evidence | NoEvidence:
    """What the clock decides for a locked order whose time to confirm is over: pay on this evidence, or an operator's case.

    Whatever the evidence, silence counts only when enough reminders were delivered and no question is open.
    """
    if question := open_question(order):
        return NoEvidence(question)
    found = [finder(order) for finder in FINDERS]
    evidence = next((one for one in found if isinstance(one, Evidence)), None)
    if evidence is None:
        return next(one for one in found if isinstance(one, NoEvidence))
    if not reminded_enough(order):
        return NoEvidence("the buyer said nothing, but not enough reminders were delivered")
    return evidence


def open_question(order: Order) -> str:
    """What somebody has asked and nobody answered; «» when there is nothing."""
    if order.issue == "open":
        return "an issue is open"
    if ask("SELECT 1 FROM trade_extension WHERE order_id = %s AND state = 'asked' LIMIT 1", [order.pk]):
        return "a request for more time was not answered"
    if ask("SELECT 1 FROM trade_amendment WHERE order_id = %s AND state = 'proposed' AND side = 'buyer' LIMIT 1", [order.pk]):
        return "the buyer proposed new terms and got no answer"
    known = [proof.delivered_at for proof in proofs_of_all(order)]
    if passed := passed_inspection(order):
        known += [report.created_at for report in [report_of(passed)] if report is not None]
    if not known:
        return ""
    word = last_word(order.pk)
    if word is not None and word[0] == order.buyer_id and word[1] >= min(known):
        return "the buyer wrote and got no answer"
    consignments = consignments_of(order.pk)
    if any(package.condition == "damaged" for row in consignments for package in packages_of(row.pk)):
        return "the buyer received a package damaged"
    return ""


def proofs_of_all(order: Order) -> list[Any]:
    """The proofs of all consignments, the last word last; empty while one of them is under way or not proven."""
    rows = consignments_of(order.pk)
    proofs = proofs_of(row.pk for row in rows)
    if not rows or any(row.state != "delivered" or row.pk not in proofs for row in rows):
        return []
    return sorted(proofs.values(), key=lambda proof: proof.created_at)


def proven_delivery(order: Order) -> Evidence | NoEvidence:
    """Every consignment arrived by a carrier's, an operator's or the buyer's own word, the buyer was told until when to speak, and
    nothing that is held waits for something else than the settlement of the goods."""
    if AFTER_DELIVERY not in order.rules:
        return NoEvidence("the buyer neither confirmed nor complained in time")
    proofs = proofs_of_all(order)
    if not proofs:
        return NoEvidence("the buyer said nothing, and no delivery is proven")
    if order.confirm_by is None or order.confirm_by > now():
        return NoEvidence("the buyer said nothing, but was not told until when to speak")
    if ask(_OTHERWISE, [order.pk]):
        return NoEvidence("the buyer said nothing, and a part of the order waits for something else")
    return Evidence("delivery", proofs[-1].pk)


def inspected_goods(order: Order) -> Evidence | NoEvidence:
    """All goods of the contract passed an inspection before they left; where they are now does not matter to it."""
    passed = passed_inspection(order) if AFTER_DELIVERY in order.rules else None
    if passed is None:
        return NoEvidence("the buyer said nothing, and no delivery is proven")
    if ask(_OTHERWISE, [order.pk]):
        return NoEvidence("the buyer said nothing, and a part of the order waits for something else")
    return Evidence("inspection", passed.pk)


# Held money that ends otherwise, and unpaid parts that were due before acceptance.
_OTHERWISE = """
    SELECT 1 FROM trade_stage WHERE order_id = %s AND (
        state = 'funded' AND ends_on <> 'settlement' OR state IN ('planned', 'due', 'paying') AND due_on <> 'acceptance'
    ) LIMIT 1
"""
# In the order in which they are asked. Each is a kind of evidence that a Release can point to.
FINDERS: list[Callable[[Order], Evidence | NoEvidence]] = [proven_delivery, inspected_goods]
