"""The operator's acts. Each calls the package that owns the verb and leaves its note in the same transaction."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from everfair.base.actor import Actor
from everfair.base.clock import EfNow, now
from everfair.base.events import react, subscribers
from everfair.base.models import Deadline, DeadReaction, Event
from everfair.base.money import Money
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.roles import OPERATOR
from everfair.catalog.actions import map_category
from everfair.companies.actions import note_act, open_operator_invitation
from everfair.companies.queries import companies_visible_to
from everfair.disputes.queries import open_claim_of
from everfair.ledger.actions import close_month, confirm_month, freeze_payouts, lift_freeze, withdraw_closing
from everfair.ledger.actions import correct_entry as take_back
from everfair.markets.actions import set_fee_schedule, set_rule
from everfair.markets.fees import FeeTerms
from everfair.markets.queries import fee_terms_at, rule
from everfair.office import values
from everfair.office.queries.accounting import Statement
from everfair.office.queries.letters import given_up_folder, letter, waiting_folder
from everfair.office.queries.queues import carrier_misfit, misfit
from everfair.payments.actions import answer_chargeback, book_break, dismiss_break, import_statement
from everfair.payments.actions import approve_decision as approve
from everfair.payments.actions import keep_line as keep_in_suspense
from everfair.payments.actions import limit_rail as limit_scope
from everfair.payments.actions import order_rail as say_of_rail
from everfair.payments.actions import settle_break as close_break
from everfair.payments.actions import withdraw_decision as withdraw
from everfair.payments.values import Scope
from everfair.trade.actions import resolve_issue

_Done = TypeVar("_Done")


def decide_issue(order_id: UUID, buyer_share: Decimal, reason: str, *, by: Actor) -> Any:
    """End an open issue: `buyer_share` (0 to 1) of what is held back to the buyer, the rest to the supplier less the fee.

    For what silence has opened: a claim is its arbitrator's. Refuses what `trade.resolve_issue` refuses. The money cannot be called
    back.
    """
    with transaction.atomic():
        if open_claim_of(order_id) is not None:
            raise _claimed()
        try:
            with transaction.atomic():
                order = resolve_issue(order_id, buyer_share, reason, by=by)
        except IntegrityError as error:  # a claim was opened in this very moment
            raise _claimed() from error
        note_act(values.RESOLVED, order.pk, reason, by, before={"issue": "open"}, after={"buyer_share": f"{buyer_share:f}"})
    return order


def _claimed() -> Refused:
    return Refused("office.claimed", gettext_lazy("There is a claim on this order: its arbitrator decides."))


def clear_name(company_id: UUID, reason: str, *, by: Actor) -> None:
    """Somebody looked at a name that is like another company's and lets it stand: it leaves the queue."""
    _operator(by)
    why = _reason(reason)
    if not companies_visible_to(by).filter(pk=company_id).exists():
        raise NotVisible
    note_act(values.NAME_CLEARED, company_id, why, by)


def map_source(source_category: str, category: str, *, by: Actor) -> int:
    """From now on this foreign category means ours; returns how many offers moved."""
    with transaction.atomic():
        moved = map_category(source_category, category, by=by)
        note_act(values.MAPPED, None, "", by, before={"source": source_category}, after={"category": category})
    return moved if isinstance(moved, int) else 0


def map_sources(pairs: Sequence[tuple[str, str]], *, by: Actor) -> int:
    """Several foreign categories, each to its own; returns how many offers moved."""
    return sum(map_source(source, category, by=by) for source, category in pairs)


def change_rule(name: str, market: str, value: Decimal, valid_from: datetime | None, reason: str, *, by: Actor) -> Any:
    """A rule's number from a moment on; the note says what held before."""
    with transaction.atomic():
        before = {"rule": name, "market": market}
        if name:
            try:
                before["value"] = f"{rule(name, market):f}"
            except KeyError:
                pass  # set_rule refuses it in words
        version = set_rule(name, market, value, valid_from, reason, by)
        after = {"rule": name, "market": market, "value": f"{value:f}", "valid_from": version.valid_from.isoformat()}
        note_act(values.RULE_SET, version.pk, reason.strip(), by, before=before, after=after)
    return version


def change_fees(market: str, terms: FeeTerms, valid_from: datetime | None, reason: str, *, by: Actor) -> Any:
    """A market's fees from a moment on; the note says what held before."""
    with transaction.atomic():
        before = fee_terms_at(market)
        version = set_fee_schedule(market, "", terms, valid_from, reason, by)
        said = {"market": market, "fees": version.terms.text, "valid_from": version.valid_from.isoformat()}
        held = {"market": market, "fees": before.text if before else ""}
        note_act(values.FEES_SET, version.pk, reason.strip(), by, before=held, after=said)
    return version


def order_rail(code: str, is_open: bool, ends_on: date | None, reason: str, *, by: Actor) -> Any:
    """Open or close a payment rail; the note says what held before."""
    with transaction.atomic():
        before, said = say_of_rail(code, open_=is_open, ends_on=ends_on, reason=reason, by=by)
        held, after = ({"rail": code, "open": row.open, "ends_on": _day(row.ends_on)} for row in (before, said))
        note_act(values.RAIL_ORDERED, said.pk, reason.strip(), by, before=held, after=after)
    return said


def limit_rail(code: str, scope: Scope, reason: str, *, by: Actor) -> Any:
    """Say what a payment rail may carry; the note says what held before."""
    with transaction.atomic():
        before, said = limit_scope(code, scope, reason=reason, by=by)
        held, after = ({"rail": code, **_scope(row.scope)} for row in (before, said))
        note_act(values.RAIL_LIMITED, said.pk, reason.strip(), by, before=held, after=after)
    return said


def _scope(scope: Scope) -> dict[str, Any]:
    most = [str(Money(minor, currency)) for currency, minor in sorted(scope.most.items())]
    return {"markets": sorted(scope.markets), "currencies": sorted(scope.currencies), "most": most, "watched": scope.watched}


def freeze(reason: str, *, by: Actor) -> None:
    """Nothing is paid out until two operators lift it: the operator's own hand, where the checker has found nothing."""
    with transaction.atomic():
        made = freeze_payouts(reason, by=by)
        if made is None:
            raise AlreadyDone("office.frozen", gettext_lazy("Payouts are frozen already."))
        note_act(values.PAYOUTS_FROZEN, made.pk, reason.strip(), by)


def lift(freeze_id: UUID, reason: str, *, by: Actor) -> bool:
    """One operator's word that payouts may go on; whether it was the second, which ends the freeze."""
    with transaction.atomic():
        ended = lift_freeze(freeze_id, reason, by=by)
        note_act(values.FREEZE_LIFTED, freeze_id, reason.strip(), by, after={"freeze": "lifted" if ended else "first word"})
    return ended


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def take_statement(name: str, body: bytes, *, by: Actor) -> Any:
    """Book a bank's file; the note says how much of it was booked."""
    with transaction.atomic():
        done = import_statement(name, body, by=by)
        booked = sum(row.outcome == "booked" for row in done.outcomes)
        breaks = sorted({row.outcome for row in done.outcomes} - {"booked", "known"})
        note_act(values.BANK_STATEMENT_TAKEN, done.file_id, "", by, after={"file": name, "booked": booked, "breaks": breaks})
    return done


def decide_line(decide: Callable[[], Any], reason: str, *, by: Actor) -> Any:
    """What `decide` does about a line of a statement, with its note."""
    with transaction.atomic():
        made = decide()
        after = {
            "line": str(made.line_id),
            "kind": made.verb,
            "amount": made.amount_minor,
            "plan": made.plan,
            "outcome": made.state,
        }
        note_act(values.BANK_LINE_DECIDED, made.pk, reason.strip(), by, after=after)
    return made


def keep_line(line_id: UUID, reason: str, *, by: Actor) -> None:
    with transaction.atomic():
        keep_in_suspense(line_id, reason, by=by)
        note_act(values.BANK_LINE_KEPT, line_id, reason.strip(), by)


def approve_decision(decision_id: UUID, *, by: Actor) -> Any:
    with transaction.atomic():
        made = approve(decision_id, by=by)
        note_act(values.BANK_DECISION_APPROVED, decision_id, "", by)
    return made


def withdraw_decision(decision_id: UUID, *, by: Actor) -> Any:
    with transaction.atomic():
        made = withdraw(decision_id, by=by)
        note_act(values.BANK_DECISION_WITHDRAWN, decision_id, "", by)
    return made


def settle_break(break_id: UUID, reason: str, *, by: Actor) -> None:
    with transaction.atomic():
        found = close_break(break_id, reason, by=by)
        note_act(values.BANK_BREAK_SETTLED, found.pk, reason.strip(), by, after={"kind": found.kind, "number": found.number})


def settle_event(event_id: UUID, reason: str, *, by: Actor) -> None:
    """What was done about a provider event that fits nothing; it leaves the queue, the event itself stays as it came."""
    _operator(by)
    why = _reason(reason)
    found = misfit(event_id)
    note_act(values.SETTLED, found.pk, why, by, after={"event": found.event_id, "outcome": found.outcome})


def settle_carrier_event(event_id: UUID, reason: str, *, by: Actor) -> None:
    """What was done about a carrier's event that fits no consignment; it leaves the queue, the event itself stays as it came.

    One that still waits for its consignment is placed all the same, should that appear within seven days.
    """
    _operator(by)
    why = _reason(reason)
    found = carrier_misfit(event_id)
    note_act(values.CARRIER_EVENT_SETTLED, found.pk, why, by, after={"event": found.event_id, "outcome": found.outcome})


def settle_reaction(reaction_id: int, reason: str, *, by: Actor) -> None:
    """Somebody has put right by hand what a package could not digest."""
    _operator(by)
    why = _reason(reason)
    with transaction.atomic():
        dead = _dead_reaction(reaction_id)
        _close(dead, values.REACTION_SETTLED, why, by)


def repeat_reaction(reaction_id: int, *, by: Actor) -> None:
    """Let the package react once more, now that its fault is mended. Refuses, and changes nothing, when it fails again."""
    _operator(by)
    with transaction.atomic():
        dead = _dead_reaction(reaction_id)
        event = Event.objects.filter(seq=dead.event_seq).first()
        reactions = subscribers().get(dead.subscriber, {}).get(event.name, []) if event else []
        if event is None or not reactions:
            raise Refused("office.nobody_reacts", gettext_lazy("Nobody listens to this any more. Settle it with a reason."))
        try:
            with transaction.atomic():
                react(event.seq, reactions, event.name, event.body)
        except Exception as error:
            raise Refused(
                "office.fails_again", _("It failed again: %(reason)s") % {"reason": f"{type(error).__name__}: {error}"[:200]}
            ) from error
        _close(dead, values.REACTION_REPEATED, "", by)


def _close(dead: DeadReaction, act: str, reason: str, by: Actor) -> None:
    dead.settled_at = now()
    dead.save(update_fields=["settled_at"])
    event = Event.objects.filter(seq=dead.event_seq).values_list("subject", flat=True).first()
    note_act(act, event, reason, by, before={"subscriber": dead.subscriber, "event": dead.event_seq, "reason": dead.reason})


def _dead_reaction(reaction_id: int) -> DeadReaction:
    found = DeadReaction.objects.select_for_update().filter(pk=reaction_id).first() if reaction_id < 2**63 else None
    if found is None:
        raise NotVisible
    if found.settled_at is not None:
        raise AlreadyDone("office.settled", gettext_lazy("This has been settled already."))
    return found


def repeat_deadline(deadline_id: int, *, by: Actor) -> None:
    """Let a deadline that failed several times fire once more."""
    _operator(by)
    with transaction.atomic():
        found = Deadline.objects.select_for_update().filter(pk=deadline_id).first() if deadline_id < 2**63 else None
        if found is None:
            raise NotVisible
        if found.state != "failed":
            raise AlreadyDone("office.deadline_not_failed", gettext_lazy("This deadline has not failed."))
        try:
            with transaction.atomic():
                Deadline.objects.filter(pk=found.pk).update(state="waiting", tries=0, retry_at=EfNow())
        except IntegrityError:
            raise Refused("office.deadline_replaced", gettext_lazy("A newer deadline of the same kind is running.")) from None
        note_act(values.DEADLINE_REPEATED, found.subject, "", by, before={"kind": found.kind, "generation": found.generation})


def move_month(month: date, verb: str, *, by: Actor) -> None:
    """Close a month of the books, confirm it as another person, or open it again before that."""
    moves = {
        "close": (close_month, values.MONTH_CLOSED),
        "confirm": (confirm_month, values.MONTH_CONFIRMED),
        "withdraw": (withdraw_closing, values.MONTH_REOPENED),
    }
    if verb not in moves:
        raise NotVisible
    move, act = moves[verb]
    with transaction.atomic():
        period = move(month, by=by)
        note_act(act, period.pk, "", by, after={"month": month.isoformat()[:7]})


def note_statement(statement: Statement, *, by: Actor) -> None:
    """A look at somebody's money leaves its trace under their id."""
    if statement.subject is not None:
        note_act(values.LOOKED_AT_ACCOUNT, statement.subject, "", by, after={"account": statement.title})


def correct_entry(entry_id: int, reason: str, *, by: Actor) -> int:
    """Take an entry of the platform's own accounts back by a new one of today; returns that."""
    with transaction.atomic():
        made = take_back(entry_id, reason, by=by)
        note_act(values.ENTRY_CORRECTED, None, reason, by, before={"number": entry_id}, after={"number": made})
    return made


def end_break(break_id: UUID, how: str, reason: str, *, by: Actor) -> None:
    """Book a break in a provider's statement, or dismiss it."""
    end, act = (book_break, values.BREAK_BOOKED) if how == "book" else (dismiss_break, values.BREAK_DISMISSED)
    with transaction.atomic():
        found = end(break_id, reason, by=by)
        note_act(act, found.pk, reason, by, after={"rail": found.rail})


def answer_chargeback_with_note(chargeback_id: UUID, answer: str, evidence: str, *, by: Actor) -> None:
    """Accept or contest what a payer's bank took back."""
    with transaction.atomic():
        found = answer_chargeback(chargeback_id, answer, evidence, by=by)
        act = values.CHARGEBACK_ACCEPTED if answer == "accept" else values.CHARGEBACK_CONTESTED
        note_act(act, found.pk, "", by, after={"rail": found.rail, "number": found.ref})


def repeat_letter(name: str, *, by: Actor) -> None:
    """The worker tries this letter within a second, also when it was given up."""
    _operator(by)
    found = letter(name)
    if found is None:
        raise AlreadyDone("office.letter_gone", gettext_lazy("This letter has left."))
    folder = given_up_folder() if found.next_try_at is None else waiting_folder()
    with transaction.atomic():
        note_act(values.LETTER_REPEATED, None, "", by, after={"letter": found.subject})
        waiting_folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            os.utime(folder / name)
            (folder / name).rename(waiting_folder() / name)
        except FileNotFoundError:
            raise AlreadyDone("office.letter_gone", gettext_lazy("This letter has left.")) from None


def invite_staff(email: str, roles: list[str], *, by: Actor) -> None:
    """A letter with a one-time link to an address: its reader becomes staff of the operator."""
    with transaction.atomic():
        link = open_operator_invitation(email, by=by, roles=roles)
        letter = EmailMessage(
            subject=_("You are invited to the staff of Everfair"),
            body=render_to_string("office/letters/staff_invitation.txt", {"link": link, "who": by.name}),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[email.strip()],
        )
        transaction.on_commit(letter.send, robust=True)


def noted(act: str, subject: UUID, reason: str, work: Callable[[], _Done], *, by: Actor) -> _Done:
    """Do what another package owns, with its note in the same transaction: what was refused leaves none."""
    _operator(by)
    with transaction.atomic():
        done = work()
        note_act(act, subject, reason.strip(), by)
    return done


def _operator(by: Actor) -> None:
    if not OPERATOR.admits(by):
        raise Refused("office.operator_only", gettext_lazy("Only the operator may do this."), status=403)


def _reason(text: str) -> str:
    if not text.strip():
        raise Refused("office.reason", gettext_lazy("Please say why."), field="reason", status=422)
    return text.strip()
