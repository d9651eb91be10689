"""Screening for programs of the staff: the same verbs, permissions and refusals as the pages; no key opens it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import File, Form, Router
from ninja.files import UploadedFile

from everfair.base.actor import Actor
from everfair.base.allow import allow
from everfair.base.api import write
from everfair.trust import actions, queries
from everfair.trust.models import Hit
from everfair.trust.pages.screening import moves_of, sentence
from everfair.trust.roles import LISTKEEPER, REVIEWER
from everfair.trust.schemas.screening import (
    HitDeskOut,
    HitOut,
    HitPartOut,
    HitProposalIn,
    HitReasonIn,
    HitRow,
    ListSource,
    ListTakenOut,
    SanctionListOut,
)

router = Router(tags=["Screening"])


@router.get("/office/sanction-lists", response=list[SanctionListOut])
@allow(REVIEWER)
def list_sanction_lists(request: HttpRequest) -> Any:
    """Every source, with its edition in force and how old it is."""
    return [_standing(row) for row in queries.list_standings()]


@router.post("/office/sanction-lists", response={201: ListTakenOut})
@allow(LISTKEEPER, proof="fresh")
@write
def take_sanction_list(
    request: HttpRequest,
    source: ListSource = Form(...),  # noqa: B008
    files: list[UploadedFile] = File(...),  # noqa: B008
    edition_on: date | None = Form(None),  # noqa: B008
    allow_gaps: bool = Form(False),
) -> Any:
    """One edition as it is published (CSV, plain or gzip), all its files at once: taken whole, or refused whole with file, row and column."""
    done = actions.take_list(
        source, [(file.name or "file", file.read()) for file in files], by=request.actor,  # type: ignore[attr-defined]
        edition_on=edition_on, allow_gaps=allow_gaps,
    )  # fmt: skip
    return 201, ListTakenOut(
        source=done.source, edition_on=done.edition_on, entries=done.parties, names=done.names, left_out=done.left_out,
        is_new=done.is_new,
    )  # fmt: skip


@router.get("/office/hits", response=HitDeskOut)
@allow(REVIEWER)
def list_hits(request: HttpRequest) -> Any:
    """The likeliest first."""
    found = queries.hit_desk(request.actor)  # type: ignore[attr-defined]
    groups = {name: [HitRow(**_row(row)) for row in getattr(found, name)] for name in ("open", "proposed", "decided")}
    return HitDeskOut(**groups, waiting=queries.waiting_count())


@router.get("/office/hits/{uuid:hit_id}", response=HitOut)
@allow(REVIEWER)
def get_hit(request: HttpRequest, hit_id: UUID) -> Any:
    """Both sides, and which part was taken for which."""
    return _hit(hit_id, request.actor)  # type: ignore[attr-defined]


@router.post("/office/hits/{uuid:hit_id}/propose", response=HitOut)
@allow(REVIEWER, proof="fresh")
@write
def propose_hit(request: HttpRequest, hit_id: UUID, payload: HitProposalIn) -> Any:
    """The first of two words."""
    actor = request.actor  # type: ignore[attr-defined]
    actions.propose_hit(hit_id, payload.proposal, payload.reason, by=actor)
    return _hit(hit_id, actor)


@router.post("/office/hits/{uuid:hit_id}/clear", response=HitOut)
@allow(REVIEWER, proof="fresh")
@write
def clear_hit(request: HttpRequest, hit_id: UUID, payload: HitReasonIn) -> Any:
    """It is somebody else: alone where the names are little alike, else the second word on a proposal to clear."""
    actor = request.actor  # type: ignore[attr-defined]
    actions.clear_hit(hit_id, payload.reason, by=actor)
    return _hit(hit_id, actor)


@router.post("/office/hits/{uuid:hit_id}/confirm", response=HitOut)
@allow(REVIEWER, proof="fresh")
@write
def confirm_hit(request: HttpRequest, hit_id: UUID, payload: HitReasonIn) -> Any:
    """It is the same, by the second of two people: the company is stopped."""
    actor = request.actor  # type: ignore[attr-defined]
    actions.confirm_hit(hit_id, payload.reason, by=actor)
    return _hit(hit_id, actor)


@router.post("/office/hits/{uuid:hit_id}/return", response=HitOut)
@allow(REVIEWER, proof="fresh")
@write
def return_hit(request: HttpRequest, hit_id: UUID, payload: HitReasonIn) -> Any:
    """What was proposed is seen otherwise."""
    actor = request.actor  # type: ignore[attr-defined]
    actions.return_hit(hit_id, payload.reason, by=actor)
    return _hit(hit_id, actor)


@router.post("/office/hits/{uuid:hit_id}/reopen", response=HitOut)
@allow(REVIEWER, proof="fresh")
@write
def reopen_hit(request: HttpRequest, hit_id: UUID, payload: HitReasonIn) -> Any:
    """Something new is known."""
    actor = request.actor  # type: ignore[attr-defined]
    actions.reopen_hit(hit_id, payload.reason, by=actor)
    return _hit(hit_id, actor)


def _standing(row: Any) -> SanctionListOut:
    current = row.current
    return SanctionListOut(
        source=row.source, edition_on=current.edition_on if current else None, days=row.days, is_old=row.is_old,
        being_read=row.taken is not None, entries=current.party_count if current else 0, names=current.name_count if current else 0,
        digest=current.digest if current else "", imported_by=current.imported_by if current else "",
        in_force_at=current.in_force_at if current else None,
    )  # fmt: skip


def _row(row: Hit) -> dict[str, Any]:
    names = ("number", "role", "name", "score", "needs_two", "state", "created_at")
    return {name: getattr(row, name) for name in names} | {
        "id": row.pk, "company": row.company_id, "company_number": row.company.number, "listed_name": row.listed_name.name,
        "source": row.party.edition.source, "entry": row.party.number,
    }  # fmt: skip


def _hit(hit_id: UUID, actor: Actor) -> HitOut:
    row = queries.hit(hit_id, actor)
    return HitOut(
        **_row(row), strength=row.listed_name.strength, kind=row.party.kind, programme=row.party.programme, remarks=row.party.remarks,
        countries=row.party.countries, edition_on=row.party.edition.edition_on, same_country=row.same_country,
        parts=[HitPartOut(**part) for part in row.parts], sentence=sentence(row), proposal=row.proposal,
        proposal_reason=row.proposal_reason, proposed_by=row.proposed_by_id, reason=row.reason, decided_by=row.decided_by_id,
        decided_at=row.decided_at, moves=moves_of(row, actor),
    )  # fmt: skip
