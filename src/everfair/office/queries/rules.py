"""Every number of a rule with what holds now, and all its versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from everfair.base import clock
from everfair.base.refused import NotVisible
from everfair.markets.queries import rules_at
from everfair.markets.rules import RULES, Rule
from everfair.markets.table import MARKETS
from everfair.office.queries.sql import rows


@dataclass(frozen=True, slots=True)
class RuleRow:
    """`value` holds now in this market; `versions` counts those ever set, `waiting` those that begin later."""

    rule: Rule
    market: str
    value: Decimal
    versions: int
    waiting: int

    @property
    def is_default(self) -> bool:
        return self.value == self.rule.default

    @property
    def source(self) -> str:
        """Where the number comes from, in the reader's language."""
        return gettext(self.rule.source)


def rules_now(market: str) -> list[RuleRow]:
    if market not in MARKETS:
        raise NotVisible
    now = rules_at(market)
    counted = rows(
        """
        SELECT name, count(*) AS versions, count(*) FILTER (WHERE valid_from > %(now)s) AS waiting
        FROM markets_ruleversion WHERE market = %(market)s GROUP BY name""",
        {"market": market, "now": clock.now()},
    )
    by_name = {row["name"]: row for row in counted}
    nothing: dict[str, Any] = {"versions": 0, "waiting": 0}
    return [
        RuleRow(rule, market, now[name], (known := by_name.get(name, nothing))["versions"], known["waiting"])
        for name, rule in RULES.items()
    ]


@dataclass(frozen=True, slots=True)
class RuleVersionLine:
    value: Decimal
    valid_from: datetime
    set_by: str
    reason: str
    made_at: datetime
    holds: bool


def rule_history(name: str, market: str) -> tuple[RuleRow, list[RuleVersionLine]]:
    """The rule as it stands, and every version, the latest to begin first. NotVisible for an unknown rule or market."""
    row = next((row for row in rules_now(market) if row.rule.name == name), None)
    if row is None:
        raise NotVisible
    found = rows(
        """
        SELECT value, valid_from, set_by, reason, created_at FROM markets_ruleversion
        WHERE market = %(market)s AND name = %(name)s ORDER BY valid_from DESC, id DESC LIMIT 200""",
        {"market": market, "name": name},
    )
    now = clock.now()
    holding = next((n for n, version in enumerate(found) if version["valid_from"] <= now), None)
    lines = [
        RuleVersionLine(v["value"].normalize(), v["valid_from"], v["set_by"], v["reason"], v["created_at"], n == holding)
        for n, v in enumerate(found)
    ]
    return row, lines
