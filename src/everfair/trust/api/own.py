"""What the staff says of itself, for programs: whom who sells has brought, and what is a reviewer's own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from everfair.base.allow import allow
from everfair.base.api import write
from everfair.base.roles import SALES
from everfair.trust import actions, queries
from everfair.trust.roles import REVIEWER
from everfair.trust.schemas.own import BringIn, BroughtOut, OwnTraitIn, OwnTraitOut

router = Router(tags=["Verification"])


@router.get("/office/brought", response=list[BroughtOut])
@allow(SALES)
def list_brought_companies(request: HttpRequest) -> Any:
    """Newest first, at most 200."""
    return _brought(request)


@router.post("/office/brought", response={201: BroughtOut})
@allow(SALES)
@write
def bring_company(request: HttpRequest, payload: BringIn) -> Any:
    """I brought this company: from now on I decide nothing about it. Nobody takes it back."""
    link = actions.bring_company(payload.number, payload.note, by=request.actor)  # type: ignore[attr-defined]
    return 201, BroughtOut(company_number=payload.number, kind=link.kind, note=link.note, at=link.created_at)


@router.get("/office/own-traits", response=list[OwnTraitOut])
@allow(REVIEWER)
def list_own_traits(request: HttpRequest) -> Any:
    """Only that they are there: a fingerprint is kept, which nobody can read back."""
    return _traits(request)


@router.post("/office/own-traits", response={201: OwnTraitOut})
@allow(REVIEWER)
@write
def note_own_trait(request: HttpRequest, payload: OwnTraitIn) -> Any:
    """This account, address or telephone is mine: a company that has the same is never drawn for me."""
    actions.note_own_trait(payload.kind, payload.value, by=request.actor)  # type: ignore[attr-defined]
    return 201, max((row for row in _traits(request) if row.kind == payload.kind), key=lambda row: row.last_seen)


def _brought(request: HttpRequest) -> list[BroughtOut]:
    rows = queries.links_of_person(request.actor.person_id)  # type: ignore[attr-defined]
    return [BroughtOut(company_number=row.company.number, kind=row.kind, note=row.note, at=row.created_at) for row in rows]


def _traits(request: HttpRequest) -> list[OwnTraitOut]:
    rows = queries.traits_of_person(request.actor.person_id)  # type: ignore[attr-defined]
    return [OwnTraitOut(kind=row.kind, first_seen=row.first_seen, last_seen=row.last_seen) for row in rows]
