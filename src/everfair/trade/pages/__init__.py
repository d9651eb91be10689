"""Pages of orders, by noun."""

from everfair.trade.pages.awarding import award
from everfair.trade.pages.buyers import buyer
from everfair.trade.pages.composing import compose, place
from everfair.trade.pages.moves import end_order, pay, receive, report, ship, sign, withdraw_report
from everfair.trade.pages.reading import order, orders, paper, post
from everfair.trade.pages.sheets import sheet

__all__ = [
    "award",
    "buyer",
    "compose",
    "end_order",
    "order",
    "orders",
    "paper",
    "pay",
    "place",
    "post",
    "receive",
    "report",
    "sheet",
    "ship",
    "sign",
    "withdraw_report",
]
