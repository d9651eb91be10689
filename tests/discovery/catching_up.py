"""Cursors read only what is older than every running transaction, those of other tests on the same server among them."""

import time

from django.db import connection

from everfair.base.events import run_all_reactions
from everfair.discovery import follow

_SETTLED = """
    SELECT coalesce(max(changed) < pg_snapshot_xmin(pg_current_snapshot()), true) FROM (
        SELECT max(changed) AS changed FROM catalog_offer UNION ALL SELECT max(tx) FROM base_event
    ) AS written
"""


def settled(patience_s: float = 20) -> None:
    """Wait until everything that was committed can be seen by a cursor."""
    deadline = time.monotonic() + patience_s
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_SETTLED)
            if cursor.fetchone()[0]:
                return
        assert time.monotonic() < deadline, "somebody keeps a transaction open"
        time.sleep(0.02)


def follow_all() -> int:
    settled()
    return follow.follow_once()


def react_to_all() -> None:
    settled()
    run_all_reactions()
