"""A month of the books ends: one person closes it, another confirms. What turns out wrong later is corrected in the open month."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import EfNow
from everfair.base.events import emit
from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask
from everfair.base.states import moving
from everfair.base.together import part
from everfair.events.ledger import PeriodClosed
from everfair.ledger import postings
from everfair.ledger.actions.posting import post_entry
from everfair.ledger.models import Period
from everfair.ledger.proofs import Proof, ready_to_close
from everfair.ledger.queries.periods import is_over, month_before_is_open, month_of
from everfair.ledger.roles import BOOKKEEPER
from everfair.ledger.values import Transfer


def close_month(month: date, *, by: Actor) -> Period:
    """Say that this month is complete; it stays open until another person confirms.

    Refuses a month that is not over, one before which another is still open, and one whose checks find something (`ledger.not_ready`).
    """
    first = month_of(month)
    if not is_over(first):
        raise Refused("ledger.not_over", _("This month is not over."))
    if month_before_is_open(first):
        raise Refused("ledger.earlier_open", _("A month before it is still open: months are closed one after the other."))
    with part():
        ask(_KNOWN, [new_id(), first])
        with moving(Period.objects.all(), _row(first), "close", by=by) as period:
            _checked(first)
            period.closed_by, period.closed_at = by.label, EfNow()
    return period


_KNOWN = "INSERT INTO ledger_period (id, month, state, closed_by, confirmed_by, checks) VALUES (%s, %s, 'open', '', '', '[]') ON CONFLICT (month) DO NOTHING"  # fmt: skip


def _row(first: date) -> UUID:
    found = Period.objects.filter(month=first).values_list("pk", flat=True).first()
    if found is None:
        raise NotVisible
    return found


def withdraw_closing(month: date, *, by: Actor) -> Period:
    """The month is open again; possible until it is confirmed."""
    with moving(Period.objects.all(), _row(month_of(month)), "withdraw", by=by) as period:
        period.closed_by, period.closed_at = "", None
    return period


def confirm_month(month: date, *, by: Actor) -> Period:
    """Close it for good, as another person than the one who closed it first. The checks run once more, alone with the month: whatever
    is being posted into it ends before, whatever comes later is refused (I37)."""
    first = month_of(month)
    with moving(Period.objects.all(), _row(first), "confirm", by=by) as period:
        ask("SELECT pg_advisory_xact_lock(ledger_month_lock(%s))", [first])
        period.checks = [[check.name, check.rows] for check in _checked(first)]
        period.confirmed_by, period.confirmed_at = by.label, EfNow()
        emit(PeriodClosed(period.pk, first), by=by)
    return period


def _checked(first: date) -> list[Proof]:
    checks = ready_to_close(first)
    found = next((check for check in checks if check.breach), None)
    if found is not None:
        raise Refused("ledger.not_ready", _("Something is still open: see the checks of this month."))
    return checks


def correct_entry(entry_id: int, reason: str, *, by: Actor) -> int:
    """Take an entry back by a new one of today that names it; the old one stays as it is. Returns the new entry's id.

    Only what moved between the platform's and the providers' own accounts: money of companies and in escrow is moved by the verbs that
    own it. Refuses an entry that was corrected already, and a correction.
    """
    if not BOOKKEEPER.admits(by, None):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    if not reason.strip():
        raise Refused("ledger.reason", _("Please say why."), field="reason", status=422)
    rows = ask(_ENTRY, [entry_id])
    if not rows:
        raise NotVisible
    if any(kept for *_rest, kept in rows):
        raise Refused(
            "ledger.not_ours", _("This entry moved money of a company or in escrow; it is corrected where that money is moved.")
        )
    if any(":clearing:" in end for row in rows for end in row[2:4]):
        raise Refused("ledger.settled_by_statement", _("What a provider owes us is settled by its statement and its breaks."))
    key, kind = rows[0][0], rows[0][1]
    if kind == "correction":
        raise Refused("ledger.is_correction", _("A correction is not corrected: post the right entry instead."))
    transfers = [
        Transfer(source, target, Money(amount, currency)) for _key, _kind, source, target, amount, currency, _kept in rows
    ]
    made = post_entry(
        f"correction:{entry_id}",
        postings.taken_back(transfers),
        kind="correction",
        by=by,
        why={"corrects": key, "reason": reason.strip()[:500]},
    )
    if made is None:
        raise Refused("ledger.corrected", _("This entry has been corrected already."))
    return made


_ENTRY = """
    SELECT e.key, e.kind, s.address, g.address, t.amount_minor, t.currency, s.kept OR g.kept
    FROM ledger_entry e JOIN ledger_transfer t ON t.entry_id = e.id
    JOIN ledger_account s ON s.id = t.source_id JOIN ledger_account g ON g.id = t.target_id
    WHERE e.id = %s ORDER BY t.id
"""
