"""What the command line does for the catalogue."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Q

from everfair.base.actor import SYSTEM
from everfair.catalog.actions import import_offers as run
from everfair.catalog.sheets.mapping import map_sheet
from everfair.catalog.sheets.sheet import open_sheet
from everfair.companies.queries import companies_visible_to
from everfair.markets.table import DEFAULT_MARKET, MARKETS

_SHOWN_ERRORS = 100


def import_offers(
    file: Path, *, company: str, market: str = DEFAULT_MARKET, mode: str = "good", say: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """Read a sheet into one company's catalogue; `company` is its number, id or registered name. Figures of what was done.

    `say` gets the guessed mapping, notes and row errors as lines for people. Raises ValueError for a company or market that is
    not there, SheetRefused for a file that cannot be read.
    """
    if market not in MARKETS:
        raise ValueError(f"there is no market {market}: one of {', '.join(MARKETS)}")
    company_id = _company(company)
    tell = say or (lambda line: None)
    began_s = time.monotonic()
    with open_sheet(file) as sheet:
        mapping = map_sheet(sheet)
        tell(str(mapping))
        for note in (*sheet.notes, *mapping.notes):
            tell(note.message)
        done = run(company_id, market, sheet, mode, by=SYSTEM, mapping=mapping)
    seconds = time.monotonic() - began_s
    errors = [f"line {e.line}{f', {e.column}' if e.column else ''}: {e.message}" for e in done.errors]
    for line in errors[:_SHOWN_ERRORS]:
        tell(line)
    if len(errors) > _SHOWN_ERRORS:
        tell(f"… and {len(errors) - _SHOWN_ERRORS} more")
    rows = done.created + done.changed + done.unchanged
    return {
        "taken": done.taken,
        "created": done.created,
        "changed": done.changed,
        "unchanged": done.unchanged,
        "refused": done.refused,
        "seconds": round(seconds, 2),
        "offers_per_s": round(rows / seconds) if seconds else 0,
        **({} if say else {"mapping": [[c.field, c.column] for c in mapping.choices], "errors": errors}),
    }


def _company(said: str) -> UUID:
    known = Q(name=said)
    if said.isdecimal() and len(said) < 19:
        known |= Q(number=int(said))
    try:
        known |= Q(pk=UUID(said))
    except ValueError:
        pass
    found = list(companies_visible_to(SYSTEM).filter(known).values_list("pk", flat=True)[:2])
    if len(found) != 1:
        raise ValueError(f"{'several companies are' if found else 'no company is'} called {said!r}")
    return found[0]
