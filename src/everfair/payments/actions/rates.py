"""Exchange rates into our tables: a file whole or not at all, each day's rate once and never another one later."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from everfair.base.actor import SYSTEM, Actor
from everfair.base.clock import now
from everfair.base.events import emit
from everfair.base.exchange import NoAnswer, NotReached, exchange
from everfair.base.refused import Refused
from everfair.base.roles import SYSTEM_ROLE
from everfair.base.rows import ask, find_one, insert
from everfair.base.together import part
from everfair.events.payments import RatesImported
from everfair.markets.queries import rule
from everfair.markets.table import DEFAULT_MARKET
from everfair.payments.fx import ecb, sandbox
from everfair.payments.fx.ecb import Days
from everfair.payments.models import Rate, RateFile
from everfair.payments.queries.fx import newest_on, rate_source
from everfair.payments.roles import cashier
from everfair.payments.statements.read import Unreadable

log = logging.getLogger(__name__)
# Between publications further apart than this a currency may have gone anywhere; only what is absurd is refused then.
LONG_DAYS, LONG_FACTOR = 40, 3
# A rate that moved more than this and lies so near the old one's reciprocal was written the wrong way round.
TURNED = Decimal("0.02")
AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class TakenRates:
    """`new` rates were written; `known` stood already."""

    file_id: UUID
    source: str
    first_on: date
    last_on: date
    new: int
    known: int


def import_rates(name: str, body: bytes, *, by: Actor, allow_jumps: bool = False) -> TakenRates:
    """Take a file of reference rates (the ECB's XML, CSV or zip). The same file again is harmless.

    Refused whole, 422: what cannot be read; a day that has not come; a rate that stands already with another value; one that moved more
    than the rule allows since the publication before, or was written the wrong way round (`allow_jumps` when a person looked and it
    is so); play rates in a live installation.
    """
    if not (SYSTEM_ROLE | cashier).admits(by):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    try:
        read = ecb.read_rates(body)
    except Unreadable as no:
        raise _refused(_(no.sentence) % no.values) from no
    source = _source_of(read.sender)
    if max(read.days) > now().date():
        raise _refused(_("%(day)s has not come yet") % {"day": max(read.days)})
    with part():
        ask("SELECT pg_advisory_xact_lock(hashtextextended('payments.rates', 0))")
        known = _standing(source, min(read.days), max(read.days))
        fresh = list(_new_rates(read.days, known))
        if not allow_jumps:
            _refuse_jumps(read.days, known)
        digest = hashlib.sha256(body).hexdigest()
        again = find_one(RateFile, "digest = %s AND source = %s ORDER BY id LIMIT 1", [digest, source]) if not fresh else None
        if again is not None:
            return TakenRates(again.pk, source, again.first_on, again.last_on, 0, sum(map(len, read.days.values())))
        file = RateFile(
            source=source, name=name[:140], digest=digest, by=by.label, first_on=min(read.days),
            last_on=max(read.days), jumps_allowed=allow_jumps,
        )  # fmt: skip
        insert(file)
        for at in range(0, len(fresh), AT_ONCE):
            insert(
                *(
                    Rate(source=source, published_on=d, currency=c, rate=r, file_id=file.pk)
                    for d, c, r in fresh[at : at + AT_ONCE]
                )
            )
        emit(RatesImported(file.pk, source, len(fresh)), by=by)
    return TakenRates(file.pk, source, file.first_on, file.last_on, len(fresh), sum(map(len, read.days.values())) - len(fresh))


def fetch_rates() -> int:
    """What the setting's address publishes today, if it is not here; returns how many rates are new. Raises the exchange's errors."""
    address = settings.FX_ADDRESS
    if not address:
        return 0
    today = now().date()
    if address == sandbox.SETTING:
        day = sandbox.newest_day(today)
        if newest_on() == day:
            return 0
        return import_rates("sandbox", sandbox.published([day]), by=SYSTEM).new
    if newest_on() == today:
        return 0
    answer = exchange("GET", address, {"accept": "*/*"}, read_max=ecb.LARGEST)
    if answer.status != 200:
        raise NoAnswer(f"status {answer.status}")
    return import_rates(address.rsplit("/", 1)[-1], answer.body, by=SYSTEM).new


def fetch_rates_or_say() -> int:
    """For the clock: what goes wrong is said in the log, and quotes are refused once the rates are stale."""
    try:
        return fetch_rates()
    except (NotReached, NoAnswer) as error:
        log.warning("exchange rates were not fetched", extra={"error": type(error).__name__})
    except Refused as refusal:
        log.warning("exchange rates were not taken", extra={"error": str(refusal.message)[:300]})
    return 0


def _source_of(sender: str) -> str:
    """A table names no sender: it is of the source whose rates this installation uses."""
    if not sender:
        return rate_source()
    if sender == ecb.SENDER:
        return "ecb"
    if sender == sandbox.SENDER and settings.KIND != "live":
        return "sandbox"
    raise _refused(_("rates of %(sender)s are not taken here") % {"sender": sender[:60]})


def _refused(reason: str) -> Refused:
    message = _("This file cannot be taken as exchange rates: %(reason)s.") % {"reason": reason}
    return Refused("payments.rates_unreadable", message, field="file", status=422)


def _standing(source: str, first_on: date, last_on: date) -> Days:
    """What stands between these days, and the publications next to them on either side."""
    days: Days = {}
    for day, currency, rate in ask(_STANDING, {"source": source, "first": first_on, "last": last_on}):
        days.setdefault(day, {})[currency] = rate
    return days


_STANDING = """
    SELECT published_on, currency, rate FROM payments_rate WHERE source = %(source)s
        AND published_on >= coalesce(
            (SELECT max(published_on) FROM payments_rate WHERE source = %(source)s AND published_on < %(first)s), %(first)s)
        AND published_on <= coalesce(
            (SELECT min(published_on) FROM payments_rate WHERE source = %(source)s AND published_on > %(last)s), %(last)s)
"""


def _new_rates(days: Days, known: Days) -> Iterator[tuple[date, str, Decimal]]:
    for day, rates in sorted(days.items()):
        for currency, rate in sorted(rates.items()):
            before = known.get(day, {}).get(currency)
            if before is None:
                yield day, currency, rate
            elif before != rate:
                said = {"currency": currency, "day": day, "rate": rate, "before": f"{before.normalize():f}"}
                raise _refused(_("%(currency)s on %(day)s is %(rate)s here and %(before)s since its publication") % said)


def _refuse_jumps(days: Days, known: Days) -> None:
    most = rule("payments.fx_jump", DEFAULT_MARKET)
    newest: dict[str, tuple[date, Decimal, bool]] = {}
    for day in sorted({*days, *known}):
        for currency, rate in {**known.get(day, {}), **days.get(day, {})}.items():
            stands = currency in known.get(day, {})
            last = newest.get(currency)
            if last is not None and not (stands and last[2]) and _jumped(last[1], rate, (day - last[0]).days, most):
                said = {"currency": currency, "before": f"{last[1].normalize():f}", "then": last[0], "rate": rate, "day": day}
                raise _refused(_("%(currency)s went from %(before)s on %(then)s to %(rate)s on %(day)s; look at it") % said)
            newest[currency] = day, rate, stands


def _jumped(before: Decimal, after: Decimal, days: int, most: Decimal) -> bool:
    factor = max(before, after) / min(before, after)
    if days > LONG_DAYS:
        return factor > LONG_FACTOR
    turned = abs(before * after - 1) <= TURNED and factor > 1 + TURNED
    return turned or factor > 1 + most
