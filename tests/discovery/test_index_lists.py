"""Filters, facets, sorts and pages of the index, against a plain list of three hundred offers."""

import random
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everfair.discovery.index import (
    Facets,
    OfferIndex,
    OfferQuery,
    price_bands,
)
from tests.discovery.indexed import everything, filled, goods, offer

__all__ = ["goods"]


def random_offers(count=300, seed=11):
    pick = random.Random(seed)
    colours, things = ["red", "green", "blue"], ["bolt", "bottle", "boot", "lamp"]
    return [
        offer(
            number,
            f"{pick.choice(colours)} {pick.choice(things)}",
            company_number=pick.randint(1, 5),
            category=pick.choice(["c1", "c2", "c3"]),
            hall=pick.choice(["h1", "h2"]),
            country=pick.choice(["CN", "TW", "VN"]),
            origin=pick.choice(["", "CN", "VN"]),
            **pick.choice(
                [{}, *({"price_from_minor": price} for price in (0, 99, 100, 499, 500, 2_500, 99_999, 100_000, 10**9))]
                + [{"price_from_minor": price, "currency": "JPY"} for price in (0, 99, 100, 499, 100_000)]
            ),
            moq=pick.choice([None, 1, 10, 11, 500]),
            lead_time_days=pick.choice([None, 0, 7, 8, 30, 90]),
            sample=pick.random() < 0.4,
            verified=pick.random() < 0.5,
            standing=pick.randint(0, 100),
            updated_at=pick.choice([1_700_000_000, 1_700_000_001, 1_800_000_000]),
        )
        for number in range(1, count + 1)
    ]


RANDOM_OFFERS = random_offers()


@pytest.fixture(scope="module")
def random_goods(tmp_path_factory):
    index = OfferIndex.open(tmp_path_factory.mktemp("search") / "offers")
    with index.writer() as writer:
        for start in range(0, 300, 100):
            writer.put(RANDOM_OFFERS[start : start + 100])
            writer.commit(str(start))
    return index.reader()


def passes(document, query):
    price = document.price_from_minor if document.currency == query.currency else None
    least, most = query.price_at_least_minor, query.price_at_most_minor
    return (
        (query.market is None or document.market == query.market)
        and (query.hall is None or document.hall == query.hall)
        and (not query.categories or document.category in query.categories)
        and (not query.countries or document.country in query.countries)
        and (not query.origins or document.origin in query.origins)
        and (query.company_number is None or document.company_number == query.company_number)
        and (least is None or (price is not None and price >= least))
        and (most is None or (price is not None and price <= most))
        and (query.moq_at_most is None or (document.moq or 0) <= query.moq_at_most)
        and (
            query.lead_time_at_most is None
            or (document.lead_time_days is not None and document.lead_time_days <= query.lead_time_at_most)
        )
        and (not query.sample_only or document.sample)
        and (not query.verified_only or document.verified)
        and set(query.text.split()) <= set(document.titles["en"].split())
    )


amounts = st.sampled_from([None, None, None, 0, 99, 100, 500, 100_000, 10**9, 2**63 - 1])


@settings(max_examples=150)
@given(
    query=st.builds(
        OfferQuery,
        text=st.sampled_from(["", "", "red", "bolt", "red bolt", "blue lamp"]),
        market=st.sampled_from([None, "export", "domestic"]),
        hall=st.sampled_from([None, None, "h1", "h9"]),
        categories=st.sampled_from([(), (), ("c1",), ("c1", "c2")]),
        countries=st.sampled_from([(), (), ("CN",), ("VN", "TW")]),
        origins=st.sampled_from([(), (), ("CN",), ("CN", "VN")]),
        currency=st.sampled_from(["USD", "USD", "JPY", "EUR"]),
        company_number=st.sampled_from([None, None, None, 1, 5, 77]),
        price_at_least_minor=amounts,
        price_at_most_minor=amounts,
        moq_at_most=st.sampled_from([None, None, 0, 1, 10, 499]),
        lead_time_at_most=st.sampled_from([None, None, None, 0, 7, 30]),
        sample_only=st.booleans(),
        verified_only=st.booleans(),
        sort=st.just("price"),
        facets=st.just(True),
        fixed=st.sampled_from([(), (), ("hall", "category")]),
        page_size=st.just(50),
    )
)
def test_filters_and_facets_agree_with_a_plain_list(random_goods, query):
    right = [document for document in RANDOM_OFFERS if passes(document, query)]
    page = random_goods.search(query)

    if len(right) < 3 and " " in query.text:
        # Hardly anything has both words, so the question was widened: the right ones are still among the answers.
        assert {document.number for document in right} <= {number for number, _score in page.hits}
        return
    assert page.total == len(right)
    assert [number for number, _score in page.hits] == [
        document.number for document in sorted(right, key=by_price(query.currency))
    ][:50]
    assert page.facets == counted(query)


def by_price(currency):
    """What is priced in this currency by price, the rest by standing."""

    def key(document):
        is_priced = document.currency == currency
        return (
            not is_priced,
            document.price_from_minor if is_priced else 0,
            *(() if is_priced else by_standing(document)),
            document.number,
        )

    return key


def by_standing(document):
    return (not document.verified, -document.standing, document.number)


def counted(query):
    """What each choice would leave or add: everything else that is chosen holds."""

    def left(name, **blank):
        return [document for document in RANDOM_OFFERS if passes(document, replace(query, **blank))]

    def counts(name, documents):
        values = [value for document in documents if (value := getattr(document, name))]
        return sorted(((value, values.count(value)) for value in set(values)), key=lambda pair: (-pair[1], pair[0]))

    free = left("currency", price_at_least_minor=None, price_at_most_minor=None)
    prices = [document.price_from_minor for document in free if document.currency == query.currency]
    lows = price_bands(query.currency)
    moqs = [document.moq or 0 for document in left("moq", moq_at_most=None)]
    days = [
        document.lead_time_days for document in left("lead_time", lead_time_at_most=None) if document.lead_time_days is not None
    ]
    return Facets(
        halls=[] if "hall" in query.fixed else counts("hall", left("hall", hall=None, categories=())),
        categories=[] if "category" in query.fixed else counts("category", left("category", categories=())),
        countries=counts("country", left("country", countries=())),
        origins=counts("origin", left("origin", origins=())),
        currencies=counts("currency", free),
        price_bands=[
            (low, sum(low <= price < high for price in prices)) for low, high in zip(lows, [*lows[1:], float("inf")], strict=True)
        ],
        moqs=[(top, sum(moq <= top for moq in moqs)) for top in (10, 50, 100, 500, 1_000)],
        lead_times=[(top, sum(each <= top for each in days)) for top in (7, 15, 30, 60)],
        sample=sum(document.sample for document in left("")),
        verified=sum(document.verified for document in left("")),
    )


def test_every_sort_has_its_whole_order(random_goods):
    def numbers(key):
        return [document.number for document in sorted(RANDOM_OFFERS, key=key)]

    assert everything(random_goods, sort="price") == numbers(by_price("USD"))
    assert everything(random_goods, sort="price", currency="JPY") == numbers(by_price("JPY"))
    assert everything(random_goods, sort="moq") == numbers(lambda each: (each.moq or 0, each.number))
    assert everything(random_goods, sort="lead_time") == numbers(
        lambda each: (each.lead_time_days is None, each.lead_time_days or 0, each.number)
    )
    assert everything(random_goods, sort="newest") == numbers(lambda each: (-each.updated_at, each.number))
    assert everything(random_goods) == numbers(by_standing)


def test_a_question_by_relevance_counts_and_pages_every_answer(random_goods):
    right = {document.number for document in RANDOM_OFFERS if "red" in document.titles["en"]}

    numbers = everything(random_goods, text="red", page_size=5)

    assert len(numbers) == len(set(numbers))
    assert set(numbers) == right
    assert random_goods.search(OfferQuery(text="red")).total == len(right)


def test_pages_end_at_a_thousand_hits_while_the_total_is_true(tmp_path):
    reader = filled(tmp_path / "offers", *[offer(number, "Copper pipe") for number in range(1, 1_101)]).reader()

    assert reader.search(OfferQuery(text="copper")).total == 1_100
    assert everything(reader, text="copper", page_size=48) == list(range(1, 1_001))


def test_a_forged_or_foreign_cursor_is_refused(goods, random_goods):
    cursor = random_goods.search(OfferQuery(text="red", page_size=5)).next_cursor
    forged = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")

    for bad in (forged, "", "x", "é", "\ud800", cursor + "AA", "A" * 36, cursor[:10], cursor + "=", "0" * 10_000):
        with pytest.raises(ValueError):
            random_goods.search(OfferQuery(text="red", page_size=5, cursor=bad))
    with pytest.raises(ValueError, match="another question"):
        random_goods.search(OfferQuery(text="blue", page_size=5, cursor=cursor))
    with pytest.raises(ValueError, match="rebuilt"):
        goods.search(OfferQuery(text="red", page_size=5, cursor=cursor))


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10_000,
        "a.1-" * 2_500,
        "stainlesss vacuumm bottlee " * 400,
        "不鏽鋼" * 3_300,
        "1x" * 5_000,
        "OR AND NOT " * 900,
        '"(' * 5_000,
        "zzzzzzzzzzzzzzzzzzzz " * 500,
        "\U0001f600" * 10_000,
        "' , " * 2_500,
        " ".join(f"wrongword{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"),
    ],
)
def test_a_very_long_text_costs_little(random_goods, text):
    random_goods.search(OfferQuery(text=text))
    spent = []
    for _ in range(3):
        started = time.process_time()
        random_goods.search(OfferQuery(text=text))
        random_goods.suggest(text)
        spent.append(time.process_time() - started)

    assert min(spent) <= 0.2
