"""The guided trade of a demonstration: a visitor who only follows the banner comes from the search to the settlement."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as the_settings
from django.test import Client

from everfair.base.actor import SYSTEM
from everfair.catalog.models import Offer
from everfair.ledger.proofs import prove
from everfair.payments.actions import take_event
from everfair.payments.models import Intent
from everfair.site.demo import guided, people, plan
from everfair.site.demo.bulk import found_companies, stock
from everfair.site.demo.firms import BUYERS
from everfair.trade.actions import cancel_order, fund_stage
from everfair.trade.models import Order, Stage
from tests import make

pytestmark = pytest.mark.django_db
Path(the_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise warns without it


@pytest.fixture
def demo(settings: Any, tmp_path: Path) -> Any:
    settings.KIND = "demo"
    stalls = [stall for stall in plan.cast() if stall.firm.code == "yongkang"]
    hamburg = next(firm for firm in BUYERS if firm.code == "hamburg")
    stock(stalls, found_companies([stalls[0].firm, hamburg], "!", by=SYSTEM))
    return settings


class Visitor:
    """Follows the banner alone: its one link or its one form."""

    def __init__(self) -> None:
        self.client = Client()
        self.clicks = 0
        self.html = ""

    def open(self, path: str) -> None:
        answer = self.client.get(path, follow=True)
        assert answer.status_code == 200, path
        self.html = answer.content.decode()

    def follow_link(self) -> None:
        (href,) = re.findall(r'<a [^>]*href="([^"]+)"[^>]*data-guided="next"', self.html)
        self.clicks += 1
        self.open(href.replace("&amp;", "&"))

    def press(self) -> None:
        (form,) = re.findall(r'<form [^>]*action="([^"]+)" data-guided="next">(.*?)</form>', self.html, re.S)
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[1]))
        self.clicks += 1
        answer = self.client.post(form[0], fields, follow=True)
        assert answer.status_code == 200, form[0]
        self.html = answer.content.decode()

    def pay_at_the_provider(self) -> None:
        """What the sandbox's own page does when its button is pressed."""
        assert re.search(r'http-equiv="refresh" content="0; url=/en/payments/[0-9a-f-]+/go/"', self.html), (
            "led on to the provider"
        )
        intent = Intent.objects.latest("id")
        headers, body = make.told(intent)
        assert take_event("sandbox", headers, body) == "applied"
        fund_stage(Stage.objects.get(state="paying").pk, intent.pk)
        self.clicks += 1
        self.open(f"/en/orders/{Order.objects.get().pk}/")

    @property
    def step(self) -> str:
        found = re.search(r"Guided trade · ([^<]+)</strong>", self.html)
        return found[1] if found else ""


def test_ten_clicks_lead_from_the_search_to_the_settlement(demo: Any) -> None:
    visitor = Visitor()
    visitor.open("/en/export/")
    visitor.follow_link()
    visitor.clicks = 0  # the search is open: here it begins
    assert visitor.step == "click 1 of 10"

    visitor.follow_link()
    visitor.follow_link()
    visitor.press()
    order = Order.objects.get()
    assert (order.agreement, visitor.step) == ("offered", "click 4 of 10")
    visitor.press()
    visitor.press()
    visitor.pay_at_the_provider()
    assert visitor.step == "click 7 of 10"
    visitor.press()
    visitor.pay_at_the_provider()
    visitor.press()
    visitor.press()

    order.refresh_from_db()
    assert (order.agreement, order.goods) == ("completed", "received")
    assert (visitor.clicks, visitor.step) == (guided.CLICKS, "settled")
    assert [proof for proof in prove() if proof.breach] == []


def test_a_public_page_that_nobody_is_led_through_says_nothing_of_it(demo: Any) -> None:
    client = Client()

    assert "data-guided" not in client.get("/en/export/search/?q=bottle").content.decode()
    assert "data-guided" in client.get("/en/export/search/?q=Vacuum+bottle").content.decode()
    other = Offer.objects.exclude(sku=guided.SKU).first()
    assert "data-guided" not in client.get(f"/en/export/offers/{other.number}/").content.decode()


def test_pressing_the_same_step_twice_only_shows_the_order(demo: Any) -> None:
    visitor = Visitor()
    visitor.open("/en/demo/trade/")
    visitor.press()
    old = visitor.html
    visitor.press()
    visitor.html = old

    visitor.press()

    assert Order.objects.get().agreement == "agreed"
    assert visitor.step == "click 5 of 10"


def test_a_trade_that_went_another_way_is_not_led_on(demo: Any) -> None:
    visitor = Visitor()
    visitor.open("/en/demo/trade/")
    visitor.press()
    order = Order.objects.get()
    cancel_order(order.pk, "Changed our mind.", by=guided._who(people.BUYER)[1])

    visitor.open(f"/en/orders/{order.pk}/")

    assert "data-guided" not in visitor.html
    assert "has left the beaten path" in visitor.html


def test_who_leaves_the_guide_sees_it_no_more(demo: Any) -> None:
    visitor = Visitor()
    visitor.open("/en/demo/trade/")
    visitor.press()

    visitor.client.post("/en/demo/trade/leave/", {"_key": "leave"})
    visitor.open("/en/me/")

    assert "data-guided" not in visitor.html


def test_becoming_somebody_else_keeps_the_guide(demo: Any) -> None:
    visitor = Visitor()
    visitor.open("/en/demo/trade/")
    visitor.press()

    visitor.client.post("/en/demo/become/", {"_key": "become", "person": people.SUPPLIER})
    visitor.open("/en/me/")

    assert visitor.step == "click 4 of 10"


def test_a_signature_binds_what_was_shown(demo: Any) -> None:
    answer = Client().post("/en/demo/trade/begin/", {"_key": "k", "seen_hash": "0" * 64})

    assert answer.status_code == 409
    assert not Order.objects.exists()


@pytest.mark.parametrize("kind", ["live", "test"])
def test_only_a_demonstration_leads_anybody(demo: Any, kind: str) -> None:
    demo.KIND = kind
    client = Client()

    assert client.get("/en/demo/trade/").status_code == 404
    for path in ("begin", "next", "leave"):
        assert client.post(f"/en/demo/trade/{path}/", {"_key": path}).status_code == 404
    assert "data-guided" not in client.get("/en/export/search/?q=vacuum+bottle").content.decode()
    assert "ten clicks" not in client.get("/en/export/").content.decode()
    assert not Order.objects.exists()
