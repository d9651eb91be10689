import os
import random
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from everfair.discovery.index import (
    Facets,
    IndexLost,
    OfferDocument,
    OfferIndex,
    OfferQuery,
    WriterBusy,
    price_bands,
)
from everfair.discovery.index import documents as index_documents


def offer(number, title="Thing", **given):
    titles = given.pop("titles", {"en": title})
    if given.get("price_from_minor") is not None:
        given.setdefault("currency", "USD")
    return OfferDocument(number=number, company_number=given.pop("company_number", 1), market="export", titles=titles, **given)


def filled(folder, *offers):
    index = OfferIndex.open(folder)
    with index.writer() as writer:
        writer.put(offers)
        writer.commit("1")
    return index


def run(program, folder):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run([sys.executable, "-c", program, str(folder)], capture_output=True, text=True, env=environment)


def found(index_or_reader, text="", **asked):
    reader = index_or_reader.reader() if isinstance(index_or_reader, OfferIndex) else index_or_reader
    return [number for number, _score in reader.search(OfferQuery(text=text, **asked)).hits]


GOODS = [
    offer(1, titles={"en": "Stainless Steel Hex Bolt M8 x 50", "zh-Hans": "不锈钢六角螺栓"}, brand="Café Böltz", sku="AB-12/4"),
    offer(
        2, titles={"en": "Vacuum bottle, 500 ml", "zh-Hant": "不鏽鋼保溫杯"}, brand="Thermo", category_names={"en": "Drinkware"}
    ),
    offer(
        3,
        "Running shoes for women",
        descriptions={"en": "Breathable mesh, weighs 5 kg boxed"},
        attributes=[("Colour", "Crimson")],
    ),
    offer(4, titles={"zh-Hans": "激光切割机"}, descriptions={"zh-Hans": "适合不锈钢板"}, hall="machines"),
    offer(5, "Leather Women's boot", brand="Strider"),
]


@pytest.fixture(scope="module")
def goods(tmp_path_factory):
    return filled(tmp_path_factory.mktemp("search") / "offers", *GOODS).reader()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("bolt", [1]),
        ("BOLTS", [1]),
        ("run shoe", [3]),
        ("womens", [5, 3]),
        ("women's boot", [5, 3]),
        ("crimson", [3]),
        ("mesh", [3]),
        ("drinkware", [2]),
        ("cafe boltz", [1]),
        ("CAFÉ BÖLTZ", [1]),
        ("ＳＴＥＥＬ", [1]),
        ("m8x50", [1]),
        ("M8 × 50", [1]),
        ("m8", [1]),
        ("500ml", [2]),
        ("500 ML", [2]),
        ("ab124", [1]),
        ("AB 12-4", [1]),
        ("ab-12/4", [1]),
        ("不锈钢", [2, 1, 4]),
        ("不鏽鋼", [2, 1, 4]),
        ("保温杯", [2]),
        ("保溫杯", [2]),
        ("杯", [2]),
        ("雷射切割機", [4]),
        ("切割", [4]),
        ("六角", [1]),
        ("thermos", [2]),
        ("elephant", []),
        ("???", []),
        ("😀", []),
    ],
)
def test_a_question_finds_its_offers(goods, text, numbers):
    assert found(goods, text) == numbers


def test_offers_with_everything_asked_for_come_before_the_rest(goods):
    assert found(goods, "vacuum shoes bottle") == [2, 3]
    assert found(goods, "leather shoes women boot") == [5, 3]


def test_filler_words_ask_for_nothing(goods):
    assert found(goods, "the bolt with a") == [1]


def test_a_title_weighs_more_than_a_brand_and_a_description_least(tmp_path):
    index = filled(
        tmp_path / "offers",
        offer(1, "Kettle one", descriptions={"en": "A granite colour finish"}),
        offer(2, "Kettle two", attributes=[("Finish", "granite")]),
        offer(3, "Kettle three", brand="Granite"),
        offer(4, "Granite kettle"),
    )

    assert found(index, "granite") == [4, 3, 2, 1]


def test_a_slip_of_the_finger_still_finds_and_says_so(goods):
    page = goods.search(OfferQuery(text="vacum botle"))

    assert [number for number, _score in page.hits] == [2]
    assert page.did_you_mean == "vacuum bottle"


def test_a_word_that_is_known_is_not_corrected(goods):
    assert goods.search(OfferQuery(text="vacuum bottle")).did_you_mean is None


def test_a_better_standing_wins_between_equals_and_then_the_lower_number(tmp_path):
    index = filled(
        tmp_path / "offers", *[offer(number, "Copper pipe", standing=90 if number == 7 else 10) for number in (9, 4, 7, 2)]
    )

    assert found(index, "copper pipe") == [7, 2, 4, 9]
    assert found(index) == [7, 2, 4, 9]


def test_equal_offers_keep_their_order_over_pages_and_segments(tmp_path):
    index = OfferIndex.open(tmp_path / "offers")
    numbers = list(range(1, 301))
    random.Random(3).shuffle(numbers)
    with index.writer() as writer:
        for start in range(0, 300, 60):
            writer.put(offer(number, "Copper pipe") for number in numbers[start : start + 60])
            writer.commit(str(start))
    reader = index.reader()

    for asked in ({"text": "copper"}, {}, {"sort": "price"}, {"sort": "newest"}):
        assert everything(reader, page_size=7, **asked) == list(range(1, 301)), asked


def everything(reader, **asked):
    numbers, cursor = [], None
    while True:
        page = reader.search(OfferQuery(cursor=cursor, **asked))
        numbers += [number for number, _score in page.hits]
        cursor = page.next_cursor
        if cursor is None:
            return numbers


# Filters against a plain list.


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


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


# Cursors.


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


def test_a_cursor_outlives_a_commit_but_not_a_rebuild(tmp_path):
    folder = tmp_path / "offers"
    index = filled(folder, *[offer(number, "Copper pipe") for number in range(1, 21)])
    reader = index.reader()
    cursor = reader.search(OfferQuery(text="copper", page_size=5)).next_cursor
    with index.writer() as writer:
        writer.put([offer(99, "Brass pipe")])
        writer.commit("2")
    reader.refresh()
    assert found(reader, "copper", page_size=5, cursor=cursor) == [6, 7, 8, 9, 10]

    shutil.rmtree(folder)
    filled(folder, *[offer(number, "Copper pipe") for number in range(1, 21)])
    reader.refresh()

    with pytest.raises(ValueError, match="rebuilt"):
        reader.search(OfferQuery(text="copper", page_size=5, cursor=cursor))


@pytest.mark.parametrize(
    "wrong",
    [
        {"page_size": 0},
        {"page_size": 51},
        {"sort": "cheapest"},
        {"moq_at_most": -1},
        {"price_at_most_minor": 2**63},
        {"company_number": -5},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError):
        OfferQuery(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": 0},
        {"number": 2**63},
        {"standing": 101},
        {"moq": -1},
        {"price_from_minor": 5},
        {"currency": "USD"},
        {"updated_at": -1},
        {"market": "*"},
    ],
)
def test_an_offer_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError):
        OfferDocument(**{"number": 1, "company_number": 1, "market": "export", "titles": {}, **wrong})


# Nothing that people type can break it.

SIGNS = st.sampled_from("\"'+-:(){}[]^~*?\\/!&|<>\x00\ud800\udfff😀 ab1不鏽.,×x")
NASTY = st.text(st.one_of(SIGNS, st.characters()), max_size=60)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=NASTY)
def test_no_text_breaks_a_search_or_a_suggestion(goods, text):
    for sort in ("relevance", "price"):
        page = goods.search(OfferQuery(text=text, market=text[:3] or None, hall=text[:2] or None, facets=True, sort=sort))
        assert page.total >= len(page.hits)
    goods.search(OfferQuery(text=text))
    assert len(goods.suggest(text, text[:2], 5)) <= 5


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

    assert min(spent) <= 0.020


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=NASTY)
def test_any_text_can_be_put(tmp_path_factory, text):
    document = OfferDocument(
        number=1,
        company_number=1,
        market=text.replace("*", ""),
        titles={text: text},
        descriptions={"en": text},
        brand=text,
        attributes=[(text, text)],
        category=text,
        sku=text,
        category_names={text: text},
    )

    index_documents.to_tantivy(document)


# What is like an offer.


def test_like_an_offer_are_others_of_its_category_then_of_its_hall_with_half_of_its_words(tmp_path):
    place = {"hall": "h", "category": "h/c"}
    reader = filled(
        tmp_path / "offers",
        offer(1, "Red copper kettle", company_number=1, **place),
        offer(2, "Red copper kettle", company_number=1, **place),
        offer(3, "Green lamp", company_number=2, **place),
        offer(4, "Red copper pot", company_number=3, **place),
        offer(5, "Red copper pan", company_number=3, hall="h", category="h/d"),
        offer(6, "Red lamp", company_number=3, hall="h", category="h/d"),
        offer(7, "Red copper kettle", company_number=3, hall="other", category="other/c"),
    ).reader()

    def like(category, **given):
        return reader.similar(1, ["Red copper kettle"], company_number=1, market="export", category=category, **given)

    assert like("h/c") == [4, 3, 5]
    assert like("h/c", limit=1) == [4]
    assert sorted(like("")) == [4, 5, 7]
    assert reader.similar(1, [], company_number=1, market="export", category="") == []


# Suggestions.


@pytest.mark.parametrize(
    ("prefix", "language", "expected"),
    [
        ("sta", "en", ["stainless"]),
        ("stainless st", "en", ["stainless steel"]),
        ("caf", "en", ["Café Böltz"]),
        ("CAFÉ b", "en", ["Café Böltz"]),
        ("drink", "en", ["Drinkware"]),
        ("drink", "zh-Hans", []),
        ("不锈", "zh-Hans", ["不锈", "不锈钢"]),
        ("不鏽鋼", "zh-Hant", ["不鏽鋼"]),
        ("bo", "en", ["bolt", "boot", "bottle"]),
        ("", "en", []),
        ("qqq", "en", []),
    ],
)
def test_a_beginning_grows_into_what_there_is(goods, prefix, language, expected):
    assert goods.suggest(prefix, language, 8) == expected


# Writing.


def test_putting_again_replaces_and_removing_forgets(tmp_path):
    index = filled(tmp_path / "offers", offer(1, "Copper pipe"), offer(2, "Copper wire"))
    with index.writer() as writer:
        writer.put([offer(1, "Brass pipe"), offer(1, "Silver pipe")])
        writer.remove([2, 55])
        writer.commit("2")
    reader = index.reader()

    assert found(reader, "copper") == []
    assert found(reader, "brass") == []
    assert found(reader, "silver") == [1]
    assert found(reader) == [1]
    assert reader.count() == 1


def test_changes_and_cursor_appear_together_or_not_at_all(tmp_path):
    index = filled(tmp_path / "offers", offer(1))
    with index.writer() as writer:
        writer.put([offer(2)])
        assert writer.cursor() == "1"
        assert found(index) == [1]
    assert index.cursor() == "1"
    assert found(index) == [1]

    with index.writer() as writer:
        writer.commit("place 17 – ½")

    assert OfferIndex.open(tmp_path / "offers").cursor() == "place 17 – ½"
    assert found(index) == [1]


def test_a_new_index_has_no_cursor(tmp_path):
    index = OfferIndex.open(tmp_path / "deep" / "offers")

    assert index.cursor() is None
    assert found(index) == []


def test_a_reader_sees_a_commit_within_half_a_second(tmp_path):
    index = filled(tmp_path / "offers", offer(1))
    reader = index.reader()
    assert found(reader) == [1]
    with index.writer() as writer:
        writer.put([offer(2)])
        writer.commit("2")

    deadline = time.monotonic() + 2
    while found(reader) != [1, 2] and time.monotonic() < deadline:
        time.sleep(0.05)

    assert found(reader) == [1, 2]


def test_a_second_writer_is_refused_here_and_in_another_process(tmp_path):
    folder = tmp_path / "offers"
    index = OfferIndex.open(folder)
    program = (
        "import sys; from everfair.discovery.index import OfferIndex, WriterBusy\n"
        "try: OfferIndex.open(sys.argv[1]).writer().close(); print('wrote')\n"
        "except WriterBusy as busy: print(busy)\n"
    )

    def another():
        return run(program, folder).stdout

    with index.writer():
        with pytest.raises(WriterBusy):
            OfferIndex.open(folder).writer()
        assert another() == "another process writes this index; only one indexer may run\n"
    assert another() == "wrote\n"


def test_a_writer_that_was_killed_leaves_the_last_commit_and_no_lock(tmp_path):
    folder = tmp_path / "offers"
    filled(folder, offer(1))
    program = (
        "import os, sys; from everfair.discovery.index import OfferDocument, OfferIndex\n"
        "writer = OfferIndex.open(sys.argv[1]).writer()\n"
        "writer.put([OfferDocument(number=2, company_number=1, market='export', titles={'en': 'Lost'})])\n"
        "os.kill(os.getpid(), 9)\n"
    )
    assert run(program, folder).returncode == -9

    index = OfferIndex.open(folder)

    assert index.cursor() == "1"
    with index.writer() as writer:
        writer.put([offer(3)])
        writer.commit("3")
    assert found(index) == [1, 3]


# A lost index heals itself.


def damage_identity(folder):
    (folder / "identity.json").write_text("{")


def damage_meta(folder):
    (folder / "segments" / "meta.json").write_text("{]")


def lose_meta(folder):
    (folder / "segments" / "meta.json").unlink()


def lose_identity(folder):
    (folder / "identity.json").unlink()


def lose_segments(folder):
    shutil.rmtree(folder / "segments")


def tear_terms(folder):
    for path in (folder / "segments").glob("*.term"):
        path.write_bytes(path.read_bytes()[:20])


def lose_fast_fields(folder):
    for path in (folder / "segments").glob("*.fast"):
        path.unlink()


def tear_fast_fields(folder):
    for path in (folder / "segments").glob("*.fast"):
        path.write_bytes(b"")


@pytest.mark.parametrize(
    "damage",
    [damage_identity, damage_meta, lose_meta, lose_identity, lose_segments, tear_terms, lose_fast_fields, tear_fast_fields],
)
def test_a_damaged_index_is_moved_aside_and_the_next_one_is_empty(tmp_path, damage):
    folder = tmp_path / "offers"
    filled(folder, offer(1))
    damage(folder)

    with pytest.raises(IndexLost):
        OfferIndex.open(folder, mend=False)
    assert folder.exists()
    with pytest.raises(IndexLost, match="moved aside"):
        OfferIndex.open(folder)
    index = OfferIndex.open(folder)

    assert index.cursor() is None
    assert found(index) == []
    assert len(list(tmp_path.glob("offers.lost-*"))) == 1


def test_an_index_of_another_schema_is_lost(tmp_path, monkeypatch):
    folder = tmp_path / "offers"
    filled(folder, offer(1))
    monkeypatch.setattr("everfair.discovery.index.folder.SCHEMA_VERSION", index_documents.SCHEMA_VERSION + 1)

    with pytest.raises(IndexLost, match=f"schema {index_documents.SCHEMA_VERSION}"):
        OfferIndex.open(folder)

    assert OfferIndex.open(folder).cursor() is None


def test_only_one_lost_index_is_kept(tmp_path):
    folder = tmp_path / "offers"
    for _ in range(3):
        filled(folder, offer(1))
        damage_meta(folder)
        with pytest.raises(IndexLost):
            OfferIndex.open(folder)

    assert len(list(tmp_path.glob("offers.lost-*"))) == 1


def test_a_reader_never_makes_an_index(tmp_path):
    with pytest.raises(IndexLost):
        OfferIndex.open(tmp_path / "offers", mend=False)

    assert list(tmp_path.iterdir()) == []


def test_a_folder_deleted_while_running_is_noticed_and_the_new_one_taken_up(tmp_path):
    folder = tmp_path / "offers"
    index = filled(folder, offer(1, "Copper pipe"))
    reader = index.reader()
    writer = index.writer()
    assert found(reader, "copper") == [1]

    shutil.rmtree(folder)

    writer.put([offer(2)])
    with pytest.raises(IndexLost):
        writer.commit("2")
    with pytest.raises(IndexLost):
        writer.close()
    with pytest.raises(IndexLost):
        reader.refresh()
    with pytest.raises(IndexLost):
        reader.search(OfferQuery(text="copper"))
    with pytest.raises(IndexLost):
        index.writer()

    filled(folder, offer(7, "Copper kettle"))

    assert found(reader, "copper") == [7]


def test_an_idle_writer_notices_a_deleted_and_an_abandoned_index(tmp_path):
    index = filled(tmp_path / "offers", offer(1))
    with index.writer() as writer:
        writer.check()
        index.abandon()

        with pytest.raises(IndexLost):
            writer.check()

    with pytest.raises(IndexLost, match="moved aside"):
        OfferIndex.open(tmp_path / "offers")


def test_a_rebuilt_index_takes_the_place_of_the_old_one_under_its_readers(tmp_path):
    folder = tmp_path / "offers"
    reader = filled(folder, offer(1, "Copper pipe")).reader()
    fresh = filled(tmp_path / "offers.rebuilt", offer(2, "Copper wire"))

    moved = fresh.take_place_of(folder)
    reader.refresh()

    assert found(reader, "copper") == [2]
    assert OfferIndex.open(folder).cursor() == "1"
    with moved.writer() as writer:
        writer.put([offer(3, "Copper nail")])
        writer.commit("3")
    reader.refresh()
    assert sorted(found(reader, "copper")) == [2, 3]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["offers", "offers.lock", "offers.rebuilt.lock"]


def test_threads_share_a_reader_while_the_writer_commits(tmp_path):
    index = filled(tmp_path / "offers", *[offer(number, "Copper pipe") for number in range(1, 41)])
    reader = index.reader()
    with index.writer() as writer, ThreadPoolExecutor(4) as threads:
        for turn in range(10):
            answers = [threads.submit(reader.search, OfferQuery(text="copper", facets=True)) for _ in range(20)]
            writer.put(offer(number, "Copper pipe") for number in range(1, 41))
            writer.commit(str(turn))
            reader.refresh()

            assert {answer.result().total for answer in answers} == {40}


def test_between_equals_the_readers_language_decides(tmp_path):
    index = filled(tmp_path / "offers", offer(1, titles={"en": "Kettle K7"}), offer(2, titles={"zh-Hant": "Kettle K7"}))

    assert found(index, "K7", language="en") == [1, 2]
    assert found(index, "K7", language="zh-Hans") == [2, 1]


def test_small_pieces_are_put_together_and_nothing_else_changes(tmp_path):
    index = OfferIndex.open(tmp_path / "index")
    with index.writer() as writer:
        for number in range(1, 6):
            writer.put([offer(number, f"Thing {number}")])
            writer.commit(f"{number}:1")
        assert writer._pieces() == 5

        assert writer.settle("5:1") < 3
        assert writer.settle("5:1") < 3

        assert writer.cursor() == "5:1"
    reader = index.reader()
    assert reader.count() == 5
    assert sorted(found(reader, "thing")) == [1, 2, 3, 4, 5]
    assert found(reader, sort="newest") == found(reader)


@pytest.mark.parametrize("text", ["steel bolt", "bolt", "M8 bolt zinc", "boltt", "不锈钢 bolt"])
def test_what_is_counted_is_what_is_found(goods, text):
    page = goods.search(OfferQuery(text=text, facets=True, page_size=50))

    assert page.facets is not None
    assert page.facets.moqs[-1][1] == page.total  # none of them has a minimum
