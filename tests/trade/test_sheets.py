"""An order's papers as pages: what each says, and when it is there."""

import pytest

from tests import make
from tests.trade.test_pages import as_member, at, sides, text_of

pytestmark = pytest.mark.django_db


def words(answer) -> str:
    return text_of(answer).replace("\xa0", " ")


def test_a_contract_names_both_sides_its_goods_its_sum_and_its_signatures():
    trade = make.trade("agreed")
    buying, _selling = sides(trade)

    read = words(buying.get(at(trade, "papers/contract/")))

    assert "Sales contract" in read
    assert trade.order.reference in read
    assert trade.order.terms["buyer"]["name"] in read
    assert trade.order.terms["seller"]["name"] in read
    assert "USD 420.00" in read
    assert trade.order.terms_hash in read
    assert "Waiting for signature" not in read


def test_an_offered_contract_says_whose_signature_is_missing():
    trade = make.trade("offered")
    buying, _selling = sides(trade)

    assert words(buying.get(at(trade, "papers/contract/"))).count("Waiting for signature") == 1


def test_a_proforma_asks_for_the_stages_and_is_not_signed():
    trade = make.trade("agreed")
    buying, _selling = sides(trade)

    read = words(buying.get(at(trade, "papers/proforma/")))

    assert "Proforma invoice" in read
    assert "Deposit" in read
    assert "The rules that hold for this contract" not in read


def test_a_packing_list_is_there_once_the_goods_were_handed_over():
    early, late = make.trade("funded"), make.trade("shipped")

    assert as_member(early.order.buyer).get(at(early, "papers/packing-list/")).status_code == 404
    assert "papers/packing-list/" not in as_member(early.order.buyer).get(at(early, "papers/contract/")).content.decode()
    read = words(as_member(late.order.buyer).get(at(late, "papers/packing-list/")))
    assert make.CONSIGNMENT["tracking_number"] in read
    assert "USD" not in read


def test_there_is_no_other_paper_and_none_for_a_stranger():
    trade = make.trade("agreed")
    buying, _selling = sides(trade)

    assert buying.get(at(trade, "papers/invoice/")).status_code == 404
    assert as_member(make.company()).get(at(trade, "papers/contract/")).status_code == 404


@pytest.mark.parametrize("kind", ["contract", "proforma", "packing-list"])
def test_a_paper_asks_few_questions(kind, django_assert_max_num_queries):
    trade = make.trade("shipped")
    buying, _selling = sides(trade)
    buying.get(at(trade, f"papers/{kind}/"))

    with django_assert_max_num_queries(12):
        buying.get(at(trade, f"papers/{kind}/"))
