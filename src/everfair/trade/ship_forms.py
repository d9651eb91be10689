"""What a supplier types when goods are handed over: the carrier, the packages, the documents that go with them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from everfair.base.forms import FilesField, NumberField, TextField
from everfair.logistics.queries import books, carriers_here
from everfair.logistics.values import CARRIER_WORDS, PACKAGE_KIND_WORDS, PACKAGE_KINDS
from everfair.reference.queries import INCOTERMS
from everfair.trade.forms import ShipForm
from everfair.trade.queries.goods_papers import MADE_HERE, OwedPaper

# Rows for packages; each stands for any number of equal ones. The first stand open, the rest is folded.
ROWS, OPEN_ROWS = 8, 2
MOST_LISTED = 2_000
_SIDES = ("length_cm", "width_cm", "height_cm")
_PARTS = ("count", "kind", "gross_weight_kg", *_SIDES, "marks")


class HandOverForm(ShipForm):
    """A consignment with its carrier, its packages one by one, and the documents of the Incoterm."""

    carrier_code = forms.ChoiceField(
        label=_("Who books the carrier"),
        required=False,
        help_text=_("A carrier that we book gives the tracking number itself and reports where the goods are."),
    )
    from_place = TextField(
        label=pgettext_lazy("way of goods", "From"),
        required=False,
        max_length=120,
        help_text=_("A UN/LOCODE such as CNNGB, or a name."),
    )
    to_place = TextField(label=pgettext_lazy("way of goods", "To"), required=False, max_length=120)

    def __init__(self, *args: Any, order: Any, papers: Sequence[OwedPaper], **kwargs: Any) -> None:
        # Under E and F rules the contract names the place where the goods set out, under the others where they go.
        named = "from_place" if INCOTERMS[order.incoterm].code[0] in "EF" else "to_place"
        kwargs["initial"] = {named: order.named_place, "carrier_code": "manual", **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        elsewhere = _("Booked elsewhere: I name the carrier and its number")
        choices = [(code, CARRIER_WORDS[code] if books(code) else elsewhere) for code in carriers_here()]
        self.fields["carrier_code"].choices = choices  # type: ignore[attr-defined]
        for name in ("carrier", "tracking_number", "package_count"):
            self.fields[name].required = False
        self.fields["package_count"].help_text = _("Leave it empty when you list the packages below.")
        for row in range(1, ROWS + 1):
            self.fields |= {f"{part}_of_{row}": field for part, field in _row_fields().items()}
        # What Everfair writes itself needs no upload, and what the buyer provides is the buyer's.
        self.papers = papers
        self.uploads = [paper.code for paper in papers if paper.provided_by == "seller" and paper.code not in MADE_HERE]
        for paper in papers:
            if paper.code in self.uploads:
                self.fields[f"paper_{paper.code}"] = FilesField(label=paper.name, required=False)

    def package_rows(self) -> list[dict[str, Any]]:
        """The fields of each row by their part, for the template."""
        return [{part: self[f"{part}_of_{row}"] for part in _PARTS} for row in range(1, ROWS + 1)]

    def open_rows(self) -> int:
        """Rows that hold something stay in sight."""
        used = [n for n, row in enumerate(self.package_rows(), 1) if row["count"].value() or row["count"].errors]
        return max([OPEN_ROWS, *used])

    def upload(self, code: str) -> Any:
        return self[f"paper_{code}"] if code in self.uploads else None

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        typed["carrier_code"] = typed.get("carrier_code") or "manual"
        if not books(typed["carrier_code"]):
            for name in ("carrier", "tracking_number"):
                if name not in self.errors and not typed.get(name):
                    self.add_error(name, self.fields[name].error_messages["required"])
        self._count_packages(typed)
        return typed

    def _count_packages(self, typed: dict[str, Any]) -> None:
        listed = 0
        for row in range(1, ROWS + 1):
            count = typed.get(f"count_of_{row}")
            said = any(typed.get(f"{part}_of_{row}") for part in (*_SIDES, "gross_weight_kg", "marks"))
            if count is None and said and f"count_of_{row}" not in self.errors:
                self.add_error(f"count_of_{row}", _("Please say how many packages."))
            listed += int(count or 0)
        if listed > MOST_LISTED:
            self.add_error("package_count", _("At most 2,000 packages can be listed one by one; give their number alone."))
        if typed.get("package_count") is None and "package_count" not in self.errors:
            if not listed:
                self.add_error("package_count", _("Please say how many packages."))
            typed["package_count"] = Decimal(listed)
        elif listed and typed.get("package_count") not in (None, listed):
            self.add_error(
                "package_count", _("You listed %(listed)s packages and say that there are others.") % {"listed": listed}
            )

    def consignment(self) -> dict[str, Any]:
        """What `ship_order` takes, without the documents: those are kept by the page."""
        return super().consignment() | {"packages": self.packages()}

    def packages(self) -> list[dict[str, Any]]:
        """One for each package, in the order of the rows."""
        found: list[dict[str, Any]] = []
        for row in range(1, ROWS + 1):
            typed = {part: self.cleaned_data.get(f"{part}_of_{row}") for part in _PARTS}
            count = int(typed.pop("count") or 0)
            sides = {side: int(typed[side] or 0) or None for side in _SIDES}
            found += [typed | sides | {"kind": typed["kind"] or "carton", "marks": typed["marks"] or ""} for _n in range(count)]
        return found


def _row_fields() -> dict[str, forms.Field]:
    sides = {"length_cm": _("Length in cm"), "width_cm": _("Width in cm"), "height_cm": _("Height in cm")}
    return {
        "count": NumberField(label=_("How many"), required=False, largest=Decimal(MOST_LISTED)),
        "kind": forms.ChoiceField(
            label=_("Kind"), required=False, choices=[(kind, PACKAGE_KIND_WORDS[kind]) for kind in PACKAGE_KINDS]
        ),
        "gross_weight_kg": NumberField(label=_("Weight of each in kg"), decimals=3, required=False, largest=Decimal(100_000)),
        **{side: NumberField(label=label, required=False, largest=Decimal(5_000)) for side, label in sides.items()},
        "marks": TextField(label=_("Marks and numbers"), required=False, max_length=200),
    }
