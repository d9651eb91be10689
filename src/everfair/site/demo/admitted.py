"""Verifications of many companies at once: what the two reviewers would have written, past every guard of the database."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from uuid import UUID

from everfair.base.clock import EfNow, now
from everfair.base.deadlines import set_deadline
from everfair.base.sql import tell
from everfair.companies.models import AuditNote, Person
from everfair.discovery.jobs import MARK_ENDS
from everfair.files import store
from everfair.files.models import Blob, File
from everfair.markets.table import DEFAULT_MARKET
from everfair.site.demo import people
from everfair.site.demo.firms import Firm
from everfair.trust.actions.applying import LAPSE
from everfair.trust.models import Admission, Check, Seat, Verification
from everfair.trust.queries import requirements
from everfair.trust.values.admission import admission_day

_LOTS = random.Random(20261123)  # noqa: S311  the same world every time
_SAID = {
    "name": "{0.name}", "number": "{0.body}", "legal_person": "{0.person}", "person": "{0.person}", "position": "Managing director",
    "holder": "{0.name}", "account": "DEMO {0.code}", "valid_until": "{1}",
}  # fmt: skip
_SEATED = """
    UPDATE trust_verification v SET state = 'reviewing', maker_id = s.maker, checker_id = s.checker
    FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[]) AS s (id, maker, checker) WHERE v.id = s.id
"""
_SEEN = """
    UPDATE trust_check c SET result = 'passed', found = c.declared, reason = 'The paper and the register agree.', by_id = v.maker_id,
        at = ef_now(), valid_until = %s
    FROM trust_verification v WHERE v.id = c.verification_id AND v.id = ANY(%s::uuid[])
"""
_MARKED = """
    UPDATE companies_company c SET verified_at = v.decided_at, verified_until = v.until, verification_note = n.note, verified_by = v.checker_id
    FROM unnest(%s::uuid[], %s::text[]) AS n (id, note), trust_verification v
    WHERE c.id = n.id AND v.company_id = n.id AND v.state = 'granted'
"""
_MOVES = (
    ("submit", "draft", "waiting"),
    ("draw", "waiting", "reviewing"),
    ("propose", "reviewing", "proposed"),
    ("grant", "proposed", "granted"),
)
_HISTORY = """
    INSERT INTO base_history (subject, kind, axis, verb, from_state, to_state, actor, door, reason)
    SELECT v.id, 'trust.verification', 'state', %(verb)s::text, %(of)s, %(to)s,
        CASE %(verb)s::text WHEN 'propose' THEN 'operator:' || v.maker_id WHEN 'grant' THEN 'operator:' || v.checker_id ELSE 'system' END, '', ''
    FROM trust_verification v WHERE v.id = ANY(%(ids)s::uuid[])
"""


def reviewers() -> tuple[UUID, UUID] | None:
    """Who looks at papers in the demo world; None before both are there."""
    found = Person.objects.filter(email__in=(people.REVIEWER, people.SECOND_REVIEWER), is_staff_member=True)
    ids = sorted(found.values_list("pk", flat=True))
    return (ids[0], ids[1]) if len(ids) == 2 else None


def admit(firms: Mapping[UUID, Firm], by: tuple[UUID, UUID], until: date) -> None:
    """Grant these companies the level «verified», each with a paper, checks, drawn seats and two words; they carry the mark until then."""
    if not firms:
        return
    rows = [Verification(company_id=pk, market=DEFAULT_MARKET, level="verified") for pk in firms]
    seats = {row.pk: _LOTS.sample(by, 2) for row in rows}
    papers = _papers(firms)
    ids = [row.pk for row in rows]
    Verification.objects.bulk_create(rows)
    Check.objects.bulk_create(
        Check(verification=row, kind=line.check, place=place, file_ids=[papers[row.company_id]],
              declared={name: _SAID[name].format(firms[row.company_id], until) for name in line.fields})
        for row in rows for place, line in enumerate(requirements(DEFAULT_MARKET, "verified"))
    )  # fmt: skip
    mine = Verification.objects.filter(pk__in=ids)
    mine.update(state="waiting", submitted_at=EfNow())
    day = admission_day(now().date())
    Admission.objects.bulk_create(Admission(verification_id=pk, day=day, lane="arrival") for pk in ids)
    Seat.objects.bulk_create(
        Seat(verification_id=pk, role=role, person_id=person, among=2 - n)
        for pk, drawn in seats.items()
        for n, (role, person) in enumerate(zip(("maker", "checker"), drawn, strict=True))
    )
    tell(_SEATED, [ids, [seats[pk][0] for pk in ids], [seats[pk][1] for pk in ids]])
    tell(_SEEN, [until, ids])
    mine.update(state="proposed", proposal="grant", proposal_reason="Every paper agrees with the register.")
    mine.update(state="granted", decision_reason="I read the same papers and agree.", decided_at=EfNow(), until=until)
    for verb, of, to in _MOVES:
        tell(_HISTORY, {"verb": verb, "of": of, "to": to, "ids": ids})
    _mark(firms, rows, seats, until)


def _papers(firms: Mapping[UUID, Firm]) -> dict[UUID, UUID]:
    """One for each company: company → file."""
    written = {
        pk: f"The register says of {firm.name}: number {firm.body}. A paper of the demonstration; it proves nothing.\n".encode()
        for pk, firm in firms.items()
    }
    hashes = {pk: hashlib.sha256(text).hexdigest() for pk, text in written.items()}
    for pk, text in written.items():
        store.put(hashes[pk], text)
    Blob.objects.bulk_create(
        (Blob(sha256=hashes[pk], size=len(text), media_type="text/plain") for pk, text in written.items()), ignore_conflicts=True
    )
    files = [File(blob_id=hashes[pk], owner_id=pk, name="register.txt", kind="attachment") for pk in firms]
    File.objects.bulk_create(files)
    return {file.owner_id: file.pk for file in files}


def _mark(firms: Mapping[UUID, Firm], rows: list[Verification], seats: Mapping[UUID, list[UUID]], until: date) -> None:
    tell(_MARKED, [list(firms), [firm.verified for firm in firms.values()]])
    AuditNote.objects.bulk_create(
        AuditNote(actor=f"operator:{person}", act=act, subject=row.company_id, reason=firms[row.company_id].verified, after=after)
        for row in rows
        for person, act, after in (
            (seats[row.pk][0], "proposed a verification", {"level": row.level, "proposal": "grant"}),
            (seats[row.pk][1], "granted a verification", {"level": row.level}),
            (seats[row.pk][1], "verified", {"verified_until": str(until)}),
        )
    )
    after = datetime.combine(until + timedelta(days=1), clock_time(), UTC)
    for row in rows:
        set_deadline(LAPSE, row.pk, after)
        # The event would have the index read all its offers twice; what it leads to is done here.
        set_deadline(MARK_ENDS, row.company_id, after)


__all__ = ["admit", "reviewers"]
