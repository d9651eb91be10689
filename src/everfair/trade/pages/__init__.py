"""Pages of orders, by noun."""

from everfair.trade.pages.awarding import award
from everfair.trade.pages.buyers import buyer
from everfair.trade.pages.composing import compose, place
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
from everfair.trade.pages.moves import end_order, pay, receive, report, ship, sign, withdraw_report
from everfair.trade.pages.reading import order, orders, paper, post
from everfair.trade.pages.sheets import sheet
from everfair.trade.pages.showing import confirm, send_back, show

__all__ = [
    "accept_inspection",
    "award",
    "buyer",
    "cancel_inspection",
    "compose",
    "confirm",
    "declare_packed",
    "decline_inspection",
    "end_order",
    "inspect",
    "inspection_page",
    "inspection_pdf",
    "inspections",
    "order",
    "orders",
    "paper",
    "pay",
    "pay_inspection",
    "place",
    "post",
    "receive",
    "report",
    "report_inspection",
    "send_back",
    "sheet",
    "ship",
    "show",
    "sign",
    "waive_inspection",
    "withdraw_report",
]
