"""What the books themselves post: the opposite of an entry that was wrong."""

from __future__ import annotations

from collections.abc import Sequence

from everfair.ledger.values import Transfer


def taken_back(transfers: Sequence[Transfer]) -> list[Transfer]:
    """Every transfer of an entry the other way round, the last one first."""
    return [Transfer(t.target, t.source, t.amount) for t in reversed(transfers)]


ENTRIES = {"correction": taken_back}
