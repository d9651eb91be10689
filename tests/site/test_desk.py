"""Everybody's desk, the way around it, and the switch of persons of a demonstration."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as the_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from everfair.companies.models import Person
from everfair.site.demo import people
from everfair.trade.actions import draft_order, place_order
from tests import make
from tests.office.desk import keep_contexts, operator, send, signed_in, text

pytestmark = pytest.mark.django_db
Path(the_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise warns without it


@pytest.fixture(autouse=True)
def _as_a_page(monkeypatch: pytest.MonkeyPatch) -> Any:
    keep_contexts(monkeypatch)
    with translation.override("en"):
        yield


def owner(trade: make.Trade, side: str) -> Client:
    actor = trade.buyer if side == "buyer" else trade.seller
    return signed_in(Person.objects.get(pk=actor.person_id))


def side_links(page: Any) -> list[str]:
    html = page.content.decode()
    nav = html[html.index('class="sidenav"') : html.index("</nav>", html.index('class="sidenav"'))]
    return [re.sub(r"<[^>]+>", "", link).strip() for link in re.findall(r"<a [^>]*>(.*?)</a>", nav, re.S)]


# ── the desk ──


def test_somebody_unknown_is_led_to_sign_in() -> None:
    answer = Client().get("/en/me/")

    assert (answer.status_code, answer["Location"]) == (302, "/en/account/sign-in/?next=%2Fen%2Fme%2F")


def test_the_operators_desk_is_the_office() -> None:
    assert signed_in(operator()).get("/en/me/")["Location"] == "/en/office/"


def test_somebody_without_a_company_registers_one() -> None:
    page = signed_in(make.person(name="Nora New")).get("/en/me/")

    assert page.status_code == 200
    assert "Welcome, Nora New" in text(page)
    assert 'href="/en/company/register/"' in page.content.decode()


def test_the_seller_signs_and_the_buyer_pays() -> None:
    trade = make.trade("offered")
    seller, buyer = owner(trade, "seller"), owner(trade, "buyer")

    assert [turn.order.pk for turn in seller.get("/en/me/").context["desk"].turns] == [trade.order.pk]
    assert buyer.get("/en/me/").context["desk"].turns == []
    assert "Read the terms and sign or decline them." in text(seller.get("/en/me/"))
    assert "No order waits for you." in text(buyer.get("/en/me/"))


def test_money_in_escrow_stands_on_both_desks() -> None:
    trade = make.trade("funded")

    buyer, seller = text(owner(trade, "buyer").get("/en/me/")), text(owner(trade, "seller").get("/en/me/"))

    assert re.search(r"In escrow, paid by you USD 420\.00", buyer)
    assert re.search(r"In escrow, for you USD 420\.00", seller)


def test_a_settled_trade_stands_in_the_wallet() -> None:
    trade = make.trade("completed")

    assert re.search(r"Wallet, free USD 411\.60", text(owner(trade, "seller").get("/en/me/")))


def test_only_who_keeps_the_money_sees_the_wallet() -> None:
    trade = make.trade("completed")
    firm = trade.order.seller

    keeper, clerk = signed_in(make.member(firm, "finance")), signed_in(make.member(firm, "seller"))

    assert "USD 411.60" in text(keeper.get("/en/me/"))
    assert "411.60" not in text(clerk.get("/en/me/"))


def test_a_new_company_is_led_through_its_first_steps() -> None:
    firm = make.company(is_buyer=True)
    client = signed_in(make.member(firm))

    steps = client.get("/en/me/").context["desk"].steps
    assert (steps.profile, steps.offer, steps.rfq, steps.bank_account, steps.done) == (False, False, False, False, False)

    make.offer(firm)
    steps = client.get("/en/me/").context["desk"].steps
    assert (steps.offer, steps.trades, steps.done) == (True, True, False)


def test_a_draft_is_no_first_offer() -> None:
    firm = make.company()
    make.offer(firm, state="draft")

    assert signed_in(make.member(firm)).get("/en/me/").context["desk"].steps.offer is False


def test_the_desk_costs_as_much_with_many_orders_as_with_one() -> None:
    trade = make.trade("offered")
    client = owner(trade, "seller")
    client.get("/en/me/")

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/en/me/").status_code == 200
            return len(seen.captured_queries)

    one = asked()
    buyer = make.company()
    for _ in range(4):
        goods = make.offer(trade.order.seller)
        terms = draft_order([(goods.pk, Decimal(1000))], incoterm="FOB", named_place="Ningbo", by=make.actor(buyer))
        place_order(terms, by=make.actor(buyer))

    assert len(client.get("/en/me/").context["desk"].turns) == 5
    assert asked() == one
    assert one <= 24


# ── the way around ──


def test_the_way_around_follows_the_roles() -> None:
    firm = make.company()
    every = ["Desk", "Orders", "Messages", "Claims", "Inspections", "Reviews"]
    company = ["Trade credit", "Verification", "Standing", "Points and appeals", "Complaints", "Company", "People"]

    assert side_links(signed_in(make.member(firm, "owner")).get("/en/me/")) == [
        *every, "RFQs", "Leads", "Quotes", "Offers", "Group buys", "Wallet", *company, "API keys",
    ]  # fmt: skip
    assert side_links(signed_in(make.member(firm, "buyer")).get("/en/me/")) == [*every, "RFQs", *company]
    assert side_links(signed_in(make.member(firm, "seller")).get("/en/me/")) == [
        *every,
        "Leads",
        "Quotes",
        "Offers",
        "Group buys",
        *company,
    ]
    assert side_links(signed_in(make.member(firm, "finance")).get("/en/me/")) == [*every, "Wallet", *company]
    assert side_links(signed_in(make.member(firm, "viewer")).get("/en/me/")) == [*every, *company]
    assert side_links(signed_in(make.person()).get("/en/me/")) == ["Desk"]


def test_every_way_of_the_owner_leads_to_a_page() -> None:
    client = signed_in(make.member(make.company(is_buyer=True), "owner"))

    for group in client.get("/en/me/").context["desk_nav"]:
        for link in group["links"]:
            # Making keys wants the password once more.
            assert client.get(link["href"]).status_code in (200, 302), link["href"]


def test_every_way_of_the_operator_leads_to_a_page_that_marks_it() -> None:
    client = signed_in(operator())

    for group in client.get("/en/office/").context["desk_nav"]:
        for link in group["links"]:
            page = client.get(link["href"])
            assert page.status_code == 200
            current = [each["href"] for row in page.context["desk_nav"] for each in row["links"] if each["current"]]
            assert current == [link["href"]]


def test_a_public_page_is_free_of_the_readers_way_around() -> None:
    page = signed_in(make.member(make.company())).get("/en/export/suppliers/")

    assert page.status_code == 200
    assert "sidenav" not in page.content.decode()
    assert page["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Cookie" not in page.get("Vary", "")


# ── personas ──


@pytest.fixture
def demo(settings: Any) -> Any:
    settings.KIND = "demo"
    return settings


@pytest.mark.parametrize("kind", ["live", "test"])
def test_only_a_demonstration_has_personas(settings: Any, kind: str) -> None:
    settings.KIND = kind
    make.person(email=people.BUYER)
    client = Client()

    assert client.get("/en/demo/").status_code == 404
    assert send(client, "/en/demo/become/", person=people.BUYER).status_code == 404
    assert "sessionid" not in client.cookies
    assert "See this as" not in signed_in(make.person()).get("/en/me/").content.decode()


def test_a_visitor_of_a_demonstration_becomes_a_buyer(demo: Any) -> None:
    buyer = make.member(make.company(), "buyer", who=make.person(email=people.BUYER))
    client = Client()
    assert client.get("/en/demo/").status_code == 200

    answer = send(client, "/en/demo/become/", person=people.BUYER)

    assert answer["Location"] == "/en/me/"
    page = client.get("/en/me/")
    assert page.context["actor"].person_id == buyer.pk
    assert f'<option value="{people.BUYER}" selected>' in page.content.decode()


def test_a_demonstrations_operator_comes_to_the_office(demo: Any) -> None:
    operator(email=people.OPERATOR)
    client = Client()

    send(client, "/en/demo/become/", person=people.OPERATOR)

    assert client.get("/en/office/").status_code == 200


@pytest.mark.parametrize("email", ["real@fair.example", f"x@{people.DOMAIN}.evil.example", f"nobody@{people.DOMAIN}", "", "@"])
def test_nobody_becomes_somebody_outside_the_demo_world(demo: Any, email: str) -> None:
    if "nobody" not in email and email.strip("@"):
        make.person(email=email)
    client = Client()

    assert send(client, "/en/demo/become/", person=email).status_code == 404
    assert client.get("/en/me/").status_code == 302


def test_an_ended_demo_person_is_nobody(demo: Any) -> None:
    make.person(email=people.SUPPLIER, is_active=False)

    assert send(Client(), "/en/demo/become/", person=people.SUPPLIER).status_code == 404


def test_the_switch_is_protected_against_forged_forms(demo: Any) -> None:
    make.person(email=people.BUYER)

    answer = Client(enforce_csrf_checks=True).post("/en/demo/become/", {"_key": "k", "person": people.BUYER})

    assert answer.status_code == 403


def test_a_public_page_of_a_demonstration_has_a_link_and_no_form(demo: Any) -> None:
    html = Client().get("/en/export/suppliers/").content.decode()

    assert 'href="/en/demo/"' in html
    assert "/en/demo/become/" not in html
