"""Who is told of what. Each may run twice."""

from __future__ import annotations

from uuid import UUID

from everfair.base.deadlines import Reminder
from everfair.base.events import event_seq, on
from everfair.base.rows import find_one
from everfair.events.companies import CompanyProfileChanged, CompanyRegistered, MembershipChanged
from everfair.events.payments import BankAccountAdded
from everfair.events.trust import VerificationAsked, VerificationDecided, VerificationLapsed
from everfair.messaging.actions import notify
from everfair.trust.actions import note_traits
from everfair.trust.models import Verification

NOTICES = "trust.notices"
TRAITS = "trust.traits"


@on(CompanyRegistered, CompanyProfileChanged, MembershipChanged, BankAccountAdded, subscriber=TRAITS)
def note_what_it_has(fact: CompanyRegistered | CompanyProfileChanged | MembershipChanged | BankAccountAdded) -> None:
    note_traits(fact.company_id)


@on(VerificationAsked, subscriber=NOTICES)
def tell_of_question(fact: VerificationAsked) -> None:
    _tell(fact.verification_id, "verification.asked", f"event:{event_seq()}")


@on(VerificationDecided, subscriber=NOTICES)
def tell_of_decision(fact: VerificationDecided) -> None:
    _tell(fact.verification_id, "verification.granted" if fact.granted else "verification.refused", f"event:{event_seq()}")


@on(VerificationLapsed, subscriber=NOTICES)
def tell_of_lapse(fact: VerificationLapsed) -> None:
    _tell(fact.verification_id, "verification.lapsed", f"event:{event_seq()}")


def remind_of_answer(reminder: Reminder) -> None:
    _tell(reminder.subject, "verification.answer_by", f"trust:{reminder.subject}:{reminder.generation}:answer", reminder)


def remind_of_lapse(reminder: Reminder) -> None:
    _tell(reminder.subject, "verification.lapses", f"trust:{reminder.subject}:{reminder.generation}:{reminder.n}", reminder)


def _tell(verification_id: UUID, kind: str, cause: str, reminder: Reminder | None = None) -> None:
    """The owners of the company."""
    row = find_one(Verification, "id = %s", [verification_id])
    if row is not None:
        until = f"{reminder.zero_at:%Y-%m-%d}" if reminder else f"{row.until or ''}"
        notify(row.company_id, ("owner",), kind, f"/verification/{row.pk}/", cause, number=f"V-{row.number}", until=until)
