"""What programs send and read: amounts are strings in main units, with their currency beside them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import AwareDatetime, ConfigDict, Field

from everfair.base.api import MoneyOut, Schema
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.markets.plans import DEFAULT_PLAN, PLANS
from everfair.sourcing.actions.reading import refused
from everfair.sourcing.values import ChargeDraft, LineDraft, QuoteDraft, QuoteLineDraft, RfqDraft

Quantity = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,9})(\.[0-9]{1,3})?$", max_length=14, examples=["500"])]
Price = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,9})(\.[0-9]{1,6})?$", max_length=17, examples=["4.20"])]
Amount = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,12})(\.[0-9]{1,4})?$", max_length=18, examples=["120.00"])]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["USD"])]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["DE"])]
UnitCode = Annotated[str, Field(pattern=r"^[A-Z0-9]{2,3}$", examples=["H87"], description="UN/ECE Recommendation 20")]
IncotermCode = Literal["EXW", "FCA", "FAS", "FOB", "CFR", "CIF", "CPT", "CIP", "DAP", "DPU", "DDP"]
ChargeKind = Literal["freight", "insurance", "tooling", "discount", "bank_charge", "tax"]


class _Input(Schema):
    model_config = ConfigDict(extra="forbid")


class RfqLineIn(_Input):
    description: str = Field(min_length=1, max_length=300)
    quantity: Quantity
    unit: UnitCode
    target_price: Price | None = Field(None, description="For one unit, in the request's currency.")
    offer_id: UUID | None = Field(None, description="An offer that shows what is meant.")

    def draft(self) -> LineDraft:
        price = Decimal(self.target_price) if self.target_price is not None else None
        return LineDraft(self.description, Decimal(self.quantity), self.unit, price, self.offer_id)


class RfqIn(_Input):
    title: str = Field(min_length=1, max_length=200)
    category: str = Field(max_length=60, examples=["hardware/fasteners"])
    currency: Currency
    incoterm: IncotermCode
    named_place: str = Field(min_length=1, max_length=120)
    destination: Country
    closes_at: AwareDatetime
    lines: list[RfqLineIn] = Field(min_length=1, max_length=10)
    market: str = Field("export", max_length=20)
    details: str = Field("", max_length=5000)
    ship_by: date | None = None
    file_ids: list[UUID] = Field(default=[], max_length=10)

    def draft(self) -> RfqDraft:
        return RfqDraft(
            market=self.market,
            title=self.title,
            category=self.category,
            currency=self.currency,
            incoterm=self.incoterm,
            named_place=self.named_place,
            destination=self.destination,
            closes_at=self.closes_at,
            lines=tuple(line.draft() for line in self.lines),
            details=self.details,
            ship_by=self.ship_by,
            file_ids=tuple(self.file_ids),
        )


class QuoteTierIn(_Input):
    from_quantity: Quantity
    price: Price


class QuoteLineIn(_Input):
    n: int = Field(ge=1, le=10, strict=True, description="The number of the requested line.")
    unit_price: Price
    tiers: list[QuoteTierIn] = Field(default=[], max_length=6, description="Prices at other quantities than the requested one.")
    note: str = Field("", max_length=300)
    offer_id: UUID | None = None

    def draft(self) -> QuoteLineDraft:
        tiers = tuple((Decimal(tier.from_quantity), Decimal(tier.price)) for tier in self.tiers)
        return QuoteLineDraft(self.n, Decimal(self.unit_price), tiers, self.note, self.offer_id)


class ChargeIn(_Input):
    kind: ChargeKind
    amount: Amount = Field(description="Above zero; a discount is taken off.")
    label: str = Field("", max_length=120)


class QuoteIn(_Input):
    """The currency is the request's; amounts and the total are derived from the unit prices."""

    lines: list[QuoteLineIn] = Field(min_length=1, max_length=10)
    lead_time_days: int = Field(ge=0, le=730, strict=True)
    valid_until: AwareDatetime
    charges: list[ChargeIn] = Field(default=[], max_length=6)
    payment_plan: Literal[tuple(PLANS)] = DEFAULT_PLAN  # type: ignore[valid-type]
    deposit_rate: Annotated[str, Field(pattern=r"^(0(\.[0-9]{1,4})?|1(\.0{1,4})?)$", max_length=6)] = "0.3"
    incoterm: IncotermCode | None = None
    named_place: str = Field("", max_length=120)
    remarks: str = Field("", max_length=5000)

    def draft(self, currency: str) -> QuoteDraft:
        return QuoteDraft(
            lines=tuple(line.draft() for line in self.lines),
            lead_time_days=self.lead_time_days,
            valid_until=self.valid_until,
            charges=tuple(
                ChargeDraft(charge.kind, _money(charge.amount, currency, f"charges.{n}.amount"), charge.label)
                for n, charge in enumerate(self.charges)
            ),
            payment_plan=self.payment_plan,
            deposit_rate=Decimal(self.deposit_rate),
            incoterm=self.incoterm or "",
            named_place=self.named_place,
            remarks=self.remarks,
        )


def _money(text: str, currency: str, field: str) -> Money:
    try:
        return Money.of(text, currency)
    except ValueError:
        raise _no_amount(field, currency) from None


def _no_amount(field: str, currency: str) -> Refused:
    return refused("amount", field, _("This is no amount in %(currency)s.") % {"currency": currency})


class InquiryIn(_Input):
    offer_id: UUID
    text: str = Field(min_length=1, max_length=5000)
    quantity: Quantity | None = None
    file_ids: list[UUID] = Field(default=[], max_length=10)


class InquiryOut(Schema):
    id: UUID
    offer_id: UUID
    thread_id: UUID
    buyer_id: UUID
    seller_id: UUID


class RfqLineOut(Schema):
    n: int
    description: str
    quantity: str
    unit: str
    target_price: str | None
    offer_id: UUID | None


class RfqOut(Schema):
    """`allowed` are the verbs that are possible for the caller now."""

    id: UUID
    number: int
    market: str
    buyer_id: UUID
    state: str
    title: str
    details: str
    category: str
    currency: str
    incoterm: str
    named_place: str
    destination: str
    ship_by: date | None
    closes_at: datetime
    created_at: datetime
    quote_count: int
    file_ids: list[UUID]
    lines: list[RfqLineOut]
    allowed: list[str]


class RfqShortOut(Schema):
    id: UUID
    number: int
    state: str
    title: str
    category: str
    currency: str
    destination: str
    closes_at: datetime
    quote_count: int
    line_count: int
    match: int | None = Field(None, description="For leads: 2 same category as the supplier's offers, 1 same hall, 0 neither.")


class RfqsOut(Schema):
    items: list[RfqShortOut]
    next_cursor: str | None = None


class QuoteTierOut(Schema):
    from_quantity: str
    price: str


class QuoteLineOut(Schema):
    n: int
    description: str
    quantity: str
    unit: str
    unit_price: str
    amount: MoneyOut
    tiers: list[QuoteTierOut]
    note: str
    offer_id: UUID | None


class QuoteChargeOut(Schema):
    """A discount is below zero."""

    kind: str
    label: str
    amount: MoneyOut


class QuoteOut(Schema):
    """`allowed` are the verbs that are possible for the caller now."""

    id: UUID
    number: int
    rfq_id: UUID
    seller_id: UUID
    revision: int
    state: str
    expired: bool
    incoterm: str
    named_place: str
    lead_time_days: int
    valid_until: datetime
    payment_plan: str
    deposit_rate: str
    remarks: str
    created_at: datetime
    lines: list[QuoteLineOut]
    charges: list[QuoteChargeOut]
    goods: MoneyOut
    total: MoneyOut
    allowed: list[str]


class QuotesOut(Schema):
    items: list[QuoteOut]


class QuoteShortOut(Schema):
    id: UUID
    number: int
    rfq_id: UUID
    revision: int
    state: str
    total: MoneyOut
    valid_until: datetime
    created_at: datetime


class QuotesShortOut(Schema):
    items: list[QuoteShortOut]
    next_cursor: str | None = None
