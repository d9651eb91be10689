"""What happened to the books themselves, and what the watch over them did. The subject is the period or the freeze."""

from datetime import date
from uuid import UUID

from everfair.base.events import event


@event
class PeriodClosed:
    """Two persons have closed a month: nothing is dated into it any more."""

    period_id: UUID
    month: date


@event
class PayoutsFrozen:
    """A proof of the books is broken, or an operator said so: nothing is paid out until two operators have lifted it."""

    freeze_id: UUID


@event
class FreezeLiftProposed:
    """The first of two operators says that payouts may go on."""

    freeze_id: UUID


@event
class FreezeLifted:
    freeze_id: UUID
