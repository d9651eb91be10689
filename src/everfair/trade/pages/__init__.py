"""Pages of orders, by noun."""

from everfair.trade.pages.amending import amend, refuse_amendment, sign_amendment, take_back_amendment
from everfair.trade.pages.awarding import award
from everfair.trade.pages.buyers import buyer
from everfair.trade.pages.composing import compose, place
from everfair.trade.pages.extending import answer_extension, ask_extension
from everfair.trade.pages.moves import end_order, pay, receive, report, ship, sign, withdraw_report
from everfair.trade.pages.reading import order, orders, paper, post
from everfair.trade.pages.sheets import sheet
from everfair.trade.pages.showing import confirm, send_back, show

__all__ = [
    "amend",
    "answer_extension",
    "ask_extension",
    "award",
    "buyer",
    "compose",
    "confirm",
    "end_order",
    "order",
    "orders",
    "paper",
    "pay",
    "place",
    "post",
    "receive",
    "refuse_amendment",
    "report",
    "send_back",
    "sheet",
    "ship",
    "show",
    "sign",
    "sign_amendment",
    "take_back_amendment",
    "withdraw_report",
]
