"""Exchanges at the bank that cover a position: which wait, which are booked, and which a line of a statement may be."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from everfair.base.refused import NotVisible
from everfair.base.rows import ask, find, find_one
from everfair.payments.models import BankLine, FxCover
from everfair.payments.queries.fx import rate_source
from everfair.payments.values import FX_BASE

PER_PAGE = 50


def covers(limit: int = PER_PAGE) -> list[FxCover]:
    """Those that wait for a second person first, then the newest."""
    return find(FxCover, "true ORDER BY (state = 'proposed') DESC, id DESC LIMIT %s", [limit])


def cover(cover_id: UUID) -> FxCover:
    found = find_one(FxCover, "id = %s", [cover_id])
    if found is None:
        raise NotVisible
    return found


def rate_on(day: date, currency: str) -> Decimal | None:
    """One euro in this currency, as it was published last up to this day; None before the first publication."""
    if currency == FX_BASE:
        return Decimal(1)
    rows = ask(_RATE_ON, [rate_source(), currency, day])
    return rows[0][0] if rows else None


_RATE_ON = (
    "SELECT rate FROM payments_rate WHERE source = %s AND currency = %s AND published_on <= %s ORDER BY published_on DESC LIMIT 1"
)


def covers_of(line: BankLine) -> list[FxCover]:
    """Booked ones of which this line may be a side: what we sold where money left, what we bought where it came."""
    side = "bought" if line.amount_minor > 0 else "sold"
    return find(FxCover, _OPEN_SIDE.format(side=side), [line.currency, abs(line.amount_minor), line.currency])


_OPEN_SIDE = """state = 'booked' AND {side}_currency = %s AND {side}_minor = %s
    AND NOT EXISTS (SELECT FROM payments_match m WHERE m.cover_id = payments_fxcover.id AND m.currency = %s) ORDER BY id LIMIT 20"""
