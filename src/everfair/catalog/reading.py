"""What people type and programs send for an offer, into its columns: nothing is guessed, everything wrong is named at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from everfair.base.forms import clean_text
from everfair.base.money import Money, exponent, plain_decimal
from everfair.catalog.drafts import price_from
from everfair.catalog.models import Offer
from everfair.catalog.queries import smallest_step
from everfair.catalog.refusals import OfferRefused, Wrong
from everfair.catalog.sheets.codes import hs_digits
from everfair.catalog.sheets.numbers import tidy
from everfair.catalog.terms import Terms, wrong_quantity, wrong_terms
from everfair.catalog.values import (
    ATTRIBUTE_CHARACTERS,
    ATTRIBUTE_NAME_CHARACTERS,
    ATTRIBUTES,
    BRAND_CHARACTERS,
    BULLET_CHARACTERS,
    BULLETS,
    DESCRIPTION_CHARACTERS,
    LANGUAGES,
    LARGEST_QUANTITY,
    LEAD_TIME_DAYS,
    LEAD_TIMES,
    PICTURES,
    SKU_CHARACTERS,
    TITLE_CHARACTERS,
    VARIANT_GROUP_CHARACTERS,
)
from everfair.files.queries import own_pictures
from everfair.markets.values import Market
from everfair.reference import queries as reference
from everfair.reference.values import Unit

# What an offer is when nothing is said of it.
BLANK: dict[str, Any] = {
    "sku": "", "titles": {}, "descriptions": {}, "bullets": [], "brand": "", "category": "", "attributes": [],
    "attributes_by_language": {}, "currency": "USD",
    "tiers": [], "price_per": "1", "moq": "", "multiple": "", "unit": "H87", "lead_times": [], "sample_price": "", "hs_code": "",
    "origin": "", "variant_group": "", "pictures": [], "picture_alts": {},
}  # fmt: skip


def read_offer(values: Mapping[str, Any], market: Market, company_id: UUID) -> dict[str, Any]:
    """The columns of an offer from plain values with the names of BLANK.

    Texts by language; `attributes` as [[name, value]], and once more by language; `tiers` as [[from quantity, price]] and `lead_times` as [[up to quantity
    or "", days]], both ascending; quantities and prices as text or Decimal; `category`, `unit`, `origin` as codes; `pictures` as
    ids of public pictures that the company keeps. Raises OfferRefused with everything that is wrong.
    """
    if unknown := set(values) - set(BLANK):
        raise TypeError(f"an offer has no {sorted(unknown)}")
    return _Reading({**BLANK, **values}, market, company_id).columns()


def values_of(offer: Offer) -> dict[str, Any]:
    """The offer as plain values again: read once more they give the same columns."""
    sample = offer.sample_price_minor
    return {
        "sku": offer.sku,
        "titles": offer.titles,
        "descriptions": offer.descriptions,
        "bullets": offer.bullets,
        "brand": offer.brand,
        "category": offer.category,
        "attributes": offer.attributes,
        "attributes_by_language": offer.attributes_by_language,
        "currency": offer.currency,
        "tiers": offer.tiers,
        "price_per": tidy(Decimal(offer.price_per)),
        "moq": tidy(Decimal(offer.moq)),
        "multiple": "" if offer.multiple == smallest_step(offer.unit) else tidy(Decimal(offer.multiple)),
        "unit": offer.unit,
        "lead_times": offer.lead_times,
        "sample_price": "" if sample is None else str(Money(sample, offer.currency).amount),
        "hs_code": offer.hs_code,
        "origin": offer.origin,
        "variant_group": offer.variant_group or "",
        "pictures": offer.pictures,
        "picture_alts": offer.picture_alts,
    }


def version_of(offer: Offer) -> str:
    """A fingerprint of what the offer says, for who began to write from it: it stays while only its state changes."""
    return hashlib.sha256(msgspec.json.encode(values_of(offer), order="deterministic")).hexdigest()[:32]


class _Reading:
    def __init__(self, values: dict[str, Any], market: Market, company_id: UUID) -> None:
        self.values, self.market, self.company_id = values, market, company_id
        self.wrong: list[Wrong] = []

    def columns(self) -> dict[str, Any]:
        v = self.values
        unit = self.unit()
        currency = str(v["currency"])
        tiers, tier_rows = self.tiers()
        found: dict[str, Any] = {
            "sku": self.line("sku", v["sku"], SKU_CHARACTERS, required=True),
            "titles": self.texts("titles", TITLE_CHARACTERS),
            "descriptions": self.texts("descriptions", DESCRIPTION_CHARACTERS, many_lines=True),
            "bullets": self.bullets(),
            "brand": self.line("brand", v["brand"], BRAND_CHARACTERS),
            "category": self.category(),
            "attributes": self.attributes("attributes", self.values["attributes"]),
            "attributes_by_language": self.attributes_by_language(),
            "currency": currency,
            "tiers": [[tidy(start), tidy(price)] for start, price in tiers],
            "price_per": self.number("price_per", v["price_per"] or "1", decimals=0) or Decimal(1),
            "moq": self.number("moq", v["moq"]) or (tiers[0][0] if tiers else Decimal(1)),
            "multiple": self.number("multiple", v["multiple"]) or smallest_step(unit.code),
            "unit": unit.code,
            "lead_times": self.lead_times(unit),
            "sample_price_minor": self.sample_price(currency),
            "hs_code": self.hs_code(),
            "origin": self.origin(),
            "variant_group": self.line("variant_group", v["variant_group"], VARIANT_GROUP_CHARACTERS) or None,
            "pictures": self.pictures(),
            "picture_alts": self.alts(),
        }
        if not found["titles"] and not any(w.field.startswith("titles") for w in self.wrong):
            self.bad("titles", "title_missing")
        per = found["price_per"]
        for each in wrong_terms(Terms(currency, tiers, per, found["moq"], found["multiple"], unit), self.market):
            # Rows that could not be read are not among these tiers: the cell is counted as it was typed.
            self.wrong.append(replace(each, cell=(tier_rows[each.cell[0]], each.cell[1])) if each.cell else each)
        if self.wrong:
            raise OfferRefused(self.wrong)
        found["price_from"] = price_from(tiers, per)
        return found

    def bad(self, field: str, code: str, *, cell: tuple[int, int] | None = None, **params: Any) -> None:
        self.wrong.append(Wrong(field, code, params, cell))

    # Words.

    def line(
        self,
        field: str,
        value: Any,
        limit: int,
        *,
        required: bool = False,
        many_lines: bool = False,
        cell: tuple[int, int] | None = None,
    ) -> str:
        try:
            text = clean_text(str(value), many_lines=many_lines)
        except ValueError:
            self.bad(field, "text_hidden", cell=cell)
            return ""
        if len(text) > limit:
            self.bad(field, "text_too_long", cell=cell, length=len(text), limit=limit)
            return ""
        if required and not text:
            self.bad(field, "missing")
        return text

    def texts(self, field: str, limit: int, *, many_lines: bool = False) -> dict[str, str]:
        found = {}
        for language, value in self.values[field].items():
            if language not in LANGUAGES:
                self.bad(field, "language_unknown")
            elif text := self.line(f"{field}.{language}", value, limit, many_lines=many_lines):
                found[language] = text
        return found

    def bullets(self) -> list[str]:
        said = [self.line("bullets", value, BULLET_CHARACTERS, many_lines=True) for value in self.values["bullets"]]
        found = [text for text in said if text]
        if len(found) > BULLETS:
            self.bad("bullets", "too_many", limit=BULLETS)
        return found

    def attributes(self, field: str, pairs: Iterable[Any]) -> list[list[str]]:
        found: dict[str, str] = {}
        for row, (name, value) in enumerate(pairs):
            # Price lists have line breaks in both.
            label = self.line(field, name, ATTRIBUTE_NAME_CHARACTERS, many_lines=True, cell=(row, 0))
            text = self.line(field, value, ATTRIBUTE_CHARACTERS, many_lines=True, cell=(row, 1))
            if bool(label) != bool(text):
                self.bad(field, "attribute_incomplete", cell=(row, 1 if label else 0))
            elif label in found:
                self.bad(field, "attribute_twice", cell=(row, 0), name=label)
            elif label:
                found[label] = text
        if len(found) > ATTRIBUTES:
            self.bad(field, "too_many", limit=ATTRIBUTES)
        return [[name, value] for name, value in found.items()]

    def attributes_by_language(self) -> dict[str, list[list[str]]]:
        found = {}
        for language, pairs in self.values["attributes_by_language"].items():
            if language not in LANGUAGES:
                self.bad("attributes_by_language", "language_unknown")
            elif said := self.attributes(f"attributes_by_language.{language}", pairs):
                found[language] = said
        return found

    def alts(self) -> dict[str, dict[str, str]]:
        """{picture: {language: what it shows}}"""
        found: dict[str, dict[str, str]] = {}
        for picture, said in self.values["picture_alts"].items():
            texts = {code: self.line("pictures", said.get(code, ""), TITLE_CHARACTERS) for code in LANGUAGES}
            if any(texts.values()) and picture in map(str, self.values["pictures"]):
                found[str(picture)] = {code: text for code, text in texts.items() if text}
        return found

    # Codes.

    def category(self) -> str:
        code = str(self.values["category"])
        try:
            if not reference.category(code).is_hall:
                return code
        except ValueError:
            pass
        self.bad("category", "category_unknown")
        return ""

    def unit(self) -> Unit:
        try:
            return reference.unit(str(self.values["unit"]))
        except ValueError:
            self.bad("unit", "unit_unknown")
            return reference.unit("H87")

    def hs_code(self) -> str:
        text = str(self.values["hs_code"]).strip()
        digits = hs_digits(text) if text else ""
        if digits is None:
            self.bad("hs_code", "hs_code_invalid")
        return digits or ""

    def origin(self) -> str:
        code = str(self.values["origin"])
        if code and code not in reference.COUNTRIES:
            self.bad("origin", "origin_unknown")
            return ""
        return code

    def pictures(self) -> list[UUID]:
        wanted: list[UUID] = list(dict.fromkeys(self.values["pictures"]))
        if len(wanted) > PICTURES:
            self.bad("pictures", "too_many", limit=PICTURES)
        elif wanted and set(wanted) != own_pictures(wanted, self.company_id):
            self.bad("pictures", "picture_unknown")
        return wanted

    # Numbers.

    def number(
        self, field: str, value: Any, *, decimals: int = 6, zero: bool = False, cell: tuple[int, int] | None = None
    ) -> Decimal | None:
        text = f"{value:f}" if isinstance(value, Decimal) and value.is_finite() else str(value)
        if text == "":
            return None
        try:
            number = plain_decimal(text, decimals=decimals)
        except ValueError as error:
            code = {"too many decimals": "number_decimals", "too large": "number_too_large"}.get(str(error), "number_plain")
            self.bad(field, code, cell=cell, limit=decimals)
            return None
        if text.startswith("-") or number < 0 or (not number and not zero):
            self.bad(field, "number_positive", cell=cell)
            return None
        if number > LARGEST_QUANTITY:
            self.bad(field, "number_too_large", cell=cell)
            return None
        return number

    def tiers(self) -> tuple[tuple[tuple[Decimal, Decimal], ...], list[int]]:
        """The tiers that can be read, and in which row each was typed."""
        found, rows = [], []
        for row, (start, price) in enumerate(self.values["tiers"]):
            if (start == "") != (price == ""):
                self.bad("tiers", "tier_incomplete", cell=(row, 0 if start == "" else 1))
            quantity, amount = self.number("tiers", start, cell=(row, 0)), self.number("tiers", price, cell=(row, 1))
            if quantity is not None and amount is not None:
                found.append((quantity, amount))
                rows.append(row)
        return tuple(found), rows

    def lead_times(self, unit: Unit) -> list[list[Any]]:
        rows: Iterable[Any] = self.values["lead_times"]
        found: list[list[Any]] = []
        last: Decimal | None = Decimal(0)
        for row, (up_to, days) in enumerate(rows):
            end = self.number("lead_times", up_to, cell=(row, 0))
            length = self.number("lead_times", days, decimals=0, zero=True, cell=(row, 1))
            if length is None or length > LEAD_TIME_DAYS:
                self.bad("lead_times", "lead_time_days", cell=(row, 1), limit=LEAD_TIME_DAYS)
                continue
            if end is not None and (bad := wrong_quantity("lead_times", end, unit)):
                self.wrong.append(replace(bad, cell=(row, 0)))
            if last is None or (end is not None and end <= last):
                self.bad("lead_times", "lead_time_order", cell=(row, 0))
            last = end
            found.append(["" if end is None else tidy(end), int(length)])
        if len(found) > LEAD_TIMES:
            self.bad("lead_times", "lead_time_many", limit=LEAD_TIMES)
        if found and found[-1][0] != "":
            found[-1][0] = ""  # beyond the last quantity its days go on
        return found

    def sample_price(self, currency: str) -> int | None:
        text = self.values["sample_price"]
        if text is None or text == "":
            return None
        places = exponent(currency)
        number = self.number("sample_price", text, decimals=places, zero=True)
        return int(number.scaleb(places)) if number is not None else None
