"""What processes cost: CPU seconds of whole process trees, and their share of memory. Linux only, from /proc."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def tree(root: int) -> set[int]:
    """The process and everything that came from it and still lives."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                children.setdefault(int(_fields(int(folder.name))[1]), []).append(int(folder.name))
    found, ahead = {root}, [root]
    while ahead:
        new = [child for child in children.get(ahead.pop(), []) if child not in found]
        found.update(new)
        ahead += new
    return found


def cpu_s(pids: Collection[int]) -> float:
    """CPU seconds of the processes, those of their ended children too (a parent keeps them once it waited for them)."""
    total = 0.0
    for pid in pids:
        with suppress(OSError):
            total += sum(map(int, _fields(pid)[11:15])) * TICK_S  # utime, stime, cutime, cstime
    return total


def pss_mib(root: int) -> float:
    """The tree's memory, shared pages divided among those who share them."""
    total = 0
    for pid in tree(root):
        with suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total / 1024


def _fields(pid: int) -> list[str]:
    """The fields of `stat` after the name, which may itself hold blanks and brackets; [0] is the state, [1] the parent."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


class Meter:
    """CPU milliseconds of some named trees since it was read last."""

    def __init__(self, roots: Mapping[str, int], *, without: Collection[int] = ()) -> None:
        self.roots, self.without = dict(roots), set(without)
        self.look_again()
        self._last = self._now()

    def look_again(self) -> None:
        """Which processes there are: costs more than reading them."""
        self.pids = {name: tree(root) - self.without for name, root in self.roots.items()}

    def _now(self) -> dict[str, float]:
        return {name: cpu_s(pids) for name, pids in self.pids.items()}

    def lap_ms(self, *, look_again: bool = True) -> dict[str, float]:
        if look_again:
            self.look_again()
        now = self._now()
        spent = {name: (now[name] - self._last[name]) * 1000 for name in now}
        self._last = now
        return spent
