"""What a statement shows of our own payments: that a payout or a return left, that a payout came back. Exact, or a break.

A payout stands in our bank's clearing from its settlement until the line that shows it; so clearing is what our bank owes us a line for.
Locks: the line, the companies, payouts and returns, the accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import RAIL_ACTOR, SYSTEM, Actor
from everfair.base.ids import new_id
from everfair.base.money import Money, total
from everfair.base.refused import Refused
from everfair.base.rows import insert
from everfair.companies.queries import lock_companies
from everfair.ledger.actions import post_entry
from everfair.payments import postings
from everfair.payments.actions.breaks import break_line
from everfair.payments.actions.files import bounce_bank_payout, settle_bank_payout
from everfair.payments.actions.lines import settle_line, settle_return
from everfair.payments.models import BankLine, BankReturn, Match, Payout
from everfair.payments.queries.bank import tolerance_of
from everfair.payments.queries.own_payments import (
    Order,
    Sent,
    may_be_shown,
    named_in,
    order_named_in,
    orders_on_their_way,
    own_payments,
    own_reference,
    shown_in_statements,
)
from everfair.payments.references import return_reason

Misfit = tuple[str, dict[str, Any]]


def show_payment(line: BankLine) -> None:
    """For a locked debit: the payouts and returns that it quotes by their own ids, or the order they left in, have left. An order that the
    bank does not name is known by sum and number together, where only one fits. What is not known waits at the desk."""
    named, order = named_in(line), order_named_in(line)
    if not named and order is None:
        order = _by_sum_and_number(line)
    # A bank that names the order may name the first of its payments beside it.
    readings = [(named, None), (list(order.rows) if order else [], order)]
    wrong: list[Misfit] = []
    for meant, whole in readings:
        if not meant:
            continue
        rows = locked(meant)
        misfit = paid_misfit(line, rows, whole)
        if misfit is None:
            take_as_paid(line, rows, how="batch" if whole else "reference", by=SYSTEM)
            return
        wrong.append(misfit)
    if wrong:
        break_line(line, wrong[0][0], **wrong[0][1])


def _by_sum_and_number(line: BankLine) -> Order | None:
    if line.batch_count is None:
        return None
    fitting = [
        order
        for order in orders_on_their_way(line.currency)
        if len(order.rows) == line.batch_count and order.total.minor == -line.amount_minor
    ]
    return fitting[0] if len(fitting) == 1 else None


def locked(rows: Sequence[Sent]) -> list[Sent]:
    """As they stand now that nobody else moves them."""
    lock_companies(list({row.company_id for row in rows if isinstance(row, Payout)}))
    return own_payments([row.pk for row in rows], lock=True)


def paid_misfit(line: BankLine, rows: Sequence[Sent], order: Order | None = None, *, near: bool = False) -> Misfit | None:
    """Why a debit does not show that these left; None when it does. `near`: a person says so, and what is over is what banks take."""
    size, whole = Money(-line.amount_minor, line.currency), _sum(rows)
    what, shown = ", ".join(map(own_reference, rows[:3])), shown_in_statements(rows)
    for row in rows:
        if row.pk in shown:
            return "paid_twice", {"what": own_reference(row)}
        if not may_be_shown(row):
            return "paid_state", {"what": own_reference(row), "state": row.state}
    same = {row.currency for row in rows} == {line.currency}
    fits = same and _charged(line, size.minor - whole.minor, whole.minor, near)
    if fits and (order is None or line.batch_count in (None, len(rows))):
        return None
    if order is not None:
        told = "—" if line.batch_count is None else line.batch_count
        return "order_sum", {"sent": whole, "count": len(rows), "paid": size, "told": told}
    return "paid_amount", {"what": what, "sent": whole, "paid": size}


def _sum(rows: Sequence[Sent]) -> Money:
    currency = rows[0].currency
    return total([row.amount for row in rows if row.currency == currency], currency)


def _charged(line: BankLine, over_minor: int, whole_minor: int, near: bool) -> bool:
    """Whether what differs is nothing, or the charge that the bank itself names."""
    if near:
        return tolerance_of(line.currency).covers(whole_minor + over_minor, whole_minor, whole_minor)
    return over_minor in (0, line.charges_minor)


def take_as_paid(line: BankLine, rows: Sequence[Sent], *, how: str, by: Actor) -> None:
    """For a locked line and locked rows that fit: each is settled, once, and what is over is a charge of the bank."""
    for row in rows:
        if isinstance(row, Payout):
            if row.state in ("dispatched", "sent"):
                _done(settle_bank_payout(row.pk, line.bank_ref or line.their_ref))
            made = _match(line, "payout", row.amount, how, by, payout=row)
            post_entry(f"match:{made.pk}", postings.payout_shown(row.amount), kind="bank_payout", by=by, why=_why(line, row))
        else:
            settle_return(row, by=by)
            made = _match(line, "sent", row.amount, how, by, bank_return=row)
            transfers = postings.return_sent(row.pk, row.amount)
            post_entry(f"match:{made.pk}", transfers, kind="bank_return_sent", by=by, why=_why(line))
    over = Money(-line.amount_minor, line.currency) - _sum(rows)
    if over:
        made = _match(line, "costs", over, "bank", by)
        post_entry(f"match:{made.pk}", postings.bank_charge(over), kind="bank_cost", by=by, why=_why(line))
    settle_line(line, by=by)


def show_comeback(line: BankLine) -> bool:
    """For a locked receipt: whether it quotes a payment of ours. A payout that had left is in its company's wallet again, with why; a
    return that came back waits in suspense for another account; what does not fit is a break."""
    named = named_in(line)
    payouts = [row for row in named if isinstance(row, Payout)]
    if not payouts:
        for sent in named:
            break_line(line, "return_back", sent=sent.amount, name=sent.to_name or sent.to_account)  # type: ignore[union-attr]
        return bool(named)
    rows = [row for row in locked(payouts) if isinstance(row, Payout)]
    wrong = back_misfit(line, rows)
    if wrong is not None:
        break_line(line, wrong[0], **wrong[1])
        return True
    take_as_returned(line, rows, line.reason or return_reason(line.text), how="reference", by=SYSTEM)
    return True


def back_misfit(line: BankLine, rows: Sequence[Payout], *, near: bool = False) -> Misfit | None:
    """Why a receipt does not show that these came back; None when it does."""
    size, whole = line.amount, _sum(rows)
    back = shown_in_statements(rows, "returned")
    for row in rows:
        if row.state not in ("paid", "returned") or row.pk in back:
            return "back_state", {"what": own_reference(row), "state": row.state}
    if {row.currency for row in rows} == {line.currency} and _charged(line, whole.minor - size.minor, size.minor, near):
        return None
    return "back_amount", {"what": ", ".join(map(own_reference, rows[:3])), "sent": whole, "paid": size}


def take_as_returned(line: BankLine, rows: Sequence[Payout], reason: str, *, how: str, by: Actor) -> None:
    """For a locked receipt and locked payouts that fit: the money is in the wallets again, what the bank kept is our cost."""
    kept = _sum(rows) - line.amount
    for row in rows:
        if row.state == "paid":
            _done(bounce_bank_payout(row.pk, reason, by=RAIL_ACTOR))
        ours = min(kept, row.amount - Money(1, row.currency))
        kept -= ours
        made = _match(line, "returned", row.amount - ours, how, by, payout=row)
        transfers = postings.payout_came_back(line.pk, row.amount - ours, ours)
        post_entry(f"match:{made.pk}", transfers, kind="bank_payout_returned", by=by, why=_why(line, row))
    settle_line(line, by=by)


def _done(said: tuple[str, str]) -> None:
    """A line is never half taken: what did not move takes back all of it."""
    if said[0] != "applied":
        raise Refused("base.wrong_state", _("This is not possible in the present state."))


def _match(
    line: BankLine,
    target: str,
    amount: Money,
    how: str,
    by: Actor,
    *,
    payout: Payout | None = None,
    bank_return: BankReturn | None = None,
) -> Match:
    row = Match(
        id=new_id(), line=line, target=target, payout=payout, bank_return=bank_return, company_id=payout.company_id if payout else None,
        amount_minor=amount.minor, currency=amount.currency, how=how, by=by.label,
    )  # fmt: skip
    insert(row)
    return row


def _why(line: BankLine, payout: Payout | None = None) -> dict[str, str]:
    return {"line": str(line.pk)} | ({"payout": str(payout.pk)} if payout else {})
