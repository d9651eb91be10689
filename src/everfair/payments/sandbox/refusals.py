"""What the sandbox says no with, and the checks every field goes through."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from everfair.payments.sandbox.amounts import AMOUNT_MAX, AMOUNT_MIN, CURRENCIES

_ORIGIN = re.compile(r"https?://(?:[A-Za-z0-9.-]{1,253}|\[[0-9a-fA-F:.]{2,45}\])(?::[0-9]{1,5})?", re.ASCII)


class Refusal(Exception):
    """A clean 4xx: a code for programs, a sentence for people."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def only(given: Mapping[str, Any], allowed: str) -> None:
    """Refuses a field nobody reads: a misspelt one must not be taken for the default."""
    strangers = sorted(set(given) - set(allowed.split()))
    if strangers:
        raise Refusal(400, "unknown_field", f"Unknown field: {strangers[0][:64]!r}.")


def text(given: Mapping[str, Any], name: str, *, most: int, least: int = 1) -> str:
    """A one-line text without control characters, lone surrogates or invisible direction marks."""
    value = given.get(name, "")
    if not isinstance(value, str) or not least <= len(value) <= most:
        raise Refusal(400, "invalid_field", f"{name} must be a text of {least} to {most} characters.")
    if any(unicodedata.category(mark) in ("Cc", "Cs", "Zl", "Zp") or mark in "\u202a\u202b\u202c\u202d\u202e" for mark in value):
        raise Refusal(400, "invalid_field", f"{name} contains characters that cannot be shown on one line.")
    return value


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


def address(given: Mapping[str, Any], name: str, *, required: bool = True) -> str:
    """An http(s) address without a user name in it. The sandbox calls and redirects only to what the merchant's key gave it."""
    value = text(given, name, most=2048, least=1 if required else 0)
    if value and (not origin(value) or not value.isascii() or set(value) & set(' "<>\\^`{|}')):
        raise Refusal(400, "invalid_field", f"{name} must be an http or https address.")
    return value


def origin(url: str) -> str:
    """`https://host:port` of an address, or empty when it is not one we would write into a header."""
    try:
        parts = urlsplit(url)
        found = f"{parts.scheme}://{parts.netloc}"
        valid = _ORIGIN.fullmatch(found) and (parts.port is None or parts.port > 0)
    except ValueError:
        return ""
    return found if valid else ""


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
