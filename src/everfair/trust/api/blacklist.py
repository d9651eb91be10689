"""The blacklist for programs: the same verbs, permissions and refusals as the pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from everfair.base.allow import allow
from everfair.base.api import write
from everfair.base.roles import EVERYONE
from everfair.companies.roles import OWNING
from everfair.trust import actions
from everfair.trust.models import BlacklistEntry, Reentry
from everfair.trust.pages.faces import company_name
from everfair.trust.queries import blacklist as queries
from everfair.trust.roles import REVIEWER
from everfair.trust.schemas.blacklist import (
    BlacklistDeskOut,
    BlacklistedOut,
    BlacklistEntryOut,
    BlacklistIn,
    EntryVerb,
    ListingAppealIn,
    ListingAppealOut,
    ReentryIn,
    ReentryOut,
)
from everfair.trust.schemas.verification import TrustReasonIn

router = Router(tags=["Blacklist"])


@router.get("/blacklist", response=list[BlacklistedOut])
@allow(EVERYONE)
def list_blacklist(request: HttpRequest, q: str = Query("", max_length=100)) -> Any:
    """Who stands on it, newest first, at most 200; `q` is looked for in names and numbers."""
    return [
        BlacklistedOut(
            number=row.number, company_number=row.company.number, company=company_name(row.company),
            registration_number=row.company.registration_number, since=row.listed_at.date(), reason=row.public_reason, state=row.state,
        )
        for row in queries.public_blacklist(q)
        if row.listed_at is not None
    ]  # fmt: skip


@router.post("/blacklist/{uuid:listing_id}/appeal", response=ListingAppealOut)
@allow(OWNING, scope="company:write")
@write
def appeal_blacklisting(request: HttpRequest, listing_id: UUID, payload: ListingAppealIn) -> Any:
    """Once, within the time of the rule."""
    row = actions.appeal_blacklisting(listing_id, payload.text, by=request.actor)  # type: ignore[attr-defined]
    return ListingAppealOut(id=row.pk, number=row.number, state=row.state, reason=row.public_reason, appeal=row.appeal)


@router.get("/office/blacklist", response=BlacklistDeskOut)
@allow(REVIEWER)
def list_blacklist_desk(request: HttpRequest) -> Any:
    entries, back = queries.blacklist_desk(request.actor)  # type: ignore[attr-defined]
    return BlacklistDeskOut(entries=[_entry(row) for row in entries], reentries=[_reentry(row) for row in back])


@router.post("/office/companies/{uuid:company_id}/blacklist", response={201: BlacklistEntryOut})
@allow(REVIEWER, proof="fresh")
@write
def propose_blacklisting(request: HttpRequest, company_id: UUID, payload: BlacklistIn) -> Any:
    """The first of two words."""
    actor = request.actor  # type: ignore[attr-defined]
    return 201, _entry(actions.propose_blacklisting(company_id, payload.public_reason, payload.evidence, by=actor))


@router.post("/office/blacklist/{uuid:listing_id}/{verb}", response=BlacklistEntryOut)
@allow(REVIEWER, proof="fresh")
@write
def decide_blacklisting(request: HttpRequest, listing_id: UUID, verb: EntryVerb, payload: TrustReasonIn) -> Any:
    """`confirm` or `drop` what was proposed; `uphold` or `remove` on appeal."""
    actor = request.actor  # type: ignore[attr-defined]
    if verb == "confirm":
        return _entry(actions.confirm_blacklisting(listing_id, payload.reason, by=actor))
    if verb == "drop":
        return _entry(actions.drop_blacklisting(listing_id, payload.reason, by=actor))
    return _entry(actions.decide_blacklist_appeal(listing_id, verb, payload.reason, by=actor))


@router.post("/office/reentries/{uuid:reentry_id}/judge", response=ReentryOut)
@allow(REVIEWER, proof="fresh")
@write
def judge_reentry(request: HttpRequest, reentry_id: UUID, payload: ReentryIn) -> Any:
    """The first of two words on a company that may have come back."""
    actor = request.actor  # type: ignore[attr-defined]
    return _reentry(actions.judge_reentry(reentry_id, payload.finding, payload.reason, by=actor))


@router.post("/office/reentries/{uuid:reentry_id}/return", response=ReentryOut)
@allow(REVIEWER, proof="fresh")
@write
def return_reentry(request: HttpRequest, reentry_id: UUID, payload: TrustReasonIn) -> Any:
    actor = request.actor  # type: ignore[attr-defined]
    return _reentry(actions.return_reentry(reentry_id, payload.reason, by=actor))


@router.post("/office/reentries/{uuid:reentry_id}/decide", response=ReentryOut)
@allow(REVIEWER, proof="fresh")
@write
def decide_reentry(request: HttpRequest, reentry_id: UUID, payload: TrustReasonIn) -> Any:
    """The second word, which agrees with the first."""
    actor = request.actor  # type: ignore[attr-defined]
    return _reentry(actions.decide_reentry(reentry_id, payload.reason, by=actor))


def _entry(row: BlacklistEntry) -> BlacklistEntryOut:
    names = ("number", "public_reason", "evidence", "state", "listed_at", "appeal", "judgement")
    return BlacklistEntryOut(id=row.pk, company=row.company_id, **{name: getattr(row, name) for name in names})


def _reentry(row: Reentry) -> ReentryOut:
    return ReentryOut(
        id=row.pk,
        company=row.company_id,
        entry=row.entry_id,
        kinds=row.kinds,
        state=row.state,
        finding=row.finding,
        reason=row.reason,
    )
