"""A company comes in, and says who it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from everfair.base import clock
from everfair.base.actor import Actor
from everfair.base.events import emit
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.companies.actions import reading
from everfair.companies.models import AuditNote, Company, Membership, Person
from everfair.companies.roles import OWNING
from everfair.companies.values import skeleton
from everfair.events.companies import CompanyProfileChanged, CompanyRegistered, MembershipChanged
from everfair.files.queries import own_pictures

LOOKALIKE = "lookalike name"
_KINDS = ("trader", "factory", "inspector", "carrier")
_EDITABLE = frozenset(
    {
        *("name", "names", "address", "phone", "website", "about", "kind"),
        *("founded_year", "staff_count", "is_seller", "is_buyer", "logo_id", "languages"),
    }
)


def register_company(
    *,
    name: str,
    country: str,
    registration_kind: str,
    registration_number: str,
    by: Actor,
    names: Mapping[str, str] | None = None,
    address: Mapping[str, Any] | None = None,
    phone: str = "",
    website: str = "",
    about: Mapping[str, str] | None = None,
    kind: str = "trader",
    founded_year: int | None = None,
    staff_count: int | None = None,
    languages: Iterable[str] = (),
    is_seller: bool = False,
    is_buyer: bool = True,
) -> Company:
    """A new company, owned by the person who registers it; they act for it from now on.

    `names`: language → the same name in that script. `address`: {"lines", "city", "region", "postcode"} as the country
    writes it. Refuses a registration number that its register could not have issued, and one that is here already.
    A name that the eye takes for another company's is let in and noted for the operator (see `looks_like_another`).
    """
    if by.kind not in ("person", "system"):
        raise Refused("companies.staff_register_none", _("Staff of the operator belong to no company."), status=403)
    code = reading.read_country(country)
    clean = _read(
        {
            "name": name,
            "names": names or {},
            "address": address or {},
            "phone": phone,
            "website": website,
            "about": about or {},
            "kind": kind,
            "founded_year": founded_year,
            "staff_count": staff_count,
            "languages": languages,
            "is_seller": is_seller,
            "is_buyer": is_buyer,
        },
        code,
    )
    number = reading.read_registration(code, registration_kind, registration_number)
    _refuse_idle(clean["is_seller"], clean["is_buyer"])
    with transaction.atomic():
        company = Company(country=code, registration_kind=registration_kind, registration_number=number, **clean)
        _name_skeletons(company)
        try:
            with transaction.atomic():
                company.save()
        except IntegrityError as clash:
            if "companies_company_registered_once" not in str(clash):
                raise
            known = Company.objects.filter(country=code, registration_kind=registration_kind, registration_number=number)
            if Membership.objects.filter(person_id=by.person_id, ended_at=None, company__in=known).exists():
                raise AlreadyDone("companies.registered_by_you", _("You have registered this company already.")) from None
            message = _("A company with this number is here already. Ask its owner to invite you.")
            raise Refused("companies.registered_already", message, field="registration_number") from None
        company.refresh_from_db(fields=["number", "created_at"])
        emit(CompanyRegistered(company.pk), by=by)
        if by.person_id:
            Membership.objects.create(person_id=by.person_id, company=company, roles=["owner"])
            Person.objects.filter(pk=by.person_id).update(current_company_id=company.pk)
            emit(MembershipChanged(company.pk, by.person_id), by=by)
        _note_lookalikes(company, by)
    return company


def edit_profile(company_id: UUID, *, by: Actor, **changes: Any) -> Company:
    """Change what the passport shows; only what is named changes.

    Country and registration never change. A new name in any script ends the verification mark, because the
    mark spoke of the old one. Refuses unknown columns.
    """
    if by.kind != "system" and by.company_id != company_id:
        raise NotVisible
    if by.kind != "system" and not OWNING.admits(by):
        raise Refused("companies.owners_only", _("Only an owner may do this."), status=403)
    if unknown := set(changes) - _EDITABLE:
        raise reading.refused_field(sorted(unknown)[0], "not_editable", _("This cannot be changed here."))
    with transaction.atomic():
        company = Company.objects.select_for_update(no_key=True).filter(pk=company_id).first()
        if company is None:
            raise NotVisible
        old_names = (company.name, company.names)
        clean = _read(changes, company.country)
        if clean.get("logo_id") and not own_pictures([clean["logo_id"]], company_id):
            raise reading.refused_field("logo", "logo", _("Please send the logo as a picture."))
        for column, value in clean.items():
            setattr(company, column, value)
        _refuse_idle(company.is_seller, company.is_buyer)
        renamed = (company.name, company.names) != old_names
        if renamed:
            _name_skeletons(company)
            if company.verified_at is not None:
                AuditNote.objects.create(
                    actor=by.label,
                    act="verification ended by a new name",
                    subject=company.pk,
                    before={"name": old_names[0], "names": old_names[1]},
                    after={"name": company.name, "names": company.names},
                )
                company.verified_at, company.verified_until, company.verification_note, company.verified_by = None, None, "", None
        company.save()
        if renamed:
            _note_lookalikes(company, by)
        emit(CompanyProfileChanged(company.pk), by=by)
    return company


def _read(values: Mapping[str, Any], country: str) -> dict[str, Any]:
    """The columns, clean."""
    clean: dict[str, Any] = {}
    for column, value in values.items():
        match column:
            case "name":
                clean[column] = reading.read_name(value)
            case "names":
                clean[column] = reading.read_texts(value, column, longest=200)
            case "about":
                clean[column] = reading.read_texts(value, column, longest=4000, many_lines=True)
            case "address":
                clean[column] = reading.read_address(value)
            case "phone":
                clean[column] = reading.read_phone_of(value, country)
            case "website":
                clean[column] = reading.read_website(value)
            case "kind":
                if value not in _KINDS:
                    raise reading.refused_field(column, "unknown_kind", _("There is no such kind of company."))
                clean[column] = value
            case "founded_year":
                clean[column] = reading.read_whole(value, column, least=reading.OLDEST_FOUNDING, most=clock.now().year)
            case "staff_count":
                clean[column] = reading.read_whole(value, column, least=1, most=reading.LARGEST_STAFF)
            case "is_seller" | "is_buyer":
                if not isinstance(value, bool):
                    raise reading.refused_field(column, "flag", _("Please say yes or no."))
                clean[column] = value
            case "languages":
                clean[column] = reading.read_languages(value)
            case "logo_id":
                clean[column] = value
    return clean


def _refuse_idle(is_seller: bool, is_buyer: bool) -> None:
    if not (is_seller or is_buyer):
        raise reading.refused_field("is_buyer", "neither_side", _("Please choose whether you buy, sell or both."))


def _name_skeletons(company: Company) -> None:
    company.name_skeleton = skeleton(company.name)
    company.skeletons = sorted({skeleton(text) for text in (company.name, *company.names.values())} - {""})


def _note_lookalikes(company: Company, by: Actor) -> None:
    same = Company.objects.filter(Q(name_skeleton__in=company.skeletons) | Q(skeletons__overlap=company.skeletons))
    if not company.skeletons:
        return
    others = list(same.exclude(pk=company.pk).order_by("number").values_list("number", flat=True)[:20])
    if others:
        AuditNote.objects.create(
            actor=by.label,
            act=LOOKALIKE,
            subject=company.pk,
            reason=", ".join(f"№{number}" for number in others),
            after={"number": company.number, "name": company.name, "like": others},
        )
