"""What is paid on trade credit, and what becomes of it while it is held.

Nothing is invented: a draw is a debt of the buyer on one side and what it paid for on the other. What a stage pays out meanwhile
waits as the seller's receivable, and becomes money of the seller's in the moment in which the buyer repays it (`dues.py`).
Locks: companies, then what was paid for, the payment, the debt, the draw, the line, the accounts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.deadlines import set_deadline
from everfair.base.events import emit
from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask, find_one, insert
from everfair.base.together import part
from everfair.billing.values import Fee, kept_fees, one_sum
from everfair.events.payments import CreditDrawn, CreditFellDue
from everfair.ledger.actions import post_entry
from everfair.payments import postings
from everfair.payments.models import CreditDraw, CreditDue, CreditLine, Intent
from everfair.payments.queries.credit import is_held_back, open_line


def draw_credit(intent: Intent, *, by: Actor) -> None:
    """For a locked payment that is about to be charged: the buyer owes its amount, which waits for what it was paid for.

    Refuses where this seller grants no credit (409 `payments.no_credit`), beyond the limit, and while something is overdue. The limit
    is asked and counted in one statement: however many draw at once, none goes beyond it (I32).
    """
    counted = ask(
        _COUNT, {"seller": intent.payee_id, "buyer": intent.company_id, "currency": intent.currency, "x": intent.amount_minor}
    )
    if not counted:
        raise _no_credit(intent)
    line_id, limit_minor, drawn_minor = counted[0]
    if intent.payee_id is not None and is_held_back(intent.payee_id, intent.company_id):
        raise Refused("payments.credit_overdue", _("Something owed to this seller is overdue: repay it first."))
    insert(
        CreditDraw(
            intent=intent, line_id=line_id, amount_minor=intent.amount_minor, limit_minor=limit_minor, drawn_minor=drawn_minor
        )
    )
    post_entry(
        f"intent:{intent.pk}:capture",
        postings.drawn_on_credit(line_id, intent.pk, intent.amount),
        kind="credit_drawn",
        by=by,
        why={"intent": str(intent.pk), "credit": str(line_id)},
    )
    emit(CreditDrawn(intent.pk, line_id, intent.amount), by=by)


_COUNT = """
    UPDATE payments_creditline SET drawn_minor = drawn_minor + %(x)s
    WHERE seller_id = %(seller)s AND buyer_id = %(buyer)s AND currency = %(currency)s AND state = 'agreed'
        AND drawn_minor + %(x)s <= limit_minor
    RETURNING id, limit_minor, drawn_minor
"""


def _no_credit(intent: Intent) -> Refused:
    """Why nothing was counted."""
    line = open_line(intent.payee_id, intent.company_id, intent.currency) if intent.payee_id else None
    if line is not None and line.state == "agreed":
        return Refused("payments.credit_limit_reached", _("This is more than is left of the credit."))
    return Refused("payments.no_credit", _("This seller gives you no trade credit in this currency."))


def undo_draw(intent: Intent, *, by: Actor, why: str) -> None:
    """What was paid on credit is gone: the debt ends, and nobody is paid. Once, however often it is called."""
    with _drawn(intent.pk) as draw:
        if draw.came_back_minor + draw.due_minor:
            return
        _shrink(draw, back=intent.amount)
        post_entry(
            f"intent:{intent.pk}:return",
            postings.draw_undone(draw.line_id, intent.pk, intent.amount),
            kind="credit_undone",
            by=by,
            why={"intent": str(intent.pk), "reason": why},
        )


@contextmanager
def _drawn(draw_id: UUID) -> Iterator[CreditDraw]:
    with part():
        draw = find_one(CreditDraw, "intent_id = %s FOR UPDATE", [draw_id])
        if draw is None:
            raise NotVisible
        yield draw


def _shrink(draw: CreditDraw, *, back: Money) -> None:
    """The debt is less by this, and so is what the line counts."""
    ask("UPDATE payments_creditdraw SET came_back_minor = came_back_minor + %s WHERE intent_id = %s", [back.minor, draw.pk])
    ask("UPDATE payments_creditline SET drawn_minor = drawn_minor - %s WHERE id = %s", [back.minor, draw.line_id])


def leave_on_credit(
    draw_id: UUID, *, earned: Money, back: Money, fees: Sequence[Fee], subject: UUID, reference: str, by: Actor
) -> UUID:
    """Of what was paid on credit and is held, `earned` is the seller's from now on, and `back` is not owed any more: the debt goes first.

    What is earned falls due, `net_days` from today: before, the goods could still be refused, and nobody owes for those. `fees` are the
    platform's part of it, taken and charged (`subject`, `reference`) when it is repaid. Returns the line, whose accounts the caller pays into instead of wallets.
    """
    with _drawn(draw_id) as draw:
        if back:
            _shrink(draw, back=back)
        if earned:
            ask("UPDATE payments_creditdraw SET due_minor = due_minor + %s WHERE intent_id = %s", [earned.minor, draw.pk])
            line = line_of(draw)
            due = CreditDue(
                line=line, draw=draw, amount_minor=earned.minor, fee_minor=one_sum(fees, earned.currency).minor,
                currency=earned.currency, fees=kept_fees(fees), fees_subject=subject, fees_reference=reference,
                due_on=now().date() + timedelta(days=line.net_days),
            )  # fmt: skip
            insert(due)
            set_deadline("payments.credit_due", due.pk, end_of(due.due_on))
            emit(CreditFellDue(due.pk, line.pk, line.seller_id, line.buyer_id, due.amount), by=by)
        return draw.line_id


def line_of(row: CreditDraw | CreditDue) -> CreditLine:
    found = find_one(CreditLine, "id = %s", [row.line_id])
    if found is None:
        raise NotVisible
    return found


def end_of(day: date) -> datetime:
    """Days end in UTC, for both sides alike."""
    return datetime.combine(day, time(), UTC) + timedelta(days=1)
