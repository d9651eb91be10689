"""What buyers and suppliers type, read into drafts; the rules themselves stand in `actions/reading.py`."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from everfair.base.forms import DayField, FilesField, NumberField, TextField, read_money, read_number, read_unit_price
from everfair.base.money import Money
from everfair.markets.forms import PlanField
from everfair.markets.values import Market
from everfair.reference import queries as reference
from everfair.reference.values import name_in
from everfair.sourcing.models import Quote, QuoteLine, Rfq, RfqLine
from everfair.sourcing.values import (
    CHARGE_KINDS,
    LARGEST_QUANTITY,
    MOST_LINES,
    ChargeDraft,
    LineDraft,
    QuoteDraft,
    QuoteLineDraft,
    RfqDraft,
)
from everfair.sourcing.words import CHARGES

Choices = list[tuple[str, Any]]


def _language() -> str:
    return get_language() or "en"


def category_choices() -> Choices:
    """Halls as groups, categories in them, in the reader's language."""
    language = _language()
    halls = [
        (name_in(hall.names, language), [(c.code, name_in(c.names, language)) for c in reference.children(hall.code)])
        for hall in reference.halls()
    ]
    return [("", _("Choose a category")), *halls]


def unit_choices() -> Choices:
    language = _language()
    return [
        (unit.code, f"{name_in(unit.names, language)} ({unit.symbol})" if unit.symbol else name_in(unit.names, language))
        for unit in reference.UNITS.values()
    ]


def incoterm_choices() -> Choices:
    language = _language()
    return [(term.code, f"{term.code} · {name_in(term.names, language)}") for term in reference.INCOTERMS.values()]


def country_choices() -> Choices:
    language = _language()
    found = sorted((reference.country_name(code, language), code) for code in reference.COUNTRIES)
    return [("", _("Choose a country")), *((code, name) for name, code in found)]


def end_of(day: date) -> datetime:
    """The last second of a day, UTC."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=UTC)


class LineForm(forms.Form):
    """One requested thing; an empty one is passed over."""

    description = TextField(
        label=_("What you need"), max_length=300, help_text=_("Material, size, standard, finish: what a supplier must know.")
    )
    quantity = NumberField(label=_("Quantity"), decimals=3, largest=LARGEST_QUANTITY)
    unit = forms.ChoiceField(label=_("Unit"), initial="H87")
    target_price = NumberField(label=_("Target price per unit"), decimals=6, required=False)
    offer = forms.IntegerField(required=False, min_value=1, max_value=2**53, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, use_required_attribute=False, **kwargs)
        self.fields["unit"].choices = unit_choices()  # type: ignore[attr-defined]

    def has_changed(self) -> bool:
        return any(self.data.get(self.add_prefix(name), "").strip() for name in ("description", "quantity", "target_price"))


class RfqForm(forms.Form):
    title = TextField(label=_("Title"), max_length=200, help_text=_("What a supplier sees first: goods and purpose in one line."))
    category = forms.ChoiceField(label=_("Category"), help_text=_("Suppliers of this category and its hall are told."))
    currency = forms.ChoiceField(label=_("Currency"))
    destination = forms.ChoiceField(label=_("Destination country"))
    incoterm = forms.ChoiceField(label=_("Incoterm 2020"), initial="FOB")
    named_place = TextField(
        label=_("Named place"), max_length=120, help_text=_("The port or place that belongs to the Incoterm.")
    )
    closes_on = DayField(label=_("Quotes until"), help_text=_("Until the end of this day, UTC."))
    ship_by = DayField(label=_("Ship by"), required=False)
    details = TextField(label=_("Details"), many_lines=True, required=False, max_length=5000)
    attachments = FilesField(
        label=_("Attachments"),
        required=False,
        help_text=_("Drawings, specifications: PDF, pictures, XLSX, DOCX, text; up to 10 MB each."),
    )

    def __init__(self, *args: Any, market: Market, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.market = market
        self.fields["category"].choices = category_choices()  # type: ignore[attr-defined]
        self.fields["currency"].choices = [(code, code) for code in market.currencies]  # type: ignore[attr-defined]
        self.fields["destination"].choices = country_choices()  # type: ignore[attr-defined]
        self.fields["incoterm"].choices = incoterm_choices()  # type: ignore[attr-defined]
        initial: list[dict[str, Any]] = self.initial.get("lines", [])
        self.lines = [
            LineForm(
                self.data if self.is_bound else None, prefix=f"line-{n}", initial=initial[n - 1] if n <= len(initial) else None
            )
            for n in range(1, MOST_LINES + 1)
        ]

    def used_lines(self) -> list[LineForm]:
        return [line for line in self.lines if line.has_changed()]

    def clean(self) -> None:
        used = self.used_lines()
        if not used:
            self.add_error(None, _("Please describe at least one thing you need."))
        # Every line is looked at, so that all errors show at once.
        wrong = [line for line in used if not line.is_valid()]
        if wrong:
            self.add_error(None, _("Please look at the lines below."))

    def draft(self, offers: dict[int, Any], file_ids: tuple[Any, ...]) -> RfqDraft:
        """What was typed; `offers`: number → id of the offers that its lines name."""
        given = self.cleaned_data
        return RfqDraft(
            market=self.market.code,
            title=given["title"],
            category=given["category"],
            currency=given["currency"],
            incoterm=given["incoterm"],
            named_place=given["named_place"],
            destination=given["destination"],
            closes_at=end_of(given["closes_on"]),
            ship_by=given["ship_by"],
            details=given["details"],
            file_ids=file_ids,
            lines=tuple(
                LineDraft(
                    c["description"], c["quantity"], c["unit"], c["target_price"], offers.get(c["offer"]) if c["offer"] else None
                )
                for c in (line.cleaned_data for line in self.used_lines())
            ),
        )

    def show_refusal(self, field: str, message: str) -> None:
        """Put a refusal of the action beside the field it speaks of."""
        noun, _dot, rest = field.partition(".")
        if noun == "lines" and rest:
            place, _dot, name = rest.partition(".")
            line = self.used_lines()[int(place)]
            line.add_error(name if name in line.fields else None, message)
            self.add_error(None, _("Please look at the lines below."))
            return
        name = {"closes_at": "closes_on", "file": "attachments", "files": "attachments"}.get(field, field)
        self.add_error(name if name in self.fields else None, message)


class QuoteLineForm(forms.Form):
    """The price of one requested line."""

    unit_price = forms.CharField(
        label=_("Unit price"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    )
    tiers = forms.CharField(
        label=_("Prices at other quantities"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line: quantity, a blank, price. For example 5000 0.042"),
    )
    sku = TextField(
        label=_("Your offer (SKU)"), max_length=100, required=False, help_text=_("Links the line to an offer of yours.")
    )
    note = TextField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, line: RfqLine, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line, self.currency = line, currency
        self.fields["unit_price"].label = _("Unit price in %(currency)s") % {"currency": currency}

    def clean_unit_price(self) -> Decimal:
        return read_unit_price(self.cleaned_data["unit_price"].strip(), self.currency).amount

    def clean_tiers(self) -> tuple[tuple[Decimal, Decimal], ...]:
        rows = []
        for text in self.cleaned_data["tiers"].splitlines():
            if not text.strip():
                continue
            parts = text.split()
            if len(parts) != 2:
                raise ValidationError(_("Please write one quantity and one price a line."))
            rows.append(
                (read_number(parts[0], decimals=3, largest=LARGEST_QUANTITY), read_unit_price(parts[1], self.currency).amount)
            )
        return tuple(rows)


class QuoteForm(forms.Form):
    lead_time_days = NumberField(
        label=_("Lead time in days"), largest=Decimal(730), zero=True, help_text=_("From the deposit until the goods ship.")
    )
    valid_on = DayField(label=_("Valid until"), help_text=_("Until the end of this day, UTC; 180 days at most."))
    payment_plan = PlanField()
    deposit_percent = NumberField(
        label=_("Deposit in per cent"),
        decimals=2,
        zero=True,
        largest=Decimal(100),
        initial="30",
        help_text=_("Where the payment leaves it to you. All of it rests in escrow."),
    )
    incoterm = forms.ChoiceField(label=_("Incoterm 2020"))
    named_place = TextField(label=_("Named place"), max_length=120)
    remarks = TextField(label=_("Remarks"), many_lines=True, required=False, max_length=5000, rows=4)

    def __init__(self, *args: Any, rfq: Rfq, lines: list[RfqLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rfq = rfq
        self.fields["incoterm"].choices = incoterm_choices()  # type: ignore[attr-defined]
        for kind in CHARGE_KINDS:
            label = _("%(charge)s in %(currency)s") % {"charge": CHARGES[kind], "currency": rfq.currency}
            widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
            self.fields[f"charge_{kind}"] = forms.CharField(label=label, required=False, max_length=40, widget=widget)
        initial: dict[int, dict[str, Any]] = self.initial.get("lines", {})
        self.lines = [
            QuoteLineForm(
                self.data if self.is_bound else None,
                prefix=f"line-{line.n}",
                line=line,
                currency=rfq.currency,
                initial=initial.get(line.n),
            )
            for line in lines
        ]

    def charge_names(self) -> list[str]:
        return [f"charge_{kind}" for kind in CHARGE_KINDS]

    def clean(self) -> None:
        given = self.cleaned_data
        for name in self.charge_names():
            text = (given.get(name) or "").strip()
            if not text:
                given[name] = None
                continue
            try:
                given[name] = read_money(text, self.rfq.currency)
            except ValidationError as error:
                self.add_error(name, error)
        wrong = [line for line in self.lines if not line.is_valid()]
        if wrong:
            self.add_error(None, _("Please look at the prices below."))

    def draft(self, offers: dict[str, Any]) -> QuoteDraft:
        """What was typed; `offers`: SKU → id of the supplier's offers that its lines name."""
        given = self.cleaned_data
        return QuoteDraft(
            lines=tuple(
                QuoteLineDraft(form.line.n, c["unit_price"], c["tiers"], c["note"], offers[c["sku"]] if c["sku"] else None)
                for form, c in ((line, line.cleaned_data) for line in self.lines)
            ),
            lead_time_days=int(given["lead_time_days"]),
            valid_until=end_of(given["valid_on"]),
            charges=tuple(ChargeDraft(kind, given[f"charge_{kind}"]) for kind in CHARGE_KINDS if given[f"charge_{kind}"]),
            payment_plan=given["payment_plan"],
            deposit_rate=given["deposit_percent"] / 100,
            incoterm=given["incoterm"],
            named_place=given["named_place"],
            remarks=given["remarks"],
        )

    def show_refusal(self, field: str, message: str, draft: QuoteDraft | None) -> None:
        """Put a refusal of the action beside the field it speaks of."""
        noun, _dot, rest = field.partition(".")
        place, _dot, name = rest.partition(".")
        if noun == "lines" and rest:
            form = self.lines[int(place)]
            form.add_error(name if name in form.fields else None, message)
            self.add_error(None, _("Please look at the prices below."))
            return
        if noun == "charges" and rest and draft is not None:
            self.add_error(f"charge_{draft.charges[int(place)].kind}", message)
            return
        name = {"valid_until": "valid_on", "deposit_rate": "deposit_percent"}.get(field, field)
        self.add_error(name if name in self.fields else None, message)


def quote_initial(quote: Quote | None, lines: list[QuoteLine], rfq: Rfq) -> dict[str, Any]:
    """What stands in the form at first: the request's terms, or the quote that is being revised."""
    if quote is None:
        return {"incoterm": rfq.incoterm, "named_place": rfq.named_place}
    filled: dict[str, Any] = {
        "lead_time_days": str(quote.lead_time_days),
        "valid_on": quote.valid_until.astimezone(UTC).date(),
        "payment_plan": quote.payment_plan,
        "deposit_percent": f"{(quote.deposit_rate * 100).normalize():f}",
        "incoterm": quote.incoterm,
        "named_place": quote.named_place,
        "remarks": quote.remarks,
        "lines": {
            line.rfq_line.n: {
                "unit_price": f"{line.unit_price.normalize():f}",
                "tiers": "\n".join(f"{start} {price}" for start, price in line.tiers if Decimal(start) != line.rfq_line.quantity),
                "sku": line.offer.sku if line.offer else "",
                "note": line.note,
            }
            for line in lines
        },
    }
    for charge in quote.charges:
        filled[f"charge_{charge['kind']}"] = str(Money(abs(charge["amount_minor"]), quote.currency).amount)
    return filled


class InquiryForm(forms.Form):
    text = TextField(
        label=_("Your question"),
        many_lines=True,
        max_length=5000,
        rows=5,
        help_text=_("Stock, samples, certificates, packing: the supplier answers here."),
    )
    quantity = NumberField(label=_("Quantity you think of"), decimals=3, largest=LARGEST_QUANTITY, required=False)
    attachments = FilesField(label=_("Attachments"), required=False)
