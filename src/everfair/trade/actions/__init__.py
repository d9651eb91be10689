"""Everything that writes about trades, by noun."""

from everfair.trade.actions.inspection_fees import fund_inspection, pay_inspection, reopen_inspection_fee
from everfair.trade.actions.inspections import (
    accept_inspection,
    ask_inspection,
    cancel_inspection,
    declare_packed,
    decline_inspection,
    lapse_inspection,
    report_inspection,
    waive_inspection,
)
from everfair.trade.actions.issues import open_silent_case, report_missing, resolve_issue, withdraw_report
from everfair.trade.actions.orders import call_off_order, cancel_order, decline_order, lapse_order, sign_order
from everfair.trade.actions.placing import award_quote, draft_award, draft_order, place_order
from everfair.trade.actions.shipping import receive_order, settle_in_silence, settle_order, ship_order
from everfair.trade.actions.showing import confirm_work, send_work_back, show_work
from everfair.trade.actions.stages import fund_stage, pay_stage, reopen_stage

__all__ = [
    "accept_inspection",
    "ask_inspection",
    "award_quote",
    "call_off_order",
    "cancel_inspection",
    "cancel_order",
    "confirm_work",
    "declare_packed",
    "decline_inspection",
    "decline_order",
    "draft_award",
    "draft_order",
    "fund_inspection",
    "fund_stage",
    "lapse_inspection",
    "lapse_order",
    "open_silent_case",
    "pay_inspection",
    "pay_stage",
    "place_order",
    "receive_order",
    "reopen_inspection_fee",
    "reopen_stage",
    "report_inspection",
    "report_missing",
    "resolve_issue",
    "send_work_back",
    "settle_in_silence",
    "settle_order",
    "ship_order",
    "show_work",
    "sign_order",
    "waive_inspection",
    "withdraw_report",
]
