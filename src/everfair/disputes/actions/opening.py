"""Opening a claim: the money freezes in the same instant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.deadlines import set_deadline
from everfair.base.events import emit
from everfair.base.money import Money, total
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import insert
from everfair.base.states import write_history
from everfair.base.together import part
from everfair.companies.queries import lock_companies
from everfair.disputes.actions.claiming import files_to_lay, lay_down, named, parties, words
from everfair.disputes.models import REASONS, REMEDIES, Claim, ClaimLine, Offer
from everfair.disputes.queries.claims import held_now, lines_of_order, open_claim_of
from everfair.disputes.queries.rules import span
from everfair.disputes.roles import buyer
from everfair.events.disputes import ClaimOpened
from everfair.logistics.queries import consignment_of
from everfair.messaging.queries import threads_about
from everfair.trade.actions import open_issue, take_over_case
from everfair.trade.actions.stages import locked_order
from everfair.trade.queries import accepted_so_far
from everfair.trade.queries import order as order_of


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with one line: `quantity` of it; None for the whole line."""

    n: int
    reason: str
    quantity: Decimal | None = None


def open_claim(
    order_id: UUID,
    complaints: Sequence[Complaint],
    remedy: str,
    amount: Money,
    text: str,
    file_ids: Sequence[UUID] = (),
    *,
    by: Actor,
) -> Claim:
    """The buyer complains about lines of an order that was shipped; what is held freezes at once (I8).

    Before the money is paid out the claim is for what is held; afterwards, for `trade.claim_days` from receipt, it is against the
    seller's good will and standing only: paid money cannot be frozen. Refuses an order that is not shipped, a second claim beside an
    open one, an amount beyond what the lines are worth or beyond what is held, and what was withdrawn too often.
    """
    text = words(text, "text")
    if remedy not in REMEDIES:
        raise Refused("disputes.remedy", _("Please choose what you want."), field="remedy", status=422)
    seen = order_of(order_id, by, sides=False)
    with part():
        lock_companies([seen.buyer_id, seen.seller_id])
        order = locked_order(order_id, by=by)
        if not buyer.admits(by, order):
            raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
        if open_claim_of(order_id) is not None:
            raise Refused("disputes.one_open", _("A claim on this order is open already."))
        held = _frozen(order, text, by)
        lines = _lines(order, complaints)
        if held:
            _refuse_accepted(order, lines)
        _within(amount, remedy, lines, held)
        claim = Claim(
            order=order,
            buyer_id=order.buyer_id,
            seller_id=order.seller_id,
            currency=order.currency,
            held_minor=held.minor,
            amount_minor=amount.minor,
            remedy=remedy,
            state="answering",
        )
        insert(claim)
        write_history(claim, "state", "open", "draft", "answering", by=by, reason=text)
        for worth, complaint in lines:
            quantity = complaint.quantity or worth.line.quantity
            insert(
                ClaimLine(claim=claim, line=worth.line, reason=complaint.reason, quantity=quantity, worth_minor=worth.worth.minor)
            )
        insert(Offer(claim=claim, side="buyer", remedy=remedy, amount_minor=amount.minor, note=text[:500], by=by.label))
        asked = {"remedy": remedy, "amount": f"{amount.amount}", "currency": amount.currency, "held": f"{held.amount}"}
        lay_down(claim, "opening", by=by, verb="open", text=text, files=files_to_lay(claim, file_ids, by=by), body=asked)
        _lay_down_what_is_known(claim, order, lines, by)
        set_deadline("disputes.answer", claim.pk, span(order, "disputes.answer_days"))
        set_deadline("disputes.talk", claim.pk, span(order, "disputes.talk_days"))
        reasons = ",".join(sorted({complaint.reason for _line, complaint in lines}))
        emit(ClaimOpened(*parties(claim), reasons, amount, held, *named(claim)), by=by)
    return claim


def _frozen(order: Any, text: str, by: Actor) -> Money:
    """What is held for a locked order, frozen from now on; nothing where the seller has been paid."""
    if order.goods == "awaiting" or order.agreement not in ("agreed", "completed"):
        raise Refused("trade.not_shipped", _("Nothing is on its way."))
    held = held_now(order)
    if order.agreement == "agreed" and held:
        if order.issue == "open":
            take_over_case(order)
        else:
            open_issue(order.pk, text, by=by)
        return held
    if order.received_at is None or now() > order.received_at + span(order, "trade.claim_days"):
        raise Refused("disputes.too_late", _("The time to claim after receipt is over."))
    return Money.zero(order.currency)


def _lines(order: Any, complaints: Sequence[Complaint]) -> list[tuple[Any, Complaint]]:
    known = {worth.line.n: worth for worth in lines_of_order(order)}
    if not complaints or len({complaint.n for complaint in complaints}) != len(complaints):
        raise Refused("disputes.lines", _("Please say which goods it is about."), field="lines", status=422)
    found = []
    for complaint in complaints:
        worth = known.get(complaint.n)
        if worth is None:
            raise NotVisible
        if complaint.reason not in REASONS:
            raise Refused("disputes.reason", _("Please say what is wrong."), field="lines", status=422)
        if complaint.quantity is not None and not 0 < complaint.quantity <= worth.line.quantity:
            raise Refused("disputes.quantity", _("More than was ordered, or nothing at all."), field="lines", status=422)
        found.append((worth, complaint))
    return found


def _refuse_accepted(order: Any, lines: Sequence[tuple[Any, Complaint]]) -> None:
    """What was accepted in parts is paid; what is held is for the rest."""
    accepted = accepted_so_far(order.pk)
    for worth, complaint in lines:
        line, done = worth.line, accepted.get(worth.line.n, Decimal(0))
        if done and (complaint.quantity or line.quantity) > line.quantity - done:
            message = _("Of «%(goods)s» you have confirmed %(done)s already; complain about the rest.")
            said = message % {"goods": line.description, "done": f"{done.normalize():f}"}
            raise Refused("disputes.accepted", said, field="lines", status=422)


def _within(amount: Money, remedy: str, lines: Sequence[tuple[Any, Complaint]], held: Money) -> None:
    if amount.currency != held.currency:
        raise Refused("disputes.currency", _("Please stay with the currency of the order."), field="amount", status=422)
    if amount.minor < 0 or (amount.minor == 0 and remedy != "replace"):
        raise Refused("disputes.amount", _("Please give an amount above zero."), field="amount", status=422)
    worth = total([line.worth for line, _complaint in lines], held.currency)
    if amount > worth:
        message = _("The goods you complain about are worth %(worth)s.") % {"worth": str(worth)}
        raise Refused("disputes.beyond_worth", message, field="amount", status=422)
    if held and amount > held:
        message = _("Only %(held)s is held for this order.") % {"held": str(held)}
        raise Refused("disputes.beyond_held", message, field="amount", status=422)


def _lay_down_what_is_known(claim: Claim, order: Any, lines: Sequence[tuple[Any, Complaint]], by: Actor) -> None:
    """The goods as they were signed for, the tracking, the talk: so that nobody need bring them, and nobody can change them."""
    for worth, complaint in lines:
        line = worth.line
        snapshot = {
            "line": line.n,
            "description": line.description,
            "sku": line.sku,
            "quantity": f"{line.quantity.normalize():f}",
        }
        snapshot |= {"unit": line.unit, "reason": complaint.reason, "snapshot": line.snapshot, "terms_hash": order.terms_hash}
        lay_down(claim, "snapshot", by=by, body=snapshot, side="clock")
    sent = consignment_of(order.pk)
    if sent is not None:
        body = {"carrier": sent.carrier, "number": sent.tracking_number, "mode": sent.mode}
        lay_down(claim, "tracking", by=by, body=body | {"day": sent.handed_over_on.isoformat()}, side="clock")
    for thread in threads_about(order.pk, by):
        lay_down(claim, "chat", by=by, body={"thread": str(thread.pk), "title": thread.title}, side="clock")
