"""A bank's statement into the books: each statement whole or not at all, each line once; what does not fit is a break, never a posting."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.events import emit
from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.roles import SYSTEM_ROLE
from everfair.base.rows import ask, find_one, insert
from everfair.base.together import part
from everfair.events.payments import StatementImported
from everfair.ledger.actions import post_entry
from everfair.ledger.queries import balance
from everfair.ledger.values import line_suspense
from everfair.payments import postings
from everfair.payments.actions.breaks import break_line, break_statement, kept
from everfair.payments.actions.lines import settle_line
from everfair.payments.actions.looking import match_lines
from everfair.payments.bank import OurAccount, account_by_number
from everfair.payments.models import BankLine, BankStatement, Match
from everfair.payments.roles import cashier
from everfair.payments.statements.read import ReadLine, ReadStatement, Unreadable, read

# So many new lines are compared with what waits at once; the worker takes the others.
MATCHED_AT_ONCE = 200
# What a bank itself calls a charge: MT940 and camt.053.
_CHARGES = {"NCHG", "FCHG", "NCOM", "FCOM", "CHRG", "FEES", "COMM"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one statement of a file: booked, known (from this very file) or a break of this kind, with what was found."""

    n: int
    account: str
    number: str
    outcome: str
    lines: int = 0
    facts: dict[str, Any] = field(default_factory=dict)
    statement_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    file_id: UUID
    outcomes: tuple[Outcome, ...]


def import_statement(name: str, body: bytes, *, by: Actor) -> Imported:
    """Read a file of one or several statements (MT940, camt.053) and book what fits.

    A statement is booked when it is of one of our accounts, adds up, begins where the one before it ended, and none of its lines is
    known. Else it becomes a break. The same file again books only what had not been booked. Refuses a file that cannot be read.
    """
    if not (SYSTEM_ROLE | cashier).admits(by):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    try:
        found = read(body)
    except Unreadable as no:
        raise Refused(
            "payments.statement_unreadable", _("This file cannot be read as a statement: %(reason)s.") % {"reason": gettext(no.sentence) % no.values},
            field="file", status=422,
        ) from no  # fmt: skip
    with part():
        file_id = _kept(name, body, by)
    outcomes = []
    for n, statement in enumerate(found, 1):
        with part():
            outcomes.append(_take(file_id, n, statement, by))
    if any(row.outcome == "booked" for row in outcomes):
        match_lines(limit=MATCHED_AT_ONCE)
    return Imported(file_id, tuple(outcomes))


def _kept(name: str, body: bytes, by: Actor) -> UUID:
    digest = hashlib.sha256(body).hexdigest()
    row = [new_id(), name[-140:] or "statement", digest, body, by.label]
    made = ask(_KEEP_FILE, row)
    found: UUID = made[0][0] if made else ask("SELECT id FROM payments_statementfile WHERE hash = %s", [digest])[0][0]
    return found


_KEEP_FILE = """
    INSERT INTO payments_statementfile (id, name, hash, body, by) VALUES (%s, %s, %s, %s, %s) ON CONFLICT (hash) DO NOTHING RETURNING id
"""


def _take(file_id: UUID, n: int, said: ReadStatement, by: Actor) -> Outcome:
    account = account_by_number(said.account)
    told: dict[str, Any] = {"n": n, "account": account.code if account else said.account, "number": said.number}
    if account is None:
        return _break(file_id, told, "account", {"note": "account", "account": said.account})
    # One statement of an account after the other, so that two files at once never begin at the same balance.
    ask("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"payments.bank:{account.code}"])
    known = find_one(BankStatement, "account = %s AND digest = %s", [account.code, said.digest])
    if known is not None:
        if known.file_id == file_id:
            return Outcome(**told, outcome="known", statement_id=known.pk)
        return _break(file_id, told, "repeated", {"note": "repeated", "number": known.number, "day": known.closing_on})
    last = find_one(BankStatement, "account = %s ORDER BY sequence DESC LIMIT 1", [account.code])
    keys = _keys(said)
    kind, facts = _misfit(account, said, last, keys)
    if kind:
        return _break(file_id, told, kind, facts)
    statement = _book(file_id, account, said, last, keys, by)
    ask(_BREAKS_OVER, [by.label, "booked", file_id, n])
    return Outcome(**told, outcome="booked", lines=len(said.lines), statement_id=statement.pk)


_BREAKS_OVER = """
    UPDATE payments_bankbreak SET settled_at = ef_now(), settled_by = %s, settled_note = %s
    WHERE file_id = %s AND n = %s AND line_id IS NULL AND settled_at IS NULL
"""


def _misfit(account: OurAccount, said: ReadStatement, last: BankStatement | None, keys: list[str]) -> tuple[str, dict[str, Any]]:
    """Why this statement must not be booked, and what exactly was found; empty when it may."""
    if said.fault:
        return said.fault, dict(said.fault_facts)
    if said.currency != account.currency:
        return "currency", {"note": "currency", "said": said.currency or "—", "currency": account.currency}
    if said.closing_on is None:
        return "cut", {"note": "no_closing_day"}
    if not said.adds_up:
        missing = said.closing_minor - said.opening_minor - sum(line.amount_minor for line in said.lines)
        return "sum", {"note": "sum", "missing": Money(missing, said.currency)}
    same = (
        find_one(BankStatement, _SAME_NUMBER, [account.code, said.number, said.opening_on, said.closing_on])
        if said.number
        else None
    )
    if same is not None:
        return "altered", {"note": "altered", "number": same.number, "day": same.closing_on}
    if last is not None and said.closing_on < last.closing_on:
        return "order", {"note": "order", "ends": said.closing_on, "booked": last.closing_on}
    if last is not None and said.opening_minor != last.closing_minor:
        return "gap", {"note": "gap", "opening": Money(said.opening_minor, said.currency), "closing": last.closing}
    again = ask("SELECT key FROM payments_bankline WHERE account = %s AND key = ANY(%s) LIMIT 1", [account.code, keys])
    if again:
        return "repeated_line", {"note": "repeated_line", "key": again[0][0]}
    return "", {}


_SAME_NUMBER = "account = %s AND number = %s AND opening_on IS NOT DISTINCT FROM %s AND closing_on = %s LIMIT 1"


def _keys(said: ReadStatement) -> list[str]:
    """What makes each line this line: the bank's reference with day and amount, or its place in its statement."""
    seen: Counter[str] = Counter()
    keys = []
    for n, line in enumerate(said.lines, 1):
        plain = f"{line.bank_ref}:{line.booked_on}:{line.amount_minor}" if line.bank_ref else f"{said.digest[:40]}:{n}"
        seen[plain] += 1
        keys.append(plain if seen[plain] == 1 else f"{plain}#{seen[plain]}")
    return keys


def _book(
    file_id: UUID, account: OurAccount, said: ReadStatement, last: BankStatement | None, keys: list[str], by: Actor
) -> BankStatement:
    statement = BankStatement(
        file_id=file_id, account=account.code, sequence=last.sequence + 1 if last else 1, kind=said.kind, number=said.number,
        currency=said.currency, opening_on=said.opening_on, closing_on=said.closing_on, opening_minor=said.opening_minor,
        closing_minor=said.closing_minor, digest=said.digest,
    )  # fmt: skip
    insert(statement)
    rows = [_row(statement, n, line, key) for n, (line, key) in enumerate(zip(said.lines, keys, strict=True), 1)]
    for at in range(0, len(rows), 500):
        insert(*rows[at : at + 500])
    for row in rows:
        _post(row, by)
    emit(StatementImported(statement.pk, account.code, len(rows)), by=by)
    return statement


def _row(statement: BankStatement, n: int, line: ReadLine, key: str) -> BankLine:
    return BankLine(
        statement=statement, n=n, account=statement.account, key=key, kind=line.kind, amount_minor=line.amount_minor,
        currency=statement.currency, booked_on=line.booked_on, value_on=line.value_on, bank_ref=line.bank_ref, their_ref=line.their_ref,
        type_code=line.type_code, name=line.name, other_account=line.account, bic=line.bic, text=line.text,
        batch_ref=line.batch_ref, batch_count=line.batch_count, reason=line.reason, charges_minor=line.charges_minor,
        state="open" if line.amount_minor else "settled",
    )  # fmt: skip


def _post(line: BankLine, by: Actor) -> None:
    """Into suspense with what came, out of suspense with what went; whose it is, is another question."""
    if not line.amount_minor:
        return
    key, why, size = (
        f"line:{line.pk}:booked",
        {"line": str(line.pk), "account": line.account},
        Money(abs(line.amount_minor), line.currency),
    )
    if line.amount_minor > 0:
        post_entry(key, postings.bank_received(line.account, line.pk, size), kind="bank_received", by=by, why=why)
        return
    if line.kind == "reversed_credit":
        undone = _undone(line)
        if undone is not None:
            post_entry(key, postings.bank_reversed(line.account, undone.pk, size), kind="bank_reversed", by=by, why=why)
            insert(
                Match(line=undone, target="reversal", amount_minor=size.minor, currency=line.currency, how="bank", by=by.label)
            )
            settle_line(undone)
            settle_line(line)
            break_line(line, "reversed", "taken_back", n=undone.n, day=undone.booked_on)
            return
    post_entry(key, postings.bank_paid(line.account, size), kind="bank_paid", by=by, why=why)
    if line.kind == "reversed_credit":
        break_line(line, "reversed", "taken_used")
    elif line.type_code.upper() in _CHARGES:
        post_entry(f"line:{line.pk}:cost", postings.bank_charge(size), kind="bank_cost", by=by, why=why)
        insert(Match(line=line, target="costs", amount_minor=size.minor, currency=line.currency, how="bank", by=by.label))
        settle_line(line)


def _undone(line: BankLine) -> BankLine | None:
    """The receipt that a reversal takes back, if all of it is still in suspense."""
    found = find_one(BankLine, _RECEIPT, [line.account, -line.amount_minor, line.bank_ref, line.bank_ref, line.name, line.text])
    if found is None or balance(line_suspense(found.pk), found.currency).posted.minor < -line.amount_minor:
        return None
    return found


_RECEIPT = """
    account = %s AND kind = 'credit' AND amount_minor = %s AND state IN ('open', 'kept')
    AND ((%s <> '' AND bank_ref = %s) OR (name = %s AND text = %s)) ORDER BY id DESC LIMIT 1 FOR UPDATE
"""


def _break(file_id: UUID, told: dict[str, Any], kind: str, facts: dict[str, Any]) -> Outcome:
    facts = kept(facts)
    break_statement(file_id, told["n"], told["account"], told["number"], kind, facts)
    return Outcome(**told, outcome=kind, facts=facts)
