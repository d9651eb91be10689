"""What a sandbox says no with, and the checks its fields go through."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

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


def whole(given: Mapping[str, Any], name: str, default: int | None, least: int, most: int) -> int | None:
    value = given.get(name)
    if value is None:
        return default
    if type(value) is not int or not least <= value <= most:  # a bool is an int in Python; not here
        raise Refusal(400, "invalid_field", f"{name} must be a whole number from {least} to {most}.")
    return value


def address(given: Mapping[str, Any], name: str, *, required: bool = True) -> str:
    """An http(s) address without a user name in it. A sandbox calls and redirects only to what its customer's key gave it."""
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
