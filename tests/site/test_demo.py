"""The demo world is made by our own verbs, so it must keep every rule of the house."""

import pytest

from everfair.catalog.models import Offer
from everfair.companies.models import Company
from everfair.ledger.proofs import prove
from everfair.site.demo import load, sign_ins
from everfair.trade.models import Order

pytestmark = pytest.mark.django_db


def test_the_demo_world_has_trades_in_every_state_and_clean_books():
    figures = load()

    assert (figures["companies"], figures["offers"]) == (20, 200)
    assert set(Order.objects.values_list("agreement", flat=True)) == {
        "offered", "agreed", "declined", "cancelled", "lapsed", "called_off", "completed",
    }  # fmt: skip
    assert set(Order.objects.values_list("issue", flat=True)) == {"none", "open", "resolved"}
    assert set(Order.objects.values_list("goods", flat=True)) == {"awaiting", "shipped", "received"}
    assert [proof for proof in prove() if proof.breach] == []


def test_loading_twice_changes_nothing():
    load()
    before = (Company.objects.count(), Offer.objects.count(), Order.objects.count())

    again = load()

    assert again["loaded"] is False
    assert (Company.objects.count(), Offer.objects.count(), Order.objects.count()) == before


def test_the_sign_ins_fit_in_one_line():
    assert "\n" not in sign_ins()
    assert "buyer" in sign_ins()
