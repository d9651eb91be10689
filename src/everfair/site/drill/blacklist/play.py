"""All three arms on one seed."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any

from everfair.site.drill.blacklist.arms import ARMS, Arm, Detectors
from everfair.site.drill.blacklist.lives import build, day_of
from everfair.site.drill.blacklist.report import curve, figures_of, judge


def play(
    seed: int, suppliers: int, detectors: Callable[[], Detectors], say: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """The report: figures by arm, targets, and the curve of «everything». The same seed gives the same report, but for `seconds`."""
    arms: dict[str, dict[str, Any]] = {}
    points: list[tuple[float, float, float]] = []
    for name in ARMS:
        begun, world = monotonic(), build(seed, suppliers)
        seen = detectors() if name == "everything" else None
        ran = Arm(world, name, seen).run()
        arms[name] = figures_of(ran, world)
        if seen is not None:
            last = day_of(world.constants.days - 1)
            scores = {
                id: account.points if account.stopped is not None else float(seen.score(id, last).points)
                for id, account in ran.accounts.items()
            }
            points = curve(list(ran.accounts.values()), scores)
        say(f"{name}: {monotonic() - begun:.0f} s")
    judged = judge(arms)
    return {
        "seed": seed, "suppliers": suppliers, "arms": arms, "targets": judged, "met": all(one["met"] for one in judged.values()), "curve": points,
    }  # fmt: skip


__all__ = ["play"]
