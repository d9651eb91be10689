"""Between an imported or exported row (`OfferDraft`) and the columns of an offer, both ways without loss."""

from __future__ import annotations

import dataclasses
import re
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from everfair.base.money import Money, UnitPrice
from everfair.catalog.models import Offer
from everfair.catalog.queries import smallest_step
from everfair.catalog.refusals import Wrong
from everfair.catalog.sheets.draft import OfferDraft
from everfair.catalog.sheets.numbers import tidy
from everfair.catalog.terms import Terms, wrong_quantity, wrong_terms
from everfair.catalog.values import SOURCE_CATEGORY_CHARACTERS, plain
from everfair.markets.values import Market
from everfair.reference import queries as reference

_ONE = Decimal(1)


def as_offered(draft: OfferDraft) -> OfferDraft:
    """The draft as an offer keeps it: what is said in two ways (no multiple and the smallest one) becomes one."""
    changes: dict[str, Any] = {}
    if draft.multiple is not None and draft.multiple == smallest_step(draft.unit_code):
        changes["multiple"] = None
    if draft.lead_times and draft.lead_times[0][0] != _ONE:
        changes["lead_times"] = ((_ONE, draft.lead_times[0][1]), *draft.lead_times[1:])
    return dataclasses.replace(draft, **changes) if changes else draft


def columns_of(draft: OfferDraft, market: Market) -> dict[str, Any] | list[Wrong]:
    """The columns that a draft fills (all but company, market, state, category and pictures), or everything wrong with it."""
    unit = reference.unit(draft.unit_code)
    step = smallest_step(draft.unit_code)
    priced = draft.tiers[0][1] if draft.tiers else draft.sample_price
    currency = priced.currency if priced else market.currencies[0]
    price_per = draft.tiers[0][1].per if draft.tiers else _ONE
    multiple = draft.multiple if draft.multiple is not None else step
    tiers = tuple((start, price.amount) for start, price in draft.tiers)
    wrong = list(wrong_terms(Terms(currency, tiers, price_per, draft.moq, multiple, unit), market))
    wrong += [bad for start, _ in draft.lead_times[1:] if (bad := wrong_quantity("lead_times", start, unit))]
    source = source_category(draft.category_path)
    if len(source) > SOURCE_CATEGORY_CHARACTERS:
        wrong.append(Wrong("category", "source_category_long", {"limit": SOURCE_CATEGORY_CHARACTERS}))
    if wrong:
        return wrong
    starts = [start for start, _ in draft.lead_times[1:]]
    ends = [*(tidy(start - step) for start in starts), ""] if draft.lead_times else []
    return {
        "sku": draft.sku,
        "titles": draft.titles,
        "descriptions": draft.descriptions,
        "bullets": list(draft.bullets),
        "brand": draft.brand,
        "source_category": source,
        "attributes": _pairs(draft.attributes),
        "attributes_by_language": {language: _pairs(said) for language, said in draft.attributes_by_language.items()},
        "currency": currency,
        "tiers": [[tidy(start), tidy(price)] for start, price in tiers],
        "price_per": price_per,
        "price_from": price_from(tiers, price_per),
        "moq": draft.moq,
        "multiple": multiple,
        "unit": draft.unit_code,
        "lead_times": [[end, days] for end, (_, days) in zip(ends, draft.lead_times, strict=True)],
        "sample_price_minor": draft.sample_price.minor if draft.sample_price else None,
        "hs_code": draft.hs_code,
        "origin": draft.origin,
        "variant_group": draft.variant_group or None,
        "picture_addresses": list(draft.picture_urls),
    }


def _pairs(said: dict[str, str]) -> list[list[str]]:
    return [[name, value] for name, value in said.items()]


def price_from(tiers: tuple[tuple[Decimal, Decimal], ...], price_per: Decimal) -> int | None:
    """The cheapest tier's price for one unit, in millionths of the currency."""
    if not tiers:
        return None
    return int((tiers[-1][1] * 10**6 / price_per).quantize(_ONE, rounding=ROUND_HALF_EVEN))


def draft_of(offer: Offer) -> OfferDraft:
    """The offer as an export writes it; imported again it changes nothing."""
    step = smallest_step(offer.unit)
    multiple = plain(Decimal(offer.multiple))
    per = Decimal(offer.price_per)
    starts = [_ONE, *(plain(Decimal(end) + step) for end, _ in offer.lead_times if end != "")]
    return OfferDraft(
        sku=offer.sku,
        titles=offer.titles,
        descriptions=offer.descriptions,
        bullets=tuple(offer.bullets),
        brand=offer.brand,
        category_path=category_path(offer.source_category),
        category_code=offer.category,
        attributes=dict(offer.attributes),
        attributes_by_language={language: dict(said) for language, said in offer.attributes_by_language.items()},
        tiers=tuple((Decimal(start), UnitPrice(Decimal(price), offer.currency, per)) for start, price in offer.tiers),
        moq=plain(Decimal(offer.moq)),
        multiple=None if multiple == step else multiple,
        unit_code=offer.unit,
        lead_times=tuple((start, int(days)) for start, (_, days) in zip(starts, offer.lead_times, strict=False)),
        sample_price=Money(offer.sample_price_minor, offer.currency) if offer.sample_price_minor is not None else None,
        hs_code=offer.hs_code,
        origin=offer.origin,
        variant_group=offer.variant_group or "",
        picture_urls=tuple(offer.picture_addresses),
    )


def source_category(path: tuple[str, ...]) -> str:
    """A path as one text: `Books > Children's`; a `>` within a name is escaped."""
    return " > ".join(re.sub(r"([\\>])", r"\\\1", name) for name in path)


def category_path(text: str) -> tuple[str, ...]:
    parts = re.findall(r"(?:\\.|[^\\>])+", text)
    return tuple(re.sub(r"\\(.)", r"\1", part.strip()) for part in parts)
