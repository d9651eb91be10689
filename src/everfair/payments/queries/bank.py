"""What our bank said and what became of it: for the finance people of the operator, who see all of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from everfair.base.actor import Actor
from everfair.base.formats import plain_day, plain_money
from everfair.base.money import Money, exponent
from everfair.base.refused import NotVisible
from everfair.base.roles import SYSTEM_ROLE
from everfair.base.rows import ask, find, find_one
from everfair.base.words import word
from everfair.companies.queries import companies_by_id
from everfair.ledger.queries import balance
from everfair.ledger.values import gathered
from everfair.markets.queries import rules_at
from everfair.markets.table import DEFAULT_MARKET
from everfair.payments.bank import OurAccount, our_accounts
from everfair.payments.matching import Suggestion, Tolerance, Waiting, suggestions
from everfair.payments.models import (
    BankBreak,
    BankLine,
    BankReturn,
    BankStatement,
    FxCover,
    Intent,
    LineDecision,
    Match,
    SettledLine,
)
from everfair.payments.queries.covers import covers_of
from everfair.payments.queries.settling import withdrawals_on_their_way
from everfair.payments.references import references_in
from everfair.payments.roles import cashier

# So many payments of one currency are compared with a transfer: those whose amount is nearest.
_COMPARED = 500


def may_see_bank(actor: Actor) -> None:
    """NotVisible for everybody but the operator's cashiers and the software itself."""
    if not (SYSTEM_ROLE | cashier).admits(actor):
        raise NotVisible


def tolerance_of(currency: str) -> Tolerance:
    rules = rules_at(DEFAULT_MARKET)
    return Tolerance(rules["payments.bank_short_share"], int(rules["payments.bank_short_most"].scaleb(exponent(currency))))


def waiting_for(currency: str, near_minor: int) -> list[Waiting]:
    """Payments that wait for a transfer in this currency, with what is missing, and the names and accounts of their payers."""
    rows = ask(_WAITING, [currency, near_minor, _COMPARED])
    companies = companies_by_id(row[1] for row in rows)
    accounts: dict[UUID, set[str]] = {}
    for company_id, account in ask(_ACCOUNTS, [list(companies), list(companies)]):
        accounts.setdefault(company_id, set()).add(account)
    return [
        Waiting(intent_id, missing, tuple(_names(companies[company_id])), frozenset(accounts.get(company_id, ())))
        for intent_id, company_id, missing in rows
        if missing > 0
    ]


def _names(company: Any) -> list[str]:
    return [company.name, *company.names.values()]


_WAITING = """
    SELECT i.id, i.company_id, i.amount_minor - coalesce(b.posted_minor, 0) FROM payments_intent i
    LEFT JOIN ledger_account a ON a.address = 'intent:' || i.id || ':gathered' LEFT JOIN ledger_balance b ON b.account_id = a.id
    WHERE i.state = 'awaiting' AND i.currency = %s ORDER BY abs(i.amount_minor - coalesce(b.posted_minor, 0) - %s), i.id LIMIT %s
"""
# Where the payer is paid itself, and from where it has paid before by a reference.
_ACCOUNTS = """
    SELECT company_id, account FROM payments_bankaccount WHERE company_id = ANY(%s::uuid[]) AND removed_at IS NULL
    UNION
    SELECT m.company_id, l.other_account FROM payments_match m JOIN payments_bankline l ON l.id = m.line_id
    WHERE m.company_id = ANY(%s::uuid[]) AND m.how IN ('reference', 'desk') AND m.target = 'intent' AND l.other_account <> ''
"""


@dataclass(frozen=True, slots=True)
class AccountStanding:
    """One of our accounts, and the newest statement of it."""

    account: OurAccount
    newest: BankStatement | None
    open_lines: int


def account_standings() -> list[AccountStanding]:
    """Two queries, however many accounts."""
    newest = {row.account: row for row in find(BankStatement, _NEWEST)}
    waiting: dict[Any, Any] = dict(ask("SELECT account, count(*) FROM payments_bankline WHERE state = 'open' GROUP BY account"))
    return [AccountStanding(row, newest.get(row.code), waiting.get(row.code, 0)) for row in our_accounts()]


_NEWEST = "(account, sequence) IN (SELECT account, max(sequence) FROM payments_bankstatement GROUP BY account)"


def statements_page(*, before: UUID | None = None, limit: int = 50) -> list[BankStatement]:
    """Newest first, each with how many lines it has."""
    where = "(%s::uuid IS NULL OR id < %s::uuid) ORDER BY id DESC LIMIT %s"
    return find(BankStatement, where, [before, before, limit], also={"lines": _LINES})


_LINES = "(SELECT count(*) FROM payments_bankline l WHERE l.statement_id = payments_bankstatement.id)"


def statement_by_id(statement_id: UUID) -> BankStatement:
    found = find_one(BankStatement, "id = %s", [statement_id], also={"lines": _LINES})
    if found is None:
        raise NotVisible
    return found


def lines_of(statement_id: UUID, *, after: int = 0, limit: int = 200) -> list[BankLine]:
    """In the bank's order."""
    return find(BankLine, "statement_id = %s AND n > %s ORDER BY n LIMIT %s", [statement_id, after, limit])


def breaks_page(*, settled: bool = False, before: UUID | None = None, limit: int = 50) -> list[BankBreak]:
    where = "(settled_at IS NOT NULL) = %s AND (%s::uuid IS NULL OR id < %s::uuid) ORDER BY id DESC LIMIT %s"
    return find(BankBreak, where, [settled, before, before, limit])


def break_by_id(break_id: UUID) -> BankBreak:
    found = find_one(BankBreak, "id = %s", [break_id])
    if found is None:
        raise NotVisible
    return found


def break_note(found: BankBreak) -> str:
    """What exactly was found, in the reader's words; breaks from before the codes keep their text."""
    return note_words(found.facts) if found.facts else found.note


def note_words(facts: Mapping[str, Any]) -> str:
    """The sentence of a break's code with its values, in the active language."""
    code = str(facts.get("note", ""))
    return word(code, "bank break note") % {name: _value(name, value, facts) for name, value in facts.items()}


def _value(name: str, value: Any, facts: Mapping[str, Any]) -> str:
    if isinstance(value, list):
        return plain_money(Money(int(value[0]), str(value[1])))
    if name == "state":
        return word(value, "payments.bank_return" if str(facts.get("what", "")).startswith("R-") else "payments.payout")
    return plain_day(date.fromisoformat(value)) if _DAY.fullmatch(value) else str(value)


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def open_bank_breaks() -> int:
    return int(ask("SELECT count(*) FROM payments_bankbreak WHERE settled_at IS NULL")[0][0])


def desk_lines(state: str = "open", *, before: UUID | None = None, limit: int = 50) -> list[BankLine]:
    """Lines that hold something nobody has been given, or took something nobody has explained; newest first."""
    where = "state = %s AND (%s::uuid IS NULL OR id < %s::uuid) ORDER BY id DESC LIMIT %s"
    return find(BankLine, where, [state, before, before, limit], also={"held_minor": _HELD})


_HELD = """
    coalesce((SELECT b.posted_minor FROM ledger_account a JOIN ledger_balance b ON b.account_id = a.id
              WHERE a.address = 'line:' || payments_bankline.id || ':suspense'), 0)
"""


def decisions_waiting(*, limit: int = 50) -> list[LineDecision]:
    """For a second person, oldest first, with their lines."""
    rows = find(LineDecision, "state = 'proposed' ORDER BY id LIMIT %s", [limit])
    lines = {row.pk: row for row in find(BankLine, "id = ANY(%s::uuid[])", [[each.line_id for each in rows]])}
    for row in rows:
        row.line = lines[row.line_id]
    return rows


@dataclass(frozen=True, slots=True)
class Candidate:
    """A payment this line could be meant for. `evidence` names why."""

    intent: Intent
    payer: str
    missing: Money
    score: int
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineFace:
    """One line as the desk sees it."""

    line: BankLine
    statement: BankStatement
    held: Money
    matches: list[Match]
    decisions: list[LineDecision]
    candidates: list[Candidate]
    returns: list[BankReturn]
    covers: list[FxCover]
    withdrawals: list[SettledLine]


def line_face(line_id: UUID) -> LineFace:
    """Everything about one line; the payments it could be meant for are compared anew each time."""
    line = find_one(BankLine, "id = %s", [line_id], also={"held_minor": _HELD})
    if line is None:
        raise NotVisible
    held = Money(int(line.held_minor), line.currency)  # type: ignore[attr-defined]
    return LineFace(
        line=line,
        statement=statement_by_id(line.statement_id),
        held=held,
        matches=_with_intents(find(Match, "line_id = %s ORDER BY id", [line.pk])),
        decisions=find(LineDecision, "line_id = %s ORDER BY id", [line.pk]),
        candidates=_candidates(line, held) if held.minor and line.amount_minor > 0 else [],
        returns=_returns_like(line) if line.amount_minor < 0 and line.state != "settled" else [],
        covers=covers_of(line) if line.state != "settled" else [],
        withdrawals=withdrawals_on_their_way(line.currency, -line.amount_minor)
        if line.amount_minor > 0 and line.state != "settled"
        else [],
    )


def _with_intents(rows: list[Match]) -> list[Match]:
    intents = {row.pk: row for row in find(Intent, "id = ANY(%s::uuid[])", [[row.intent_id for row in rows if row.intent_id]])}
    for row in rows:
        row.intent = intents.get(row.intent_id) if row.intent_id else None
    return rows


def _candidates(line: BankLine, held: Money) -> list[Candidate]:
    found = waiting_for(line.currency, held.minor)
    ranked = suggestions(held.minor, line.name, line.other_account, found, tolerance_of(line.currency), at_most=8)
    missing = {row.intent_id: row.due_minor for row in found}
    return _shown(ranked, missing, line.currency)


def _shown(ranked: Iterable[Suggestion], missing: dict[UUID, int], currency: str) -> list[Candidate]:
    rows = list(ranked)
    intents = {row.pk: row for row in find(Intent, "id = ANY(%s::uuid[])", [[row.intent_id for row in rows]])}
    payers = companies_by_id(row.company_id for row in intents.values())
    return [
        Candidate(
            intents[row.intent_id], payers[intents[row.intent_id].company_id].name, Money(missing[row.intent_id], currency), row.score,
            row.reasons,
        )
        for row in rows
    ]  # fmt: skip


def _returns_like(line: BankLine) -> list[BankReturn]:
    where = "state IN ('requested', 'held', 'dispatched', 'sent') AND currency = %s AND amount_minor = %s ORDER BY id LIMIT 20"
    return find(BankReturn, where, [line.currency, -line.amount_minor])


def returns_page(*, done: bool = False, limit: int = 50) -> list[BankReturn]:
    """Transfers that are owed back to their senders, oldest first; or what has been sent, newest first."""
    if done:
        return find(BankReturn, "state = 'done' ORDER BY id DESC LIMIT %s", [limit])
    return find(BankReturn, "state <> 'done' ORDER BY id LIMIT %s", [limit])


def bank_return(return_id: UUID) -> BankReturn:
    found = find_one(BankReturn, "id = %s", [return_id])
    if found is None:
        raise NotVisible
    return found


def missing_of(intent: Intent) -> Money | None:
    """What is still to come of a payment that is not over; None for one that is."""
    if intent.state in ("captured", "failed", "expired"):
        return None
    return intent.amount - balance(gathered(intent.pk), intent.currency).posted


def intent_by_text(text: str) -> Intent | None:
    """A payment by its reference, however it is written, or by its id."""
    named = references_in(text)
    if named:
        return find_one(Intent, "reference = %s", [named[0]])
    try:
        return find_one(Intent, "id = %s", [UUID(text.strip())])
    except ValueError:
        return None
