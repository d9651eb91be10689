"""The tree of halls and categories, two levels deep. The tree is our own; its rows lie in `data/categories.csv`."""

from functools import cache

from ..values import Category, Names
from .category_guess import explain_category, guess_category
from .rows import rows

__all__ = ["categories", "category", "children", "explain_category", "guess_category", "halls"]


@cache
def categories() -> dict[str, Category]:
    """Halls and categories by code, in the order of the tree."""
    return {
        row["code"]: Category(
            row["code"],
            Names(row["en"], row["zh_hant"], row["zh_hans"]),
            tuple(row["hs"].split()),
            tuple(word for word in row["keywords"].split(";") if word),
        )
        for row in rows("categories")
    }


def category(code: str) -> Category:
    """The hall or category of exactly this code; ValueError for anything else."""
    found = categories().get(code)
    if found is None:
        raise ValueError(f"not a category: {code[:60]!r}")
    return found


@cache
def halls() -> tuple[Category, ...]:
    """The halls in order, `unsorted` last."""
    return tuple(each for each in categories().values() if each.is_hall)


@cache
def _by_hall() -> dict[str, tuple[Category, ...]]:
    found: dict[str, list[Category]] = {hall.code: [] for hall in halls()}
    for each in categories().values():
        if not each.is_hall:
            found[each.hall].append(each)
    return {hall: tuple(inside) for hall, inside in found.items()}


def children(hall: str) -> tuple[Category, ...]:
    """The categories of a hall in order; ValueError when there is no such hall."""
    inside = _by_hall().get(hall)
    if inside is None:
        raise ValueError(f"not a hall: {hall[:60]!r}")
    return inside
