"""Limits that no race can exceed: one statement counts and refuses, and a rollback gives back."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from everfair.base.sql import ask

_USE = """
    INSERT INTO sourcing_allowance (company_id, what, period_on, used) VALUES (%s, %s, %s, 1)
    ON CONFLICT (company_id, what, period_on) DO UPDATE SET used = sourcing_allowance.used + 1
    WHERE sourcing_allowance.used < %s RETURNING used
"""


def use_allowance(company_id: UUID, what: str, period_on: date, limit: int) -> bool:
    """Use one of `limit` (1 or more) in the period that began on this day; False when all are used. The row stays locked until
    the transaction ends, so that the last one is given once."""
    return bool(ask(_USE, [company_id, what, period_on, limit]))
