"""What a trade paper says: frozen plain values, amounts and quantities already formatted as text by the caller."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Party:
    """A company as the paper names it. The first name leads; the others are the same name in other scripts."""

    names: tuple[str, ...]
    registration_number: str = ""
    address: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of goods. A newline in the description starts a new line on the paper."""

    number: str
    sku: str
    description: str
    quantity: str
    unit: str
    unit_price: str
    amount: str
    # What customs ask about these goods (tariff number, origin); only the commercial invoice prints it.
    customs: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """Freight, insurance, tooling, discount, bank charge or tax; a discount's amount carries its own minus sign."""

    name: str
    amount: str


@dataclass(frozen=True, slots=True)
class Stage:
    number: str
    name: str
    percent: str
    amount: str
    when: str


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed for which side, and when (an aware moment; printed in UTC)."""

    side: Literal["seller", "buyer"]
    who: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Packed:
    """One row of a packing list: how much of which goods, in how many packages under which marks."""

    sku: str
    description: str
    quantity: str
    unit: str
    packages: str = ""
    marks: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One package as it was listed, its size and weight in words."""

    number: str
    what: str
    marks: str = ""
    size: str = ""
    weight: str = ""


@dataclass(frozen=True, slots=True)
class Shipped:
    """One consignment as its papers print it. `facts` and `delivered` are (name, value) pairs; `delivered` is empty before it arrived."""

    number: str
    facts: tuple[tuple[str, str], ...] = ()
    goods: tuple[Packed, ...] = ()
    parcels: tuple[Parcel, ...] = ()
    note: str = ""
    delivered: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """Everything a contract or another paper of an order prints.

    `totals` are (name, amount) pairs: subtotals, printed above the charges, and last the sum to pay, set large below them.
    `rules` are (name, value) pairs: the numbers in force when the contract was made, such as the claim window.
    `exchange` are such pairs too: the rate that the contract holds for a buyer who pays in another currency.
    `terms_hash` is the SHA-256 (64 hexadecimal digits) that both sides sign over.
    """

    order_number: str
    created_on: date
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    totals: tuple[tuple[str, str], ...]
    terms_hash: str
    signed_on: date | None = None
    charges: tuple[Charge, ...] = ()
    incoterm: str = ""
    named_place: str = ""
    ship_by: str = ""
    stages: tuple[Stage, ...] = ()
    payment_instructions: str = ""
    remarks: str = ""
    rules: tuple[tuple[str, str], ...] = ()
    exchange: tuple[tuple[str, str], ...] = ()
    signatures: tuple[Signature, ...] = ()
    # Of the papers that go with goods: commercial invoice, packing list, delivery note.
    shipped: Shipped | None = None
