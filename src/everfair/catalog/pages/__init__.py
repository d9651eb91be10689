"""HTML: the public page of an offer, and the supplier's own pages."""

from .exports import export_offers
from .imports import import_run, imports, start_import
from .own import edit_offer, new_offer, own_offers, publish_offer, withdraw_offer
from .public import offer

__all__ = [
    "edit_offer",
    "export_offers",
    "import_run",
    "imports",
    "new_offer",
    "offer",
    "own_offers",
    "publish_offer",
    "start_import",
    "withdraw_offer",
]
