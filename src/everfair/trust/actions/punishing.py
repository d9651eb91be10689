"""Points are given, confirmed, dropped, appealed against and struck; the sanction follows from them and from nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import CLOCK_ACTOR, SYSTEM, Actor
from everfair.base.clock import EfNow, now
from everfair.base.deadlines import clear_deadline, set_deadline
from everfair.base.events import emit
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.rows import insert
from everfair.base.states import lock, stepping, write_history
from everfair.base.together import part
from everfair.companies.actions import lift_stop, note_act, place_stop
from everfair.companies.queries import companies_by_id, lock_companies
from everfair.companies.roles import OWNING
from everfair.events.trust import PointsAppealDecided, PointsAppealed, PointsGiven, SanctionBegan, SanctionEnded
from everfair.files.queries import files_by_id
from everfair.messaging.actions import read_message
from everfair.trust.ladder import Started, in_force, ladder, living, started
from everfair.trust.models import Appeal, Penalty, Sanction
from everfair.trust.queries import link_between
from everfair.trust.queries.discipline import (
    appeals_visible_to,
    discipline_rules,
    marks_of,
    penalties_visible_to,
    points_for,
)
from everfair.trust.roles import REVIEWER
from everfair.trust.values.discipline import ALONE_BELOW, LADDER, OFFENCES

SANCTION_END = "trust.sanction"
MOST_EVIDENCE = 10
LONGEST_REFERENCE = 80
_DECIDED = {"uphold": "upheld", "reduce": "reduced", "strike_down": "struck"}


def give_points(
    company_id: UUID,
    offence: str,
    acted_on: date,
    reason: str,
    *,
    by: Actor,
    unresolved: bool = False,
    reference: str = "",
    file_ids: Sequence[UUID] = (),
) -> Penalty:
    """What a company did costs it points, by the catalogue and the rules of today.

    They count at once while they come to less than `trust.second_person_points` with what counts already; else they wait for a second
    person. Refuses who is linked to the company, words or evidence (files or a number) that lack, and a day that is too long ago.
    """
    if not REVIEWER.admits(by):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    if offence not in OFFENCES:
        raise Refused("trust.offence", _("Please choose what the company did."), field="offence", status=422)
    text, about = words(reason, "reason"), _reference(reference)
    papers = evidence(file_ids, by)
    if not papers and not about:
        raise Refused("trust.no_evidence", _("Please name an order or claim, or add a document."), field="reference", status=422)
    if company_id not in companies_by_id([company_id]):
        raise NotVisible
    with part():
        lock_companies([company_id], alone=True)
        row = _penalty(company_id, offence, acted_on, unresolved=unresolved)
        row.reason, row.reference, row.file_ids = text, about, papers
        insert(row)
        write_history(row, "state", "propose", "", "proposed", by=by, reason=text)
        _take_up(row, text, by)
    return row


def propose_points(company_id: UUID, offence: str, acted_on: date, origin: str, reference: str) -> Penalty | None:
    """An event says that a company may have done something: a person looks, and nothing counts before. Repeated, it is one."""
    if companies_by_id([company_id]).get(company_id) is None:
        return None
    with part():
        lock_companies([company_id], alone=True)
        if Penalty.objects.filter(origin=origin, offence=offence).exists():
            return None
        row = _penalty(company_id, offence, acted_on)
        row.origin, row.reference = origin, reference[:LONGEST_REFERENCE]
        insert(row)
        write_history(row, "state", "propose", "", "proposed", by=SYSTEM)
    return row


def take_up_points(penalty_id: UUID, reason: str, *, by: Actor) -> Penalty:
    """A person makes an event's proposal their own: the same as giving the points."""
    text = words(reason, "reason")
    with part():
        row = _locked(penalty_id, by)
        row.reason = text
        Penalty.objects.filter(pk=row.pk).update(reason=text)
        _take_up(row, text, by)
    return row


def confirm_points(penalty_id: UUID, reason: str, *, by: Actor) -> Penalty:
    """The second person: from now on the points count. Refuses who gave them, and who is linked to the company."""
    text = words(reason, "reason")
    with part():
        row = _locked(penalty_id, by)
        unlinked(row.company_id, by)
        with stepping(row, "confirm", by=by, reason=text):
            row.confirmed_by_id, row.given_at = by.person_id, _moment(row.company_id)
        note_act("confirmed points", row.company_id, text, by, after={"points": row.points, "offence": row.offence})
        _counted(row, by)
    return row


def drop_points(penalty_id: UUID, reason: str, *, by: Actor) -> Penalty:
    """What was proposed is not given."""
    text = words(reason, "reason")
    with part():
        row = _locked(penalty_id, by)
        unlinked(row.company_id, by)
        with stepping(row, "drop", by=by, reason=text):
            pass
        note_act("dropped points", row.company_id, text, by, after={"points": row.points, "offence": row.offence})
    return row


def appeal_points(penalty_id: UUID, text: str, *, by: Actor, file_ids: Sequence[UUID] = ()) -> Appeal:
    """The company's one word against points, within `trust.points_appeal_days`. What they led to stands until it is decided."""
    if not OWNING.admits(by) or by.company_id is None:
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    said = words(text, "text")
    papers = evidence(file_ids, by)
    with part():
        row = _locked(penalty_id, by)
        if row.company_id != by.company_id:
            raise NotVisible
        if Appeal.objects.filter(penalty_id=row.pk).exists():
            raise AlreadyDone("trust.appealed", _("Your company has appealed against these points already."))
        days = int(discipline_rules()["trust.points_appeal_days"])
        if row.state != "given" or row.given_at is None or row.given_at + timedelta(days=days) <= now():
            raise Refused("trust.appeal_late", _("The time to appeal against these points is over."))
        made = Appeal(company_id=row.company_id, penalty=row, text=said, file_ids=papers)
        insert(made)
        write_history(made, "state", "appeal", "", "open", by=by)
        emit(PointsAppealed(made.pk, row.pk, row.company_id), by=by)
    return made


def decide_points_appeal(appeal_id: UUID, verb: str, reason: str, *, by: Actor, left: int | None = None) -> Appeal:
    """`uphold`, `reduce` (to `left` points) or `strike_down`, by somebody who neither gave nor confirmed; the sanction follows at once."""
    if verb not in _DECIDED:
        raise Refused("trust.decision", _("Please say what you decide."), field="verb", status=422)
    text = words(reason, "reason")
    with part():
        company_id = appeals_visible_to(by).filter(pk=appeal_id).values_list("company_id", flat=True).first()
        if company_id is None:
            raise NotVisible
        lock_companies([company_id], alone=True)
        row = lock(appeals_visible_to(by), appeal_id)
        against = Penalty.objects.select_for_update().get(pk=row.penalty_id)
        row.penalty = against
        unlinked(company_id, by)
        counts = {"uphold": against.counts, "strike_down": 0}.get(verb, left if left is not None else -1)
        if verb == "reduce" and not 0 < counts < against.counts:
            raise Refused("trust.left", _("Please say how many points are left: fewer than before."), field="left", status=422)
        with stepping(row, verb, by=by, reason=text):
            row.decided_by_id, row.decided_at = by.person_id, EfNow()  # type: ignore[assignment]
            row.decision_reason, row.left = text, counts
        if verb == "strike_down":
            with stepping(against, "strike", by=by, reason=text):
                against.counts = 0
        elif counts != against.counts:
            Penalty.objects.filter(pk=against.pk).update(counts=counts)
            against.counts = counts
        note_act("decided a points appeal", company_id, text, by, after={"decision": _DECIDED[verb], "points": counts})
        emit(PointsAppealDecided(row.pk, against.pk, company_id, _DECIDED[verb], counts), by=by)
        _settle(company_id)
    return row


def end_sanction(sanction_id: UUID) -> None:
    """Its last moment is over: what it stopped goes on."""
    with part():
        company_id = Sanction.objects.filter(pk=sanction_id).values_list("company_id", flat=True).first()
        if company_id is None:
            raise NotVisible
        lock_companies([company_id], alone=True)
        row = lock(Sanction.objects.all(), sanction_id)
        if row.state != "standing" or row.until is None or row.until > now():
            raise Refused("trust.sanction_stands", _("This sanction does not end now."))
        _leave(row, "serve", CLOCK_ACTOR)


def _penalty(company_id: UUID, offence: str, acted_on: date, *, unresolved: bool = False) -> Penalty:
    rules = discipline_rules()
    today, points = now().date(), points_for(offence, rules, unresolved=unresolved)
    if acted_on > today:
        raise Refused("trust.acted_on", _("This day has not come yet."), field="acted_on", status=422)
    until = acted_on + timedelta(days=int(rules["trust.points_days"]))
    if until < today:
        raise Refused(
            "trust.acted_on", _("This is too long ago: its points would not count any more."), field="acted_on", status=422
        )
    return Penalty(company_id=company_id, offence=offence, acted_on=acted_on, points=points, counts=points, until=until)


def _take_up(row: Penalty, text: str, by: Actor) -> None:
    unlinked(row.company_id, by)
    today = now().date()
    bound = min(int(discipline_rules()["trust.second_person_points"]), ALONE_BELOW)
    if living(marks_of(row.company_id), today) + row.points >= bound:
        with stepping(row, "refer", by=by, reason=text):
            row.given_by_id = by.person_id
        note_act("proposed points", row.company_id, text, by, after={"points": row.points, "offence": row.offence})
        return
    with stepping(row, "give", by=by, reason=text):
        row.given_by_id, row.given_at = by.person_id, _moment(row.company_id)
    note_act("gave points", row.company_id, text, by, after={"points": row.points, "offence": row.offence})
    _counted(row, by)


def _moment(company_id: UUID) -> datetime:
    """Now, and after all that was given before: a transaction that waited for the company began before the one it waited for."""
    last = Penalty.objects.filter(company_id=company_id).aggregate(last=Max("given_at"))["last"]
    return max(now(), last + timedelta(microseconds=1)) if last else now()


def _counted(row: Penalty, by: Actor) -> None:
    in_all = living(marks_of(row.company_id), now().date())
    emit(PointsGiven(row.pk, row.company_id, row.offence, row.points, in_all, f"{row.until}"), by=by)
    _settle(row.company_id)


def _settle(company_id: UUID) -> None:
    """The sanctions become what the points that count say. The company is locked alone."""
    marks, at = marks_of(company_id), now()
    begun = started(marks, ladder(discipline_rules()))
    current = in_force(begun, at)
    rows = {(row.rung, row.since): row for row in Sanction.objects.filter(company_id=company_id).exclude(state="lifted")}
    wanted = {(one.rung.code, one.since): one for one in begun}
    for key, row in rows.items():
        if key not in wanted:
            _leave(row, "lift", SYSTEM)
    now_key = (current.rung.code, current.since) if current else None
    for known, row in rows.items():
        if row.state == "standing" and known != now_key:
            over = row.until is not None and row.until <= at
            _leave(row, "serve" if over else "replace", SYSTEM)
    for known, one in wanted.items():
        found = rows.get(known)
        points = living([mark for mark in marks if mark.at <= one.since], one.since.date())
        if found is None:
            _begin(company_id, one, points, "standing" if known == now_key else "replaced" if one.runs(at) else "served")
        elif known == now_key and found.state == "replaced":
            with stepping(found, "revive", by=SYSTEM):
                _stop(found)


def _begin(company_id: UUID, one: Started, points: int, state: str) -> None:
    row = Sanction(company_id=company_id, rung=one.rung.code, points=points, since=one.since, until=one.until, state=state)
    if state == "standing":
        _stop(row)
    insert(row)
    write_history(row, "state", "begin", "", state, by=SYSTEM)
    emit(SanctionBegan(row.pk, company_id, row.rung, points, f"{row.until:%Y-%m-%d}" if row.until else ""), by=SYSTEM)


def _stop(row: Sanction) -> None:
    reason = f"{row.points} penalty points: {row.rung}"
    kinds = LADDER[row.rung].stops
    row.stop_ids = [place_stop(row.company_id, kind, reason, by=SYSTEM, until=row.until).pk for kind in kinds]
    if row.until is not None:
        set_deadline(SANCTION_END, row.pk, row.until)


def _leave(row: Sanction, verb: str, by: Actor) -> None:
    """It ends, gives way to another or is lifted: its stops are lifted with it."""
    stood = row.state == "standing"
    with stepping(row, verb, by=by):
        for pk in row.stop_ids if stood else ():
            try:
                lift_stop(pk, f"{row.points} penalty points: {row.rung}: {verb}", by=SYSTEM)
            except AlreadyDone:
                continue
        row.stop_ids = []
    clear_deadline(SANCTION_END, row.pk)
    if verb != "replace":
        emit(SanctionEnded(row.pk, row.company_id, row.rung, verb == "lift"), by=by)


def _locked(penalty_id: UUID, by: Actor) -> Penalty:
    """Companies before their rows: the lock order everywhere."""
    company_id = penalties_visible_to(by).filter(pk=penalty_id).values_list("company_id", flat=True).first()
    if company_id is None:
        raise NotVisible
    lock_companies([company_id], alone=True)
    return lock(penalties_visible_to(by), penalty_id)


def unlinked(company_id: UUID, by: Actor) -> None:
    """Said in words before the database refuses it: who is linked to a company decides nothing about it."""
    if by.person_id is None or link_between([by.person_id], company_id):
        raise Refused("trust.linked", _("You have something to do with this company: somebody else decides."), status=403)


def evidence(file_ids: Sequence[UUID], by: Actor) -> list[UUID]:
    """Documents that may be shown for something: those of the company that acts, or what the staff sees."""
    wanted = list(dict.fromkeys(file_ids))
    if len(wanted) > MOST_EVIDENCE:
        raise Refused("trust.documents", _("At most 10 documents, please."), field="files", status=422)
    found = files_by_id(wanted, by)
    if any(pk not in found or (by.company_id is not None and found[pk].owner_id != by.company_id) for pk in wanted):
        raise Refused("trust.documents", _("This is no document of your company."), field="files", status=422)
    return wanted


def _reference(text: str) -> str:
    return " ".join(read_message(text, field="reference").split())[:LONGEST_REFERENCE]


def words(text: str, field: str) -> str:
    """What somebody has to say: cleaned, at most 2000 characters; refused when there is nothing."""
    clean = read_message(text, field=field)
    if not clean:
        raise Refused("trust.words_missing", _("Please write something."), field=field, status=422)
    return clean[:2000]


__all__ = [
    "appeal_points",
    "confirm_points",
    "decide_points_appeal",
    "drop_points",
    "end_sanction",
    "give_points",
    "propose_points",
    "take_up_points",
]
