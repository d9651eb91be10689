"""The axes of a market."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
    checklist: str
    features: frozenset[str]


MARKET_WORDS = name_codes("market", {"export": _("Export market")})
# What the operator reads beside each number; the numbers themselves stand in `rules.py`.
# fmt: off
RULE_WORDS = name_codes("rule", {
    "trust.evidence_days":            _("How long a piece of evidence counts"),
    "trust.answer_days":              _("Time for an applicant to answer the reviewers"),
    "trust.complaint_days":           _("Time to complain about a deal outside the platform"),
    "trust.complaint_answer_days":    _("Time for the supplier to answer a complaint"),
    "trust.complaints_per_day":       _("Complaints of one company in 24 hours"),
    "trust.points_grave":             _("Points: a grave act that was made good"),
    "trust.points_unresolved":        _("Points: a grave act that was not made good"),
    "trust.points_late":              _("Points: a paid order not delivered in time"),
    "trust.points_wash":              _("Points: sales to oneself"),
    "trust.points_bait":              _("Points: leading buyers off the platform"),
    "trust.points_counterfeit":       _("Points: counterfeit goods"),
    "trust.points_false":             _("Points: false papers in a verification"),
    "trust.points_breach":            _("Points: breaking what was agreed outside the platform"),
    "trust.points_days":              _("How long points count after the act"),
    "trust.warning_points":           _("Points that bring a severe warning"),
    "trust.first_points":             _("Points that bring the first restriction"),
    "trust.first_days":               _("How long the first restriction lasts"),
    "trust.second_points":            _("Points that bring the second restriction"),
    "trust.second_days":              _("How long the second restriction lasts"),
    "trust.third_points":             _("Points that bring the third restriction and hide all offers"),
    "trust.third_days":               _("How long the third restriction lasts"),
    "trust.end_points":               _("Points that end the membership"),
    "trust.second_person_points":     _("Points in all from which a second person confirms"),
    "trust.points_appeal_days":       _("Time to appeal against points"),
    "trade.sign_days":               _("Time for the seller to sign"),
    "trade.pay_days":                _("Time to pay a stage"),
    "trade.ship_grace_days":         _("Grace after the ship-by day"),
    "trade.receive_days_express":    _("Time to confirm the goods: express parcel"),
    "trade.receive_days_air":        _("Time to confirm the goods: air freight"),
    "trade.receive_days_land":       _("Time to confirm the goods: road or rail"),
    "trade.receive_days_sea":        _("Time to confirm the goods: sea freight"),
    "trade.quantity_tolerance":       _("How much more or less of measured goods counts as ordered"),
    "trade.count_tolerance":          _("How much more or less of counted goods counts as ordered"),
    "trade.case_days":                _("Time for the operator to decide what silence has opened"),
    "trade.late_days":                _("Time to act on an order that was not shipped in time"),
    "trade.receive_after_delivery_days": _("Least time to confirm the goods after their delivery is proven"),
    "trade.silence_reminders":       _("Delivered reminders without which silence never counts"),
    "trade.extension_answer_days":   _("Time to answer a request for more time"),
    "trade.extension_requests":      _("How often one side may ask for more time"),
    "trade.shipping_most_days":      _("Time to ship, extensions included"),
    "trade.receipt_extension_days":  _("More time to confirm the goods, for one request"),
    "trade.receipt_extension_most_days": _("More time to confirm the goods, in all"),
    "trade.sample_sign_days":        _("Time for the seller to sign a sample"),
    "trade.sample_pay_days":         _("Time to pay a sample"),
    "trade.sample_ship_days":        _("Time to ship a sample"),
    "trade.sample_quantity":         _("Samples of one offer for one buyer"),
    "trade.sample_window_days":      _("Window in which samples are counted"),
    "trade.sample_nominal_price":    _("Price of a free sample"),
    "trade.sample_credit_days":      _("Time to credit a sample on a bulk order"),
    "trade.framework_days":          _("Longest framework contract"),
    "trade.group_days":              _("Longest group buy"),
    "trade.claim_days":              _("Time to claim after receipt"),
    "trade.issue_withdrawals":       _("How often the buyer may withdraw an issue"),
    "trade.amend_days":              _("Time to answer a proposal of new terms"),
    "trade.confirm_days":            _("Time to confirm what the supplier has shown"),
    "trade.inspection_ahead_days":   _("How early an inspection is booked"),
    "trade.inspection_packed_share": _("How much is packed before an inspection"),
    "trade.inspection_answer_days":  _("Time for the inspector to answer"),
    "trade.inspection_report_days":  _("Time for the report after the visit"),
    "trade.inspection_settle_days":  _("Time to act on a failed inspection"),
    "trade.aql_major":               _("AQL of major defects"),
    "trade.aql_minor":               _("AQL of minor defects"),
    "trade.deposit_rate":            _("Deposit, as a share of the total"),
    "trade.fee_rate":                _("Platform fee"),
    "disputes.answer_days":          _("Time for the supplier to answer a claim"),
    "disputes.escalate_days":        _("Time to talk before an arbitrator may be asked"),
    "disputes.talk_days":            _("Time to settle a claim before it goes to an arbitrator by itself"),
    "disputes.return_days":          _("Time to send goods back"),
    "disputes.take_back_days":       _("Time to confirm goods sent back"),
    "disputes.replacement_days":     _("Time to send new goods"),
    "disputes.ruling_days":          _("Time for an arbitrator to rule"),
    "disputes.inspection_days":      _("Time for the report of an inspection inside a claim"),
    "disputes.appeal_days":          _("Time to appeal against a ruling"),
    "disputes.two_person_amount":    _("From so much held on two people rule"),
    "reviews.days":                 _("Time to review a completed trade"),
    "reviews.counted_deals":        _("Reviewed trades of one pair that count in a month"),
    "sourcing.quotes_per_month":     _("Quotes a company may send in a month"),
    "sourcing.quotes_per_rfq":       _("Quotes one RFQ takes"),
    "sourcing.rfqs_per_day":         _("RFQs a company may post in a day"),
    "payments.intent_hours":         _("Time to finish a payment once it is opened"),
    "payments.share_ceiling":        _("Most of the payments that one provider should carry"),
    "payments.share_from":           _("From how many payments on shares count"),
    "payments.share_days":           _("Over how many days shares are counted"),
    "payments.breaker_failures":     _("Failures of the newest 20 calls that rest a rail"),
    "payments.reserve_bps":         _("Kept back of a seller's card payments"),
    "payments.reserve_bps_watched": _("The same where more comes back than the alarm bears"),
    "payments.reserve_days":        _("How long it is kept back"),
    "payments.chargeback_alarm":    _("Share of card payments charged back that raises the alarm"),
    "payments.chargeback_days":     _("How long a card payment can be charged back"),
    "payments.settle_days":         _("Days until a payment that no statement has is a break"),
    "payments.bank_from":            _("From so much on bank transfer is proposed first"),
    "payments.card_most":            _("Largest payment by card; 0 is no limit"),
    "payments.credit_hold_days":     _("Days after which an unpaid debt stops new trade credit"),
    "payments.breaker_rest_s":       _("How long a failing rail rests"),
    "payments.bank_days":            _("Time for a bank transfer to arrive"),
    "payments.bank_arrival_days":    _("When a bank transfer is expected"),
    "payments.bank_short_share":     _("Most of a transfer that counts as charges of banks on the way"),
    "payments.bank_short_most":      _("The same as an amount"),
    "payments.bank_short_borne":     _("Part of such charges that the platform bears"),
    "payments.bank_second_above":    _("Amount of a transfer above which a second person approves"),
    "payments.payout_wait_hours":    _("How long a new bank account waits"),
    "payments.name_match":           _("How like the company's a holder's name must be"),
    "payments.second_amount":        _("From which amount a second person approves a payout"),
    "payments.batch_amount":         _("From which amount two operators let a payout go"),
    "payments.bank_amount":          _("From which amount our own bank pays"),
    "payments.cutoff_hour":          _("Hour (UTC) at which a batch closes"),
    "payments.debt_days":            _("Time to settle what is owed"),
    "payments.fx_rate_days":         _("How old an exchange rate may be"),
    "payments.fx_quote_s":           _("How long a price for an exchange holds"),
    "payments.fx_jump":              _("Most that an exchange rate moves from one publication to the next"),
    "payments.fx_spread_major":      _("Spread between two major currencies"),
    "payments.fx_spread_other":      _("Spread of any other pair of currencies"),
    "payments.fx_lock_days":         _("How long a contract holds an exchange rate"),
    "payments.fx_lock_spread":       _("Spread added while a contract holds a rate"),
    "payments.fx_limit":             _("Largest position in one currency"),
    "payments.fx_alarm":             _("Part of that limit at which the desk is warned"),
    "files.uploads_per_day":         _("Files a company may send in 24 hours"),
    "files.megabytes_per_day":       _("Megabytes a company may send in 24 hours"),
    "companies.invitation_days":     _("How long an invitation holds"),
    "companies.invitations_per_day": _("Invitations a company may send in a day"),
})
RULE_UNIT_WORDS = name_codes("rule unit", {
    "days": _("days"), "hours": _("hours"), "quotes": _("quotes"), "RFQs": _("RFQs"), "fraction": _("as a fraction of one"),
    "files": _("files"), "megabytes": _("megabytes"), "invitations": _("invitations"),
    "times": _("times"), "business days": _("business days"), "percent": _("percent"),
    "samples": _("samples"), "main currency units": _("in the main unit of the currency"),
    "deals": _("trades"), "payments": _("payments"), "seconds": _("seconds"),
    "basis points": _("hundredths of a per cent"), "whole euro": _("whole euro"),
    "whole units": _("whole units of the order's currency"), "points": pgettext_lazy("unit of a rule", "points"), "complaints": pgettext_lazy("unit of a rule", "complaints"),
})
# fmt: on
