"""Chores: small jobs that look every few seconds for rows that are due. Each claims its rows itself, so two workers never meet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from everfair.base.rows import ask


@dataclass(frozen=True, slots=True)
class Chore:
    """`run` returns how many rows it dealt with; it runs outside any transaction, so it may call the outside.

    The chores of one `lane` run one after the other; a chore that others must not keep waiting has a lane of its own.
    """

    name: str
    every_s: float
    run: Callable[[], int]
    lane: str = "chores"


CHORES: dict[str, Chore] = {}


def every(seconds: float, name: str, *, lane: str = "chores") -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Register a chore with the worker."""

    def register(function: Callable[[], int]) -> Callable[[], int]:
        if name in CHORES:
            raise ValueError(f"two chores are called {name}")
        CHORES[name] = Chore(name, seconds, function, lane)
        return function

    return register


_BEAT = """
    INSERT INTO base_heartbeat (part, at, note) VALUES (%s, %s, %s)
    ON CONFLICT (part) DO UPDATE SET at = excluded.at, note = excluded.note
"""


def beat(part: str, note: str = "ready") -> None:
    """Say that a part of the installation is alive; real time, because balancers read it."""
    ask(_BEAT, [part, timezone.now(), note])
