"""The demo world: invented companies in real clusters, made by our own verbs, the same at every load.

`plan` says who is there and what they offer, `load` writes the base world, `copying` makes it many times as large, `pictures` draws
what the offers show, `guided` leads a visitor through one whole trade.
"""

from collections.abc import Callable

from everfair.site.demo.people import sign_ins


def load() -> dict[str, object]:
    """Fill an empty installation; one that has companies is left as it is."""
    from everfair.site.demo.load import load as fill

    return fill()


def scale(times: int, say: Callable[[str], None] | None = None) -> dict[str, object]:
    """Make the demo world so many times as large as at first."""
    from everfair.site.demo.copying import scale as enlarge

    return enlarge(times, say)


__all__ = ["load", "scale", "sign_ins"]
