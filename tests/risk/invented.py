"""Suppliers made by hand, one thing odd at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from everfair.risk.facts import Complaint, Deal, Listing, Message, Prices, Rating, Supplier
from everfair.risk.scoring import World
from everfair.risk.values import settings_at

AT = date(2010, 12, 1)
SETTINGS = settings_at(AT)
PRICES = Prices(median={"phones": 100.0, "bolts": 1.0}, low={"phones": 70.0, "bolts": 0.6}, hot=frozenset({"phones"}))
OLD = AT - timedelta(days=900)


def ago(days: int) -> date:
    return AT - timedelta(days=days)


def supplier(id: str = "s", **columns: Any) -> Supplier:
    return Supplier(**({"id": id, "country": "CN", "registered_on": OLD} | columns))


def listing(price: float = 100.0, moq: int = 200, category: str = "phones", days: int = 10, photo: int = 0) -> Listing:
    return Listing(category, price, moq, ago(days), photo)


def deal(
    buyer: str, days: int, *, shipped: int | None = None, rail: str = "escrow", value: float = 900.0, lost: bool = False
) -> Deal:
    """`days` ago; `shipped` so many days after it, received a week later."""
    gone = None if shipped is None or shipped > days else ago(days - shipped)
    there = None if gone is None or gone + timedelta(days=7) > AT else gone + timedelta(days=7)
    return Deal(buyer, "phones", value, ago(days), rail, gone, there, lost_dispute=lost)


def complaint(buyer: str, days: int = 5, kind: str = "not shipped") -> Complaint:
    return Complaint(buyer, ago(days), 900.0, kind)


def message(text: str, buyer: str = "b", days: int = 3) -> Message:
    return Message(buyer, ago(days), text)


def rating(buyer: str, days: int = 20) -> Rating:
    return Rating(buyer, ago(days), 5)


def market(n: int = 60) -> list[Supplier]:
    """Honest suppliers of both categories at ordinary prices, so that a world has a market."""
    return [
        supplier(
            f"m{i}", listings=(listing(80.0 + i % 40), listing(0.8 + (i % 40) / 100, category="bolts")), traits=frozenset({("phone", f"m{i}")}),
            deals=tuple(deal(f"b{i}-{k}", 20 + 9 * k, shipped=5) for k in range(8)),
        )
        for i in range(n)
    ]  # fmt: skip


def world(*more: Supplier, known_bad: tuple[str, ...] = (), hot: tuple[str, ...] = ("phones",)) -> World:
    return World([*market(), *more], set(known_bad), frozenset(hot))


def fraud(id: str = "f", **columns: Any) -> Supplier:
    """The signature of 2010: electronics far below the market, from one piece on, cash services, a way around the platform, nothing shipped."""
    days = 40
    shape = supplier(
        id, registered_on=ago(60), listings=tuple(listing(42.0 + i, moq=1, days=days) for i in range(4)),
        deals=tuple(deal(f"{id}-v{k}", 35 - 3 * k, rail="cash_service" if k % 2 else "transfer") for k in range(9)),
        messages=tuple(message(f"Cheaper if you pay by Western Union, ask {k}", f"{id}-v{k}", 30) for k in range(3)),
    )  # fmt: skip
    return replace(shape, **columns)
