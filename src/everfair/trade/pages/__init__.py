"""Pages of orders, by noun."""

from everfair.trade.pages.accepting import accept
from everfair.trade.pages.amending import amend, refuse_amendment, sign_amendment, take_back_amendment
from everfair.trade.pages.awarding import award
from everfair.trade.pages.buyers import buyer
from everfair.trade.pages.composing import compose, place
from everfair.trade.pages.defending import defend
from everfair.trade.pages.extending import answer_extension, ask_extension
from everfair.trade.pages.fees import return_money
from everfair.trade.pages.frameworks import award_frame, call, end_frame, frame, keep_frame
from everfair.trade.pages.groups import close_group_buy, group_buy, join, new_group_buy, own_group_buys, running
from everfair.trade.pages.inspections import (
    accept_inspection,
    cancel_inspection,
    declare_packed,
    decline_inspection,
    inspect,
    inspection_page,
    inspection_pdf,
    inspections,
    pay_inspection,
    report_inspection,
    waive_inspection,
)
from everfair.trade.pages.moves import end_order, finish_shipping, pay, receive, ship, sign
from everfair.trade.pages.reading import order, orders, paper, post
from everfair.trade.pages.samples import sample
from everfair.trade.pages.sheets import sheet
from everfair.trade.pages.showing import confirm, send_back, show

__all__ = [
    "accept",
    "accept_inspection",
    "amend",
    "answer_extension",
    "ask_extension",
    "award",
    "award_frame",
    "buyer",
    "call",
    "cancel_inspection",
    "close_group_buy",
    "compose",
    "confirm",
    "declare_packed",
    "decline_inspection",
    "defend",
    "end_frame",
    "end_order",
    "finish_shipping",
    "frame",
    "group_buy",
    "inspect",
    "inspection_page",
    "inspection_pdf",
    "inspections",
    "join",
    "keep_frame",
    "new_group_buy",
    "order",
    "orders",
    "own_group_buys",
    "paper",
    "pay",
    "pay_inspection",
    "place",
    "post",
    "receive",
    "refuse_amendment",
    "report_inspection",
    "return_money",
    "running",
    "sample",
    "send_back",
    "sheet",
    "ship",
    "show",
    "sign",
    "sign_amendment",
    "take_back_amendment",
    "waive_inspection",
]
