"""How companies stand: their facts counted, and what was kept of it day by day."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from everfair.base.rows import ask, find, find_one
from everfair.trust.models import Fact, Standing
from everfair.trust.values.standing import MEASURES, WINDOWS, Counted, Credibility, Rules, Tally

# By measure: which references are counted, and with what. A settled order counts as much as the rule says.
_COUNTED = {
    "orders": ("ended", "CASE WHEN lost THEN 0 WHEN settled THEN %(settled)s ELSE 1 END"),
    "goods_stars": ("goods IS NOT NULL", "goods"),
    "on_time": ("days IS NOT NULL OR late OR undelivered", "CASE WHEN days <= 0 AND NOT undelivered THEN 1 ELSE 0 END"),
    "delivery_stars": ("delivery IS NOT NULL", "delivery"),
    "hours": (
        "answered_at IS NOT NULL AND asked_at IS NOT NULL OR asked_at < %(now)s - make_interval(hours => %(none)s)",
        "CASE WHEN answered_at IS NULL THEN %(none)s ELSE least(greatest(extract(epoch FROM answered_at - asked_at) / 3600, 0), %(none)s) END",
    ),
    "claims": ("claim_answered OR claim_silent", "CASE WHEN claim_silent THEN 0 ELSE 1 END"),
    "calm": ("ended", "CASE WHEN lost OR settled THEN 0 ELSE 1 END"),
    "service_stars": ("service IS NOT NULL", "service"),
    "kept": (
        "ended OR cancelled OR undelivered OR complained",
        "CASE WHEN cancelled OR undelivered OR misdescribed OR complained THEN 0 ELSE 1 END",
    ),
    "papers": ("proven OR lapsed", "CASE WHEN lapsed THEN 0 ELSE 1 END"),
}
_ORDERS = "ended OR cancelled OR undelivered OR late OR days IS NOT NULL"
_FLAGS = (
    "accepted", "late", "undelivered", "lost", "misdescribed", "settled", "cancelled", "complained", "claim_answered", "claim_silent", "proven", "lapsed",
)  # fmt: skip


def _sum_columns() -> str:
    columns = []
    for window in WINDOWS:
        where = "recent AND " if window == "quarter" else ""
        columns.append(f"count(*) FILTER (WHERE {where}({_ORDERS}))")
        for measure in MEASURES:
            counted, value = _COUNTED[measure.name]
            columns.append(
                f"count(*) FILTER (WHERE {where}({counted})), coalesce(sum({value}) FILTER (WHERE {where}({counted})), 0)"
            )
    return ", ".join(columns)


def _stars_column(aspect: str) -> str:
    return (
        f"(array_agg(CASE WHEN kind <> 'unrated' THEN value END ORDER BY event_seq DESC) "
        f"FILTER (WHERE kind IN ('rated_{aspect}', 'unrated')))[1] AS {aspect}"
    )


_FLAG_COLUMNS = ", ".join(f"coalesce(bool_or(kind = '{flag}'), false) AS {flag}" for flag in _FLAGS)
_STARS_COLUMNS = ", ".join(_stars_column(aspect) for aspect in ("goods", "delivery", "service"))
# One pass over the year's facts: first what became of each order, talk, review and verification, then the sums of each company.
_COUNT = f"""
    WITH heard AS (
        SELECT f.company_id, f.reference, f.kind, f.value, f.at, f.event_seq FROM trust_fact f
        WHERE f.market = %(market)s AND f.side = 'seller' AND f.kind <> 'corrected' AND f.at >= %(year)s
            AND (%(companies)s::uuid[] IS NULL OR f.company_id = ANY(%(companies)s))
            AND NOT EXISTS (SELECT FROM trust_fact c WHERE c.answers = f.event_seq AND c.company_id = f.company_id)
    ), known AS (
        SELECT company_id, max(at) >= %(quarter)s AS recent, min(value) FILTER (WHERE kind = 'shipped') AS days,
            min(at) FILTER (WHERE kind = 'asked') AS asked_at, min(at) FILTER (WHERE kind = 'answered') AS answered_at,
            {_FLAG_COLUMNS}, {_STARS_COLUMNS}
        FROM heard GROUP BY company_id, reference
    ), become AS (SELECT *, accepted OR lost OR settled AS ended FROM known)
    SELECT company_id, {_sum_columns()} FROM become GROUP BY company_id
"""  # noqa: S608  only names of ours


def count_facts(
    market: str, rules: Rules, at: datetime, companies: Sequence[UUID] | None = None
) -> dict[UUID, dict[str, Counted]]:
    """By company and window: one query, over all companies of a market or some. What a correction answers is not counted."""
    params = {
        "market": market, "companies": None if companies is None else list(companies), "now": at,
        "year": at - timedelta(days=int(rules["trust.year_days"])), "quarter": at - timedelta(days=int(rules["trust.quarter_days"])),
        "none": int(rules["trust.answer_none_hours"]), "settled": rules["trust.settled_credit"],
    }  # fmt: skip
    return {company: _counted(sums) for company, *sums in ask(_COUNT, params)}


def _counted(sums: Sequence[Any]) -> dict[str, Counted]:
    width = 1 + 2 * len(MEASURES)
    found = {}
    for place, window in enumerate(WINDOWS):
        orders, *values = sums[place * width : (place + 1) * width]
        pairs = zip(values[::2], values[1::2], strict=True)
        tallies = {m.name: Tally(Decimal(n), Decimal(total)) for m, (n, total) in zip(MEASURES, pairs, strict=True)}
        found[window] = Counted(orders, tallies)
    return found


UNKNOWN = {window: Counted(0, {}) for window in WINDOWS}


def market_totals(counted: Mapping[UUID, Mapping[str, Counted]]) -> dict[str, Tally]:
    """What all companies of a market did in the year, by measure."""
    found = {m.name: Tally() for m in MEASURES}
    for windows in counted.values():
        for name, tally in windows["year"].tallies.items():
            found[name] = found[name] + tally
    return found


def last_averages(market: str) -> dict[str, Decimal] | None:
    """What was usual when the market was last counted; None before that. One query."""
    rows = ask("SELECT told->>'averages' FROM trust_standing WHERE market = %s AND whole ORDER BY day DESC LIMIT 1", [market])
    return {name: Decimal(value) for name, value in json.loads(rows[0][0]).items()} if rows else None


def latest_standing(company_id: UUID, market: str) -> Standing | None:
    """One query."""
    return find_one(Standing, "company_id = %s AND market = %s ORDER BY day DESC LIMIT 1", [company_id, market])


def standing_history(company_id: UUID, market: str, *, days: int = 90) -> list[Standing]:
    """The newest days first, at most so many. One query."""
    return find(Standing, "company_id = %s AND market = %s ORDER BY day DESC LIMIT %s", [company_id, market, days])


def facts_of(company_id: UUID, market: str, *, limit: int = 20) -> list[Fact]:
    """The newest facts of a seller that say something of it, corrected ones beside their correction. One query."""
    where = """company_id = %s AND side = 'seller' AND market = %s AND kind NOT IN ('asked', 'answered', 'rated_delivery', 'rated_service')
        ORDER BY at DESC, id DESC LIMIT %s"""
    return find(Fact, where, [company_id, market, limit])


def day_of_counting(market: str) -> Any:
    """The newest day for which the whole market was counted; None before the first. One query."""
    return ask("SELECT max(day) FROM trust_standing WHERE market = %s AND whole", [market])[0][0]


_STARS_MOVED = """
    SELECT s.company_id FROM trust_standing s LEFT JOIN LATERAL (
        SELECT f.stars FROM trust_standing f WHERE f.company_id = s.company_id AND f.market = s.market AND f.day < s.day ORDER BY f.day DESC LIMIT 1
    ) f ON true
    WHERE s.market = %(market)s AND s.day = (SELECT max(day) FROM trust_standing WHERE market = %(market)s AND whole) AND s.whole
        AND s.stars IS DISTINCT FROM f.stars
"""


def stars_moved_last(market: str) -> list[UUID]:
    """The companies whose stars of the newest counting are others than on their day before it. One query."""
    return [company_id for (company_id,) in ask(_STARS_MOVED, {"market": market})]


_CREDIBILITY = """
    WITH heard AS (
        SELECT kind, reference, value FROM trust_fact f WHERE company_id = %(company)s AND side = 'buyer' AND at >= ef_now() - make_interval(days => %(days)s)
            AND NOT EXISTS (SELECT FROM trust_fact c WHERE c.answers = f.event_seq AND c.company_id = f.company_id)
    )
    SELECT count(*) FILTER (WHERE kind = 'paid' AND value <= 0), count(*) FILTER (WHERE kind IN ('paid', 'unpaid')),
        count(*) FILTER (WHERE kind IN ('won', 'settled')), count(*) FILTER (WHERE kind IN ('won', 'settled', 'lost', 'withdrawn')),
        count(*) FILTER (WHERE kind = 'cancelled')
    FROM heard
"""


def credibility(buyer_id: UUID, rules: Rules) -> Credibility:
    """Of the last year, in every market: how it paid, and how its claims ended; drawn to the prior as standings are. One query."""
    in_time, to_pay, fair, ended, stepped_back = ask(_CREDIBILITY, {"company": buyer_id, "days": int(rules["trust.year_days"])})[
        0
    ]
    weight, prior = rules["trust.prior_facts"], rules["trust.prior_rate"]

    def points(good: int, of: int) -> int | None:
        return int(100 * (good + weight * prior) / (of + weight)) if of else None

    return Credibility(points(in_time, to_pay), in_time, to_pay, points(fair, ended), fair, ended, stepped_back)


__all__ = [
    "UNKNOWN",
    "count_facts",
    "credibility",
    "day_of_counting",
    "facts_of",
    "last_averages",
    "latest_standing",
    "market_totals",
    "standing_history",
    "stars_moved_last",
]
