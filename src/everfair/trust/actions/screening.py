"""Screening: asked for, finished, and what two people say of a hit."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import SYSTEM, Actor
from everfair.base.clock import EfNow
from everfair.base.events import emit
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask, find_one, insert
from everfair.base.states import moving
from everfair.base.together import part
from everfair.companies.actions import note_act, place_stop
from everfair.companies.queries import lock_companies
from everfair.events.trust import HitDecided, HitFound
from everfair.markets.queries import rule
from everfair.markets.table import DEFAULT_MARKET
from everfair.messaging.actions import read_message
from everfair.trust.models import Hit, Screening
from everfair.trust.queries.screening import hits_visible_to, lists_in_force, screened_facts, stale_companies, unscreened
from everfair.trust.queries.verifications import link_between
from everfair.trust.values.screening import HIT_PROPOSALS

# What a confirmed hit stops. The company reads the reason of a stop: it says nothing of a list.
STOPPED = ("deposit", "release", "payout", "listing")
WHY_NOT = {
    "confirmed": _("A hit on a sanction list is confirmed: nothing can be granted."),
    "open": _("A hit on a sanction list is open: somebody says first what it is."),
    "waits": _("The company is being screened against sanction lists: try again in some minutes."),
    "stale": _("The company is being screened anew, because its names or a list changed: try again in some minutes."),
}


@dataclass(frozen=True, slots=True)
class Alike:
    """One name of a company that is like a listed one. `fingerprint` is what the hit hangs on beside the two names."""

    role: str
    name: str
    party_id: UUID
    listed_name_id: UUID
    fingerprint: str
    score: Decimal
    parts: Sequence[tuple[str, str, str]]
    same_country: bool | None


def ask_screening(company_id: UUID, cause: str) -> bool:
    """The company waits to be screened. Safe to repeat; nothing happens while no list is in force. Says whether it waits by this call."""
    if not lists_in_force():
        return False
    return bool(ask(_ASKED, [company_id, cause]))


_ASKED = """
    INSERT INTO trust_screening (id, company_id, cause, lists, compared, found) VALUES (uuidv7(), %s, %s, '{}', 0, 0)
    ON CONFLICT (company_id) WHERE done_at IS NULL DO NOTHING RETURNING id
"""


def finish_screening(
    screening_id: UUID, asked: Mapping[str, Any], lists: Sequence[UUID], found: Sequence[Alike], compared: int
) -> bool:
    """What the comparison of these facts with these editions gave. Safe to repeat.

    False, and it waits on, when the company's facts or the lists in force are others by now: what was compared says nothing then. A hit
    that is known unchanged keeps the word that was said of it.
    """
    with part():
        row = find_one(Screening, "id = %s", [screening_id])
        if row is None:
            raise NotVisible
        lock_companies([row.company_id], alone=True)
        ask("SELECT trust_lists_stand(false)")
        row = find_one(Screening, "id = %s FOR UPDATE", [screening_id])
        if row is None or row.done_at is not None:
            return True
        if set(lists) != {each.pk for each in lists_in_force()} or screened_facts(row.company_id) != asked:
            return False
        two = rule("trust.sanctions_two_people", DEFAULT_MARKET)
        known = set(Hit.objects.filter(company_id=row.company_id).values_list("key", flat=True))
        for alike in found:
            key = _key(alike)
            if key in known:
                continue
            known.add(key)
            parts = [{"ours": ours, "theirs": theirs, "how": how} for ours, theirs, how in alike.parts]
            hit = Hit(
                screening_id=row.pk, company_id=row.company_id, party_id=alike.party_id, listed_name_id=alike.listed_name_id, key=key,
                role=alike.role, name=alike.name, score=alike.score, parts=parts, same_country=alike.same_country,
                needs_two=alike.score >= two,
            )  # fmt: skip
            insert(hit)
            emit(HitFound(hit.pk, row.company_id), by=SYSTEM)
        Screening.objects.filter(pk=row.pk).update(
            done_at=EfNow(), asked=dict(asked), lists=list(lists), compared=compared, found=len(found)
        )
    return True


def _key(alike: Alike) -> str:
    return hashlib.sha256("\n".join((alike.role, alike.name, alike.fingerprint)).encode()).hexdigest()


def propose_hit(hit_id: UUID, proposal: str, reason: str, *, by: Actor) -> Hit:
    """The first of two words: `clear` (somebody else) or `confirm` (the same)."""
    if proposal not in HIT_PROPOSALS:
        raise Refused("trust.hit_proposal", _("Please say what you propose."), field="proposal", status=422)
    text = _reason(reason)
    with moving(hits_visible_to(by), hit_id, "propose", by=by, reason=text) as hit:
        _unlinked(hit, by)
        hit.proposal, hit.proposal_reason, hit.proposed_by_id = proposal, text, _person(by)
        note_act("proposed on a hit", hit.company_id, text, by, after={"number": hit.number, "proposal": proposal})
    return hit


def clear_hit(hit_id: UUID, reason: str, *, by: Actor) -> Hit:
    """It is somebody else. Alone only where the names are little alike; else over another's proposal to clear."""
    text = _reason(reason)
    with moving(hits_visible_to(by), hit_id, "clear", by=by, reason=text) as hit:
        _unlinked(hit, by)
        if hit.state == "open" and hit.needs_two:
            raise Refused("trust.hit_two_people", _("These names are very much alike: one proposes, another person clears."))
        if hit.state == "proposed" and hit.proposal != "clear":
            raise Refused("trust.not_proposed", _("Something else was proposed: send it back, and say why."))
        _decide(hit, text, by)
        note_act("cleared a hit", hit.company_id, text, by, after={"number": hit.number})
    return hit


def confirm_hit(hit_id: UUID, reason: str, *, by: Actor) -> Hit:
    """It is the same, by the second of two people: from now on nothing of the company moves."""
    text = _reason(reason)
    with part():
        company_id = hits_visible_to(by).filter(pk=hit_id).values_list("company_id", flat=True).first()
        if company_id is None:
            raise NotVisible
        lock_companies([company_id], alone=True)
        with moving(hits_visible_to(by), hit_id, "confirm", by=by, reason=text) as hit:
            _unlinked(hit, by)
            if hit.proposal != "confirm":
                raise Refused("trust.not_proposed", _("Something else was proposed: send it back, and say why."))
            _decide(hit, text, by, confirmed=True)
            note_act("confirmed a hit", hit.company_id, text, by, after={"number": hit.number})
        for kind in STOPPED:
            place_stop(company_id, kind, f"H-{hit.number}", by=SYSTEM)
    return hit


def return_hit(hit_id: UUID, reason: str, *, by: Actor) -> Hit:
    """What was proposed is seen otherwise: it is open again."""
    text = _reason(reason)
    with moving(hits_visible_to(by), hit_id, "return", by=by, reason=text) as hit:
        _unlinked(hit, by)
        _forget_words(hit)
        note_act("returned a hit", hit.company_id, text, by, after={"number": hit.number})
    return hit


def reopen_hit(hit_id: UUID, reason: str, *, by: Actor) -> Hit:
    """Something new is known. Stops that a confirmed hit placed stay until they are lifted on the company's page."""
    text = _reason(reason)
    with moving(hits_visible_to(by), hit_id, "reopen", by=by, reason=text) as hit:
        _unlinked(hit, by)
        _forget_words(hit)
        note_act("reopened a hit", hit.company_id, text, by, after={"number": hit.number})
    return hit


def refuse_unscreened(company_id: UUID) -> None:
    """Said in words before the database refuses the grant (I38). The caller holds the company; from now on no list changes until the
    end of the transaction."""
    ask("SELECT trust_lists_stand(false)")
    why = unscreened(company_id)
    if why:
        raise Refused(f"trust.screening_{why}", WHY_NOT[why])


def ask_for_changed() -> int:
    """Open verifications whose company is not screened as it is now, whatever changed: they wait to be. Returns how many."""
    return sum(ask_screening(pk, "changed") for pk in stale_companies())


def _decide(hit: Hit, text: str, by: Actor, *, confirmed: bool = False) -> None:
    hit.reason, hit.decided_by_id, hit.decided_at = text, _person(by), EfNow()  # type: ignore[assignment]
    emit(HitDecided(hit.pk, hit.company_id, confirmed), by=by)


def _forget_words(hit: Hit) -> None:
    """What was said stands in its history and in the audit trail."""
    hit.proposal = hit.proposal_reason = hit.reason = ""
    hit.proposed_by_id = hit.decided_by_id = hit.decided_at = None


def _unlinked(hit: Hit, by: Actor) -> None:
    if by.person_id is not None and link_between([by.person_id], hit.company_id):
        raise Refused("trust.linked", _("You have something to do with this company: somebody else is drawn for it."), status=403)


def _person(by: Actor) -> UUID:
    if by.person_id is None:
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    return by.person_id


def _reason(text: str) -> str:
    clean = read_message(text, field="reason")
    if not clean:
        raise Refused("trust.words_missing", _("Please write something."), field="reason", status=422)
    return clean[:2000]


__all__ = [
    "Alike",
    "ask_for_changed",
    "ask_screening",
    "clear_hit",
    "confirm_hit",
    "finish_screening",
    "propose_hit",
    "refuse_unscreened",
    "reopen_hit",
    "return_hit",
]
