"""What is asked of the index, and what comes back."""

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Literal, get_args

Sort = Literal["relevance", "price", "newest"]

LARGEST_PAGE = 50
# Nobody reads further; whoever wants everything exports it.
LAST_HIT = 1_000
# Lower ends of the price bands, in US cents: under 1 dollar, 1 to 5, … 1,000 and more.
PRICE_BANDS_USD_MINOR = (0, 100, 500, 2_000, 10_000, 100_000)
_LARGEST_AMOUNT = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class OfferQuery:
    """A question. Every filter is optional and all of them must hold; prices are US cents, both ends included.

    A price filter leaves out offers on request. `moq_at_most` keeps offers without a minimum.
    Refuses (ValueError) a page size outside 1–50, a negative amount and an unknown sort.
    """

    text: str = ""
    language: str = "en"
    market: str | None = None
    hall: str | None = None
    category: str | None = None
    country: str | None = None
    price_at_least_usd_minor: int | None = None
    price_at_most_usd_minor: int | None = None
    moq_at_most: int | None = None
    sample_only: bool = False
    verified_only: bool = False
    company_number: int | None = None
    sort: Sort = "relevance"
    page_size: int = 24
    cursor: str | None = None
    facets: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.page_size <= LARGEST_PAGE:
            raise ValueError(f"a page holds 1 to {LARGEST_PAGE} offers")
        if self.sort not in get_args(Sort):
            raise ValueError(f"sort is one of {', '.join(get_args(Sort))}")
        amounts = (self.price_at_least_usd_minor, self.price_at_most_usd_minor, self.moq_at_most, self.company_number)
        if any(amount is not None and not 0 <= amount <= _LARGEST_AMOUNT for amount in amounts):
            raise ValueError("an amount is a whole number from 0 to 2⁶³−1")

    def fingerprint(self) -> bytes:
        """The same for every page of one question, so that a cursor fits no other one."""
        asked = [
            (field.name, getattr(self, field.name))
            for field in fields(self)
            if field.name not in ("cursor", "page_size", "facets")
        ]
        return hashlib.blake2b(repr(asked).encode("utf-8", "backslashreplace"), digest_size=8).digest()


@dataclass(frozen=True, slots=True)
class Facets:
    """How many of the found offers lie where; pairs are sorted by count, then by code. Bands run from their lower end up."""

    halls: Sequence[tuple[str, int]]
    categories: Sequence[tuple[str, int]]
    countries: Sequence[tuple[str, int]]
    price_bands: Sequence[tuple[int, int]]
    sample: int
    verified: int


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Offers' numbers in order, each with its score. `total` may exceed the 1,000 hits that pages reach to."""

    hits: Sequence[tuple[int, float]]
    total: int
    facets: Facets | None = None
    next_cursor: str | None = None
    did_you_mean: str | None = None


_CURSOR = struct.Struct(">8sHB")
# With it a cursor is 24 bytes: in base64 no bit is left over that could be changed unseen.
_SIGNATURE_BYTES = 13
_CURSOR_LETTERS = 32


def pack_cursor(query: OfferQuery, *, offset: int, width: int, generation: str, key: str) -> str:
    """Where the next page starts, and how widely the first one looked, signed for this question and this index."""
    content = _CURSOR.pack(query.fingerprint(), offset, width)
    return base64.urlsafe_b64encode(content + _sign(content, generation, key)).decode()


def unpack_cursor(query: OfferQuery, *, generation: str, key: str) -> tuple[int, int]:
    """The offset and the width; raises ValueError for a cursor that was forged, or comes from another question or index."""
    cursor = query.cursor or ""
    try:
        packed = base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        packed = b""
    content, signature = packed[: _CURSOR.size], packed[_CURSOR.size :]
    if len(cursor) != _CURSOR_LETTERS or not hmac.compare_digest(signature, _sign(content, generation, key)):
        raise ValueError("this cursor was not made here, or the index was rebuilt since: start at the first page")
    fingerprint, offset, width = _CURSOR.unpack(content)
    if fingerprint != query.fingerprint():
        raise ValueError("this cursor belongs to another question")
    return offset, width


def _sign(content: bytes, generation: str, key: str) -> bytes:
    return hmac.digest(key.encode(), content + generation.encode(), "sha256")[:_SIGNATURE_BYTES]
