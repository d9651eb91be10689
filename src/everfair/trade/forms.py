"""What people type about an order. Prices never come from here: the buyer says what and how many."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from everfair.base.clock import now
from everfair.base.formats import plain_money, quantity
from everfair.base.forms import DayField, FilesField, NumberField, TextField, read_money
from everfair.base.money import Money, UnitPrice, exponent, plain_decimal
from everfair.logistics.values import MODE_WORDS, MODES
from everfair.markets.forms import PlanField
from everfair.markets.plans import PROOF_KIND_WORDS
from everfair.payments.queries import pay_in_choices
from everfair.reference.queries import INCOTERMS, currency_name
from everfair.reference.values import name_in
from everfair.trade.queries.accepted import AcceptableLine
from everfair.trade.queries.shipments import LineGoods

MOST_LINES = 100


class LineForm(forms.Form):
    """One row of the composer. An empty quantity takes the row out."""

    offer = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    quantity = NumberField(label=_("Quantity"), decimals=3, required=False, largest=Decimal(10**12))


def incoterm_choices() -> list[tuple[str, str]]:
    language = get_language() or "en"
    return [(code, f"{code} · {name_in(term.names, language)}") for code, term in INCOTERMS.items()]


class PayInField(forms.ChoiceField):
    """In which currency the buyer pays. Another one than the order's: the contract holds an exchange rate for it."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Pay in"),
            required=False,
            choices=[("", _("the currency of the order"))],
            help_text=_("In another currency the contract locks an exchange rate for some days; you read it before you sign."),
        )


class _PayingForm(forms.Form):
    """What a form needs that asks for it; the currencies are those of the newest rates."""

    pay_in = PayInField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        rated = [(code, f"{code} · {currency_name(code, language)}") for code in pay_in_choices()]
        self.fields["pay_in"].choices = [*PayInField().choices, *rated]  # type: ignore[attr-defined]


class DeliveryForm(_PayingForm):
    """How the goods change hands."""

    incoterm = forms.ChoiceField(label=_("Incoterm 2020"), choices=incoterm_choices, initial="FOB")
    named_place = TextField(
        label=_("Named place"), max_length=120, help_text=_("The port, terminal or address that the Incoterm names.")
    )
    ship_by = DayField(
        label=_("Ship by"),
        required=False,
        help_text=_("Leave it empty for the supplier's own lead time."),
    )
    payment_plan = PlanField()
    remarks = TextField(label=_("Remarks"), required=False, many_lines=True, rows=3, max_length=2000)


class AwardForm(_PayingForm):
    """What a buyer may add to a quote: everything else is the quote's own."""

    ship_by = DeliveryForm.base_fields["ship_by"]
    remarks = DeliveryForm.base_fields["remarks"]


class ReasonForm(forms.Form):
    reason = TextField(label=_("Reason"), many_lines=True, rows=3, max_length=1000, help_text=_("The other side reads it."))


class ReturnForm(forms.Form):
    """How much a seller gives back of what it was paid."""

    amount = forms.CharField(
        label=_("Amount"),
        max_length=40,
        strip=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    reason = TextField(label=_("Reason"), many_lines=True, max_length=2000, rows=3, help_text=_("The buyer reads it."))

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if "amount" in typed:
            try:
                typed["money"] = read_money(typed["amount"], self.currency)
            except ValidationError as error:
                self.add_error("amount", error)
        return typed


class ShipForm(forms.Form):
    """A consignment as its papers describe it."""

    mode = forms.ChoiceField(label=_("How the goods travel"), choices=[(mode, MODE_WORDS[mode]) for mode in MODES], initial="sea")
    carrier = TextField(label=_("Carrier"), max_length=120)
    tracking_number = TextField(
        label=_("Tracking number"), max_length=80, help_text=_("The number of the bill of lading, waybill or parcel.")
    )
    handed_over_on = DayField(label=_("Handed over on"))
    package_count = NumberField(label=_("Packages"), decimals=0, largest=Decimal(100_000))
    gross_weight_kg = NumberField(label=_("Gross weight in kg"), decimals=3, required=False, largest=Decimal(10**8))
    note = TextField(label=_("Note for the buyer"), required=False, many_lines=True, rows=2, max_length=1000)

    def __init__(self, *args: Any, goods: Sequence[LineGoods], **kwargs: Any) -> None:
        """`goods` are the order's lines as they stand: of each how much goes along, its packages and marks, which make the packing list."""
        kwargs["initial"] = {"handed_over_on": now().date(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.lines = goods
        self.fields["more_follows"] = forms.BooleanField(
            label=_("More follows with another consignment"),
            required=False,
            help_text=_("Leave it empty when this is all of it."),
        )
        for line in goods:
            self.fields[f"quantity_{line.n}"] = NumberField(
                label=_("Quantity in this consignment"), decimals=3, required=False, largest=Decimal(10**12), initial=f"{line.left.normalize():f}",
                help_text=_("Ordered %(ordered)s, left %(left)s.")
                % {"ordered": quantity(line.ordered, line.unit), "left": quantity(line.left, line.unit)},
            )  # fmt: skip
            self.fields[f"packages_{line.n}"] = NumberField(
                label=_("Packages"), decimals=0, required=False, largest=Decimal(100_000)
            )
            self.fields[f"marks_{line.n}"] = TextField(label=_("Marks and numbers"), required=False, max_length=200)

    def packing(self) -> list[tuple[Any, Any, Any, Any]]:
        """(line, its quantity, packages and marks fields) for the template."""
        return [(line, *(self[f"{name}_{line.n}"] for name in ("quantity", "packages", "marks"))) for line in self.lines]

    def carried(self) -> dict[int, Decimal] | None:
        """What goes along; None for all of it as ordered. A field left empty means none of it, one that was not sent all that is left."""
        typed = {line.n: self._goes_along(line) for line in self.lines}
        if all(typed[line.n] == line.left == line.ordered for line in self.lines):
            return None
        return {n: found for n, found in typed.items() if found}

    def _goes_along(self, line: LineGoods) -> Decimal:
        name = f"quantity_{line.n}"
        return (self.cleaned_data[name] or Decimal(0)) if name in self.data else line.left

    def consignment(self) -> dict[str, Any]:
        """What `ship_order` takes."""
        typed = {name: self.cleaned_data[name] for name in self.base_fields}
        typed["package_count"] = int(typed["package_count"])
        typed["packing_list"] = [
            {
                "line": line.n,
                "quantity": f"{self._goes_along(line).normalize():f}",
                "packages": int(self.cleaned_data[f"packages_{line.n}"]),
                "marks": self.cleaned_data[f"marks_{line.n}"],
            }
            for line in self.lines
            if self.cleaned_data[f"packages_{line.n}"] is not None
        ]
        return typed


class AcceptForm(forms.Form):
    """How much of each line is there and right; what is left empty is not confirmed now."""

    def __init__(self, *args: Any, goods: Sequence[AcceptableLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [line for line in goods if line.open]
        for line in self.lines:
            self.fields[f"quantity_{line.n}"] = NumberField(
                label=_("Confirm now"), decimals=3, required=False, largest=Decimal(10**12),
                help_text=_("At most %(open)s.") % {"open": quantity(line.open, line.unit)},
            )  # fmt: skip

    def rows(self) -> list[tuple[AcceptableLine, Any]]:
        return [(line, self[f"quantity_{line.n}"]) for line in self.lines]

    def accepted(self) -> dict[int, Decimal]:
        """Line → quantity."""
        typed = {line.n: self.cleaned_data.get(f"quantity_{line.n}") for line in self.lines}
        return {n: found for n, found in typed.items() if found is not None}


def read_seen_total(text: str) -> Money | None:
    """«420.00 USD» as the preview wrote it; ValidationError for anything else."""
    amount, _blank, currency = text.partition(" ")
    if not text:
        return None
    try:
        return Money(int(plain_decimal(amount, decimals=exponent(currency)).scaleb(exponent(currency))), currency)
    except ValueError:
        raise ValidationError(_("Please look at the order again."), code="total") from None


class ShowForm(forms.Form):
    """What a supplier shows for a stage."""

    kind = forms.ChoiceField(label=_("What you show"))
    attachments = FilesField(label=_("Files"), help_text=_("Pictures, or the document as PDF. At most 10."))
    note = TextField(label=_("Note for the buyer"), required=False, many_lines=True, rows=2, max_length=1000)

    def __init__(self, *args: Any, kinds: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind, PROOF_KIND_WORDS[kind]) for kind in kinds]  # type: ignore[attr-defined]


class AmendForm(forms.Form):
    """New terms for a signed contract; what is left as it is stays as it is."""

    ship_by = DayField(label=_("Ship by"))
    incoterm = forms.ChoiceField(label=_("Incoterm 2020"), choices=incoterm_choices)
    named_place = TextField(label=_("Named place"), max_length=120)
    remarks = TextField(label=_("Remarks"), required=False, many_lines=True, rows=3, max_length=2000)
    note = TextField(
        label=_("Why"),
        required=False,
        many_lines=True,
        rows=2,
        max_length=1000,
        help_text=_("The other side reads it beside the new terms."),
    )

    def __init__(self, *args: Any, terms: dict[str, Any], **kwargs: Any) -> None:
        """`terms` are those that hold now; each of their lines gets its quantity and price."""
        kwargs["initial"] = {name: terms[name] for name in ("ship_by", "incoterm", "named_place", "remarks")}
        super().__init__(*args, **kwargs)
        self.lines, self.currency = terms["lines"], terms["currency"]
        for line in self.lines:
            n = line["n"]
            self.fields[f"quantity_{n}"] = NumberField(
                label=_("Quantity"), decimals=3, largest=Decimal(10**12), initial=line["quantity"]
            )
            self.fields[f"price_{n}"] = NumberField(
                label=_("Unit price"), decimals=6, largest=Decimal(10**12), initial=line["unit_price"]
            )

    def rows(self) -> list[tuple[dict[str, Any], Any, Any]]:
        """(line as it stands, its quantity field, its price field) for the template."""
        return [(self._now(line), self[f"quantity_{line['n']}"], self[f"price_{line['n']}"]) for line in self.lines]

    def _now(self, line: dict[str, Any]) -> dict[str, Any]:
        price = UnitPrice(Decimal(line["unit_price"]), self.currency, Decimal(line["price_per"]))
        return line | {"shown_quantity": quantity(Decimal(line["quantity"]), line["unit"]), "shown_price": plain_money(price)}

    def change(self) -> dict[str, Any]:
        typed = self.cleaned_data
        lines = [(line["n"], typed[f"quantity_{line['n']}"], typed[f"price_{line['n']}"]) for line in self.lines]
        return {"lines": lines} | {name: typed[name] for name in ("ship_by", "incoterm", "named_place", "remarks")}


class ExtensionForm(forms.Form):
    """How many more days, and why."""

    days = NumberField(label=_("Days"), decimals=0, largest=Decimal(365))
    reason = ReasonForm.base_fields["reason"]

    def __init__(self, *args: Any, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].help_text = _("At most %(most)s under this contract.") % {"most": most}


class MessageForm(forms.Form):
    text = TextField(label=_("Your message"), many_lines=True, rows=3, max_length=5000)
