"""Where the money of a line goes: to the payments it names, by the same way as a provider's word; the rest waits for a person."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from everfair.base.actor import SYSTEM, Actor
from everfair.base.clock import EfNow, now
from everfair.base.deadlines import set_deadline
from everfair.base.events import emit
from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.rows import find, find_one, insert
from everfair.base.states import stepping
from everfair.events.payments import BankReturnRequested, PaymentPartReceived
from everfair.ledger.actions import post_entry
from everfair.ledger.queries import balance
from everfair.ledger.values import gathered, line_suspense
from everfair.markets.queries import rules_at
from everfair.markets.table import DEFAULT_MARKET
from everfair.payments import postings
from everfair.payments.actions.events import capture_by_bank
from everfair.payments.matching import Named, shared_out, suggestions
from everfair.payments.models import BankLine, BankReturn, Intent, Match, SettledLine
from everfair.payments.queries.bank import tolerance_of, waiting_for
from everfair.payments.queries.settling import lock_withdrawals, withdrawals_on_their_way
from everfair.payments.rails import RAILS
from everfair.payments.references import chopped_in, references_in


def find_owner(line: BankLine) -> None:
    """Give a new receipt to the payments it names by reference; or by amount and payer, when there is no second reading (I12)."""
    text = f"{line.text}\n{line.their_ref}"
    withdrawn = _withdrawal_in(line, text)
    if withdrawn is not None:
        take_withdrawal(line, withdrawn, how="reference", by=SYSTEM)
        return
    named = _by_reference(references_in(text), line.currency)
    if named:
        _give_named(line, named, by=SYSTEM)
        return
    cut = _by_chopped(chopped_in(text), line)
    if cut is not None:
        give(line, cut, line.amount, how="chopped", by=SYSTEM)
        return
    found = suggestions(
        line.amount_minor,
        line.name,
        line.other_account,
        waiting_for(line.currency, line.amount_minor),
        tolerance_of(line.currency),
    )
    sure = next((row for row in found if row.sure), None)
    intent = locked_intents([sure.intent_id])[0] if sure else None
    if intent is not None and intent.state == "awaiting" and due(intent) == line.amount:
        give(line, intent, line.amount, how="name", by=SYSTEM)


def _withdrawal_in(line: BankLine, text: str) -> SettledLine | None:
    """What a provider had sent, to the cent, where the line has its reference; or names the provider, and only one of this amount is on
    its way."""
    lock_withdrawals()
    found = withdrawals_on_their_way(line.currency, -line.amount_minor)
    named = [row for row in found if row.reference and row.reference.casefold() in text.casefold()]
    if named:
        return named[0]
    said = f"{line.name}\n{text}".casefold()
    from_one = [row for row in found if RAILS[row.rail].counterparty.casefold() in said]
    return from_one[0] if len(from_one) == 1 else None


def take_withdrawal(line: BankLine, withdrawn: SettledLine, *, how: str, by: Actor) -> None:
    """The whole of a line that holds all it brought is what a provider had sent to us. Twice is refused by the database."""
    row = _matched(line, "withdrawal", line.amount, settled_line=withdrawn, how=how, by=by)
    received = postings.withdrawal_received(line.pk, withdrawn.rail, line.amount)
    why = {"line": str(line.pk), "provider_ref": withdrawn.ref}
    post_entry(f"match:{row.pk}", received, kind="bank_withdrawal", by=by, why=why)
    settle_line(line, by=by)


def _by_reference(references: list[str], currency: str) -> list[Intent]:
    """The payments in the order in which the text names them, locked in the order of their ids."""
    rows = find(
        Intent, "reference = ANY(%s) AND reference <> '' AND currency = %s ORDER BY id FOR UPDATE", [references, currency]
    )
    return sorted(rows, key=lambda row: references.index(row.reference))


def _by_chopped(beginnings: list[str], line: BankLine) -> Intent | None:
    for beginning in beginnings:
        rows = find(
            Intent,
            "reference LIKE %s AND currency = %s AND state = 'awaiting' LIMIT 2 FOR UPDATE",
            [f"{beginning}%", line.currency],
        )
        if len(rows) == 1 and due(rows[0]) == line.amount:
            return rows[0]
    return None


def locked_intents(ids: list[UUID]) -> list[Intent]:
    return find(Intent, "id = ANY(%s::uuid[]) ORDER BY id FOR UPDATE", [ids])


def due(intent: Intent) -> Money:
    """What is still to come of a payment."""
    return intent.amount - balance(gathered(intent.pk), intent.currency).posted


def in_suspense(line: BankLine) -> Money:
    return balance(line_suspense(line.pk), line.currency).posted


def _give_named(line: BankLine, named: list[Intent], *, by: Actor) -> None:
    to_pay = [row for row in named if row.state != "captured" and not paid_elsewhere(row)] or named[:1]
    wanted = [Named(row.pk, due(row).minor) for row in to_pay]
    parts, left = shared_out(line.amount_minor, wanted)
    by_id = {row.pk: row for row in to_pay}
    payers = {row.company_id for row in to_pay}
    if len(to_pay) == 1:
        give(line, to_pay[0], line.amount, how="reference", by=by)
        return
    for intent_id, minor in parts:
        give(line, by_id[intent_id], Money(minor, line.currency), how="reference", by=by)
    if left and len(payers) == 1:
        _to_wallet(line, payers.pop(), Money(left, line.currency), how="reference", by=by)
    settle_line(line)


def give(line: BankLine, intent: Intent, amount: Money, *, how: str, by: Actor) -> None:
    """A part of what a locked line holds, towards a locked payment. What is over is its payer's in the wallet; what is short by no more
    than banks on the way take is made up; less than that stands on the payment until the rest comes.

    Money for a payment that was paid in another way already goes back to its sender (I14).
    """
    if intent.state == "captured" or paid_elsewhere(intent):
        send_back(line, amount, "paid_elsewhere", intent=intent, how=how, by=by)
        settle_line(line)
        return
    missing = due(intent)
    given = min(amount, missing)
    short = missing - given
    covered = bool(short.minor) and tolerance_of(line.currency).covers(missing.minor, given.minor, intent.amount_minor)
    if intent.state in ("failed", "expired") and short.minor and not covered:
        _to_wallet(line, intent.company_id, amount, how=how, by=by)
        settle_line(line)
        return
    row = _matched(line, "intent", given, intent=intent, how=how, by=by)
    why = {"line": str(line.pk), "intent": str(intent.pk)}
    post_entry(f"match:{row.pk}", postings.line_given(line.pk, intent.pk, given), kind="bank_given", by=by, why=why)
    if not short.minor or (covered and _made_up(intent, short, by=by)):
        capture_by_bank(intent, line.pk)
    else:
        until = now() + _more_time()
        if intent.state == "awaiting":
            set_deadline("payments.intent", intent.pk, until)
        emit(PaymentPartReceived(intent.pk, intent.purpose_kind, intent.purpose, intent.company_id, given, short, until), by=by)
    if amount > given:
        _to_wallet(line, intent.company_id, amount - given, how=how, by=by)
    settle_line(line)


def paid_elsewhere(intent: Intent) -> bool:
    """Whether what this payment is for was paid by another payment."""
    return find_one(Intent, "purpose = %s AND state = 'captured' AND id <> %s LIMIT 1", [intent.purpose, intent.pk]) is not None


def _more_time() -> timedelta:
    return timedelta(days=int(rules_at(DEFAULT_MARKET)["payments.bank_days"]))


def _made_up(intent: Intent, short: Money, *, by: Actor) -> bool:
    """What correspondents took: our part is a cost, the payer's comes from their wallet. False when that does not hold it."""
    ours = Money(int(short.minor * rules_at(DEFAULT_MARKET)["payments.bank_short_borne"]), short.currency)
    why = {"intent": str(intent.pk)}
    try:
        with transaction.atomic():
            transfers = postings.charges_borne(intent.pk, intent.company_id, ours, short - ours)
            post_entry(f"intent:{intent.pk}:charges", transfers, kind="bank_charges", by=by, why=why)
    except Refused as no:
        if no.code != "ledger.short":
            raise
        return False
    return True


def _to_wallet(line: BankLine, company_id: UUID, amount: Money, *, how: str, by: Actor) -> None:
    row = _matched(line, "wallet", amount, company_id=company_id, how=how, by=by)
    transfers = postings.line_overpaid(line.pk, company_id, amount)
    post_entry(f"match:{row.pk}", transfers, kind="bank_overpaid", by=by, why={"line": str(line.pk)})


def send_back(
    line: BankLine,
    amount: Money,
    reason: str,
    *,
    how: str,
    by: Actor,
    intent: Intent | None = None,
    to: tuple[str, str, str] | None = None,
) -> BankReturn:
    """Owed back to its sender from now on; somebody has yet to send it."""
    name, account, bic = to or (line.name, line.other_account, line.bic)
    made = BankReturn(
        id=new_id(), line=line, intent=intent, amount_minor=amount.minor, currency=amount.currency, to_name=name, to_account=account,
        to_bic=bic, reason=reason[:500],
    )  # fmt: skip
    insert(made)
    _matched(line, "return", amount, intent=intent, how=how, by=by)
    why = {"line": str(line.pk), "reason": reason[:200]}
    post_entry(f"return:{made.pk}:owed", postings.return_owed(line.pk, made.pk, amount), kind="bank_return_owed", by=by, why=why)
    emit(BankReturnRequested(made.pk, amount), by=by)
    return made


def _matched(
    line: BankLine,
    target: str,
    amount: Money,
    *,
    how: str,
    by: Actor,
    intent: Intent | None = None,
    company_id: UUID | None = None,
    settled_line: SettledLine | None = None,
) -> Match:
    row = Match(
        id=new_id(), line=line, target=target, intent=intent, settled_line=settled_line, company_id=intent.company_id if intent else company_id,
        amount_minor=amount.minor, currency=amount.currency, how=how, by=by.label,
    )  # fmt: skip
    insert(row)
    return row


def settle_line(line: BankLine, *, by: Actor = SYSTEM) -> None:
    """Nothing of it is left in suspense: nobody needs to look at it. A receipt that still holds something stays."""
    if line.state != "settled" and (line.amount_minor < 0 or not in_suspense(line).minor):
        with stepping(line, "settle", by=by):
            pass


def settle_return(found: BankReturn, *, by: Actor) -> None:
    with stepping(found, "settle", by=by):
        found.settled_at = EfNow()  # type: ignore[assignment]
