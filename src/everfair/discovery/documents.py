"""From a row of the database to what the index knows of an offer."""

from __future__ import annotations

import json
import math
from functools import cache, lru_cache
from typing import Any

from everfair.base.money import exponent
from everfair.discovery.index import OfferDocument
from everfair.discovery.values import days_for
from everfair.reference import queries as reference
from everfair.reference.values import UNSORTED

# In the order in which `document` reads them: the transaction, the number and whether it is shown come first.
# JSON comes as text, so that rows which are only removed are not parsed.
COLUMNS = """
    o.changed::text, o.number,
    o.state = 'published' AND NOT EXISTS (
        SELECT FROM companies_stop s WHERE s.company_id = o.company_id AND s.kind = 'listing' AND s.lifted_at IS NULL
        AND (s.until IS NULL OR s.until > (SELECT ef_now()))),
    c.number, o.market, o.sku, o.titles::text, o.descriptions::text, o.brand, o.category, o.attributes::text,
    o.attributes_by_language::text, o.currency,
    o.price_from, o.moq, o.lead_times::text, o.origin, o.sample_price_minor IS NOT NULL, extract(epoch FROM o.updated_at)::bigint,
    c.country, coalesce(c.verified_until >= (SELECT ef_now())::date, false),
    (SELECT s.stars FROM trust_standing s WHERE s.company_id = o.company_id AND s.market = o.market ORDER BY s.day DESC LIMIT 1)
"""
# Who is new here stands in the middle: neither pushed nor held back for what nobody knows yet.
NEWCOMER_STARS = 3
# `price_from` is in millionths of the currency.
_MILLIONTHS = 6


def document(row: tuple[Any, ...]) -> OfferDocument:
    """The offer of a row with COLUMNS."""
    _changed, number, _shown, company_number, market, sku, titles, descriptions, brand, category, attributes = row[:11]
    attributes_by_language, currency, price_from, moq, lead_times, origin, sample, updated_at, country, verified, stars = row[11:]
    price_from_minor = None
    if price_from is not None:
        in_a_minor = 10 ** (_MILLIONTHS - exponent(currency))
        price_from_minor = (price_from + in_a_minor // 2) // in_a_minor
    return OfferDocument(
        number=number,
        company_number=company_number,
        market=market,
        titles=json.loads(titles),
        descriptions=json.loads(descriptions),
        brand=brand,
        attributes=_attributes(attributes, attributes_by_language),
        category=category,
        hall=category.partition("/")[0],
        sku=sku,
        price_from_minor=price_from_minor,
        currency=currency if price_from_minor is not None else None,
        moq=math.ceil(moq),
        lead_time_days=days_for(json.loads(lead_times), moq),
        sample=sample,
        country=country,
        origin=origin,
        standing=20 * (NEWCOMER_STARS if stars is None else stars),
        verified=verified,
        updated_at=max(0, updated_at),
        category_names=_category_names(category),
    )


# A colour or a material stands in thousands of offers.
@lru_cache(maxsize=8_192)
def _attributes(typed: str, translated: str) -> tuple[tuple[str, str], ...]:
    """Name and value in every language, each once."""
    pairs = [*json.loads(typed), *(pair for said in json.loads(translated).values() for pair in said)]
    return tuple(dict.fromkeys((str(name), str(value)) for name, value in pairs))


@cache
def _category_names(code: str) -> dict[str, str]:
    """What people call the category, in each language, so that its goods are found by it."""
    found = reference.categories().get(code)
    if found is None or code == UNSORTED:
        return {}
    return {"en": found.names.en, "zh-hant": found.names.zh_hant, "zh-hans": found.names.zh_hans}
