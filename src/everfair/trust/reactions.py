"""Who is told of what, and what events propose to a person. Each may run twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from everfair.base.clock import now
from everfair.base.deadlines import Reminder
from everfair.base.events import event_seq, on
from everfair.base.rows import find_one
from everfair.events.companies import CompanyProfileChanged, CompanyRegistered, MembershipChanged
from everfair.events.disputes import ClaimRuled
from everfair.events.payments import BankAccountAdded
from everfair.events.risk import RiskCaseDecided
from everfair.events.trade import ShippingLate
from everfair.events.trust import (
    BlacklistAppealDecided,
    CompanyBlacklisted,
    ComplaintAnswered,
    ComplaintEnded,
    ComplaintMade,
    PointsAppealDecided,
    PointsGiven,
    SanctionBegan,
    SanctionEnded,
    VerificationAdmitted,
    VerificationAsked,
    VerificationDecided,
    VerificationLapsed,
    VerificationSubmitted,
)
from everfair.messaging.actions import notify
from everfair.trust import facts
from everfair.trust.actions import ask_screening, note_fraud, note_traits, propose_points, screen_company
from everfair.trust.models import BlacklistEntry, Complaint, Penalty, Verification
from everfair.trust.queries.discipline import discipline_rules
from everfair.trust.values import RULED_OFFENCES

NOTICES = "trust.notices"
FACTS = facts.FACTS
SCREENING = "trust.screening"
PROPOSALS = "trust.discipline"
TRAITS = "trust.traits"
ADMISSION = "trust.admission"


@on(CompanyRegistered, CompanyProfileChanged, MembershipChanged, BankAccountAdded, subscriber=TRAITS)
def note_what_it_has(fact: CompanyRegistered | CompanyProfileChanged | MembershipChanged | BankAccountAdded) -> None:
    note_traits(fact.company_id)


@on(VerificationAdmitted, subscriber=NOTICES)
def tell_of_turn(fact: VerificationAdmitted) -> None:
    if fact.waited:
        _tell(fact.verification_id, "verification.admitted", f"event:{event_seq()}")


@on(RiskCaseDecided, subscriber=ADMISSION)
def count_in_fraud_estimate(fact: RiskCaseDecided) -> None:
    if fact.confirmed:
        note_fraud(fact.case_id, fact.company_id)


@on(VerificationAsked, subscriber=NOTICES)
def tell_of_question(fact: VerificationAsked) -> None:
    _tell(fact.verification_id, "verification.asked", f"event:{event_seq()}")


@on(VerificationDecided, subscriber=NOTICES)
def tell_of_decision(fact: VerificationDecided) -> None:
    _tell(fact.verification_id, "verification.granted" if fact.granted else "verification.refused", f"event:{event_seq()}")


@on(VerificationLapsed, subscriber=NOTICES)
def tell_of_lapse(fact: VerificationLapsed) -> None:
    _tell(fact.verification_id, "verification.lapsed", f"event:{event_seq()}")


@on(CompanyRegistered, subscriber=SCREENING)
def screen_newcomer(fact: CompanyRegistered) -> None:
    ask_screening(fact.company_id, "registered")


@on(CompanyProfileChanged, subscriber=SCREENING)
def screen_anew(fact: CompanyProfileChanged) -> None:
    ask_screening(fact.company_id, "profile")


@on(VerificationSubmitted, subscriber=SCREENING)
def screen_applicant(fact: VerificationSubmitted) -> None:
    ask_screening(fact.company_id, "verification")


@on(BankAccountAdded, subscriber=SCREENING)
def screen_holder(fact: BankAccountAdded) -> None:
    ask_screening(fact.company_id, "bank_account")


def remind_of_answer(reminder: Reminder) -> None:
    _tell(reminder.subject, "verification.answer_by", f"trust:{reminder.subject}:{reminder.generation}:answer", reminder)


def remind_of_lapse(reminder: Reminder) -> None:
    _tell(reminder.subject, "verification.lapses", f"trust:{reminder.subject}:{reminder.generation}:{reminder.n}", reminder)


@on(PointsGiven, subscriber=NOTICES)
def tell_of_points(fact: PointsGiven) -> None:
    row = find_one(Penalty, "id = %s", [fact.penalty_id])
    if row is None or row.given_at is None:
        return
    until = row.given_at + timedelta(days=int(discipline_rules()["trust.points_appeal_days"]))
    _tell_owners(
        row.company_id, "points.given", f"/points/{row.pk}/", number=f"P-{row.number}", points=str(fact.points), offence=fact.offence,
        in_all=str(fact.in_all), counts_until=fact.until, until=f"{until:%Y-%m-%d}",
    )  # fmt: skip


@on(SanctionBegan, subscriber=NOTICES)
def tell_of_sanction(fact: SanctionBegan) -> None:
    words = {"rung": fact.rung, "in_all": str(fact.points), "until": fact.until}
    if fact.rung == "warning":
        _tell_owners(fact.company_id, "points.warned", "/points/", **words)
    else:
        _tell_owners(fact.company_id, "points.sanction" if fact.until else "points.ended", "/points/", **words)


@on(SanctionEnded, subscriber=NOTICES)
def tell_of_the_end_of_a_sanction(fact: SanctionEnded) -> None:
    _tell_owners(fact.company_id, "points.lifted" if fact.lifted else "points.over", "/points/", rung=fact.rung)


@on(PointsAppealDecided, subscriber=NOTICES)
def tell_of_decided_appeal(fact: PointsAppealDecided) -> None:
    row = find_one(Penalty, "id = %s", [fact.penalty_id])
    if row is not None:
        _tell_owners(
            fact.company_id, "points.decided", f"/points/{row.pk}/", number=f"P-{row.number}", points_appeal=fact.decision
        )


@on(ClaimRuled, subscriber=PROPOSALS)
def propose_for_lost_claim(fact: ClaimRuled) -> None:
    """A final ruling against the supplier is looked at by a person; it gives no point by itself."""
    offence = RULED_OFFENCES.get(fact.ground)
    if offence is not None and fact.buyer_share > 0:
        propose_points(fact.seller_id, offence, now().date(), f"claim:{fact.claim_id}", "")


@on(ShippingLate, subscriber=PROPOSALS)
def propose_for_late_order(fact: ShippingLate) -> None:
    propose_points(fact.seller_id, "late_delivery", now().date(), f"order:{fact.order_id}", "")


@on(ComplaintMade, subscriber=NOTICES)
def tell_of_complaint(fact: ComplaintMade) -> None:
    _tell_of_complaint(fact.complaint_id, "complaint.made", "against", until=fact.until)


@on(ComplaintAnswered, subscriber=NOTICES)
def tell_of_answer_to_complaint(fact: ComplaintAnswered) -> None:
    _tell_of_complaint(fact.complaint_id, "complaint.answered", "company")


@on(ComplaintEnded, subscriber=NOTICES)
def tell_of_ended_complaint(fact: ComplaintEnded) -> None:
    for side in ("company", "against"):
        _tell_of_complaint(fact.complaint_id, "complaint.ended", side, complaint_outcome=fact.outcome)


def remind_of_complaint(reminder: Reminder) -> None:
    row = find_one(Complaint, "id = %s", [reminder.subject])
    if row is not None:
        notify(
            row.against_id, ("owner", "seller"), "complaint.answer_by", f"/complaints/{row.pk}/",
            f"trust:{row.pk}:{reminder.generation}:reply", number=f"C-{row.number}", until=f"{reminder.zero_at:%Y-%m-%d}",
        )  # fmt: skip


@on(CompanyBlacklisted, subscriber=NOTICES)
def tell_of_blacklisting(fact: CompanyBlacklisted) -> None:
    row = find_one(BlacklistEntry, "id = %s", [fact.entry_id])
    if row is not None and row.listed_at is not None:
        until = row.listed_at + timedelta(days=int(discipline_rules()["trust.points_appeal_days"]))
        _tell_owners(row.company_id, "blacklist.listed", "/listing/", number=f"B-{row.number}", until=f"{until:%Y-%m-%d}")


@on(BlacklistAppealDecided, subscriber=NOTICES)
def tell_of_decided_blacklist_appeal(fact: BlacklistAppealDecided) -> None:
    row = find_one(BlacklistEntry, "id = %s", [fact.entry_id])
    if row is not None:
        _tell_owners(
            row.company_id, "blacklist.removed" if fact.removed else "blacklist.upheld", "/listing/", number=f"B-{row.number}"
        )


@on(CompanyRegistered, VerificationSubmitted, BankAccountAdded, MembershipChanged, subscriber=PROPOSALS)
def look_for_who_came_back(fact: CompanyRegistered | VerificationSubmitted | BankAccountAdded | MembershipChanged) -> None:
    screen_company(fact.company_id)


def _tell_of_complaint(complaint_id: UUID, kind: str, side: str, **words: str) -> None:
    """The people of one side; the other's name stands in it."""
    row = Complaint.objects.select_related("company", "against").filter(pk=complaint_id).first()
    if row is not None:
        to, other, role = (row.company_id, row.against, "buyer") if side == "company" else (row.against_id, row.company, "seller")
        notify(
            to, ("owner", role), kind, f"/complaints/{row.pk}/", f"event:{event_seq()}:{side}", number=f"C-{row.number}",
            company=other.name, **words,
        )  # fmt: skip


def _tell_owners(company_id: UUID, kind: str, link: str, **words: str) -> None:
    notify(company_id, ("owner",), kind, link, f"event:{event_seq()}", **words)


def _tell(verification_id: UUID, kind: str, cause: str, reminder: Reminder | None = None) -> None:
    """The owners of the company."""
    row = find_one(Verification, "id = %s", [verification_id])
    if row is not None:
        until = f"{reminder.zero_at:%Y-%m-%d}" if reminder else f"{row.until or ''}"
        notify(row.company_id, ("owner",), kind, f"/verification/{row.pk}/", cause, number=f"V-{row.number}", until=until)
