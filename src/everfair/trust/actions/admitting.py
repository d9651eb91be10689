"""The line before the reviewers: in order of arrival, no more in a day than they can look at and the fraud estimate allows.

Nobody is moved ahead, by nobody and for nothing: there is no verb for it, and the database refuses it.
"""

from __future__ import annotations

from uuid import UUID

from everfair.base.events import emit
from everfair.base.rows import ask, insert
from everfair.base.states import lock
from everfair.base.together import part
from everfair.companies.queries import companies_by_id
from everfair.events.trust import VerificationAdmitted
from everfair.trust.models import Admission, ConfirmedFraud, Verification
from everfair.trust.queries.admission import Counted, brake, counted, first_in_line
from everfair.trust.values.admission import Allowance, admitted_next, allowance

_ALONE = "SELECT 1 FROM pg_advisory_xact_lock(hashtextextended('trust.admission', 0))"
_KEEP_DAY = """
    INSERT INTO trust_admissionday AS d (id, day, on_duty, measured_days, capacity, is_measured, granted, bad, estimate, factor, steady,
        total, kept, beyond, in_hand_most, in_hand, waiting)
    VALUES (gen_random_uuid(), %(day)s, %(on_duty)s, %(measured_days)s, %(capacity)s, %(is_measured)s, %(granted)s, %(bad)s, %(estimate)s,
        %(factor)s, %(steady)s, %(total)s, %(kept)s, %(beyond)s, %(in_hand_most)s, %(in_hand)s, %(waiting)s)
    ON CONFLICT (day) DO UPDATE SET on_duty = excluded.on_duty, measured_days = excluded.measured_days, capacity = excluded.capacity,
        is_measured = excluded.is_measured, granted = excluded.granted, bad = excluded.bad, estimate = excluded.estimate,
        factor = excluded.factor, steady = excluded.steady, total = excluded.total, kept = excluded.kept, beyond = excluded.beyond,
        in_hand_most = excluded.in_hand_most, in_hand = excluded.in_hand, waiting = excluded.waiting
    WHERE (d.on_duty, d.measured_days, d.capacity, d.granted, d.bad, d.total, d.beyond, d.in_hand, d.waiting, d.kept, d.in_hand_most) IS DISTINCT FROM
        (excluded.on_duty, excluded.measured_days, excluded.capacity, excluded.granted, excluded.bad, excluded.total, excluded.beyond,
         excluded.in_hand, excluded.waiting, excluded.kept, excluded.in_hand_most)
"""


def hold_line() -> None:
    """Until the transaction ends nobody else joins the line or is admitted from it: who comes first is one answer."""
    ask(_ALONE)


def admit_applications(at_once: UUID | None = None) -> list[UUID]:
    """Whose turn has come, in order; from now on reviewers may be drawn for them. Safe to repeat, by however many clocks.

    With `at_once`, which was handed in just now, only that one, and only where nobody else's turn has come and is still to be taken.
    """
    with part():
        hold_line()
        found = counted(numbers := brake())
        given = allowance(found.load, numbers)
        next_ones = admitted_next(first_in_line(given.total), given, found.taken, found.load.in_hand) if found.waiting else []
        if at_once is not None:
            next_ones = next_ones[:1] if next_ones and next_ones[0][0] == at_once else []
        rows = {pk: lock(Verification.objects.all(), pk) for pk, _lane in next_ones}
        came = [(pk, lane) for pk, lane in next_ones if rows[pk].state == "waiting"]
        insert(*(Admission(verification_id=pk, day=found.day, lane=lane) for pk, lane in came))
        _keep(found, given, len(came))
        for pk, _lane in came:
            emit(VerificationAdmitted(pk, rows[pk].company_id, at_once is None))
    return [pk for pk, _lane in came]


def _keep(found: Counted, given: Allowance, came: int) -> None:
    load = found.load
    ask(_KEEP_DAY, {
        "day": found.day, "on_duty": load.on_duty, "measured_days": len(load.decided), "capacity": round(given.capacity, 2),
        "is_measured": given.is_measured, "granted": load.granted, "bad": load.bad, "estimate": round(given.estimate, 6),
        "factor": round(given.factor, 6), "steady": given.steady, "total": given.total, "kept": given.kept, "beyond": given.beyond,
        "in_hand_most": given.in_hand_most, "in_hand": load.in_hand + came, "waiting": found.waiting - came,
    })  # fmt: skip


def note_fraud(case_id: UUID, company_id: UUID) -> None:
    """A person confirmed a risk case: it counts in the estimate from now on. Safe to repeat."""
    if company_id in companies_by_id([company_id]) and not ConfirmedFraud.objects.filter(case_id=case_id).exists():
        ConfirmedFraud.objects.bulk_create([ConfirmedFraud(case_id=case_id, company_id=company_id)], ignore_conflicts=True)


__all__ = ["admit_applications", "hold_line", "note_fraud"]
