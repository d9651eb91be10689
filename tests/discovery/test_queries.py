import pytest

from everfair.base.refused import Refused
from everfair.companies.models import Stop
from everfair.discovery.actions import rebuild_index
from everfair.discovery.index import OfferQuery
from everfair.discovery.queries import hall_plan, newest_offers, search_offers, suggest, supply
from everfair.discovery.values import in_language
from tests import make

pytestmark = pytest.mark.django_db


def found(**asked) -> list[int]:
    return [offer.number for offer in search_offers(OfferQuery(**asked)).offers]


def test_offers_come_in_the_order_of_the_index(django_assert_num_queries):
    company = make.company()
    dear = make.offer(company, tiers=[["1", "9.00"]])
    asked = make.offer(company, tiers=[])
    cheap = make.offer(company, tiers=[["1", "2.00"]])
    rebuild_index()

    with django_assert_num_queries(1):
        assert found(sort="price") == [cheap.number, dear.number, asked.number]


def test_an_offer_withdrawn_a_moment_ago_is_not_shown():
    company = make.company()
    gone, kept = make.offer(company), make.offer(company)
    rebuild_index()
    gone.state = "withdrawn"
    gone.save()

    assert found(text="bolt") == [kept.number]


def test_a_company_stopped_a_moment_ago_is_not_shown():
    stopped, other = make.company(), make.company()
    make.offer(stopped)
    kept = make.offer(other)
    rebuild_index()
    Stop.objects.create(company=stopped, kind="listing", reason="fakes", placed_by="operator")
    Stop.objects.create(company=other, kind="payout", reason="a check", placed_by="operator")

    assert found(text="bolt") == [kept.number]


def test_pages_hold_every_offer_once():
    company = make.company()
    made = {make.offer(company).number for _ in range(11)}
    rebuild_index()
    seen, cursor = [], None
    while True:
        page = search_offers(OfferQuery(text="bolt", page_size=4, cursor=cursor))
        seen += [offer.number for offer in page.offers]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert len(seen) == 11
    assert set(seen) == made


@pytest.mark.parametrize("cursor", ["nonsense", "A" * 32, "é"])
def test_a_forged_cursor_is_refused(cursor):
    make.offer(make.company())
    rebuild_index()

    with pytest.raises(Refused) as refusal:
        search_offers(OfferQuery(text="bolt", cursor=cursor))

    assert (refusal.value.code, refusal.value.status) == ("discovery.cursor_unknown", 422)


def test_without_an_index_the_newest_are_listed_and_filters_hold():
    chinese, german = make.company(country="CN"), make.company(country="DE")
    bolt = make.offer(chinese)
    drill = make.offer(german, category="tools/power-tools", tiers=[["1", "80.00"]], sample_price_minor=100)
    make.offer(german, state="draft")

    page = search_offers(OfferQuery(text="words are not looked at"))

    assert page.is_plain_listing
    assert (page.total, page.facets) == (None, None)
    assert [offer.number for offer in page.offers] == [drill.number, bolt.number]
    assert found(hall="tools") == [drill.number]
    assert found(categories=("hardware/fasteners",)) == [bolt.number]
    assert found(countries=("CN",)) == [bolt.number]
    assert found(sample_only=True) == [drill.number]
    assert found(price_at_most_minor=100) == [bolt.number]
    assert found(moq_at_most=10) == [drill.number]
    assert found(market="nowhere") == []


def test_the_plain_listing_has_pages_too():
    company = make.company()
    made = [make.offer(company).number for _ in range(5)]

    first = search_offers(OfferQuery(page_size=2))
    second = search_offers(OfferQuery(page_size=2, cursor=first.next_cursor))
    third = search_offers(OfferQuery(page_size=2, cursor=second.next_cursor))

    listed = [[offer.number for offer in page.offers] for page in (first, second, third)]
    assert listed == [made[:2:-1], made[2:0:-1], made[:1]]
    assert third.next_cursor is None


def test_an_empty_market_is_not_called_a_fault():
    page = search_offers(OfferQuery(text="bolt"))

    assert (page.total, page.is_plain_listing) == (0, False)


def test_supply_is_counted_with_and_without_an_index():
    from everfair.discovery import queries

    company = make.company()
    make.offer(company), make.offer(company)
    make.offer(company, category="tools/power-tools")
    without = supply("export")
    queries._supply.clear()
    rebuild_index()
    with_index = supply("export")

    assert with_index.halls == without.halls == {"hardware": 2, "tools": 1}
    assert with_index.categories == without.categories == {"hardware/fasteners": 2, "tools/power-tools": 1}
    assert with_index.total == 3


def test_the_plan_names_every_hall_and_hides_an_empty_hall_of_unsorted_goods():
    make.offer(make.company())
    plan = hall_plan("export")

    assert [hall["place"] for hall in plan] == [f"{n:02}" for n in range(1, len(plan) + 1)]
    assert [(hall["name"], hall["count"], hall["href"]) for hall in plan if hall["count"]] == [
        ("Hardware & Fasteners", 1, "/en/export/halls/hardware/")
    ]


def test_the_newest_stand_first():
    company = make.company()
    made = [make.offer(company).number for _ in range(4)]
    rebuild_index()

    assert {offer.number for offer in newest_offers("export", 4)} == set(made)


def test_a_half_typed_word_is_completed():
    make.offer(make.company(), titles={"en": "Stainless kettle"}, brand="Kettlewell")
    assert suggest("kett", "en") == []
    rebuild_index()

    assert suggest("kett", "en") == ["Kettlewell", "kettle"]


@pytest.mark.parametrize(
    ("texts", "language", "shown"),
    [
        ({"en": "Bolt", "zh-hant": "螺栓"}, "zh-hant", "螺栓"),
        ({"en": "Bolt", "zh-hans": "螺栓"}, "zh-hant", "螺栓"),
        ({"en": "Bolt"}, "zh-hans", "Bolt"),
        ({"zh-hans": "螺栓"}, "en", "螺栓"),
        ({}, "en", ""),
    ],
)
def test_a_title_is_shown_in_the_nearest_language(texts, language, shown):
    assert in_language(texts, language) == shown
