"""Companies as the operator sees them: the list with its queues, and the whole file of one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from everfair.base import clock
from everfair.base.actor import Actor
from everfair.catalog.queries import count_own
from everfair.catalog.values import OFFER_REMOVED
from everfair.companies import queries as companies
from everfair.ledger.queries import Held, wallets
from everfair.office.queries.queues import SOON_DAYS
from everfair.office.queries.sql import literal_prefix, rows
from everfair.office.queries.trail import TrailLine, staff_names, trail
from everfair.office.values import LOOKALIKE, NAME_CLEARED
from everfair.payments.queries import bank_accounts_of
from everfair.trade.queries import HeldSum, held_sums, orders_visible_to
from everfair.trust.queries import links_of, verifications_visible_to

STOPS = ("deposit", "release", "payout", "listing")
# What the audit trail calls the giving and taking of marks (`companies.values.ACT_WORDS`).
MARKS = ("verified", "verification withdrawn", "verification ended by a new name")
AGAINST = ("verification withdrawn",)
# An address, or what stands behind its @.
_ADDRESS = re.compile(r"[^\s@]*@?[^\s@]+\.[^\s@.]{2,}")


def companies_page(by: Actor, *, search: str = "", queue: str = "", before: int | None = None, limit: int = 50) -> list[Any]:
    """Newest first; `before` is the number of the last one seen.

    `search` is a number, the beginning of a registration number, a part of a name in any script, a person's address or the
    domain behind the @. `queue` is unverified, expiring, verified, lookalike or stopped.
    """
    found = companies.companies_visible_to(by)
    if text := search.strip():
        found = found.filter(_answers(text))
    if queue == "unverified":
        found = found.filter(Q(verified_until=None) | Q(verified_until__lt=_today()), is_seller=True)
    elif queue == "expiring":
        today = _today()
        found = found.filter(verified_until__gte=today, verified_until__lt=today + timedelta(days=SOON_DAYS), is_seller=True)
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


def _answers(text: str) -> Q:
    number = whole_number(text)
    if text.startswith("№") and number is not None:
        return Q(number=number)
    wanted = Q(name__icontains=text) | Q(registration_number__istartswith=text) | Q(names__icontains=text)
    if number is not None:
        wanted |= Q(number=number)
    if _ADDRESS.fullmatch(text):
        wanted |= Q(pk__in=_with_address(text)) | Q(website__icontains=text.lstrip("@"))
    return wanted


def companies_found(text: str, by: Actor) -> list[UUID]:
    """The ids of companies that such a search finds; at most two hundred."""
    return list(companies.companies_visible_to(by).filter(_answers(text)).order_by("-number").values_list("pk", flat=True)[:200])


def whole_number(text: str) -> int | None:
    """«№1017» or «1017» as people write a company's number."""
    digits = text.removeprefix("№").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None


def _with_address(text: str) -> list[UUID]:
    """Companies whose people have this address, or one at this domain."""
    whole = "@" in text[1:]
    query = """
        SELECT DISTINCT m.company_id FROM companies_membership m JOIN companies_person p ON p.id = m.person_id
        WHERE m.ended_at IS NULL AND (CASE WHEN %(whole)s THEN lower(p.email) = %(text)s ELSE
            lower(p.email) LIKE '%%@' || %(like)s OR lower(p.email) LIKE '%%.' || %(like)s END)"""
    text = text.lower() if whole else text.lower().lstrip("@")
    return [row["company_id"] for row in rows(query, {"whole": whole, "text": text, "like": literal_prefix(text)})]


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
class Sanction:
    """What the platform did against a company: a stop (with its end), a mark taken away, an offer removed."""

    act: str
    at: datetime
    reason: str
    who: str
    until: datetime | None = None
    lifted_at: datetime | None = None
    lifted_by: str = ""


@dataclass(frozen=True, slots=True)
class CompanyFile:
    """Everything the platform knows of a company that a verifier needs."""

    company: Any
    passport: companies.Passport
    members: list[Any]
    stops: list[Any]
    notes: list[TrailLine]
    marks: list[TrailLine]
    sanctions: list[Sanction]
    wallets: dict[str, Held]
    escrow: list[HeldSum]
    bank_accounts: list[Any]
    orders: list[Any]
    orders_count: int
    offers_count: dict[str, int]
    lookalike: str
    verifications: list[Any]
    links: list[Any]

    @property
    def is_verified(self) -> bool:
        return self.passport.verified_on is not None


def company_file(number: int, language: str, by: Actor) -> CompanyFile:
    """NotVisible when there is no company of this number. A fixed number of queries."""
    company = companies.company_by_number(number, by)
    # The company's own lists, as its owner has them.
    within = Actor(kind="person", person_id=by.person_id, company_id=company.pk)
    theirs = orders_visible_to(by).filter(Q(buyer_id=company.pk) | Q(seller_id=company.pk))
    return CompanyFile(
        company=company,
        passport=companies.passport(company, language),
        members=companies.members(within),
        stops=companies.open_stops([company.pk]),
        notes=trail(subjects=[company.pk], limit=12),
        marks=trail(subjects=[company.pk], acts=MARKS, limit=20),
        sanctions=sanctions(company.pk),
        wallets=wallets(company.pk),
        escrow=held_sums(within),
        bank_accounts=list(bank_accounts_of(within)),
        orders=list(theirs.select_related("buyer", "seller").order_by("-number")[:10]),
        orders_count=theirs.count(),
        offers_count=count_own(within) if company.is_seller else {},
        lookalike=_lookalike(company.pk),
        verifications=list(verifications_visible_to(by).filter(company_id=company.pk).order_by("-number")[:10]),
        links=links_of(company.pk),
    )


_SANCTIONS = """
    SELECT s.id, 'placed a ' || s.kind || ' stop' AS act, s.created_at AS at, s.reason, s.placed_by AS actor, s.until, s.lifted_at,
        s.lifted_by
    FROM companies_stop s WHERE s.company_id = %(company)s
    UNION ALL SELECT n.id, n.act, n.created_at, n.reason, n.actor, NULL, NULL, '' FROM companies_auditnote n
    WHERE n.subject = %(company)s AND n.act = ANY(%(against)s)
    UNION ALL SELECT n.id, n.act, n.created_at, n.reason, n.actor, NULL, NULL, '' FROM companies_auditnote n
    JOIN catalog_offer o ON o.id = n.subject WHERE o.company_id = %(company)s AND o.state = 'removed' AND n.act = %(removed)s
    ORDER BY at DESC, id DESC LIMIT 50"""


def sanctions(company_id: UUID) -> list[Sanction]:
    """Newest first, ended ones too: one query, and one for the names of who did it."""
    found = rows(_SANCTIONS, {"company": company_id, "against": list(AGAINST), "removed": OFFER_REMOVED})
    names = staff_names([row["actor"] for row in found] + [row["lifted_by"] for row in found])
    return [
        Sanction(
            row["act"], row["at"], row["reason"], names.get(row["actor"], ""), row["until"], row["lifted_at"],
            names.get(row["lifted_by"], ""),
        )
        for row in found
    ]  # fmt: skip


def _lookalike(company_id: UUID) -> str:
    """What the name is like, while it waits for somebody's eyes; «» when nobody noted it, or somebody has looked since."""
    found = rows(
        "SELECT act, reason FROM companies_auditnote WHERE subject = %(company)s AND act = ANY(%(acts)s) ORDER BY id DESC LIMIT 1",
        {"company": company_id, "acts": [LOOKALIKE, NAME_CLEARED]},
    )
    return found[0]["reason"] or "—" if found and found[0]["act"] == LOOKALIKE else ""
