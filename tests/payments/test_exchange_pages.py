"""Exchanging on pages and over the API: the price with its spread apart, taken while it holds."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from everfair.base import clock
from everfair.base.money import Money
from everfair.companies.models import Company
from everfair.payments.models import FxDeal, FxQuote, Intent, Rate
from everfair.payments.queries import ways_of
from everfair.trade.actions import pay_stage
from tests import make
from tests.companies.signing_in import browser
from tests.office.desk import operator, send, signed_in, text
from tests.payments.on_credit import in_wallet
from tests.payments.rates import file_of, publication_day, published, quoted, rule_is
from tests.trade.programs import program
from tests.trade.programs import send as api_send

pytestmark = pytest.mark.django_db
PAGE = "/en/wallet/exchange/"


def exchanging(*filled: str) -> tuple[Company, Client]:
    published()
    company = make.company()
    for amount in filled or ("1000.00 USD",):
        make.fill(company.pk, Money.of(*amount.split()))
    return company, browser(make.member(company, "owner"))


def queries(call) -> int:
    with CaptureQueriesContext(connection) as seen:
        call()
    return len(seen.captured_queries)


def test_from_the_wallet_to_a_price_and_to_another_currency():
    company, owner = exchanging()
    assert PAGE in owner.get("/en/wallet/").content.decode()
    assert "USD 1,000.00" in text(owner.get(PAGE)).replace("\xa0", " ")

    answer = send(owner, PAGE, amount="100.00", give="USD", into="EUR")
    assert answer.status_code == 302
    shown = text(owner.get(answer["Location"])).replace("\xa0", " ")
    for part in ("USD 100.00", "0.50%", "USD 0.50", "USD 99.50", "EUR 79.60", "1 USD = 0.8 EUR", "Sandbox (play rates)"):
        assert part in shown, part
    assert FxDeal.objects.count() == 0

    taken = send(owner, f"{answer['Location']}take/")
    assert (taken.status_code, taken["Location"]) == (302, answer["Location"])
    assert "Exchanged" in text(owner.get(taken["Location"]))
    assert (in_wallet(company.pk), in_wallet(company.pk, "EUR")) == (90_000, 7_960)
    assert "Exchanged into another currency" in text(owner.get("/en/wallet/?currency=EUR"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"amount": "1,00"}, "write digits with a point"), ({"amount": "１００"}, "write digits"), ({"amount": "1.001"}, "At most 2 decimals"),
        ({"amount": ""}, "required"),
        ({"amount": "0.00"}, "above zero"), ({"amount": "1000.01"}, "is free in the wallet"), ({"into": "USD"}, "the same currenc"),
        ({"into": "XAU"}, "not one of the available choices"), ({"give": "JPY"}, "not one of the available choices"),
        ({"amount": "0.01"}, "Nothing would come out"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_its_field_and_nothing_changed(typed, said):
    company, owner = exchanging()
    answer = send(owner, PAGE, **({"amount": "1.00", "give": "USD", "into": "EUR"} | typed))
    assert answer.status_code == 422
    assert said in text(answer)
    assert not FxQuote.objects.exists()
    assert in_wallet(company.pk) == 100_000


def test_without_fresh_rates_or_money_the_page_says_so():
    company = make.company()
    owner = browser(make.member(company, "owner"))
    assert "Nothing to exchange" in text(owner.get(PAGE))
    make.fill(company.pk, Money.of("5.00", "USD"))
    assert "No exchange rate of today" in text(owner.get(PAGE))
    published()
    assert "What to exchange" in text(owner.get(PAGE))


def test_a_price_that_is_over_is_refused_on_its_page_and_leads_to_a_new_one():
    company, owner = exchanging()
    address = send(owner, PAGE, amount="100.00", give="USD", into="EUR")["Location"]
    clock.advance(timedelta(seconds=301))

    answer = send(owner, f"{address}take/")

    assert answer.status_code == 409
    assert "This price has expired. Nothing was exchanged" in text(answer)
    assert in_wallet(company.pk) == 100_000
    again = re.search(r'href="(/en/wallet/exchange/\?[^"]+)"', owner.get(address).content.decode())
    assert again is not None
    assert 'value="100.00' in owner.get(again[1].replace("&amp;", "&")).content.decode()


def test_a_payment_is_made_from_another_currency_by_a_price_locked_to_it():
    published()
    trade = make.trade("agreed")
    payer = browser(make.member(trade.order.buyer, "owner"))
    intent = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
    pay_page = f"/en/payments/{intent.pk}/exchange/"
    assert "exchange" not in [row.way.code for row in ways_of(intent, trade.buyer)]
    make.fill(trade.order.buyer_id, Money.of("500.00", "EUR"))
    assert pay_page in payer.get(f"/en/payments/{intent.pk}/").content.decode()

    answer = send(payer, pay_page, currency="EUR")
    assert "126.00" in text(payer.get(answer["Location"]))
    order_page = f"/en/orders/{trade.order.pk}/"
    assert "This price holds until" in text(payer.get(order_page))
    paid = send(payer, f"{answer['Location']}take/")

    assert paid.status_code == 302
    intent.refresh_from_db()
    assert (intent.state, in_wallet(trade.order.buyer_id, "EUR")) == ("captured", 50_000 - FxQuote.objects.get().give_minor)
    assert "Paid by this price" in text(payer.get(order_page))
    assert "Paid by this price" not in text(browser(make.member(trade.order.seller, "owner")).get(order_page))
    assert payer.get(pay_page).status_code == 302
    assert send(payer, pay_page, currency="EUR").status_code == 409


def test_programs_ask_take_and_pay():
    published()
    trade = make.trade("agreed")
    make.fill(trade.order.buyer_id, Money.of("500.00", "EUR"))
    client = program(trade.order.buyer)

    rates = client.get("/api/v1/fx/rates").json()
    assert (rates["rates"]["USD"], rates["stale"], rates["source"]) == ("1.25", False, "sandbox")
    made = api_send(client, "post", "/fx/quotes", {"give": "EUR", "get": "USD", "amount": "10.00"})
    assert made.status_code == 201, made.content
    assert made.json()["spread"] == {"amount": "0.05", "currency": "EUR"}
    taken = api_send(client, "post", f"/fx/quotes/{made.json()['id']}/take", {}).json()
    assert (taken["state"], taken["get"]) == ("taken", {"amount": "12.43", "currency": "USD"})

    intent = pay_stage(trade.stage(1).pk, by=trade.buyer)
    locked = api_send(client, "post", f"/payments/{intent}/fx-quote", {"give": "EUR"}).json()
    assert (locked["payment"], locked["get"]) == (str(intent), {"amount": "126.00", "currency": "USD"})
    assert api_send(client, "post", f"/fx/quotes/{locked['id']}/pay", {}).json()["state"] == "captured"


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"amount": "0"}, 422), ({"amount": "1.001"}, 422), ({"give": "XXX"}, 422), ({"get": "EUR"}, 422), ({"side": "both"}, 422), ({"rate": "2"}, 422)],
)  # fmt: skip
def test_what_a_program_gets_wrong_is_a_problem_and_no_quote(changes, status):
    published()
    company = make.company()
    make.fill(company.pk, Money.of("500.00", "EUR"))
    client = program(company)
    body = {"give": "EUR", "get": "USD", "amount": "10.00"} | changes
    assert api_send(client, "post", "/fx/quotes", body).status_code == status
    assert not FxQuote.objects.exists()


# ── the desk ──


def test_the_desk_brings_rates_and_sees_positions():
    desk = signed_in(operator())
    assert "No exchange rates yet" in text(desk.get("/en/office/exposure/"))
    body = file_of({publication_day(): {"USD": "1.25"}})

    answer = send(desk, "/en/office/exposure/", file=SimpleUploadedFile("daily.xml", body, "text/xml"))
    assert answer.status_code == 302, text(answer)

    assert Rate.objects.count() == 1
    shown = text(desk.get("/en/office/exposure/"))
    assert "daily.xml" in shown
    wrong = send(desk, "/en/office/exposure/", file=SimpleUploadedFile("x.xml", b"<!DOCTYPE a><a/>", "text/xml"))
    assert wrong.status_code == 422
    assert "document type" in text(wrong)
    assert Rate.objects.count() == 1


def test_the_desk_page_asks_as_often_for_many_currencies_as_for_one():
    published()
    desk = signed_in(operator())
    rule_is("payments.fx_limit", "1000000")
    desk.get("/en/office/exposure/")
    counts = []
    for into in ("EUR", "JPY", "KWD"):
        by = make.actor(make.company(), "owner")
        make.fill(by.company_id, Money.of("1000.00", "USD"))
        quoted(by, into=into)
        counts.append(queries(lambda: desk.get("/en/office/exposure/")))
    assert len(set(counts)) == 1
    assert counts[0] <= 18


def test_the_pages_of_an_exchange_ask_a_fixed_number_of_times():
    _company, owner = exchanging("1000.00 USD", "10.00 EUR", "500 JPY")
    owner.get(PAGE)
    assert queries(lambda: owner.get(PAGE)) <= 11
    address = send(owner, PAGE, amount="100.00", give="USD", into="EUR")["Location"]
    assert queries(lambda: owner.get(address)) <= 10
