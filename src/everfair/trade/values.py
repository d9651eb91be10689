"""The terms both sides sign, as plain values with one canonical form."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.money import Money, UnitPrice, total
from everfair.base.words import name_codes

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
})
EVIDENCE_WORDS = name_codes("evidence", {
    "acceptance": _("The buyer accepted the goods"), "ruling": _("The operator decided"),
    "called off by buyer": _("Called off by the buyer"), "called off by seller": _("Called off by the seller"),
})
PROOF_WORDS = name_codes("proof", {
    "the stages of every order sum to its total": _("The stages of every order sum to its total"),
    "every stage holds in escrow what its state says": _("Every stage holds in escrow what its state says"),
})
DEADLINE_WORDS = name_codes("deadline", {
    "trade.sign": _("Sign the contract"), "trade.pay": _("Pay the first stage"), "trade.balance": _("Pay the balance"),
    "trade.ship": _("Ship the goods"), "trade.receive": _("Confirm the goods"),
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
    n: int
    name: str
    percent: Decimal
    amount: Money


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
            "version": 1,
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
                {"n": s.n, "name": s.name, "percent": f"{s.percent.normalize():f}", "amount_minor": s.amount.minor}
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


def stages_for(whole: Money, deposit_rate: Decimal) -> tuple[TermsStage, ...]:
    """Deposit and balance that sum exactly to the whole; one stage where either would be nothing."""
    deposit = whole.share(deposit_rate)
    if not 0 < deposit.minor < whole.minor:
        return (TermsStage(1, "full", Decimal(100), whole),)
    percent = (deposit_rate * 100).normalize()
    return (
        TermsStage(1, "deposit", percent, deposit),
        TermsStage(2, "balance", Decimal(100) - percent, whole - deposit),
    )
