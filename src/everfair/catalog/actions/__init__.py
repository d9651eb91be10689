"""Everything that writes offers."""

from .categories import map_category
from .imports import Imported, import_offers
from .offers import change_offer, draft_offer, publish_offer, remove_offer, withdraw_offer
from .staging import (
    forget_staged,
    known_choices,
    mapping_of,
    open_staged,
    run_import,
    run_waiting_import,
    stage_import,
    start_import,
)
from .touching import touch_offers
from .unsaved import close_unsaved, forget_unsaved, keep_unsaved, restore_unsaved
from .viewing import count_views

__all__ = [
    "Imported",
    "change_offer",
    "close_unsaved",
    "count_views",
    "draft_offer",
    "forget_staged",
    "forget_unsaved",
    "import_offers",
    "keep_unsaved",
    "known_choices",
    "map_category",
    "mapping_of",
    "open_staged",
    "publish_offer",
    "remove_offer",
    "restore_unsaved",
    "run_import",
    "run_waiting_import",
    "stage_import",
    "start_import",
    "touch_offers",
    "withdraw_offer",
]
