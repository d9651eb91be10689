"""Codes as suppliers write them: currencies, units and countries, into ISO 4217, UN/ECE Rec 20 and ISO 3166-1."""

from __future__ import annotations

from functools import cache, lru_cache
from types import ModuleType

import pycountry
from babel import Locale

# Rec 20 code: the words for it. H87 is the piece of trade documents, C62 the «one» of invoices.
_UNITS = {
    "H87": "piece|pieces|pc|pcs|pce|each|ea|unit|units|個|个|件|隻|只|支|枚|台|臺|條|条|張|张|本|把|瓶子|塊|块|根|片|粒|顆|颗|頂|顶",
    "C62": "one|ones",
    "PR": "pair|pairs|prs|雙|双|對|对|副",
    "SET": "set|sets|套|組|组",
    "DZN": "dozen|dozens|doz|dz|打",
    "KGM": "kg|kgs|kilogram|kilograms|kilo|kilos|公斤|千克",
    "GRM": "g|gram|grams|克|公克",
    "TNE": "t|ton|tons|tonne|tonnes|mt|metric ton|metric tons|噸|吨|公噸|公吨",
    "LBR": "lb|lbs|pound|pounds|磅",
    "MTR": "m|meter|meters|metre|metres|米|公尺",
    "CMT": "cm|centimeter|centimeters|centimetre|centimetres|厘米|公分",
    "MTK": "m2|m²|sqm|square meter|square meters|square metre|square metres|平方米|平方公尺",
    "MTQ": "m3|m³|cbm|cubic meter|cubic meters|cubic metre|cubic metres|立方米|立方公尺",
    "LTR": "l|liter|liters|litre|litres|升|公升",
    "MLT": "ml|milliliter|milliliters|millilitre|millilitres|毫升",
    "YRD": "yd|yds|yard|yards|碼|码",
    "FOT": "ft|foot|feet|呎",
    "BX": "box|boxes|盒|箱",
    "CT": "carton|cartons|ctn|ctns|紙箱|纸箱",
    "PK": "pack|packs|package|packages|pkg|包|袋裝",
    "BG": "bag|bags|袋",
    "RO": "roll|rolls|卷|捲",
    "ST": "sheet|sheets",
    "BO": "bottle|bottles|瓶",
    "MIL": "thousand|thousands|千|千個|千个",
}
_UNIT_OF = {word: code for code, words in _UNITS.items() for word in words.split("|")}
# What is counted and never cut; everything else is measured.
COUNTED = frozenset({"H87", "C62", "PR", "SET", "DZN", "BX", "CT", "PK", "BG", "RO", "ST", "BO", "MIL", "NAR", "NPR", "EA"})
_MORE_UNITS = COUNTED | frozenset(
    "KGM GRM MGM TNE LBR ONZ MTR CMT MMT KMT MTK CMK MTQ LTR MLT HLT YRD FOT INH FTK YDK GLL KWH HUR DAY".split()
)
# ISO 4217 codes that no price can be in: metals, bond units, testing, «no currency».
_NOT_TENDER = frozenset("XXX XTS XAU XAG XPT XPD XBA XBB XBC XBD XDR XSU XUA BOV CHE CHW CLF COU MXV USN UYI UYW".split())


def _reference() -> ModuleType | None:
    """The code lists of `everfair.reference`, asked first where they answer."""
    try:
        from everfair.reference import queries
    except ImportError:
        return None
    return queries


@cache
def _tender() -> frozenset[str]:
    return frozenset(currency.alpha_3 for currency in pycountry.currencies) - _NOT_TENDER


def currency_known(code: str) -> bool:
    """Whether this is a current ISO 4217 currency that a price can be in; `usd` and withdrawn codes are not (B28)."""
    return code in _tender()


@lru_cache(maxsize=4_096)
def unit_code(text: str) -> str | None:
    """The Rec 20 code for a code or a common word: `pcs` → H87, `公斤` → KGM; None when unknown."""
    if text in _MORE_UNITS:
        return text
    return _UNIT_OF.get(" ".join(text.casefold().rstrip(".").split()))


@cache
def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in ("en", "zh_Hans", "zh_Hant"):
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha() and pycountry.countries.get(alpha_2=code):
                found[name.casefold()] = code
    for country in pycountry.countries:
        found[country.alpha_3.casefold()] = country.alpha_2
        found.setdefault(country.name.casefold(), country.alpha_2)
    found.update(
        {
            "usa": "US", "uk": "GB", "prc": "CN", "p.r.c.": "CN", "p.r. china": "CN", "pr china": "CN", "mainland china": "CN", "中國大陸": "CN", "中国大陆": "CN",
            "taiwan": "TW", "台湾": "TW", "臺灣": "TW", "台灣": "TW", "hong kong": "HK", "香港": "HK", "macau": "MO", "澳門": "MO", "澳门": "MO",
            "korea": "KR", "south korea": "KR", "韓國": "KR", "韩国": "KR", "vietnam": "VN", "viet nam": "VN", "turkey": "TR", "czech republic": "CZ",
        }
    )  # fmt: skip
    return found


@lru_cache(maxsize=4_096)
def country_code(text: str) -> str | None:
    """ISO 3166-1 alpha-2 for a code or a name in English or Chinese; None when unknown."""
    if len(text) == 2 and text.isascii() and text.isupper():
        return text if pycountry.countries.get(alpha_2=text) else None
    name = " ".join(text.casefold().split()).removeprefix("made in ")
    return _countries().get(name)


@lru_cache(maxsize=65_536)
def category_code(path: tuple[str, ...]) -> str | None:
    """Our category for a supplier's path, where `everfair.reference` can guess one."""
    guess = getattr(_reference(), "guess_category", None)
    return guess(path) if guess and path else None
