"""The line before the reviewers: what a day allows and why, who comes next, and where an applicant stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.refused import NotVisible
from everfair.base.rows import ask, find
from everfair.companies.queries import companies_by_id, staff
from everfair.markets.queries import rules_at
from everfair.markets.table import DEFAULT_MARKET
from everfair.trust.models import AdmissionDay, Verification
from everfair.trust.roles import REVIEWER
from everfair.trust.values.admission import (
    Brake,
    Load,
    Start,
    Taken,
    Waiting,
    admission_day,
    brake_of,
    capacity_of,
    days_after,
    days_before,
    fraud_estimate,
    wait_of,
)

SHOWN = 50
PICTURED = 60


def brake() -> Brake:
    """The dated numbers: one line for all markets, because the reviewers are the same. One query."""
    return brake_of(rules_at(DEFAULT_MARKET))


def on_duty() -> list[UUID]:
    """Who would be drawn: reviewers, operators where there is none."""
    people = staff()
    hired = [person.pk for person in people if "reviewer" in person.staff_roles]
    return hired or [person.pk for person in people if "operator" in person.staff_roles]


_LOAD = """
    WITH decided AS (
        SELECT (v.decided_at AT TIME ZONE 'UTC')::date - greatest(0, extract(isodow FROM v.decided_at AT TIME ZONE 'UTC')::int - 5) AS day,
            ((v.maker_id = ANY(%(duty)s::uuid[]))::int + (v.checker_id = ANY(%(duty)s::uuid[]))::int) / 2.0 AS words
        FROM trust_verification v WHERE v.decided_at >= %(since)s::date
    ), days AS (SELECT day, sum(words) AS words FROM decided GROUP BY day),
    granted AS (
        SELECT DISTINCT company_id FROM trust_verification
        WHERE state IN ('granted', 'lapsed', 'replaced') AND decided_at >= %(grants_since)s::date
    )
    SELECT (SELECT array_agg(words ORDER BY day) FROM days WHERE day < %(today)s AND words > 0),
        (SELECT coalesce(sum(words), 0) FROM days WHERE day = %(today)s),
        (SELECT count(*) FROM granted),
        (SELECT count(*) FROM granted g WHERE
            EXISTS (SELECT FROM trust_blacklistentry b WHERE b.company_id = g.company_id AND b.state IN ('listed', 'appealed', 'upheld'))
            OR EXISTS (SELECT FROM trust_sanction s WHERE s.company_id = g.company_id AND s.rung = 'ended' AND s.state <> 'lifted')
            OR EXISTS (SELECT FROM trust_confirmedfraud f WHERE f.company_id = g.company_id)),
        (SELECT count(*) FROM trust_verification v JOIN trust_admission a ON a.verification_id = v.id
            WHERE v.state IN ('waiting', 'reviewing', 'proposed')),
        (SELECT count(*) FROM trust_admission WHERE day = %(today)s AND lane = 'arrival'),
        (SELECT count(*) FROM trust_admission WHERE day = %(today)s AND lane = 'renewal'),
        (SELECT count(*) FROM trust_verification v WHERE v.state = 'waiting'
            AND NOT EXISTS (SELECT FROM trust_admission a WHERE a.verification_id = v.id))
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """What the allowance of a working day is made of, who was admitted on it so far, and how many stand in the line."""

    day: date
    load: Load
    taken: Taken
    waiting: int


def counted(numbers: Brake) -> Counted:
    """As of now: two queries."""
    today, duty = admission_day(now().date()), on_duty()
    params = {
        "duty": duty, "today": today, "since": days_before(today, numbers.window),
        "grants_since": days_before(today, numbers.fraud_days * 5 // 7),
    }  # fmt: skip
    words, decided_today, granted, bad, in_hand, arrival, renewal, waiting = ask(_LOAD, params)[0]
    load = Load(len(duty), tuple(words or ()), granted, bad, Decimal(decided_today), in_hand)
    return Counted(today, load, Taken(arrival, renewal), waiting)


_LINE = """
    WITH line AS (
        SELECT v.id, v.submitted_at, v.number, trust_carries_level(v) AS renews FROM trust_verification v WHERE v.state = 'waiting'
            AND NOT EXISTS (SELECT FROM trust_admission a WHERE a.verification_id = v.id)
    )
    SELECT id, renews FROM (
        (SELECT * FROM line ORDER BY submitted_at, number LIMIT %(most)s)
        UNION
        (SELECT * FROM line WHERE renews ORDER BY submitted_at, number LIMIT %(most)s)
    ) AS first ORDER BY submitted_at, number
"""


def first_in_line(most: int) -> list[Waiting]:
    """In order of arrival: so many of all, and so many of those that renew. One query."""
    return [Waiting(*row) for row in ask(_LINE, {"most": most})]


@dataclass(frozen=True, slots=True)
class PublicLine:
    """What everybody may know: how many stand in the line, how many are admitted on a working day, and when who hands in now comes
    (in working days; None before anything was counted)."""

    waiting: int
    per_day: int | None
    newcomer_days: int | None


_STATE = """
    SELECT (SELECT count(*) FROM trust_verification v WHERE v.state = 'waiting'
            AND NOT EXISTS (SELECT FROM trust_admission a WHERE a.verification_id = v.id)),
        (SELECT count(*) FROM trust_verification v WHERE v.state = 'waiting' AND (v.submitted_at, v.number) <= (%(at)s, %(number)s)
            AND NOT EXISTS (SELECT FROM trust_admission a WHERE a.verification_id = v.id)),
        d.beyond, d.total, d.in_hand_most, d.in_hand,
        (SELECT count(*) FROM trust_admission a WHERE a.day = %(today)s AND a.lane = 'arrival'),
        (SELECT count(*) FROM trust_admission a WHERE a.day = %(today)s)
    FROM (SELECT 1) AS one LEFT JOIN LATERAL (SELECT * FROM trust_admissionday ORDER BY day DESC LIMIT 1) AS d ON true
"""


def _state(row: Verification | None) -> tuple[PublicLine, int, int | None]:
    """The line, the place of one in it, and in how many working days its turn comes."""
    today = admission_day(now().date())
    asked = {"today": today, "at": row.submitted_at if row else None, "number": row.number if row else None}
    waiting, place, beyond, total, most, in_hand, arrivals, admitted = ask(_STATE, asked)[0]
    if beyond is None:
        return PublicLine(waiting, None, None), place, None
    room = max(0, min(total - admitted, beyond - arrivals, most - in_hand))
    too_much = max(0, in_hand - most)
    newcomer = wait_of(waiting + 1, room, too_much, beyond)
    return PublicLine(waiting, beyond, newcomer), place, wait_of(place, room, too_much, beyond)


def public_line() -> PublicLine:
    """One query."""
    return _state(None)[0]


@dataclass(frozen=True, slots=True)
class Turn:
    """Where an applicant stands: the first is 1. `expected_on` is a working day; None before anything was counted."""

    place: int
    waiting: int
    expected_on: date | None


def turn_of(row: Verification) -> Turn | None:
    """None where it does not stand in the line: not handed in, or its turn has come. Two queries while it waits, else none."""
    if row.state != "waiting" or is_admitted(row.pk):
        return None
    line, place, days = _state(row)
    today = admission_day(now().date())
    return Turn(place, line.waiting, None if days is None else days_after(today, days))


def is_admitted(verification_id: UUID) -> bool:
    return bool(ask("SELECT 1 FROM trust_admission WHERE verification_id = %s", [verification_id]))


@dataclass(frozen=True, slots=True)
class InLine:
    """One of the line as the desk shows it."""

    verification: Verification
    company: Any
    renews: bool


@dataclass(frozen=True, slots=True)
class AdmissionDesk:
    """`days`: the newest first; `line`: the first of it."""

    brake: Brake
    counted: Counted
    days: list[AdmissionDay]
    line: list[InLine]
    start: Start


_USUAL = """
    SELECT count(*) / %(days)s::numeric FROM trust_verification WHERE submitted_at >= %(since)s::date AND submitted_at < %(today)s::date
"""


def admission_desk(actor: Actor) -> AdmissionDesk:
    """For who reviews: seven queries, however long the line."""
    if not REVIEWER.admits(actor):
        raise NotVisible
    numbers = brake()
    found = counted(numbers)
    days = find(AdmissionDay, "true ORDER BY day DESC LIMIT %s", [PICTURED])
    first = first_in_line(SHOWN)[:SHOWN]
    rows = {row.pk: row for row in find(Verification, "id = ANY(%s::uuid[])", [[one.id for one in first]])} if first else {}
    firms = companies_by_id({row.company_id for row in rows.values()}) if rows else {}
    line = [InLine(rows[one.id], firms[rows[one.id].company_id], one.renews) for one in first if one.id in rows]
    return AdmissionDesk(numbers, found, days, line, _start(numbers, found))


def campaign_start(numbers: Brake) -> Start:
    """How things stand, for a simulation: three queries."""
    return _start(numbers, counted(numbers))


def _start(numbers: Brake, found: Counted) -> Start:
    since = days_before(found.day, numbers.window)
    usual = ask(_USUAL, {"days": numbers.window, "since": since, "today": found.day})[0][0]
    capacity, _measured = capacity_of(found.load, numbers)
    estimate = fraud_estimate(found.load.granted, found.load.bad, numbers)
    return Start(found.waiting, Decimal(usual), capacity / max(1, found.load.on_duty), estimate)


__all__ = [
    "AdmissionDesk",
    "Counted",
    "InLine",
    "PublicLine",
    "Turn",
    "admission_desk",
    "brake",
    "campaign_start",
    "counted",
    "first_in_line",
    "is_admitted",
    "on_duty",
    "public_line",
    "turn_of",
]
