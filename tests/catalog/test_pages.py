from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from everfair.catalog.actions import draft_offer, publish_offer
from everfair.catalog.models import Offer
from everfair.companies.models import Stop
from everfair.files.models import File
from tests import make
from tests.catalog.at_the_desk import signed_in, typed
from tests.files.uploads import picture

pytestmark = pytest.mark.django_db


def test_the_public_page_shows_an_offer_to_everybody_in_two_queries(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    seller = make.company(name="Ningbo Fasteners")
    offer = make.offer(
        seller,
        titles={"en": "Hex bolt M8", "zh-hant": "六角螺栓"},
        lead_times=[["500", 15], ["", 30]],
        multiple=10,
        sample_price_minor=250,
        attributes=[["Material", "steel"]],
        origin="CN",
    )
    Client().get(f"/en/export/offers/{offer.number}/")

    with django_assert_num_queries(2):
        page = Client().get(f"/en/export/offers/{offer.number}/")

    text = re.sub(r"\s+|&nbsp;|\u00a0", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))
    assert page.status_code == 200
    for said in (
        "Hex bolt M8",
        "六角螺栓",
        "100 – 999 pieces",
        "from 1,000 pieces",
        "USD 0.50",
        "USD 0.42",
        "up to 500 pieces",
        "15 days",
        "10 pieces",
        "USD 2.50",
        "steel",
        "Ningbo Fasteners",
        "China",
    ):
        assert said in text, said
    assert page["Cache-Control"].startswith("public")
    assert "<title>六角螺栓" in Client().get(f"/zh-hant/export/offers/{offer.number}/").content.decode()


def test_pictures_of_a_page_cost_one_more_query(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    seller = make.company()
    client = signed_in(seller)
    client.post(
        "/en/offers/new/",
        typed(then="publish", new_pictures=SimpleUploadedFile("bolt.jpg", picture(), "image/jpeg"), new_alt="A bolt"),
    )
    offer = Offer.objects.get()

    with django_assert_num_queries(3):
        page = Client().get(f"/en/export/offers/{offer.number}/").content.decode()

    file = File.objects.get()
    assert f"/media/{file.blob_id}-960.webp" in page
    assert 'alt="A bolt"' in page
    answer = Client().get(f"/media/{file.blob_id}-960.webp")
    assert answer["Content-Type"] == "image/webp"
    assert "immutable" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content)[8:12] == b"WEBP"  # type: ignore[attr-defined]


def test_variants_stand_on_each_others_pages_by_what_sets_them_apart(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    seller = make.company()
    red = make.offer(seller, variant_group="CUP", attributes=[["Colour", "red"], ["Material", "steel"]])
    blue = make.offer(seller, variant_group="CUP", attributes=[["Colour", "blue"], ["Material", "steel"]])
    make.offer(seller, variant_group="CUP", state="draft", attributes=[["Colour", "black"]])
    make.offer(make.company(), variant_group="CUP", attributes=[["Colour", "white"]])
    alone = make.offer(seller, variant_group="POT")

    with django_assert_num_queries(3):
        page = Client().get(f"/en/export/offers/{red.number}/").content.decode()

    found = re.search(r'<nav class="variants".*?</nav>', page, re.S)[0]  # type: ignore[index]
    assert re.findall(r'href="([^"]+)"( aria-current="page")?><span>([^<]+)</span>', found) == [
        (f"/en/export/offers/{red.number}/", ' aria-current="page"', "red"),
        (f"/en/export/offers/{blue.number}/", "", "blue"),
    ]
    assert 'class="variants"' not in Client().get(f"/en/export/offers/{alone.number}/").content.decode()


def test_one_panel_asks_orders_and_requests_with_one_quantity() -> None:
    offer = make.offer(make.company(), moq=150, multiple=100)

    page = Client().get(f"/en/export/offers/{offer.number}/").content.decode()

    panel = re.search(r'<form class="form act-panel".*?</form>', page, re.S)[0]  # type: ignore[index]
    assert re.findall(r'formaction="([^"]+)"', panel) == [
        "/en/export/order/", "/en/rfqs/new/", f"/en/export/offers/{offer.number}/ask/", "/en/export/compare/",
    ]  # fmt: skip
    assert f'name="offer" value="{offer.number}"' in panel
    assert 'name="quantity"' in panel
    assert 'value="200"' in panel


def test_an_offer_without_price_is_on_request() -> None:
    offer = make.offer(make.company(), tiers=[])

    page = Client().get(f"/en/export/offers/{offer.number}/").content.decode()

    assert "Price on request" in page


@pytest.mark.parametrize("state", ["draft", "withdrawn", "removed"])
def test_what_is_not_published_is_not_there(state: str) -> None:
    seller = make.company()
    offer = make.offer(seller, state=state)

    assert Client().get(f"/en/export/offers/{offer.number}/").status_code == 404
    assert signed_in(seller).get(f"/en/export/offers/{offer.number}/").status_code == 404
    assert Client().get("/en/export/offers/99999999999999999999999/").status_code == 404
    assert Client().get(f"/en/nowhere/offers/{make.offer(seller).number}/").status_code == 404


def test_an_offer_of_a_stopped_company_is_not_there() -> None:
    seller = make.company()
    offer = make.offer(seller)
    Stop.objects.create(company=seller, kind="listing", reason="checks", placed_by="operator")

    assert Client().get(f"/en/export/offers/{offer.number}/").status_code == 404


def test_a_hostile_text_is_shown_as_text() -> None:
    offer = make.offer(make.company(), titles={"en": "<script>alert(1)</script>"}, attributes=[["<b>", '"><img src=x>']])

    page = Client().get(f"/en/export/offers/{offer.number}/").content.decode()

    assert "<script>alert" not in page
    assert "<img src=x>" not in page


def test_a_supplier_writes_and_publishes_an_offer_in_one_step() -> None:
    seller = make.company()

    answer = signed_in(seller, "seller").post("/en/offers/new/", typed(then="publish"))

    offer = Offer.objects.get(company=seller)
    assert answer.status_code == 302
    assert (offer.state, offer.sku, offer.tiers, offer.lead_times) == (
        "published", "BOLT-8", [["100", "0.5"], ["1000", "0.42"]], [["5000", 15], ["", 30]],
    )  # fmt: skip
    assert (offer.moq, offer.hs_code, offer.origin, offer.attributes) == (100, "731815", "CN", [["Material", "steel"]])


def test_sent_twice_a_form_makes_one_offer() -> None:
    client = signed_in(make.company())
    form = typed()

    first, second = client.post("/en/offers/new/", form), client.post("/en/offers/new/", form)

    assert Offer.objects.count() == 1
    assert first["Location"] == second["Location"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sku": ""}, "This field is required."),
        ({"titles_en": ""}, "Please give a title in at least one language."),
        ({"titles_en": "a\u202eb"}, "Please remove hidden or control characters."),
        ({"category": ""}, "Please choose a category."),
        ({"tiers_1": ["-1", ""]}, "Please give a number above zero."),
        ({"tiers_1": ["0", ""]}, "Please give a number above zero."),
        ({"tiers_1": ["1e3", ""]}, "Please write digits with a point for decimals, like 1234.56."),
        ({"tiers_1": ["1,00", ""]}, "Please write digits with a point for decimals, like 1234.56."),
        ({"tiers_1": ["１００", ""]}, "Please write digits with a point for decimals, like 1234.56."),
        ({"tiers_1": ["0.0000001", ""]}, "At most 6 decimals, please."),
        ({"tiers_1": ["1", "2"]}, "A larger quantity must not cost more each (at 1000)."),
        ({"tiers_0": ["1000", "100"]}, "The quantities of the price tiers must rise (at 100)."),
        ({"tiers_0": ["100.5", "1000"]}, "This is counted in whole units: 100.5 is not a whole number."),
        ({"tiers_0": ["100", ""]}, "A price tier needs both a quantity and a price."),
        ({"moq": "50"}, "The minimum order 50 is below the first price tier, which starts at 100."),
        ({"moq": "9999999999999"}, "This number is too large."),
        ({"sample_price": "1.005"}, "At most 2 decimals, please."),
        ({"currency": "JPY", "sample_price": "1.5"}, "At most 0 decimals, please."),
        ({"hs_code": "12345"}, "An HS code has 6, 8 or 10 digits."),
        ({"attributes_1": ["", ""]}, "An attribute needs both a name and a value."),
        ({"lead_times_0": ["", ""]}, "The quantities of the lead times must rise, and only the last may be open."),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(changes: dict[str, object], message: str) -> None:
    client = signed_in(make.company())

    answer = client.post("/en/offers/new/", typed(**changes))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert message in page.replace("&#39;", "'")
    assert 'value="BOLT-8"' in page or "sku" in changes
    assert not Offer.objects.exists()


def test_a_sku_stands_for_one_offer() -> None:
    seller = make.company()
    make.offer(seller, sku="BOLT-8")
    make.offer(make.company(), sku="BOLT-8")

    answer = signed_in(seller).post("/en/offers/new/", typed())

    assert answer.status_code == 422
    assert "You already have an offer with this item number." in answer.content.decode()


def test_a_picture_that_is_none_is_refused_and_no_offer_is_made() -> None:
    svg = SimpleUploadedFile("logo.svg", b"<svg onload=alert(1)>", "image/svg+xml")

    answer = signed_in(make.company()).post("/en/offers/new/", typed(new_pictures=svg))

    assert answer.status_code == 422
    assert "This is not a JPEG, PNG, WebP or GIF picture." in answer.content.decode()
    assert not Offer.objects.exists()


def test_the_editor_shows_what_is_there_and_saves_it_unchanged() -> None:
    seller = make.company()
    offer = publish_offer(draft_offer({
        "sku": "A", "titles": {"en": "Bolt"}, "category": "hardware/fasteners",
        "tiers": [["10", "2"], ["20", "1.5"]], "multiple": "5",
        "lead_times": [["100", "7"], ["", "9"]], "sample_price": "0", "attributes": [["Size", "M8"]], "origin": "DE", "moq": "10",
    }, by=make.actor(seller)).pk, by=make.actor(seller))  # fmt: skip
    client = signed_in(seller)
    page = client.get(f"/en/offers/{offer.pk}/").content.decode()
    sent: dict[str, list[str]] = {"_key": [uuid4().hex], "then": ["save"]}
    for name, value in re.findall(r'<input[^>]*?name="([a-z_0-9-]+)"[^>]*?value="([^"]*)"', page):
        if name not in ("_key", "csrfmiddlewaretoken", "q"):
            sent.setdefault(name, []).append(value)
    for name in re.findall(r'<select name="([a-z_]+)"', page):
        chosen = re.search(rf'<select name="{name}".*?<option value="([^"]*)" selected', page, re.S)
        assert chosen, name
        sent[name] = [chosen[1]]
    before = Offer.objects.values().get(pk=offer.pk)

    answer = client.post(f"/en/offers/{offer.pk}/", sent)

    assert answer.status_code == 302
    after = Offer.objects.values().get(pk=offer.pk)
    assert {k: v for k, v in after.items() if k != "updated_at"} == {k: v for k, v in before.items() if k != "updated_at"}


def test_another_companys_offer_is_not_there_for_a_supplier() -> None:
    offer = make.offer(make.company(), state="draft")
    other = signed_in(make.company())

    assert other.get(f"/en/offers/{offer.pk}/").status_code == 404
    assert other.post(f"/en/offers/{offer.pk}/", typed()).status_code == 404
    for verb in ("publish", "withdraw"):
        assert other.post(f"/en/offers/{offer.pk}/{verb}/", {"_key": uuid4().hex}).status_code == 404
    assert Offer.objects.get().state == "draft"


def test_a_buyer_does_not_write_offers() -> None:
    company = make.company()
    offer = make.offer(company)
    client = signed_in(company, "buyer")

    assert client.get("/en/offers/").status_code == 200
    assert client.get("/en/offers/new/").status_code == 403
    assert client.post(f"/en/offers/{offer.pk}/withdraw/", {"_key": uuid4().hex}).status_code == 403
    assert Client().get("/en/offers/").status_code == 302


def test_the_list_filters_searches_and_goes_on(django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    seller = make.company()
    for n in range(30):
        make.offer(seller, sku=f"N-{n}", titles={"en": f"Lamp {n}"}, state="draft" if n % 2 else "published")
    make.offer(make.company(), sku="OTHER-1")
    client = signed_in(seller)
    client.get("/en/offers/")

    with django_assert_max_num_queries(10):
        first = client.get("/en/offers/").content.decode()
    second = client.get(re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")).content.decode()  # type: ignore[index]

    assert "OTHER-1" not in first + second
    assert len(set(re.findall(r"N-\d+", first))) == 25
    assert len(set(re.findall(r"N-\d+", first + second))) == 30
    assert set(re.findall(r"N-\d+", client.get("/en/offers/?q=lamp+29").content.decode())) == {"N-29"}
    assert set(re.findall(r"N-\d+", client.get("/en/offers/?q=n-28&state=published").content.decode())) == {"N-28"}
    assert client.get("/en/offers/?after=nonsense").status_code == 422


def test_a_supplier_shows_its_newest_offers_on_its_passport() -> None:
    seller = make.company()
    make.offer(seller, titles={"en": "Brass valve"})
    make.offer(seller, titles={"en": "Hidden draft"}, state="draft")

    page = Client().get(f"/en/export/suppliers/{seller.number}/").content.decode()

    assert "Brass valve" in page
    assert "Hidden draft" not in page
