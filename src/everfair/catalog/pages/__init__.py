"""HTML: the public page of an offer, and the supplier's own pages."""

from .editor import add_picture, discard_offer, edit_offer, keep_offer, new_offer
from .exports import export_offers
from .imports import import_errors, import_run, imports, start_import
from .own import own_offers, publish_offer, withdraw_offer
from .public import offer

__all__ = [
    "add_picture",
    "discard_offer",
    "edit_offer",
    "export_offers",
    "import_errors",
    "import_run",
    "imports",
    "keep_offer",
    "new_offer",
    "offer",
    "own_offers",
    "publish_offer",
    "start_import",
    "withdraw_offer",
]
