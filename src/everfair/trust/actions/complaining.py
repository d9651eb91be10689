"""A company complains about a deal outside the platform; the other answers; two who were drawn find it founded or not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import CLOCK_ACTOR, SYSTEM, Actor
from everfair.base.clock import EfNow, now
from everfair.base.deadlines import clear_deadline, set_deadline
from everfair.base.events import emit
from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask, insert
from everfair.base.states import lock, moving, write_history
from everfair.base.together import part
from everfair.companies.actions import note_act
from everfair.companies.queries import companies_by_id, lock_companies
from everfair.companies.roles import BUYING
from everfair.events.trust import ComplaintAnswered, ComplaintEnded, ComplaintMade
from everfair.files.actions import share_file
from everfair.trust.actions.drawing import drawn
from everfair.trust.actions.punishing import evidence, propose_points, words
from everfair.trust.models import Complaint
from everfair.trust.queries import link_between
from everfair.trust.queries.complaints import complaints_since_yesterday, complaints_visible_to, free_reviewers
from everfair.trust.queries.discipline import discipline_rules
from everfair.trust.values.complaint import FINDING_WORDS, FOUNDED_OFFENCES, KIND_WORDS, OPEN_COMPLAINTS

REPLY = "trust.reply"


def make_complaint(
    against_id: UUID,
    kind: str,
    amount: Money,
    agreed: str,
    text: str,
    *,
    by: Actor,
    pay_by: date | None = None,
    deliver_by: date | None = None,
    file_ids: Sequence[UUID] = (),
) -> Complaint:
    """Say what was agreed and what came of it, within `trust.complaint_days` of the later of the agreed days.

    The other company reads it with its documents and may answer. Refuses a company's complaint about itself or about who sells
    nothing, one without evidence, one that is too late, and more than `trust.complaints_per_day`.
    """
    if not BUYING.admits(by) or by.company_id is None:
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    if kind not in KIND_WORDS:
        raise Refused("trust.complaint_kind", _("Please choose what is wrong."), field="kind", status=422)
    if amount.minor <= 0:
        raise Refused("trust.amount", _("Please give a number above zero."), field="amount", status=422)
    other = companies_by_id([against_id]).get(against_id)
    if other is None:
        raise NotVisible
    if against_id == by.company_id or not other.is_seller:
        raise Refused("trust.against", _("Please name another company that sells."), field="against", status=422)
    rules = discipline_rules()
    _in_time(kind, pay_by, deliver_by, int(rules["trust.complaint_days"]))
    deal, story, papers = words(agreed, "agreed"), words(text, "text"), evidence(file_ids, by)
    if not papers:
        raise Refused("trust.no_evidence", _("Please add a document that shows the deal."), field="files", status=422)
    with part():
        lock_companies(sorted([by.company_id, against_id]), alone=True)
        if complaints_since_yesterday(by.company_id) >= int(rules["trust.complaints_per_day"]):
            raise Refused("trust.complaints_per_day", _("Your company has complained often enough for today."), status=429)
        made = Complaint(
            company_id=by.company_id, against_id=against_id, kind=kind, amount_minor=amount.minor, currency=amount.currency,
            pay_by=pay_by, deliver_by=deliver_by, agreed=deal, text=story, file_ids=papers,
        )  # fmt: skip
        insert(made)
        write_history(made, "state", "complain", "", "open", by=by)
        for pk in papers:
            share_file(pk, against_id)
        until = now() + timedelta(days=int(rules["trust.complaint_answer_days"]))
        set_deadline(REPLY, made.pk, until)
        emit(ComplaintMade(made.pk, made.company_id, against_id, f"{until:%Y-%m-%d}"), by=by)
    draw_for_complaint(made.pk)
    return made


def reply_complaint(complaint_id: UUID, answer: str, *, by: Actor, file_ids: Sequence[UUID] = ()) -> Complaint:
    """The accused company's one answer, with documents that the other reads too."""
    text, papers = words(answer, "answer"), evidence(file_ids, by)
    with moving(complaints_visible_to(by), complaint_id, "reply", by=by) as row:
        row.answer, row.answer_file_ids = text, papers
        for pk in papers:
            share_file(pk, row.company_id)
        clear_deadline(REPLY, row.pk)
        emit(ComplaintAnswered(row.pk, row.company_id, row.against_id), by=by)
    return row


def hear_complaint(complaint_id: UUID) -> None:
    """The time to answer is over: the reviewers go on without."""
    with moving(Complaint.objects.all(), complaint_id, "hear", by=CLOCK_ACTOR):
        pass


def settle_complaint(complaint_id: UUID, reason: str, *, by: Actor) -> Complaint:
    """Who complained says that it was made good, and how: it counts against nobody."""
    text = words(reason, "reason")
    with moving(complaints_visible_to(by), complaint_id, "settle", by=by, reason=text) as row:
        row.maker_id = row.checker_id = None
        clear_deadline(REPLY, row.pk)
        _end(row, "settled", text, by)
    return row


def draw_for_complaint(complaint_id: UUID) -> bool:
    """Fill the two seats by lot among who is linked to neither company. Safe to repeat; says whether both are held now."""
    with part():
        row = lock(Complaint.objects.all(), complaint_id)
        if row.state not in OPEN_COMPLAINTS:
            return False
        before = (row.maker_id, row.checker_id)
        fits = {pk for pk in before if pk is not None and ask(_FITS, [pk, row.company_id, row.against_id])[0][0]}
        row.maker_id, row.checker_id = (pk if pk in fits else None for pk in before)
        for seat in ("maker", "checker"):
            if getattr(row, f"{seat}_id") is None:
                # Nobody who held the one seat takes the other.
                free = free_reviewers(row, {pk for pk in (*before, row.maker_id, row.checker_id) if pk is not None})
                setattr(row, f"{seat}_id", drawn(free))
                write_history(row, "state", f"draw {seat}", row.state, row.state, by=SYSTEM, reason=f"among {len(free)}")
        if (row.maker_id, row.checker_id) != before:
            columns: dict[str, object] = {"maker_id": row.maker_id, "checker_id": row.checker_id}
            if row.state == "proposed" and row.maker_id != before[0]:
                # A new pair of eyes looks for itself.
                columns |= {"state": "reviewing", "finding": "", "finding_reason": ""}
                write_history(row, "state", "return", "proposed", "reviewing", by=SYSTEM)
            Complaint.objects.filter(pk=row.pk).update(**columns)
    return row.maker_id is not None and row.checker_id is not None


def propose_finding(complaint_id: UUID, finding: str, reason: str, *, by: Actor) -> Complaint:
    """The first of two words: `founded` or `unfounded`."""
    text = words(reason, "reason")
    if finding not in FINDING_WORDS:
        raise Refused("trust.finding", _("Please say what you find."), field="finding", status=422)
    with moving(complaints_visible_to(by), complaint_id, "propose", by=by, reason=text) as row:
        _unlinked(row, by)
        row.finding, row.finding_reason = finding, text
        note_act("proposed a finding", row.against_id, text, by, after={"complaint": f"C-{row.number}", "finding": finding})
    return row


def return_complaint(complaint_id: UUID, reason: str, *, by: Actor) -> Complaint:
    """The second one sees it otherwise: the first looks again."""
    text = words(reason, "reason")
    with moving(complaints_visible_to(by), complaint_id, "return", by=by, reason=text) as row:
        _unlinked(row, by)
        row.finding = row.finding_reason = ""
        note_act("returned a complaint", row.against_id, text, by, after={"complaint": f"C-{row.number}"})
    return row


def decide_complaint(complaint_id: UUID, reason: str, *, by: Actor) -> Complaint:
    """The second word agrees with the first. A founded one proposes points to a person."""
    text = words(reason, "reason")
    with part():
        seen = complaints_visible_to(by).filter(pk=complaint_id).values_list("company_id", "against_id", "finding").first()
        if seen is None:
            raise NotVisible
        lock_companies(sorted(seen[:2]), alone=True)
        verb = "find" if seen[2] == "founded" else "dismiss"
        with moving(complaints_visible_to(by), complaint_id, verb, by=by, reason=text) as row:
            _unlinked(row, by)
            if row.finding != seen[2]:
                raise Refused("trust.not_proposed", _("Something else was proposed: send it back, and say why."))
            note_act(
                "decided a complaint", row.against_id, text, by, after={"complaint": f"C-{row.number}", "finding": row.finding}
            )
            _end(row, row.finding, text, by)
        if row.finding == "founded":
            day = min(row.deliver_by or row.pay_by or now().date(), now().date())
            propose_points(row.against_id, FOUNDED_OFFENCES[row.kind], day, f"complaint:{row.pk}", f"C-{row.number}")
    return row


def _end(row: Complaint, outcome: str, reason: str, by: Actor) -> None:
    row.decision_reason, row.ended_at = reason, EfNow()  # type: ignore[assignment]
    emit(ComplaintEnded(row.pk, row.company_id, row.against_id, outcome), by=by)


def _in_time(kind: str, pay_by: date | None, deliver_by: date | None, days: int) -> None:
    known = [day for day in (pay_by, deliver_by) if day is not None]
    if not known:
        raise Refused("trust.agreed_day", _("Please give the agreed day of payment or delivery."), field="pay_by", status=422)
    today, later = now().date(), max(known)
    field = "deliver_by" if deliver_by is not None else "pay_by"
    if (today - later).days > days:
        raise Refused("trust.complaint_late", _("The time to complain about this deal is over."), field=field, status=422)
    if (later - today).days > 366 or (deliver_by is not None and kind in ("not_shipped", "late") and deliver_by > today):
        raise Refused("trust.complaint_early", _("This day has not come yet."), field=field, status=422)


def _unlinked(row: Complaint, by: Actor) -> None:
    """Said in words before the database refuses it."""
    linked = by.person_id is None or link_between([by.person_id], row.company_id) or link_between([by.person_id], row.against_id)
    if linked:
        raise Refused("trust.linked", _("You have something to do with this company: somebody else decides."), status=403)


_FITS = "SELECT trust_may_hear(%s, %s, %s)"

__all__ = [
    "decide_complaint",
    "draw_for_complaint",
    "hear_complaint",
    "make_complaint",
    "propose_finding",
    "reply_complaint",
    "return_complaint",
    "settle_complaint",
]
