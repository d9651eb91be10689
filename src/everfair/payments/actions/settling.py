"""What a rail has settled, by its own statement: matched with what we booked, its fee a cost, clearing empty afterwards (I6).

What does not match exactly is a break for a person, and nothing is booked for it.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import RAIL_ACTOR, SYSTEM, Actor
from everfair.base.clock import EfNow, now
from everfair.base.events import emit
from everfair.base.ids import new_id
from everfair.base.refused import Refused
from everfair.base.rows import ask
from everfair.base.states import moving
from everfair.base.together import all_or_nothing, part
from everfair.events.payments import RailBreakEnded, RailBreakFound
from everfair.ledger.actions import post_entry
from everfair.ledger.queries import is_open
from everfair.markets.queries import rules_at
from everfair.markets.table import DEFAULT_MARKET
from everfair.payments import postings
from everfair.payments.models import WITHDRAWALS, RailBreak, SettledLine
from everfair.payments.providers.port import StatementLine
from everfair.payments.queries.settling import Booked, booked_for, withdrawal_fits
from everfair.payments.rails import client

log = logging.getLogger(__name__)
_PIECE = 200


@dataclass
class StatementRead:
    """What came of reading a statement: lines told, settled by this reading, and breaks found by it."""

    lines: int = 0
    settled: int = 0
    breaks: int = 0
    # Which lines this reading has seen, and how many of each day.
    seen: set[str] = field(default_factory=set)
    # What it has settled: a second line for the same thing may come in the same breath.
    entries: set[int] = field(default_factory=set)
    days: Counter[date] = field(default_factory=Counter)


def read_statement(rail: str, from_on: date, to_on: date) -> StatementRead:
    """Read what the rail settled on these days (UTC, both included) and book it. As often as you like: a line counts once.

    Must not run inside a transaction: it asks the provider, whose ProviderError passes through; what was read until then stands.
    """
    with _alone(rail):
        read = take_statement(rail, client(rail).statement(from_on, to_on))
        _note_gone(rail, from_on, to_on, read)
        _note_days(rail, from_on, to_on, read)
        read.breaks += note_missing(rail)
    return read


@contextmanager
def _alone(rail: str) -> Iterator[None]:
    """Two workers do not read the same statement at once; a process that dies lets go."""
    key = f"payments.statement:{rail}"
    ask("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [key])
    try:
        yield
    finally:
        ask("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])


def take_statement(rail: str, lines: Iterable[StatementLine]) -> StatementRead:
    """Take these lines, some hundred at a time; first look once more at those we knew nothing of."""
    read = StatementRead()
    _look_again(rail, read)
    waiting = iter(lines)
    while piece := list(islice(waiting, _PIECE)):
        with all_or_nothing():
            _take(rail, piece, read)
    return read


def _take(rail: str, piece: Sequence[StatementLine], read: StatementRead) -> None:
    refs = [line.ref for line in piece]
    known = {row.ref: row for row in SettledLine.objects.filter(rail=rail, ref__in=refs)}
    booked = booked_for(rail, piece)
    for back in RailBreak.objects.filter(rail=rail, kind="gone", state="open", about__in=refs):
        _end(back.pk, "explain", by=SYSTEM)
    for line in piece:
        read.lines += 1
        read.days[line.settled_at.astimezone(UTC).date()] += 1
        before = known.get(line.ref)
        if before is None:
            row = _keep(rail, line)
            if row is not None:
                known[line.ref] = row
                _settle(row, booked.get(line.ref), read)
        elif _content(before) != _told(line):
            _note_changed(before, line, read)
        elif line.ref in read.seen:
            _break(before, "twice", line.ref, read)
        read.seen.add(line.ref)


def _keep(rail: str, line: StatementLine) -> SettledLine | None:
    """The line's row; None when another reading has just kept it."""
    row = SettledLine(
        id=new_id(), rail=rail, ref=line.ref, kind=line.kind, reference=line.reference, gross_minor=line.gross.minor,
        fee_minor=line.fee.minor, net_minor=line.net.minor, currency=line.gross.currency, settled_at=line.settled_at,
    )  # fmt: skip
    kept = ask(_KEEP, [row.id, rail, *_told(line)[:-1], line.settled_at])
    return row if kept else None


_KEEP = """
    INSERT INTO payments_settledline (id, rail, ref, kind, reference, gross_minor, fee_minor, net_minor, currency, settled_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (rail, ref) DO NOTHING RETURNING 1
"""


def _told(line: StatementLine) -> tuple[object, ...]:
    return (
        line.ref, line.kind, line.reference, line.gross.minor, line.fee.minor, line.net.minor, line.gross.currency,
        line.settled_at.astimezone(UTC),
    )  # fmt: skip


def _content(row: SettledLine) -> tuple[object, ...]:
    return (
        row.ref, row.kind, row.reference, row.gross_minor, row.fee_minor, row.net_minor, row.currency, row.settled_at.astimezone(UTC),
    )  # fmt: skip


def _settle(row: SettledLine, booked: Booked | None, read: StatementRead) -> None:
    """Book a line that fits what we booked; what does not is a break."""
    if row.gross_minor - row.fee_minor != row.net_minor:
        _break(row, "sum", row.ref, read, booked=booked, fee_minor=row.gross_minor - row.net_minor)
    elif row.kind in WITHDRAWALS and withdrawal_fits(row):
        _withdraw(row, read)
    elif booked is None or booked.written_off:
        _break(row, "unknown", row.ref, read)
    elif booked.settled or booked.entry in read.entries:
        _break(row, "twice", row.ref, read)
    elif booked.amount != row.gross:
        _break(row, "amount", row.ref, read, booked=booked)
    else:
        _book(row, booked, read)


def _book(row: SettledLine, booked: Booked, read: StatementRead) -> None:
    entry = post_entry(
        f"settled:{row.rail}:{row.ref}",
        postings.rail_settled(row.rail, row.gross, row.fee),
        kind="rail_settled",
        by=RAIL_ACTOR,
        why={"provider_ref": row.ref, "settles": booked.key},
        booked_on=_dated(row),
    )
    ask("UPDATE payments_settledline SET entry_id = %s, booking_id = %s WHERE id = %s", [booked.entry, entry, row.pk])
    read.settled += 1
    read.entries.add(booked.entry)
    for found in RailBreak.objects.filter(Q(entry_id=booked.entry) | Q(line_id=row.pk, kind="unknown"), state="open"):
        _end(found.pk, "explain", by=SYSTEM)


def _withdraw(row: SettledLine, read: StatementRead) -> None:
    """Between the rail and our own bank: nothing stood in clearing for it, and nobody needs to look at it."""
    entry = post_entry(
        f"settled:{row.rail}:{row.ref}", postings.rail_withdrawn(row.rail, row.gross, row.fee), kind="rail_withdrawn", by=RAIL_ACTOR,
        why={"provider_ref": row.ref, "withdrawal": row.reference}, booked_on=_dated(row),
    )  # fmt: skip
    ask("UPDATE payments_settledline SET booking_id = %s WHERE id = %s", [entry, row.pk])
    read.settled += 1


def _dated(row: SettledLine) -> date | None:
    """The rail's day, where it is over or running here and its month is open."""
    settled_on = row.settled_at.astimezone(UTC).date()
    return settled_on if settled_on <= now().date() and is_open(settled_on) else None


def _look_again(rail: str, read: StatementRead) -> None:
    """What we knew nothing of when its line was told: a payment's own word may have come since."""
    open_lines = SettledLine.objects.filter(
        pk__in=RailBreak.objects.filter(rail=rail, state="open", kind="unknown").values("line_id")
    )
    rows = list(open_lines.order_by("id"))
    for piece in (rows[n : n + _PIECE] for n in range(0, len(rows), _PIECE)):
        with all_or_nothing():
            found = booked_for(rail, piece)
            for row in piece:
                booked = found.get(row.ref)
                if booked is not None and not booked.written_off and not booked.settled and booked.amount == row.gross:
                    _book(row, booked, read)


# Breaks


def _break(
    row: SettledLine, kind: str, about: str, read: StatementRead, *, booked: Booked | None = None, fee_minor: int | None = None
) -> None:
    same = booked is not None and not booked.settled and not booked.written_off and booked.amount.currency == row.currency
    if booked is not None and same:
        # It is no longer missing: it is told otherwise than we booked it.
        for missed in RailBreak.objects.filter(entry_id=booked.entry, kind="missing", state="open"):
            _end(missed.pk, "explain", by=SYSTEM)
    # A line that is told twice in one breath is kept once; the second has no row of its own.
    line = row.pk if kind != "twice" or row.ref not in read.seen else None
    read.breaks += _say(
        row.rail, kind, about, row.currency, row.gross_minor, row.fee_minor if fee_minor is None else fee_minor,
        booked.amount.minor if booked is not None and same else 0, line=line, entry=booked.entry if booked is not None and same else None,
    )  # fmt: skip


def _note_changed(before: SettledLine, line: StatementLine, read: StatementRead) -> None:
    gross, fee = line.gross.minor, line.gross.minor - line.net.minor
    if line.gross.currency == before.currency:
        gross, fee = gross - before.gross_minor, fee - (before.gross_minor - before.net_minor)
    told = hashlib.sha256(repr(_told(line)).encode()).hexdigest()[:12]
    read.breaks += _say(before.rail, "changed", f"{line.ref}:{told}", line.gross.currency, gross, fee, 0, line=before.pk)


def _note_gone(rail: str, from_on: date, to_on: date, read: StatementRead) -> None:
    """Told before of these days, and now that the whole of them was read, no more."""
    begin, end = (datetime.combine(day, time(), UTC) for day in (from_on, to_on + timedelta(days=1)))
    told = SettledLine.objects.filter(rail=rail, settled_at__gte=begin, settled_at__lt=end)
    for row in told.order_by("id").iterator(_PIECE):
        if row.ref not in read.seen:
            fee = row.net_minor - row.gross_minor
            read.breaks += _say(rail, "gone", row.ref, row.currency, -row.gross_minor, fee, 0, line=row.pk)


def _note_days(rail: str, from_on: date, to_on: date, read: StatementRead) -> None:
    """Which days are over and read whole."""
    day, today = from_on, now().date()
    while day <= to_on and day < today:
        ask(_DAY, [new_id(), rail, day, read.days[day]])
        day += timedelta(days=1)


_DAY = 'INSERT INTO payments_statementday (id, rail, "on", lines) VALUES (%s, %s, %s, %s) ON CONFLICT (rail, "on") DO NOTHING'


def note_missing(rail: str) -> int:
    """Say of everything that we booked, and that no statement has although enough of its days were read, that it is missing."""
    days = int(rules_at(DEFAULT_MARKET)["payments.settle_days"])
    said = 0
    for entry, currency, amount in ask(_MISSING, {"rail": rail, "days": days, "clearing": f"provider:{rail}:clearing:%"}):
        said += _say(rail, "missing", f"entry:{entry}", currency, 0, 0, int(amount), entry=entry)
    return said


# Looks back a quarter: what is older has its break.
_MISSING = """
    WITH last AS (SELECT max("on") AS day FROM payments_statementday WHERE rail = %(rail)s)
    SELECT e.id, a.currency, sum(CASE WHEN t.source_id = a.id THEN t.amount_minor ELSE -t.amount_minor END)
    FROM ledger_entry e JOIN ledger_transfer t ON t.entry_id = e.id
    JOIN ledger_account a ON a.id IN (t.source_id, t.target_id) AND a.address LIKE %(clearing)s
    WHERE e.booked_on BETWEEN (SELECT day - 92 FROM last) AND (SELECT day - %(days)s FROM last)
      AND e.kind NOT IN ('rail_settled', 'rail_break_booked', 'rail_written_off')
      AND NOT EXISTS (SELECT FROM payments_settledline l WHERE l.entry_id = e.id)
      AND NOT EXISTS (SELECT FROM payments_railbreak b WHERE b.entry_id = e.id)
    GROUP BY e.id, a.currency
    HAVING sum(CASE WHEN t.source_id = a.id THEN t.amount_minor ELSE -t.amount_minor END) <> 0
"""


def _say(
    rail: str,
    kind: str,
    about: str,
    currency: str,
    gross: int,
    fee: int,
    cleared: int,
    *,
    line: UUID | None = None,
    entry: int | None = None,
) -> int:
    """1 when this break was not known."""
    pk = new_id()
    with part():
        if not ask(_SAY, [pk, rail, kind, about[:200], currency, gross, fee, cleared, line, entry]):
            return 0
        emit(RailBreakFound(pk, rail, kind), by=RAIL_ACTOR)
    log.warning("a provider's statement and the books differ", extra={"break": str(pk), "rail": rail, "kind": kind})
    return 1


_SAY = """
    INSERT INTO payments_railbreak (
        id, rail, kind, about, currency, gross_minor, fee_minor, cleared_minor, line_id, entry_id, state, reason, ended_by)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'open', '', '') ON CONFLICT (rail, kind, about) DO NOTHING RETURNING 1
"""


def book_break(break_id: UUID, reason: str, *, by: Actor) -> RailBreak:
    """Book what the provider says; what differs from our own word goes into suspense, what will never be settled into losses. Refuses
    without a reason, and where there is nothing to book."""
    return _end(break_id, "book", by=by, reason=_why(reason))


def dismiss_break(break_id: UUID, reason: str, *, by: Actor) -> RailBreak:
    """Nothing is booked: it was looked at, and it is explained otherwise."""
    return _end(break_id, "dismiss", by=by, reason=_why(reason))


def _why(reason: str) -> str:
    if not reason.strip():
        raise Refused("payments.reason", _("Please say why."), field="reason", status=422)
    return reason.strip()[:500]


def _end(break_id: UUID, verb: str, *, by: Actor, reason: str = "") -> RailBreak:
    with moving(RailBreak.objects.select_related("line"), break_id, verb, by=by, reason=reason) as found:
        found.reason, found.ended_by, found.ended_at = reason, by.label, EfNow()
        if verb == "book":
            found.booking_id = _book_break(found, reason, by)
        state = {"book": "booked", "dismiss": "dismissed", "explain": "explained"}[verb]
        emit(RailBreakEnded(found.pk, found.rail, state), by=by)
    return found


def _book_break(found: RailBreak, reason: str, by: Actor) -> int | None:
    why = {"break": str(found.pk), "reason": reason, "provider_ref": found.line.ref if found.line else found.about}
    key = f"break:{found.pk}"
    if found.kind == "missing":
        return post_entry(key, postings.rail_never_settled(found.rail, found.booked), kind="rail_written_off", by=by, why=why)
    transfers = postings.rail_told_otherwise(found.rail, found.told, found.fee, found.booked)
    if not transfers:
        raise Refused("payments.nothing_to_book", _("No amount differs here: there is nothing to book. Dismiss it."))
    entry = post_entry(key, transfers, kind="rail_break_booked", by=by, why=why)
    # Of a line told differently later, or no more, this books the difference; the line itself has its own booking.
    if found.line is not None and found.line.booking_id is None and found.kind not in ("changed", "gone"):
        ask(
            "UPDATE payments_settledline SET entry_id = %s, booking_id = %s WHERE id = %s", [found.entry_id, entry, found.line_id]
        )
    return entry
