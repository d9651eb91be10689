"""What is asked and what is quoted, as plain values, and the sums that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.money import Money, UnitPrice, total
from everfair.base.words import name_codes
from everfair.markets.plans import DEFAULT_PLAN

# fmt: off
RFQ_WORDS = name_codes("sourcing.rfq", {
    "draft": _("Draft"), "open": _("Open for quotes"), "closed": _("Closed, not awarded"), "awarded": _("Awarded"),
    "cancelled": _("Cancelled"),
})
QUOTE_WORDS = name_codes("sourcing.quote", {
    "draft": _("Draft"), "sent": _("Sent"), "replaced": _("Replaced"), "withdrawn": _("Withdrawn"), "accepted": _("Accepted"),
    "declined": _("Declined"),
})
DEADLINE_WORDS = name_codes("deadline", {"sourcing.close": _("Close the request for quotes")})
SUBSCRIBER_WORDS = name_codes("subscriber", {"sourcing": _("RFQs and quotes")})
# fmt: on
MOST_LINES = 10
MOST_TIERS = 6
MOST_FILES = 10
LARGEST_QUANTITY = Decimal(10**9)
LARGEST_PRICE = Decimal(10**9)
LONGEST_OPEN_DAYS = 180
LONGEST_VALID_DAYS = 180
LONGEST_LEAD_DAYS = 730
LONGEST_SHIP_DAYS = 1095
# In the order in which a quote and a contract show them; a discount takes off, the others come on top.
CHARGE_KINDS = ("freight", "insurance", "tooling", "discount", "bank_charge", "tax")


@dataclass(frozen=True, slots=True)
class LineDraft:
    """One thing wanted. `target_price` is for one unit, in the request's currency; `offer_id` names what it was seen as."""

    description: str
    quantity: Decimal
    unit: str
    target_price: Decimal | None = None
    offer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class RfqDraft:
    """A request as its buyer states it. `closes_at` carries its zone."""

    market: str
    title: str
    category: str
    currency: str
    incoterm: str
    named_place: str
    destination: str
    closes_at: datetime
    lines: tuple[LineDraft, ...]
    details: str = ""
    ship_by: date | None = None
    file_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class QuoteLineDraft:
    """The price of line `n` for one unit at the requested quantity; `tiers` are (from this quantity, price) for other quantities."""

    n: int
    unit_price: Decimal
    tiers: tuple[tuple[Decimal, Decimal], ...] = ()
    note: str = ""
    offer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ChargeDraft:
    """`amount` is above zero, also for a discount: how much is taken off."""

    kind: str
    amount: Money
    label: str = ""


@dataclass(frozen=True, slots=True)
class QuoteDraft:
    """A quote as its supplier states it; without Incoterm and place those of the request hold. `deposit_rate`: 0.3 is 30 %."""

    lines: tuple[QuoteLineDraft, ...]
    lead_time_days: int
    valid_until: datetime
    charges: tuple[ChargeDraft, ...] = ()
    payment_plan: str = DEFAULT_PLAN
    deposit_rate: Decimal = Decimal("0.3")
    incoterm: str = ""
    named_place: str = ""
    remarks: str = ""


def tiers_with(
    tiers: tuple[tuple[Decimal, Decimal], ...], quantity: Decimal, unit_price: Decimal
) -> list[tuple[Decimal, Decimal]]:
    """All tiers in order, the requested quantity among them.

    ValueError, with what is wrong, when a quantity stands twice, the requested one has another price, or a larger quantity costs
    more for one unit than a smaller one.
    """
    found = dict(tiers)
    if len(found) != len(tiers):
        raise ValueError("twice")
    if found.setdefault(quantity, unit_price) != unit_price:
        raise ValueError("requested")
    rows = sorted(found.items())
    if any(later[1] > earlier[1] for earlier, later in pairwise(rows)):
        raise ValueError("rising")
    return rows


def line_amount(unit_price: Decimal, quantity: Decimal, currency: str) -> Money:
    return UnitPrice(unit_price, currency).times(quantity)


def signed_charge(charge: ChargeDraft) -> Money:
    return -charge.amount if charge.kind == "discount" else charge.amount


def quote_total(amounts: list[Money], charges: tuple[ChargeDraft, ...], currency: str) -> Money:
    """Goods and charges together; exact."""
    return total([*amounts, *(signed_charge(charge) for charge in charges)], currency)
