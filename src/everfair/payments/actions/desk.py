"""What a person decides about a line of a statement. Above a rule's amount a second person approves it: never the one who proposed it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.money import Money, exponent
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.rows import ask, find_one, insert
from everfair.base.states import stepping, write_history
from everfair.base.together import part
from everfair.ledger.actions import post_entry
from everfair.markets.queries import rules_at
from everfair.markets.table import DEFAULT_MARKET
from everfair.payments import postings
from everfair.payments.actions.breaks import kept
from everfair.payments.actions.lines import (
    give,
    in_suspense,
    locked_intents,
    send_back,
    settle_line,
    settle_return,
    take_withdrawal,
)
from everfair.payments.actions.own_payments import (
    Misfit,
    back_misfit,
    locked,
    paid_misfit,
    take_as_paid,
    take_as_returned,
)
from everfair.payments.models import BankBreak, BankLine, BankReturn, FxCover, LineDecision, Match, Payout, SettledLine
from everfair.payments.queries.bank import note_words
from everfair.payments.queries.covers import covers_of
from everfair.payments.queries.own_payments import own_payments
from everfair.payments.queries.settling import lock_withdrawals, withdrawals_on_their_way
from everfair.payments.roles import cashier
from everfair.payments.values import RETURN_WORDS

VERBS = ("assign", "return", "costs", "sent", "cover", "withdrawal", "paid", "bounced")


def assign_line(line_id: UUID, parts: Sequence[tuple[UUID, Money]], reason: str, *, by: Actor) -> LineDecision:
    """Give (a part of) what a line holds to one or several payments, of any company. What a payment does not need goes to its payer's
    wallet; what is not given stays in suspense.

    Refuses more than the line holds, another currency, a payment twice, and a line that holds nothing.
    """
    with part():
        line = _line(line_id, by)
        held = in_suspense(line)
        if not parts:
            raise Refused("payments.no_payment", _("Please say which payment."), field="payments", status=422)
        intents = {row.pk: row for row in locked_intents([intent_id for intent_id, _amount in parts])}
        for intent_id, amount in parts:
            if intent_id not in intents or [pk for pk, _amount in parts].count(intent_id) > 1:
                raise Refused("payments.no_such_payment", _("There is no such payment."), field="payments", status=422)
            if amount.currency != line.currency or intents[intent_id].currency != line.currency:
                raise Refused(
                    "payments.other_currency_line", _("This payment is in another currency."), field="payments", status=422
                )
            if amount.minor <= 0:
                raise Refused("payments.amount", _("Please give an amount above zero."), field="payments", status=422)
        total = sum(amount.minor for _pk, amount in parts)
        if total > held.minor:
            raise Refused("payments.line_short", _("The line holds less than that."), field="payments", status=422)
        plan = [[str(intent_id), amount.minor] for intent_id, amount in parts]
        return _decided(line, "assign", plan, total, reason, by)


def return_line(line_id: UUID, to: tuple[str, str, str], reason: str, *, by: Actor) -> LineDecision:
    """Send all that a line still holds back: name, account and BIC of whom it came from. It is owed from now on; sending is another step.

    Refuses without an account, and a line that holds nothing.
    """
    with part():
        line = _line(line_id, by)
        held = in_suspense(line)
        if not held.minor:
            raise _nothing_left()
        if not to[1].strip():
            raise Refused("payments.return_account", _("Please say to which account."), field="account", status=422)
        return _decided(line, "return", [text.strip() for text in to], held.minor, reason, by)


def book_costs(line_id: UUID, reason: str, *, by: Actor) -> LineDecision:
    """What left our account was the bank's own charge."""
    with part():
        line = _line(line_id, by)
        return _decided(line, "costs", [], _paid(line), reason, by)


def note_return_sent(line_id: UUID, return_id: UUID, reason: str, *, by: Actor) -> LineDecision:
    """What left our account was a return that was owed. Refuses another amount."""
    with part():
        line = _line(line_id, by)
        amount = _paid(line)
        owed = find_one(BankReturn, "id = %s AND state IN ('requested', 'held', 'dispatched', 'sent')", [return_id])
        if owed is None or (owed.amount_minor, owed.currency) != (amount, line.currency):
            raise Refused("payments.no_such_return", _("No return of this amount is waiting."), field="owed", status=422)
        return _decided(line, "sent", [str(owed.pk)], amount, reason, by)


def note_cover(line_id: UUID, cover_id: UUID, reason: str, *, by: Actor) -> LineDecision:
    """The line is one side of an exchange at our bank that is booked. Refuses another amount, and a side that has its line already."""
    with part():
        line = _line(line_id, by)
        if line.amount_minor > 0 and in_suspense(line) != line.amount:
            raise Refused("payments.line_short", _("The line holds less than that."), field="cover", status=422)
        _cover_of(line, cover_id)
        return _decided(line, "cover", [str(cover_id)], abs(line.amount_minor), reason, by)


def note_withdrawal(line_id: UUID, withdrawn_id: UUID, reason: str, *, by: Actor) -> LineDecision:
    """What the line brought is what a provider had sent to our bank. Refuses another amount, and what a line has shown already."""
    with part():
        line = _line(line_id, by)
        if line.amount_minor <= 0 or in_suspense(line) != line.amount:
            raise Refused("payments.line_short", _("The line holds less than that."), field="withdrawal", status=422)
        _withdrawal_of(line, withdrawn_id)
        return _decided(line, "withdrawal", [str(withdrawn_id)], line.amount_minor, reason, by)


def note_paid(line_id: UUID, ids: Sequence[UUID], reason: str, *, by: Actor) -> LineDecision:
    """What left our account paid these payouts and returns, which the bank did not name: each is settled, and what is over is the bank's
    charge. Refuses what has not left, what a statement has shown already, and a difference larger than banks take."""
    with part():
        line = _line(line_id, by)
        amount = _paid(line)
        rows = own_payments(ids)
        if not rows or len(rows) != len(set(ids)):
            raise Refused("payments.no_such_payout", _("There is no such payout on its way."), field="payments", status=422)
        _refuse_misfit(paid_misfit(line, rows, near=True))
        return _decided(line, "paid", [str(row.pk) for row in rows], amount, reason, by)


def note_bounced(line_id: UUID, payout_id: UUID, why: str, reason: str, *, by: Actor) -> LineDecision:
    """What a line holds is a payout that came back: its company has the money again and is told `why` (a code of RETURN_WORDS).
    Refuses what had not left or is back, a line of which something is given, and a difference larger than banks keep."""
    with part():
        line = _line(line_id, by)
        payout = next((row for row in own_payments([payout_id]) if isinstance(row, Payout)), None)
        if payout is None or in_suspense(line) != line.amount:
            raise Refused("payments.no_such_payout", _("There is no such payout on its way."), field="payout", status=422)
        _refuse_misfit(back_misfit(line, [payout], near=True))
        return _decided(line, "bounced", [str(payout.pk), why if why in RETURN_WORDS else ""], line.amount_minor, reason, by)


def _refuse_misfit(wrong: Misfit | None) -> None:
    if wrong is not None:
        raise Refused("payments.payout_misfit", note_words(kept({"note": wrong[0], **wrong[1]})), status=422)


def approve_decision(decision_id: UUID, *, by: Actor) -> LineDecision:
    """The second person: what was proposed happens now. Refuses who proposed it."""
    with part():
        line, decision = _open_decision(decision_id, by)
        if decision.by == by.label:
            raise Refused("payments.same_person", _("Another person has to approve this."), status=403)
        with stepping(decision, "approve", by=by):
            decision.second = by.label
            _carry_out(line, decision, by=by)
        return decision


def withdraw_decision(decision_id: UUID, *, by: Actor) -> LineDecision:
    """It does not happen; the line waits as before."""
    with part():
        _line_row, decision = _open_decision(decision_id, by)
        with stepping(decision, "withdraw", by=by):
            decision.second = "" if decision.by == by.label else by.label
        return decision


def keep_line(line_id: UUID, note: str, *, by: Actor) -> BankLine:
    """Looked at, and left in suspense, with why."""
    with part():
        line = _line(line_id, by)
        with stepping(line, "keep", by=by, reason=_said(note)):
            pass
        return line


def settle_break(break_id: UUID, note: str, *, by: Actor) -> BankBreak:
    """What was done about a break; it leaves the list, and stays as it was."""
    _cashier(by)
    with part():
        found = find_one(BankBreak, "id = %s FOR UPDATE", [break_id])
        if found is None:
            raise NotVisible
        if found.settled_at is not None:
            raise AlreadyDone("payments.break_settled", _("This has been settled already."))
        ask(_SETTLE_BREAK, [by.label, _said(note), found.pk])
        return found


_SETTLE_BREAK = "UPDATE payments_bankbreak SET settled_at = ef_now(), settled_by = %s, settled_note = %s WHERE id = %s"


def second_from(currency: str) -> Money:
    """Above this amount two people decide."""
    return Money(int(rules_at(DEFAULT_MARKET)["payments.bank_second_above"].scaleb(exponent(currency))), currency)


def _decided(line: BankLine, verb: str, plan: Sequence[object], minor: int, reason: str, by: Actor) -> LineDecision:
    why = _said(reason)
    alone = minor <= second_from(line.currency).minor
    decision = LineDecision(
        line=line, verb=verb, plan=list(plan), amount_minor=minor, reason=why, by=by.label, state="done" if alone else "proposed"
    )
    try:
        with transaction.atomic():
            insert(decision)
    except IntegrityError as error:
        raise Refused("payments.decision_waits", _("A decision on this line waits for a second person.")) from error
    if alone:
        write_history(decision, "state", "approve", "proposed", "done", by=by, reason=why)
        _carry_out(line, decision, by=by)
    return decision


def _carry_out(line: BankLine, decision: LineDecision, *, by: Actor) -> None:
    """For a locked line. What it holds may have become less since it was proposed: the books refuse then."""
    amount = Money(decision.amount_minor, line.currency)
    match decision.verb:
        case "assign":
            intents = {str(row.pk): row for row in locked_intents([UUID(pk) for pk, _minor in decision.plan])}
            for intent_id, minor in decision.plan:
                give(line, intents[intent_id], Money(minor, line.currency), how="desk", by=by)
        case "return":
            name, account, bic = decision.plan
            send_back(line, amount, decision.reason, how="desk", by=by, to=(name, account, bic))
        case "costs":
            row = _explained(line, "costs", by)
            post_entry(f"match:{row.pk}", postings.bank_charge(amount), kind="bank_cost", by=by, why={"line": str(line.pk)})
        case "sent":
            [return_id] = decision.plan
            owed = find_one(BankReturn, "id = %s FOR UPDATE", [return_id])
            if owed is None:
                raise NotVisible
            settle_return(owed, by=by)
            row = _explained(line, "sent", by, bank_return=owed)
            transfers = postings.return_sent(owed.pk, amount)
            post_entry(f"match:{row.pk}", transfers, kind="bank_return_sent", by=by, why={"line": str(line.pk)})
        case "cover":
            [cover_id] = decision.plan
            cover = _cover_of(line, UUID(cover_id))
            row = _explained(line, "cover", by, cover=cover)
            if line.amount_minor > 0:
                received = postings.cover_received(line.pk, amount)
                post_entry(f"match:{row.pk}", received, kind="bank_cover", by=by, why={"line": str(line.pk), "cover": cover_id})
        case "withdrawal":
            take_withdrawal(line, _withdrawal_of(line, UUID(decision.plan[0])), how="desk", by=by)
        case "paid":
            rows = locked(own_payments([UUID(pk) for pk in decision.plan]))
            _refuse_misfit(paid_misfit(line, rows, near=True))
            take_as_paid(line, rows, how="desk", by=by)
        case "bounced":
            payouts = [row for row in locked(own_payments([UUID(decision.plan[0])])) if isinstance(row, Payout)]
            _refuse_misfit(back_misfit(line, payouts, near=True))
            take_as_returned(line, payouts, decision.plan[1], how="desk", by=by)
    settle_line(line, by=by)


def _cover_of(line: BankLine, cover_id: UUID) -> FxCover:
    ask("SELECT pg_advisory_xact_lock(hashtextextended('payments.fxcover', 0))")
    found = next((row for row in covers_of(line) if row.pk == cover_id), None)
    if found is None:
        raise Refused(
            "payments.no_such_cover", _("No booked exchange of this amount waits for its line."), field="cover", status=422
        )
    return found


def _withdrawal_of(line: BankLine, withdrawn_id: UUID) -> SettledLine:
    lock_withdrawals()
    found = next((row for row in withdrawals_on_their_way(line.currency, -line.amount_minor) if row.pk == withdrawn_id), None)
    if found is None:
        raise Refused(
            "payments.no_such_withdrawal",
            _("No provider's withdrawal of this amount is on its way."),
            field="withdrawal",
            status=422,
        )
    return found


def _explained(
    line: BankLine, target: str, by: Actor, *, cover: FxCover | None = None, bank_return: BankReturn | None = None
) -> Match:
    row = Match(
        line=line,
        target=target,
        cover=cover,
        bank_return=bank_return,
        amount_minor=abs(line.amount_minor),
        currency=line.currency,
        how="desk",
        by=by.label,
    )
    insert(row)
    return row


def _line(line_id: UUID, by: Actor) -> BankLine:
    _cashier(by)
    line = find_one(BankLine, "id = %s FOR UPDATE", [line_id])
    if line is None:
        raise NotVisible
    if line.state == "settled":
        raise _nothing_left()
    return line


def _open_decision(decision_id: UUID, by: Actor) -> tuple[BankLine, LineDecision]:
    """The line is locked first, as everywhere."""
    _cashier(by)
    found = find_one(LineDecision, "id = %s", [decision_id])
    if found is None:
        raise NotVisible
    line = find_one(BankLine, "id = %s FOR UPDATE", [found.line_id])
    decision = find_one(LineDecision, "id = %s FOR UPDATE", [decision_id])
    if line is None or decision is None:
        raise NotVisible
    return line, decision


def _paid(line: BankLine) -> int:
    if line.amount_minor >= 0:
        raise Refused("payments.not_paid", _("Our account received this; nothing was paid."), status=422)
    return -line.amount_minor


def _nothing_left() -> Refused:
    return Refused("payments.line_settled", _("Nothing of this line is left to decide."))


def _said(text: str) -> str:
    if not text.strip():
        raise Refused("payments.reason", _("Please say why."), field="reason", status=422)
    return text.strip()[:500]


def _cashier(by: Actor) -> None:
    if not cashier.admits(by):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
