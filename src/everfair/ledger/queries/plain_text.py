"""The journal as plain text that beancount reads: anybody can check our books with a program that is not ours.

Beancount: https://beancount.github.io/docs/beancount_language_syntax.html. What is debited is positive there, what is credited negative.
The closing balance of every account stands at the end as an assertion, so a lost line is an error where it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby

from everfair.base.money import Money
from everfair.ledger.chart import DEBIT, row_of
from everfair.ledger.queries.lines import JournalLine, Movement, journal_of, movements

_ROOTS = {"asset": "Assets", "liability": "Liabilities", "income": "Income", "expense": "Expenses"}
_OPENING = "Equity:Opening-Balances"
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


def account_in_text(address: str) -> str:
    """`company:0199…:wallet:USD` → `Liabilities:Company:Id-0199…:Wallet:USD`: what beancount takes for a name, and still one for each."""
    parts = [f"Id-{part}" if _ID.fullmatch(part) else part.replace("_", "-") for part in address.split(":")]
    return ":".join([_ROOTS[row_of(address).account_class], *(part[:1].upper() + part[1:] for part in parts)])


def journal_in_text(from_on: date, to_on: date) -> Iterator[str]:
    """Lines of the journal of these days, both included; what stood in the accounts before opens them."""
    yield ";; -*- mode: beancount -*-\n"
    yield f'option "title" "Everfair {from_on.isoformat()} – {to_on.isoformat()}"\n\n'
    opened: list[Movement] = []
    for account in movements(from_on=from_on, to_on=to_on):
        yield f"{from_on.isoformat()} open {account_in_text(account.address)} {account.opening.currency}\n"
        if account.opening:
            opened.append(account)
    if opened:
        yield f"{from_on.isoformat()} open {_OPENING}\n"
        yield f'\n{from_on.isoformat()} * "Opening balances"\n'
        for account in opened:
            yield _leg(account_in_text(account.address), _debit(account.opening, account.address))
        for currency in sorted({account.opening.currency for account in opened}):
            before = sum(_debit(a.opening, a.address).minor for a in opened if a.opening.currency == currency)
            if before:
                yield _leg(_OPENING, Money(-before, currency))
    for _entry, lines in groupby(journal_of(from_on=from_on, to_on=to_on), key=lambda line: line.entry):
        yield from _entry_in_text(list(lines))
    yield "\n"
    after = (to_on + timedelta(days=1)).isoformat()
    for account in movements(from_on=from_on, to_on=to_on):
        debit = _debit(account.closing, account.address)
        yield f"{after} balance {account_in_text(account.address)} {_amount(debit)}\n"


def _entry_in_text(lines: list[JournalLine]) -> Iterator[str]:
    first = lines[0]
    yield f"\n{first.booked_on.isoformat()} * {_quoted(first.kind)} {_quoted(first.key)}\n"
    yield f"  entry: {first.entry}\n"
    if corrects := first.why.get("corrects"):
        yield f"  corrects: {_quoted(str(corrects))}\n"
    for line in lines:
        yield _leg(account_in_text(line.source), line.amount)
        yield _leg(account_in_text(line.target), -line.amount)


def _leg(account: str, amount: Money) -> str:
    return f"  {account}  {_amount(amount)}\n"


def _amount(amount: Money) -> str:
    return f"{amount.amount:f} {amount.currency}"


def _debit(balance: Money, address: str) -> Money:
    return balance if row_of(address).side == DEBIT else -balance


def _quoted(text: str) -> str:
    plain = "".join(" " if ord(letter) < 32 else letter for letter in text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
