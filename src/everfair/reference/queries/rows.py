"""The data files of this package, row by row."""

import os.path
from collections.abc import Iterator

# os.path, and csv only when reading: every process imports this file, few read all of the data.
_DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data")


def rows(name: str) -> Iterator[dict[str, str]]:
    """Each row of `data/<name>.csv` by column name."""
    import csv

    with open(os.path.join(_DATA, f"{name}.csv"), encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)
