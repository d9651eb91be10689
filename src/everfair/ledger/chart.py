"""The chart of accounts: every kind of account there can be, with the pattern of its addresses and what it means.

A new kind of account is a row here, and its pattern in the database's own check (`migrations/`). The guide prints this table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ASSET, LIABILITY, INCOME, EXPENSE = "asset", "liability", "income", "expense"
DEBIT, CREDIT = "debit", "credit"
_PARTS = {"id": r"[0-9a-f]{8}-[0-9a-f-]{27}", "currency": r"[A-Z]{3}", "provider": r"[a-z0-9_]+", "fee": r"[a-z_]{1,30}"}


@dataclass(frozen=True)
class AccountRow:
    """One kind of account. `kept`: a balance stands with each account and may not fall below what is reserved (parties and escrow);
    without it the balance is summed up from the transfers, because a row that every payment touches would collapse."""

    pattern: str
    name: str | Promise
    account_class: str
    kept: bool
    means: str | Promise
    escrow: bool = False

    @property
    def side(self) -> str:
        """The side on which it grows."""
        return DEBIT if self.account_class in (ASSET, EXPENSE) else CREDIT

    @cached_property
    def matches(self) -> re.Pattern[str]:
        """{id}, {currency} and {provider} stand for what differs from account to account."""
        return re.compile(re.sub(r"\{(\w+)\}", lambda part: _PARTS[part[1]], self.pattern))


# fmt: off
CHART = (
    # Addresses                          name                                class      kept    what it means
    AccountRow("company:{id}:wallet:{currency}", _("Wallet"), LIABILITY, True,
               _("What the platform owes a company; it may be paid out.")),
    AccountRow("company:{id}:reserve:{currency}", _("Reserve"), LIABILITY, True,
               _("What of a seller's card payments is kept back for a while, against chargebacks.")),
    AccountRow("chargeback:{id}:taken", _("Chargeback"), ASSET, False,
               _("What a payer's bank took back, until it is taken from those who had it: nothing afterwards.")),
    AccountRow("company:{id}:owed:{currency}", _("Owed by a company"), ASSET, False,
               _("What a company owes us; its debts keep count of it.")),
    AccountRow("stage:{id}:escrow", _("Escrow"), LIABILITY, True,
               _("Money held for a stage of a contract, or for an inspection, until it is earned or returned."), escrow=True),
    AccountRow("intent:{id}:received", _("Received"), LIABILITY, True,
               _("A payment that has come in and waits for what it was paid for.")),
    AccountRow("intent:{id}:gathered", _("Gathered"), LIABILITY, True,
               _("Parts of a payment that came by bank and wait for the rest.")),
    AccountRow("line:{id}:suspense", _("Line of a statement"), LIABILITY, True,
               _("What one line of a bank statement brought and nobody has been given yet.")),
    AccountRow("return:{id}:due", _("Return due"), LIABILITY, True,
               _("What a sender is to have back by bank.")),
    AccountRow("refund:{id}:due", _("Refund due"), LIABILITY, True,
               _("A payment that came once too often and is on its way back to its payer.")),
    AccountRow("credit:{id}:owed", _("Owed on trade credit"), ASSET, False,
               _("What a buyer owes for what was paid on a seller's credit; the credit itself keeps the limit.")),
    AccountRow("credit:{id}:receivable", _("Receivable on trade credit"), LIABILITY, True,
               _("What a seller will be paid when the buyer repays; nobody else's money stands behind it.")),
    AccountRow("credit:{id}:fees", _("Fees on trade credit"), LIABILITY, True,
               _("Fees of the platform that are earned when the buyer repays.")),
    AccountRow("platform:suspense:{currency}", _("Suspense"), LIABILITY, False,
               _("Money of somebody whom we do not know yet, and differences that a person has still to explain.")),
    AccountRow("platform:fees:{currency}", _("Fees earned"), INCOME, False,
               _("What the platform has earned of trades.")),
    AccountRow("platform:fees:{fee}:{currency}", _("Other fees earned"), INCOME, False,
               _("What one kind of fee beside the commission has earned.")),
    AccountRow("platform:tax:{currency}", _("Tax on fees"), LIABILITY, False,
               _("Tax on fees: what the platform owes the state.")),
    AccountRow("platform:exposure:{currency}", _("Currency position"), LIABILITY, False,
               _("What the platform holds of this currency because it exchanged with companies; below zero what it is short of.")),
    AccountRow("platform:spread:{currency}", _("Spread earned"), INCOME, False,
               _("What exchanges of currencies have earned.")),
    AccountRow("platform:fxresult:{currency}", _("Result of exchanges"), INCOME, False,
               _("What covering our own currency positions at the bank has gained; a loss stands on the other side.")),
    AccountRow("platform:losses:{currency}", _("Losses"), EXPENSE, False,
               _("What the platform has paid out of its own and does not get back.")),
    AccountRow("bank:{provider}:cash:{currency}", _("Bank account"), ASSET, False,
               _("What our own account at a bank holds, by its statements.")),
    AccountRow("provider:{provider}:clearing:{currency}", _("Clearing"), ASSET, False,
               _("What a provider has of ours and has not settled; nothing when everything is settled.")),
    AccountRow("provider:{provider}:settled:{currency}", pgettext_lazy("money", "Settled"), ASSET, False,
               _("What a provider has settled, less its fees, and has with it for us.")),
    AccountRow("provider:{provider}:transit:{currency}", _("On its way to our bank"), ASSET, False,
               _("What a provider has sent to our bank and no bank statement shows yet.")),
    AccountRow("provider:{provider}:costs:{currency}", _("Costs of payment"), EXPENSE, False,
               _("What a provider has taken for its work, by its own statement.")),
)
# fmt: on


def row_of(address: str) -> AccountRow:
    """The row of the chart for this address; ValueError for one that is not in it."""
    for row in CHART:
        if row.matches.fullmatch(address):
            return row
    raise ValueError(f"not in the chart of accounts: {address}")


def row_of_pattern(pattern: str) -> AccountRow:
    return next(row for row in CHART if row.pattern == pattern)
