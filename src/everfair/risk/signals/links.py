"""What a supplier shares with others: with confirmed fraud, with those who look so, with few at all; pictures."""

from __future__ import annotations

from collections.abc import Collection

from everfair.risk.facts import Finding, Supplier
from everfair.risk.graph import Nearness
from everfair.risk.values import Settings


def known_fraud(near: Nearness, settings: Settings) -> Finding | None:
    """`near`: to confirmed fraud."""
    return _near("known_fraud", near, settings["link.bad"])


def suspect_neighbours(near: Nearness, settings: Settings) -> Finding | None:
    """`near`: to those whose own conduct, without links, looks so. It finds a ring before any of it is confirmed."""
    return _near("suspect_neighbours", near, settings["link.suspect"])


def tied(supplier: Supplier, others: dict[str, list[Supplier]], settings: Settings) -> Finding | None:
    """Few have the same device, bank, paper or phone; more so when they came together to sell the same. `others` by kind of trait."""
    if not others:
        return None
    mine = {listing.category for listing in supplier.listings}
    alike = {
        other.id for group in others.values() for other in group
        if abs((other.registered_on - supplier.registered_on).days) <= settings["link.alike_days"]
        and mine & {listing.category for listing in other.listings}
    }  # fmt: skip
    points = min(settings["link.tied_cap"], settings["link.tied"] * len(others) + settings["link.alike"] * len(alike))
    everybody = {other.id for group in others.values() for other in group}
    figures = (("traits", " ".join(sorted(others))), ("others", str(len(everybody))), ("alike", str(len(alike))))
    return Finding("tied", points, figures)


def same_photos(holders: list[set[str]], known_bad: Collection[str], settings: Settings) -> Finding | None:
    """`holders`: for each of its pictures, the other suppliers who show it too. A factory's own pictures are shown by many."""
    best, bad_seen, others_seen, pictures = 0.0, 0, 0, 0
    for others in holders:
        if not others:
            continue
        pictures += 1
        bad = sum(other in known_bad for other in others)
        points = settings["photo.bad"] * bad / (len(others) + 2)
        if len(others) <= settings["photo.few"]:
            points = max(points, settings["photo.points"])
        if points > best:
            best, bad_seen, others_seen = points, bad, len(others)
    if best <= 0:
        return None
    return Finding("same_photos", best, (("pictures", str(pictures)), ("others", str(others_seen)), ("bad", str(bad_seen))))


def _near(signal: str, near: Nearness, most: float) -> Finding | None:
    points = most * near.strength
    if points < 0.5:
        return None
    kinds = dict.fromkeys(trait[0] for trait, _, _, _ in near.through)
    (_, _, meant, others) = near.through[0]
    return Finding(signal, points, (("traits", " ".join(kinds)), ("bad", str(meant)), ("others", str(others))))
