import pytest
from django.test import Client

from everfair.discovery.actions import rebuild_index
from tests import make

pytestmark = pytest.mark.django_db
OFFERS = "/api/v1/offers"


@pytest.fixture
def program() -> Client:
    return Client()


def test_a_found_offer_tells_what_a_buyer_needs(program):
    company = make.company(name="Ningbo Bolts", country="CN")
    tiers = [["100", "0.5"], ["1000", "0.42"]]
    offer = make.offer(company, sku="HB-M8", titles={"en": "Hex bolt", "zh-hans": "螺栓"}, tiers=tiers)
    rebuild_index()

    answer = program.get(OFFERS, {"q": "bolt"})

    assert answer.status_code == 200
    assert answer.json() == {
        "items": [
            {
                "id": str(offer.pk),
                "number": offer.number,
                "sku": "HB-M8",
                "title": "Hex bolt",
                "titles": {"en": "Hex bolt", "zh-hans": "螺栓"},
                "market": "export",
                "category": "hardware/fasteners",
                "currency": "USD",
                "tiers": [{"from_quantity": "100", "price": "0.5"}, {"from_quantity": "1000", "price": "0.42"}],
                "price_per": "1",
                "unit": "H87",
                "moq": "100",
                "lead_time_days": None,
                "sample_price_minor": None,
                "origin": "",
                "supplier": {"id": company.number, "name": "Ningbo Bolts", "country": "CN", "verified": False},
            }
        ],
        "total": 1,
        "next_cursor": None,
        "did_you_mean": None,
        "facets": None,
    }


def test_an_offer_is_found_by_its_suppliers_own_number(program):
    company = make.company()
    make.offer(company, sku="HB-M8")
    make.offer(company, sku="HB-M9")
    rebuild_index()

    assert [item["sku"] for item in program.get(OFFERS, {"q": "HB-M9"}).json()["items"]][:1] == ["HB-M9"]


def test_pages_of_the_api_hold_every_offer_once(program):
    company = make.company()
    made = {make.offer(company).number for _ in range(7)}
    rebuild_index()
    seen, cursor = [], ""
    while cursor is not None:
        page = program.get(OFFERS, {"q": "bolt", "limit": 3, **({"cursor": cursor} if cursor else {})}).json()
        seen += [item["number"] for item in page["items"]]
        cursor = page["next_cursor"]

    assert len(seen) == 7
    assert set(seen) == made


def test_facets_are_told_when_asked_for(program):
    make.offer(make.company(country="CN"), tiers=[["1", "7.00"]])
    rebuild_index()

    facets = program.get(OFFERS, {"facets": "true"}).json()["facets"]

    assert facets["halls"] == [{"value": "hardware", "count": 1}]
    assert facets["countries"] == [{"value": "CN", "count": 1}]
    assert {"value": "5", "count": 1} in facets["prices"]


def test_the_api_takes_the_same_filters_as_the_pages(program):
    company = make.company(country="CN")
    quick = make.offer(company, origin="CN", moq=10, tiers=[["10", "7.00"]], lead_times=[["", 5]])
    slow = make.offer(company, origin="VN", moq=500, tiers=[["500", "6.00"]], lead_times=[["", 50]])
    euros = make.offer(company, category="tools/power-tools", tiers=[["1", "8.00"]], currency="EUR")
    rebuild_index()

    def numbers(**asked):
        return [item["number"] for item in program.get(OFFERS, asked).json()["items"]]

    assert sorted(numbers(origin=["CN", "VN"])) == [quick.number, slow.number]
    assert numbers(lead_time=7) == numbers(moq=10, currency="USD", price_min="1") == [quick.number]
    assert numbers(currency="EUR", price_max="9") == numbers(category=["tools/power-tools"]) == [euros.number]
    assert numbers(sort="moq") == [euros.number, quick.number, slow.number]
    assert numbers(sort="lead_time")[:2] == [quick.number, slow.number]
    facets = program.get(OFFERS, {"facets": "true", "origin": "CN"}).json()["facets"]
    assert facets["origins"] == [{"value": "CN", "count": 1}, {"value": "VN", "count": 1}]
    assert facets["lead_times"] == [{"value": days, "count": 1} for days in ("7", "15", "30", "60")]
    assert facets["moqs"][0] == {"value": "10", "count": 1}
    assert (facets["currency"], facets["currencies"]) == ("USD", [{"value": "USD", "count": 1}])


def test_an_amount_with_more_decimals_than_its_currency_has_is_refused(program):
    assert program.get(OFFERS, {"currency": "JPY", "price_min": "1.50"}).status_code == 422


def test_prices_are_compared_in_dollars(program):
    company = make.company()
    cheap = make.offer(company, tiers=[["1", "7.00"]])
    make.offer(company, tiers=[["1", "70.00"]])
    make.offer(company, tiers=[["1", "7.00"]], currency="EUR")
    rebuild_index()

    found = program.get(OFFERS, {"price_min": "5", "price_max": "7.00"}).json()["items"]

    assert [item["number"] for item in found] == [cheap.number]


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": 0}, {"limit": 51}, {"sort": "best"}, {"price_min": "1,00"}, {"price_max": "1e3"}, {"moq": 0},
        {"country": "China"}, {"hall": "a/b"}, {"q": "x" * 201}, {"cursor": "forged"}, {"language": "fr"}, {"supplier": 2**64},
    ],
)  # fmt: skip
def test_a_question_that_is_not_valid_is_refused(program, asked):
    make.offer(make.company())
    rebuild_index()

    answer = program.get(OFFERS, asked)

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_market_that_does_not_exist_is_not_found(program):
    assert program.get(OFFERS, {"market": "nowhere"}).status_code == 404


def test_the_halls_are_told_with_what_stands_in_them(program):
    make.offer(make.company())
    rebuild_index()

    halls = {hall["code"]: hall for hall in program.get("/api/v1/halls", headers={"Accept-Language": "zh-Hant"}).json()}

    assert (halls["hardware"]["name"], halls["hardware"]["offers_count"]) == ("五金及緊固件", 1)
    assert {"code": "hardware/fasteners", "name": "螺絲、螺母及緊固件", "offers_count": 1} in halls["hardware"]["categories"]


def test_a_half_typed_question_is_completed(program):
    make.offer(make.company(), titles={"en": "Copper kettle"})
    rebuild_index()

    assert program.get("/api/v1/suggest", {"q": "ket"}).json() == {"items": ["kettle"]}
