"""How the rails stand: what they carried, how they answer, what an operator said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.core.cache import cache
from django.utils.translation import gettext

from everfair.base.clock import now
from everfair.base.formats import percent, plain_money
from everfair.base.money import Money
from everfair.base.rows import ask, find
from everfair.base.words import word
from everfair.markets.queries import rules_at
from everfair.markets.table import DEFAULT_MARKET
from everfair.payments.models import Drill, Intent, RailOrder, Route, ShareAlarm
from everfair.payments.queries.watching import is_under_watch
from everfair.payments.rails import RAILS, Rail, carrying, client, configured, plays
from everfair.payments.routing import Breaker, Choice, RailFacts, ranked
from everfair.payments.values import Scope
from everfair.reference.queries import CURRENCIES

# Shares move slowly: what was summed up a moment ago will do.
SHARES_FOR_S = 10
# Health is what the newest calls of the last ten minutes say: whoever was not asked since has a clean sheet.
_CALLS = 20


@dataclass(frozen=True, slots=True)
class RailStanding:
    """One rail as an operator sees it. `breaker` is closed, open or probing; `error_rate` (0 to 1) and `latency_ms` of the newest calls."""

    rail: Rail
    open: bool
    ends_on: date | None
    reason: str
    breaker: str
    calls: int
    error_rate: Decimal
    latency_ms: int
    scope: Scope = field(default_factory=Scope)

    @property
    def plays(self) -> bool:
        """No real money moves by it."""
        return plays(self.rail.code)

    def ended(self, today: date) -> bool:
        return self.ends_on is not None and self.ends_on <= today

    def carries(self, today: date) -> bool:
        """By an operator's word; whether it answers is another matter."""
        return self.open and not self.ended(today)


def rails_standing(rails: Sequence[Rail] | None = None, rules: Mapping[str, Decimal] | None = None) -> list[RailStanding]:
    """Two queries, however many rails; one more where the market's rules are not known yet."""
    rails = [rail for method in ("card",) for rail in configured(method)] if rails is None else list(rails)
    codes = [rail.code for rail in rails]
    orders = _newest_orders(codes)
    calls: dict[str, list[tuple[bool, float, int]]] = {}
    for code, failed, ago_s, latency_ms in ask(_NEWEST_CALLS, [codes, _CALLS]):
        calls.setdefault(code, []).append((failed, float(ago_s), latency_ms))
    breaker = _breaker(rules_at(DEFAULT_MARKET) if rules is None else rules)
    return [_standing(rail, orders.get(rail.code), calls.get(rail.code, []), breaker) for rail in rails]


def _newest_orders(codes: list[str]) -> dict[str, RailOrder]:
    return {said.rail: said for said in find(RailOrder, _NEWEST_ORDERS, [codes])}


def rail_order(code: str) -> RailOrder:
    """What holds of this rail; one that was never spoken of is open and carries all."""
    return _newest_orders([code]).get(code) or RailOrder(rail=code, open=True)


def _standing(rail: Rail, said: RailOrder | None, calls: list[tuple[bool, float, int]], breaker: Breaker) -> RailStanding:
    said = said or RailOrder(rail=rail.code, open=True)
    failed = sum(call[0] for call in calls)
    return RailStanding(
        rail=rail,
        open=said.open,
        ends_on=said.ends_on,
        reason=said.reason,
        scope=said.scope,
        breaker=breaker.state([(call[0], call[1]) for call in calls]),
        calls=len(calls),
        error_rate=Decimal(failed) / len(calls) if calls else Decimal(0),
        latency_ms=sum(call[2] for call in calls) // len(calls) if calls else 0,
    )


def _breaker(rules: Mapping[str, Decimal]) -> Breaker:
    return Breaker(int(rules["payments.breaker_failures"]), _CALLS, float(rules["payments.breaker_rest_s"]))


def share_by_counterparty(method: str, currency: str) -> tuple[dict[str, Decimal], int]:
    """Of what rails of this method captured lately in this currency, the fraction of each counterparty, and out of how many payments."""
    key = f"payments.shares:{method}:{currency}"
    found: tuple[dict[str, Decimal], int] | None = cache.get(key)
    if found is None:
        found = _shares(method, currency)
        cache.set(key, found, SHARES_FOR_S)
    return found


def _shares(method: str, currency: str) -> tuple[dict[str, Decimal], int]:
    codes = [rail.code for rail in RAILS.values() if rail.method == method]
    days = int(rules_at(DEFAULT_MARKET)["payments.share_days"])
    carried: dict[str, int] = {}
    counted = 0
    for code, amount, count in ask(_CAPTURED, [codes, currency, days]):
        carried[RAILS[code].counterparty] = carried.get(RAILS[code].counterparty, 0) + int(amount)
        counted += count
    whole = sum(carried.values())
    return {who: Decimal(amount) / whole for who, amount in carried.items()} if whole else {}, counted


@dataclass(frozen=True, slots=True)
class RailRow:
    """One rail in one currency. `share` is its counterparty's; `cost` in words: fixed and per cent."""

    standing: RailStanding
    carried: Money
    share: Decimal
    over: bool
    ended: bool

    @property
    def cost(self) -> str:
        return f"{self.carried.currency} {self.standing.rail.fixed} + {percent(self.standing.rail.rate, 1)}"


@dataclass(frozen=True, slots=True)
class RailsFace:
    currency: str
    currencies: list[str]
    rows: list[RailRow]
    counted: int
    ceiling: Decimal
    days: int


def rails_face(currency: str) -> RailsFace:
    """Everything about the rails in this currency, or in the one that carries most; KeyError never: an unknown one carries nothing."""
    rules = rules_at(DEFAULT_MARKET)
    days, ceiling = int(rules["payments.share_days"]), rules["payments.share_ceiling"]
    standing = rails_standing(rules=rules)
    carried: dict[tuple[str, str], tuple[int, int]] = {}
    by_count: dict[str, int] = {}
    for code, of, amount, count in ask(_CARRIED, [days]):
        if code not in RAILS:
            continue  # transfers to our own bank account: nobody could cut us off from them by a letter
        carried[code, of] = int(amount), count
        by_count[of] = by_count.get(of, 0) + count
    currencies = sorted(by_count, key=lambda of: (-by_count[of], of))
    chosen = currency if currency in CURRENCIES else next(iter(currencies), "USD")
    rows = []
    for stands in standing:
        shares, counted = share_by_counterparty(stands.rail.method, chosen)
        share = shares.get(stands.rail.counterparty, Decimal(0))
        over = counted >= rules["payments.share_from"] and share > ceiling
        money = Money(carried.get((stands.rail.code, chosen), (0, 0))[0], chosen)
        rows.append(RailRow(stands, money, share, over, stands.ended(now().date())))
    return RailsFace(chosen, currencies, rows, by_count.get(chosen, 0), ceiling, days)


def rail_orders(code: str, *, limit: int = 20) -> list[RailOrder]:
    """What operators said of this rail, newest first."""
    return list(RailOrder.objects.filter(rail=code).order_by("-id")[:limit])


def alarms_of_shares(*, limit: int = 20) -> list[ShareAlarm]:
    """Newest first."""
    return list(ShareAlarm.objects.order_by("-id")[:limit])


def drills(*, limit: int = 10) -> list[Drill]:
    """Rehearsed days, newest first."""
    return list(Drill.objects.order_by("-id")[:limit])


def rails_for(method: str, intent: Intent) -> list[tuple[Rail, tuple[str, ...]]]:
    """The rails of this method by which new money may move, each with why it may not carry this payment (`routing.BARS`)."""
    rails = carrying(method)
    said = _newest_orders([rail.code for rail in rails])
    barred = _barred(rails, {code: order.scope for code, order in said.items()}, intent)
    return [(rail, barred[rail.code]) for rail in rails]


def _barred(
    rails: Sequence[Rail], scopes: Mapping[str, Scope], intent: Intent, *, steady: bool = False
) -> dict[str, tuple[str, ...]]:
    """Who pays whom is looked at only where a rail minds it."""
    watched = any(not scope.watched for scope in scopes.values()) and is_under_watch(intent, steady=steady)
    found = {}
    for rail in rails:
        unable = () if client(rail.code).carries(intent.amount) else ("unable",)
        found[rail.code] = scopes.get(rail.code, Scope()).bars(intent.market, intent.amount, watched=watched) + unable
    return found


def ranked_rails(method: str, intent: Intent, *, tried: frozenset[str] = frozenset(), steady: bool = False) -> list[Choice]:
    """The rails of this method in the order in which they should carry this payment; those that may not stand last, with why.

    `steady`: for a transaction that goes by it; no stop is placed on its companies until it ends.
    """
    amount = intent.amount
    rails = carrying(method)
    rules = rules_at(DEFAULT_MARKET)
    standing = rails_standing(rails, rules)
    barred = _barred(rails, {stands.rail.code: stands.scope for stands in standing}, intent, steady=steady)
    shares, counted = share_by_counterparty(method, amount.currency)
    facts = [
        RailFacts(
            code=rail.code,
            counterparty=rail.counterparty,
            cost=rail.cost(amount),
            share=shares.get(rail.counterparty, Decimal(0)),
            counted=counted,
            failing=stands.breaker != "closed",
            probing=stands.breaker == "probing",
            error_rate=stands.error_rate * stands.calls / _CALLS,
            latency_ms=stands.latency_ms,
            ends_on=stands.ends_on,
            open=stands.open,
            barred=barred[rail.code],
        )
        for rail, stands in zip(rails, standing, strict=True)
    ]
    return ranked(
        facts,
        today=now().date(),
        ceiling=rules["payments.share_ceiling"],
        counted_from=int(rules["payments.share_from"]),
        tried=tried,
    )


@dataclass(frozen=True, slots=True)
class Weighed:
    """One choice of a rail for a payment: `rail` carried it, or was asked to; `why` are the codes that spoke against another one."""

    route: Route
    why: tuple[str, ...]

    @property
    def reasons(self) -> list[str]:
        """In the reader's words."""
        return [reason_in_words(code) for code in self.why]


def reason_in_words(code: str) -> str:
    kind, _colon, most = code.partition(":")
    if kind != "above":
        return word(kind, "rail reason")
    minor, _colon, currency = most.partition(":")
    return gettext("above %(most)s") % {"most": plain_money(Money(int(minor), currency))}


def weighings(code: str, *, limit: int = 20) -> list[Weighed]:
    """The newest choices of a rail in which this one was weighed, newest first. Each knows its payment."""
    newest = Route.objects.select_related("intent").order_by("-id")[: limit * 5]
    found = [Weighed(route, tuple(why)) for route in newest for rail, why in route.ranking if rail == code]
    return found[:limit]


_NEWEST_ORDERS = "id IN (SELECT DISTINCT ON (rail) id FROM payments_railorder WHERE rail = ANY(%s) ORDER BY rail, id DESC)"
_NEWEST_CALLS = """
    SELECT r.rail, c.failed, extract(epoch FROM ef_now() - c.at), c.latency_ms
    FROM unnest(%s::varchar[]) AS r(rail)
    CROSS JOIN LATERAL (
        SELECT id, failed, at, latency_ms FROM payments_railcall WHERE rail = r.rail AND at > ef_now() - interval '10 minutes'
        ORDER BY id DESC LIMIT %s
    ) c
    ORDER BY r.rail, c.id DESC
"""
_CARRIED = """
    SELECT provider, currency, sum(amount_minor), count(*) FROM payments_intent
    WHERE state = 'captured' AND captured_at > ef_now() - make_interval(days => %s) GROUP BY provider, currency
"""
_CAPTURED = """
    SELECT provider, sum(amount_minor), count(*) FROM payments_intent
    WHERE state = 'captured' AND provider = ANY(%s) AND currency = %s AND captured_at > ef_now() - make_interval(days => %s)
    GROUP BY provider
"""
