"""The directory of suppliers: who sells what where, narrowed by words, halls, countries and the mark."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from everfair.base.rows import ask, find
from everfair.companies.models import Company
from everfair.companies.values import skeleton
from everfair.markets.table import DEFAULT_MARKET
from everfair.reference import queries as reference

MOST_WORDS = 6
# Of a Latin word; Chinese says as much with one character.
LEAST_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the list is narrowed by. Several halls (or categories) or countries widen each other; words narrow."""

    market: str = DEFAULT_MARKET
    words: str = ""
    halls: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Facets:
    """How many suppliers each choice would leave, beside what the other groups ask for; `total` by all of them."""

    total: int
    verified: int
    countries: dict[str, int]
    halls: dict[str, int]


# The day by the platform's clock, as `clock.now().date()` has it.
_TODAY = "(ef_now() AT TIME ZONE 'UTC')::date"
# A listing stop hides a company.
_LISTED = """
    is_seller AND NOT EXISTS (
        SELECT FROM companies_stop s WHERE s.company_id = companies_company.id AND s.kind = 'listing'
        AND s.lifted_at IS NULL AND (s.until IS NULL OR s.until > ef_now()))
"""
# Each word is in a name (in any script), in the city, or in the name of something they make.
_WORD = """
    AND (EXISTS (SELECT FROM unnest(skeletons) AS own WHERE own LIKE %(like_{n})s)
        OR address ->> 'city' ILIKE %(city_{n})s OR address ->> 'region' ILIKE %(city_{n})s
        OR coalesce((SELECT a.codes && %(codes_{n})s::varchar[] FROM companies_assortment a
                     WHERE a.company_id = companies_company.id AND a.market = %(market)s), false))
"""
_IN_HALLS = """
    AND EXISTS (SELECT FROM companies_assortment a WHERE a.company_id = companies_company.id AND a.market = %(market)s
                AND a.codes && %(halls)s::varchar[])
"""
_MAKES = """(
    SELECT jsonb_build_object('offers', a.offer_count, 'makes', jsonb_path_query_array(a.makes, '$[0 to 2]'))::text
    FROM companies_assortment a WHERE a.company_id = companies_company.id AND a.market = %(market)s
)"""


def suppliers(asked: Narrowing = Narrowing(), *, before: int | None = None, limit: int = 24) -> list[Company]:
    """The newest first, in one query; `before` is the number of the last one seen. Each has `offer_count` and `makes`: the
    categories with most of its offers, three at most, as (code, offers); and `is_marked`, whether the mark still counts."""
    where, params = _narrowed(asked)
    if asked.countries:
        where += " AND country = ANY(%(countries)s::varchar[])"
    if asked.verified:
        where += f" AND verified_until >= {_TODAY}"
    if asked.halls:
        where += _IN_HALLS
    if before is not None:
        where += " AND number < %(before)s"
    found = find(
        Company,
        f"{where} ORDER BY number DESC LIMIT %(limit)s",
        params | {"before": before, "limit": limit},
        also={"made": _MAKES, "is_marked": f"coalesce(verified_until >= {_TODAY}, false)"},
    )
    for company in found:
        made: dict[str, Any] = json.loads(company.made) if company.made else {"offers": 0, "makes": []}  # type: ignore[attr-defined]
        company.offer_count = made["offers"]  # type: ignore[attr-defined]
        company.makes = [(code, count) for code, count in made["makes"]]  # type: ignore[attr-defined]
    return found


_FACETS = """
    WITH listed AS (
        SELECT country, coalesce(verified_until >= {today}, false) AS is_marked, coalesce(a.codes, '{{}}') AS codes
        FROM companies_company LEFT JOIN companies_assortment a ON a.company_id = companies_company.id AND a.market = %(market)s
        WHERE {where}
    ), judged AS (
        SELECT country, codes, is_marked, (is_marked OR NOT %(verified)s) AS in_mark,
            (%(countries)s::varchar[] = '{{}}' OR country = ANY(%(countries)s::varchar[])) AS in_country,
            (%(halls)s::varchar[] = '{{}}' OR codes && %(halls)s::varchar[]) AS in_hall
        FROM listed
    )
    SELECT 'country', country, count(*) FROM judged WHERE in_mark AND in_hall GROUP BY country
    UNION ALL
    SELECT 'hall', code, count(*) FROM judged, unnest(codes) AS code
    WHERE in_mark AND in_country AND strpos(code, '/') = 0 GROUP BY code
    UNION ALL
    SELECT 'verified', '', count(*) FROM judged WHERE in_country AND in_hall AND is_marked
    UNION ALL
    SELECT 'total', '', count(*) FROM judged WHERE in_mark AND in_country AND in_hall
"""


def facets(asked: Narrowing) -> Facets:
    """How many there are of each kind: one query."""
    where, params = _narrowed(asked)
    counts: dict[str, dict[str, int]] = {"country": {}, "hall": {}, "verified": {}, "total": {}}
    for kind, code, count in ask(_FACETS.format(where=where, today=_TODAY), params):
        counts[kind][code] = count
    return Facets(counts["total"].get("", 0), counts["verified"].get("", 0), counts["country"], counts["hall"])


def _narrowed(asked: Narrowing) -> tuple[str, dict[str, Any]]:
    """The words alone, as text and parameters; and the parameters of the rest, which each query places for itself."""
    where = _LISTED
    params: dict[str, Any] = {
        "market": asked.market,
        "halls": list(asked.halls),
        "countries": list(asked.countries),
        "verified": asked.verified,
    }
    for n, word in enumerate(asked.words.split()[:MOST_WORDS]):
        seen = skeleton(word)
        where += _WORD.format(n=n)
        params |= {
            # A word of signs alone is in no name.
            f"like_{n}": f"%{_literal(seen)}%" if seen else "",
            f"city_{n}": f"{_literal(word)}%",
            f"codes_{n}": list(_categories_named(word.casefold())),
        }
    return where, params


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


@lru_cache(maxsize=512)
def _categories_named(word: str) -> tuple[str, ...]:
    """Categories and halls whose name in any language holds this word, in the singular too."""
    if word.isascii() and len(word) < LEAST_LETTERS:
        return ()
    stem = word[:-1] if word.isascii() and word.endswith("s") and len(word) > LEAST_LETTERS else word
    return tuple(code for code, each in reference.categories().items() if any(stem in text for text in _texts(each)))


def _texts(category: Any) -> Iterable[str]:
    yield from (name.casefold() for name in (category.names.en, category.names.zh_hant, category.names.zh_hans))
    yield from (word.casefold() for word in category.keywords)
