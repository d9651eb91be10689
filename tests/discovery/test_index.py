"""The index of offers: what a question finds and in which order, what is suggested, and that no text breaks it."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everfair.discovery.index import (
    OfferDocument,
    OfferIndex,
    OfferQuery,
)
from everfair.discovery.index import documents as index_documents
from tests.discovery.indexed import everything, filled, found, goods, offer

__all__ = ["goods"]


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


SIGNS = st.sampled_from("\"'+-:(){}[]^~*?\\/!&|<>\x00\ud800\udfff😀 ab1不鏽.,×x")
NASTY = st.text(st.one_of(SIGNS, st.characters()), max_size=60)


@settings(max_examples=400)
@given(text=NASTY)
def test_no_text_breaks_a_search_or_a_suggestion(goods, text):
    for sort in ("relevance", "price"):
        page = goods.search(OfferQuery(text=text, market=text[:3] or None, hall=text[:2] or None, facets=True, sort=sort))
        assert page.total >= len(page.hits)
    goods.search(OfferQuery(text=text))
    assert len(goods.suggest(text, text[:2], 5)) <= 5


@settings(max_examples=100)
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


def test_between_equals_the_readers_language_decides(tmp_path):
    index = filled(tmp_path / "offers", offer(1, titles={"en": "Kettle K7"}), offer(2, titles={"zh-Hant": "Kettle K7"}))

    assert found(index, "K7", language="en") == [1, 2]
    assert found(index, "K7", language="zh-Hans") == [2, 1]


@pytest.mark.parametrize("text", ["steel bolt", "bolt", "M8 bolt zinc", "boltt", "不锈钢 bolt"])
def test_what_is_counted_is_what_is_found(goods, text):
    page = goods.search(OfferQuery(text=text, facets=True, page_size=50))

    assert page.facets is not None
    assert page.facets.moqs[-1][1] == page.total  # none of them has a minimum
