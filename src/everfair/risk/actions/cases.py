"""Cases: opened by a proposal, held at once only for a high score, decided by a person, let go by the clock."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import CLOCK_ACTOR, SYSTEM, Actor
from everfair.base.clock import EfNow, now
from everfair.base.deadlines import clear_deadline, set_deadline
from everfair.base.events import emit
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask, insert
from everfair.base.states import moving, stepping
from everfair.base.together import part
from everfair.companies.actions import lift_stop, note_act, place_stop
from everfair.companies.queries import lock_companies, open_stops
from everfair.events.risk import RiskCaseDecided, RiskCaseHeld, RiskCaseOpened, RiskHoldLapsed
from everfair.markets.queries import rule
from everfair.markets.table import DEFAULT_MARKET
from everfair.messaging.actions import read_message
from everfair.risk.models import RiskCase
from everfair.risk.queries.cases import cases_visible_to
from everfair.risk.roles import REVIEWER
from everfair.risk.scoring import Proposal
from everfair.risk.states import UNDECIDED
from everfair.risk.values import settings_at
from everfair.trust.queries import link_between

CONFIRM = "risk.confirm"
STOPPED = ("payout", "listing")
# What a person said in place of a signal: it weighs nothing, and no score takes it away.
BY_HAND = "by_hand"


def take_proposal(proposal: Proposal, *, at: date) -> RiskCase | None:
    """Open a case, or bring the one that is open up to date. Above `risk.hold_at_once` the software holds at once, once.

    A case that a person cleared is opened anew only when clearly more speaks against the supplier than then; a confirmed one never:
    the answer to it stands. None when nothing was opened.
    """
    company_id, points = UUID(proposal.id), Decimal(str(proposal.score.points))
    findings = [{"signal": f.signal, "points": round(f.points, 1), "figures": dict(f.figures)} for f in proposal.score.findings]
    with part():
        lock_companies([company_id], alone=True)
        last = RiskCase.objects.filter(company_id=company_id).order_by("-number").select_for_update(of=("self",)).first()
        if last is not None and last.state in UNDECIDED:
            findings += [kept for kept in last.findings if kept["signal"] == BY_HAND]
            RiskCase.objects.filter(pk=last.pk).update(points=points, findings=findings, scored_on=at)
            last.points, last.findings, last.scored_on = points, findings, at
            row, made = last, False
        else:
            if last is not None and (last.state == "confirmed" or float(points) < float(last.points) + settings_at(at)["again"]):
                return None
            row, made = RiskCase(company_id=company_id, state="open", points=points, findings=findings, scored_on=at), True
            insert(row)
            emit(RiskCaseOpened(row.pk, company_id), by=SYSTEM)
        if row.state == "open" and proposal.action == "hold" and points >= rule("risk.hold_at_once", DEFAULT_MARKET):
            with stepping(row, "hold", by=SYSTEM):
                _hold(row, by=SYSTEM)
    return row if made else None


def open_case(number: int, reason: str, *, by: Actor) -> RiskCase:
    """A person opens a case against the supplier with this number; it is held, confirmed and cleared like any other.

    Where one is undecided already, the reason is laid beside what speaks against it; the same reason twice is laid once. Refuses who is
    linked to the company, and a company that sells nothing.
    """
    if not REVIEWER.admits(by):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    text = _words(reason)
    found = ask("SELECT id FROM companies_company WHERE number = %s AND is_seller", [number])
    if not found:
        raise Refused("risk.no_supplier", _("There is no supplier with this number."), field="company_number", status=422)
    company_id, day = found[0][0], now().date()
    said = {"signal": BY_HAND, "points": 0.0, "figures": {"words": text, "by": str(by.person_id)}}
    with part():
        lock_companies([company_id], alone=True)
        row = RiskCase.objects.filter(company_id=company_id, state__in=UNDECIDED).select_for_update(of=("self",)).first()
        if row is None:
            row = RiskCase(company_id=company_id, state="open", points=Decimal(0), findings=[said], scored_on=day)
            _unlinked(row, by)
            insert(row)
            emit(RiskCaseOpened(row.pk, company_id), by=by)
        else:
            _unlinked(row, by)
            if said in row.findings:
                return row
            row.findings = [*row.findings, said]
            RiskCase.objects.filter(pk=row.pk).update(findings=row.findings)
        note_act("opened a risk case", company_id, text, by, after={"case": f"R-{row.number}"})
    return row


def hold_case(case_id: UUID, reason: str, *, by: Actor) -> RiskCase:
    """A person holds by hand; another one confirms. Refuses who is linked to the company."""
    text = _words(reason)
    with part():
        _company_first(case_id, by)
        with moving(cases_visible_to(by), case_id, "hold", by=by, reason=text) as row:
            _unlinked(row, by)
            row.held_by_id = by.person_id
            _hold(row, by=by)
            note_act("held a risk case", row.company_id, text, by, after={"case": f"R-{row.number}"})
    return row


def confirm_fraud(case_id: UUID, reason: str, *, by: Actor) -> RiskCase:
    """A person's word: payouts and listings stop for good. Refuses who is linked to the company, and who held it."""
    text = _words(reason)
    with part():
        _company_first(case_id, by)
        with moving(cases_visible_to(by), case_id, "confirm", by=by, reason=text) as row:
            _may_decide(row, by)
            if not row.stops:
                row.stops = _place(row, by=by)
            _decide(row, text, by=by)
            note_act("confirmed a risk case", row.company_id, text, by, after={"case": f"R-{row.number}"})
            emit(RiskCaseDecided(row.pk, row.company_id, True), by=by)
    return row


def clear_case(case_id: UUID, reason: str, *, by: Actor) -> RiskCase:
    """A person's word: nothing is wrong, and what stood still moves again at once. Nothing is learnt from it by itself."""
    text = _words(reason)
    with part():
        _company_first(case_id, by)
        with moving(cases_visible_to(by), case_id, "clear", by=by, reason=text) as row:
            _may_decide(row, by)
            _lift(row, text, by=by)
            _decide(row, text, by=by)
            note_act("cleared a risk case", row.company_id, text, by, after={"case": f"R-{row.number}"})
            emit(RiskCaseDecided(row.pk, row.company_id, False), by=by)
    return row


def lapse_hold(case_id: UUID) -> None:
    """The time is over and nobody decided: no company stands still because we were slow. Safe to repeat."""
    row = RiskCase.objects.filter(pk=case_id).first()
    if row is None or row.state != "held":
        return
    with part():
        lock_companies([row.company_id], alone=True)
        with moving(RiskCase.objects.all(), case_id, "lapse", by=CLOCK_ACTOR) as row:
            _lift(row, f"R-{row.number}: no person confirmed in time", by=CLOCK_ACTOR)
            row.lapsed_at = EfNow()  # type: ignore[assignment]
            emit(RiskHoldLapsed(row.pk, row.company_id), by=CLOCK_ACTOR)


def _hold(row: RiskCase, *, by: Actor) -> None:
    row.stops = _place(row, by=by)
    set_deadline(CONFIRM, row.pk, timedelta(hours=int(rule("risk.confirm_hours", DEFAULT_MARKET))))
    emit(RiskCaseHeld(row.pk, row.company_id), by=by)


def _place(row: RiskCase, *, by: Actor) -> list[UUID]:
    return [place_stop(row.company_id, kind, f"R-{row.number}", by=by).pk for kind in STOPPED]


def _lift(row: RiskCase, reason: str, *, by: Actor) -> None:
    """Those of this case that still stand; an operator may have lifted one by hand."""
    for stop in open_stops([row.company_id]):
        if stop.pk in row.stops:
            lift_stop(stop.pk, f"R-{row.number}: {reason}"[:2000], by=by)
    row.stops = []


def _decide(row: RiskCase, text: str, *, by: Actor) -> None:
    row.decided_by_id, row.decided_at, row.reason = by.person_id, EfNow(), text  # type: ignore[assignment]
    clear_deadline(CONFIRM, row.pk)


def _may_decide(row: RiskCase, by: Actor) -> None:
    _unlinked(row, by)
    if row.held_by_id is not None and row.held_by_id == by.person_id:
        raise Refused("risk.own_hold", _("You held it yourself: somebody else decides."), status=403)


def _unlinked(row: RiskCase, by: Actor) -> None:
    """Said in words before the database refuses it."""
    if by.person_id is not None and link_between([by.person_id], row.company_id):
        raise Refused("risk.linked", _("You have something to do with this company: somebody else decides."), status=403)


def _company_first(case_id: UUID, by: Actor) -> None:
    """Companies before their rows: the lock order everywhere."""
    company_id: Any = cases_visible_to(by).filter(pk=case_id).values_list("company_id", flat=True).first()
    if company_id is None:
        raise NotVisible
    lock_companies([company_id], alone=True)


def _words(text: str) -> str:
    clean = read_message(text, field="reason")
    if not clean:
        raise Refused("risk.words_missing", _("Please write something."), field="reason", status=422)
    return clean[:2000]


__all__ = ["CONFIRM", "clear_case", "confirm_fraud", "hold_case", "lapse_hold", "open_case", "take_proposal"]
