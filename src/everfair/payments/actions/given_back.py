"""What a seller gives back of something that the buyer still owes: the debt goes first, and no money moves for it.

Locks: what was paid for, the debts, their draws, their line, the accounts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

from everfair.base.actor import SYSTEM, Actor
from everfair.base.deadlines import clear_deadlines
from everfair.base.money import Money
from everfair.base.rows import ask, find
from everfair.base.states import stepping
from everfair.billing.values import Fee, fees_kept, kept_fees, one_sum
from everfair.ledger.actions import post_entry
from everfair.payments import postings
from everfair.payments.models import CreditDue


def lower_dues(purposes: Sequence[UUID], amount: Money, *, key: str, by: Actor) -> Money:
    """Of what is still to be repaid for these purposes, so much at most is not owed any more, the earliest debt first; what of it would
    have been the platform's fees falls in the same proportion. Returns how much of `amount` that was; `key` names the giving back.
    """
    left = amount
    for due in find(CreditDue, _OPEN, [list(purposes), amount.currency]):
        if not left:
            break
        back = min(left, due.amount)
        _lower(due, back, key=key, by=by)
        left -= back
    return amount - left


_OPEN = """
    state = 'open' AND draw_id IN (SELECT id FROM payments_intent WHERE purpose = ANY(%s::uuid[])) AND currency = %s
    ORDER BY due_on, id FOR UPDATE
"""


def _lower(due: CreditDue, back: Money, *, key: str, by: Actor) -> None:
    kept = due.amount - back
    fees = [_share(fee, kept, due.amount) for fee in fees_kept(due.fees)]
    fee = one_sum(fees, due.currency)
    transfers = postings.due_given_back(due.line_id, back, due.fee - fee)
    post_entry(
        f"{key}:due:{due.pk}", transfers, kind="credit_given_back", by=by, why={"credit": str(due.line_id), "due": str(due.pk)}
    )
    ask(_DRAW, [back.minor, back.minor, due.draw_id])
    ask("UPDATE payments_creditline SET drawn_minor = drawn_minor - %s WHERE id = %s", [back.minor, due.line_id])
    if not kept:
        with stepping(due, "give_back", by=SYSTEM, reason=by.label):
            due.came_back_minor += back.minor
        clear_deadlines(("payments.credit_due", "payments.credit_hold"), due.pk)
        return
    ask(_DUE, [kept.minor, back.minor, fee.minor, json.dumps(kept_fees([row for row in fees if row.gross])), due.pk])


def _share(fee: Fee, kept: Money, whole: Money) -> Fee:
    """What of a fee stays on what is kept."""
    parts = [kept.minor, whole.minor - kept.minor]
    return Fee(fee.kind, fee.net.split(parts)[0], fee.tax.split(parts)[0], fee.treatment, fee.reverses)


_DRAW = "UPDATE payments_creditdraw SET due_minor = due_minor - %s, came_back_minor = came_back_minor + %s WHERE intent_id = %s"
_DUE = """
    UPDATE payments_creditdue SET amount_minor = %s, came_back_minor = came_back_minor + %s, fee_minor = %s, fees = %s::jsonb WHERE id = %s
"""
