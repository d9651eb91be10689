"""The terms both sides sign, as plain values with one canonical form."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from everfair.base.money import Money, UnitPrice, total
from everfair.base.words import name_codes
from everfair.markets.plans import PaymentPlan

# fmt: off
AGREEMENT_WORDS = name_codes("trade.agreement", {
    "draft": _("Draft"), "offered": _("Waiting for signature"), "agreed": _("Signed by both"), "declined": _("Declined"),
    "cancelled": _("Cancelled"), "lapsed": _("Ran out"), "called_off": _("Called off"), "completed": _("Settled"),
})
GOODS_WORDS = name_codes("trade.goods", {
    "awaiting": _("Not shipped yet"), "part": _("Partly shipped"), "shipped": _("Shipped"), "received": _("Received"),
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
    "stage_release": _("Stage released to the seller"),
    "stage_part": _("Part of a stage released after acceptance"),
    "stage_award": _("Stage paid out by decision"),
    "stage_refund": _("Stage returned to the buyer"),
    "stage_divide": _("Stage parted as a claim ended"),
    "money_returned": _("Money given back by the seller"),
    "chargeback_fees_returned": _("Fees given back after a chargeback that was lost"),
    "chargeback_fees_taken": _("Fees taken again after a chargeback that was decided otherwise"),
    "chargeback_regained": _("Chargeback of an ended stage that was won: to whom the stage went"),
    "inspection_funded": _("Inspection fee paid into escrow"),
    "inspection_earned": _("Inspection fee paid to the inspector"),
    "inspection_returned": _("Inspection fee returned"),
})
ORDER_KIND_WORDS = name_codes("order kind", {
    "spot": _("From stock or by quote"), "made_to_order": _("Made to order"), "sample": _("Sample"),
    "framework": _("Framework contract"), "call_off": _("Call-off"), "group_buy": _("Group buy"),
})
GROUP_WORDS = name_codes("trade.group", {
    "open": _("Running"), "reached": _("Threshold reached"), "missed": _("Threshold missed"),
})
EVIDENCE_WORDS = name_codes("evidence", {
    "acceptance": _("The buyer accepted the goods"), "confirmation": _("The buyer confirmed what was shown"), "ruling": _("The operator decided"),
    "settlement": _("Both sides settled a claim"),
    "delivery": _("The goods were delivered, and the buyer said nothing"),
    "inspection": _("The goods passed an inspection, and the buyer said nothing"),
    "called off by buyer": _("Called off by the buyer"), "called off by seller": _("Called off by the seller"),
    "called off by clock": _("The group buy stayed below its threshold"),
})
PROOF_WORDS = name_codes("proof", {
    "the stages of every order sum to its total and its credits": _("The stages of every order sum to its total and its credits"),
    "every credit of a settled order went back to its buyer": _("Every credit of a settled order went back to its buyer"),
    "every stage paid on credit holds what its buyer owes for it and is not due yet":
        _("Every stage paid on credit holds what its buyer owes for it and is not due yet"),
    "no wallet is paid out of credit that is not repaid": _("No wallet is paid out of credit that is not repaid"),
    "every stage holds in escrow what its state says": _("Every stage holds in escrow what its state says"),
    "what was paid out of a stage in parts has its acceptances": _("What was paid out of a stage in parts has its acceptances"),
    "nobody has accepted more goods than were sent": _("Nobody has accepted more goods than were sent"),
    "every inspection holds in escrow what its fee says": _("Every inspection holds in escrow what its fee says"),
    "every order says how its inspections stand": _("Every order says how its inspections stand"),
    "call-offs never exceed their framework": _("Call-offs never exceed their framework contract"),
    "every sample is credited at most once": _("Every sample is credited at most once"),
    "a group buy goes on whole or not at all": _("A group buy goes on whole or not at all"),
})
DEADLINE_WORDS = name_codes("deadline", {
    "trade.sign": _("Sign the contract"), "trade.pay": _("Pay the first stage"), "trade.balance": _("Pay the balance"),
    "trade.date": _("A stage falls due on its day"), "trade.ship": _("Ship the goods"), "trade.receive": _("Confirm the goods"),
    "trade.confirm": _("Confirm what the supplier has shown"), "trade.settle": _("Pay out what was accepted"),
    "trade.amend": _("Answer the proposal of new terms"), "trade.extension": _("Answer a request for more time"),
    "trade.inspection": _("Answer or report an inspection"), "trade.recheck": _("Act on a failed inspection"),
    "trade.late": _("Act on an order that is late"), "trade.case": _("Decide what silence has opened"),
    "trade.defend": _("Hand in what speaks against a chargeback"), "trade.framework": _("The framework contract ends"), "trade.group": _("The group buy closes"),
})
DEFENCE_PAPERS = name_codes("defence paper", {
    "contract": _("Contract signed by both sides"), "shipping": _("Goods handed to a carrier"), "delivery": _("Proof of delivery"),
    "acceptance": _("Goods accepted by the buyer"), "inspection": _("Passed inspection"), "talk": _("What both sides wrote"),
})
AMENDMENT_WORDS = name_codes("trade.amendment", {
    "proposed": _("Waiting for an answer"), "signed": _("Signed by both"), "refused": _("Refused"),
    "taken_back": pgettext_lazy("proposal", "Taken back"), "lapsed": _("Nobody answered"),
})
WORK_WORDS = name_codes("trade.work", {
    "open": _("Nothing shown yet"), "presented": _("Shown to the buyer"), "confirmed": _("Confirmed by the buyer"),
})
EXTENSION_WORDS = name_codes("trade.extension", {
    "asked": _("Asked"), "granted": _("Granted"), "refused": _("Refused"), "withdrawn": _("Taken back"), "lapsed": _("Not answered"),
})
EXTENSION_KIND_WORDS = name_codes("extension kind", {
    "shipping": _("More time to ship"), "receipt": _("More time to confirm the goods"),
})
INSPECTION_WORDS = name_codes("trade.inspection", {
    "asked": _("Asked for"), "accepted": _("Accepted"), "declined": pgettext_lazy("inspection", "Declined"),
    "cancelled": pgettext_lazy("inspection", "Cancelled"), "lapsed": pgettext_lazy("inspection", "Ran out"),
    "passed": _("Passed"), "failed": pgettext_lazy("inspection", "Failed"), "replaced": _("Replaced by a later report"),
    "waived": _("Failed, waived by the buyer"),
})
INSPECTION_FEE_WORDS = name_codes("trade.inspection_fee", {
    "due": _("Not paid yet"), "paying": _("Being paid"), "held": _("Held in escrow"), "paid": _("Paid to the inspector"),
    "returned": _("Returned"), "void": _("Need not be paid"),
})
PACKING_WORDS = name_codes("trade.packing", {"open": _("Not declared yet"), "declared": _("Declared packed")})
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
    basis_n: int | None = None  # of a call-off: the line of its framework

    @property
    def amount(self) -> Money:
        return self.unit_price.times(self.quantity)


@dataclass(frozen=True, slots=True)
class TermsCharge:
    """`kind` is freight, insurance, tooling, discount or sample_credit (both below zero), bank_charge or tax."""

    kind: str
    amount: Money
    label: str = ""
    sample_id: UUID | None = None  # the sample whose price is credited


@dataclass(frozen=True, slots=True)
class TermsStage:
    """`due_on` is what makes it payable, `ends_on` what pays it out (`markets.plans`); `due_day`: of one due on a date, which."""

    n: int
    name: str
    percent: Decimal
    amount: Money
    due_on: str = "signature"
    ends_on: str = "settlement"
    due_day: date | None = None

    @property
    def document(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "name": self.name,
            "percent": f"{self.percent.normalize():f}",
            "amount_minor": self.amount.minor,
            "due_on": self.due_on,
            "ends_on": self.ends_on,
            **({"due_day": self.due_day.isoformat()} if self.due_day else {}),
        }


@dataclass(frozen=True, slots=True)
class CalendarClause:
    """By which days a contract counts: the numbers of `counts` count business days, those that are days off in none of
    `countries`; such a day ends at `closes` in the westernmost of `zones`. `sha256` is of the days off themselves."""

    sha256: str
    countries: tuple[str, ...]
    zones: tuple[str, ...]
    counts: tuple[str, ...]
    days_off: tuple[str, ...]
    closes: str = "18:00"

    @property
    def document(self) -> dict[str, Any]:
        return {
            "sha256": self.sha256,
            "countries": list(self.countries),
            "zones": list(self.zones),
            "counts": list(self.counts),
            "closes": self.closes,
        }


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
    calendar: CalendarClause | None = None
    kind: str = "spot"
    basis_id: UUID | None = None  # a call-off's framework, a bulk order's sample
    group_buy_id: UUID | None = None
    # What only this kind says: {"framework": {…}} or {"group_buy": {…}}, plain values; they are signed with the rest.
    more: dict[str, Any] = field(default_factory=dict)

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
            "version": 3 if self.calendar else 2,
            "number": f"EF-{number}",
            "kind": self.kind,
            **self.more,
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
            "stages": [stage.document for stage in self.stages],
            "incoterm": self.incoterm,
            "named_place": self.named_place,
            "ship_by": self.ship_by.isoformat(),
            "remarks": self.remarks,
            "rules": self.rules,
            **({"calendar": self.calendar.document} if self.calendar else {}),
        }


def terms_hash(document: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON: sorted keys, no blanks, UTF-8."""
    return hashlib.sha256(json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def stages_for(plan: PaymentPlan, whole: Money, deposit_rate: Decimal, ship_by: date) -> tuple[TermsStage, ...]:
    """The stages of a plan, summing exactly to the whole; a stage of nothing is left out.

    `deposit_rate` is the share of a deposit that the plan leaves to the two sides; days are counted back from `ship_by`.
    """
    found: list[TermsStage] = []
    paid, told = Money.zero(whole.currency), Decimal(0)  # by the stages found so far
    for planned in plan.stages:
        up_to = deposit_rate if planned.up_to is None else planned.up_to
        amount = whole.share(up_to) - paid
        if amount.minor > 0:
            percent = ((up_to - told) * 100).normalize()
            day = None if planned.days_before is None else ship_by - timedelta(days=planned.days_before)
            found.append(TermsStage(len(found) + 1, planned.name, percent, amount, planned.due_on, planned.ends_on, day))
            paid, told = paid + amount, up_to
    if told < 1:  # what a last stage of nothing was to be
        found[-1] = replace(found[-1], percent=found[-1].percent + ((1 - told) * 100).normalize())
    if len(found) == 1:
        return (TermsStage(1, "full", Decimal(100), whole, "signature", found[0].ends_on),)
    # Where the deposit is nothing, the next stage is what both sign to pay first.
    return (replace(found[0], due_on="signature", due_day=None), *found[1:])
