"""The axes of a market."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from everfair.base.words import name_codes


@dataclass(frozen=True, slots=True)
class Market:
    """One row of `table.py`: which strategy each package uses for this market, by name."""

    code: str
    currencies: tuple[str, ...]
    order_flow: str
    settlement: str
    pricing: str
    ranking: str
    documents: tuple[str, ...]
    payment_plans: tuple[str, ...]
    features: frozenset[str]


MARKET_WORDS = name_codes("market", {"export": _("Export market")})
# What the operator reads beside each number; the numbers themselves stand in `rules.py`.
# fmt: off
RULE_WORDS = name_codes("rule", {
    "trade.sign_days":               _("Time for the seller to sign"),
    "trade.pay_days":                _("Time to pay a stage"),
    "trade.ship_grace_days":         _("Grace after the ship-by day"),
    "trade.receive_days_express":    _("Time to confirm the goods: express parcel"),
    "trade.receive_days_air":        _("Time to confirm the goods: air freight"),
    "trade.receive_days_land":       _("Time to confirm the goods: road or rail"),
    "trade.receive_days_sea":        _("Time to confirm the goods: sea freight"),
    "trade.claim_days":              _("Time to claim after receipt"),
    "trade.issue_withdrawals":       _("How often the buyer may withdraw an issue"),
    "trade.confirm_days":            _("Time to confirm what the supplier has shown"),
    "trade.deposit_rate":            _("Deposit, as a share of the total"),
    "trade.fee_rate":                _("Platform fee"),
    "disputes.answer_days":          _("Time for the supplier to answer a claim"),
    "disputes.escalate_days":        _("Time to talk before an arbitrator may be asked"),
    "disputes.talk_days":            _("Time to settle a claim before it goes to an arbitrator by itself"),
    "disputes.return_days":          _("Time to send goods back"),
    "disputes.take_back_days":       _("Time to confirm goods sent back"),
    "disputes.replacement_days":     _("Time to send new goods"),
    "disputes.ruling_days":          _("Time for an arbitrator to rule"),
    "disputes.appeal_days":          _("Time to appeal against a ruling"),
    "disputes.two_person_amount":    _("From so much held on two people rule"),
    "sourcing.quotes_per_month":     _("Quotes a company may send in a month"),
    "sourcing.quotes_per_rfq":       _("Quotes one RFQ takes"),
    "sourcing.rfqs_per_day":         _("RFQs a company may post in a day"),
    "payments.intent_hours":         _("Time to finish a payment once it is opened"),
    "files.uploads_per_day":         _("Files a company may send in 24 hours"),
    "files.megabytes_per_day":       _("Megabytes a company may send in 24 hours"),
    "companies.invitation_days":     _("How long an invitation holds"),
    "companies.invitations_per_day": _("Invitations a company may send in a day"),
})
RULE_UNIT_WORDS = name_codes("rule unit", {
    "days": _("days"), "hours": _("hours"), "quotes": _("quotes"), "RFQs": _("RFQs"), "fraction": _("as a fraction of one"),
    "files": _("files"), "megabytes": _("megabytes"), "invitations": _("invitations"),
    "times": _("times"), "business days": _("business days"), "whole units": _("whole units of the order's currency"),
})
# fmt: on
