"""The proofs between trades, payments and the books, and that they see a breach."""

import pytest

from everfair.ledger.proofs import prove
from tests import make

pytestmark = pytest.mark.django_db


def breaches() -> dict[str, str]:
    return {proof.name: proof.breach for proof in prove() if proof.breach}


@pytest.mark.parametrize("state", make.TRADE_STATES)
def test_a_trade_in_any_state_is_proven(state):
    make.trade(state)

    names = {proof.name for proof in prove()}

    assert {
        "every stage holds in escrow what its state says",
        "the stages of every order sum to its total and its credits",
    } <= names
    assert breaches() == {}


def test_a_stage_that_lies_about_its_money_is_named():
    trade = make.trade("deposit")
    type(trade.stage(2)).objects.filter(pk=trade.stage(2).pk).update(state="funded")

    assert list(breaches()) == ["every stage holds in escrow what its state says"]


def test_a_payment_that_was_never_booked_is_named():
    trade = make.trade("agreed")
    intent_id = make.pay_stage(trade.stage(1).pk, by=trade.buyer)
    make.Intent.objects.filter(pk=intent_id).update(state="captured")

    assert list(breaches()) == ["every captured payment stands in the books once, with its amount"]
