"""Everything that reads about trades, by noun."""

from everfair.trade.queries.orders import OrderParts, open_issues, order, order_parts, orders_page, orders_visible_to
from everfair.trade.queries.standing import Standing, standing_of

__all__ = [
    "OrderParts",
    "Standing",
    "open_issues",
    "order",
    "order_parts",
    "orders_page",
    "orders_visible_to",
    "standing_of",
]
