"""Addresses an accountant can read, and the transfer between two of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from everfair.base.money import Money
from everfair.base.words import name_codes

ASSET, LIABILITY, INCOME, EXPENSE = "asset", "liability", "income", "expense"
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
})
# fmt: on

# The chart of accounts: pattern, class, whether a balance is kept with the account (parties and escrow: yes;
# platform-wide accounts: no, a hot row would collapse under concurrency), and whether it is an escrow.
_ID = r"[0-9a-f]{8}-[0-9a-f-]{27}"
_CHART = (
    (re.compile(rf"company:{_ID}:wallet:[A-Z]{{3}}"), LIABILITY, True, False),
    (re.compile(rf"stage:{_ID}:escrow"), LIABILITY, True, True),
    (re.compile(rf"intent:{_ID}:received"), LIABILITY, True, False),
    (re.compile(rf"refund:{_ID}:due"), LIABILITY, True, False),
    (re.compile(r"platform:suspense:[A-Z]{3}"), LIABILITY, False, False),
    (re.compile(r"platform:fees:[A-Z]{3}"), INCOME, False, False),
    (re.compile(r"platform:losses:[A-Z]{3}"), EXPENSE, False, False),
    (re.compile(r"provider:[a-z0-9_]+:clearing:[A-Z]{3}"), ASSET, False, False),
    (re.compile(r"provider:[a-z0-9_]+:costs:[A-Z]{3}"), EXPENSE, False, False),
)
# Such an address says its currency; the others take that of their first transfer.
_NAMED_CURRENCY = re.compile(r":([A-Z]{3})\Z")


@dataclass(frozen=True, slots=True)
class AccountKind:
    account_class: str
    kept: bool
    escrow: bool


def account_kind(address: str) -> AccountKind:
    """What the chart says of an address; ValueError for one that is not in it."""
    for pattern, account_class, kept, escrow in _CHART:
        if pattern.fullmatch(address):
            return AccountKind(account_class, kept, escrow)
    raise ValueError(f"not in the chart of accounts: {address}")


def wallet(company_id: UUID, currency: str) -> str:
    return f"company:{company_id}:wallet:{currency}"


def escrow(stage_id: UUID) -> str:
    return f"stage:{stage_id}:escrow"


def received(intent_id: UUID) -> str:
    return f"intent:{intent_id}:received"


def refund_due(refund_id: UUID) -> str:
    return f"refund:{refund_id}:due"


def fees(currency: str) -> str:
    return f"platform:fees:{currency}"


def suspense(currency: str) -> str:
    return f"platform:suspense:{currency}"


def clearing(provider: str, currency: str) -> str:
    return f"provider:{provider}:clearing:{currency}"


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
