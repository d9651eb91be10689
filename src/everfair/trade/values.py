"""The terms both sides sign, as plain values with one canonical form."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.money import Money, UnitPrice, total
from everfair.base.words import name_codes
from everfair.markets.plans import PaymentPlan

# fmt: off
AGREEMENT_WORDS = name_codes("trade.agreement", {
    "draft": _("Draft"), "offered": _("Waiting for signature"), "agreed": _("Signed by both"), "declined": _("Declined"),
    "cancelled": _("Cancelled"), "lapsed": _("Ran out"), "called_off": _("Called off"), "completed": _("Settled"),
})
GOODS_WORDS = name_codes("trade.goods", {
    "awaiting": _("Not shipped yet"), "shipped": _("Shipped"), "received": _("Received"),
})
ISSUE_WORDS = name_codes("trade.issue", {
    "none": _("No issue"), "open": _("Issue open"), "resolved": _("Decided"),
})
STAGE_WORDS = name_codes("trade.stage", {
    "planned": _("Planned"), "due": _("Not paid yet"), "paying": _("Being paid"), "funded": _("Held in escrow"),
    "frozen": _("Frozen"), "released": _("Released"), "refunded": _("Refunded"), "void": _("Need not be paid"),
})
ENTRY_WORDS = name_codes("entry", {
    "stage_funded": _("Stage paid into escrow"),
    "stage_release": _("Stage released after acceptance"),
    "stage_award": _("Stage paid out by decision"),
    "stage_refund": _("Stage returned to the buyer"),
    "stage_divide": _("Stage parted as a claim ended"),
})
EVIDENCE_WORDS = name_codes("evidence", {
    "acceptance": _("The buyer accepted the goods"), "ruling": _("The operator decided"),
    "settlement": _("Both sides settled a claim"),
    "called off by buyer": _("Called off by the buyer"), "called off by seller": _("Called off by the seller"),
})
PROOF_WORDS = name_codes("proof", {
    "the stages of every order sum to its total": _("The stages of every order sum to its total"),
    "every stage holds in escrow what its state says": _("Every stage holds in escrow what its state says"),
})
DEADLINE_WORDS = name_codes("deadline", {
    "trade.sign": _("Sign the contract"), "trade.pay": _("Pay the first stage"), "trade.balance": _("Pay the balance"),
    "trade.ship": _("Ship the goods"), "trade.receive": _("Confirm the goods"),
    "trade.confirm": _("Confirm what the supplier has shown"), "trade.settle": _("Pay out what was accepted"),
})
WORK_WORDS = name_codes("trade.work", {
    "open": _("Nothing shown yet"), "presented": _("Shown to the buyer"), "confirmed": _("Confirmed by the buyer"),
})
SUBSCRIBER_WORDS = name_codes("subscriber", {"trade": _("Orders"), "trade.notices": _("Notices of orders")})
# fmt: on


@dataclass(frozen=True, slots=True)
class TermsLine:
    description: str
    quantity: Decimal
    unit: str
    unit_price: UnitPrice
    sku: str = ""
    offer_id: UUID | None = None
    snapshot: dict[str, Any] = field(default_factory=dict)

    @property
    def amount(self) -> Money:
        return self.unit_price.times(self.quantity)


@dataclass(frozen=True, slots=True)
class TermsCharge:
    """`kind` is freight, insurance, tooling, discount (below zero), bank_charge or tax."""

    kind: str
    amount: Money
    label: str = ""


@dataclass(frozen=True, slots=True)
class TermsStage:
    """`due_on` is what makes it payable, `ends_on` what pays it out (`markets.plans`)."""

    n: int
    name: str
    percent: Decimal
    amount: Money
    due_on: str = "signature"
    ends_on: str = "settlement"


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything a contract says, before it has a number."""

    market: str
    buyer: dict[str, Any]
    seller: dict[str, Any]
    currency: str
    lines: tuple[TermsLine, ...]
    charges: tuple[TermsCharge, ...]
    stages: tuple[TermsStage, ...]
    incoterm: str
    named_place: str
    ship_by: date
    remarks: str
    rules: dict[str, str]

    @property
    def goods_total(self) -> Money:
        return total([line.amount for line in self.lines], self.currency)

    @property
    def total(self) -> Money:
        return self.goods_total + total([charge.amount for charge in self.charges], self.currency)

    @property
    def draft_hash(self) -> str:
        """What these terms say before they have a number: the same hash, the same words and figures."""
        return terms_hash(self.document(0))

    def document(self, number: int) -> dict[str, Any]:
        """The canonical form, all plain values: what is hashed, stored and signed."""
        return {
            "version": 2,
            "number": f"EF-{number}",
            "market": self.market,
            "buyer": self.buyer,
            "seller": self.seller,
            "currency": self.currency,
            "lines": [
                {
                    "n": n,
                    "sku": line.sku,
                    "description": line.description,
                    "quantity": f"{line.quantity.normalize():f}",
                    "unit": line.unit,
                    "unit_price": f"{line.unit_price.amount.normalize():f}",
                    "price_per": f"{line.unit_price.per.normalize():f}",
                    "amount_minor": line.amount.minor,
                    "offer": str(line.offer_id) if line.offer_id else "",
                }
                for n, line in enumerate(self.lines, 1)
            ],
            "charges": [
                {"n": n, "kind": charge.kind, "label": charge.label, "amount_minor": charge.amount.minor}
                for n, charge in enumerate(self.charges, 1)
            ],
            "total_minor": self.total.minor,
            "stages": [
                {
                    "n": s.n,
                    "name": s.name,
                    "percent": f"{s.percent.normalize():f}",
                    "amount_minor": s.amount.minor,
                    "due_on": s.due_on,
                    "ends_on": s.ends_on,
                }
                for s in self.stages
            ],
            "incoterm": self.incoterm,
            "named_place": self.named_place,
            "ship_by": self.ship_by.isoformat(),
            "remarks": self.remarks,
            "rules": self.rules,
        }


def terms_hash(document: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON: sorted keys, no blanks, UTF-8."""
    return hashlib.sha256(json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def stages_for(plan: PaymentPlan, whole: Money, deposit_rate: Decimal) -> tuple[TermsStage, ...]:
    """The stages of a plan, summing exactly to the whole; a stage of nothing is left out.

    `deposit_rate` is the share of a deposit that the plan leaves to the two sides.
    """
    found: list[TermsStage] = []
    paid, told = Money.zero(whole.currency), Decimal(0)  # by the stages found so far
    for planned in plan.stages:
        up_to = deposit_rate if planned.up_to is None else planned.up_to
        amount = whole.share(up_to) - paid
        if amount.minor > 0:
            percent = ((up_to - told) * 100).normalize()
            found.append(TermsStage(len(found) + 1, planned.name, percent, amount, planned.due_on, planned.ends_on))
            paid, told = paid + amount, up_to
    if told < 1:  # what a last stage of nothing was to be
        found[-1] = replace(found[-1], percent=found[-1].percent + ((1 - told) * 100).normalize())
    if len(found) == 1:
        return (TermsStage(1, "full", Decimal(100), whole, "signature", found[0].ends_on),)
    # Where the deposit is nothing, the next stage is what both sign to pay first.
    return (replace(found[0], due_on="signature"), *found[1:])
