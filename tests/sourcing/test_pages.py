"""The pages as people use them: ask, request, quote, compare, decide."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from everfair.base.clock import now
from everfair.messaging.models import Message
from everfair.sourcing.models import Quote, Rfq
from tests import make
from tests.sourcing.asking import buyer, quote, rfq, supplier

pytestmark = pytest.mark.django_db


def browser_of(actor) -> Client:
    client = Client()
    client.force_login(make.Person.objects.get(pk=actor.person_id))
    return client


def day(days: int) -> str:
    return (now() + timedelta(days=days)).date().isoformat()


def composed(**changes):
    return {
        "_key": uuid4().hex,
        "title": "Bolts for a bridge",
        "category": "hardware/fasteners",
        "currency": "USD",
        "destination": "DE",
        "incoterm": "FOB",
        "named_place": "Ningbo",
        "closes_on": day(10),
        "ship_by": day(60),
        "details": "",
        "line-1-description": "Hex bolts M8",
        "line-1-quantity": "500",
        "line-1-unit": "C62",
        "line-1-target_price": "0.05",
    } | changes


def quoted(**changes):
    return {
        "_key": uuid4().hex,
        "line-1-unit_price": "0.0425",
        "line-2-unit_price": "9.999",
        "lead_time_days": "30",
        "valid_on": day(20),
        "deposit_percent": "30",
        "incoterm": "FOB",
        "named_place": "Ningbo",
        "charge_freight": "120.00",
    } | changes


def test_a_request_is_posted_once_however_often_the_form_is_sent():
    client = browser_of(buyer())
    page = client.get("/en/rfqs/new/")
    typed = composed()

    answers = [client.post("/en/rfqs/new/", typed) for _ in range(3)]

    assert page.status_code == 200
    assert [answer.status_code for answer in answers] == [302] * 3
    assert {answer["Location"] for answer in answers} == {f"/en/rfqs/{Rfq.objects.get().pk}/"}


@pytest.mark.parametrize(
    "changes",
    [
        {"line-1-quantity": "1,00"},
        {"line-1-quantity": "1e3"},
        {"line-1-quantity": "１００"},
        {"line-1-quantity": "0.5"},
        {"line-1-quantity": "-1"},
        {"line-1-target_price": "0x10"},
        {"line-1-target_price": "1.234,56"},
        {"line-1-unit": "pcs"},
        {"line-1-description": ""},
        {"line-1-description": "a\0b"},
        {"title": "safe\u202egpj"},
        {"title": ""},
        {"named_place": "x" * 121},
        {"details": "x" * 1_000_000},
        {"closes_on": "31/12/2030"},
        {"closes_on": "2026-02-30"},
        {"closes_on": "9999-12-31"},
        {"currency": "usd"},
        {"category": "no/such"},
    ],
)
def test_bad_input_is_shown_beside_its_field_and_nothing_is_posted(changes):
    client = browser_of(buyer())

    answer = client.post("/en/rfqs/new/", composed(**changes))

    assert answer.status_code == 422
    assert 'class="error"' in answer.text or 'role="alert"' in answer.text
    assert 'value="Ningbo"' in answer.text or "named_place" in changes
    assert Rfq.objects.count() == 0


def test_a_request_comes_filled_from_an_offer_and_from_a_search():
    client = browser_of(buyer())
    offer = make.offer(make.company(), titles={"en": "Brass <nut>"}, category="hardware/fasteners")

    from_offer = client.get(f"/en/rfqs/new/?offer={offer.number}&quantity=700").text
    from_search = client.get("/en/rfqs/new/?q=solar+lamp").text

    assert 'value="Brass &lt;nut&gt;"' in from_offer
    assert 'value="700"' in from_offer
    assert f'name="line-1-offer" value="{offer.number}"' in from_offer
    assert 'value="solar lamp"' in from_search
    answer = client.post("/en/rfqs/new/", composed(**{"line-1-offer": str(offer.number)}))
    assert answer.status_code == 302
    assert Rfq.objects.get().title == "Bolts for a bridge"


def test_the_board_is_public_and_names_no_buyer(client):
    by = buyer()
    asked = rfq(by)
    name = make.Company.objects.get(pk=by.company_id).name

    board = client.get("/en/export/rfqs/")
    page = client.get(f"/en/rfqs/{asked.pk}/")

    assert board.status_code == 200
    assert asked.title in board.text
    assert name not in board.text
    assert "csrf" not in board.text
    assert page.status_code == 302
    assert f"next=%2Fen%2Frfqs%2F{asked.pk}%2F" in page["Location"]
    assert name in browser_of(supplier()).get(f"/en/rfqs/{asked.pk}/").text
    assert client.get("/en/moon/rfqs/").status_code == 404


def test_the_whole_way_from_request_to_revised_quote_and_decline():
    by, sells = buyer(), supplier()
    asked = rfq(by)
    theirs, ours = browser_of(sells), browser_of(by)

    sent = theirs.post(f"/en/rfqs/{asked.pk}/quote/", quoted())
    first = Quote.objects.get()
    again = theirs.get(f"/en/quotes/{first.pk}/revise/").text
    revised = theirs.post(f"/en/quotes/{first.pk}/revise/", quoted(lead_time_days="10"))
    second = Quote.objects.get(state="sent")
    table = ours.get(f"/en/rfqs/{asked.pk}/compare/").text
    shown = ours.get(f"/en/quotes/{second.pk}/").text
    declined = ours.post(f"/en/quotes/{second.pk}/decline/", {"_key": "d"})

    assert (sent.status_code, revised.status_code, declined.status_code) == (302, 302, 302)
    assert 'value="0.0425"' in again
    assert "1,749.88" in table
    assert "10 days" in shown
    assert "Revision 1" in shown
    assert sorted(Quote.objects.values_list("revision", "state")) == [(1, "replaced"), (2, "declined")]


@pytest.mark.parametrize(
    "changes",
    [
        {"line-1-unit_price": "1,00"},
        {"line-1-unit_price": "0"},
        {"line-1-unit_price": "-0.00"},
        {"line-1-unit_price": "0.0000001"},
        {"line-1-unit_price": "Infinity"},
        {"line-1-tiers": "5000"},
        {"line-1-tiers": "20000 0.05"},
        {"line-1-sku": "NO-SUCH"},
        {"charge_freight": "0.001"},
        {"charge_freight": "1,234.56"},
        {"charge_discount": "99999"},
        {"charge_tax": "1000000000000000000"},
        {"valid_on": "2030-13-01"},
        {"valid_on": "2999-01-01"},
        {"deposit_percent": "101"},
        {"deposit_percent": "33.333"},
        {"lead_time_days": "1.5"},
        {"remarks": "zero\u200bwidth"},
    ],
)
def test_a_bad_quote_is_shown_again_with_its_error(changes):
    asked, client = rfq(), browser_of(supplier())

    answer = client.post(f"/en/rfqs/{asked.pk}/quote/", quoted(**changes))

    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert Quote.objects.count() == 0


def test_other_companies_find_nothing():
    asked = rfq()
    sent = quote(asked)
    stranger, rival = browser_of(buyer()), browser_of(supplier())

    for client, paths in (
        (stranger, (f"rfqs/{asked.pk}/", f"rfqs/{asked.pk}/compare/", f"quotes/{sent.pk}/", f"rfqs/{asked.pk}/files/{uuid4()}/")),
        (rival, (f"rfqs/{asked.pk}/compare/", f"quotes/{sent.pk}/", f"quotes/{sent.pk}/revise/")),
    ):
        assert [client.get(f"/en/{path}").status_code for path in paths] == [404] * len(paths)
    for path in (
        f"rfqs/{asked.pk}/close/",
        f"rfqs/{asked.pk}/cancel/",
        f"quotes/{sent.pk}/withdraw/",
        f"quotes/{sent.pk}/decline/",
    ):
        assert rival.post(f"/en/{path}", {"_key": uuid4().hex}).status_code == 404
    assert Quote.objects.get().state == "sent"
    assert Rfq.objects.get().state == "open"


def test_asking_needs_signing_in_and_leads_to_the_thread(client):
    offer = make.offer(make.company())
    address = reverse("sourcing:ask", args=["export", offer.number])

    assert client.get(address).status_code == 302
    asking = browser_of(buyer())
    assert asking.get(address).status_code == 200
    answer = asking.post(address, {"_key": "k", "text": "In stock?", "quantity": "500"})

    assert answer.status_code == 302
    assert asking.get(answer["Location"]).text.count("In stock?") == 1
    assert asking.post(address, {"_key": "l", "text": "", "quantity": "1,0"}).status_code == 422
    assert Message.objects.count() == 1


def queries_of(client: Client, path: str) -> int:
    client.get(path)  # signs of life are written at the first look
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def test_lists_ask_the_database_as_often_for_eight_rows_as_for_one():
    by, sells = buyer(), supplier()
    ours, theirs = browser_of(by), browser_of(sells)
    first = rfq(by)
    quote(first, sells)
    pages = (
        (ours, "rfqs/"),
        (ours, f"rfqs/{first.pk}/"),
        (ours, f"rfqs/{first.pk}/compare/"),
        (theirs, "leads/?all=1"),
        (theirs, "quotes/"),
    )
    one = [queries_of(client, f"/en/{path}") for client, path in (*pages, (Client(), "export/rfqs/"))]
    for _ in range(7):
        quote(rfq(by), sells)
        quote(first)

    many = [queries_of(client, f"/en/{path}") for client, path in (*pages, (Client(), "export/rfqs/"))]

    assert many == one
    assert max(many) <= 14
