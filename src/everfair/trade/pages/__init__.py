"""Pages of orders, by noun."""

from everfair.trade.pages.awarding import award
from everfair.trade.pages.buyers import buyer
from everfair.trade.pages.composing import compose, place
from everfair.trade.pages.frameworks import award_frame, call, end_frame, frame, keep_frame
from everfair.trade.pages.groups import close_group_buy, group_buy, join, new_group_buy, own_group_buys, running
from everfair.trade.pages.moves import end_order, pay, receive, report, ship, sign, withdraw_report
from everfair.trade.pages.reading import order, orders, paper, post
from everfair.trade.pages.samples import sample
from everfair.trade.pages.sheets import sheet
from everfair.trade.pages.showing import confirm, send_back, show

__all__ = [
    "award",
    "award_frame",
    "buyer",
    "call",
    "close_group_buy",
    "compose",
    "confirm",
    "end_frame",
    "end_order",
    "frame",
    "group_buy",
    "join",
    "keep_frame",
    "new_group_buy",
    "order",
    "orders",
    "own_group_buys",
    "paper",
    "pay",
    "place",
    "post",
    "receive",
    "report",
    "running",
    "sample",
    "send_back",
    "sheet",
    "ship",
    "show",
    "sign",
    "withdraw_report",
]
