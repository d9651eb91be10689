"""Everything that happened to an order, in the order it happened: the event rows, told in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.events import read_fact
from everfair.base.models import Event
from everfair.base.money import Money
from everfair.base.rows import ask, find
from everfair.companies.queries import people_by_id
from everfair.trade.models import Order

Words = Any


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline. `side` is buyer, seller, operator, clock or provider; `kind` is how it looks; `paid_for`: what a payment
    that came was for (its payment says by which way)."""

    code: str
    text: Words
    at: datetime
    side: str
    who: str
    kind: str
    amount: Money | None = None
    detail: str = ""
    paid_for: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Told:
    text: Words
    side: str | Callable[[Any], str]
    kind: str = "calm"
    verb: str = ""


# fmt: off
_TOLD: dict[str, _Told] = {
    "OrderPlaced":    _Told(_("The buyer signed the contract and sent it to the seller"), "buyer", "proof"),
    "OrderSigned":    _Told(_("The seller signed the contract"), "seller", "proof"),
    "OrderSignedInAdvance": _Told(_("The seller had signed in advance: by the framework contract, or by publishing the group buy"), "", "proof"),
    "FrameworkEndAsked": _Told(_("One side would like to end the framework contract"), lambda fact: fact.by, "act"),
    "FrameworkKept":  _Told(_("The framework contract goes on"), lambda fact: fact.by, "calm"),
    "FrameworkEnded": _Told(_("The framework contract has ended; call-offs that run go on"),
                            lambda fact: "clock" if fact.by == "clock" else "", "proof"),
    "GroupBuyReached": _Told(_("The group buy reached its threshold: this order goes on"), "clock", "held"),
    "OrderDeclined":  _Told(_("The seller declined the contract"), "seller", "act", "decline"),
    "OrderCancelled": _Told(_("The order was cancelled"), lambda fact: fact.by, "act", "cancel"),
    "OrderLapsed":    _Told(_("Nobody acted in time: the order closed by itself"), "clock", "act"),
    "OrderCalledOff": _Told(_("The order was called off; what was held goes back to the buyer"), lambda fact: fact.by, "act", "call_off"),
    "StageDue":       _Told(_("A payment fell due"), "", "wait"),
    "StageFunded":    _Told(_("A payment arrived and is held in escrow"), "provider", "held"),
    "StageReleased":  _Told(_("A payment was released to the seller"), "", "held"),
    "StageRefunded":  _Told(_("A payment went back to the buyer's wallet"), "", "calm"),
    "OrderChargedBack": _Told(lambda fact: _CHARGES[fact.how], "provider", "act"),
    "MoneyReturned":  _Told(_("The seller gave money back; the fees on it were returned"), "seller", "calm"),
    "WorkShown":      _Told(_("The seller showed what this stage is paid for"), "seller", "calm"),
    "WorkConfirmed":  _Told(_("The buyer confirmed what was shown"), "buyer", "proof"),
    "WorkSentBack":   _Told(_("The buyer sent it back"), "buyer", "act", "send_back"),
    "AmendmentProposed": _Told(_("New terms were proposed"), lambda fact: fact.side, "wait"),
    "OrderAmended":   _Told(_("Both sides signed the new terms"), "", "proof"),
    "AmendmentEnded": _Told(_("The proposal of new terms is over; the former terms hold"), "", "calm"),
    "InspectionAsked":     _Told(_("An inspection was asked for"), lambda fact: fact.by, "calm"),
    "InspectionAccepted":  _Told(_("The inspector accepted"), "inspector", "calm"),
    "InspectionDeclined":  _Told(_("The inspector declined; a fee that was held goes back"), "inspector", "act", "decline"),
    "InspectionCancelled": _Told(_("The inspection was cancelled; a fee that was held goes back"), lambda fact: fact.by, "act", "cancel"),
    "InspectionLapsed":    _Told(_("The inspection did not take place; a fee that was held goes back"), "clock", "act"),
    "InspectionFeeHeld":   _Told(_("The inspection fee is held in escrow"), "provider", "held"),
    "GoodsPacked":         _Told(_("The seller declared the goods packed for the inspection"), "seller", "calm"),
    "InspectionPassed":    _Told(_("The goods passed the inspection"), "inspector", "proof"),
    "InspectionFailed":    _Told(_("The goods failed the inspection"), "inspector", "act"),
    "InspectionWaived":    _Told(_("The buyer takes the goods although they failed the inspection"), "buyer", "proof", "waive"),
    "PartShipped":    _Told(_("The seller handed a part of the goods to the carrier"), "seller", "calm"),
    "OrderShipped":   _Told(_("The seller handed the goods to the carrier"), "seller", "calm"),
    "ShippingLate":   _Told(_("The ship-by day has passed: the buyer may take the money back"), "clock", "act"),
    "PartAccepted":   _Told(_("The buyer accepted a part of the goods: it is paid"), "buyer", "proof"),
    "OrderReceived":  _Told(_("The buyer received and accepted the goods"), "buyer", "proof"),
    "ConfirmationAnnounced": _Told(_("The delivery is proven: the buyer was told until when to speak"), "clock", "wait"),
    "SilenceAccepted": _Told(_("The buyer said nothing until the announced moment; the proof of delivery stands"), "clock", "proof"),
    "ExtensionAsked": _Told(_("More time was asked for"), lambda fact: fact.side, "wait"),
    "ExtensionAnswered": _Told(lambda fact: _ANSWERS[fact.state], lambda fact: _answerer(fact), "calm"),
    "IssueReported":  _Told(_("An issue was opened: what is held is frozen"),
                            lambda fact: "clock" if fact.by == "clock" else "buyer", "act", "report"),
    "IssueWithdrawn": _Told(_("The buyer withdrew the issue"), "buyer", "calm"),
    "CaseOverdue":    _Told(_("The operator has not decided in time"), "clock", "act"),
    "IssueResolved":  _Told(_("The operator decided"), "operator", "proof", "resolve"),
    "OrderCompleted": _Told(_("The trade is settled"), "", "held"),
}
_CHARGES: dict[str, Words] = {
    "open": _("The buyer's bank took a card payment back; what is held is frozen until that is decided"),
    "win": _("The chargeback was won: the money is where it was"),
    "lose": _("The chargeback was lost: the money stays with the buyer"),
    "retake": _("The chargeback that was won was taken back after all"),
    "reinstate": _("The chargeback that was lost was given back after all"),
}
_ANSWERS: dict[str, Words] = {
    "granted": _("More time was granted"), "refused": _("More time was refused: the former time holds"),
    "withdrawn": _("The request for more time was taken back"),
    "lapsed": _("The request for more time was not answered, or no longer needed"),
}
# What the clock gives as its reason is written in the code, not by a person: it is told in the reader's language.
_CLOCK_REASONS: dict[str, Words] = {
    "the seller did not sign in time": _("The seller did not sign in time."),
    "the first part was not paid in time": _("The first payment was not made in time."),
    "the group buy stayed below its threshold": _("The group buy stayed below its threshold. Everything goes back."),
    "the group buy closed before this order was paid": _("The group buy closed before this order was paid."),
    "signed in advance": _("Signed in advance."),
    "the balance was not paid in time": _("The balance was not paid in time."),
    "nothing was shipped in time, and nobody acted": _("Nothing was shipped in time, and nobody acted."),
    "the buyer did not look at what was shown in time": _("The buyer did not look at what was shown in time."),
    "nobody acted on the failed inspection in time": _("Nobody acted on the failed inspection in time."),
    "the buyer neither confirmed nor complained in time": _("The buyer neither confirmed nor complained in time."),
    "the buyer said nothing, but not enough reminders were delivered":
        _("The buyer said nothing, but not enough reminders were delivered."),
    "the buyer said nothing, and no delivery is proven": _("The buyer said nothing, and no delivery is proven."),
    "the buyer said nothing, but was not told until when to speak":
        _("The buyer said nothing, but was not told until when to speak."),
    "the buyer said nothing, and a part of the order waits for something else":
        _("The buyer said nothing, and a part of the order waits for something else."),
    "the buyer said nothing, and a stop keeps the payment back": _("The buyer said nothing, and a stop keeps the payment back."),
    "an issue is open": _("An issue is open."),
    "a request for more time was not answered": _("A request for more time was not answered."),
    "the buyer proposed new terms and got no answer": _("The buyer proposed new terms and got no answer."),
    "the buyer wrote and got no answer": _("The buyer wrote and got no answer."),
    "the buyer received a package damaged": _("The buyer received a package damaged."),
}
# fmt: on


def _answerer(fact: Any) -> str:
    other = {"buyer": "seller", "seller": "buyer"}[fact.side]
    return {"granted": other, "refused": other, "withdrawn": fact.side}.get(fact.state, "clock")


def in_words(reason: str) -> Words:
    """A reason as it is shown: a person's own words, or the clock's in the reader's language."""
    return _CLOCK_REASONS.get(reason, reason)


def timeline(order: Order) -> list[Happening]:
    """What happened, oldest first: three queries (events, reasons, people)."""
    events = find(Event, "subject = %s AND name = ANY(%s) ORDER BY seq", [order.pk, list(_TOLD)])
    reasons = _reasons(order)
    people = people_by_id(_person_id(event.actor) for event in events)
    return [_happening(event, reasons, people) for event in events]


def _reasons(order: Order) -> dict[str, Iterator[str]]:
    rows = ask(_REASONS, {"order": order.pk})
    by_verb: dict[str, list[str]] = {}
    for verb, reason in rows:
        by_verb.setdefault(verb, []).append(reason)
    return {verb: iter(found) for verb, found in by_verb.items()}


_REASONS = """
    SELECT verb, reason FROM base_history
    WHERE (subject = %(order)s::uuid OR subject IN (
            SELECT id FROM trade_stage WHERE order_id = %(order)s::uuid
            UNION ALL SELECT id FROM trade_inspection WHERE order_id = %(order)s::uuid
        )) AND reason <> '' ORDER BY seq
"""


def _happening(event: Event, reasons: dict[str, Iterator[str]], people: dict[UUID, Any]) -> Happening:
    told = _TOLD[event.name]
    fact = read_fact(event.name, event.body)
    person = people.get(_person_id(event.actor))  # type: ignore[arg-type]
    side = told.side(fact) if callable(told.side) else told.side
    # Staff stay unnamed towards the parties; a company's people sign with their names.
    return Happening(
        code=event.name,
        text=told.text(fact) if callable(told.text) else told.text,
        at=event.at,
        side=side,
        who=person.name if person is not None and side in ("buyer", "seller") else "",
        kind=told.kind,
        amount=getattr(fact, "amount", None) or getattr(fact, "total", None),
        detail=in_words(next(reasons.get(told.verb, iter(())), "")) if told.verb else "",
        paid_for=getattr(fact, "inspection_id", None) or getattr(fact, "stage_id", None) if side == "provider" else None,
    )


def _person_id(actor: str) -> UUID | None:
    kind, _colon, ident = actor.partition(":")
    try:
        return UUID(ident) if kind == "person" else None
    except ValueError:
        return None
