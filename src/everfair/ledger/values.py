"""Addresses an accountant can read, and the transfer between two of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from everfair.base.money import Money
from everfair.base.words import name_codes
from everfair.ledger.chart import ASSET, EXPENSE, INCOME, LIABILITY, AccountRow, row_of

PURPOSES = ("", "fund", "release", "refund", "fee", "loss")
# fmt: off
CLASS_WORDS = name_codes("account class", {
    ASSET: _("asset"), LIABILITY: _("liability"), INCOME: _("income"), EXPENSE: _("expense"),
})
PURPOSE_WORDS = name_codes("purpose", {
    "fund": _("paid into escrow"), "release": _("released to the seller"), "refund": _("refunded to the buyer"),
    "fee": _("platform fee"), "loss": pgettext_lazy("of money", "loss"),
})
PROOF_WORDS = name_codes("proof", {
    "every entry has a transfer": _("Every entry has a transfer"),
    "every transfer stays in one currency": _("Every transfer stays in one currency"),
    "every transfer moves an amount above zero between two accounts":
        _("Every transfer moves an amount above zero between two accounts"),
    "every balance is the sum of its transfers": _("Every balance is the sum of its transfers"),
    "every reservation is the sum of its open holds": _("Every reservation is the sum of its open holds"),
    "no account holds less than is reserved": _("No account holds less than is reserved"),
    "every escrow: funded = held + released + refunded + fees + lost":
        _("Every escrow: funded = held + released + refunded + fees + lost"),
    "no hold was posted beyond its amount": _("No hold was posted beyond its amount"),
    "every seal follows the one before it and says what its rows say":
        _("Every seal follows the one before it and says what its rows say"),
    "every row older than the newest seal is sealed": _("Every row older than the newest seal is sealed"),
    "every checkpoint stands in the chain": _("Every checkpoint stands in the chain"),
})
PERIOD_WORDS = name_codes("ledger.period", {
    "open": _("Open"), "closing": _("Closed by one person"), "closed": _("Closed"),
})
ENTRY_WORDS = name_codes("entry", {"correction": _("Correction of an earlier entry")})
CHECK_WORDS = name_codes("closing check", {"every proof of the books holds": _("Every proof of the books holds")})
# fmt: on

# Such an address says its currency; the others take that of their first transfer.
_NAMED_CURRENCY = re.compile(r":([A-Z]{3})\Z")


def account_kind(address: str) -> AccountRow:
    """What the chart says of an address; ValueError for one that is not in it."""
    return row_of(address)


def wallet(company_id: UUID, currency: str) -> str:
    return f"company:{company_id}:wallet:{currency}"


def owed(company_id: UUID, currency: str) -> str:
    return f"company:{company_id}:owed:{currency}"


def reserve_of(company_id: UUID, currency: str) -> str:
    """What of a seller's card payments is kept back for a while."""
    return f"company:{company_id}:reserve:{currency}"


def taken_back(chargeback_id: UUID) -> str:
    """What a payer's bank took back, until it is taken from those who had it."""
    return f"chargeback:{chargeback_id}:taken"


def escrow(stage_id: UUID) -> str:
    return f"stage:{stage_id}:escrow"


def received(intent_id: UUID) -> str:
    return f"intent:{intent_id}:received"


def refund_due(refund_id: UUID) -> str:
    return f"refund:{refund_id}:due"


def credit_owed(line_id: UUID) -> str:
    return f"credit:{line_id}:owed"


def credit_receivable(line_id: UUID) -> str:
    return f"credit:{line_id}:receivable"


def credit_fees(line_id: UUID) -> str:
    return f"credit:{line_id}:fees"


def gathered(intent_id: UUID) -> str:
    """Parts of a payment that came by bank and wait for the rest."""
    return f"intent:{intent_id}:gathered"


def line_suspense(line_id: UUID) -> str:
    """What one line of a bank statement brought and nobody has been given yet: it can never be given twice."""
    return f"line:{line_id}:suspense"


def return_due(return_id: UUID) -> str:
    """What a sender is to have back by bank."""
    return f"return:{return_id}:due"


def bank_cash(account: str, currency: str) -> str:
    return f"bank:{account}:cash:{currency}"


def fees(currency: str, kind: str = "commission") -> str:
    """What one kind of fee has earned; the commission, which came first, has the plain address."""
    return f"platform:fees:{currency}" if kind == "commission" else f"platform:fees:{kind}:{currency}"


def tax(currency: str) -> str:
    """Tax on fees: what the platform owes the state."""
    return f"platform:tax:{currency}"


def suspense(currency: str) -> str:
    return f"platform:suspense:{currency}"


def clearing(provider: str, currency: str) -> str:
    return f"provider:{provider}:clearing:{currency}"


def settled(provider: str, currency: str) -> str:
    return f"provider:{provider}:settled:{currency}"


def transit(provider: str, currency: str) -> str:
    """What a provider has sent to our bank and no bank statement shows yet."""
    return f"provider:{provider}:transit:{currency}"


def costs(provider: str, currency: str) -> str:
    return f"provider:{provider}:costs:{currency}"


def exposure(currency: str) -> str:
    """The platform's own position in a currency: above zero it holds some, below zero it is short of some."""
    return f"platform:exposure:{currency}"


def fx_spread(currency: str) -> str:
    return f"platform:spread:{currency}"


def fx_result(currency: str) -> str:
    """What covering positions has gained; below zero what it has lost."""
    return f"platform:fxresult:{currency}"


def losses(currency: str) -> str:
    return f"platform:losses:{currency}"


@dataclass(frozen=True, slots=True)
class Transfer:
    """An amount above zero from `source` (debited) to `target` (credited): it cannot be unbalanced.

    `purpose` is needed where an escrow is touched: fund, release, refund, fee or loss.
    """

    source: str
    target: str
    amount: Money
    purpose: str = ""

    def __post_init__(self) -> None:
        if self.amount.minor <= 0:
            raise ValueError("a transfer moves an amount above zero")
        if self.source == self.target:
            raise ValueError("a transfer has two different ends")
        if self.purpose not in PURPOSES:
            raise ValueError(f"unknown purpose {self.purpose}")
        for address in (self.source, self.target):
            account_kind(address)
            named = _NAMED_CURRENCY.search(address)
            if named and named[1] != self.amount.currency:
                raise ValueError(f"{address} holds no {self.amount.currency}")
