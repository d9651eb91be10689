"""Codes as suppliers write them, into those of `everfair.reference`: currencies, units, countries, HS codes, categories."""

from __future__ import annotations

from functools import cache, lru_cache

from babel import Locale

from everfair.reference import queries as reference

# Names of countries that people write and CLDR does not list.
_MORE_COUNTRIES = {
    "usa": "US",
    "uk": "GB",
    "prc": "CN",
    "p.r.c.": "CN",
    "p.r. china": "CN",
    "pr china": "CN",
    "p. r. china": "CN",
    "mainland china": "CN",
    "中國大陸": "CN",
    "中国大陆": "CN",
    "hong kong": "HK",
    "macau": "MO",
    "korea": "KR",
    "viet nam": "VN",
    "turkey": "TR",
    "czech republic": "CZ",
    "台湾": "TW",
    "台灣": "TW",
    "臺灣": "TW",
    "香港": "HK",
    "澳門": "MO",
    "澳门": "MO",
}


def currency_known(code: str) -> bool:
    """Whether this is a current ISO 4217 currency that a price can be in; `usd` and withdrawn codes are not (B28)."""
    return code in reference.CURRENCIES


@lru_cache(maxsize=4_096)
def unit_code(text: str) -> str | None:
    """The Rec 20 code for a code or a common word: `pcs` → H87, `公斤` → KGM; None when unknown or unsure."""
    unit = reference.unit_for_word(text)
    return unit.code if unit else None


@lru_cache(maxsize=4_096)
def unit_decimals(code: str) -> int:
    """How many decimals a quantity in this unit may have: 0 for pieces, which are counted and never cut (B30)."""
    return reference.unit(code).decimals


@cache
def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in ("en", "zh_Hans", "zh_Hant"):
        for code, name in Locale.parse(language).territories.items():
            if code in reference.COUNTRIES:
                found[name.casefold()] = code
    return found | _MORE_COUNTRIES


@lru_cache(maxsize=4_096)
def country_code(text: str) -> str | None:
    """ISO 3166-1 alpha-2 for a code or a name in English or Chinese; None when unknown."""
    if text in reference.COUNTRIES:
        return text
    return _countries().get(" ".join(text.casefold().split()).removeprefix("made in "))


def hs_digits(text: str) -> str | None:
    """`8471.30` → `847130`; None unless it has the form of a subheading or a national line (6, 8 or 10 digits)."""
    try:
        digits = reference.hs_form(text)
    except ValueError:
        return None
    return digits if len(digits) >= 6 else None


def category_guess(path: tuple[str, ...], titles: dict[str, str], brand: str) -> tuple[str, float]:
    """Our category for a supplier's path and title, and how sure that is from 0 to 1."""
    title = titles.get("en") or next(iter(titles.values()), "")
    return reference.guess_category(path, title, brand)
