"""What programs send and read about orders. Amounts are strings in main units, their currency beside them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field
from pydantic import ConfigDict, StringConstraints

from everfair.base.api import MoneyOut, Schema, Words
from everfair.logistics.values import CARRIER_WORDS, PACKAGE_KINDS
from everfair.markets.plans import DEFAULT_PLAN, PLANS, PROOFS
from everfair.reference.queries import PAPERS
from everfair.trade.schemas.held_rate import HeldRateOut

# Digits and one point: nothing is guessed (B22 to B25).
Quantity = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,3})?$", max_length=16, strict=True)]
AmountText = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,14})(\.[0-9]{1,4})?$", max_length=20, strict=True)]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$", strict=True)]
# With another currency than the order's the contract holds an exchange rate for it.
PayIn = Annotated[str, StringConstraints(pattern=r"^([A-Z]{3})?$", strict=True)]
IncotermCode = Literal["EXW", "FCA", "FAS", "FOB", "CFR", "CIF", "CPT", "CIP", "DAP", "DPU", "DDP"]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class ExpectedTotal(Strict):
    amount: AmountText
    currency: CurrencyCode


class LineIn(Strict):
    offer: UUID
    quantity: Quantity


class DraftIn(Strict):
    """What and how many; every price comes from the offers."""

    lines: list[LineIn] = Field(min_length=1, max_length=100)
    incoterm: IncotermCode
    named_place: str = Field(min_length=1, max_length=120)
    ship_by: date | None = None
    payment_plan: Literal[tuple(PLANS)] = DEFAULT_PLAN  # type: ignore[valid-type]
    pay_in: PayIn = ""
    remarks: str = Field("", max_length=2000)


class OrderIn(DraftIn):
    """`expected_total` and `draft_hash` (from the preview) are refused with 409 when the terms are other ones by now."""

    expected_total: ExpectedTotal | None = None
    draft_hash: Hash | None = None


class AwardIn(Strict):
    ship_by: date | None = None
    pay_in: PayIn = ""
    remarks: str = Field("", max_length=2000)
    draft_hash: Hash | None = None


class SignIn(Strict):
    terms_hash: Hash


class ShowIn(Strict):
    """`files` are ids of files the company has added on the pages."""

    kind: Literal[PROOFS]  # type: ignore[valid-type]
    files: list[UUID] = Field(min_length=1, max_length=10)
    note: str = Field("", max_length=1000)


class ChangedLineIn(Strict):
    n: int = Field(ge=1, le=100, strict=True)
    quantity: Quantity
    unit_price: Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?$", max_length=20, strict=True)]


class AmendIn(Strict):
    """New terms for a signed contract: what is not given stays as it is."""

    lines: list[ChangedLineIn] = Field(default_factory=list, max_length=100)
    ship_by: date | None = None
    incoterm: IncotermCode | None = None
    named_place: str = Field("", max_length=120)
    remarks: str | None = Field(None, max_length=2000)
    note: str = Field("", max_length=1000)


class AmendmentOut(Schema):
    """`document` is what is signed, over its `terms_hash`; `side` proposed it."""

    id: UUID
    version: int
    state: str
    side: str
    note: str
    terms_hash: str
    former_hash: str
    total: MoneyOut
    document: dict[str, Any]
    proposed_at: datetime
    signed_at: datetime | None


class ReasonIn(Strict):
    reason: str = Field(min_length=1, max_length=1000)


class AnswerIn(Strict):
    reason: Words = Field("", max_length=1000)


class ExtensionIn(Strict):
    kind: Literal["shipping", "receipt"]
    days: int = Field(ge=1, le=365, strict=True)
    reason: Words = Field(min_length=1, max_length=1000)


class ExtensionOut(Schema):
    """A request for more time. `asked_by` is buyer or seller; without an answer by `answer_by` it has lapsed."""

    id: UUID
    kind: str
    days: int
    reason: str
    asked_by: str
    state: str
    asked_at: datetime
    answer_by: datetime
    answered_at: datetime | None


class CalendarOut(Schema):
    """By which days the contract counts: the rules of `counts` count business days, off in none of `countries`, until `closes` in the
    latest of `zones`. `sha256` is of the days off that both signed."""

    sha256: str
    countries: list[str]
    zones: list[str]
    counts: list[str]
    closes: str


class PackingIn(Strict):
    line: int = Field(ge=1, le=100, strict=True)
    quantity: Quantity
    packages: int = Field(ge=1, le=100_000, strict=True)
    marks: Words = Field("", max_length=200)


class CarriedIn(Strict):
    line: int = Field(ge=1, le=100, strict=True)
    quantity: Quantity


class ShipPackageIn(Strict):
    """One package; sizes in centimetres."""

    kind: Literal[PACKAGE_KINDS] = "carton"  # type: ignore[valid-type]
    gross_weight_kg: Quantity | None = None
    length_cm: int | None = Field(None, ge=1, le=5_000, strict=True)
    width_cm: int | None = Field(None, ge=1, le=5_000, strict=True)
    height_cm: int | None = Field(None, ge=1, le=5_000, strict=True)
    marks: Words = Field("", max_length=200)


class ShipPaperIn(Strict):
    """A document that goes with the goods; `files` are ids of files the company has added on the pages."""

    code: Literal[tuple(PAPERS)]  # type: ignore[valid-type]
    files: list[UUID] = Field(min_length=1, max_length=10)


class ShipIn(Strict):
    """A carrier that Everfair books (`carrier_code`) gives the tracking number itself; any other one is named with its number.

    `lines`: what of each line goes along, all that is left where it is not given; `last`: nothing more follows.
    """

    mode: Literal["express", "air", "land", "sea"]
    carrier_code: Literal[tuple(CARRIER_WORDS)] = "manual"  # type: ignore[valid-type]
    carrier: str = Field("", max_length=120)
    tracking_number: str = Field("", max_length=80)
    from_place: Words = Field("", max_length=120)
    to_place: Words = Field("", max_length=120)
    packages: list[ShipPackageIn] = Field(default_factory=list, max_length=2_000)
    papers: list[ShipPaperIn] = Field(default_factory=list, max_length=16)
    handed_over_on: date
    package_count: int = Field(ge=1, le=100_000, strict=True)
    gross_weight_kg: Quantity | None = None
    packing_list: list[PackingIn] = Field(default_factory=list, max_length=100)
    note: str = Field("", max_length=1000)
    lines: list[CarriedIn] | None = Field(None, max_length=100)
    last: bool = True


class PartyOut(Schema):
    id: UUID
    name: str


class AcceptIn(Strict):
    """What is there and right, on top of what was accepted before."""

    lines: list[CarriedIn] = Field(min_length=1, max_length=100)


class SentOut(Schema):
    """How a line stands: `state` is awaiting, part or shipped, counted with the contract's tolerance; `accepted` before all of it was."""

    line: int
    ordered: str
    shipped: str
    least: str
    most: str
    state: str
    accepted: str


class LineOut(Schema):
    n: int
    offer: UUID | None
    sku: str
    description: str
    quantity: str
    unit: str
    unit_price: MoneyOut
    price_per: str
    amount: MoneyOut


class ChargeOut(Schema):
    kind: str
    label: str
    amount: MoneyOut


class DraftStageOut(Schema):
    """`due_on`: what makes it payable, `due_day` when it is a date; `ends_on`: what pays it out."""

    n: int
    name: str
    percent: str
    amount: MoneyOut
    due_on: str
    ends_on: str
    due_day: date | None = None


class StageOut(DraftStageOut):
    """`payment` is the newest payment for it, for the buyer alone; `work` is what the supplier showed for it; `paid_in_parts` what
    goods accepted in parts have paid out of it already."""

    state: str
    work: str
    due_at: datetime | None
    payment: UUID | None
    paid_in_parts: MoneyOut


class DraftOut(Schema):
    """The terms as they would be signed; nothing is written."""

    kind: str
    market: str
    buyer: PartyOut
    seller: PartyOut
    lines: list[LineOut]
    charges: list[ChargeOut]
    stages: list[DraftStageOut]
    total: MoneyOut
    incoterm: str
    named_place: str
    ship_by: date
    remarks: str
    rules: dict[str, str]
    exchange: HeldRateOut | None
    draft_hash: str


class StandingOut(Schema):
    """Where it stands, whose turn it is, what happens at `until` when nobody acts; `code` is stable."""

    code: str
    stands: str
    turn: str
    asks: str
    at_zero: str
    until: datetime | None
    yours: bool


class ConsignmentOut(Schema):
    mode: str
    carrier: str
    tracking_number: str
    handed_over_on: date
    package_count: int
    gross_weight_kg: Decimal | None
    packing_list: list[dict[str, Any]]
    note: str


class OrderBrief(Schema):
    id: UUID
    number: str
    kind: str
    basis: UUID | None
    market: str
    buyer: PartyOut
    seller: PartyOut
    agreement: str
    goods: str
    issue: str
    total: MoneyOut
    ship_by: date
    placed_at: datetime
    standing: StandingOut


class OrderPage(Schema):
    items: list[OrderBrief]
    next_cursor: str | None = None


class OrderOut(OrderBrief):
    incoterm: str
    named_place: str
    remarks: str
    terms_hash: str
    terms_version: int
    rules: dict[str, str]
    buyer_signed_at: datetime | None
    seller_signed_at: datetime | None
    closed_by: str
    closed_reason: str
    issue_reason: str
    lines: list[LineOut]
    charges: list[ChargeOut]
    stages: list[StageOut]
    moves: list[str]
    goods_sent: list[SentOut]
    difference: MoneyOut
    consignment: ConsignmentOut | None
    ship_by_in_force: date
    confirm_by: datetime | None
    calendar: CalendarOut | None
    exchange: HeldRateOut | None
    extensions: list[ExtensionOut]


class PayOut(Schema):
    """The payment: `GET /payments/{payment}/ways` says how it may be paid, `POST /payments/{payment}/pay` does it."""

    payment: UUID


class BuyerIssues(Schema):
    """Reports that goods did not come: raised by the buyer, opened because nobody spoke, and how those ended that ended."""

    raised: int
    silent: int
    withdrawn: int
    for_buyer: int
    shared: int
    for_seller: int
    open: int


class BuyerRfqs(Schema):
    posted: int
    awarded: int
    cancelled: int


class BuyerCredibility(Schema):
    """Of the last year: `paid` and `fair` of 100 points, drawn to what is usual while facts are few; null where nothing is known."""

    paid: int | None
    paid_in_time: int
    to_pay: int
    fair: int | None
    fair_claims: int
    ended_claims: int
    stepped_back: int


class BuyerOut(Schema):
    """A buyer's record in numbers: `in_time` of `fallen_due` stages were paid by their day. No partner and no amount is in it."""

    number: int
    country: str
    member_since: datetime
    verified_on: datetime | None
    verified_until: date | None
    placed: int
    paid: int
    settled: int
    in_time: int
    fallen_due: int
    issues: BuyerIssues
    rfqs: BuyerRfqs
    credibility: BuyerCredibility
