"""One offer as a row describes it, not yet saved anywhere."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from decimal import Decimal

import msgspec

from everfair.base.money import Money, UnitPrice
from everfair.catalog.sheets.numbers import tidy


@dataclass(frozen=True, slots=True)
class OfferDraft:
    """Values of one row, all checked. Texts are by language (`en`, `zh-hant`, `zh-hans`); no tiers means price on request.

    `tiers` are (from this quantity, price), rising; the first never lies above `moq`. `lead_times` are (from this quantity,
    days). `line` and `notes` say where it came from and do not count when two drafts are compared.
    """

    sku: str
    titles: dict[str, str]
    descriptions: dict[str, str] = field(default_factory=dict)
    bullets: tuple[str, ...] = ()
    brand: str = ""
    category_path: tuple[str, ...] = ()
    category_code: str = "unsorted/unsorted"
    category_confidence: float = 0.0
    attributes: dict[str, str] = field(default_factory=dict)
    attributes_by_language: dict[str, dict[str, str]] = field(default_factory=dict)
    tiers: tuple[tuple[Decimal, UnitPrice], ...] = ()
    moq: Decimal = Decimal(1)
    multiple: Decimal | None = None
    unit_code: str = "H87"
    lead_times: tuple[tuple[Decimal, int], ...] = ()
    sample_price: Money | None = None
    hs_code: str = ""
    origin: str = ""
    variant_group: str = ""
    picture_urls: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)
    notes: tuple[str, ...] = field(default=(), compare=False)

    @property
    def price_on_request(self) -> bool:
        return not self.tiers

    def content_hash(self) -> str:
        """SHA-256 of what the row says, the same for `5.2` and `5.20` and for any order of attributes.

        Our own category guess is left out: a better guess tomorrow must not make an unchanged row look changed.
        """
        said = (
            1,  # the version of this list
            self.sku, sorted(self.titles.items()), sorted(self.descriptions.items()), self.bullets, self.brand,
            self.category_path,
            sorted(self.attributes.items()),
            [(tidy(quantity), tidy(price.amount), price.currency, tidy(price.per)) for quantity, price in self.tiers],
            tidy(self.moq), tidy(self.multiple) if self.multiple is not None else None, self.unit_code,
            [(tidy(quantity), days) for quantity, days in self.lead_times],
            (self.sample_price.minor, self.sample_price.currency) if self.sample_price else None,
            self.hs_code, self.origin, self.picture_urls,
            # Only where it is said, so that rows from before it could be said are still unchanged.
            *((self.variant_group,) if self.variant_group else ()),
            *(([(code, sorted(said.items())) for code, said in sorted(translated.items())],) if (translated := self.attributes_by_language) else ()),
        )  # fmt: skip
        return hashlib.sha256(msgspec.json.encode(said)).hexdigest()
