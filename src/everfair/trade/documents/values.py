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
class ContractTerms:
    """Everything a contract or a proforma prints.

    `totals` are (name, amount) pairs: subtotals, printed above the charges, and last the sum to pay, set large below them.
    `rules` are (name, value) pairs: the numbers in force when the contract was made, such as the claim window.
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
    signatures: tuple[Signature, ...] = ()
