"""Our own bank accounts, as this installation's settings name them: where payers send money, and whose statements we read."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache

from django.conf import settings

RAIL = "bank"


@dataclass(frozen=True, slots=True)
class OurAccount:
    """`code` names it in the books for ever. `also` are other ways in which its bank writes its number in statements."""

    code: str
    holder: str
    account: str
    bic: str
    bank: str
    country: str
    currency: str
    also: tuple[str, ...] = ()

    @property
    def is_sepa(self) -> bool:
        """Whether a transfer to it can be put into a picture that banking apps read (EPC069-12: EUR to an IBAN)."""
        return self.currency == "EUR" and self.account[:2].isalpha()


def read_accounts(text: str) -> tuple[OurAccount, ...]:
    """The accounts of a setting in JSON; ValueError says what is wrong with it."""
    accounts = []
    for row in json.loads(text or "[]"):
        made = OurAccount(**row | {"account": plain_number(row.get("account", "")), "also": tuple(row.get("also", ()))})
        if not re.fullmatch(r"[a-z0-9]{1,20}", made.code) or not made.account or not re.fullmatch(r"[A-Z]{3}", made.currency):
            raise ValueError(f"a bank account needs a code of small letters and digits, a number and a currency: {row}")
        accounts.append(made)
    if len({row.code for row in accounts}) < len(accounts):
        raise ValueError("two bank accounts have the same code")
    return tuple(accounts)


@cache
def _accounts(text: str) -> tuple[OurAccount, ...]:
    return read_accounts(text)


def our_accounts() -> tuple[OurAccount, ...]:
    return _accounts(settings.BANK_ACCOUNTS)


def account_for(currency: str) -> OurAccount | None:
    """The one that takes transfers in this currency: the first that the settings name."""
    return next((row for row in our_accounts() if row.currency == currency), None)


def account_by_code(code: str) -> OurAccount | None:
    return next((row for row in our_accounts() if row.code == code), None)


def plain_number(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", text.upper())


def account_by_number(text: str) -> OurAccount | None:
    """The one a statement is of, however its bank writes the number, with its currency behind it or not."""
    said = plain_number(text)
    for row in our_accounts():
        for number in (row.account, *map(plain_number, row.also)):
            if said and said in (number, number + row.currency):
                return row
    return None


def epc_payload(account: OurAccount, minor: int, reference: str) -> str:
    """What the picture says (EPC069-12, version 002): a SEPA transfer of this amount in cents with this reference."""
    amount = f"EUR{minor // 100}.{minor % 100:02d}"
    return "\n".join(["BCD", "002", "1", "SCT", account.bic, account.holder[:70], account.account, amount, "", reference])
