"""Counting how suppliers stand: all of a market each night, one of them at once after something grave or when it asks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.events import emit
from everfair.base.ids import new_id
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask
from everfair.events.trust import FactCorrected, StandingChanged, StandingsCounted
from everfair.markets.queries import rules_at
from everfair.markets.table import MARKETS
from everfair.trust.models import Fact
from everfair.trust.queries.standing import UNKNOWN, count_facts, last_averages, latest_standing, market_totals
from everfair.trust.values.standing import PILLARS, Marked, as_json, averages_of, mark_company

# A write transaction that stays open makes every cursor wait: a batch takes well below a second.
_BATCH = 2_000
# Of the days before only the numbers are kept: what they were made of stands in the facts.
_WRITE = """
    WITH given AS (
        SELECT company_id, goods, delivery, service, honesty, stars, told
        FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (company_id uuid, goods numeric, delivery numeric, service numeric, honesty numeric,
            stars smallint, told jsonb)
    ), former AS (
        SELECT DISTINCT ON (s.company_id) s.company_id, s.goods, s.delivery, s.service, s.honesty, s.stars
        FROM trust_standing s JOIN given g USING (company_id) WHERE s.market = %(market)s AND s.day <= %(day)s
        ORDER BY s.company_id, s.day DESC
    ), explained AS (
        UPDATE trust_standing s SET told = '{}' FROM given g
        WHERE s.company_id = g.company_id AND s.market = %(market)s AND s.day < %(day)s AND s.told <> '{}'
    ), written AS (
        INSERT INTO trust_standing (company_id, market, day, goods, delivery, service, honesty, stars, told, whole)
        SELECT company_id, %(market)s, %(day)s, goods, delivery, service, honesty, stars, told, %(whole)s FROM given ORDER BY company_id
        ON CONFLICT (company_id, market, day) DO UPDATE SET goods = excluded.goods, delivery = excluded.delivery, service = excluded.service,
            honesty = excluded.honesty, stars = excluded.stars, told = excluded.told,
            whole = trust_standing.whole OR excluded.whole, made_at = ef_now()
    )
    SELECT count(*) FROM given g LEFT JOIN former f USING (company_id)
    WHERE (floor(g.goods), floor(g.delivery), floor(g.service), floor(g.honesty), g.stars)
        IS DISTINCT FROM (floor(f.goods), floor(f.delivery), floor(f.service), floor(f.honesty), f.stars)
"""
_FORGET = "DELETE FROM trust_standing WHERE market = %s AND day < %s"


def count_standings(market: str) -> int:
    """Count every supplier of a market of whom a fact of the last year is known, and keep it as today's; how many.

    The facts are summed in one statement, the rows written in batches. What is older than the history lasts is forgotten.
    Safe to repeat: today's rows are written anew.
    """
    at = now()
    rules = rules_at(market)
    counted = count_facts(market, rules, at)
    averages = averages_of(market_totals(counted), rules)
    companies = sorted(counted)
    changed = 0
    for start in range(0, len(companies), _BATCH):
        rows = [(company, mark_company(counted[company], averages, rules)) for company in companies[start : start + _BATCH]]
        with transaction.atomic():
            changed += _write(rows, market, at.date(), averages, whole=True)
    with transaction.atomic():
        ask(_FORGET, [market, at.date() - timedelta(days=int(rules["trust.history_days"]))])
        if counted:
            emit(StandingsCounted(new_id(), market, changed))
    return len(counted)


def refresh_standing(company_id: UUID, market: str) -> None:
    """Count one supplier anew, by what was usual in the market when all were counted last. In the running transaction, if any."""
    at = now()
    rules = rules_at(market)
    averages = last_averages(market) or averages_of({}, rules)
    counted = count_facts(market, rules, at, [company_id]).get(company_id, UNKNOWN)
    with transaction.atomic():
        if _write([(company_id, mark_company(counted, averages, rules))], market, at.date(), averages):
            emit(StandingChanged(company_id, market))


def ask_for_counting(market: str, *, by: Actor) -> None:
    """The company has its own standing counted now. Refuses it more often than `trust.refresh_hours` says."""
    if by.company_id is None or market not in MARKETS:
        raise NotVisible
    wait = timedelta(hours=int(rules_at(market)["trust.refresh_hours"]))
    with transaction.atomic():
        ask("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"standing:{by.company_id}:{market}"])
        former = latest_standing(by.company_id, market)
        if former is not None and former.made_at + wait > now():
            raise Refused(
                "trust.counted_lately",
                _("This was counted a short while ago. Please come back later; at night it is counted by itself."),
            )
        refresh_standing(by.company_id, market)


def correct_fact(fact_id: int, appeal_id: UUID, reason: str, *, by: Actor) -> None:
    """A granted appeal makes a fact void: a counter-fact with the reason is laid beside it, and nothing is changed or taken away.

    Everything the same event told of the company is void. Refuses an empty reason, and to correct a correction.
    """
    fact = Fact.objects.filter(pk=fact_id).exclude(kind="corrected").first()
    if fact is None:
        raise NotVisible
    if not reason.strip():
        raise Refused("trust.reason", _("Please give the reason."), field="reason", status=422)
    with transaction.atomic():
        emit(FactCorrected(fact.company_id, fact.side, fact.market, fact.event_seq, appeal_id, reason.strip()), by=by)


def _write(
    rows: Iterable[tuple[UUID, Marked]], market: str, day: date, averages: Mapping[str, Decimal], *, whole: bool = False
) -> int:
    """How many are others than before, as a reader sees them."""
    given = [_row(company, marked, averages) for company, marked in rows]
    return int(ask(_WRITE, {"rows": json.dumps(given), "market": market, "day": day, "whole": whole})[0][0])


def _row(company: UUID, marked: Marked, averages: Mapping[str, Decimal]) -> dict[str, Any]:
    points = {name: str(marked.points[name]) for name in PILLARS}
    return {"company_id": str(company), **points, "stars": marked.stars, "told": as_json(marked, averages)}
