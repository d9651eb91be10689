"""Which market, and which number counts when."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import Http404

from everfair.base.rows import ask, find, find_one
from everfair.markets.fees import FeeTerms
from everfair.markets.models import FeeSchedule
from everfair.markets.rules import RULES
from everfair.markets.table import MARKETS
from everfair.markets.values import Market


def market(code: str) -> Market:
    """The market's row; Http404 for an unknown one."""
    try:
        return MARKETS[code]
    except KeyError:
        raise Http404(f"no market {code}") from None


def rules_at(market: str, at: datetime | None = None) -> dict[str, Decimal]:
    """Every rule's number in this market at a moment (now when none is given): one query.

    A contract keeps this whole dictionary, so that later changes never touch it.
    """
    values = {name: rule.default for name, rule in RULES.items()}
    values.update({name: _short(value) for name, value in _versions(market, at, None)})
    return values


def _versions(market: str, at: datetime | None, name: str | None) -> list[tuple[Any, ...]]:
    return ask(_IN_FORCE, {"market": market, "at": at, "name": name})


_IN_FORCE = """
    SELECT DISTINCT ON (name) name, value FROM markets_ruleversion
    WHERE market = %(market)s AND valid_from <= coalesce(%(at)s::timestamptz, ef_now())
        AND (%(name)s::varchar IS NULL OR name = %(name)s::varchar)
    ORDER BY name, valid_from DESC, id DESC
"""


def _short(value: Decimal) -> Decimal:
    """Without idle zeros; `normalize` alone would write 20 as 2E+1."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def rule(name: str, market: str, at: datetime | None = None) -> Decimal:
    """One rule's number in this market at a moment: one query. KeyError for a rule that nobody declared."""
    default = RULES[name].default
    versions = _versions(market, at, name)
    return _short(versions[0][1]) if versions else default


def fee_terms_at(market: str, plan: str = "", at: datetime | None = None) -> FeeTerms | None:
    """The schedule by which a contract of this market is signed at a moment (now when none is given): that of the plan, else
    everybody's; None where the market has none and the rule `trade.fee_rate` counts. One query."""
    found = find_one(FeeSchedule, _SCHEDULE, {"market": market, "plans": [plan, ""], "at": at})
    return found.terms if found else None


_SCHEDULE = """
    market = %(market)s AND plan = ANY(%(plans)s::varchar[]) AND valid_from <= coalesce(%(at)s::timestamptz, ef_now())
    ORDER BY plan DESC, valid_from DESC, id DESC LIMIT 1
"""


def fee_schedules(market: str) -> list[FeeSchedule]:
    """Every version of a market, the latest to begin first."""
    return find(FeeSchedule, "market = %s ORDER BY valid_from DESC, id DESC LIMIT 200", [market])
