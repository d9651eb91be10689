"""How a contract is paid, as data: the stages of each plan, what makes them due and what pays them out.

A contract writes its stages down whole, so that a plan changed later never touches it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from everfair.base.words import name_codes

# What makes a stage payable. In a contract's order: a later one never falls due before an earlier one is held.
TRIGGERS = ("signature", "date", "former_held", "production_photo", "inspection", "shipping_document", "acceptance")
AFTER_SHIPPING = ("shipping_document", "acceptance")
# What the supplier shows; each is a trigger too, and may be what ends a stage.
PROOFS = ("production_photo", "shipping_document")
# What pays a held stage out: the buyer's acceptance of the goods, or the buyer's confirmation of what was shown.
ENDS = ("settlement", *PROOFS)


@dataclass(frozen=True, slots=True)
class PlannedStage:
    """Pays the total `up_to` this share of it; None: up to the deposit the two sides agree on. The last goes up to 1.

    `days_before`: of a stage due on a date, how many days before the goods are to be shipped.
    """

    name: str
    up_to: Decimal | None
    due_on: str
    ends_on: str = "settlement"
    days_before: int | None = None


@dataclass(frozen=True, slots=True)
class PaymentPlan:
    """The stages in their order; boot fails when a trigger or an end is unknown or out of order."""

    code: str
    stages: tuple[PlannedStage, ...]

    def __post_init__(self) -> None:
        for stage in self.stages:
            if stage.due_on not in TRIGGERS or stage.ends_on not in ENDS:
                raise ValueError(f"plan {self.code}: stage {stage.name} is due on or ends on what nobody knows")
            if (stage.due_on == "date") != (stage.days_before is not None):
                raise ValueError(f"plan {self.code}: stage {stage.name} has a date and no days, or days and no date")
        if self.stages[-1].up_to != 1:
            raise ValueError(f"plan {self.code}: the stages pay less than the total")
        order = [TRIGGERS.index(stage.due_on) for stage in self.stages]
        if order != sorted(order) or self.stages[0].due_on != "signature":
            raise ValueError(f"plan {self.code}: the first stage is due on signature, the others in the order of their triggers")


def _stage(
    name: str, up_to: str | None, due_on: str, ends_on: str = "settlement", days_before: int | None = None
) -> PlannedStage:
    return PlannedStage(name, Decimal(up_to) if up_to else None, due_on, ends_on, days_before)


# fmt: off
PLANS = {
    plan.code: plan
    for plan in (
        # deposit, and the balance before the goods leave
        PaymentPlan("deposit_balance", (
            _stage("deposit", None,  "signature"),
            _stage("balance", "1",   "former_held"),
        )),
        # deposit, and the balance against a copy of the bill of lading
        PaymentPlan("against_documents", (
            _stage("deposit", None,  "signature"),
            _stage("balance", "1",   "shipping_document"),
        )),
        # deposit, and the balance on a day that the contract names: two weeks before the goods leave
        PaymentPlan("on_a_day", (
            _stage("deposit", None,  "signature"),
            _stage("balance", "1",   "date", days_before=14),
        )),
        PaymentPlan("prepaid", (
            _stage("full",    "1",   "signature"),
        )),
        # made to order: the deposit buys the material, and is paid out when the buyer has seen production
        PaymentPlan("made_to_order", (
            _stage("deposit",    "0.3", "signature", "production_photo"),
            _stage("production", "0.7", "production_photo"),
            _stage("balance",    "1",   "shipping_document"),
        )),
        # the balance is paid when an inspector has passed the goods
        PaymentPlan("inspected", (
            _stage("deposit", None,  "signature"),
            _stage("balance", "1",   "inspection"),
        )),
        # machines: a tenth is kept until the goods are accepted
        PaymentPlan("retention", (
            _stage("deposit",   None,  "signature"),
            _stage("balance",   "0.9", "former_held"),
            _stage("retention", "1",   "acceptance"),
        )),
    )
}
# fmt: on
DEFAULT_PLAN = "deposit_balance"

# fmt: off
PLAN_WORDS = name_codes("payment plan", {
    "deposit_balance":   _("Deposit, and the balance before shipping"),
    "against_documents": _("Deposit, and the balance against a copy of the shipping document"),
    "on_a_day":          _("Deposit, and the balance two weeks before shipping"),
    "prepaid":           _("Everything in advance, into escrow"),
    "made_to_order":     _("Made to order: deposit, production, balance against documents"),
    "inspected":         _("Deposit, and the balance when an inspection has passed"),
    "retention":         _("Deposit, balance before shipping, a tenth after acceptance"),
})
TRIGGER_WORDS = name_codes("stage trigger", {
    "signature":         _("After both have signed"),
    "date":              _("On a fixed day"),
    "former_held":       _("Before shipping"),
    "production_photo":  _("When production has been shown"),
    "inspection":        _("When an inspection has passed"),
    "shipping_document": _("Against a copy of the shipping document"),
    "acceptance":        _("After the goods are accepted"),
})
END_WORDS = name_codes("stage end", {
    "settlement":        _("When the buyer has accepted the goods"),
    "production_photo":  _("When the buyer has confirmed the production"),
    "shipping_document": _("When the buyer has confirmed the shipping document"),
})
PROOF_KIND_WORDS = name_codes("proof of work", {
    "production_photo":  _("Pictures of production"),
    "shipping_document": _("Copy of the shipping document"),
})
# fmt: on
