"""Every number of a rule: declared once, with its unit and where it comes from. `rule_version` overrides it by date."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Rule:
    """`default` is in `unit`; `least` and `most` bound what an operator may set."""

    name: str
    unit: str
    default: Decimal
    least: Decimal
    most: Decimal
    source: str


def _rule(name: str, unit: str, default: str, least: str, most: str, source: str) -> Rule:
    return Rule(name, unit, Decimal(default), Decimal(least), Decimal(most), source)


# fmt: off
RULES = {
    rule.name: rule
    for rule in (
        _rule("trade.sign_days", "business days", "5", "1", "30", "1688: unpaid or unsigned terms close after 5 days (zqdropshipping)"),
        _rule("trade.pay_days", "business days", "5", "1", "30", "1688: unpaid 5 days after creation or change of terms → closed"),
        _rule("trade.ship_grace_days", "days", "0", "0", "30", "our own: after the ship-by day the buyer may take the money back"),
        _rule("trade.receive_days_express", "days", "15", "1", "90", "AliExpress: silent buyer, express 15 days from shipping"),
        _rule("trade.receive_days_air", "days", "15", "1", "90", "AliExpress: silent buyer, air 15 days from shipping"),
        _rule("trade.receive_days_land", "days", "30", "1", "90", "AliExpress: silent buyer, land 30 days from shipping"),
        _rule("trade.receive_days_sea", "days", "45", "1", "120", "AliExpress: silent buyer, sea 45 days from shipping"),
        _rule("trade.amend_days", "business days", "5", "1", "30", "our own: to answer a proposal of new terms"),
        _rule("trade.confirm_days", "business days", "7", "1", "60", "our own: to look at pictures of production or a shipping document"),
        _rule("trade.quantity_tolerance", "fraction", "0.05", "0", "0.1", "UCP 600 art. 30 b: 5 % more or less of measured goods"),
        _rule("trade.count_tolerance", "fraction", "0.03", "0", "0.1", "our own: what a run leaves over or short of counted goods"),
        _rule("trade.case_days", "business days", "10", "1", "30", "our own: the operator decides within 10 working days"),
        _rule("trade.late_days", "days", "30", "7", "180", "our own: a late order on which nobody acts goes to the operator"),
        _rule("trade.receive_after_delivery_days", "days", "7", "3", "60", "our own: after a proof of delivery nobody has less time to look"),
        _rule("trade.silence_reminders", "times", "3", "3", "4", "our own (I7): silence counts only after so many delivered reminders"),
        _rule("trade.extension_answer_days", "business days", "3", "1", "15", "Trade Assurance: 3 days to reply; silence refuses"),
        _rule("trade.extension_requests", "times", "3", "1", "10", "our own: how often one side may ask for the same thing"),
        _rule("trade.shipping_most_days", "days", "90", "1", "365", "Trade Assurance: original shipping time + extension ≤ 90 days"),
        _rule("trade.receipt_extension_days", "days", "15", "1", "60", "Trade Assurance: receipt is extended by 15 days, once per side"),
        _rule("trade.receipt_extension_most_days", "days", "30", "1", "120", "Trade Assurance: receipt is extended by 30 days in all"),
        _rule("trade.claim_days", "days", "30", "1", "90", "Trade Assurance: never more than 30 days after confirmed receipt"),
        _rule("trade.issue_withdrawals", "times", "2", "1", "10", "our own: each withdrawal begins the time to confirm anew"),
        _rule("trade.inspection_ahead_days", "business days", "7", "1", "30", "platform FAQ: book 7 working days before shipment"),
        _rule("trade.inspection_packed_share", "fraction", "0.8", "0", "1", "platform FAQ: goods 80 % packed before the inspection"),
        _rule("trade.inspection_answer_days", "days", "3", "1", "14", "our own: an inspector who does not answer is not waited for"),
        _rule("trade.inspection_report_days", "business days", "2", "1", "14", "platform FAQ: report 1–2 working days after the visit"),
        _rule("trade.inspection_settle_days", "days", "14", "1", "60", "our own: after a fail, to inspect again, waive or call off"),
        _rule("trade.aql_major", "percent", "2.5", "0.065", "15", "Intertek AQL card: major 2.5; a value of ISO 2859-1"),
        _rule("trade.aql_minor", "percent", "4.0", "0.065", "15", "Intertek AQL card: minor 4.0; a value of ISO 2859-1"),
        _rule("trade.deposit_rate", "fraction", "0.3", "0", "1", "trade habit: 30 % deposit, 70 % balance"),
        _rule("trade.fee_rate", "fraction", "0.02", "0", "0.2", "our own: platform fee on what is released to the seller"),
        _rule("trade.sample_sign_days", "days", "3", "1", "30", "our own: a sample is a small order, answered soon"),
        _rule("trade.sample_pay_days", "days", "3", "1", "30", "our own: the same for paying a sample"),
        _rule("trade.sample_ship_days", "days", "7", "1", "60", "our own: a sample lies in stock, or is made within a week"),
        _rule("trade.sample_quantity", "samples", "3", "1", "100", "our own: at most so many of one offer for one buyer in the window"),
        _rule("trade.sample_window_days", "days", "90", "1", "730", "our own: the window in which samples are counted"),
        _rule("trade.sample_nominal_price", "main currency units", "1", "0.1", "100", "our own: what a free sample costs, so that the escrow holds something"),
        _rule("trade.sample_credit_days", "days", "180", "0", "730", "trade habit: a sample's price is credited on the bulk order"),
        _rule("trade.framework_days", "days", "730", "30", "3650", "our own: the longest framework contract"),
        _rule("trade.group_days", "days", "60", "1", "365", "our own: the longest time a group buy may run"),
        _rule("disputes.answer_days", "days", "3", "1", "14", "Trade Assurance: the supplier replies within 3 days"),
        _rule("disputes.escalate_days", "days", "3", "0", "14", "Trade Assurance: by hand on day 4, when 3 days are over"),
        _rule("disputes.talk_days", "days", "7", "1", "30", "Trade Assurance: by itself on day 7 (day 8 in another version)"),
        _rule("disputes.return_days", "days", "10", "1", "60", "AliExpress: goods back within 10 days, or the seller is paid"),
        _rule("disputes.take_back_days", "days", "15", "1", "90", "our own: to confirm a return once its carrier's number is known"),
        _rule("disputes.replacement_days", "days", "30", "1", "120", "our own: to send new goods"),
        _rule("disputes.ruling_days", "business days", "10", "1", "30", "our own: a ruling is due within 10 working days"),
        _rule("disputes.inspection_days", "business days", "10", "2", "30", "our own: within which an inspection inside a claim reports; the ruling waits once"),
        _rule("disputes.appeal_days", "days", "7", "1", "30", "our own: to ask a second arbitrator"),
        _rule("disputes.two_person_amount", "whole units", "10000", "0", "1000000000", "our own: two people rule from so much held on, in the order's currency"),
        _rule("trust.evidence_days", "days", "365", "30", "1095", "verified-supplier reports hold for one year (alibabafraud.com)"),
        _rule("trust.answer_days", "days", "14", "3", "90", "our own: an applicant who does not answer the reviewers waits in nobody's way"),
        _rule("trust.points_grave", "points", "6", "1", "100", "Alibaba.com rule 3310: a serious case (no delivery, forged proof, nothing done after a return) that was made good"),
        _rule("trust.points_unresolved", "points", "48", "6", "100", "Alibaba.com rule 3310: a serious case left as it was"),
        _rule("trust.points_late", "points", "3", "1", "100", "Alibaba.com rule 3310: a paid order not delivered in time"),
        _rule("trust.points_wash", "points", "12", "1", "100", "our own: rule 11004421 makes it an offence of its own and names no number"),
        _rule("trust.points_bait", "points", "6", "1", "100", "our own: as a serious case"),
        _rule("trust.points_counterfeit", "points", "24", "1", "100", "our own: twice what two grave cases cost"),
        _rule("trust.points_false", "points", "12", "1", "100", "our own: what was verified was a lie"),
        _rule("trust.points_breach", "points", "6", "1", "100", "our own: as a serious case"),
        _rule("trust.points_days", "days", "365", "90", "1095", "our own: points count for a year after the act"),
        _rule("trust.warning_points", "points", "6", "1", "100", "Alibaba.com ladder: severe warning (afrispress copy)"),
        _rule("trust.first_points", "points", "12", "2", "100", "Alibaba.com ladder: restricted (afrispress copy)"),
        _rule("trust.first_days", "days", "7", "1", "60", "Alibaba.com ladder: 7 days (afrispress copy)"),
        _rule("trust.second_points", "points", "24", "3", "100", "Alibaba.com ladder: restricted (afrispress copy)"),
        _rule("trust.second_days", "days", "14", "1", "90", "Alibaba.com ladder: 14 days (afrispress copy)"),
        _rule("trust.third_points", "points", "36", "4", "100", "Alibaba.com rules 6605 and 4154: restricted, all listings removed"),
        _rule("trust.third_days", "days", "21", "1", "180", "Alibaba.com ladder: 21 days (afrispress copy)"),
        _rule("trust.end_points", "points", "48", "5", "200", "Alibaba.com rules 6605 and 4154: membership ended"),
        _rule("trust.second_person_points", "points", "12", "1", "12", "our own (I16): from the first restriction on nobody decides alone"),
        _rule("trust.points_appeal_days", "days", "15", "5", "90", "our own: to appeal against points"),
        _rule("trust.complaint_days", "days", "90", "30", "365", "Alibaba.com rules 2061 and 3310: 90 days from agreed payment or delivery, the later"),
        _rule("trust.complaint_answer_days", "days", "7", "2", "30", "our own: the supplier's time to answer a complaint"),
        _rule("trust.complaints_per_day", "complaints", "3", "1", "100", "our own: a flood of complaints is not a complaint"),
        _rule("reviews.days", "days", "60", "7", "180", "Alibaba.com feedback: 60 days to rate (helpcenter/47a9f417)"),
        _rule("reviews.counted_deals", "deals", "3", "1", "100", "1688: the first three rated deals of the same pair count in a month (ssopdot)"),
        _rule("sourcing.quotes_per_month", "quotes", "20", "1", "1000", "Alibaba RFQ rule page: 20 quotes per company per month"),
        _rule("sourcing.quotes_per_rfq", "quotes", "10", "1", "100", "Alibaba RFQ: seats per RFQ, said to be 10"),
        _rule("sourcing.rfqs_per_day", "RFQs", "20", "1", "1000", "our own: a flood of requests is not a request"),
        _rule("payments.intent_hours", "hours", "24", "1", "168", "our own: an unpaid checkout closes after a day"),
        _rule("payments.share_ceiling", "fraction", "0.6", "0.3", "1", "our own: one provider once carried 90 % of AliExpress payments and left"),
        _rule("payments.share_from", "payments", "50", "1", "100000", "our own: below so many payments a share says nothing"),
        _rule("payments.share_days", "days", "30", "1", "365", "our own: a month is what a provider gives as notice"),
        _rule("payments.breaker_failures", "times", "5", "1", "20", "our own: 5 of the newest 20 calls failed (F22)"),
        _rule("payments.reserve_bps", "basis points", "0", "0", "5000", "our own: nothing is kept back of an ordinary seller's card payments"),
        _rule("payments.reserve_bps_watched", "basis points", "1000", "0", "10000", "our own: where more comes back than the alarm bears"),
        _rule("payments.reserve_days", "days", "90", "1", "540", "cardholders may dispute for 120 days, most do so within 90"),
        _rule("payments.chargeback_alarm", "fraction", "0.01", "0.0005", "0.5", "card schemes watch merchants from about 1 % of payments on"),
        _rule("payments.chargeback_days", "days", "120", "30", "540", "Visa, Mastercard: 120 days from the payment or the expected delivery"),
        _rule("payments.settle_days", "days", "3", "1", "30", "our own: cards settle within two business days; after that it is a break"),
        _rule("payments.bank_from", "whole units", "20000", "0", "1000000000", "our own: a large payment by card costs more than its bank transfer"),
        _rule("payments.card_most", "whole units", "0", "0", "1000000000", "our own: 0 is no limit; what a single rail may carry is said on its page"),
        _rule("payments.credit_hold_days", "days", "7", "0", "90", "our own: so long after the day nothing new is drawn while it is unpaid"),
        _rule("payments.breaker_rest_s", "seconds", "30", "1", "3600", "our own: how long a failing rail rests before one payment probes it"),
        _rule("payments.bank_days", "days", "10", "2", "60", "trade habit: a transfer over correspondents takes up to a week"),
        _rule("payments.bank_arrival_days", "business days", "3", "1", "15", "trade habit: T/T arrives within 1–5 business days"),
        _rule("payments.bank_short_share", "fraction", "0.02", "0", "0.1", "our own: more than that is a part payment, not charges"),
        _rule("payments.bank_short_most", "main currency units", "40", "0", "1000", "trade habit: correspondents take 15–40 USD or EUR of a transfer"),
        _rule("payments.bank_short_borne", "fraction", "1", "0", "1", "our own: the part of such charges that the platform bears; the rest is the payer's"),
        _rule("payments.bank_second_above", "main currency units", "10000", "0", "1000000000", "our own: above it a second person approves what the desk does with a transfer"),
        _rule("payments.payout_wait_hours", "hours", "72", "0", "720", "our own (I15): a new bank account waits; live never less than 72, whatever is set"),
        _rule("payments.name_match", "percent", "97", "80", "100", "our own: so far a holder's name must be the company's to be believed unseen"),
        _rule("payments.second_amount", "whole units", "5000", "0", "1000000000", "our own: from so much on a second person of the company approves"),
        _rule("payments.batch_amount", "whole units", "1000", "0", "1000000000", "our own: from so much on two operators let a payout go, in a batch"),
        _rule("payments.bank_amount", "whole units", "10000", "0", "1000000000", "our own: from so much on our own bank pays, where it can"),
        _rule("payments.cutoff_hour", "hours", "14", "0", "23", "our own: UTC; a batch takes nothing more after it"),
        _rule("payments.debt_days", "days", "14", "1", "90", "our own: to settle what a company owes, with two reminders"),
        _rule("payments.fx_rate_days", "business days", "1", "0", "5", "our own: of the ECB's calendar; a rate for which a later one should be there is stale"),
        _rule("payments.fx_quote_s", "seconds", "300", "30", "900", "our own (B37): a price for an exchange never holds longer than 15 minutes"),
        _rule("payments.fx_jump", "fraction", "0.1", "0.01", "1", "our own: a rate that moved more from one publication to the next is looked at by a person"),
        _rule("payments.fx_spread_major", "basis points", "50", "0", "1000", "our own: between two currencies that are traded everywhere"),
        _rule("payments.fx_spread_other", "basis points", "120", "0", "1000", "our own: the same for any other pair"),
        _rule("payments.fx_lock_days", "days", "7", "0", "30", "our own: so long a contract holds the rate for a buyer who pays in another currency; 0 offers none"),
        _rule("payments.fx_lock_spread", "basis points", "50", "0", "1000", "our own: on top of the spread while a contract holds a rate: who may wait and see pays for it"),
        _rule("payments.fx_limit", "whole euro", "250000", "0", "1000000000", "our own: the largest position in one currency, long or short, before it is covered"),
        _rule("payments.fx_alarm", "fraction", "0.8", "0.1", "1", "our own: from so much of the limit on the desk is warned"),
        _rule("files.uploads_per_day", "files", "2000", "1", "100000", "our own: what one company may upload in 24 hours"),
        _rule("files.megabytes_per_day", "megabytes", "1000", "1", "100000", "our own: the same by size, 2**20 bytes each"),
        _rule("companies.invitation_days", "days", "7", "1", "30", "our own"),
        _rule("companies.invitations_per_day", "invitations", "50", "1", "1000", "our own: a company is not a mailing list"),
    )
}
# fmt: on
# Numbers that count business days in contracts that keep a calendar; in older ones they count every day.
BUSINESS_DAYS = tuple(sorted(name for name, rule in RULES.items() if rule.unit == "business days"))
