"""New terms on the pages: proposed in a form, read beside the old ones, signed or refused."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from everfair.trade.models import Amendment
from tests import make
from tests.trade.test_pages import at, send, sides, text_of

pytestmark = pytest.mark.django_db
NEW = {
    "quantity_1": "900", "price_1": "0.42", "incoterm": "FOB", "named_place": "Ningbo", "remarks": "", "note": "Less steel",
}  # fmt: skip


def proposed(trade: make.Trade, **changes: str):
    _buyer, seller = sides(trade)
    typed = NEW | {"ship_by": trade.order.ship_by.isoformat()} | changes
    return send(seller, at(trade, "amend/"), **typed)


def test_new_terms_are_proposed_read_and_signed():
    trade = make.trade("funded")
    buyer, seller = sides(trade)
    assert "Propose new terms" in text_of(seller.get(at(trade)))
    assert seller.get(at(trade, "amend/")).status_code == 200

    assert proposed(trade).status_code == 302
    shown = buyer.get(at(trade))
    text = text_of(shown)
    assert "1,000 pieces" in text
    assert "900 pieces" in text
    assert "Less steel" in text
    amendment = Amendment.objects.get()
    answer = send(buyer, f"/en/amendments/{amendment.pk}/sign/", terms_hash=amendment.terms_hash)

    assert answer.status_code == 302
    assert trade.fresh().total_minor == 37800
    assert "goes back to the buyer when the goods are settled" in text_of(buyer.get(at(trade)))


@pytest.mark.parametrize(
    ("field", "value"),
    [("quantity_1", "0"), ("quantity_1", "1,000"), ("price_1", "-1"), ("ship_by", "yesterday"), ("named_place", "")],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_proposed(field, value):
    trade = make.trade("funded")

    answer = proposed(trade, **{field: value})

    assert answer.status_code == 422
    assert f'id="id_{field}"' in answer.content.decode()
    assert not Amendment.objects.exists()


def test_terms_that_say_nothing_new_come_back_with_the_reason():
    trade = make.trade("funded")
    answer = proposed(trade, quantity_1="1000")
    assert answer.status_code in (302, 422)
    assert not Amendment.objects.exists()


def test_the_other_side_refuses_with_a_reason():
    trade = make.trade("funded")
    buyer, seller = sides(trade)
    proposed(trade)
    amendment = Amendment.objects.get()
    assert buyer.get(f"/en/amendments/{amendment.pk}/refuse/").status_code == 200

    assert send(buyer, f"/en/amendments/{amendment.pk}/refuse/", reason="Too few").status_code == 302

    assert trade.fresh().terms_version == 1
    assert "the former terms hold" in text_of(seller.get(at(trade)))


def test_an_open_proposal_costs_the_page_two_questions_more():
    trade = make.trade("funded")
    buyer, _seller = sides(trade)
    buyer.get(at(trade))
    with CaptureQueriesContext(connection) as before:
        buyer.get(at(trade))
    proposed(trade)
    with CaptureQueriesContext(connection) as after:
        buyer.get(at(trade))

    assert len(after) - len(before) <= 2
