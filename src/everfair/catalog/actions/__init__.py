"""Everything that writes offers."""

from .categories import map_category
from .imports import Imported, import_offers
from .offers import change_offer, draft_offer, publish_offer, remove_offer, withdraw_offer
from .staging import forget_staged, mapping_of, open_staged, run_import, run_waiting_import, stage_import, start_import
from .touching import touch_offers
from .viewing import count_views

__all__ = [
    "Imported",
    "change_offer",
    "count_views",
    "draft_offer",
    "forget_staged",
    "import_offers",
    "map_category",
    "mapping_of",
    "open_staged",
    "publish_offer",
    "remove_offer",
    "run_import",
    "run_waiting_import",
    "stage_import",
    "start_import",
    "touch_offers",
    "withdraw_offer",
]
