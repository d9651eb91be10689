"""The checks of money and bank accounts, beside those that every sandbox has."""

import re
from collections.abc import Mapping
from typing import Any

from everfair.base.sandbox.refusals import Refusal, address, only, origin, text
from everfair.payments.sandbox.amounts import AMOUNT_MAX, AMOUNT_MIN, CURRENCIES

__all__ = ["Refusal", "address", "amount", "bank_account", "bic", "currency", "only", "origin", "text"]


def amount(given: Mapping[str, Any]) -> int:
    value = given.get("amount_minor")
    if type(value) is not int:  # a bool is an int in Python; not here
        raise Refusal(400, "invalid_amount", "amount_minor must be a whole number of minor units.")
    if not AMOUNT_MIN <= value <= AMOUNT_MAX:
        raise Refusal(400, "amount_out_of_bounds", f"amount_minor must lie between {AMOUNT_MIN} and {AMOUNT_MAX}.")
    return value


def currency(given: Mapping[str, Any]) -> str:
    value = given.get("currency")
    if not isinstance(value, str) or value not in CURRENCIES:
        raise Refusal(400, "unsupported_currency", "currency must be an ISO 4217 code that this provider takes.")
    return value


def bank_account(value: str) -> str:
    """A local number of 4–34 letters and digits, or an IBAN whose check digits (ISO 7064 mod 97) are right."""
    if not re.fullmatch(r"[A-Z0-9]{4,34}", value):
        raise Refusal(400, "invalid_account", "account must be 4 to 34 capital letters and digits without spaces.")
    if re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", value):
        turned = value[4:] + value[:4]
        if int("".join(str(int(mark, 36)) for mark in turned)) % 97 != 1:
            raise Refusal(400, "invalid_account", "The check digits of this IBAN are wrong.")
    return value


def bic(value: str) -> str:
    if value and not re.fullmatch(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?", value):
        raise Refusal(400, "invalid_bic", "bic must be 8 or 11 characters, such as DEUTDEFF.")
    return value
