"""What suppliers type. The fields only carry text: `reading` judges it, so that page, API and demo refuse alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import TextField
from everfair.catalog.refusals import Wrong
from everfair.catalog.values import ATTRIBUTES, LANGUAGES, LEAD_TIMES, TIER_ROWS, TIERS
from everfair.markets.values import Market
from everfair.reference import queries as reference
from everfair.reference.values import name_in

_ATTRIBUTE_ROWS, _TRANSLATED_ROWS, _LEAD_ROWS = 6, 2, 3
# What is merely not there yet is no mistake while somebody is typing.
_UNFINISHED = {"required", "missing", "title_missing", "tier_incomplete", "attribute_incomplete", "lead_time_days"}
# What is said once in each language, in a field of its own for each.
TRANSLATED = ("titles", "descriptions", "attributes_by_language")
LANGUAGE_NAMES = {"en": "English", "zh-hant": "繁體中文", "zh-hans": "简体中文"}


class GridWidget(forms.Widget):
    """Rows of two inputs, sent as two lists of the same length; the template draws them."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[list[str]]:
        if not hasattr(data, "getlist"):
            return data.get(name, [])  # type: ignore[no-any-return]
        pairs = zip(data.getlist(f"{name}_0"), data.getlist(f"{name}_1"), strict=False)
        return [[first.strip(), second.strip()] for first, second in pairs if first.strip() or second.strip()]


class GridField(forms.Field):
    """A table of two columns; `heads` name them, empty rows are left out, `most` rows are taken."""

    widget = GridWidget

    def __init__(self, heads: tuple[Any, Any], rows: int, most: int, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.heads, self.rows, self.most = heads, rows, most

    def shown(self, value: list[list[Any]] | None) -> list[list[Any]]:
        """What is there and empty rows up to the usual count; one more while there may be one."""
        rows = [list(row) for row in value or []]
        empty = max(1 if len(rows) < self.most else 0, min(self.rows, self.most) - len(rows))
        return rows + [["", ""]] * empty


class PicturesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    widget = PicturesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        several = data if isinstance(data, list | tuple) else [data]
        return [super(PicturesField, self).clean(one, initial) for one in several if one]


def _plain(label: Any, **kwargs: Any) -> forms.CharField:
    kwargs.setdefault("required", False)
    return forms.CharField(label=label, strip=True, max_length=kwargs.pop("max_length", 500), **kwargs)


class OfferForm(forms.Form):
    sku = _plain(_("Item number (SKU)"), required=True)
    category = forms.ChoiceField(label=_("Category"), error_messages={"required": _("Please choose a category.")})
    brand = _plain(_("Brand"))
    unit = forms.ChoiceField(label=_("Unit"))
    currency = forms.ChoiceField(label=_("Currency"))
    price_per = _plain(_("Prices are for this many units"), help_text=_("Usually 1; screws are priced per 1000."))
    tiers = GridField(
        (_("From quantity"), _("Price")),
        TIER_ROWS,
        TIERS,
        label=_("Price tiers"),
        help_text=_("A larger quantity never costs more each. Leave it empty for «price on request»: buyers then ask you."),
    )
    moq = _plain(_("Minimum order (MOQ)"), help_text=_("Empty: where the first tier begins."))
    multiple = _plain(_("Sold in multiples of"))
    sample_price = _plain(_("Price of a sample"), help_text=_("0 when samples are free; empty when there are none."))
    lead_times = GridField(
        (_("Up to quantity"), _("Days")),
        _LEAD_ROWS,
        LEAD_TIMES,
        label=_("Lead time"),
        help_text=_("Leave the last quantity empty: those days hold for everything above."),
    )
    hs_code = _plain(_("HS code"), help_text=_("6, 8 or 10 digits."))
    origin = forms.ChoiceField(label=_("Country of origin"), required=False)
    variant_group = _plain(
        _("Variant group"),
        help_text=_("Offers with the same text here, such as the parent SKU, are shown as variants of one thing."),
    )
    attributes = GridField((_("Name"), _("Value")), _ATTRIBUTE_ROWS, ATTRIBUTES, label=_("Attributes"))
    bullets = _plain(
        _("Selling points"), widget=forms.Textarea(attrs={"rows": 4}), max_length=30_000, help_text=_("One on each line.")
    )
    new_pictures = PicturesField(
        label=_("Add pictures"), required=False, help_text=_("JPEG, PNG, WebP or GIF, up to 20 MB each.")
    )

    def __init__(self, market: Market, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # {field: {(row, column): what is wrong}}: shown beside the cell.
        self.beside: dict[str, dict[tuple[int, int], list[str]]] = {}
        language = get_language() or "en"
        for code in LANGUAGES:
            name = code.replace("-", "_")
            self.fields[f"titles_{name}"] = _plain(_("Title"), widget=forms.TextInput(attrs={"lang": code}))
            area = forms.Textarea(attrs={"rows": 5, "lang": code})
            self.fields[f"descriptions_{name}"] = _plain(_("Description"), widget=area, max_length=25_000)
            self.fields[f"attributes_by_language_{name}"] = GridField(
                (_("Name"), _("Value")),
                _TRANSLATED_ROWS,
                ATTRIBUTES,
                label=_("Attributes in this language"),
                help_text=_("Empty: its readers see the attributes below, as you typed them there."),
            )
        self.fields["currency"].choices = [(code, code) for code in market.currencies]  # type: ignore[attr-defined]
        self.fields["category"].choices = [("", _("Please choose"))] + [  # type: ignore[attr-defined]
            (name_in(hall.names, language), [(c.code, name_in(c.names, language)) for c in reference.children(hall.code)])
            for hall in reference.halls()
        ]
        self.fields["unit"].choices = [  # type: ignore[attr-defined]
            (unit.code, f"{name_in(unit.names, language)} ({unit.code})") for unit in reference.UNITS.values()
        ]
        countries = sorted((reference.country_name(code, language), code) for code in reference.COUNTRIES)
        self.fields["origin"].choices = [("", "—")] + [(code, name) for name, code in countries]  # type: ignore[attr-defined]

    def languages(self) -> list[tuple[str, str, Any, Any, Any]]:
        """(code, name in its own words, title, description, attributes); the reader's own first."""
        own = get_language() or "en"
        codes = sorted(LANGUAGES, key=lambda code: code != own)
        return [(c, LANGUAGE_NAMES[c], *(self[f"{base}_{c.replace('-', '_')}"] for base in TRANSLATED)) for c in codes]  # type: ignore[misc]

    @staticmethod
    def initial_of(values: dict[str, Any]) -> dict[str, Any]:
        """Plain values of an offer as the form shows them."""
        simple = {k: v for k, v in values.items() if k not in (*TRANSLATED, "bullets")}
        for base in TRANSLATED:
            simple |= {f"{base}_{code.replace('-', '_')}": text for code, text in values[base].items()}
        return simple | {"bullets": "\n".join(values["bullets"])}

    def values(self) -> dict[str, Any]:
        """What was typed, as plain values of an offer (without pictures); what cannot be read at all is empty."""
        typed = dict.fromkeys(self.fields, "") | self.cleaned_data
        found = {
            name: typed[name]
            for name in (
                "sku", "category", "brand", "unit", "currency", "price_per", "tiers", "moq", "multiple", "sample_price",
                "lead_times", "hs_code", "origin", "variant_group", "attributes",
            )
        }  # fmt: skip
        for base in TRANSLATED:
            found[base] = {code: typed[f"{base}_{code.replace('-', '_')}"] for code in LANGUAGES}
        found["bullets"] = typed["bullets"].splitlines()
        return found

    def pictures(self) -> list[UUID]:
        """The pictures in their order, the first the face; an id that is none is left out."""
        if not self.is_bound:
            return list(self.initial.get("pictures", []))
        return list(dict.fromkeys(filter(None, map(_id, self.data.getlist("picture")))))  # type: ignore[attr-defined]

    def picture_alts(self) -> dict[str, dict[str, str]]:
        """{picture: {language: what it shows}}, for those who do not see it."""
        if not self.is_bound:
            return dict(self.initial.get("picture_alts", {}))
        return {
            str(pk): {code: self.data.get(f"alt_{code.replace('-', '_')}_{pk}", "").strip() for code in LANGUAGES}
            for pk in self.pictures()
        }

    def typed(self) -> dict[str, list[str]]:
        """Everything that was typed, right or wrong, as the form sends it; not its key, not its files."""
        names = {f"{name}_{n}" for name, field in self.fields.items() if isinstance(field, GridField) for n in (0, 1)}
        names |= {*self.fields, "picture"}
        lists = self.data.lists()  # type: ignore[attr-defined]
        # No text in the database holds a NUL (B39).
        return {
            name: [value.replace("\0", "") for value in values]
            for name, values in lists
            if name in names or name.startswith("alt_")
        }

    def below(self, name: str) -> list[str]:
        """What is wrong with a whole grid, and not with one of its cells."""
        beside = {message for messages in self.beside.get(name, {}).values() for message in messages}
        return [message for message in self.errors.get(name, []) if message not in beside]

    def forgive_unfinished(self) -> None:
        """Somebody is still typing: leave out that something is missing."""
        for name, found in self.errors.as_data().items():
            kept = [error for error in found if error.code not in _UNFINISHED]
            if len(kept) != len(found):
                del self.errors[name]
                for error in kept:
                    self.add_error(None if name == "__all__" else name, error)

    def mark(self, wrong: Iterable[Wrong], *, unfinished: bool = False) -> None:
        """Put each thing that is wrong beside its field or cell; `unfinished`: somebody is still typing, so what is missing is
        not wrong."""
        for each in wrong:
            if unfinished and (each.code in _UNFINISHED or (each.code == "category_unknown" and not self["category"].value())):
                continue
            base, _dot, language = each.field.partition(".")
            name = f"{base}_{(language or get_language() or 'en').replace('-', '_')}" if base in TRANSLATED else base
            name = "new_pictures" if base == "pictures" else name
            target = name if name in self.fields else None
            if each.cell:
                self.beside.setdefault(name, {}).setdefault(each.cell, []).append(each.message)
            if each.message not in self.errors.get(target or "__all__", []):
                self.add_error(target, each.message)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("Your price list"), help_text=_("CSV, XLSX or JSON Lines, also as .gz; at most 100,000 rows and 50 MB.")
    )


class OwnOffersForm(forms.Form):
    """The filters of the list; what is not understood is left out."""

    q = TextField(required=False, max_length=100)
    state = forms.CharField(required=False, max_length=20)
