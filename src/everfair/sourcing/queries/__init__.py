"""Everything that reads: requests, leads, quotes, comparisons, inquiries."""

from .awards import Quoted, QuotedLine, quote_for_award
from .buyers import Asked, asked_by, has_heard_of
from .inquiries import inquiries_visible_to
from .quotes import (
    Comparison,
    QuoteView,
    comparison,
    own_quotes,
    quote_view,
    quotes_of,
    quotes_visible_to,
    revisions_of,
    view_of,
)
from .rfqs import board, leads, lines_of, match_of, matching_suppliers, open_counts, own_rfqs, rfq_by_id, rfqs_visible_to

__all__ = [
    "Asked",
    "Comparison",
    "QuoteView",
    "Quoted",
    "QuotedLine",
    "asked_by",
    "board",
    "comparison",
    "has_heard_of",
    "inquiries_visible_to",
    "leads",
    "lines_of",
    "match_of",
    "matching_suppliers",
    "open_counts",
    "own_quotes",
    "own_rfqs",
    "quote_for_award",
    "quote_view",
    "quotes_of",
    "quotes_visible_to",
    "revisions_of",
    "rfq_by_id",
    "rfqs_visible_to",
    "view_of",
]
