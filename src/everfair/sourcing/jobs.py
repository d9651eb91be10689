"""What the clock does with requests."""

from __future__ import annotations

from uuid import UUID

from everfair.base.actor import CLOCK_ACTOR
from everfair.base.deadlines import on_deadline
from everfair.sourcing.actions import close_rfq


@on_deadline("sourcing.close")
def rfq_runs_out(rfq_id: UUID) -> None:
    close_rfq(rfq_id, by=CLOCK_ACTOR)
