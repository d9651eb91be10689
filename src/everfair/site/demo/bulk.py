"""Many companies and offers at once: rows are written in bulk, and everybody who follows them is told by the usual events."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import connection, transaction
from stdnum.cn import uscc

from everfair.base.actor import SYSTEM, Actor
from everfair.base.clock import now
from everfair.base.events import emit
from everfair.base.ids import new_id
from everfair.catalog.actions import import_offers
from everfair.companies.models import Company, Membership, Person
from everfair.companies.values import skeleton
from everfair.events.companies import CompanyRegistered
from everfair.markets.table import DEFAULT_MARKET
from everfair.site.demo import people
from everfair.site.demo.admitted import admit, reviewers
from everfair.site.demo.firms import Firm
from everfair.site.demo.plan import Stall

# Beside English and Chinese.
_SPOKEN = {"IN": ("hi",), "DE": ("de",), "BR": ("pt",), "CL": ("es",), "AE": ("ar",), "KE": ("sw",)}
_AGE_MINUTES = 45 * 24 * 60


def found_companies(firms: Iterable[Firm], password_hash: str, *, by: Actor, but: Container[str] = ()) -> dict[str, UUID]:
    """Register these companies with an owner each: code → company. All or nothing.

    Who shall carry a mark is granted the level once both reviewers are there; `but` names those who ask for theirs later.
    """
    wanted = list(firms)
    owners = {firm.code: _owner(firm, password_hash) for firm in wanted}
    companies = {firm.code: _company(firm) for firm in wanted}
    for code, company in companies.items():
        owners[code].current_company_id = company.pk
    with transaction.atomic():
        Person.objects.bulk_create(owners.values())
        EmailAddress.objects.bulk_create(
            EmailAddress(user=owner, email=owner.email, verified=True, primary=True) for owner in owners.values()
        )
        Company.objects.bulk_create(companies.values())
        Membership.objects.bulk_create(
            Membership(person=owners[code], company=company, roles=["owner"]) for code, company in companies.items()
        )
        for company in companies.values():
            emit(CompanyRegistered(company.pk), by=by)
        if two := reviewers():
            granted = {companies[firm.code].pk: firm for firm in wanted if firm.verified and firm.code not in but}
            admit(granted, two, now().date() + timedelta(days=330))
    return {code: company.pk for code, company in companies.items()}


def stock(stalls: Iterable[Stall], companies: dict[str, UUID]) -> int:
    """Import every stall's offers, published, through the door of a price list; how many there are now."""
    written = 0
    for stall in stalls:
        done = import_offers(companies[stall.firm.code], DEFAULT_MARKET, stall.offers, "all", by=SYSTEM, file_name="demo.csv")
        if not done.taken:
            raise RuntimeError(f"offers of {stall.firm.name} were refused: {done.errors[0]}")
        written += done.created
    return written


def moment_of(n: int, today: datetime) -> datetime:
    """When the n-th offer was last changed: they are spread over the last weeks, so that the newest come from everywhere."""
    return today - timedelta(minutes=n * 7919 % _AGE_MINUTES)


def spread_in_time() -> None:
    """Give the offers that were all written in one moment moments of their own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE catalog_offer SET updated_at = ef_now() - make_interval(mins => (number * 7919 %% %s)::integer)",
            [_AGE_MINUTES],
        )


def _owner(firm: Firm, password_hash: str) -> Person:
    return Person(
        id=new_id(),
        email=f"{firm.code}@{people.DOMAIN}",
        name=firm.person,
        language=firm.language,
        timezone=firm.timezone,
        password=password_hash,
    )


def _company(firm: Firm) -> Company:
    names = {"zh-hant": firm.hant, "zh-hans": firm.hans}
    is_chinese = firm.body.startswith("9")
    return Company(
        id=new_id(),
        name=firm.name,
        names=names,
        name_skeleton=skeleton(firm.name),
        skeletons=sorted({skeleton(name) for name in (firm.name, *names.values())} - {""}),
        country=firm.country,
        registration_kind="cn.uscc" if is_chinese else "other",
        registration_number=firm.body + uscc.calc_check_digit(firm.body) if is_chinese else firm.body,
        address={"lines": [firm.street], "city": firm.city, "region": firm.region, "postcode": firm.postcode},
        phone=firm.phone,
        website=firm.website,
        about={"en": firm.about, "zh-hant": firm.about_hant, "zh-hans": firm.about_hans},
        kind=firm.kind,
        founded_year=firm.founded,
        staff_count=firm.staff,
        languages=list(
            dict.fromkeys(["en", *(["zh"] if firm.country in ("CN", "HK", "TW") else []), *_SPOKEN.get(firm.country, ())])
        ),
        is_seller=firm.sells,
        is_buyer=not firm.sells,
    )
