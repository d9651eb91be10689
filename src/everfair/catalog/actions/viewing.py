"""How often offers were looked at."""

from __future__ import annotations

from collections.abc import Mapping

from everfair.base.rows import ask

_COUNT = """
    INSERT INTO catalog_offerview (offer_id, day, count)
    SELECT o.id, ef_now()::date, n.count FROM unnest(%s::bigint[], %s::bigint[]) AS n (number, count)
    JOIN catalog_offer o ON o.number = n.number
    ORDER BY o.id
    ON CONFLICT (offer_id, day) DO UPDATE SET count = catalog_offerview.count + excluded.count
    RETURNING 1
"""


def count_views(views: Mapping[int, int]) -> int:
    """Add to today's views of the offers with these numbers; unknown numbers are passed over. Returns how many offers were found."""
    return len(ask(_COUNT, [list(views), list(views.values())])) if views else 0
