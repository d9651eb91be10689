"""The data files of this package, row by row."""

import csv
from collections.abc import Iterator
from pathlib import Path

_DATA = Path(__file__).resolve().parent.parent / "data"


def rows(name: str) -> Iterator[dict[str, str]]:
    """Each row of `data/<name>.csv` by column name."""
    with (_DATA / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)
