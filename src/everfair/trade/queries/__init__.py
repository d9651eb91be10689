"""Everything that reads about trades, by noun."""

from everfair.trade.queries.accepted import accepted_so_far
from everfair.trade.queries.amendments import (
    amendments_of,
    changes_in,
    credit_left,
    credit_of_held,
    credits_over,
    order_of_amendment,
)
from everfair.trade.queries.buyers import BuyerRecord, Issues, buyer_by_number, buyer_record, has_business_with
from everfair.trade.queries.calendars import ship_day
from everfair.trade.queries.defences import Charged, charged, defences_of, defended, in_english, shown_defences
from everfair.trade.queries.evidence import Evidence, evidence_of
from everfair.trade.queries.extensions import extension_in, extension_moves, extensions_of
from everfair.trade.queries.fees import fee_words, fees_on, kept_of
from everfair.trade.queries.inspecting import (
    claim_of_inspection,
    days_in_claim,
    debts_left,
    inspections_of_claim,
    report_of,
)
from everfair.trade.queries.kinds import (
    Progress,
    RunningLine,
    basis_of,
    framework_of,
    group_buy,
    group_buy_of_offer,
    own_group_buys,
    progress_of,
    resting_on,
    running_group_buys,
    running_lines,
)
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
    stages_in,
    stages_of,
)
from everfair.trade.queries.standing import Standing, standing_of
from everfair.trade.queries.statements import order_statement
from everfair.trade.queries.timeline import Happening, timeline
from everfair.trade.queries.turns import HeldSum, OrderCounts, Turn, held_sums, order_counts, standings, turns_for

__all__ = [
    "BuyerRecord",
    "Charged",
    "Evidence",
    "Happening",
    "HeldSum",
    "Issues",
    "OrderCounts",
    "OrderParts",
    "Progress",
    "RunningLine",
    "Standing",
    "Turn",
    "accepted_so_far",
    "amendments_of",
    "basis_of",
    "buyer_by_number",
    "buyer_record",
    "changes_in",
    "charged",
    "claim_of_inspection",
    "credit_left",
    "credit_of_held",
    "credits_over",
    "days_in_claim",
    "debts_left",
    "defences_of",
    "defended",
    "evidence_of",
    "extension_in",
    "extension_moves",
    "extensions_of",
    "fee_words",
    "fees_on",
    "framework_of",
    "group_buy",
    "group_buy_of_offer",
    "has_business_with",
    "held_sums",
    "in_english",
    "inspections_of_claim",
    "kept_of",
    "moves_of",
    "open_issues",
    "order",
    "order_counts",
    "order_of_amendment",
    "order_parts",
    "order_statement",
    "orders_page",
    "orders_visible_to",
    "own_group_buys",
    "payable_stage",
    "progress_of",
    "report_of",
    "resting_on",
    "running_group_buys",
    "running_lines",
    "ship_day",
    "shown_defences",
    "shown_of",
    "stage_id",
    "stages_in",
    "stages_of",
    "standing_of",
    "standings",
    "timeline",
    "turns_for",
]
