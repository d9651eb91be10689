"""What the company does: it says who it is, hands in papers, answers, or lets it be; and what ends by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import CLOCK_ACTOR, Actor
from everfair.base.clock import EfNow, now
from everfair.base.deadlines import clear_deadline, set_deadline
from everfair.base.events import emit
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import find, insert
from everfair.base.states import lock, moving
from everfair.base.together import part
from everfair.companies.queries import company_of, lock_companies
from everfair.companies.roles import OWNING
from everfair.events.trust import VerificationLapsed, VerificationSubmitted
from everfair.files.queries import files_by_id
from everfair.markets.queries import rule
from everfair.markets.table import MARKETS
from everfair.messaging.actions import read_message
from everfair.trust.actions.admitting import admit_applications, hold_line
from everfair.trust.actions.blacklisting import screen_company
from everfair.trust.actions.drawing import draw_reviewers
from everfair.trust.actions.traits import note_traits
from everfair.trust.models import Check, Verification
from everfair.trust.queries import checks_of, requirement, requirements, verifications_visible_to
from everfair.trust.states import OPEN
from everfair.trust.values import CHECK_WORDS, FIELD_WORDS, LEVELS

LONGEST = 300
MOST_DOCUMENTS = 10
ANSWER = "trust.answer"
LAPSE = "trust.lapse"


def begin_verification(market: str, level: str, *, by: Actor) -> Verification:
    """A draft with a check for each line of the level's checklist; what the company has said of itself already stands in it.

    Repeated while one is open it returns that one. Refuses a market or level that is none, and another level while one is open.
    """
    if not OWNING.admits(by) or by.company_id is None:
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    if market not in MARKETS or level not in LEVELS:
        raise Refused("trust.level", _("Please choose one of the levels."), field="level", status=422)
    with part():
        lock_companies([by.company_id], alone=True)
        open_one = Verification.objects.filter(company_id=by.company_id, market=market, state__in=OPEN).first()
        if open_one is not None:
            if open_one.level != level:
                raise Refused("trust.one_open", _("Your company has handed in or begun one already: end that first."))
            return open_one
        company = company_of(by)
        made = Verification(company=company, market=market, level=level)
        insert(made)
        known = {
            "name": company.name,
            "number": company.registration_number,
            "address": ", ".join([*company.address.get("lines", []), company.address.get("city", "")]),
            "person": by.name,
        }
        for place, line in enumerate(requirements(market, level)):
            own = line.check in ("identity", "licence", "authority", "address", "visit")
            declared = {field: known.get(field, "") for field in line.fields} if own else {}
            insert(Check(verification=made, kind=line.check, place=place, declared=declared))
    return made


def fill_check(verification_id: UUID, kind: str, declared: Mapping[str, str], file_ids: Sequence[UUID], *, by: Actor) -> Check:
    """What the company says for one line, and the documents that show it. Safe to repeat; only while it is in the company's hands.

    Refuses fields that the line does not have, a date that is none, too many documents, and files of another company.
    """
    with part():
        row = _in_hand(verification_id, by)
        check = next(iter(find(Check, "verification_id = %s AND kind = %s FOR UPDATE", [row.pk, kind])), None)
        if check is None:
            raise NotVisible
        line = requirement(check, row.market)
        check.declared = {field: _value(field, declared.get(field, "")) for field in line.fields}
        wanted = list(dict.fromkeys(file_ids))
        if len(wanted) > MOST_DOCUMENTS:
            raise Refused("trust.documents", _("At most 10 documents, please."), field="files", status=422)
        found = files_by_id(wanted, by)
        if any(pk not in found or found[pk].owner_id != by.company_id for pk in wanted):
            raise Refused("trust.documents", _("This is no document of your company."), field="files", status=422)
        check.file_ids = wanted
        Check.objects.filter(pk=check.pk).update(declared=check.declared, file_ids=wanted)
    return check


def submit_verification(verification_id: UUID, *, by: Actor) -> Verification:
    """Hand it in: it stands in the line, and once its turn has come two reviewers who were drawn read it. Refuses while something is
    missing, and names what."""
    with moving(verifications_visible_to(by), verification_id, "submit", by=by) as row:
        _complete(row)
        hold_line()
        row.submitted_at = EfNow()  # type: ignore[assignment]
        emit(VerificationSubmitted(row.pk, row.company_id, row.market, row.level), by=by)
    screen_company(row.company_id)
    note_traits(row.company_id)
    if admit_applications(at_once=verification_id):
        draw_reviewers(verification_id)
    return Verification.objects.get(pk=verification_id)


def answer_reviewers(verification_id: UUID, answer: str, *, by: Actor) -> Verification:
    """What the reviewers asked is answered, in words and by what was changed in the checks; they go on."""
    text = read_message(answer, field="answer")
    if not text:
        raise Refused("trust.words_missing", _("Please write something."), field="answer", status=422)
    with moving(verifications_visible_to(by), verification_id, "answer", by=by) as row:
        _complete(row)
        row.answer = text[:2000]
        clear_deadline(ANSWER, row.pk)
    note_traits(row.company_id)
    return row


def resume_review(verification_id: UUID) -> None:
    """The time to answer is over: the reviewers go on with what they have."""
    with moving(Verification.objects.all(), verification_id, "resume", by=CLOCK_ACTOR):
        pass


def withdraw_verification(verification_id: UUID, *, by: Actor, reason: str = "") -> Verification:
    """The company lets it be; it may begin anew at once."""
    with moving(verifications_visible_to(by), verification_id, "withdraw", by=by, reason=reason) as row:
        row.maker_id = row.checker_id = None
        clear_deadline(ANSWER, row.pk)
    return row


def lapse_verification(verification_id: UUID) -> None:
    """Its last day is over: the level falls away by itself."""
    with moving(Verification.objects.all(), verification_id, "lapse", by=CLOCK_ACTOR) as row:
        if row.until is None or now().date() <= row.until:
            raise Refused("trust.still_valid", _("This evidence still counts."))
        emit(VerificationLapsed(row.pk, row.company_id, row.market, row.level), by=CLOCK_ACTOR)


def wait_for_answer(row: Verification) -> None:
    """The countdown to the moment at which the reviewers go on without an answer."""
    set_deadline(ANSWER, row.pk, timedelta(days=int(rule("trust.answer_days", row.market))))


def _in_hand(verification_id: UUID, by: Actor) -> Verification:
    row = lock(verifications_visible_to(by), verification_id)
    if row.company_id != by.company_id or not OWNING.admits(by):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    if row.state not in ("draft", "asked"):
        raise Refused("trust.handed_in", _("This is handed in: it changes only when the reviewers ask."))
    return row


def _complete(row: Verification) -> None:
    for check in checks_of(row.pk):
        line = requirement(check, row.market)
        missing = [field for field in line.fields if not check.declared.get(field)]
        words: dict[str, object] = {"check": CHECK_WORDS[check.kind]}
        if missing:
            what: dict[str, Any] = words | {"field": FIELD_WORDS[missing[0]]}
            raise Refused("trust.incomplete", _("%(check)s: please fill in «%(field)s».") % what, field=check.kind, status=422)
        if len(check.file_ids) < line.documents:
            what = words | {"count": line.documents}
            raise Refused(
                "trust.no_document",
                _("%(check)s: documents are missing, at least %(count)s.") % what,
                field=check.kind,
                status=422,
            )


def _value(field: str, text: str) -> str:
    value = " ".join(str(text).split())[:LONGEST]
    if field == "valid_until" and value:
        try:
            if date.fromisoformat(value) <= now().date():
                raise Refused("trust.expired", _("This document is not valid any more."), field=field, status=422)
        except ValueError:
            raise Refused("trust.date", _("Please give a date."), field=field, status=422) from None
    return value


__all__ = [
    "ANSWER",
    "LAPSE",
    "answer_reviewers",
    "begin_verification",
    "fill_check",
    "lapse_verification",
    "resume_review",
    "submit_verification",
    "wait_for_answer",
    "withdraw_verification",
]
