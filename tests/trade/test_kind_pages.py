"""The pages of samples, framework contracts and group buys, as buyers and suppliers walk through them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from everfair.base.clock import now
from everfair.trade.models import GroupBuy, Order
from tests import make
from tests.trade import kinds, quoting

pytestmark = pytest.mark.django_db
DAY = "%Y-%m-%d"


def browser(who: Any) -> Client:
    client = Client()
    client.force_login(make.Person.objects.get(pk=who.person_id), backend="everfair.companies.accounts.Backend")
    return client


@pytest.fixture
def pair() -> tuple[Any, Any, Any]:
    buyer, seller = kinds.owner(), kinds.owner()
    make.Company.objects.filter(pk=buyer.company_id).update(address={"city": "Hamburg"})
    return buyer, seller, kinds.goods(seller)


def seen(page: Any) -> str:
    found = re.search(r'name="seen_hash" value="([0-9a-f]{64})"', page.content.decode())
    assert found, page.content.decode()[:3000]
    return found[1]


def key() -> dict[str, str]:
    return {"_key": f"page-{make.next_number()}"}


def test_a_sample_is_one_button_and_one_signature(pair):
    buyer, _seller, offer = pair
    walker = browser(buyer)
    path = f"/en/export/offers/{offer.number}/sample/"
    assert path in Client().get(f"/en/export/offers/{offer.number}/").content.decode()

    page = walker.get(path)
    typed = {"quantity": "1", "incoterm": "DAP", "named_place": "Hamburg", "remarks": ""}
    answer = walker.post(path, typed | key() | {"step": "sign", "seen_hash": seen(page)})

    order = Order.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/en/orders/{order.pk}/")
    assert (order.kind, order.named_place, order.total_minor) == ("sample", "Hamburg", 500)
    assert "Sample" in walker.get(answer.url).content.decode()


def test_too_many_samples_are_refused_beside_the_field(pair):
    buyer, _seller, offer = pair
    path = f"/en/export/offers/{offer.number}/sample/"

    page = browser(buyer).post(
        path, {"quantity": "4", "incoterm": "DAP", "named_place": "Hamburg", "remarks": "", "step": "look"} | key()
    )

    assert page.status_code == 422
    assert "At most 3 samples of one offer in 90 days." in page.content.decode()


def test_the_sample_and_the_bulk_order_lead_to_each_other(pair):
    buyer, seller, offer = pair
    sample = kinds.completed_sample(buyer, seller, offer)
    walker = browser(buyer)
    terms = {
        "offer": str(offer.number),
        "quantity": "1000",
        "incoterm": "FOB",
        "named_place": "Ningbo",
        "payment_plan": "prepaid",
    }

    preview = walker.post("/en/export/order/", terms | key() | {"step": "preview"})
    text = preview.content.decode()
    hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', text))
    walker.post("/en/export/order/place/", hidden | key())

    bulk = Order.objects.get(basis=sample)
    assert f"Sample credited: {sample.reference}" in text
    assert f"/en/orders/{bulk.pk}/" in walker.get(f"/en/orders/{sample.pk}/").content.decode()
    assert f"/en/orders/{sample.pk}/" in walker.get(f"/en/orders/{bulk.pk}/").content.decode()


def test_a_framework_contract_from_the_composer_to_its_end(pair):
    buyer, seller, offer = pair
    walker, other = browser(buyer), browser(seller)
    lines = {"offer": str(offer.number), "quantity": "1000"}
    begun = walker.post("/en/export/framework/", lines | key() | {"step": "begin", "named_place": "Ningbo"})
    assert begun.status_code == 200
    typed = lines | {
        "valid_until": (now() + timedelta(days=100)).strftime(DAY), "least": "20.00", "incoterm": "FOB", "named_place": "Ningbo",
        "payment_plan": "prepaid", "remarks": "",
    }  # fmt: skip
    looked = walker.post("/en/export/framework/", typed | key() | {"step": "look"})
    walker.post("/en/export/framework/", typed | key() | {"step": "sign", "seen_hash": seen(looked)})
    frame = Order.objects.get()
    other.post(f"/en/orders/{frame.pk}/sign/", key() | {"terms_hash": frame.terms_hash})

    call = f"/en/orders/{frame.pk}/call/"
    assert call in walker.get(f"/en/orders/{frame.pk}/").content.decode()
    wanted = {"quantity_1": "300", "ship_by": "", "remarks": ""}
    page = walker.post(call, wanted | key() | {"step": "look"})
    answer = walker.post(call, wanted | key() | {"step": "sign", "seen_hash": seen(page)})

    order = Order.objects.get(kind="call_off")
    assert answer.url == f"/en/orders/{order.pk}/"
    assert (order.agreement, order.total_minor) == ("agreed", 12600)  # «seller_confirms» was not ticked
    shown = walker.get(f"/en/orders/{frame.pk}/").content.decode()
    assert "700" in shown and order.reference in shown  # noqa: PT018
    walker.post(f"/en/orders/{frame.pk}/end/", key())
    assert "would like to end this framework contract" in other.get(f"/en/orders/{frame.pk}/").content.decode()
    other.post(f"/en/orders/{frame.pk}/end/", key())
    frame.refresh_from_db()
    assert frame.agreement == "completed"
    assert walker.get(f"/en/orders/{frame.pk}/contract.pdf").status_code == 200


def test_a_quote_is_awarded_as_a_framework_on_its_page():
    quote, buyer, _seller = quoting.quote(charges=())
    walker = browser(buyer)
    path = f"/en/quotes/{quote.pk}/award-framework/"
    assert path in walker.get(f"/en/quotes/{quote.pk}/").content.decode()
    typed = {"valid_until": (now() + timedelta(days=100)).strftime(DAY), "least": "", "seller_confirms": "on", "remarks": ""}

    assert walker.get(path).status_code == 200
    page = walker.post(path, typed | key() | {"step": "look"})
    walker.post(path, typed | key() | {"step": "sign", "seen_hash": seen(page)})

    assert Order.objects.get().kind == "framework"


def test_a_group_buy_is_published_joined_and_closed_on_its_pages(pair):
    buyer, seller, offer = pair
    supplier, walker, anybody = browser(seller), browser(buyer), Client()
    kinds.goods(seller)
    typed = {
        "offer": str(offer.number), "threshold": "1000", "unit_price": "0.40", "least": "100", "most": "",
        "closes_at": (now() + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M"), "lead_time_days": "20", "incoterm": "FOB",
        "named_place": "Ningbo",
    }  # fmt: skip
    assert supplier.get("/en/group-buys/new/").status_code == 200

    made = supplier.post("/en/group-buys/new/", typed | key())
    group = GroupBuy.objects.get()
    assert made.url == f"/en/export/group-buys/{group.pk}/"
    for public in (made.url, "/en/export/group-buys/", f"/en/export/offers/{offer.number}/"):
        assert "0 of 1,000" in anybody.get(public).content.decode(), public
    page = walker.get(f"/en/group-buys/{group.pk}/join/")
    join = {"quantity": "100", "remarks": "", "step": "sign", "seen_hash": seen(page)}
    walker.post(f"/en/group-buys/{group.pk}/join/", join | key())

    order = Order.objects.get()
    assert order.agreement == "agreed"
    assert "The group buy and how far it is" in walker.get(f"/en/orders/{order.pk}/").content.decode()
    assert supplier.get(f"/en/group-buys/{group.pk}/close/").status_code == 200
    supplier.post(f"/en/group-buys/{group.pk}/close/", key())
    order.refresh_from_db()
    assert (order.agreement, GroupBuy.objects.get().state) == ("lapsed", "missed")
    assert "Threshold missed" in supplier.get("/en/group-buys/").content.decode()


@pytest.mark.parametrize("count", [1, 4])
def test_the_public_list_asks_as_often_for_many_as_for_one(pair, count, django_assert_num_queries):
    _buyer, seller, _offer = pair
    for _n in range(count):
        kinds.joined(kinds.group(seller, kinds.goods(seller)), "100")
    client = Client()
    client.get("/en/export/group-buys/")

    with django_assert_num_queries(2):
        client.get("/en/export/group-buys/")


def test_an_order_that_waits_for_its_group_says_so(pair):
    _buyer, seller, offer = pair
    group = kinds.group(seller, offer)
    order, buyer = kinds.joined(group, "100")

    text = browser(buyer).get(f"/en/orders/{order.pk}/").content.decode()

    assert "The group buy waits for its threshold." in text
