"""What people type about an inspection. Verdicts never come from here: counts do."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import DayField, FilesField, NumberField, TextField
from everfair.base.money import Money, exponent
from everfair.companies.queries import names
from everfair.reference.queries import INSPECTION_LEVELS
from everfair.reference.values import name_in
from everfair.trade.models import Order
from everfair.trade.queries.inspecting import LEVELS, earliest_day, limits_of


class BookForm(forms.Form):
    """After a fail the lots and the level are those of the failed inspection, and are not asked."""

    inspector = forms.ChoiceField(label=_("Inspector"))
    fee = NumberField(label=_("Fee"), largest=Decimal(10**9))
    wanted_on = DayField(label=_("Day of the visit"))
    place = TextField(label=_("Place"), max_length=200, help_text=_("Where the goods lie: address, hall, whom to ask for."))
    level = forms.ChoiceField(label=_("Inspection level"), initial="II")
    note = TextField(label=_("Note for the inspector"), required=False, many_lines=True, rows=2, max_length=1000)

    def __init__(self, *args: Any, order: Order, lines: Sequence[Any], inspectors: Sequence[Any], **kwargs: Any) -> None:
        kwargs["initial"] = {"wanted_on": earliest_day(order), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        self.order, self.lines = order, [] if order.inspection == "failed" else lines
        self.known = {str(company.number): company.pk for company in inspectors}
        fee: Any = self.fields["fee"]
        fee.decimals, fee.label = exponent(order.currency), _("Fee in %(currency)s") % {"currency": order.currency}
        choices = [(str(company.number), f"{names(company, language)[0]} · {company.country}") for company in inspectors]
        self.fields["inspector"].choices = choices  # type: ignore[attr-defined]
        self.fields["level"].choices = [(code, name_in(INSPECTION_LEVELS[code], language)) for code in LEVELS]  # type: ignore[attr-defined]
        if order.inspection == "failed":
            del self.fields["level"]
        for line in self.lines:
            self.fields[f"lot_{line.n}"] = NumberField(
                label=line.description, decimals=3, required=False, zero=True, largest=line.quantity, initial=f"{line.quantity.normalize():f}"
            )  # fmt: skip

    def lots(self) -> list[Any]:
        return [self[f"lot_{line.n}"] for line in self.lines]

    def booking(self) -> dict[str, Any]:
        """What `ask_inspection` takes, but for the order. A line of nothing is left out."""
        typed = self.cleaned_data
        currency = self.order.currency
        lots = {line.n: typed[f"lot_{line.n}"] for line in self.lines if typed[f"lot_{line.n}"]}
        return {
            "inspector_id": self.known[typed["inspector"]],
            "fee": Money(int(typed["fee"].scaleb(exponent(currency))), currency),
            "wanted_on": typed["wanted_on"],
            "place": typed["place"],
            "level": typed.get("level", "II"),
            "note": typed["note"],
            "lines": lots or None,
        }


class PackedForm(forms.Form):
    percent = NumberField(label=_("Packed, in per cent of the goods"), decimals=0, zero=True, largest=Decimal(100))


class ReportForm(forms.Form):
    """One count for each class of defects of each lot, on the sample that the plan says."""

    attachments = FilesField(label=_("Photos"), help_text=_("JPEG, PNG or WebP, between 1 and 20. Both sides see them."))
    remarks = TextField(label=_("Remarks"), required=False, many_lines=True, rows=4, max_length=5000)

    def __init__(self, *args: Any, lots: Sequence[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lots = lots
        for each in lots:
            for name, limit in limits_of(each["lot"]).items():
                words = next(c["name"] for c in each["classes"] if c["limit"] is limit)
                text = _("At most %(accept)s allowed on %(sample)s pieces") % {
                    "accept": limit["accept"],
                    "sample": limit["sample_size"],
                }
                self.fields[f"found_{each['line'].n}_{name}"] = NumberField(
                    label=words, decimals=0, zero=True, largest=Decimal(limit["sample_size"]), help_text=text
                )

    def counting(self) -> list[tuple[dict[str, Any], list[Any]]]:
        """(lot, its fields) for the template."""
        return [(each, [self[f"found_{each['line'].n}_{name}"] for name in limits_of(each["lot"])]) for each in self.lots]

    def defects(self) -> dict[str, dict[str, int]]:
        return {
            str(each["line"].n): {
                name: int(self.cleaned_data[f"found_{each['line'].n}_{name}"]) for name in limits_of(each["lot"])
            }
            for each in self.lots
        }
