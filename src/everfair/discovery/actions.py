"""What discovery does: build the index, and what the directory says of each supplier, again."""

from __future__ import annotations

import time

from everfair.discovery.assortments import renew_assortments
from everfair.discovery.follow import build_beside, index_folder


def rebuild_index() -> dict[str, float | int]:
    """Build the search index again from the database and put it in place of the present one; searching goes on meanwhile.

    Returns figures: how many offers it holds, how long it took, offers a second.
    """
    began_s = time.monotonic()
    renew_assortments()
    offers = build_beside(index_folder())
    seconds = time.monotonic() - began_s
    return {"offers": offers, "seconds": round(seconds, 3), "offers_per_second": round(offers / max(seconds, 0.001))}
