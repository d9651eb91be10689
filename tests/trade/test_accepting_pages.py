"""A part of the goods confirmed in the browser and by programs: what moves is shown first, and is what moves."""

from __future__ import annotations

import pytest

from tests import make
from tests.trade.programs import program
from tests.trade.programs import send as call
from tests.trade.test_pages import at, send, sides, text_of
from tests.trade.test_shipments import in_wallet, ordered
from tests.trade.test_shipments import send as ship

pytestmark = pytest.mark.django_db


def shipped(*quantities: str) -> make.Trade:
    trade = ordered(*quantities)
    ship(trade)
    return trade


def test_the_buyer_says_what_is_right_sees_what_moves_and_confirms():
    trade = shipped("1000", "600")
    buyer, seller = sides(trade)
    assert "Confirm a part of the goods" in text_of(buyer.get(at(trade)))

    asked = text_of(buyer.get(at(trade, "accept/")))
    looked = send(buyer, at(trade, "accept/"), step="look", quantity_1="250", quantity_2="")
    untouched = in_wallet(trade.seller)
    done = send(buyer, at(trade, "accept/"), confirmed="1", quantity_1="250")

    assert "At most 600 pieces." in asked
    assert looked.status_code == 200
    assert "USD 125.00" in text_of(looked)
    assert "USD 122.50" in text_of(looked)  # less 2 %
    assert 'name="quantity_1" value="250"' in looked.content.decode()
    assert untouched == 0
    assert done.status_code == 302
    assert in_wallet(trade.seller) == 12250
    shown = text_of(buyer.get(at(trade)))
    assert "The buyer accepted a part of the goods: it is paid" in shown
    assert "Confirmed" in shown
    assert "Confirm a part of the goods" not in text_of(seller.get(at(trade)))
    assert "held USD 675.00" in shown


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"quantity_1": "1001"}, "1000 were sent"),
        ({"quantity_1": "abc"}, "number"),
        ({"quantity_1": "1.5"}, "unit allows"),
        ({"quantity_1": "1,000"}, "number"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_moves(typed, said):
    trade = shipped("1000", "600")
    buyer, _seller = sides(trade)

    for step in ({"step": "look"}, {"confirmed": "1"}):
        answer = send(buyer, at(trade, "accept/"), **typed, **step)
        assert answer.status_code == 422
        assert 'id="id_quantity_1_error"' in answer.content.decode()
    assert in_wallet(trade.seller) == 0


def test_everything_or_nothing_is_not_a_part():
    trade = shipped("1000", "600")
    buyer, _seller = sides(trade)
    nothing = send(buyer, at(trade, "accept/"), step="look", quantity_1="", quantity_2="")
    everything = send(buyer, at(trade, "accept/"), step="look", quantity_1="1000", quantity_2="600")
    assert nothing.status_code == everything.status_code == 422
    assert "Please say which goods are right." in text_of(nothing)
    assert "confirm the goods of the whole order" in text_of(everything)


def test_a_confirmation_sent_twice_pays_once():
    trade = shipped("1000", "600")
    buyer, _seller = sides(trade)
    for _n in range(2):
        answer = buyer.post(at(trade, "accept/"), {"_key": "the-same", "confirmed": "1", "quantity_1": "100"})
        assert answer.status_code == 302
    assert in_wallet(trade.seller) == 4900


def test_a_program_accepts_a_part():
    trade = shipped("1000", "600")
    buying, selling = program(trade.order.buyer), program(trade.order.seller)
    path = f"/orders/{trade.order.pk}"

    assert "accept_part" in buying.get(f"/api/v1{path}").json()["moves"]
    answer = call(buying, "post", f"{path}/accept", {"lines": [{"line": 2, "quantity": "600"}]}, key="one")
    again = call(buying, "post", f"{path}/accept", {"lines": [{"line": 2, "quantity": "600"}]}, key="one")

    assert answer.status_code == again.status_code == 200
    assert [line["accepted"] for line in answer.json()["goods_sent"]] == ["0", "600"]
    assert answer.json()["stages"][0]["paid_in_parts"]["amount"] == "300.00"
    assert call(selling, "post", f"{path}/accept", {"lines": [{"line": 1, "quantity": "1"}]}).status_code == 403
    assert call(program(make.company()), "post", f"{path}/accept", {"lines": [{"line": 1, "quantity": "1"}]}).status_code == 404
    twice = call(buying, "post", f"{path}/accept", {"lines": [{"line": 1, "quantity": "1"}, {"line": 1, "quantity": "2"}]})
    assert (twice.status_code, twice.json()["code"]) == (422, "trade.line_twice")
    assert in_wallet(trade.seller) == 29400
