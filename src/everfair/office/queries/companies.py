"""Companies as the operator sees them: the list with its queues, and the whole file of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from everfair.base import clock
from everfair.base.actor import Actor
from everfair.companies import queries as companies
from everfair.ledger.queries import Held, wallets
from everfair.office.queries.sql import rows
from everfair.office.values import LOOKALIKE, NAME_CLEARED
from everfair.payments.queries import bank_accounts_of
from everfair.trade.queries import orders_visible_to

STOPS = ("deposit", "release", "payout", "listing")


def companies_page(by: Actor, *, search: str = "", queue: str = "", before: int | None = None, limit: int = 50) -> list[Any]:
    """Newest first; `before` is the number of the last one seen.

    `search` is a number, the beginning of a registration number, or a part of a name in any script. `queue` is unverified,
    verified, lookalike or stopped.
    """
    found = companies.companies_visible_to(by)
    if text := search.strip():
        wanted = Q(name__icontains=text) | Q(registration_number__istartswith=text) | Q(names__icontains=text)
        number = text.removeprefix("№").strip()
        if number.isascii() and number.isdigit() and len(number) < 19:
            wanted |= Q(number=int(number))
        found = found.filter(wanted)
    if queue == "unverified":
        found = found.filter(Q(verified_until=None) | Q(verified_until__lt=_today()), is_seller=True)
    elif queue == "verified":
        found = found.filter(verified_until__gte=_today())
    elif queue == "lookalike":
        found = found.filter(pk__in=_lookalikes())
    elif queue == "stopped":
        stopped = Q()
        for kind in STOPS:
            stopped |= Q(pk__in=companies.stopped_companies(kind))
        found = found.filter(stopped)
    if before is not None:
        found = found.filter(number__lt=before)
    return list(found.order_by("-number")[:limit])


def _today() -> date:
    return clock.now().date()


def _lookalikes() -> list[UUID]:
    query = """
        SELECT DISTINCT n.subject FROM companies_auditnote n WHERE n.act = %(noted)s AND NOT EXISTS (
            SELECT FROM companies_auditnote c WHERE c.subject = n.subject AND c.act = %(cleared)s AND c.id > n.id)"""
    return [row["subject"] for row in rows(query, {"noted": LOOKALIKE, "cleared": NAME_CLEARED})]


def stopped_now(company_ids: list[UUID]) -> dict[UUID, list[str]]:
    """Company → the kinds of its open stops: one query for a list."""
    found: dict[UUID, list[str]] = {}
    for stop in companies.open_stops(company_ids):
        found.setdefault(stop.company_id, []).append(stop.kind)
    return found


@dataclass(frozen=True, slots=True)
class CompanyFile:
    """Everything the platform knows of a company that a verifier needs."""

    company: Any
    passport: companies.Passport
    members: list[Any]
    stops: list[Any]
    notes: list[Any]
    wallets: dict[str, Held]
    bank_accounts: list[Any]
    orders: list[Any]
    name_noted: bool

    @property
    def is_verified(self) -> bool:
        return self.passport.verified_on is not None


def company_file(number: int, language: str, by: Actor) -> CompanyFile:
    """NotVisible when there is no company of this number. A fixed number of queries."""
    company = companies.company_by_number(number, by)
    within = Actor(kind=by.kind, person_id=by.person_id, company_id=company.pk)  # the same eyes, turned to this company's lists
    notes = companies.audit_notes(company.pk)
    return CompanyFile(
        company=company,
        passport=companies.passport(company, language),
        members=companies.members(within),
        stops=companies.open_stops([company.pk]),
        notes=notes,
        wallets=wallets(company.pk),
        bank_accounts=list(bank_accounts_of(within)),
        orders=_orders(company.pk, by),
        name_noted=_is_noted(notes),
    )


def _orders(company_id: UUID, by: Actor) -> list[Any]:
    mine = orders_visible_to(by).filter(Q(buyer_id=company_id) | Q(seller_id=company_id))
    return list(mine.select_related("buyer", "seller").order_by("-number")[:10])


def _is_noted(newest_first: list[Any]) -> bool:
    """Whether the name waits for somebody's eyes: noted as alike, and not looked at since."""
    word = next((note.act for note in newest_first if note.act in (LOOKALIKE, NAME_CLEARED)), "")
    return word == LOOKALIKE
