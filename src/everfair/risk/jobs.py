"""What the clock does with risk: it looks, and lets go what nobody confirmed."""

from __future__ import annotations

from uuid import UUID

from everfair.base.chores import every
from everfair.base.deadlines import on_deadline
from everfair.risk.actions import CONFIRM, lapse_hold, look_at_all, look_at_due
from everfair.risk.queries.cases import sweep_is_due


@every(300, "risk.look", lane="risk")
def look_at_those_who_changed() -> int:
    return look_at_due()


@every(600, "risk.sweep", lane="risk")
def look_at_everybody() -> int:
    """Once a night. Returns how many were looked at."""
    return look_at_all().looked if sweep_is_due() else 0


@on_deadline(CONFIRM)
def nobody_confirmed(case_id: UUID) -> None:
    lapse_hold(case_id)
