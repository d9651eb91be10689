"""What comes from outside, read exactly: each function returns the clean value or refuses, naming the field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import clean_text
from everfair.base.money import MAX_MINOR, Money
from everfair.base.refused import Refused
from everfair.markets.plans import PLANS
from everfair.markets.table import MARKETS
from everfair.messaging.values import mask_cards
from everfair.reference import queries as reference
from everfair.sourcing.values import (
    CHARGE_KINDS,
    LARGEST_PRICE,
    LARGEST_QUANTITY,
    LONGEST_LEAD_DAYS,
    LONGEST_OPEN_DAYS,
    LONGEST_SHIP_DAYS,
    LONGEST_VALID_DAYS,
    MOST_FILES,
    MOST_LINES,
    MOST_TIERS,
    ChargeDraft,
    LineDraft,
    QuoteDraft,
    QuoteLineDraft,
    RfqDraft,
    tiers_with,
)

_LARGEST_DIGITS = 28


def refused(code: str, field: str, message: str | Promise) -> Refused:
    return Refused(f"sourcing.{code}", message, field=field, status=422)


def read_text(value: str, field: str, longest: int, *, required: bool = False, many_lines: bool = False) -> str:
    """Trimmed NFC text with payment card numbers masked."""
    too_long = refused("too_long", field, _("This is too long."))
    if len(value) > 4 * longest:
        raise too_long
    try:
        text = mask_cards(clean_text(value, many_lines=many_lines))
    except ValueError:
        raise refused("hidden_characters", field, _("Please remove hidden or control characters.")) from None
    if len(text) > longest:
        raise too_long
    if required and not text:
        raise refused("missing", field, _("This is needed."))
    return text


def _known(look_up: Callable[[str], Any], value: str, field: str, message: str | Promise) -> str:
    try:
        look_up(value)
    except ValueError:
        raise refused("unknown", field, message) from None
    return value


def read_rfq(draft: RfqDraft, moment: datetime) -> RfqDraft:
    """The request with clean texts; refuses what no supplier could answer."""
    market = MARKETS.get(draft.market)
    if market is None:
        raise refused("unknown", "market", _("There is no such market."))
    if draft.currency not in market.currencies:
        raise refused("unknown", "currency", _("Please choose one of the market's currencies."))
    if not 1 <= len(draft.lines) <= MOST_LINES:
        raise refused("line_count", "lines", _("A request has one to ten lines."))
    if len(draft.file_ids) > MOST_FILES:
        raise refused("file_count", "files", _("At most 10 files, please."))
    read_moment(draft.closes_at, "closes_at", moment, LONGEST_OPEN_DAYS)
    if draft.ship_by is not None:
        if draft.ship_by < draft.closes_at.date():
            raise refused("ship_by_early", "ship_by", _("Goods ship after the quotes are in: please choose a later day."))
        if draft.ship_by > (moment + timedelta(days=LONGEST_SHIP_DAYS)).date():
            raise refused("ship_by_late", "ship_by", _("Please choose a day within three years."))
    return replace(
        draft,
        title=read_text(draft.title, "title", 200, required=True),
        details=read_text(draft.details, "details", 5_000, many_lines=True),
        category=_known(reference.category, draft.category, "category", _("Please choose a category from the list.")),
        incoterm=read_incoterm(draft.incoterm),
        named_place=read_text(draft.named_place, "named_place", 120, required=True),
        destination=_known(reference.country, draft.destination, "destination", _("Please choose a country from the list.")),
        lines=tuple(_read_line(line, f"lines.{n}") for n, line in enumerate(draft.lines)),
        file_ids=tuple(dict.fromkeys(draft.file_ids)),
    )


def read_incoterm(code: str) -> str:
    return _known(reference.incoterm, code, "incoterm", _("Please choose a rule of Incoterms 2020."))


def _read_line(line: LineDraft, field: str) -> LineDraft:
    price = line.target_price
    return replace(
        line,
        description=read_text(line.description, f"{field}.description", 300, required=True),
        quantity=read_quantity(line.quantity, line.unit, field),
        target_price=None if price is None else read_price(price, f"{field}.target_price"),
    )


def read_quantity(quantity: Decimal, unit_code: str, field: str, name: str = "quantity") -> Decimal:
    """Above zero, of a unit of Rec 20, with no more places than the unit bears (and three at most)."""
    place = f"{field}.{name}" if field else name
    try:
        unit = reference.unit(unit_code)
    except ValueError:
        raise refused("unknown", f"{field}.unit" if field else "unit", _("Please choose a unit from the list.")) from None
    if not quantity.is_finite() or quantity <= 0:
        raise refused("quantity", place, _("Please give a number above zero."))
    if quantity > LARGEST_QUANTITY:
        raise refused("quantity_large", place, _("This number is too large."))
    if len(quantity.as_tuple().digits) > _LARGEST_DIGITS or not unit.allows(quantity) or places(quantity) > 3:
        message = (
            _("This unit is counted in whole numbers.") if not unit.fractions_allowed else _("Too many decimals for this unit.")
        )
        raise refused("quantity_decimals", place, message)
    return quantity


def places(number: Decimal) -> int:
    """How many decimals a finite number really has."""
    return max(0, -int(number.normalize().as_tuple().exponent))


def read_price(price: Decimal, field: str) -> Decimal:
    """A price for one unit: above zero, at most six decimals."""
    if not price.is_finite() or price <= 0:
        raise refused("price", field, _("Please give a number above zero."))
    if price > LARGEST_PRICE:
        raise refused("price_large", field, _("This number is too large."))
    if len(price.as_tuple().digits) > _LARGEST_DIGITS or places(price) > 6:
        raise refused("price_decimals", field, _("A unit price has at most six decimals."))
    return price


def read_moment(value: datetime, field: str, moment: datetime, longest_days: int) -> None:
    if value.tzinfo is None:
        raise refused("zone_missing", field, _("Please give the time zone."))
    if value <= moment:
        raise refused("past", field, _("Please choose a moment in the future."))
    if value > moment + timedelta(days=longest_days):
        raise refused("too_far", field, _("Please choose a moment within %(days)s days.") % {"days": longest_days})


def read_quote(draft: QuoteDraft, wanted: dict[int, tuple[Decimal, str]], currency: str, moment: datetime) -> QuoteDraft:
    """The quote with clean texts, its lines in the request's order with the requested quantity among the tiers.

    `wanted`: line number → (quantity, unit). Every requested line is priced once, and no other.
    """
    numbers = [line.n for line in draft.lines]
    if sorted(numbers) != sorted(wanted):
        raise refused("lines_differ", "lines", _("Please give a price for each requested line."))
    if not 0 <= draft.lead_time_days <= LONGEST_LEAD_DAYS:
        raise refused("lead_time", "lead_time_days", _("Please give a number of days up to 730."))
    if not draft.deposit_rate.is_finite() or not 0 <= draft.deposit_rate <= 1 or places(draft.deposit_rate) > 4:
        raise refused(
            "deposit_rate", "deposit_rate", _("The deposit lies between 0 and 100 per cent, with two decimals at most.")
        )
    if draft.payment_plan not in PLANS:
        raise refused("payment_plan", "payment_plan", _("Please choose how the order is paid."))
    read_moment(draft.valid_until, "valid_until", moment, LONGEST_VALID_DAYS)
    at = {line.n: place for place, line in enumerate(draft.lines)}
    lines = [
        _read_quote_line(line, *wanted[line.n], field=f"lines.{at[line.n]}")
        for line in sorted(draft.lines, key=lambda line: line.n)
    ]
    return replace(
        draft,
        lines=tuple(lines),
        charges=_read_charges(draft.charges, currency),
        incoterm=read_incoterm(draft.incoterm) if draft.incoterm else "",
        named_place=read_text(draft.named_place, "named_place", 120),
        remarks=read_text(draft.remarks, "remarks", 5_000, many_lines=True),
    )


def _read_quote_line(line: QuoteLineDraft, quantity: Decimal, unit: str, *, field: str) -> QuoteLineDraft:
    price = read_price(line.unit_price, f"{field}.unit_price")
    place = f"{field}.tiers"
    if len(line.tiers) > MOST_TIERS:
        raise refused("tier_count", place, _("At most six further prices, please."))
    read = tuple((read_quantity(start, unit, "", place), read_price(amount, place)) for start, amount in line.tiers)
    try:
        tiers = tiers_with(read, quantity, price)
    except ValueError as wrong:
        messages = {
            "twice": _("Each quantity stands once."),
            "requested": _("The price of the requested quantity stands above: it cannot have another one here."),
            "rising": _("A larger quantity cannot cost more for one unit."),
        }
        raise refused(f"tiers_{wrong}", place, messages[str(wrong)]) from None
    return replace(line, tiers=tuple(tiers), note=read_text(line.note, f"{field}.note", 300))


def _read_charges(charges: tuple[ChargeDraft, ...], currency: str) -> tuple[ChargeDraft, ...]:
    kinds = [charge.kind for charge in charges]
    if not set(kinds) <= set(CHARGE_KINDS):
        raise refused("unknown", "charges", _("There is no such charge."))
    if len(set(kinds)) != len(kinds):
        raise refused("charge_twice", "charges", _("Each kind of charge stands once."))
    read = []
    for n, charge in enumerate(charges):
        if charge.amount.currency != currency:
            raise refused("currency", f"charges.{n}.amount", _("A quote has the currency of its request."))
        if charge.amount.minor <= 0:
            raise refused("charge", f"charges.{n}.amount", _("Please give a number above zero."))
        if charge.amount.minor > MAX_MINOR // 10:
            raise refused("amount_large", f"charges.{n}.amount", _("This amount is too large."))
        read.append(replace(charge, label=read_text(charge.label, f"charges.{n}.label", 120)))
    return tuple(sorted(read, key=lambda charge: CHARGE_KINDS.index(charge.kind)))


def refuse_excess(goods: Money, charges: tuple[ChargeDraft, ...]) -> None:
    """B33: a discount takes off a part of the goods, never all of them."""
    for n, charge in enumerate(charges):
        if charge.kind == "discount" and charge.amount >= goods:
            raise refused("discount", f"charges.{n}.amount", _("A discount is smaller than the price of the goods."))
