"""What the command line does for payments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from everfair.base.actor import SYSTEM
from everfair.base.words import word
from everfair.payments.actions import import_rates as take_rates
from everfair.payments.actions import import_statement as run
from everfair.payments.queries import note_words


def import_statement(file: Path) -> dict[str, Any]:
    """Book a bank's file of statements; figures of what was done. Raises Refused for a file that cannot be read."""
    done = run(file.name, file.read_bytes(), by=SYSTEM)
    breaks = [row for row in done.outcomes if row.outcome not in ("booked", "known")]
    return {
        "statements": len(done.outcomes),
        "booked": sum(row.outcome == "booked" for row in done.outcomes),
        "known": sum(row.outcome == "known" for row in done.outcomes),
        "lines": sum(row.lines for row in done.outcomes),
        "breaks": [f"{row.account} {row.number}: {word(row.outcome, 'bank break')} ({note_words(row.facts)})" for row in breaks],
    }


def import_rates(file: Path, *, allow_jumps: bool) -> dict[str, Any]:
    """Take a file of exchange rates; figures of what was new. Raises Refused for a file that is not taken."""
    done = take_rates(file.name, file.read_bytes(), by=SYSTEM, allow_jumps=allow_jumps)
    days = {"from": done.first_on.isoformat(), "to": done.last_on.isoformat()}
    return {"source": done.source, **days, "new": done.new, "known": done.known}
