"""Companies for programs: the directory, one's own company, its people and keys."""

import json
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from everfair.base import clock
from everfair.base.allow import allow
from everfair.base.api import open_cursor, seal_cursor, write
from everfair.base.refused import Refused
from everfair.base.roles import EVERYONE, MEMBER
from everfair.base.writes import answer_once
from everfair.companies import actions, directory, queries
from everfair.companies.models import ApiKey, Company
from everfair.companies.roles import OWNER_IN_PERSON, OWNING
from everfair.companies.schemas import CompanyChanges, CompanyOut, CompanyOwn, CompanyPage, KeyIn, KeyMade, KeyOut, Me, PersonOut

router = Router(tags=["Companies"])


@router.get("/companies", response=CompanyPage)
@allow(EVERYONE)
def list_companies(
    request: HttpRequest,
    q: str = Query("", max_length=100),  # type: ignore[type-arg]
    hall: str = Query("", pattern=r"^([a-z0-9-]+(/[a-z0-9-]+)?)?$", max_length=60),  # type: ignore[type-arg]
    country: str = Query("", pattern=r"^([A-Z]{2})?$"),  # type: ignore[type-arg]
    verified: bool = False,
    cursor: str = Query("", max_length=400),  # type: ignore[type-arg]
    limit: int = Query(25, ge=1, le=100),  # type: ignore[type-arg]
) -> Any:
    """The directory of suppliers, the newest first. `q` looks in names, cities and goods; `hall` is a hall or a category."""
    before = _before(cursor) if cursor else None
    asked = directory.Narrowing(
        words=q, halls=(hall,) if hall else (), countries=(country,) if country else (), verified=verified
    )
    found = directory.suppliers(asked, before=before, limit=limit + 1)
    rest = seal_cursor([found[limit - 1].number]) if len(found) > limit else None
    today = clock.now().date()
    items = [
        _public(company, today)
        | {
            "offer_count": company.offer_count,  # type: ignore[attr-defined]
            "makes": [{"category": code, "offers": count} for code, count in company.makes],  # type: ignore[attr-defined]
        }
        for company in found[:limit]
    ]
    return {"items": items, "next_cursor": rest}


@router.get("/companies/{number}", response=CompanyOut)
@allow(EVERYONE)
def get_company(request: HttpRequest, number: int) -> Any:
    """One supplier by the number that people see."""
    return _public(queries.company_by_number(number, request.actor), clock.now().date())  # type: ignore[attr-defined]


@router.get("/me", response=Me)
@allow(EVERYONE)
def get_me(request: HttpRequest) -> Any:
    """Who the request comes from."""
    actor = request.actor  # type: ignore[attr-defined]
    return {
        "kind": actor.kind,
        "name": actor.name,
        "company_number": queries.company_of(actor).number if actor.company_id else None,
        "roles": sorted(actor.company_roles or actor.staff_roles),
        "scopes": sorted(actor.scopes),
    }


@router.get("/company", response=CompanyOwn)
@allow(MEMBER, scope="company:read")
def get_own_company(request: HttpRequest) -> Any:
    actor = request.actor  # type: ignore[attr-defined]
    return _own(queries.company_of(actor), actor)


@router.patch("/company", response=CompanyOwn)
@allow(OWNING, scope="company:write")
@write
def edit_company(request: HttpRequest, changes: CompanyChanges) -> Any:
    """Change what the passport shows. A new name ends the verification mark."""
    actor = request.actor  # type: ignore[attr-defined]
    said = changes.model_dump(exclude_unset=True)
    # Two of them may be unknown again; of the others nothing is the empty text, not null.
    if empty := next(
        (name for name, value in said.items() if value is None and name not in ("founded_year", "staff_count")), None
    ):
        raise Refused("companies.null", _("Leave it out, or send an empty text."), field=empty, status=422)
    company = actions.edit_profile(actor.company_id, by=actor, **said)
    return CompanyOwn(**_own(company, actor))


@router.get("/company/people", response=list[PersonOut])
@allow(MEMBER, scope="company:read")
def list_people(request: HttpRequest) -> Any:
    """Everybody sees names and roles; e-mail addresses are for owners."""
    actor = request.actor  # type: ignore[attr-defined]
    may_write_to_them = "owner" in actor.company_roles
    return [
        {
            "id": row.person_id,
            "name": row.person.name,
            "roles": row.roles,
            "email": row.person.email if may_write_to_them else None,
            "since": row.created_at,
        }
        for row in queries.members(actor)
    ]


@router.get("/company/keys", response=list[KeyOut])
@allow(OWNER_IN_PERSON)
def list_keys(request: HttpRequest) -> Any:
    return [_key(key) for key in queries.keys(request.actor)]  # type: ignore[attr-defined]


@router.post("/company/keys", response={201: KeyMade})
@allow(OWNER_IN_PERSON, proof="fresh")
def make_key(request: HttpRequest, payload: KeyIn) -> Any:
    """Only an owner's session makes keys. The repetition of a request answers the same without `key`."""
    made: list[str] = []

    def work() -> HttpResponse:
        key, raw = actions.make_api_key(payload.name, payload.scopes, by=request.actor)  # type: ignore[attr-defined]
        made.append(raw)
        text = KeyMade(**_key(key)).model_dump_json()
        return HttpResponse(text, status=201, content_type="application/json; charset=utf-8")

    # Not `@write`: what is kept for repetitions must never hold the key itself.
    answer = answer_once(request, _write_key(request), work)
    if made:
        answer.content = json.dumps(json.loads(answer.content) | {"key": made[0]})
    return answer


make_key.needs_key = True  # type: ignore[attr-defined]


@router.delete("/company/keys/{key_id}", response=KeyOut)
@allow(OWNER_IN_PERSON)
@write
def revoke_key(request: HttpRequest, key_id: UUID) -> Any:
    return KeyOut(**_key(actions.revoke_api_key(key_id, by=request.actor)))  # type: ignore[attr-defined]


def _write_key(request: HttpRequest) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        raise Refused("base.key_missing", _("Send an Idempotency-Key header."), status=422, field="Idempotency-Key")
    return key


def _before(cursor: str) -> int:
    values = open_cursor(cursor)
    if len(values) != 1 or not isinstance(values[0], int) or isinstance(values[0], bool):
        raise Refused("base.cursor_unknown", _("This cursor is not one of ours."), status=422, field="cursor")
    return values[0]


def _public(company: Company, today: date) -> dict[str, Any]:
    marked = queries.is_marked(company, today)
    return {
        **{
            name: getattr(company, name)
            for name in ("number", "name", "names", "country", "kind", "website", "founded_year", "staff_count", "languages")
        },
        "city": company.address.get("city", ""),
        "verified_on": company.verified_at.date() if marked and company.verified_at else None,
        "verified_until": company.verified_until if marked else None,
        "verification_note": company.verification_note if marked else "",
        "registered_at": company.created_at,
    }


def _own(company: Company, actor: Any) -> dict[str, Any]:
    own = ("id", "registration_kind", "registration_number", "address", "phone", "about", "is_seller", "is_buyer")
    return (
        _public(company, clock.now().date())
        | {name: getattr(company, name) for name in own}
        | {"roles": sorted(actor.company_roles)}
    )


def _key(key: ApiKey) -> dict[str, Any]:
    return {name: getattr(key, name) for name in ("id", "name", "prefix", "scopes", "created_at", "last_used_at", "revoked_at")}
