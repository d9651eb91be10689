"""Everything that writes about trades, by noun."""

from everfair.trade.actions.issues import close_issue, divide_held, open_issue, open_silent_case, resolve_issue
from everfair.trade.actions.orders import call_off_order, cancel_order, decline_order, lapse_order, sign_order
from everfair.trade.actions.placing import award_quote, draft_award, draft_order, place_order
from everfair.trade.actions.shipping import receive_order, settle_order, ship_order
from everfair.trade.actions.showing import confirm_work, send_work_back, show_work
from everfair.trade.actions.stages import fund_stage, pay_stage, reopen_stage

__all__ = [
    "award_quote",
    "call_off_order",
    "cancel_order",
    "close_issue",
    "confirm_work",
    "decline_order",
    "divide_held",
    "draft_award",
    "draft_order",
    "fund_stage",
    "lapse_order",
    "open_issue",
    "open_silent_case",
    "pay_stage",
    "place_order",
    "receive_order",
    "reopen_stage",
    "resolve_issue",
    "send_work_back",
    "settle_order",
    "ship_order",
    "show_work",
    "sign_order",
]
