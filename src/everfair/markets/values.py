"""The axes of a market."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Market:
    """One row of `table.py`: which strategy each package uses for this market, by name."""

    code: str
    currencies: tuple[str, ...]
    order_flow: str
    settlement: str
    pricing: str
    ranking: str
    documents: tuple[str, ...]
    features: frozenset[str]
