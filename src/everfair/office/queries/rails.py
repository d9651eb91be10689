"""One payment rail."""

from __future__ import annotations

from typing import Any

from everfair.base.refused import NotVisible
from everfair.payments.queries import rails_face


def rail_row(code: str) -> Any:
    """In the currency that carries most; NotVisible for one that this installation has not."""
    row = next((row for row in rails_face("").rows if row.standing.rail.code == code), None)
    if row is None:
        raise NotVisible
    return row
