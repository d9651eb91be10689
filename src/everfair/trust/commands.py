"""What the command line does for trust."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from everfair.base.actor import SYSTEM
from everfair.trust.actions import take_list


def import_sanctions(source: str, files: Sequence[Path], *, edition_on: date | None, allow_gaps: bool) -> dict[str, Any]:
    """Take an edition of a list and put it in force; figures of what was done. Raises Refused for files that are not taken."""
    read = [(file.name, file.read_bytes()) for file in files]
    taken = take_list(source, read, by=SYSTEM, edition_on=edition_on, allow_gaps=allow_gaps)
    from everfair.trust.screening.work import work_off

    done = work_off()
    return {
        "source": taken.source, "edition": taken.edition_on.isoformat(), "new": taken.is_new, "entries": taken.parties,
        "names": taken.names, "rows left out": taken.left_out, "companies screened": done.screened, "hits": done.hits,
    }  # fmt: skip
