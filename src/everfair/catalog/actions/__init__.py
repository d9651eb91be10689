"""Everything that writes offers."""

from .categories import map_category
from .imports import Imported, import_offers
from .offers import change_offer, draft_offer, publish_offer, remove_offer, withdraw_offer
from .touching import touch_offers

__all__ = [
    "Imported",
    "change_offer",
    "draft_offer",
    "import_offers",
    "map_category",
    "publish_offer",
    "remove_offer",
    "touch_offers",
    "withdraw_offer",
]
