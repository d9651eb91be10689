"""How much of the card payments comes back, how much of them still can, and what stands against it: for the operator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from everfair.base.money import Money
from everfair.base.rows import ask, find
from everfair.markets.queries import rules_at
from everfair.markets.table import DEFAULT_MARKET
from everfair.payments.models import Chargeback
from everfair.payments.queries.reserves import card_rails

WINDOWS = (30, 90)
# Days since the capture: a payment in the last of them can be charged back no more after the rule's days.
AGES = (30, 60, 90)


@dataclass(frozen=True, slots=True)
class OpenSum:
    """Open chargebacks of one rail, or of one seller (None: its payee is nobody but the platform)."""

    of: str | UUID | None
    count: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Ratio:
    """What of a rail's payments of `days` was charged back, those that were won left out."""

    rail: str
    days: int
    payments: int
    charged: int
    paid: Money
    back: Money
    alarm: bool

    @property
    def by_count(self) -> Decimal:
        return Decimal(self.charged) / self.payments if self.payments else Decimal(int(self.charged > 0))

    @property
    def by_amount(self) -> Decimal:
        return Decimal(self.back.minor) / self.paid.minor if self.paid.minor else Decimal(int(self.back.minor > 0))


@dataclass(frozen=True, slots=True)
class Covered:
    """Of one currency: what can still be charged back, by the age of the payment, and what stands against it."""

    currency: str
    ages: tuple[Money, ...]
    at_risk: Money
    reserve: Money
    debts: Money
    debt_count: int


@dataclass(frozen=True, slots=True)
class Exposure:
    by_rail: list[OpenSum]
    by_seller: list[OpenSum]
    ratios: list[Ratio]
    covered: list[Covered]
    alarm: Decimal
    days: int

    @property
    def alarmed(self) -> bool:
        return any(row.alarm for row in self.ratios)


def chargeback_exposure() -> Exposure:
    """Six queries, however much there is."""
    rules = rules_at(DEFAULT_MARKET)
    alarm, days = rules["payments.chargeback_alarm"], int(rules["payments.chargeback_days"])
    return Exposure(
        by_rail=[OpenSum(of, n, Money(int(minor), code)) for of, code, n, minor in ask(_OPEN_BY_RAIL, [])],
        by_seller=[OpenSum(of, n, Money(int(minor), code)) for of, code, n, minor in ask(_OPEN_BY_SELLER, [])],
        ratios=_ratios(alarm),
        covered=_covered(days),
        alarm=alarm,
        days=days,
    )


_OPEN_BY_RAIL = """
    SELECT rail, currency, count(*), sum(amount_minor) FROM payments_chargeback WHERE state = 'open'
    GROUP BY rail, currency ORDER BY sum(amount_minor) DESC
"""
_OPEN_BY_SELLER = """
    SELECT payee_id, currency, count(*), sum(amount_minor) FROM payments_chargeback WHERE state = 'open'
    GROUP BY payee_id, currency ORDER BY sum(amount_minor) DESC LIMIT 50
"""


def _ratios(alarm: Decimal) -> list[Ratio]:
    found = []
    for rail, days, code, payments, charged, paid, back in ask(_RATIOS, {"windows": list(WINDOWS), "cards": card_rails()}):
        over = charged > alarm * payments or back > alarm * paid
        found.append(Ratio(rail, days, payments, charged, Money(int(paid), code), Money(int(back), code), bool(charged) and over))
    return found


_RATIOS = """
    SELECT coalesce(p.rail, c.rail), w.days, coalesce(p.currency, c.currency), coalesce(p.n, 0), coalesce(c.n, 0),
        coalesce(p.minor, 0), coalesce(c.minor, 0)
    FROM unnest(%(windows)s::int[]) AS w(days)
    CROSS JOIN LATERAL (
        SELECT coalesce(x.rail, y.rail) AS rail, coalesce(x.currency, y.currency) AS currency FROM
            (SELECT DISTINCT provider AS rail, currency FROM payments_intent WHERE state = 'captured' AND provider = ANY(%(cards)s)
                AND captured_at > ef_now() - make_interval(days => w.days)) x
            FULL JOIN (SELECT DISTINCT rail, currency FROM payments_chargeback
                WHERE created_at > ef_now() - make_interval(days => w.days)) y ON (x.rail, x.currency) = (y.rail, y.currency)) k
    LEFT JOIN LATERAL (
        SELECT k.rail, k.currency, count(*) AS n, sum(amount_minor) AS minor FROM payments_intent
        WHERE state = 'captured' AND provider = k.rail AND currency = k.currency
            AND captured_at > ef_now() - make_interval(days => w.days)) p ON true
    LEFT JOIN LATERAL (
        SELECT k.rail, k.currency, count(*) AS n, sum(amount_minor) AS minor FROM payments_chargeback
        WHERE rail = k.rail AND currency = k.currency AND state NOT IN ('won', 'reinstated')
            AND created_at > ef_now() - make_interval(days => w.days)) c ON true
    ORDER BY 1, 3, 2
"""


def _covered(days: int) -> list[Covered]:
    ages: dict[str, list[int]] = {}
    for code, bucket, minor in ask(_AT_RISK, {"cards": card_rails(), "days": days, "ages": list(AGES)}):
        ages.setdefault(code, [0] * (len(AGES) + 1))[bucket] += int(minor)
    reserves = {code: int(minor) for code, minor in ask(_RESERVES, [])}
    debts = {code: (int(minor), n) for code, minor, n in ask(_DEBTS, [])}
    found = []
    for code in sorted({*ages, *reserves, *debts}):
        buckets = ages.get(code, [0] * (len(AGES) + 1))
        owed, count = debts.get(code, (0, 0))
        found.append(
            Covered(
                code, tuple(Money(minor, code) for minor in buckets), Money(sum(buckets), code),
                Money(reserves.get(code, 0), code), Money(owed, code), count,
            )
        )  # fmt: skip
    return found


# What of each payment is with the payer's bank already cannot be taken twice.
_AT_RISK = """
    SELECT i.currency, width_bucket(extract(epoch FROM ef_now() - i.captured_at) / 86400, %(ages)s::float8[]),
        sum(i.amount_minor - coalesce(c.minor, 0))
    FROM payments_intent i
    LEFT JOIN (SELECT rail, checkout_ref, sum(amount_minor) AS minor FROM payments_chargeback WHERE state IN ('open', 'lost', 'retaken')
               GROUP BY rail, checkout_ref) c ON c.rail = i.provider AND c.checkout_ref = i.provider_ref
    WHERE i.state = 'captured' AND i.provider = ANY(%(cards)s) AND i.captured_at > ef_now() - make_interval(days => %(days)s)
    GROUP BY 1, 2
"""
_RESERVES = "SELECT currency, sum(left_minor) FROM payments_reserve WHERE state = 'held' GROUP BY currency"
_DEBTS = """
    SELECT currency, sum(left_minor), count(*) FROM payments_debt WHERE cause LIKE 'chargeback:%%' AND state <> 'settled' GROUP BY currency
"""


def chargebacks_page(*, state: str = "", before: UUID | None = None, limit: int = 50) -> list[Chargeback]:
    """Of a state, or all, newest first; `before` is the last one seen. Each knows what its payment was for (`description`)."""
    place: Sequence[Any] = [state, state, before, before, limit]
    return find(
        Chargeback, "(%s = '' OR state = %s) AND (%s::uuid IS NULL OR id < %s) ORDER BY id DESC LIMIT %s", place, also=_FOR
    )


def chargebacks_due(*, limit: int = 50) -> list[Chargeback]:
    """The open ones by the day until which they can be answered."""
    return find(Chargeback, "state = 'open' ORDER BY evidence_due_at, id LIMIT %s", [limit], also=_FOR)


_FOR = {"description": "(SELECT description FROM payments_intent i WHERE i.id = payments_chargeback.intent_id)"}
