"""Everything that writes about trades, by noun."""

from everfair.trade.actions import chargebacks as chargebacks  # it covers them for payments
from everfair.trade.actions.accepting import accept_goods, refuse_quantities
from everfair.trade.actions.amending import (
    Change,
    lapse_amendment,
    propose_amendment,
    refuse_amendment,
    sign_amendment,
    take_back_amendment,
)
from everfair.trade.actions.claim_inspections import ask_inspection_in_claim, end_inspection_in_claim
from everfair.trade.actions.confirming import announce_confirmation
from everfair.trade.actions.defending import await_defence, defend_chargeback, tell_charged_seller
from everfair.trade.actions.extensions import (
    ask_extension,
    expire_extension,
    grant_extension,
    refuse_extension,
    take_back_extension,
)
from everfair.trade.actions.frameworks import (
    Frame,
    award_framework,
    call_off_goods,
    draft_call_off,
    draft_framework,
    draft_framework_award,
    end_framework,
    keep_framework,
    place_framework,
    run_out_framework,
)
from everfair.trade.actions.groups import GroupDraft, close_group_buy, draft_join, join_group_buy, publish_group_buy
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
from everfair.trade.actions.issues import (
    close_issue,
    divide_held,
    mark_overdue,
    open_issue,
    open_silent_case,
    resolve_issue,
    take_over_case,
)
from everfair.trade.actions.orders import call_off_order, cancel_order, decline_order, lapse_order, sign_order
from everfair.trade.actions.paying import pay_stage, reopen_stage, wait_for_transfer
from everfair.trade.actions.placing import award_quote, draft_award, draft_order, place_order
from everfair.trade.actions.returning import refuse_too_much, return_money
from everfair.trade.actions.samples import draft_sample, order_sample
from everfair.trade.actions.shipping import finish_shipping, receive_order, settle_order, ship_order
from everfair.trade.actions.showing import confirm_work, send_work_back, show_work
from everfair.trade.actions.silence import hear_silence
from everfair.trade.actions.stages import call_dated, fund_stage

__all__ = [
    "Change",
    "Frame",
    "GroupDraft",
    "accept_goods",
    "accept_inspection",
    "announce_confirmation",
    "ask_extension",
    "ask_inspection",
    "ask_inspection_in_claim",
    "await_defence",
    "award_framework",
    "award_quote",
    "call_dated",
    "call_off_goods",
    "call_off_order",
    "cancel_inspection",
    "cancel_order",
    "close_group_buy",
    "close_issue",
    "confirm_work",
    "declare_packed",
    "decline_inspection",
    "decline_order",
    "defend_chargeback",
    "divide_held",
    "draft_award",
    "draft_call_off",
    "draft_framework",
    "draft_framework_award",
    "draft_join",
    "draft_order",
    "draft_sample",
    "end_framework",
    "end_inspection_in_claim",
    "expire_extension",
    "finish_shipping",
    "fund_inspection",
    "fund_stage",
    "grant_extension",
    "hear_silence",
    "join_group_buy",
    "keep_framework",
    "lapse_amendment",
    "lapse_inspection",
    "lapse_order",
    "mark_overdue",
    "open_issue",
    "open_silent_case",
    "order_sample",
    "pay_inspection",
    "pay_stage",
    "place_framework",
    "place_order",
    "propose_amendment",
    "publish_group_buy",
    "receive_order",
    "refuse_amendment",
    "refuse_extension",
    "refuse_quantities",
    "refuse_too_much",
    "reopen_inspection_fee",
    "reopen_stage",
    "report_inspection",
    "resolve_issue",
    "return_money",
    "run_out_framework",
    "send_work_back",
    "settle_order",
    "ship_order",
    "show_work",
    "sign_amendment",
    "sign_order",
    "take_back_amendment",
    "take_back_extension",
    "take_over_case",
    "tell_charged_seller",
    "wait_for_transfer",
    "waive_inspection",
]
