"""What is known of a supplier at a moment, in the shape in which signals read it.

The live platform fills these from its tables, a rehearsal from its invented world: no signal can tell which. Money is in US dollars
as a float, because a signal compares sizes and books nothing. Nothing here says what a supplier *is*; only what was seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

# Traits that two parties may share; `digest` is a keyed hash, never the number itself.
TRAIT_KINDS = ("phone", "device", "bank", "address", "document", "photo", "email_domain")
# How a deal is paid: what the buyer could call back, and what not.
RAILS = ("escrow", "card", "transfer", "cash_service")


@dataclass(frozen=True, slots=True)
class Listing:
    """One offer as it stood when it was published. `price` is of one unit; `photo` a perceptual hash of 64 bits, 0 for none."""

    category: str
    price: float
    moq: int
    on: date
    photo: int = 0


@dataclass(frozen=True, slots=True)
class Deal:
    """An order inside the platform. `shipped_on`, `received_on` are None until they happen; `late_days` counts from the promised day."""

    buyer: str
    category: str
    value: float
    on: date
    rail: str
    shipped_on: date | None = None
    received_on: date | None = None
    late_days: int = 0
    lost_dispute: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """What the supplier wrote to a buyer who had not ordered yet."""

    buyer: str
    on: date
    text: str


@dataclass(frozen=True, slots=True)
class Complaint:
    """A buyer's, also of a deal outside the platform. `kind`: «not shipped», «fake», «quality», «late», «other»."""

    buyer: str
    on: date
    value: float
    kind: str
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Rating:
    buyer: str
    on: date
    stars: int


@dataclass(frozen=True, slots=True)
class Supplier:
    """Facts of one supplier, in the order in which they happened. `salesperson` brought it to the platform, None: it came by itself.

    `reviewers` looked and decided at its admission; `level` is what stands now, «registered» without evidence.
    """

    id: str
    country: str
    registered_on: date
    salesperson: str | None = None
    reviewers: tuple[str, ...] = ()
    level: str = "registered"
    traits: frozenset[tuple[str, str]] = frozenset()
    listings: tuple[Listing, ...] = ()
    deals: tuple[Deal, ...] = ()
    messages: tuple[Message, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    ratings: tuple[Rating, ...] = ()


@dataclass(frozen=True, slots=True)
class Prices:
    """What a unit of each category costs among all listings: the median, and the tenth part from below; by category."""

    median: dict[str, float]
    low: dict[str, float]
    # Categories in which frauds of the past were found more often than elsewhere: the operator's own list.
    hot: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Finding:
    """One signal that spoke: its name, how much it adds to the score, and the figures its sentence is made of."""

    signal: str
    points: float
    figures: tuple[tuple[str, str], ...] = ()


__all__ = [
    "RAILS", "TRAIT_KINDS", "Complaint", "Deal", "Finding", "Listing", "Message", "Prices", "Rating", "Supplier",
]  # fmt: skip
