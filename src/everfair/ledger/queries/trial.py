"""The trial balance: every account, or kind of account, with what was debited and credited up to a moment or a day. It sums to zero."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from everfair.base.money import Money
from everfair.base.sql import ask
from everfair.ledger.chart import CHART, DEBIT, AccountRow, row_of


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One account, or all accounts of companies, contracts or payments of one kind together (`accounts` of them).

    `address` is the account's, or the chart's pattern where there are many.
    """

    address: str
    row: AccountRow
    accounts: int
    debits: Money
    credits: Money

    @property
    def balance(self) -> Money:
        """On the side on which it grows; below zero where it stands on the other."""
        return self.debits - self.credits if self.row.side == DEBIT else self.credits - self.debits

    @property
    def debit_balance(self) -> Money | None:
        return self.debits - self.credits if self.credits.minor < self.debits.minor else None

    @property
    def credit_balance(self) -> Money | None:
        return self.credits - self.debits if self.debits.minor < self.credits.minor else None


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Everything in one currency, in the order of the chart."""

    currency: str
    rows: tuple[TrialRow, ...]

    def _sum(self, amounts: list[Money | None]) -> Money:
        return Money(sum(amount.minor for amount in amounts if amount is not None), self.currency)

    @property
    def debits(self) -> Money:
        return self._sum([row.debit_balance for row in self.rows])

    @property
    def credits(self) -> Money:
        return self._sum([row.credit_balance for row in self.rows])

    @property
    def by_class(self) -> dict[str, Money]:
        """Class → its balance, on the side on which it grows."""
        classes = dict.fromkeys(row.row.account_class for row in self.rows)
        return {c: self._sum([row.balance for row in self.rows if row.row.account_class == c]) for c in classes}


def trial_balance(*, at: datetime | None = None, on: date | None = None) -> list[TrialBalance]:
    """One for each currency: what was posted up to the moment `at` (included), or booked up to the end of the day `on`. Without either,
    everything."""
    currencies: dict[str, list[TrialRow]] = {}
    for currency, address, example, accounts, debits, credits in ask(_TRIAL, {"at": at, "on": on}):
        row = row_of(example)
        shown = address or row.pattern.replace("{currency}", currency)
        currencies.setdefault(currency, []).append(
            TrialRow(shown, row, accounts, Money(int(debits), currency), Money(int(credits), currency))
        )
    place = {row.pattern: n for n, row in enumerate(CHART)}
    return [
        TrialBalance(currency, tuple(sorted(rows, key=lambda r: (place[r.row.pattern], r.address))))
        for currency, rows in sorted(currencies.items())
    ]


# Accounts with somebody's id are one row for each kind; the platform's and the providers' stand by themselves.
_TRIAL = """
    WITH moved AS (
        SELECT t.source_id, t.target_id, sum(t.amount_minor) AS amount
        FROM ledger_transfer t JOIN ledger_entry e ON e.id = t.entry_id
        WHERE (%(at)s::timestamptz IS NULL OR e.posted_at <= %(at)s) AND (%(on)s::date IS NULL OR e.booked_on <= %(on)s)
        GROUP BY 1, 2
    ), sides AS (
        SELECT id, sum(debit) AS debits, sum(credit) AS credits FROM (
            SELECT source_id AS id, amount AS debit, 0 AS credit FROM moved
            UNION ALL SELECT target_id, 0, amount FROM moved) m GROUP BY id
    )
    SELECT a.currency, CASE WHEN a.address ~ '^(platform|provider):' THEN a.address END, min(a.address), count(*),
        sum(s.debits), sum(s.credits)
    FROM sides s JOIN ledger_account a ON a.id = s.id
    GROUP BY a.currency, 2, regexp_replace(a.address, '[0-9a-f]{8}-[0-9a-f-]{27}', '')
"""
