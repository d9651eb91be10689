"""Facts of suppliers from the live tables, many at a time: nine queries for any number of ids.

What identifies (telephone, bank account, address, paper, browser) leaves here only as a keyed hash. Amounts become US dollars by the
newest published rates; a currency nobody publishes counts as dollars, for sizes are compared, nothing is booked.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings

from everfair.base.money import Money
from everfair.base.rows import ask
from everfair.files.queries import who_shows_alike
from everfair.payments.queries import newest_rates
from everfair.risk.facts import Complaint, Deal, Listing, Message, Rating, Supplier

# What a buyer says of a line → the kind of complaint.
COMPLAINTS = {
    "not_received": "not shipped",
    "counterfeit": "fake",
    "late": "late",
    "short": "quality",
    "wrong": "quality",
    "defective": "quality",
}
# The likeness of a picture is signed in the database.
_UNSIGNED = (1 << 64) - 1
# Houses where everybody has their letters: sharing one says nothing.
OPEN_MAIL = frozenset({
    "gmail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com", "proton.me", "protonmail.com", "gmx.de", "web.de", "mail.ru",
    "163.com", "126.com", "qq.com", "foxmail.com", "sina.com", "aliyun.com", "hinet.net", "yeah.net",
})  # fmt: skip


def seller_ids() -> list[UUID]:
    return [row[0] for row in ask("SELECT id FROM companies_company WHERE is_seller ORDER BY id")]


def suppliers(ids: Sequence[UUID]) -> list[Supplier]:
    """Facts of these companies, in their order; ids that are none are left out. Nine queries."""
    given = [list(ids)]
    dollars = _Dollars()
    traits = traits_of(given[0])
    listings, deals, messages, complaints, ratings = (defaultdict[UUID, list[Any]](list) for _ in range(5))
    for company, category, unit, currency, price, moq, on, photo in ask(_LISTINGS, given):
        dollar = dollars.of_major(price / 1e6, currency)
        listings[company].append(Listing(f"{category}/{unit}", dollar, max(1, int(moq)), on, photo & _UNSIGNED))
    for company, buyer, category, total, currency, on, shipped, received, late, lost in ask(_DEALS, given):
        deals[company].append(
            Deal(str(buyer), category or "", dollars.of_minor(total, currency), on, "escrow", shipped, received, late or 0, lost)
        )
    for company, buyer, on, text in ask(_MESSAGES, given):
        messages[company].append(Message(str(buyer), on, text))
    for company, buyer, on, total, currency, reasons in ask(_COMPLAINTS, given):
        kinds = [COMPLAINTS.get(reason, "other") for reason in reasons]
        worst = next((kind for kind in ("not shipped", "fake", "quality", "late") if kind in kinds), "other")
        complaints[company].append(Complaint(str(buyer), on, dollars.of_minor(total, currency), worst))
    for company, buyer, on, grades in ask(_RATINGS, given):
        ratings[company].append(Rating(str(buyer), on, round(sum(grades.values()) / len(grades)) if grades else 0))
    return [
        Supplier(
            id=str(company), country=country, registered_on=on, salesperson=str(by) if by else None,
            reviewers=tuple(str(person) for person in (maker, checker) if person), level=level or "registered",
            traits=frozenset(traits.get(company, ())), listings=tuple(listings[company]), deals=tuple(deals[company]),
            messages=tuple(messages[company]), complaints=tuple(complaints[company]), ratings=tuple(ratings[company]),
        )
        for company, country, on, by, level, maker, checker in ask(_COMPANIES, given)
    ]  # fmt: skip


def traits_of(ids: Sequence[UUID]) -> dict[UUID, set[tuple[str, str]]]:
    """What each of these companies has that another might have too, as (kind, keyed hash). One query."""
    found: dict[UUID, set[tuple[str, str]]] = defaultdict(set)
    for company, kind, value in ask(_TRAITS_OF, [list(ids)]):
        if kind != "email_domain" or value not in OPEN_MAIL:
            found[company].add((kind, digest(kind, value)))
    return found


def neighbourhood(company_id: UUID, *, most: int, bits: int = 6) -> list[tuple[str, str, UUID]]:
    """(kind, keyed hash, company) for every trait that this company shares with at most `most` in all, itself included. Two queries.

    A picture counts as shared too when it differs from the other's in at most `bits` of its 64: made smaller, saved anew.
    """
    rows = ask(_NEAR, {"company": company_id, "most": most})
    found = [
        (kind, digest(kind, value), company) for kind, value, company in rows if kind != "email_domain" or value not in OPEN_MAIL
    ]
    alike: dict[int, set[UUID]] = defaultdict(set)
    for picture, other in who_shows_alike(company_id, bits):
        alike[picture].add(other)
    for picture, others in sorted(alike.items()):
        if len(others) < most:
            found += [("photo", digest("photo", str(picture)), company) for company in (company_id, *sorted(others))]
    return found


def digest(kind: str, value: str) -> str:
    """A keyed hash: equal for equal things of a kind, and nobody finds the number by trying."""
    return hmac.new(settings.SECRET_KEY.encode(), f"risk:{kind}:{value}".encode(), hashlib.sha256).hexdigest()[:24]


class _Dollars:
    def __init__(self) -> None:
        found = newest_rates()
        self.rates = {code: float(rate) for code, rate in found.rates.items()} if found else {}

    def of_major(self, amount: float, currency: str) -> float:
        if currency == "USD" or currency not in self.rates or "USD" not in self.rates:
            return float(amount)
        return float(amount) / self.rates[currency] * self.rates["USD"]

    def of_minor(self, amount: int, currency: str) -> float:
        return self.of_major(float(Money(amount, currency).amount), currency)


_COMPANIES = """
    SELECT c.id, c.country, c.created_at::date,
        (SELECT l.person_id FROM trust_link l WHERE l.company_id = c.id AND l.kind = 'onboarded' ORDER BY l.id LIMIT 1),
        v.level, v.maker_id, v.checker_id
    FROM companies_company c
    LEFT JOIN LATERAL (
        SELECT level, maker_id, checker_id FROM trust_verification
        WHERE company_id = c.id AND state = 'granted' ORDER BY number DESC LIMIT 1
    ) v ON true
    JOIN unnest(%s::uuid[]) WITH ORDINALITY AS given (id, n) ON given.id = c.id ORDER BY given.n
"""
_LISTINGS = """
    SELECT o.company_id, o.category, o.unit, o.currency, o.price_from, o.moq, o.created_at::date, coalesce(b.bits, 0) FROM catalog_offer o
    LEFT JOIN files_file f ON f.id = o.pictures[1] LEFT JOIN files_blob b ON b.sha256 = f.blob_id
    WHERE o.company_id = ANY(%s::uuid[]) AND o.state = 'published' AND o.price_from > 0 ORDER BY o.company_id, o.id
"""
# Only what was paid: from the moment its first stage was held.
_DEALS = """
    SELECT o.seller_id, o.buyer_id, l.category, o.total_minor, o.currency, s.at::date, o.shipped_at::date, o.received_at::date,
        greatest(0, coalesce(o.shipped_at::date, ef_now()::date) - o.ship_by),
        EXISTS (SELECT FROM disputes_claim c WHERE c.order_id = o.id AND c.state = 'decided' AND c.to_buyer_minor > 0)
    FROM trade_order o
    JOIN LATERAL (SELECT min(funded_at) AS at FROM trade_stage WHERE order_id = o.id) s ON s.at IS NOT NULL
    LEFT JOIN LATERAL (
        SELECT f.category || '/' || f.unit AS category FROM trade_orderline i JOIN catalog_offer f ON f.id = i.offer_id
        WHERE i.order_id = o.id ORDER BY i.n LIMIT 1
    ) l ON true
    WHERE o.seller_id = ANY(%s::uuid[]) ORDER BY o.seller_id, s.at, o.id
"""
# What it wrote to somebody who had not ordered from it by then.
_MESSAGES = """
    SELECT m.company_id, other.id, m.created_at::date, m.text
    FROM messaging_message m JOIN messaging_thread t ON t.id = m.thread_id
    JOIN LATERAL (SELECT unnest(t.company_ids) AS id) other ON other.id <> m.company_id
    WHERE m.company_id = ANY(%s::uuid[]) AND m.created_at > ef_now() - interval '180 days' AND m.text <> ''
        AND NOT EXISTS (SELECT FROM trade_order o WHERE o.seller_id = m.company_id AND o.buyer_id = other.id AND o.created_at < m.created_at)
    ORDER BY m.company_id, m.id
"""
_COMPLAINTS = """
    SELECT c.seller_id, c.buyer_id, c.created_at::date, c.amount_minor, c.currency, array_agg(l.reason ORDER BY l.id)
    FROM disputes_claim c JOIN disputes_claimline l ON l.claim_id = c.id
    WHERE c.seller_id = ANY(%s::uuid[]) AND c.state NOT IN ('draft', 'withdrawn') GROUP BY c.id ORDER BY c.seller_id, c.id
"""
_RATINGS = """
    SELECT r.subject_id, r.author_id, r.published_at::date, w.grades
    FROM reviews_review r JOIN reviews_wording w ON w.review_id = r.id AND w.n = r.version
    WHERE r.subject_id = ANY(%s::uuid[]) AND r.side = 'buyer' AND r.state = 'published' ORDER BY r.subject_id, r.id
"""
_TRAITS = """
    WITH trait AS (
        SELECT id AS company_id, 'phone' AS kind, phone AS value FROM companies_company WHERE is_seller AND phone <> ''
        UNION SELECT m.company_id, 'phone', p.phone FROM companies_membership m JOIN companies_person p ON p.id = m.person_id
            WHERE p.phone <> ''
        UNION SELECT company_id, 'bank', upper(replace(account, ' ', '')) FROM payments_bankaccount
        UNION SELECT id, 'address', regexp_replace(lower(address::text), '[^[:alnum:]]+', '', 'g') FROM companies_company
            WHERE is_seller AND address::text NOT IN ('{}', 'null')
        UNION SELECT id, 'document', country || registration_kind || upper(registration_number) FROM companies_company
            WHERE is_seller AND registration_number <> ''
        UNION SELECT v.company_id, 'document', f.blob_id FROM trust_check k JOIN trust_verification v ON v.id = k.verification_id
            JOIN files_file f ON f.id = ANY(k.file_ids)
        UNION SELECT o.company_id, 'photo', f.blob_id FROM catalog_offer o JOIN files_file f ON f.id = ANY(o.pictures)
        UNION SELECT m.company_id, 'email_domain', split_part(lower(p.email), '@', 2) FROM companies_membership m
            JOIN companies_person p ON p.id = m.person_id WHERE p.email LIKE '%%@%%'
        UNION SELECT m.company_id, 'device', host(u.ip) || ' ' || u.user_agent FROM companies_membership m
            JOIN usersessions_usersession u ON u.user_id = m.person_id WHERE u.user_agent <> ''
    ) _ASKED
"""
_TRAITS_OF = _TRAITS.replace("_ASKED", "SELECT company_id, kind, value FROM trait WHERE company_id = ANY(%s::uuid[])")
_NEAR = """, mine AS (SELECT kind, value FROM trait WHERE company_id = %(company)s)
    SELECT kind, value, company_id FROM (
        SELECT t.kind, t.value, t.company_id, count(*) OVER (PARTITION BY t.kind, t.value) AS n FROM trait t JOIN mine USING (kind, value)
    ) near WHERE n BETWEEN 2 AND %(most)s ORDER BY kind, value, company_id
"""
_NEAR = _TRAITS.replace("_ASKED", _NEAR)
