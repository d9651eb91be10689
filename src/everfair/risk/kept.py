"""What was learned, as plain numbers: it is written as JSON and read without the library, and nothing in it can run.

Two shapes: a weighted sum («line»), and small trees whose leaves are added up («trees»). A missing figure is NaN.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# One branch: column, threshold, whether a missing figure goes left, places of left and right. A leaf is a single number.
Branch = tuple[int, float, bool, int, int]
Node = Branch | float


@dataclass(frozen=True, slots=True)
class Line:
    """`fill` stands for what is missing; a figure counts as far as it lies from the centre, four scales at most."""

    start: float
    fill: tuple[float, ...]
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]

    def score(self, row: Sequence[float]) -> float:
        total = self.start
        for figure, fill, centre, scale, weight in zip(row, self.fill, self.centre, self.scale, self.weights, strict=True):
            away = ((fill if math.isnan(figure) else figure) - centre) / scale
            total += weight * min(4.0, max(-4.0, away))
        return total


@dataclass(frozen=True, slots=True)
class Trees:
    start: float
    trees: tuple[tuple[Node, ...], ...]

    def score(self, row: Sequence[float]) -> float:
        total = self.start
        for nodes in self.trees:
            node = nodes[0]
            while isinstance(node, tuple):
                column, threshold, missing_left, left, right = node
                figure = row[column]
                goes_left = missing_left if figure != figure else figure <= threshold
                node = nodes[left if goes_left else right]
            total += node
        return total


Model = Line | Trees


def to_json(model: Model) -> dict[str, Any]:
    if isinstance(model, Trees):
        return {"kind": "trees", "start": model.start, "trees": [[_plain(node) for node in nodes] for nodes in model.trees]}
    names = ("start", "fill", "centre", "scale", "weights")
    return {"kind": "line", **{name: _plain(getattr(model, name)) for name in names}}


def from_json(kept: Mapping[str, Any], columns: int) -> Model:
    """Raises ValueError when it is neither shape for so many columns, or a branch leads anywhere but forward: it might never end."""
    try:
        if kept["kind"] == "line":
            return Line(float(kept["start"]), *(_figures(kept[name], columns) for name in ("fill", "centre", "scale", "weights")))
        if kept["kind"] == "trees":
            return Trees(float(kept["start"]), tuple(_tree(nodes, columns) for nodes in kept["trees"]))
    except (KeyError, TypeError, IndexError) as wrong:
        raise ValueError(f"What was kept of a learned ranking cannot be read: {wrong!r}") from wrong
    raise ValueError(f"What was kept of a learned ranking is of no known kind: {kept['kind']!r}")


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _figures(values: Sequence[Any], columns: int) -> tuple[float, ...]:
    if len(values) != columns:
        raise ValueError(f"A learned sum of {len(values)} figures cannot read {columns}")
    return tuple(float(value) for value in values)


def _tree(nodes: Sequence[Any], columns: int) -> tuple[Node, ...]:
    read: list[Node] = []
    for place, node in enumerate(nodes):
        if not isinstance(node, list):
            read.append(float(node))
            continue
        column, threshold, missing_left, left, right = node
        if not (0 <= int(column) < columns and place < int(left) < len(nodes) and place < int(right) < len(nodes)):
            raise ValueError("A branch of what was kept of a learned ranking leads nowhere")
        read.append((int(column), float(threshold), bool(missing_left), int(left), int(right)))
    if not read:
        raise ValueError("A tree of what was kept of a learned ranking is empty")
    return tuple(read)


__all__ = ["Line", "Model", "Trees", "from_json", "to_json"]
