"""Both sides read the rate a contract holds before they sign: on pages, on paper and over the API, in their own language."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from everfair.base import clock
from everfair.base.formats import plain_day
from everfair.base.money import Money
from everfair.companies.models import Person
from everfair.payments.models import FxLock, Intent
from everfair.trade.models import Order
from tests import make
from tests.companies.signing_in import browser
from tests.payments.rates import publication_day, published
from tests.trade import quoting
from tests.trade.programs import program
from tests.trade.programs import send as api_send
from tests.trade.test_pages import as_member, at, hidden, preview, send, text_of

pytestmark = pytest.mark.django_db


def words(answer: Any) -> str:
    return text_of(answer).replace("\xa0", " ")


def last_day() -> str:
    return plain_day(clock.now().date() + timedelta(days=7)).replace("\xa0", " ")


def signed_by_buyer(pay_in: str = "EUR") -> make.Trade:
    seller, buyer = make.company(), make.company()
    buying = as_member(buyer)
    read = preview(buying, make.offer(seller), pay_in=pay_in)
    assert read.status_code == 200, words(read)
    assert buying.post("/en/export/order/place/", hidden(read)).status_code == 302
    return make.Trade(Order.objects.get(), make.actor(buyer), make.actor(seller))


def paper(answer: Any) -> str:
    found = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    return re.sub(r"\s+", " ", found.replace("\xa0", " "))


def test_the_buyer_reads_the_rate_before_signing_and_the_seller_too():
    published()
    buyer = make.company()
    buying = as_member(buyer)
    goods = make.offer(make.company())
    composer = buying.get(f"/en/export/order/?offer={goods.number}&quantity=1000").content.decode()
    assert "Pay in" in composer
    assert '<option value="EUR">EUR · ' in composer
    read = words(preview(buying, goods, pay_in="EUR"))
    for said in (
        "1 EUR = 1.25 USD",
        "Sandbox (play rates)",
        "Spread 1.00",
        "USD 420.00 cost EUR 339.40",
        last_day(),
        "The platform bears a difference of rates",
    ):
        assert said in read, said
    assert "The seller receives the same USD." in read

    trade = signed_by_buyer()
    sellers = words(as_member(trade.order.seller).get(at(trade)))
    for said in ("1 EUR = 1.25 USD", "USD 420.00 cost EUR 339.40", last_day(), "Sign the contract"):
        assert said in sellers, said
    assert FxLock.objects.count() == 2


def test_what_was_shown_is_what_is_signed():
    published({"USD": "1.2400"}, days_ago=1)
    buying = as_member(make.company())
    form = hidden(preview(buying, make.offer(make.company()), pay_in="EUR"))
    published()
    answer = buying.post("/en/export/order/place/", form)
    assert answer.status_code == 409
    assert "1 EUR = 1.25 USD" in words(answer)
    assert not Order.objects.exists()
    assert buying.post("/en/export/order/place/", hidden(answer)).status_code == 302


def test_the_orders_own_currency_holds_nothing_and_an_unknown_one_is_refused():
    published()
    assert "Exchange rate of this contract" not in words(as_member(make.company()).get(at(signed_by_buyer("USD"))))
    assert not FxLock.objects.exists()
    for currency in ("CHF", "XXX", "eur"):
        answer = preview(as_member(make.company()), make.offer(make.company()), pay_in=currency)
        assert answer.status_code == 422
    assert Order.objects.count() == 1


def test_without_fresh_rates_nothing_is_offered_and_an_order_is_placed_all_the_same():
    published()
    clock.advance(timedelta(days=10))
    buying, goods = as_member(make.company()), make.offer(make.company())
    assert '<option value="EUR">' not in buying.get(f"/en/export/order/?offer={goods.number}").content.decode()
    assert preview(buying, goods, pay_in="EUR").status_code == 422
    assert buying.post("/en/export/order/place/", hidden(preview(buying, goods))).status_code == 302


@pytest.mark.parametrize("kind", ["contract", "proforma"])
def test_the_rate_stands_on_the_papers_and_the_sheets(kind):
    published()
    trade = signed_by_buyer()
    buying = as_member(trade.order.buyer)
    day = plain_day(publication_day()).replace("\xa0", " ")
    for shown in (paper(buying.get(at(trade, f"{kind}.pdf"))), words(buying.get(at(trade, f"papers/{kind}/")))):
        for said in (
            "Exchange rate of this contract",
            "1 EUR = 1.25 USD",
            day,
            "EUR 339.40",
            last_day(),
            "The buyer bears a difference of rates",
        ):
            assert said in shown, said


def test_papers_of_an_order_without_a_held_rate_say_nothing_of_it():
    trade = make.trade("agreed")
    buying = as_member(trade.order.buyer)
    for kind in ("contract", "proforma"):
        assert "Exchange rate" not in paper(buying.get(at(trade, f"{kind}.pdf")))


@pytest.mark.parametrize(("language", "said"), [("zh-hant", "本合約的匯率"), ("zh-hans", "本合同的汇率")])
def test_a_chinese_reader_reads_it_in_chinese(language, said):
    published()
    trade = signed_by_buyer()
    selling = as_member(trade.order.seller)
    address = at(trade).replace("/en/", f"/{language}/")
    page = words(selling.get(address))
    assert said in page
    assert "1 EUR = 1.25 USD" in page
    assert "Exchange rate of this contract" not in page
    assert said in paper(selling.get(f"{address}contract.pdf"))


def test_a_quote_is_awarded_with_a_held_rate_once_it_was_shown():
    published()
    quote, buyer, _seller = quoting.quote()
    buying = browser(Person.objects.get(pk=buyer.person_id))
    address = f"/en/quotes/{quote.pk}/award/"

    def seen(answer: Any) -> str:
        return re.search(r'name="seen_hash" value="([0-9a-f]{64})"', answer.content.decode())[1]

    first = seen(buying.get(address))
    again = send(buying, address, seen_hash=first, ship_by="", remarks="", pay_in="EUR")
    assert again.status_code == 409
    assert "1 EUR = 1.25 USD" in words(again)
    assert not Order.objects.exists()
    assert send(buying, address, seen_hash=seen(again), ship_by="", remarks="", pay_in="EUR").status_code == 302
    assert Order.objects.get().terms["exchange"]["pay_in"] == "EUR"


def test_programs_preview_sign_and_read_it():
    published()
    seller, buyer = make.company(), make.company()
    buying, selling = program(buyer), program(seller)
    body = {
        "lines": [{"offer": str(make.offer(seller).pk), "quantity": "1000"}], "incoterm": "FOB", "named_place": "Ningbo", "pay_in": "EUR",
    }  # fmt: skip
    shown = api_send(buying, "post", "/orders/preview", body).json()
    assert shown["exchange"] == {
        "pay_in": "EUR", "pay_rate": "1", "rate": "1.25", "source": "sandbox", "rated_on": publication_day().isoformat(),
        "spread_bps": 100, "until": (clock.now().date() + timedelta(days=7)).isoformat(), "holds_until": shown["exchange"]["holds_until"],
        "held": {"amount": "420.00", "currency": "USD"}, "costs": {"amount": "339.40", "currency": "EUR"},
        "bears_until": "platform", "bears_after": "buyer",
    }  # fmt: skip
    made = api_send(buying, "post", "/orders", body | {"draft_hash": shown["draft_hash"]})
    assert made.status_code == 201, made.content
    assert selling.get(f"/api/v1/orders/{made.json()['id']}").json()["exchange"] == shown["exchange"]
    assert api_send(buying, "post", "/orders/preview", body | {"pay_in": ""}).json()["exchange"] is None
    for wrong in ("eur", "EURO", "XXX"):
        no = api_send(buying, "post", "/orders", body | {"pay_in": wrong})
        assert no.status_code == 422
    assert Order.objects.count() == 1


def test_the_payment_says_that_the_contract_holds_the_rate():
    published()
    trade = signed_by_buyer()
    buying, selling = as_member(trade.order.buyer), as_member(trade.order.seller)
    make.fill(trade.order.buyer_id, Money.of("500.00", "EUR"))
    send(selling, at(trade, "sign/"), terms_hash=trade.order.terms_hash)
    send(buying, at(trade, "stages/1/pay/"))
    intent = Intent.objects.get()
    address = f"/en/payments/{intent.pk}/exchange/"
    shown = words(buying.get(address))
    assert "Your contract holds the rate" in shown
    assert "USD 126.00 cost EUR 101.82" in shown
    price = send(buying, address, currency="EUR")
    assert "held by your contract" in words(buying.get(price["Location"]))
    clock.advance(timedelta(days=8))
    assert "Your contract holds the rate" not in words(buying.get(address))


def test_the_page_of_an_order_asks_no_more_for_a_held_rate():
    published()
    plain, held = signed_by_buyer("USD"), None
    Order.objects.filter(pk=plain.order.pk)
    counts = []
    for trade in (plain, held):
        if trade is None:
            seller, buyer = make.company(), make.company()
            buying = as_member(buyer)
            buying.post("/en/export/order/place/", hidden(preview(buying, make.offer(seller), pay_in="EUR")))
            trade = make.Trade(Order.objects.get(buyer=buyer), make.actor(buyer), make.actor(seller))
        reader = as_member(trade.order.buyer)
        reader.get(at(trade))
        with CaptureQueriesContext(connection) as seen:
            assert reader.get(at(trade)).status_code == 200
        counts.append(len(seen.captured_queries))
    assert counts[0] == counts[1]
