"""Everything that reads about trades, by noun."""

from everfair.trade.queries.moves import moves_of, payable_stage
from everfair.trade.queries.orders import (
    OrderParts,
    open_issues,
    order,
    order_parts,
    orders_page,
    orders_visible_to,
    shown_of,
    stage_id,
    stages_of,
)
from everfair.trade.queries.standing import Standing, standing_of
from everfair.trade.queries.timeline import Happening, timeline
from everfair.trade.queries.turns import HeldSum, OrderCounts, Turn, held_sums, order_counts, standings, turns_for

__all__ = [
    "Happening",
    "HeldSum",
    "OrderCounts",
    "OrderParts",
    "Standing",
    "Turn",
    "held_sums",
    "moves_of",
    "open_issues",
    "order",
    "order_counts",
    "order_parts",
    "orders_page",
    "orders_visible_to",
    "payable_stage",
    "shown_of",
    "stage_id",
    "stages_of",
    "standing_of",
    "standings",
    "timeline",
    "turns_for",
]
