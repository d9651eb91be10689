"""Whole lives of trades, played at random through the real verbs, with the clock of a demonstration.

`cast` makes who trades, `lives` is one order and everybody round it, `ordering`, `fulfilling` and `claiming` are what they may try,
`share` is what one process plays of it, `figures` counts what became of it, `run` moves the clock. A live installation refuses.
"""

from collections.abc import Callable
from typing import Any


def trades(count: int, seed: int, say: Callable[[str], None] | None = None, *, processes: int | None = None) -> dict[str, Any]:
    """Play so many trades; the figures, with `clean` false when anything was not as it must be."""
    from everfair.site.simulate.run import play

    return play(count, seed, say, processes=processes)


__all__ = ["trades"]
