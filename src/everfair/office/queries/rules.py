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
from everfair.office.queries.trail import staff_names


@dataclass(frozen=True, slots=True)
class RuleRow:
    """`value` holds now in this market, since the moment and by the person of the newest version that has begun (None and «» while
    the declared number holds); `versions` counts those ever set, `waiting` those that begin later."""

    rule: Rule
    market: str
    value: Decimal
    versions: int
    waiting: int
    since: datetime | None = None
    set_by: str = ""
    reason: str = ""

    @property
    def is_default(self) -> bool:
        return self.value == self.rule.default

    @property
    def source(self) -> str:
        """Where the number comes from, in the reader's language."""
        return gettext(self.rule.source)


_COUNTED = """
    SELECT v.name, count(*) AS versions, count(*) FILTER (WHERE v.valid_from > ef_now()) AS waiting,
        (array_agg(v.valid_from ORDER BY v.valid_from DESC, v.id DESC) FILTER (WHERE v.valid_from <= ef_now()))[1] AS since,
        (array_agg(v.set_by ORDER BY v.valid_from DESC, v.id DESC) FILTER (WHERE v.valid_from <= ef_now()))[1] AS set_by,
        (array_agg(v.reason ORDER BY v.valid_from DESC, v.id DESC) FILTER (WHERE v.valid_from <= ef_now()))[1] AS reason
    FROM markets_ruleversion v WHERE v.market = %(market)s GROUP BY v.name"""


def rules_now(market: str) -> list[RuleRow]:
    """Every rule of a market as it stands: three queries at most."""
    if market not in MARKETS:
        raise NotVisible
    now = rules_at(market)
    by_name = {row["name"]: row for row in rows(_COUNTED, {"market": market})}
    names = staff_names(row["set_by"] for row in by_name.values() if row["set_by"])
    nothing: dict[str, Any] = {"versions": 0, "waiting": 0, "since": None, "set_by": None, "reason": None}
    found = []
    for name, rule in RULES.items():
        known = by_name.get(name, nothing)
        found.append(
            RuleRow(
                rule, market, now[name], known["versions"], known["waiting"], known["since"],
                names.get(known["set_by"] or "", ""), known["reason"] or "",
            )
        )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Kept:
    """Open contracts that were signed under this number, and the day of the oldest."""

    value: Decimal | None
    contracts: int
    oldest_at: datetime


def kept_numbers(name: str, market: str) -> list[Kept]:
    """Which numbers of a rule open contracts keep, the most frequent first: one query. Contracts from before the rule hold by
    its declared number (`value` None)."""
    found = rows(
        """
        SELECT rules ->> %(name)s AS value, count(*) AS contracts, min(created_at) AS oldest_at FROM trade_order
        WHERE agreement IN ('offered', 'agreed') AND market = %(market)s GROUP BY 1 ORDER BY 2 DESC, 1""",
        {"name": name, "market": market},
    )
    return [Kept(None if row["value"] is None else Decimal(row["value"]), row["contracts"], row["oldest_at"]) for row in found]


@dataclass(frozen=True, slots=True)
class RuleVersionLine:
    value: Decimal
    valid_from: datetime
    set_by: str
    who: str
    reason: str
    made_at: datetime
    holds: bool
    waits: bool


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
    now, names = clock.now(), staff_names({row["set_by"] for row in found})
    holding = next((n for n, version in enumerate(found) if version["valid_from"] <= now), None)
    lines = [
        RuleVersionLine(
            v["value"].normalize(),
            v["valid_from"],
            v["set_by"],
            names.get(v["set_by"], ""),
            v["reason"],
            v["created_at"],
            n == holding,
            v["valid_from"] > now,
        )
        for n, v in enumerate(found)
    ]
    return row, lines
