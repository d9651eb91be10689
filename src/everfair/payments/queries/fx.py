"""Exchange rates as they stand, quotes with what became of them, and the platform's own position in each currency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.money import Money, exponent
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask, find, find_one, seen_as
from everfair.ledger.queries import Held, summed, wallets
from everfair.ledger.values import exposure
from everfair.markets.queries import rules_at
from everfair.markets.table import DEFAULT_MARKET
from everfair.payments.fx import sandbox
from everfair.payments.fx.calendar import target_days_since
from everfair.payments.fx.pricing import MAJOR, value_of
from everfair.payments.models import FxAlarm, FxQuote, Intent, RateFile
from everfair.payments.values import FX_BASE


def rate_source() -> str:
    """Whose rates this installation exchanges by."""
    return "sandbox" if settings.FX_ADDRESS == sandbox.SETTING else "ecb"


@dataclass(frozen=True, slots=True)
class Rates:
    """The newest publication: what one euro is in each currency, the euro itself included. `age` in publications since missed or due."""

    source: str
    published_on: date
    rates: dict[str, Decimal]
    age: int
    allowed_age: int

    @property
    def stale(self) -> bool:
        return self.age > self.allowed_age


def newest_on() -> date | None:
    """The day of the newest publication."""
    day: date | None = ask("SELECT max(published_on) FROM payments_rate WHERE source = %s", [rate_source()])[0][0]
    return day


def newest_rates(rules: dict[str, Decimal] | None = None) -> Rates | None:
    """None when no rates were ever imported. A currency that the newest publication does not name has no rate."""
    rows = ask(_NEWEST, {"source": rate_source()})
    if not rows:
        return None
    day = rows[0][0]
    allowed = int((rules or rules_at(DEFAULT_MARKET))["payments.fx_rate_days"])
    rates = {FX_BASE: Decimal(1), **{currency: rate for _day, currency, rate in rows}}
    return Rates(rate_source(), day, rates, target_days_since(day, now().date()), allowed)


_NEWEST = """
    SELECT published_on, currency, rate FROM payments_rate WHERE source = %(source)s
        AND published_on = (SELECT max(published_on) FROM payments_rate WHERE source = %(source)s) ORDER BY currency
"""


def fresh_rates(rules: dict[str, Decimal]) -> Rates:
    """Refuses 409 without rates, and when they are stale."""
    rates = newest_rates(rules)
    if rates is None or rates.stale:
        raise Refused("payments.fx_stale", _("There is no exchange rate of today. Please try again later; nothing was changed."))
    return rates


def rate_of(rates: Rates, currency: str, *, field: str = "into") -> Decimal:
    """Refuses 422 a currency that the newest publication does not name."""
    try:
        return rates.rates[currency]
    except KeyError:
        raise Refused(
            "payments.fx_no_rate",
            _("Nobody publishes a rate of %(currency)s.") % {"currency": currency},
            field=field,
            status=422,
        ) from None


def spread_of(rules: dict[str, Decimal], *currencies: str) -> int:
    """In basis points, for a price that holds for minutes."""
    return int(rules["payments.fx_spread_major" if set(currencies) <= MAJOR else "payments.fx_spread_other"])


def rate_files(limit: int = 10) -> list[RateFile]:
    return find(RateFile, "true ORDER BY id DESC LIMIT %s", [limit])


# ── quotes ──


def fx_quotes_visible_to(actor: Actor) -> QuerySet[FxQuote]:
    if actor.kind in ("operator", "clock", "system"):
        return seen_as(FxQuote, FxQuote.objects.all)
    if actor.company_id is None:
        return seen_as(FxQuote, FxQuote.objects.none, "false")
    own = actor.company_id
    return seen_as(FxQuote, lambda: FxQuote.objects.filter(company_id=own), "company_id = %s", own)


_FATE = {
    "taken_at": "(SELECT d.taken_at FROM payments_fxdeal d WHERE d.quote_id = payments_fxquote.id)",
    "replaced": """EXISTS (SELECT FROM payments_fxquote n WHERE n.company_id = payments_fxquote.company_id AND n.id > payments_fxquote.id
        AND n.intent_id IS NOT DISTINCT FROM payments_fxquote.intent_id)""",
}


def fx_quote(quote_id: UUID, actor: Actor) -> FxQuote:
    """With `taken_at` and `replaced` (a newer one was given for the same)."""
    where, params = fx_quotes_visible_to(actor).seen_as  # type: ignore[attr-defined]
    found = find_one(FxQuote, f"id = %s AND {where}", [quote_id, *params], also=_FATE)
    if found is None:
        raise NotVisible
    return found


def standing_of_quote(quote: FxQuote) -> str:
    """open, taken, replaced or expired."""
    if quote.taken_at is not None:
        return "taken"
    if quote.replaced:
        return "replaced"
    return "open" if quote.expires_at > now() else "expired"


def fx_quotes_of(intent_ids: Iterable[UUID]) -> dict[UUID, FxQuote]:
    """The newest quote locked to each payment, with what became of it."""
    rows = find(FxQuote, "intent_id = ANY(%s::uuid[]) ORDER BY id", [list(intent_ids)], also=_FATE)
    return {row.intent_id: row for row in rows if row.intent_id is not None}


def other_wallets(intent: Intent) -> dict[str, Held]:
    """Currency → what is free in the payer's wallet in other currencies than the payment's."""
    held = wallets(intent.company_id)
    return {code: row for code, row in held.items() if code != intent.currency and row.free.minor > 0}


# ── the platform's own position ──


@dataclass(frozen=True, slots=True)
class Position:
    """What the platform holds of a currency by its exchanges (below zero: is short of). `promised`: what open quotes and rates held by
    contracts would add, `held` the latter alone.

    `value` in the base currency by the newest rate, `gain` what it is worth more than on the days it was exchanged; None without a rate.
    """

    position: Money
    promised: Money
    held: Money
    value: Money | None
    gain: Money | None
    limit: Money

    @property
    def share(self) -> Decimal:
        """Of the limit, open quotes included; nothing for the base currency, which is no risk."""
        if self.value is None or self.position.currency == FX_BASE:
            return Decimal(0)
        return Decimal(abs(self.value.minor)) / self.limit.minor if self.limit else Decimal(int(bool(self.value)))


@dataclass(frozen=True, slots=True)
class Exposure:
    """Every currency; `gain` is what all positions together are worth: each exchange was worth nothing when it was made."""

    rows: tuple[Position, ...]
    rates: Rates | None
    alarm_from: Decimal

    @property
    def gain(self) -> Money | None:
        values = [row.value.minor for row in self.rows if row.value is not None]
        return Money(sum(values), FX_BASE) if len(values) == len(self.rows) else None


def positions() -> dict[str, int]:
    """Currency → what the books say."""
    return {address.rsplit(":", 1)[1]: minor for address, minor in summed(exposure("EUR")[:-3]).items()}


def promised() -> dict[str, int]:
    """Currency → what all open quotes would add, and all rates that contracts hold."""
    found = dict(held_by_contracts())
    for currency, minor in ask(_PROMISED):
        found[currency] = found.get(currency, 0) + int(minor)
    return found


def held_by_contracts() -> dict[str, int]:
    """Currency → what all payments would add for which contracts hold a rate still."""
    return {currency: int(minor) for currency, minor in ask(_HELD.format(holds=LOCK_HOLDS))}


# What makes a held rate good for nothing any more: its end in the contract, its payment, or that nobody needs it.
LOCK_HOLDS = """payments_fxlock.expires_at > ef_now()
    AND NOT EXISTS (SELECT FROM payments_fxlockend x WHERE x.lock_id = payments_fxlock.id)
    AND NOT EXISTS (SELECT FROM payments_fxquote t JOIN payments_fxdeal d ON d.quote_id = t.id WHERE t.lock_id = payments_fxlock.id)"""
_HELD = """
    SELECT v.currency, sum(v.minor) FROM payments_fxlock CROSS JOIN LATERAL
        (VALUES (give_currency, give_minor - spread_minor), (get_currency, -get_minor)) v (currency, minor)
    WHERE {holds} GROUP BY v.currency ORDER BY v.currency
"""
_PROMISED = """
    SELECT v.currency, sum(v.minor) FROM payments_fxquote q CROSS JOIN LATERAL
        (VALUES (q.give_currency, q.give_minor - q.spread_minor), (q.get_currency, -q.get_minor)) v (currency, minor)
    WHERE q.lock_id IS NULL AND q.expires_at > ef_now() AND NOT EXISTS (SELECT FROM payments_fxdeal d WHERE d.quote_id = q.id)
        AND NOT EXISTS (SELECT FROM payments_fxquote n WHERE n.company_id = q.company_id AND n.id > q.id
            AND n.intent_id IS NOT DISTINCT FROM q.intent_id)
    GROUP BY v.currency ORDER BY v.currency
"""


def currency_exposure() -> Exposure:
    rules = rules_at(DEFAULT_MARKET)
    rates = newest_rates(rules)
    booked, open_, held = positions(), promised(), held_by_contracts()
    books = carried()
    limit = Money(int(rules["payments.fx_limit"]) * 10 ** exponent(FX_BASE), FX_BASE)
    rows = []
    for currency in sorted({*booked, *open_}):
        position = Money(booked.get(currency, 0), currency)
        rate = rates.rates.get(currency) if rates else None
        value = value_of(position, rate) if rate else None
        cost = Money(int(books[currency].cost), FX_BASE) if currency in books else Money.zero(FX_BASE)
        gain = value - cost if value is not None else None
        rows.append(
            Position(
                position, Money(open_.get(currency, 0), currency), Money(held.get(currency, 0), currency), value, gain, limit
            )
        )
    return Exposure(tuple(rows), rates, rules["payments.fx_alarm"])


@dataclass(frozen=True, slots=True)
class Carried:
    """What the platform holds of a currency, in its smallest unit, and what that cost in the base currency's: each exchange by the rate
    of its day, less what left when a position was covered. Signed alike, as long as nothing was gained or lost."""

    minor: int
    cost: Decimal


def carried() -> dict[str, Carried]:
    """Currency → position and cost, by all exchanges and covers, in one look."""
    return {
        currency: Carried(int(minor), raw.scaleb(exponent(FX_BASE) - exponent(currency)) + base)
        for currency, minor, raw, base in ask(_CARRIED, {"base": FX_BASE})
    }


_CARRIED = """
    SELECT v.currency, sum(v.minor), sum(v.raw), sum(v.base) FROM (
        SELECT w.currency, w.minor::numeric AS minor, w.minor / w.rate AS raw, 0::numeric AS base
        FROM payments_fxdeal d JOIN payments_fxquote q ON q.id = d.quote_id CROSS JOIN LATERAL
            (VALUES (q.give_currency, (q.give_minor - q.spread_minor)::numeric, q.give_rate),
                    (q.get_currency, -q.get_minor::numeric, q.get_rate)) w (currency, minor, rate)
        UNION ALL
        SELECT w.currency, w.minor, 0, w.base FROM payments_fxcover c CROSS JOIN LATERAL
            (VALUES (CASE WHEN c.sold_currency = %(base)s THEN c.bought_currency ELSE c.sold_currency END,
                     CASE WHEN c.sold_currency = %(base)s THEN c.bought_minor ELSE -c.sold_minor END::numeric, c.book_minor::numeric),
                    (%(base)s, -c.book_minor::numeric, -c.book_minor::numeric)) w (currency, minor, base)
        WHERE c.state = 'booked') v
    GROUP BY v.currency
"""


def newest_alarms(limit: int = 10) -> list[FxAlarm]:
    return find(FxAlarm, "created_at > ef_now() - interval '7 days' ORDER BY id DESC LIMIT %s", [limit])
