"""What people type about samples, framework contracts and group buys."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import DayField, MomentField, NumberField
from everfair.markets.forms import PlanField
from everfair.trade.forms import DeliveryForm, incoterm_choices

_PLACE = DeliveryForm.base_fields["named_place"]
_REMARKS = DeliveryForm.base_fields["remarks"]


class SampleForm(forms.Form):
    quantity = NumberField(label=_("How many samples"), decimals=0, largest=Decimal(100))
    incoterm = forms.ChoiceField(label=_("Incoterm 2020"), choices=incoterm_choices)
    named_place = _PLACE
    remarks = _REMARKS


class FrameForm(forms.Form):
    """How a framework contract is called off."""

    valid_until = DayField(label=_("Valid until"))
    least = NumberField(
        label=_("Smallest call-off"), decimals=4, zero=True, required=False, help_text=_("An amount; empty: any.")
    )
    seller_confirms = forms.BooleanField(
        label=_("The seller signs each call-off"),
        required=False,
        initial=True,
        help_text=_("Otherwise the seller's signature under the framework contract holds for all of them."),
    )
    remarks = _REMARKS


class FrameworkForm(FrameForm):
    incoterm = DeliveryForm.base_fields["incoterm"]
    named_place = _PLACE
    payment_plan = PlanField()
    field_order = ("valid_until", "least", "seller_confirms", "incoterm", "named_place", "payment_plan", "remarks")


class CallForm(forms.Form):
    """How much of each line; what stays empty is not called off."""

    ship_by = DeliveryForm.base_fields["ship_by"]
    remarks = _REMARKS

    def __init__(self, *args: Any, lines: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for row in lines:
            self.fields[f"quantity_{row.n}"] = NumberField(
                label=_("Quantity"), decimals=3, required=False, largest=Decimal(10**12)
            )
        self.order_fields([f"quantity_{row.n}" for row in lines])

    def rows(self) -> list[tuple[Any, Any]]:
        return [(row, self[f"quantity_{row.n}"]) for row in self.lines]

    def quantities(self, typed: dict[str, Any]) -> list[tuple[int, Decimal]]:
        return [(row.n, typed[f"quantity_{row.n}"]) for row in self.lines if typed.get(f"quantity_{row.n}") is not None]


class GroupForm(forms.Form):
    """A group buy as its supplier publishes it."""

    offer = forms.ChoiceField(label=_("Offer"))
    threshold = NumberField(
        label=_("Threshold"), decimals=3, largest=Decimal(10**12), help_text=_("So much must be paid into escrow when it closes.")
    )
    unit_price = NumberField(label=_("Price from the threshold on"), decimals=6, largest=Decimal(10**9))
    least = NumberField(label=_("Least quantity of a buyer"), decimals=3, largest=Decimal(10**12))
    most = NumberField(
        label=_("Most quantity in all"),
        decimals=3,
        required=False,
        largest=Decimal(10**12),
        help_text=_("Empty: as much as is asked for."),
    )
    closes_at = MomentField(label=_("Closes"))
    lead_time_days = NumberField(label=_("Days to ship after closing"), decimals=0, zero=True, largest=Decimal(365))
    incoterm = DeliveryForm.base_fields["incoterm"]
    named_place = _PLACE

    def __init__(self, *args: Any, offers: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["offer"].choices = offers  # type: ignore[attr-defined]


class JoinForm(forms.Form):
    quantity = NumberField(label=_("Quantity"), decimals=3, largest=Decimal(10**12))
    remarks = _REMARKS
