"""How numbers, money, quantities and moments are written for a reader, by CLDR (Babel), in the language that is active.

Money always carries its ISO 4217 code («USD 1,200.00»): a lone «$» names twenty currencies. Formatting the same amount
again costs a dictionary look-up, because lists repeat prices.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale, dates, numbers, units
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _
from markupsafe import Markup

from everfair.base.money import Money, UnitPrice, exponent

NBSP = "\u00a0"
# The units of UN/ECE Recommendation 20 that CLDR names in every language; counted things follow below.
_MEASURES = {
    "GRM": "mass-gram",
    "KGM": "mass-kilogram",
    "TNE": "mass-tonne",
    "LBR": "mass-pound",
    "ONZ": "mass-ounce",
    "MTR": "length-meter",
    "CMT": "length-centimeter",
    "MMT": "length-millimeter",
    "FOT": "length-foot",
    "INH": "length-inch",
    "YRD": "length-yard",
    "MTK": "area-square-meter",
    "FTK": "area-square-foot",
    "MTQ": "volume-cubic-meter",
    "LTR": "volume-liter",
    "MLT": "volume-milliliter",
    "KWH": "energy-kilowatt-hour",
    "DAY": "duration-day",
    "HUR": "duration-hour",
}
# English dates as most of the world writes them: «18 Nov 2026» misleads nobody.
_LOCALES = {"en": "en_GB", "zh-hant": "zh_Hant", "zh-hans": "zh_Hans"}
_name_unit: Callable[[str, Decimal], str | None] | None = None


def name_units_with(function: Callable[[str, Decimal], str | None]) -> None:
    """`reference` registers here (code, count) → the unit's name in the active language, for codes not known to base."""
    global _name_unit
    _name_unit = function


@lru_cache(maxsize=16)
def locale_for(language: str | None) -> Locale:
    """The CLDR locale of one of our languages; English when it has none."""
    name = _LOCALES.get(language or "", to_locale(language or "en"))
    try:
        return Locale.parse(name)
    except (ValueError, LookupError):
        return Locale.parse("en")


def reader_locale() -> Locale:
    return locale_for(get_language())


@lru_cache(maxsize=8192)
def _money(value: Money | UnitPrice, language: str, per: bool) -> tuple[Markup, str]:
    places, base = exponent(value.currency), ""
    if isinstance(value, UnitPrice):
        places = max(places, -int(value.amount.normalize().as_tuple().exponent))
        if per and value.per != 1:
            base = f"{NBSP}/{NBSP}{_number(value.per, None, locale_for(language))}"
    digits = _number(value.amount, places, locale_for(language)) + base
    marked = Markup('<span class="money"><abbr class="currency">{}</abbr>{}{}</span>').format(value.currency, NBSP, digits)
    return marked, f"{value.currency}{NBSP}{digits}"


def money(value: Money | UnitPrice | None, *, per: bool = True) -> Markup:
    """«USD 1,200.00» in the reader's digits; a unit price keeps its finer decimals and, unless `per` is off, its base
    quantity («USD 4.20 / 1,000»); nothing at all is a dash."""
    return Markup('<span class="money none">—</span>') if value is None else _money(value, get_language() or "en", per)[0]


def plain_money(value: Money | UnitPrice | None) -> str:
    """The same without markup, for titles and sentences."""
    return "—" if value is None else _money(value, get_language() or "en", True)[1]


def per_unit(price: Money | UnitPrice, unit_code: str) -> str:
    """What a price is for, to stand behind the slash: «piece», or «1,000 pieces» when it is priced by the thousand."""
    base = price.per if isinstance(price, UnitPrice) else Decimal(1)
    return unit_name(unit_code) if base == 1 else quantity(base, unit_code)


@lru_cache(maxsize=16)
def _is_plain(locale: Locale) -> bool:
    """Whether it writes «1,234.5», as Python itself can, ten times as fast as a pattern is followed."""
    return (
        numbers.format_decimal(1234567, locale=locale) == "1,234,567"
        and numbers.format_decimal(Decimal("1234.5"), format="#,##0.00", locale=locale) == "1,234.50"
    )


@lru_cache(maxsize=8192)
def _number(value: Decimal | int | float, decimals: int | None, locale: Locale) -> str:
    if value >= 0 and not isinstance(value, float) and _is_plain(locale):
        if decimals is not None:
            return f"{Decimal(value):,.{decimals}f}"
        if value == int(value):
            return f"{int(value):,}"
    if decimals is None:
        return numbers.format_decimal(value, locale=locale, decimal_quantization=False)
    return numbers.format_decimal(value, format=f"#,##0.{'0' * decimals}" if decimals else "#,##0", locale=locale)


def number(value: Decimal | int | float | None, decimals: int | None = None) -> str:
    return "—" if value is None else _number(value, decimals, reader_locale())


def percent(share: Decimal | float, decimals: int = 0) -> str:
    """0.3 → «30 %» as the language writes it."""
    return numbers.format_percent(share, format=f"#,##0.{'0' * decimals}%" if decimals else "#,##0%", locale=reader_locale())


def _counted(code: str, n: int) -> str | None:
    """Names of counted units, with the plural where the language has one; None for a code that is not here."""
    match code:
        case "C62" | "H87" | "EA":
            return ngettext("piece", "pieces", n)
        case "PR":
            return ngettext("pair", "pairs", n)
        case "SET":
            return ngettext("set", "sets", n)
        case "DZN":
            return ngettext("dozen", "dozens", n)
        case "CT" | "XCT":
            return ngettext("carton", "cartons", n)
        case "BX" | "XBX":
            return ngettext("box", "boxes", n)
        case "PK" | "XPK":
            return ngettext("pack", "packs", n)
        case "BG" | "XBG":
            return ngettext("bag", "bags", n)
        case "RO" | "XRO":
            return ngettext("roll", "rolls", n)
        case "XPX":
            return ngettext("pallet", "pallets", n)
        case "MIL":
            return ngettext("thousand", "thousands", n)
    return None


def quantity(value: Decimal | int | None, unit_code: str) -> str:
    """«500 pieces», «1.5 kg»: the number in the reader's digits, the unit of UN/ECE Rec 20 in words."""
    return "—" if value is None else _quantity(value, unit_code, get_language() or "en")


@lru_cache(maxsize=8192)
def _quantity(value: Decimal | int, unit_code: str, language: str) -> str:
    locale = locale_for(language)
    if unit_code in _MEASURES:
        exact = numbers.format_decimal(value, locale=locale, decimal_quantization=False)
        pattern = units.format_unit(value, _MEASURES[unit_code], length="short", locale=locale)
        rounded = numbers.format_decimal(value, locale=locale)
        return pattern.replace(rounded, exact, 1).replace(" ", NBSP)
    whole = 1 if value == 1 else 2
    name = _counted(unit_code, whole) or (_name_unit and _name_unit(unit_code, Decimal(value))) or unit_code
    return f"{_number(value, None, locale)}{NBSP}{name}"


def unit_name(unit_code: str) -> str:
    """The unit alone, in the singular: «piece», «kg»."""
    return _unit_name(unit_code, get_language() or "en")


@lru_cache(maxsize=256)
def _unit_name(unit_code: str, language: str) -> str:
    if unit_code in _MEASURES:
        return quantity(1, unit_code).replace("1", "", 1).strip(f"{NBSP} ")
    return _counted(unit_code, 1) or (_name_unit and _name_unit(unit_code, Decimal(1))) or unit_code


def day(value: date | datetime | None) -> Markup | str:
    """A day without a time: «18 Nov 2026»."""
    if value is None:
        return "—"
    shown = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return format_html('<time datetime="{}">{}</time>', shown.isoformat(), plain_day(shown))


def plain_day(value: date) -> str:
    """The same without mark-up."""
    return dates.format_date(value, "medium", locale=reader_locale())


def plain_month(value: date) -> str:
    """«November 2026»."""
    return dates.format_skeleton("yMMMM", value, locale=reader_locale())


def plain_moment(value: datetime) -> str:
    """«18 Nov 2026 14:05 UTC» in the zone that is active for this reader, which is always written."""
    local = timezone.localtime(value)
    zone = local.tzname() or "UTC"
    if zone[0] in "+-":
        zone = f"UTC{zone}"
    locale = reader_locale()
    text_day = dates.format_date(local.date(), "medium", locale=locale)
    return f"{text_day} {local:%H:%M}{NBSP}{zone}"


def moment(value: datetime | None) -> Markup | str:
    """A moment with its zone. On a page shown in UTC to an unknown reader a module rewrites it in the browser's zone."""
    if value is None:
        return "—"
    enhance = Markup(" data-moment") if timezone.get_current_timezone_name() == "UTC" else ""
    return format_html('<time datetime="{}"{}>{}</time>', _iso(value), enhance, plain_moment(value))


def ago(value: datetime | None, at: datetime | None = None) -> Markup | str:
    """«3 days ago», with the exact moment on hover. Pass the moment `at` in a list: without it the platform's clock is asked."""
    if value is None:
        return "—"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', _iso(value), plain_moment(value), remaining(value, at, direction=True)
    )


def remaining(value: datetime, at: datetime | None = None, *, direction: bool = False) -> str:
    """«3 days» from now until then (or since then), in the largest sensible unit."""
    gap = value - (at or now())
    if direction and abs(gap) < timedelta(minutes=1):
        return _("just now")
    return dates.format_timedelta(gap, add_direction=direction, threshold=1.5, locale=reader_locale())


def _iso(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def now() -> datetime:
    from everfair.base import clock  # the formats need no database until somebody asks for the time

    return clock.now()


def language_name(code: str) -> str:
    """A language in its own words: what its reader looks for."""
    return (
        {"en": "English", "zh-hant": "繁體中文", "zh-hans": "简体中文"}.get(code) or locale_for(code).get_display_name() or code
    )


def country_name(code: str) -> str:
    return str(reader_locale().territories.get(code, code))


FORMATS: dict[str, Any] = {
    "money": money,
    "plain_money": plain_money,
    "per_unit": per_unit,
    "number": number,
    "percent": percent,
    "quantity": quantity,
    "unit_name": unit_name,
    "date": day,
    "moment": moment,
    "plain_day": plain_day,
    "plain_month": plain_month,
    "plain_moment": plain_moment,
    "ago": ago,
    "remaining": remaining,
    "iso": _iso,
    "language_name": language_name,
    "country_name": country_name,
}
