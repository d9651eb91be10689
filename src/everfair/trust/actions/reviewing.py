"""What the two who were drawn do: one looks and proposes, the other decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import SYSTEM, Actor
from everfair.base.clock import EfNow, now
from everfair.base.deadlines import clear_deadline, set_deadline
from everfair.base.events import emit
from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import find
from everfair.base.states import lock, moving, stepping
from everfair.base.together import part
from everfair.companies.actions import note_act, put_mark
from everfair.companies.queries import lock_companies
from everfair.events.trust import VerificationAsked, VerificationDecided
from everfair.markets.queries import rule
from everfair.messaging.actions import read_message
from everfair.trust.actions.applying import LAPSE, LONGEST, wait_for_answer
from everfair.trust.actions.blacklisting import may_be_back
from everfair.trust.actions.screening import refuse_unscreened
from everfair.trust.models import Check, Verification
from everfair.trust.queries import checks_of, link_between, requirement, verifications_visible_to
from everfair.trust.roles import CHECKER, MAKER
from everfair.trust.values import LEVEL_WORDS

RECORDED = ("passed", "failed")


def record_check(
    verification_id: UUID,
    kind: str,
    result: str,
    found: Mapping[str, str],
    reason: str,
    *,
    by: Actor,
    valid_until: date | None = None,
    cost: Money | None = None,
) -> Check:
    """What the reviewer saw: the values as they stand in the evidence, and whether they prove what was declared.

    `reason` says what was looked at (for `failed`: what is wrong). `valid_until` is the document's own last day; evidence never
    counts longer than `trust.evidence_days` from today. Safe to repeat until it is proposed; refuses everybody but who was drawn.
    """
    text = _words(reason, "reason")
    if result not in RECORDED:
        raise Refused("trust.result", _("Please say whether it passed."), field="result", status=422)
    today = now().date()
    if valid_until is not None and valid_until <= today:
        raise Refused("trust.expired", _("This document is not valid any more."), field="valid_until", status=422)
    with part():
        row = _locked(verification_id, by)
        if not MAKER.admits(by, row):
            raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
        if row.state != "reviewing":
            raise Refused("base.wrong_state", _("This is not possible in the present state."))
        _unlinked(row, by)
        check = next(iter(find(Check, "verification_id = %s AND kind = %s FOR UPDATE", [row.pk, kind])), None)
        if check is None:
            raise NotVisible
        line = requirement(check, row.market)
        longest = today + timedelta(days=int(rule("trust.evidence_days", row.market)))
        check.found = {field: " ".join(str(found.get(field, "")).split())[:LONGEST] for field in line.fields}
        check.result, check.reason, check.by_id = result, text, by.person_id
        check.valid_until = min(valid_until or longest, longest) if result == "passed" else None
        check.cost_minor, check.cost_currency = (cost.minor, cost.currency) if cost and cost.minor else (0, "")
        if check.cost_minor < 0:
            raise Refused("trust.cost", _("A cost is not negative."), field="cost", status=422)
        columns = ("found", "result", "reason", "by_id", "valid_until", "cost_minor", "cost_currency")
        Check.objects.filter(pk=check.pk).update(at=EfNow(), **{name: getattr(check, name) for name in columns})
        note_act("recorded a check", row.company_id, text, by, after={"check": kind, "result": result})
    return check


def ask_applicant(verification_id: UUID, question: str, *, by: Actor) -> Verification:
    """The company reads the question, may change what it handed in, and answers within the time of the rule."""
    text = _words(question, "question")
    with moving(verifications_visible_to(by), verification_id, "ask", by=by) as row:
        _unlinked(row, by)
        row.question, row.answer = text, ""
        wait_for_answer(row)
        emit(VerificationAsked(row.pk, row.company_id), by=by)
    return row


def propose_verification(verification_id: UUID, proposal: str, reason: str, *, by: Actor) -> Verification:
    """The first of two words: `grant` or `refuse`, with the reason that the second one reads.

    Refuses while a check has no result, and `grant` while one has failed.
    """
    text = _words(reason, "reason")
    if proposal not in ("grant", "refuse"):
        raise Refused("trust.proposal", _("Please say what you propose."), field="proposal", status=422)
    with moving(verifications_visible_to(by), verification_id, "propose", by=by, reason=text) as row:
        _unlinked(row, by)
        results = {check.result for check in checks_of(row.pk)}
        if "open" in results and proposal == "grant":
            raise Refused("trust.unseen", _("Some checks have no result yet."), field="proposal", status=422)
        if proposal == "grant" and "failed" in results:
            raise Refused("trust.failed", _("A check has failed: this level cannot be granted."), field="proposal", status=422)
        if proposal == "refuse" and "failed" not in results:
            raise Refused(
                "trust.nothing_failed", _("No check has failed: say first which one does."), field="proposal", status=422
            )
        row.proposal, row.proposal_reason = proposal, text
        note_act("proposed a verification", row.company_id, text, by, after={"level": row.level, "proposal": proposal})
    return row


def return_verification(verification_id: UUID, reason: str, *, by: Actor) -> Verification:
    """The second one sees it otherwise: the first looks again."""
    text = _words(reason, "reason")
    with moving(verifications_visible_to(by), verification_id, "return", by=by, reason=text) as row:
        _unlinked(row, by)
        row.proposal = row.proposal_reason = ""
        note_act("returned a verification", row.company_id, text, by, after={"level": row.level})
    return row


def grant_verification(verification_id: UUID, reason: str, *, by: Actor) -> Verification:
    """The second word: the company carries the level until its earliest evidence is too old. A former grant is replaced by it."""
    text = _words(reason, "reason")
    with part():
        _company_first(verification_id, by)
        with moving(verifications_visible_to(by), verification_id, "grant", by=by, reason=text) as row:
            _unlinked(row, by)
            _proposed(row, "grant")
            refuse_unscreened(row.company_id)
            if may_be_back(row.company_id):
                raise Refused(
                    "trust.reentry", _("This company shares something with one on the blacklist: two people decide that first.")
                )
            days = [check.valid_until for check in checks_of(row.pk)]
            row.until = min(day for day in days if day is not None)
            if row.until <= now().date():
                raise Refused("trust.expired", _("Some evidence is not valid any more: send it back."))
            former = Verification.objects.filter(company_id=row.company_id, market=row.market, state="granted")
            for one in former.select_for_update():
                with stepping(one, "replace", by=SYSTEM):
                    clear_deadline(LAPSE, one.pk)
            _decide(row, text, by=by)
        put_mark(row.company_id, until=row.until, note=f"{LEVEL_WORDS[row.level]}: V-{row.number}", by=by)
        set_deadline(LAPSE, row.pk, datetime.combine(row.until + timedelta(days=1), time.min, tzinfo=UTC))
    return row


def refuse_verification(verification_id: UUID, reason: str, *, by: Actor) -> Verification:
    """The second word: the level is refused, and the company reads why. What it carries already stays until its own last day."""
    text = _words(reason, "reason")
    with part():
        _company_first(verification_id, by)
        with moving(verifications_visible_to(by), verification_id, "refuse", by=by, reason=text) as row:
            _unlinked(row, by)
            _proposed(row, "refuse")
            _decide(row, text, by=by)
    return row


def _decide(row: Verification, text: str, *, by: Actor) -> None:
    granted = row.proposal == "grant"
    row.decision_reason, row.decided_at = text, EfNow()  # type: ignore[assignment]
    if granted:
        note_act("granted a verification", row.company_id, text, by, after={"level": row.level})
    else:
        note_act("refused a verification", row.company_id, text, by, after={"level": row.level})
    emit(VerificationDecided(row.pk, row.company_id, row.market, row.level, granted), by=by)


def _proposed(row: Verification, proposal: str) -> None:
    if row.proposal != proposal:
        raise Refused("trust.not_proposed", _("Something else was proposed: send it back, and say why."))


def _company_first(verification_id: UUID, by: Actor) -> None:
    """Companies before their rows: the lock order everywhere."""
    company_id = verifications_visible_to(by).filter(pk=verification_id).values_list("company_id", flat=True).first()
    if company_id is None:
        raise NotVisible
    lock_companies([company_id], alone=True)


def _locked(verification_id: UUID, by: Actor) -> Verification:
    row = lock(verifications_visible_to(by), verification_id)
    if not (MAKER | CHECKER).admits(by, row):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    return row


def _unlinked(row: Verification, by: Actor) -> None:
    """Said in words before the database refuses it."""
    if by.person_id is not None and link_between([by.person_id], row.company_id):
        raise Refused("trust.linked", _("You have something to do with this company: somebody else is drawn for it."), status=403)


def _words(text: str, field: str) -> str:
    clean = read_message(text, field=field)
    if not clean:
        raise Refused("trust.words_missing", _("Please write something."), field=field, status=422)
    return clean[:2000]


__all__ = [
    "ask_applicant",
    "grant_verification",
    "propose_verification",
    "record_check",
    "refuse_verification",
    "return_verification",
]
