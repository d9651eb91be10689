"""Who is who: actors, companies, memberships, invitations, keys, sessions, stops."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from everfair.base import clock
from everfair.base.actor import NOBODY, Actor
from everfair.base.clock import EfNow
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask, find, find_one
from everfair.base.sql import ask_all
from everfair.base.states import check_stops_with
from everfair.companies.models import ApiKey, AuditNote, Company, Invitation, Membership, Person, Stop
from everfair.companies.values import address_lines, shown_phone

_Row = TypeVar("_Row", bound=Model)


def person_with_roles(person_id: Any) -> Person | None:
    """The person and, in the same query, their open memberships: what every signed-in request needs."""
    person = find_one(Person, "id = %s", [person_id], also={"open_memberships": _OPEN_MEMBERSHIPS})
    if person is not None:
        person.open_memberships = json.loads(person.open_memberships)  # type: ignore[attr-defined]
    return person


_OPEN_MEMBERSHIPS = """(
    SELECT coalesce(jsonb_agg(jsonb_build_object('company', m.company_id, 'roles', to_jsonb(m.roles)) ORDER BY m.id), '[]'::jsonb)
    FROM companies_membership m WHERE m.person_id = companies_person.id AND m.ended_at IS NULL
)::text"""


def actor_of_person(person: Any) -> Actor:
    """The actor behind a session: staff act for the operator, but who sells acts for nobody; others for one of their companies."""
    if not person.is_authenticated or not person.is_active:
        return NOBODY
    if person.is_staff_member:
        return Actor(
            kind="sales" if "sales" in person.staff_roles else "operator",
            person_id=person.pk,
            staff_roles=frozenset(person.staff_roles),
            name=person.name,
            language=person.language,
        )
    by_company = _roles_by_company(person)
    company_id = person.current_company_id if person.current_company_id in by_company else next(iter(by_company), None)
    return Actor(
        kind="person",
        person_id=person.pk,
        company_id=company_id,
        company_roles=frozenset(by_company.get(company_id, ())),  # type: ignore[arg-type]
        name=person.name,
        language=person.language,
    )


def _roles_by_company(person: Any) -> dict[UUID, list[str]]:
    known = getattr(person, "open_memberships", None)
    if known is not None:
        return {UUID(row["company"]): row["roles"] for row in known}
    memberships = Membership.objects.filter(person_id=person.pk, ended_at=None).order_by("id")
    return dict(memberships.values_list("company_id", "roles"))


def companies_visible_to(actor: Actor) -> QuerySet[Company]:
    """Suppliers are public; a buyer's company is seen by itself and by the operator (the other side of a trade has its name
    through the trade)."""
    if actor.kind in ("operator", "system", "clock"):
        return Company.objects.all()
    return Company.objects.filter(Q(is_seller=True) | Q(pk=actor.company_id))


def company_by_number(number: int, actor: Actor) -> Company:
    """By the number that people see; NotVisible when there is none for this actor."""
    return _one(companies_visible_to(actor).filter(number=number) if 0 < number < 2**63 else Company.objects.none())


def company_of(actor: Actor) -> Company:
    """The company the actor acts for."""
    return _one(Company.objects.filter(pk=actor.company_id))


def companies_by_id(ids: Iterable[UUID]) -> dict[UUID, Company]:
    """For lists of other packages, which hold ids that their reader may see: one query."""
    wanted = list({i for i in ids if i is not None})
    return {company.pk: company for company in find(Company, "id = ANY(%s::uuid[])", [wanted])} if wanted else {}


def inspectors() -> list[Company]:
    """The companies that may be booked to inspect goods, oldest first: one query. A stop on listing takes a company out."""
    return find(Company, _INSPECTORS)


_INSPECTORS = """
    is_inspector AND NOT EXISTS (
        SELECT FROM companies_stop s WHERE s.company_id = companies_company.id AND s.kind = 'listing' AND s.lifted_at IS NULL
            AND (s.until IS NULL OR s.until > ef_now())
    ) ORDER BY number LIMIT 500
"""


def names(company: Company, language: str) -> tuple[str, str]:
    """The name for a reader of this language, and the name in another script («» when there is none).

    A reader of Chinese finds the Chinese name first, whichever of the two scripts the company gave.
    """
    own = company.names.get(language, "")
    if not own and language.startswith("zh"):
        own = next((company.names[code] for code in ("zh-hant", "zh-hans") if company.names.get(code)), "")
    if own and own != company.name:
        return own, company.name
    other = next((text for text in company.names.values() if text != company.name), "")
    return company.name, other


def parties(company_ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """The companies as a contract names them: names in their scripts, registration, address, phone. One query."""
    rows = find(Company, "id = ANY(%s::uuid[])", [list(company_ids)])
    return {
        company.pk: {
            "id": str(company.pk),
            "number": company.number,
            "name": company.name,
            "names": company.names,
            "country": company.country,
            "registration_kind": company.registration_kind,
            "registration_number": company.registration_number,
            "address": company.address,
            "phone": company.phone,
        }
        for company in rows
    }


@dataclass(frozen=True, slots=True)
class Passport:
    """What a company shows to everyone."""

    company: Company
    name: str
    other_names: tuple[str, ...]
    about: str
    address: list[str]
    phone: str
    verified_on: datetime | None
    verified_until: date | None
    verification_note: str
    listing_stopped: bool


def passport(company: Company, language: str = "en") -> Passport:
    """Identity, mark and contact; a mark past its day is no mark. One query."""
    shown, _other = names(company, language)
    others = dict.fromkeys(text for text in (company.name, *company.names.values()) if text != shown)
    stops = open_stops([company.pk])
    marked = is_marked(company, clock.now().date())
    return Passport(
        company=company,
        name=shown,
        other_names=tuple(others),
        about=company.about.get(language) or company.about.get("en") or next(iter(company.about.values()), ""),
        address=address_lines(company.address, company.country),
        phone=shown_phone(company.phone),
        verified_on=company.verified_at if marked else None,
        verified_until=company.verified_until if marked else None,
        verification_note=company.verification_note if marked else "",
        listing_stopped=any(stop.kind == "listing" for stop in stops),
    )


def is_marked(company: Company, today: date) -> bool:
    """Whether the operator's mark still counts; lists ask the clock once for all their companies."""
    return company.verified_until is not None and company.verified_until >= today


def is_noted_lookalike(company_id: UUID) -> bool:
    """Whether a person of the operator will look at the company's name."""
    return AuditNote.objects.filter(subject=company_id, act="lookalike name").exists()


def members(actor: Actor) -> list[Membership]:
    """The people of the actor's company, in the order they came, each with `.person`."""
    found = Membership.objects.filter(company_id=actor.company_id, ended_at=None).select_related("person")
    return list(found.order_by("id")) if actor.company_id else []


def member(actor: Actor, person_id: UUID) -> Membership:
    found = Membership.objects.filter(company_id=actor.company_id, ended_at=None, person_id=person_id)
    return _one(found.select_related("person"))


def companies_of(actor: Actor) -> list[Membership]:
    """The companies somebody may act for, each with `.company`."""
    if actor.kind != "person":
        return []
    found = Membership.objects.filter(person_id=actor.person_id, ended_at=None).select_related("company")
    return list(found.order_by("company__name", "id"))


def people_of(company_id: UUID, *roles: str) -> list[Person]:
    """Whom to tell: active people of the company who have one of these roles (anybody when none is said)."""
    found = Membership.objects.filter(company_id=company_id, ended_at=None, person__is_active=True)
    if roles:
        found = found.filter(roles__overlap=list(roles))
    return [row.person for row in found.select_related("person").order_by("id")]


# The ids of the same people, to stand inside another statement: what a notice needs.
WHOM = """
    SELECT p.id FROM companies_membership m JOIN companies_person p ON p.id = m.person_id
    WHERE m.company_id = %(company)s AND m.ended_at IS NULL AND p.is_active
        AND (%(roles)s::varchar[] = '{}' OR m.roles && %(roles)s::varchar[])
    ORDER BY m.id
"""


def people_ids(company_id: UUID, *roles: str) -> list[UUID]:
    return [row[0] for row in ask(WHOM, {"company": company_id, "roles": list(roles)})]


_CONTACTS = """
    SELECT p.id, p.email FROM companies_membership m JOIN companies_person p ON p.id = m.person_id
    WHERE m.company_id = %(company)s AND m.ended_at IS NULL AND p.is_active AND m.roles && %(roles)s::varchar[]
    UNION SELECT f.person_id, f.email FROM companies_formercontact f
    WHERE f.company_id = %(company)s AND f.roles && %(roles)s::varchar[] AND f.created_at > ef_now() - make_interval(hours => %(hours)s)
    ORDER BY 1, 2
"""


def contacts_lately(company_id: UUID, roles: Iterable[str], hours: int) -> list[tuple[UUID, str]]:
    """Person and address of everybody who has one of these roles in the company or had it within so many hours, under every
    address they had in that time: whoever takes over an account cannot keep a word from those who were there before."""
    return [(row[0], row[1]) for row in ask(_CONTACTS, {"company": company_id, "roles": list(roles), "hours": hours})]


def key_makers(company_id: UUID, scope: str) -> set[UUID]:
    """Who made the company's living API keys of this scope: what such a key asks for, one of them may have asked for."""
    found = ApiKey.objects.filter(company_id=company_id, scopes__contains=[scope], revoked_at=None)
    return set(found.values_list("made_by_id", flat=True))


_ZONES = """
    SELECT DISTINCT p.timezone FROM companies_membership m JOIN companies_person p ON p.id = m.person_id
    WHERE m.company_id = ANY(%s::uuid[]) AND m.ended_at IS NULL AND p.is_active ORDER BY p.timezone
"""


def time_zones_of(company_ids: Iterable[UUID]) -> list[str]:
    """The IANA zones in which the active people of these companies work, by name: one query."""
    return [row[0] for row in ask(_ZONES, [list(company_ids)])]


def people_by_id(ids: Iterable[UUID | None]) -> dict[UUID, Person]:
    wanted = list({i for i in ids if i is not None})
    return {person.pk: person for person in find(Person, "id = ANY(%s::uuid[])", [wanted])} if wanted else {}


def person_of(actor: Actor) -> Person:
    return _one(Person.objects.filter(pk=actor.person_id))


def staff() -> list[Person]:
    """The operator's own people."""
    return list(Person.objects.filter(is_staff_member=True, is_active=True).order_by("created_at", "id"))


def invitations(actor: Actor) -> list[Invitation]:
    """What the actor's company has sent and nobody has answered yet, newest first."""
    if actor.company_id is None:
        return []
    return list(_open_invitations().filter(company_id=actor.company_id).order_by("-id"))


def invitations_for(actor: Actor) -> list[Invitation]:
    """Invitations written to a verified address of this person, each with `.company`."""
    if actor.kind != "person":
        return []
    mine = EmailAddress.objects.filter(user_id=actor.person_id, verified=True).values("email")
    return list(_open_invitations().filter(for_staff=False, email__in=mine).select_related("company").order_by("-id"))


def invitation_by_token(token: str, *, for_staff: bool = False) -> Invitation:
    """The open invitation behind a link; NotVisible for one that is over or was never written."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    return _one(_open_invitations().filter(token_hash=digest, for_staff=for_staff).select_related("company"))


def _open_invitations() -> QuerySet[Invitation]:
    return Invitation.objects.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=EfNow())


def keys(actor: Actor) -> list[ApiKey]:
    """The company's API keys, living ones first, newest first."""
    found = ApiKey.objects.filter(company_id=actor.company_id).select_related("made_by").order_by("-id")
    return sorted(found, key=lambda key: key.revoked_at is not None)


def sessions(actor: Actor) -> list[UserSession]:
    """The browsers in which the person is signed in, newest first."""
    person = Person.objects.filter(pk=actor.person_id).first()
    if person is None:
        return []
    return sorted(UserSession.objects.purge_and_list(person), key=lambda session: session.last_seen_at, reverse=True)


def open_stops(company_ids: Iterable[UUID]) -> list[Stop]:
    """What may not move now for these companies."""
    return list(Stop.objects.filter(_still_open(), company_id__in=list(company_ids), lifted_at=None).order_by("id"))


def _still_open() -> Q:
    return Q(lifted_at=None) & (Q(until=None) | Q(until__gt=EfNow()))


def stopped_companies(kind: str) -> QuerySet[Stop, Any]:
    """The ids of companies with an open stop of this kind, to stand inside another query (`company_id__in`)."""
    return Stop.objects.filter(_still_open(), kind=kind, lifted_at=None).values("company_id")


_STOPPED = """
    SELECT EXISTS (
        SELECT FROM companies_stop
        WHERE company_id = ANY(%s::uuid[]) AND kind = %s AND lifted_at IS NULL AND (until IS NULL OR until > ef_now())
    )
"""


def lock_companies(company_ids: list[UUID], *, alone: bool = False) -> None:
    """Share-lock them in the order of their ids: first in the lock order, against a stop that is being placed. `alone` keeps every
    other verb that locks one of them away until this transaction ends."""
    ask(_locking(company_ids, "NO KEY UPDATE" if alone else "SHARE"), company_ids)


def _locking(company_ids: list[UUID], how: str) -> str:
    marks = ", ".join(["%s"] * len(company_ids)) or "NULL"  # an array of unknown length would be planned anew each time
    return f"SELECT id FROM companies_company WHERE id IN ({marks}) ORDER BY id FOR {how}"  # noqa: S608


def refuse_stopped(company_ids: list[UUID], kind: str) -> None:
    """Share-lock the companies in the order of their ids, then refuse when a stop of this kind stands."""
    # Two statements, so that the second sees the stop of a transaction that the lock waited for.
    _locked, [(is_stopped,)] = ask_all((_locking(company_ids, "SHARE"), company_ids), (_STOPPED, [company_ids, kind]))
    if is_stopped:
        raise Refused("companies.stopped", _("The platform has stopped this for one of the companies."), status=403)


check_stops_with(refuse_stopped)


_LINKED = """
    SELECT person_id FROM companies_membership WHERE company_id = ANY(%(ids)s::uuid[])
    UNION SELECT verified_by FROM companies_company WHERE id = ANY(%(ids)s::uuid[]) AND verified_by IS NOT NULL
    UNION SELECT substring(s.placed_by FROM '[^:]+$')::uuid FROM companies_stop s
        WHERE s.company_id = ANY(%(ids)s::uuid[]) AND s.placed_by LIKE 'operator:%%'
    UNION SELECT substring(a.actor FROM '[^:]+$')::uuid FROM companies_auditnote a
        WHERE a.subject = ANY(%(ids)s::uuid[]) AND a.actor LIKE 'operator:%%' AND a.act IN ('verified', 'proposed a verification')
"""


def linked_people(company_ids: Iterable[UUID]) -> set[UUID]:
    """Who has or had something to do with one of these companies (I16): its people, also former ones, and the staff who looked at
    its verification, decided it or placed its stops. They do not judge it."""
    return {row[0] for row in ask(_LINKED, {"ids": list(company_ids)})}


def audit_notes(subject: UUID) -> list[AuditNote]:
    """What privileged people did to it, newest first."""
    return list(AuditNote.objects.filter(subject=subject).order_by("-id"))


def _one(rows: QuerySet[_Row]) -> _Row:
    row = rows.first()
    if row is None:
        raise NotVisible
    return row
