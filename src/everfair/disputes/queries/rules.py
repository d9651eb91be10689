"""The numbers a claim lives by: those its contract was signed under, by their declared default where it is older."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from everfair.markets.rules import RULES


def number(order: Any, name: str) -> Decimal:
    return Decimal(order.rules.get(name, RULES[name].default))


def span(order: Any, name: str) -> timedelta:
    """A rule in days as a length of time."""
    return timedelta(days=float(number(order, name)))
