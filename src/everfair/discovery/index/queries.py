"""What is asked of the index, and what comes back."""

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Literal, get_args

from everfair.base.money import exponent

Sort = Literal["relevance", "price", "moq", "lead_time", "newest"]

LARGEST_PAGE = 50
# Nobody reads further; whoever wants everything exports it.
LAST_HIT = 1_000
# Lower ends of the price bands, in whole units of the currency times `band_step`: under 1 dollar, 1 to 5, … 1,000 and more.
PRICE_BANDS = (0, 1, 5, 20, 100, 1_000)
# A tenth of a dollar or so buys one unit of these.
_SMALL_UNITS = {"CNY": 5, "HKD": 5, "TWD": 20, "AED": 5, "INR": 100, "JPY": 100, "KRW": 1_000, "VND": 20_000, "IDR": 10_000}
# «At most»: the numbers that traders ask for.
MOQ_TOPS = (10, 50, 100, 500, 1_000)
LEAD_TIME_TOPS_DAYS = (7, 15, 30, 60)
_LARGEST_AMOUNT = (1 << 63) - 1


def price_bands(currency: str) -> tuple[int, ...]:
    """The lower ends of the price bands, in minor units of the currency."""
    unit = _SMALL_UNITS.get(currency, 1) * 10 ** exponent(currency)
    return tuple(low * unit for low in PRICE_BANDS)


@dataclass(frozen=True, slots=True)
class OfferQuery:
    """A question. Every filter is optional and all of them must hold; of several codes in one filter an offer has one.

    Prices are minor units of `currency`, both ends included: a price filter leaves out offers on request and those priced in
    another currency, and sorting by price puts them last. `moq_at_most` keeps offers without a minimum; `lead_time_at_most`, in
    days, leaves out those that say nothing. Facets in `fixed` belong to the page: they are not counted.
    Refuses (ValueError) a page size outside 1–50, a negative amount and an unknown sort.
    """

    text: str = ""
    language: str = "en"
    market: str | None = None
    hall: str | None = None
    categories: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    currency: str = "USD"
    price_at_least_minor: int | None = None
    price_at_most_minor: int | None = None
    moq_at_most: int | None = None
    lead_time_at_most: int | None = None
    sample_only: bool = False
    verified_only: bool = False
    company_number: int | None = None
    sort: Sort = "relevance"
    page_size: int = 24
    cursor: str | None = None
    facets: bool = False
    fixed: tuple[str, ...] = ()

    @property
    def category(self) -> str | None:
        """The one category it is about, if it is about one."""
        return self.categories[0] if len(self.categories) == 1 else None

    def __post_init__(self) -> None:
        if not 1 <= self.page_size <= LARGEST_PAGE:
            raise ValueError(f"a page holds 1 to {LARGEST_PAGE} offers")
        if self.sort not in get_args(Sort):
            raise ValueError(f"sort is one of {', '.join(get_args(Sort))}")
        amounts = (
            self.price_at_least_minor,
            self.price_at_most_minor,
            self.moq_at_most,
            self.lead_time_at_most,
            self.company_number,
        )
        if any(amount is not None and not 0 <= amount <= _LARGEST_AMOUNT for amount in amounts):
            raise ValueError("an amount is a whole number from 0 to 2⁶³−1")

    def fingerprint(self) -> bytes:
        """The same for every page of one question, so that a cursor fits no other one."""
        asked = [
            (field.name, getattr(self, field.name))
            for field in fields(self)
            if field.name not in ("cursor", "page_size", "facets", "fixed")
        ]
        return hashlib.blake2b(repr(asked).encode("utf-8", "backslashreplace"), digest_size=8).digest()


@dataclass(frozen=True, slots=True)
class Facets:
    """How many offers each choice leaves or adds: what is chosen in the same facet does not count there, everything else does.

    Pairs are sorted by count, then by code. Price bands run from their lower end up, in minor units of the question's currency;
    `moqs` and `lead_times` say how many offers ask for at most so many units or days.
    """

    halls: Sequence[tuple[str, int]]
    categories: Sequence[tuple[str, int]]
    countries: Sequence[tuple[str, int]]
    origins: Sequence[tuple[str, int]]
    currencies: Sequence[tuple[str, int]]
    price_bands: Sequence[tuple[int, int]]
    moqs: Sequence[tuple[int, int]]
    lead_times: Sequence[tuple[int, int]]
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
