"""Pages of orders, by noun."""

from everfair.trade.pages.awarding import award
from everfair.trade.pages.buyers import buyer
from everfair.trade.pages.composing import compose, place
from everfair.trade.pages.moves import end_order, pay, receive, ship, sign
from everfair.trade.pages.reading import order, orders, paper, post
from everfair.trade.pages.sheets import sheet
from everfair.trade.pages.showing import confirm, send_back, show

__all__ = [
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
    "send_back",
    "sheet",
    "ship",
    "show",
    "sign",
]
