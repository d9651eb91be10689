"""What an operator says of a rail, and what is said when one carries too much."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import CLOCK_ACTOR, Actor
from everfair.base.clock import now
from everfair.base.events import emit
from everfair.base.money import MAX_MINOR
from everfair.base.refused import NotVisible, Refused
from everfair.base.roles import OPERATOR
from everfair.base.rows import ask, find_one, insert
from everfair.base.together import part, remember_moment
from everfair.events.payments import RailLimited, RailOrdered, ShareCeilingCrossed
from everfair.markets.queries import rules_at
from everfair.markets.table import DEFAULT_MARKET, MARKETS
from everfair.payments.models import Drill, RailOrder, ShareAlarm
from everfair.payments.queries import rail_order, share_by_counterparty
from everfair.payments.rails import RAILS, configured
from everfair.payments.values import Scope
from everfair.reference.queries import CURRENCIES


def order_rail(code: str, *, open_: bool, ends_on: date | None, reason: str, by: Actor) -> tuple[RailOrder, RailOrder]:
    """Open or close a rail for new payments, or note from which day on it carries none. What is under way on it ends as it ends.

    Returns what held before, and what holds now. Refuses without a reason, a day that has passed.
    """
    _operator_of(code, reason, by)
    if ends_on is not None and ends_on < now().date():
        raise Refused("payments.ends_on", _("This day has passed."), field="ends_on", status=422)
    with part():
        before, said = _next_order(code, reason, by)
        said.open, said.ends_on = open_, ends_on
        insert(said)
        emit(RailOrdered(said.pk, code, open_), by=by)
    return before, said


def limit_rail(code: str, scope: Scope, *, reason: str, by: Actor) -> tuple[RailOrder, RailOrder]:
    """Say what a rail may carry from now on. A payment that is being routed in this moment goes by it or was routed before.

    Returns what held before, and what holds now. Refuses without a reason, unknown markets and currencies, and a largest payment that is
    not above zero or is in a currency that the rail does not carry.
    """
    _operator_of(code, reason, by)
    if not scope.markets <= MARKETS.keys():
        raise Refused("payments.scope_markets", _("There is no such market."), field="markets", status=422)
    if not scope.currencies <= CURRENCIES.keys():
        raise Refused("payments.scope_currencies", _("There is no such currency."), field="currencies", status=422)
    for currency, minor in scope.most.items():
        if currency not in (scope.currencies or CURRENCIES):
            raise Refused(
                "payments.scope_most",
                _("Not a currency that it carries: %(code)s.") % {"code": currency},
                field="most",
                status=422,
            )
        if not 0 < minor <= MAX_MINOR:
            raise Refused("payments.scope_most", _("Please give a number above zero."), field="most", status=422)
    with part():
        before, said = _next_order(code, reason, by)
        said.markets, said.currencies = sorted(scope.markets), sorted(scope.currencies)
        said.most, said.watched = dict(sorted(scope.most.items())), scope.watched
        insert(said)
        emit(RailLimited(said.pk, code), by=by)
    return before, said


def _operator_of(code: str, reason: str, by: Actor) -> None:
    if not OPERATOR.admits(by, None):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    if code not in RAILS or RAILS[code] not in configured(RAILS[code].method):
        raise NotVisible
    if not reason.strip():
        raise Refused("payments.reason", _("Please say why."), field="reason", status=422)


def _next_order(code: str, reason: str, by: Actor) -> tuple[RailOrder, RailOrder]:
    """What holds of the rail, and a new order that says the same, to be changed and inserted. Nobody routes or orders meanwhile."""
    ask("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [_ORDERS])
    held = rail_order(code)
    kept = {name: getattr(held, name) for name in ("open", "ends_on", "markets", "currencies", "most", "watched")}
    return held, RailOrder(rail=code, reason=reason.strip()[:500], by=by.label, **kept)


def hold_orders() -> None:
    """Until this transaction ends no operator says anything of a rail: what is read of them now holds when it commits. Its moment comes
    along."""
    [(_held, moment)] = ask("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0)), ef_now()", [_ORDERS])
    remember_moment(moment)


# The database's own guard takes the same lock (migration 0019).
_ORDERS = "payments.rail_orders"


def watch_shares() -> int:
    """Say once a day, for each counterparty that carries more than its ceiling, that it does. Steering goes on all the while."""
    rules = rules_at(DEFAULT_MARKET)
    told = 0
    for (currency,) in ask(_CURRENCIES, [int(rules["payments.share_days"])]):
        for method in sorted({rail.method for rail in RAILS.values()}):
            shares, counted = share_by_counterparty(method, currency)
            crossed = [who for who, share in shares.items() if share > rules["payments.share_ceiling"]]
            for who in crossed if counted >= rules["payments.share_from"] else []:
                told += _alarm(who, currency, shares[who], counted)
    return told


def _alarm(counterparty: str, currency: str, share: Decimal, counted: int) -> int:
    with part():
        if find_one(ShareAlarm, _TODAY, [counterparty, currency]) is not None:
            return 0
        alarm = ShareAlarm(
            counterparty=counterparty, currency=currency, share=share.quantize(Decimal("0.000001")), counted=counted
        )
        insert(alarm)
        emit(ShareCeilingCrossed(alarm.pk, counterparty, currency, alarm.share), by=CLOCK_ACTOR)
        return 1


_TODAY = "counterparty = %s AND currency = %s AND created_at > ef_now() - interval '24 hours'"
_CURRENCIES = "SELECT DISTINCT currency FROM payments_intent WHERE state = 'captured' AND captured_at > ef_now() - make_interval(days => %s)"


def keep_drill(kind: str, score: int, figures: dict[str, Any]) -> None:
    """How a rehearsed day went, for whoever wonders next year whether we have become better."""
    insert(Drill(kind=kind, score=score, figures=figures))


def forget_calls() -> int:
    return len(ask("DELETE FROM payments_railcall WHERE at < ef_now() - interval '30 days' RETURNING 1"))
