"""Booking what was bought or sold at our bank to make a position smaller: typed by one person, booked by another.

Locks: the cover, then the platform's positions, then the accounts.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import EfNow, now
from everfair.base.money import Money, exponent
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask, find_one, insert
from everfair.base.states import stepping
from everfair.base.together import part
from everfair.ledger.actions import post_entry
from everfair.markets.queries import rules_at
from everfair.markets.table import DEFAULT_MARKET
from everfair.payments import postings
from everfair.payments.actions.exchanging import hold_positions
from everfair.payments.models import FxCover
from everfair.payments.queries.covers import rate_on
from everfair.payments.queries.fx import Carried, carried
from everfair.payments.roles import cashier
from everfair.payments.values import FX_BASE

# How long ago an exchange may be that is typed now.
LATEST_DAYS = 92


def propose_cover(cover_id: UUID, *, sold: Money, bought: Money, traded_on: date, bank_ref: str, by: Actor) -> FxCover:
    """Note what our bank exchanged for us; another person books it. The same id again answers what was noted.

    Refuses 422 beside its field: the same currency twice, none of them the base currency, an amount of nothing, a day that has not
    come or is long past, no reference, one that stands already, and a rate that is further from the published one than
    `payments.fx_jump` allows.
    """
    _cashier(by)
    reference = bank_ref.strip()[:60]
    with part():
        ask("SELECT pg_advisory_xact_lock(hashtextextended('payments.fxcover', 0))")
        known = find_one(FxCover, "id = %s", [cover_id])
        if known is not None:
            if (known.sold, known.bought, known.traded_on, known.bank_ref) != (sold, bought, traded_on, reference):
                raise Refused("payments.cover_key_taken", _("This id stands for another exchange."))
            return known
        _refuse_odd(sold, bought, traded_on, reference)
        if find_one(FxCover, "bank_ref = %s AND state <> 'withdrawn'", [reference]) is not None:
            raise _wrong("payments.cover_known", _("An exchange with this reference stands already."), "bank_ref")
        made = FxCover(
            id=cover_id, sold_minor=sold.minor, sold_currency=sold.currency, bought_minor=bought.minor,
            bought_currency=bought.currency, traded_on=traded_on, bank_ref=reference, by=by.label,
        )  # fmt: skip
        insert(made)
    return made


def book_cover(cover_id: UUID, *, by: Actor) -> FxCover:
    """The second person: the position becomes smaller, and what was gained or lost by it is booked. Twice does it once.

    Refuses 403 who typed it, 409 one that was withdrawn.
    """
    with part():
        cover = _locked(cover_id, by)
        if cover.state == "booked":
            return cover
        if cover.by == by.label:
            raise Refused("payments.same_person", _("Another person has to approve this."), status=403)
        hold_positions()
        change, result = result_of(cover, carried().get(cover.other.currency, Carried(0, Decimal(0))))
        with stepping(cover, "book", by=by):
            cover.second, cover.booked_at = by.label, EfNow()  # type: ignore[assignment]
            cover.book_minor, cover.result_minor = change, result.minor
        post_entry(
            f"fx:{cover.pk}:cover",
            postings.covered(cover.sold, cover.bought, result),
            kind="fx_covered",
            by=by,
            why={"cover": str(cover.pk), "reference": cover.bank_ref, "traded_on": cover.traded_on.isoformat()},
        )
    return cover


def withdraw_cover(cover_id: UUID, *, by: Actor) -> FxCover:
    """It was a mistake: nothing is booked."""
    with part():
        cover = _locked(cover_id, by)
        with stepping(cover, "withdraw", by=by):
            cover.second = "" if cover.by == by.label else by.label
    return cover


def result_of(cover: FxCover, held: Carried) -> tuple[int, Money]:
    """(by how much the other currency's cost goes up, what was gained), both in the base currency.

    What makes the position smaller leaves at its average cost, and the difference is the result; what goes beyond it begins a position
    the other way, at the cost of this exchange.
    """
    moved, paid = cover.other.minor, cover.base.minor
    closed = min(abs(moved), abs(held.minor)) if held.minor * moved < 0 else 0
    leaves = held.cost * closed / abs(held.minor) if closed else Decimal(0)
    begins = Decimal(-paid) * (abs(moved) - closed) / abs(moved)
    change = int((begins - leaves).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
    return change, Money(paid + change, FX_BASE)


def _refuse_odd(sold: Money, bought: Money, traded_on: date, reference: str) -> None:
    if sold.minor <= 0 or bought.minor <= 0:
        field = "sold" if sold.minor <= 0 else "bought"
        raise _wrong("payments.amount", _("Please give an amount above zero."), field)
    if sold.currency == bought.currency:
        raise _wrong("payments.fx_same", _("These are the same currency."), "bought_currency")
    if FX_BASE not in (sold.currency, bought.currency):
        message = _("One side must be %(base)s. Note an exchange between two others as two, through %(base)s.")
        raise _wrong("payments.cover_base", message % {"base": FX_BASE}, "bought_currency")
    today = now().date()
    if traded_on > today:
        raise _wrong("payments.cover_day", _("This day has not come yet."), "traded_on")
    if traded_on < today - timedelta(days=LATEST_DAYS):
        raise _wrong("payments.cover_day", _("This day is too long ago."), "traded_on")
    if not reference:
        raise _wrong("payments.cover_ref", _("Please give the bank's reference."), "bank_ref")
    rates = [rate_on(traded_on, amount.currency) for amount in (sold, bought)]
    if None in rates:
        raise _wrong("payments.fx_no_rate", _("There is no published rate of that day to compare with."), "traded_on")
    worth = [
        amount.minor * Decimal(10) ** -exponent(amount.currency) / rate
        for amount, rate in zip((sold, bought), rates, strict=True)
        if rate
    ]
    most = rules_at(DEFAULT_MARKET)["payments.fx_jump"]
    if max(worth) / min(worth) > 1 + most:
        raise _wrong(
            "payments.cover_rate", _("This is far from the published rate of that day. Please look at the amounts."), "bought"
        )


def _wrong(code: str, message: object, field: str) -> Refused:
    return Refused(code, message, field=field, status=422)  # type: ignore[arg-type]


def _locked(cover_id: UUID, by: Actor) -> FxCover:
    _cashier(by)
    found = find_one(FxCover, "id = %s FOR UPDATE", [cover_id])
    if found is None:
        raise NotVisible
    return found


def _cashier(by: Actor) -> None:
    if not cashier.admits(by):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
