"""The demo world: invented companies in real clusters, made by our own verbs, the same at every load."""

from everfair.site.demo.people import sign_ins


def load() -> dict[str, object]:
    """Fill an empty installation; one that has companies is left as it is."""
    from everfair.site.demo.load import load as fill

    return fill()


__all__ = ["load", "sign_ins"]
