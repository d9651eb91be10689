"""What was asked and decided about suppliers that behave oddly."""

from uuid import UUID

from everfair.base.events import event


@event
class RiskCaseOpened:
    """Something speaks against a supplier; nothing stands still yet."""

    case_id: UUID
    company_id: UUID


@event
class RiskCaseHeld:
    """Its payouts and listings stand still until a person decides, or until the deadline."""

    case_id: UUID
    company_id: UUID


@event
class RiskHoldLapsed:
    """Nobody decided in time: what stood still moves again, and the case goes first in the queue."""

    case_id: UUID
    company_id: UUID


@event
class RiskCaseDecided:
    """A person's word: `confirmed`, or cleared."""

    case_id: UUID
    company_id: UUID
    confirmed: bool
