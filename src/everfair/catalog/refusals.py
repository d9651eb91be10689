"""Why an offer, or a row of an import, is not taken: one sentence each, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as column
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from everfair.base.refused import Refused
from everfair.catalog.sheets.refusals import NOTE, ROW, SHEET, RowError

SENTENCES = {
    "missing": _("Please fill this in."),
    "text_hidden": _("Please remove hidden or control characters."),
    "text_too_long": _("The text has %(length)s characters; the limit is %(limit)s."),
    "title_missing": _("Please give a title in at least one language."),
    "language_unknown": _("Texts are in English (en), traditional (zh-hant) or simplified Chinese (zh-hans)."),
    "sku_taken": _("You already have an offer with this item number."),
    "category_unknown": _("Please choose a category."),
    "currency_not_here": _("Prices in this market are in one of: %(currencies)s."),
    "number_plain": _("Please write digits with a point for decimals, like 1234.56."),
    "number_positive": _("Please give a number above zero."),
    "number_decimals": _("At most %(limit)s decimals, please."),
    "number_too_large": _("This number is too large."),
    "unit_unknown": _("Please choose a unit."),
    "quantity_whole": _("This is counted in whole units: %(quantity)s is not a whole number."),
    "quantity_decimals": _("A quantity in this unit has at most %(limit)s decimals."),
    "tier_incomplete": _("A price tier needs both a quantity and a price."),
    "tier_too_many": _("An offer has at most %(limit)s price tiers."),
    "tier_order": _("The quantities of the price tiers must rise (at %(quantity)s)."),
    "tier_rising": _("A larger quantity must not cost more each (at %(quantity)s)."),
    "moq_below_first_tier": _("The minimum order %(moq)s is below the first price tier, which starts at %(first)s."),
    "price_per_missing": _("The base quantity of the price needs a price."),
    "lead_time_order": _("The quantities of the lead times must rise, and only the last may be open."),
    "lead_time_days": _("A lead time is a whole number of days, at most %(limit)s."),
    "lead_time_many": _("At most %(limit)s lead times, please."),
    "hs_code_invalid": _("An HS code has 6, 8 or 10 digits."),
    "origin_unknown": _("Please choose a country."),
    "attribute_incomplete": _("An attribute needs both a name and a value."),
    "attribute_twice": _("The attribute «%(name)s» stands here twice."),
    "too_many": _("At most %(limit)s, please."),
    "picture_unknown": _("This picture is not one of yours."),
    "source_category_long": _("The category path is longer than %(limit)s characters."),
    "offer_removed": _("The platform has removed this offer."),
    "changed_meanwhile": _("This offer was saved by somebody else while you were writing. What you typed is not saved yet."),
    "unsaved_elsewhere": _("Not kept: this offer is being edited in another window or on another device."),
    "typed_too_long": _("Not kept: this is more text than an offer can have."),
    "stopped": _("The import was stopped: %(message)s"),
    "file_gone": _("The file is not there any more. Please send it again."),
    "rows_refused": _("Nothing was imported: %(count)s rows have errors."),
}


def _sentence(code: str, params: dict[str, Any]) -> str:
    return str(SENTENCES[code]) % params


_lazy = lazy(_sentence, str)


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong with an offer; `field` is its name in forms and in the API (`tiers`, `titles.en`), `cell` the row
    and column of it where the field is a grid, both from 0."""

    field: str
    code: str
    params: dict[str, Any]
    cell: tuple[int, int] | None = column(default=None, compare=False)

    @property
    def message(self) -> str:
        return _sentence(self.code, self.params)


class OfferRefused(Refused):
    """Everything that is wrong with what was given; as a Refused it names the first."""

    def __init__(self, wrong: Sequence[Wrong]) -> None:
        first = wrong[0]
        super().__init__(f"catalog.{first.code}", _lazy(first.code, first.params), field=first.field, status=422)
        self.wrong = tuple(wrong)


def refused(code: str, field: str | None = None, *, status: int = 422, **params: Any) -> Refused:
    return Refused(f"catalog.{code}", _lazy(code, params), field=field, status=status)


@dataclass(frozen=True, slots=True)
class OfferRowError(RowError):
    """A row that a sheet may hold and an offer may not be."""

    @property
    def message(self) -> str:
        return _sentence(self.code, self.params)


def row_message(code: str, value: str, params: dict[str, Any]) -> str:
    """The sentence of a row error that was kept in the database."""
    sentence = ROW.get(code) or SENTENCES.get(code)
    return str(sentence) % {"value": value, **params} if sentence else code


def sheet_message(code: str, params: dict[str, Any]) -> str:
    """The sentence of a whole file's refusal that was kept in the database."""
    sentence = SHEET.get(code) or SENTENCES.get(code)
    return str(sentence) % params if sentence else code


def note_message(code: str, params: dict[str, Any]) -> str:
    return str(NOTE[code]) % params
