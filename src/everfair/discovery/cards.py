"""Cards: an offer as lists show it, drawn once for each language and kept until the offer or its supplier changes."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.template import engines
from django.urls import reverse
from django.utils.translation import get_language
from markupsafe import Markup

from everfair.base import formats
from everfair.base.money import UnitPrice, exponent
from everfair.discovery.values import FoundOffer, Listed, read_tiers, supplier_name
from everfair.files.queries import picture_urls
from everfair.reference import queries as reference

MOST_BYTES = 24 * 2**20  # of cards in one process
_SHOWN_TIERS = 3

_Key = tuple[int, str, bool, str]


class _Drawn:
    """Cards by what they were drawn from, bounded by their bytes. Any thread may ask it."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes, self.bytes = most_bytes, 0
        self._lock = threading.Lock()
        self._cards: dict[_Key, Markup] = {}
        self.get = self._cards.get

    def keep(self, new: Mapping[_Key, Markup]) -> None:
        with self._lock:
            for key, card in new.items():
                if key not in self._cards:
                    self._cards[key] = card
                    self.bytes += _size(card)
            while self.bytes > self.most_bytes:
                # The oldest half goes at once: cheaper than keeping order at every look.
                for key in list(self._cards)[: (len(self._cards) + 1) // 2]:
                    self.bytes -= _size(self._cards.pop(key))

    def clear(self) -> None:
        with self._lock:
            self._cards.clear()
            self.bytes = 0


def _size(card: Markup) -> int:
    return sys.getsizeof(card) + 400  # with its key


_drawn = _Drawn(MOST_BYTES)


class Shown(NamedTuple):
    """An offer for pages that draw it in their own way. `supplier` is the address of its company."""

    href: str
    title: str
    picture: dict[str, Any] | None
    is_priced: bool
    unit: str
    seller: str
    country: str
    supplier: str


def cards_of(offers: Sequence[Listed], rows: Callable[[list[int]], list[FoundOffer]]) -> Markup:
    """The offers' cards in the active language. `rows` brings what those are drawn from that are not drawn yet, by number; one more
    query brings their pictures."""
    language = get_language() or "en"
    cards = [_drawn.get((offer.number, offer.changed, offer.verified, language)) for offer in offers]
    if None in cards:
        new = _draw(rows([offer.number for offer, card in zip(offers, cards, strict=True) if card is None]), language)
        _drawn.keep(new)
        by_number = {number: card for (number, *_rest), card in new.items()}
        # What was taken back just now has no card any more.
        cards = [by_number.get(offer.number) if card is None else card for offer, card in zip(offers, cards, strict=True)]
    return Markup("".join(card or "" for card in cards))  # noqa: S704  drawn by our templates


def shown(offers: Sequence[FoundOffer]) -> list[Shown]:
    """What templates of their own need of the offers, in the active language: one query for the pictures."""
    language = get_language() or "en"
    pictures = picture_urls([offer.picture for offer in offers if offer.picture])
    return [_shown(offer, pictures.get(offer.picture) if offer.picture else None, language) for offer in offers]


def _supplier_address(offer: FoundOffer) -> str:
    return reverse("companies:supplier", kwargs={"market": offer.market, "number": offer.company_number})


def _draw(offers: Sequence[FoundOffer], language: str) -> dict[_Key, Markup]:
    if not offers:
        return {}
    pictures = picture_urls([offer.picture for offer in offers if offer.picture])
    address, draw, drawn = _offers_at(offers[0].market, language), _part("card", language), {}
    for offer in offers:
        market_address = address if offer.market == offers[0].market else _offers_at(offer.market, language)
        drawn[offer.number, offer.changed, offer.verified, language] = draw(
            f"{market_address}{offer.number}/",
            offer.title(language),
            pictures.get(offer.picture) if offer.picture else None,
            _price(offer.tiers_json, offer.currency, offer.price_per, offer.unit, language),
            _terms(offer.moq, offer.unit, offer.lead_time_days, offer.sample_price_minor is not None, offer.origin, language),
            str(offer.number),
            _who(offer.company_name, offer.company_names_json, offer.country, offer.verified, language),
        )
    return drawn


# The parts of a card that many offers have alike are drawn once.


@lru_cache(maxsize=8_192)
def _price(tiers_json: str, currency: str, per: Decimal, unit: str, language: str) -> Markup:
    tiers = read_tiers(tiers_json)
    prices = [UnitPrice(price, currency, per) for _start, price in tiers]
    highest = formats.number(prices[0].amount, _places(prices[0])) if len(prices) > 1 else None
    breaks = [(formats.number(start), formats.number(p.amount, _places(p))) for (start, _), p in _telling(tiers, prices)]
    return _part("price", language)(prices[-1] if prices else None, highest, breaks, unit)  # type: ignore[no-any-return]


@lru_cache(maxsize=8_192)
def _terms(moq: Decimal, unit: str, lead_time_days: int | None, sample: bool, origin: str, language: str) -> Markup:
    country = reference.country_name(origin, language) if origin else ""
    return _part("terms", language)(moq.normalize() + 0, unit, lead_time_days, sample, country)  # type: ignore[no-any-return]


@lru_cache(maxsize=8_192)
def _who(name: str, names_json: str, country: str, verified: bool, language: str) -> Markup:
    seller = supplier_name(name, names_json, language)
    return _part("who", language)(seller, reference.country_name(country, language), verified)  # type: ignore[no-any-return]


def _shown(offer: FoundOffer, picture: dict[str, Any] | None, language: str) -> Shown:
    return Shown(
        href=offer_address(offer),
        title=offer.title(language),
        picture=picture,
        is_priced=offer.tiers_json != "[]",
        unit=offer.unit,
        seller=offer.supplier(language),
        country=reference.country_name(offer.country, language),
        supplier=_supplier_address(offer),
    )


def _telling(tiers: list[tuple[Decimal, Decimal]], prices: list[UnitPrice]) -> list[tuple[tuple[Decimal, Decimal], UnitPrice]]:
    """The first tiers and the cheapest; none when there is only one price."""
    rows = list(zip(tiers, prices, strict=True))
    if len(rows) < 2:
        return []
    return rows if len(rows) <= _SHOWN_TIERS else [*rows[: _SHOWN_TIERS - 1], rows[-1]]


def _places(price: UnitPrice) -> int:
    return max(exponent(price.currency), -int(price.amount.normalize().as_tuple().exponent))


def offer_address(offer: FoundOffer) -> str:
    """Of its page, in the active language."""
    return f"{_offers_at(offer.market, get_language() or 'en')}{offer.number}/"


@cache
def _offers_at(market: str, _language: str) -> str:
    return reverse("catalog:offer", kwargs={"market": market, "number": 0}).removesuffix("0/")


@cache
def _part(name: str, _language: str) -> Any:
    return getattr(engines["jinja2"].env.get_template("discovery/card.html").module, name)  # type: ignore[attr-defined]
