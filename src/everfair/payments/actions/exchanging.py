"""One currency for another: a price that holds for minutes, and the exchange by it. Never by a stale rate (B37).

Locks: companies, then what is exchanged for one company at a time, then (for a quote) the platform's positions, then the accounts.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import CLOCK_ACTOR, Actor
from everfair.base.clock import now
from everfair.base.events import emit
from everfair.base.failpoints import failpoint
from everfair.base.formats import plain_money
from everfair.base.money import Money, exponent
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask, find_one, insert
from everfair.base.together import part
from everfair.companies.queries import refuse_stopped
from everfair.companies.roles import MONEY_KEEPING
from everfair.events.payments import FxExchanged, FxLimitNear
from everfair.ledger.actions import post_entry
from everfair.ledger.queries import balance
from everfair.ledger.values import wallet
from everfair.markets.queries import rules_at
from everfair.markets.table import DEFAULT_MARKET
from everfair.payments import postings
from everfair.payments.actions.debts import net_debts
from everfair.payments.actions.ways import paying_at_once
from everfair.payments.fx.pricing import TooLarge, TooSmall, cross, price_of, value_of
from everfair.payments.models import FxAlarm, FxDeal, FxLock, FxQuote, Intent
from everfair.payments.queries import intent as find_intent
from everfair.payments.queries.fx import (
    Rates,
    currency_exposure,
    fresh_rates,
    fx_quote,
    positions,
    promised,
    rate_of,
    spread_of,
)
from everfair.payments.queries.fx_locks import lock_for
from everfair.payments.values import FX_BASE, WALLET, Price


def quote_exchange(
    quote_id: UUID,
    *,
    give: Money | None = None,
    get: Money | None = None,
    into: str,
    by: Actor,
    intent_id: UUID | None = None,
    lock: FxLock | None = None,
) -> FxQuote:
    """Give the company a price: for `give` out of its wallet into the currency `into`, or for `get` out of its wallet in `into`.

    The id is the caller's: the same one again answers the same quote. It holds for `payments.fx_quote_s`, and takes the place of
    the company's open one for the same purpose. With `lock` it is made of the rate that a contract holds. Refuses 409: no rate of either currency in the newest publication, a stale one, a
    position beyond its limit; 422: too little to become anything, more than is free in the wallet, the same currency twice.
    """
    company_id = _keeper(by)
    amount, other = (give, into) if give is not None else (get, into)
    if amount is None:
        raise ValueError("one side is said")
    if amount.minor <= 0:
        raise Refused("payments.amount", _("Please give an amount above zero."), field="amount", status=422)
    if amount.currency == other:
        raise Refused("payments.fx_same", _("These are the same currency."), field="into", status=422)
    with part():
        refuse_stopped([company_id], "payout")
        _one_at_a_time(company_id)
        known = find_one(FxQuote, "id = %s", [quote_id])
        if known is not None:
            if (known.company_id, known.intent_id, *_asked(known)) != (company_id, intent_id, amount, other, give is not None):
                raise Refused("payments.fx_key_taken", _("This id stands for another quote."))
            return fx_quote(known.pk, by)
        rules = rules_at(DEFAULT_MARKET)
        give_currency, get_currency = (amount.currency, other) if give is not None else (other, amount.currency)
        expires_at = now() + timedelta(seconds=int(rules["payments.fx_quote_s"]))
        if lock is not None:
            give_rate, get_rate, bps = lock.give_rate, lock.get_rate, lock.spread_bps
            source, rated_on, expires_at = lock.source, lock.rated_on, min(expires_at, lock.expires_at)
        else:
            rates = fresh_rates(rules)
            give_rate, get_rate = rate_of(rates, give_currency), rate_of(rates, get_currency)
            bps = spread_of(rules, give_currency, get_currency)
            source, rated_on = rates.source, rates.published_on
        try:
            price = price_of(give=give, get=get, into=other, rate=cross(give_rate, get_rate), bps=bps)
        except TooSmall:
            raise Refused(
                "payments.fx_too_small", _("Nothing would come out of so little."), field="amount", status=422
            ) from None
        except TooLarge:
            raise Refused("payments.fx_too_large", _("This is more than can be exchanged."), field="amount", status=422) from None
        free = balance(wallet(company_id, give_currency), give_currency).free
        if free < price.give:
            raise Refused(
                "payments.fx_short",
                _("It would take %(needed)s, and %(free)s is free in the wallet.")
                % {"needed": plain_money(price.give), "free": plain_money(free)},
                field="amount",
                status=422,
            )
        quote = FxQuote(
            id=quote_id,
            company_id=company_id,
            intent_id=intent_id,
            give_minor=price.give.minor,
            give_currency=give_currency,
            spread_minor=price.spread.minor,
            spread_bps=bps,
            get_minor=price.get.minor,
            get_currency=get_currency,
            give_rate=give_rate,
            get_rate=get_rate,
            rated_on=rated_on,
            source=source,
            lock=lock,
            fixed="give" if give is not None else "get",
            expires_at=expires_at,
            by=by.label,
        )
        hold_positions()
        insert(quote)
        if lock is None:
            refuse_beyond_limit(price, rates, rules)
        return fx_quote(quote.pk, by)


def quote_payment(quote_id: UUID, intent_id: UUID, wallet_currency: str, *, by: Actor) -> FxQuote:
    """A price locked to one payment: what it takes out of the wallet of another currency to pay it whole, at the rate its contract
    holds where it holds one still. Refuses as `quote_exchange` does, and a payment that is over."""
    intent = find_intent(intent_id, by)
    if intent.state not in ("created", "open"):
        raise Refused("payments.over", _("This payment is over."))
    lock = lock_for(intent)
    if lock is not None and lock.give_currency != wallet_currency:
        lock = None
    return quote_exchange(quote_id, get=intent.amount, into=wallet_currency, by=by, intent_id=intent.pk, lock=lock)


def take_quote(quote_id: UUID, *, by: Actor) -> FxQuote:
    """Exchange within the wallet by this quote, once: taken twice it happened once.

    Refuses 409 after it expired or a newer one took its place (nothing changes then), and when the wallet holds too little by now.
    """
    company_id = _keeper(by)
    with part():
        quote = _takeable(quote_id, company_id, by)
        if quote.intent_id is not None:
            raise NotVisible
        if quote.taken_at is None:
            _deal(quote, by)
            post_entry(
                f"fx:{quote.pk}:exchange",
                postings.exchanged(company_id, price_in(quote)),
                kind="fx_exchanged",
                by=by,
                why={"quote": str(quote.pk)},
            )
    return fx_quote(quote.pk, by)


def pay_by_quote(quote_id: UUID, *, by: Actor) -> Intent:
    """Pay the payment to which this quote is locked out of the wallet of the other currency. Twice does it once.

    Refuses as `take_quote` and as any way that pays at once.
    """
    company_id = _keeper(by)
    seen = fx_quote(quote_id, by)
    if seen.intent_id is None:
        raise NotVisible

    def charge(intent: Intent, by: Actor) -> None:
        quote = _takeable(quote_id, company_id, by)
        _deal(quote, by)
        post_entry(
            f"intent:{intent.pk}:capture",
            postings.paid_exchanged(intent.pk, company_id, price_in(quote)),
            kind="fx_paid",
            by=by,
            why={"intent": str(intent.pk), "quote": str(quote.pk)},
        )

    if seen.taken_at is not None:
        return find_intent(seen.intent_id, by)
    return paying_at_once(seen.intent_id, WALLET, charge, by=by)


def price_in(quote: FxQuote) -> Price:
    return Price(quote.give, quote.spread, quote.get)


def _keeper(by: Actor) -> UUID:
    if by.company_id is None or not MONEY_KEEPING.admits(by):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    return by.company_id


def _one_at_a_time(company_id: UUID) -> None:
    """Quotes of one company are given and taken one after the other: none is taken that has just been replaced."""
    ask("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"payments.fx:{company_id}"])


def _asked(quote: FxQuote) -> tuple[Money, str, bool]:
    if quote.fixed == "give":
        return quote.give, quote.get_currency, True
    return quote.get, quote.give_currency, False


def hold_positions() -> None:
    """Whoever adds to what is promised does it alone, until the end of the transaction."""
    ask("SELECT pg_advisory_xact_lock(hashtextextended('payments.fx', 0))")


def refuse_beyond_limit(price: Price, rates: Rates, rules: dict[str, Decimal]) -> None:
    """Every open quote counts as if it were taken. What brings a position nearer to nothing is never refused."""
    booked, open_ = positions(), promised()
    for moved in (price.exchanged, -price.get):
        currency = moved.currency
        after = booked.get(currency, 0) + open_.get(currency, 0)
        limit = int(rules["payments.fx_limit"]) * 10 ** exponent(FX_BASE)
        worth = abs(value_of(Money(after, currency), rates.rates[currency]).minor)
        if currency != FX_BASE and worth > limit and abs(after) > abs(after - moved.minor):
            raise Refused(
                "payments.fx_limit",
                _("So much of %(currency)s cannot be exchanged at the moment. Please try less, or later.")
                % {"currency": currency},
            )


def _takeable(quote_id: UUID, company_id: UUID, by: Actor) -> FxQuote:
    refuse_stopped([company_id], "payout")
    _one_at_a_time(company_id)
    quote = fx_quote(quote_id, by)
    if quote.taken_at is not None:
        return quote
    if quote.expires_at <= now():
        raise Refused("payments.fx_expired", _("This price has expired. Nothing was exchanged; ask for a new one."))
    if quote.replaced:
        raise Refused("payments.fx_replaced", _("A newer price has taken its place. Nothing was exchanged."))
    return quote


def _deal(quote: FxQuote, by: Actor) -> None:
    """What the company owes in the currency it gives is taken first: an exchange is no way around a debt."""
    net_debts(quote.company_id, quote.give_currency)
    insert(FxDeal(quote=quote, by=by.label))
    failpoint("payments.fx_dealt")
    emit(FxExchanged(quote.pk, quote.company_id, quote.give, quote.get), by=by)


def watch_exposure() -> int:
    """Say once a day of each currency whose position, with the open quotes, comes near its limit, that it does."""
    told = 0
    seen = currency_exposure()
    for row in seen.rows:
        share = row.share
        if row.value is None or share < seen.alarm_from:
            continue
        currency = row.position.currency
        with part():
            ask("SELECT pg_advisory_xact_lock(hashtextextended('payments.fx_alarm', 0))")
            if find_one(FxAlarm, _TODAY, [currency]) is not None:
                continue
            alarm = FxAlarm(
                currency=currency, position_minor=row.position.minor, value_minor=row.value.minor, limit_minor=row.limit.minor
            )
            insert(alarm)
            emit(FxLimitNear(alarm.pk, currency, share.quantize(Decimal("0.000001"))), by=CLOCK_ACTOR)
            told += 1
    return told


_TODAY = "currency = %s AND created_at > ef_now() - interval '24 hours'"
