"""Two people put a company on the blacklist; who comes back under another name is caught, and let in by two."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import SYSTEM, Actor
from everfair.base.clock import EfNow, now
from everfair.base.events import emit
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.rows import insert
from everfair.base.states import lock, moving, stepping, write_history
from everfair.base.together import part
from everfair.companies.actions import lift_stop, note_act, place_stop
from everfair.companies.queries import companies_by_id, lock_companies
from everfair.events.trust import BlacklistAppealDecided, CompanyBlacklisted, ReentryCaught
from everfair.trust.actions.punishing import unlinked, words
from everfair.trust.models import BlacklistEntry, BlacklistTrait, Reentry
from everfair.trust.queries.blacklist import entries_visible_to, reentries_visible_to, shared_with_listed, traits_of
from everfair.trust.queries.discipline import discipline_rules
from everfair.trust.roles import REVIEWER
from everfair.trust.values.blacklist import LISTED_STOPS, REENTRY_FINDING_WORDS


def propose_blacklisting(company_id: UUID, public_reason: str, evidence: str, *, by: Actor) -> BlacklistEntry:
    """The first of two: `public_reason` is what everybody will read, `evidence` what colleagues read."""
    if not REVIEWER.admits(by) or by.person_id is None:
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    why, known = words(public_reason, "public_reason"), words(evidence, "evidence")
    if company_id not in companies_by_id([company_id]):
        raise NotVisible
    with part():
        lock_companies([company_id], alone=True)
        unlinked(company_id, by)
        if BlacklistEntry.objects.filter(company_id=company_id).exclude(state__in=["removed", "dropped"]).exists():
            raise AlreadyDone("trust.blacklisted", _("This company is proposed or listed already."))
        made = BlacklistEntry(company_id=company_id, public_reason=why, evidence=known, proposed_by_id=by.person_id)
        insert(made)
        write_history(made, "state", "propose", "", "proposed", by=by)
        note_act("proposed a blacklisting", company_id, known, by)
    return made


def confirm_blacklisting(entry_id: UUID, reason: str, *, by: Actor) -> BlacklistEntry:
    """The second: from now on everybody reads it, nothing of the company is sold, and what it is known by is kept as digests."""
    text = words(reason, "reason")
    with part():
        row = _locked(entry_id, by)
        unlinked(row.company_id, by)
        with stepping(row, "list", by=by, reason=text):
            row.confirmed_by_id, row.listed_at = by.person_id, EfNow()  # type: ignore[assignment]
            said = f"blacklist B-{row.number}"
            row.stop_ids = [place_stop(row.company_id, kind, said, by=SYSTEM).pk for kind in LISTED_STOPS]
        insert(*(BlacklistTrait(entry=row, kind=kind, digest=digest) for kind, digest in sorted(traits_of(row.company_id))))
        note_act("blacklisted", row.company_id, text, by)
        emit(CompanyBlacklisted(row.pk, row.company_id), by=by)
    return row


def drop_blacklisting(entry_id: UUID, reason: str, *, by: Actor) -> BlacklistEntry:
    text = words(reason, "reason")
    with part():
        row = _locked(entry_id, by)
        unlinked(row.company_id, by)
        with stepping(row, "drop", by=by, reason=text):
            pass
        note_act("dropped a blacklisting", row.company_id, text, by)
    return row


def appeal_blacklisting(entry_id: UUID, text: str, *, by: Actor) -> BlacklistEntry:
    """The company's one word against it, within `trust.points_appeal_days`."""
    said = words(text, "text")
    with moving(entries_visible_to(by), entry_id, "appeal", by=by) as row:
        days = int(discipline_rules()["trust.points_appeal_days"])
        if row.listed_at is None or row.listed_at + timedelta(days=days) <= now():
            raise Refused("trust.appeal_late", _("The time to appeal is over."))
        row.appeal = said
    return row


def decide_blacklist_appeal(entry_id: UUID, verb: str, reason: str, *, by: Actor) -> BlacklistEntry:
    """`uphold` or `remove`, by somebody who neither proposed nor confirmed it."""
    if verb not in ("uphold", "remove"):
        raise Refused("trust.decision", _("Please say what you decide."), field="verb", status=422)
    text = words(reason, "reason")
    with part():
        row = _locked(entry_id, by)
        unlinked(row.company_id, by)
        with stepping(row, verb, by=by, reason=text):
            row.judged_by_id, row.judgement = by.person_id, text
            for pk in row.stop_ids if verb == "remove" else ():
                try:
                    lift_stop(pk, f"blacklist B-{row.number}", by=SYSTEM)
                except AlreadyDone:
                    continue
        note_act("decided a blacklist appeal", row.company_id, text, by, after={"decision": verb})
        emit(BlacklistAppealDecided(row.pk, row.company_id, verb == "remove"), by=by)
    return row


def screen_company(company_id: UUID) -> list[Reentry]:
    """Open a case for each listed company with which this one shares something new. Safe to repeat; returns what is open now.

    What two people cleared is not asked again for the same kinds of things; what else it shares later is.
    """
    with part():
        lock_companies([company_id], alone=True)
        found = []
        for entry_id, kinds in shared_with_listed(company_id).items():
            rows = list(Reentry.objects.filter(company_id=company_id, entry_id=entry_id))
            standing = next((row for row in rows if row.state != "cleared"), None)
            if standing is not None:
                found.append(standing)
                continue
            if set(kinds) <= {kind for row in rows for kind in row.kinds}:
                continue
            made = Reentry(company_id=company_id, entry_id=entry_id, kinds=kinds)
            insert(made)
            write_history(made, "state", "catch", "", "open", by=SYSTEM, reason=", ".join(kinds))
            emit(ReentryCaught(made.pk, company_id, entry_id, ",".join(kinds)), by=SYSTEM)
            found.append(made)
    return found


def may_be_back(company_id: UUID) -> bool:
    """Whether a case stands, or would if one were opened now."""
    return bool(screen_company(company_id)) or Reentry.objects.filter(company_id=company_id).exclude(state="cleared").exists()


def judge_reentry(reentry_id: UUID, finding: str, reason: str, *, by: Actor) -> Reentry:
    """The first of two words: `clear` or `bar`."""
    text = words(reason, "reason")
    if finding not in REENTRY_FINDING_WORDS:
        raise Refused("trust.finding", _("Please say what you find."), field="finding", status=422)
    with moving(reentries_visible_to(by), reentry_id, "judge", by=by, reason=text) as row:
        unlinked(row.company_id, by)
        row.finding, row.reason, row.judged_by_id = finding, text, by.person_id
        note_act("judged a re-entry", row.company_id, text, by, after={"finding": finding})
    return row


def return_reentry(reentry_id: UUID, reason: str, *, by: Actor) -> Reentry:
    text = words(reason, "reason")
    with moving(reentries_visible_to(by), reentry_id, "return", by=by, reason=text) as row:
        unlinked(row.company_id, by)
        row.finding, row.reason, row.judged_by_id = "", "", None
        note_act("returned a re-entry", row.company_id, text, by)
    return row


def decide_reentry(reentry_id: UUID, reason: str, *, by: Actor) -> Reentry:
    """The second word, which agrees with the first: it is let in, or kept out for good."""
    text = words(reason, "reason")
    with part():
        row = lock(reentries_visible_to(by), reentry_id)
        unlinked(row.company_id, by)
        with stepping(row, row.finding or "clear", by=by, reason=text):
            row.decided_by_id, row.decision_reason = by.person_id, text
        note_act("decided a re-entry", row.company_id, text, by, after={"finding": row.finding})
    return row


def _locked(entry_id: UUID, by: Actor) -> BlacklistEntry:
    company_id = entries_visible_to(by).filter(pk=entry_id).values_list("company_id", flat=True).first()
    if company_id is None:
        raise NotVisible
    lock_companies([company_id], alone=True)
    return lock(entries_visible_to(by), entry_id)


__all__ = [
    "appeal_blacklisting",
    "confirm_blacklisting",
    "decide_blacklist_appeal",
    "decide_reentry",
    "drop_blacklisting",
    "judge_reentry",
    "may_be_back",
    "propose_blacklisting",
    "return_reentry",
    "screen_company",
]
