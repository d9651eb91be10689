"""Chargebacks: from whom they are taken, how they go back, and that every order of a provider's words ends in one state (I10, I13, B85)."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from everfair.base import clock
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.sql import ask
from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance, balance_at
from everfair.ledger.values import clearing, escrow, fees, reserve_of, wallet
from everfair.payments.actions import EventTooEarly, take_event
from everfair.payments.models import Chargeback, ChargebackTake, Debt, Intent, ProviderEvent
from everfair.trade.actions import pay_stage, receive_order
from tests import make
from tests.payments.test_permutations import entries, repeated

pytestmark = pytest.mark.django_db
Told = tuple[dict[str, str], bytes]


def usd(minor: int) -> Money:
    return Money(minor, "USD")


told = make.disputed


def hear(intent: Intent, kind: str = "opened", **changes: Any) -> str:
    return take_event("sandbox", *told(intent, kind, **changes))


def paid(state: str = "agreed") -> tuple[make.Trade, Intent]:
    """A trade whose first stage is paid by card; the sandbox names the checkout."""
    trade = make.trade("agreed")
    intent = make.pay(trade.stage(1), trade.buyer)
    intent.refresh_from_db()
    return trade, intent


def takes() -> list[tuple[str, int, int]]:
    return [(take.source, take.amount_minor, take.returned_minor) for take in ChargebackTake.objects.order_by("n")]


def sound() -> bool:
    assert [(proof.name, proof.breach) for proof in prove() if proof.breach] == []
    return True


def free(company_id: Any) -> int:
    return balance(wallet(company_id, "USD"), "USD").free.minor


def held(trade: make.Trade, n: int = 1) -> int:
    return balance(escrow(trade.stage(n).pk), "USD").posted.minor


class TestWhatIsHeldGivesFirst:
    def test_a_chargeback_of_what_is_held_is_taken_from_escrow_and_freezes_it(self):
        trade, intent = paid()
        before = held(trade)

        assert hear(intent) == "applied"

        assert (held(trade), trade.stage(1).state, takes()) == (0, "frozen", [("escrow", before, 0)])
        assert Chargeback.objects.get().state == "open"
        assert sound()

    def test_of_a_part_the_rest_stays_held_and_goes_on_when_it_is_lost(self):
        trade, intent = paid()
        before = held(trade)
        hear(intent, amount_minor=600)
        assert (held(trade), trade.stage(1).state) == (before - 600, "frozen")

        hear(intent, "lost", version=2, amount_minor=600)

        stage = trade.stage(1)
        assert (held(trade), stage.state, stage.charged_minor, stage.rest.minor) == (before - 600, "funded", 600, before - 600)
        assert sound()

    def test_won_it_is_back_in_escrow_and_thaws(self):
        trade, intent = paid()
        before = held(trade)
        hear(intent)

        hear(intent, "won", version=2)

        stage = trade.stage(1)
        assert (held(trade), stage.state, stage.charged_minor, stage.regained_minor) == (before, "funded", 0, before)
        assert takes() == [("escrow", before, before)]
        assert sound()

    def test_lost_as_a_whole_the_stage_is_over(self):
        trade, intent = paid()
        hear(intent)

        hear(intent, "lost", version=2)

        assert (trade.stage(1).state, held(trade)) == ("refunded", 0)
        assert sound()


def released() -> tuple[make.Trade, Intent]:
    """A trade that is settled: everything was paid by card and is the seller's."""
    trade = make.trade("completed")
    intent = Intent.objects.get(purpose=trade.stage(1).pk)
    return trade, intent


class TestClawback:
    def test_what_the_seller_was_paid_is_taken_from_its_wallet(self):
        trade, intent = released()
        before, seller = free(trade.seller.company_id), trade.seller.company_id

        hear(intent)

        assert free(seller) == before - intent.amount_minor
        assert takes() == [("debt", intent.amount_minor, 0)]
        assert Debt.objects.get().state == "settled"
        assert sound()

    def test_what_the_wallet_does_not_hold_is_a_debt(self):
        trade, intent = released()
        seller = trade.seller.company_id
        make.payout(trade.seller, usd(free(seller)), state="paid")
        assert free(seller) == 0

        hear(intent)

        debt = Debt.objects.get()
        assert (debt.company_id, debt.left_minor, debt.state) == (seller, intent.amount_minor, "open")
        assert sound()

        hear(intent, "won", version=2)

        debt.refresh_from_db()
        assert (debt.left_minor, debt.state, free(seller)) == (0, "settled", 0)
        assert sound()

    def test_lost_the_commission_comes_home_to_the_cent_and_reinstated_it_is_taken_again(self):
        trade, intent = released()
        seller = trade.seller.company_id
        earned, before = balance_at(fees("USD"), clock.now()), free(seller)
        assert earned > 0

        hear(intent)
        hear(intent, "lost", version=2)

        [(kept,)] = ask("SELECT sum(net_minor + tax_minor) FROM billing_charge WHERE subject = %s", [trade.order.pk])
        whole = sum(stage.amount_minor for stage in (trade.stage(1), trade.stage(2)))
        back = earned - balance_at(fees("USD"), clock.now())
        assert back > 0
        assert free(seller) == before - intent.amount_minor + back
        assert abs(kept * whole - earned * (whole - intent.amount_minor)) <= whole
        assert sound()

        hear(intent, "reversed", version=3, state="won")

        assert (balance_at(fees("USD"), clock.now()), free(seller)) == (earned, before)
        assert Chargeback.objects.get().state == "reinstated"
        assert sound()

    def test_won_and_taken_back_after_all_it_is_taken_again(self):
        trade, intent = released()
        seller = trade.seller.company_id
        before = free(seller)

        hear(intent)
        hear(intent, "won", version=2)
        assert free(seller) == before
        hear(intent, "reversed", version=3, state="lost")

        assert Chargeback.objects.get().state == "retaken"
        assert takes() == [("debt", intent.amount_minor, intent.amount_minor), ("debt", intent.amount_minor, 0)]
        assert sound()


class TestWords:
    def test_every_order_of_four_words_ends_in_one_state(self):
        """Opened, lost, given back after all, and a false amount: 24 orders, each with repetitions, after release."""
        trade, intent = released()
        words = [
            told(intent),
            told(intent, "lost", version=2),
            told(intent, "reversed", version=3, state="won"),
            told(intent, "lost", version=2, ref="dsp_2", currency="EUR"),
        ]
        ends = set()
        before = len(entries())
        for seed, order in enumerate(permutations(range(4))):
            try:
                with transaction.atomic():
                    for n in repeated(order, seed):
                        take_event("sandbox", *words[n])
                    assert seed % 6 or sound()
                    [found] = Chargeback.objects.all()
                    ends.add((found.state, found.moved, len(entries()) - before, tuple(entries()), free(trade.seller.company_id)))
                    raise _Back
            except _Back:
                pass
        assert len(ends) == 1
        assert next(iter(ends))[:2] == ("reinstated", 2)

    def test_before_its_capture_it_is_told_again(self):
        trade = make.trade("agreed")
        intent = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
        words = told(intent, checkout="chk_1")

        with pytest.raises(EventTooEarly):
            take_event("sandbox", *words)
        assert ProviderEvent.objects.count() == 0

        assert take_event("sandbox", *make.told(intent, id="chk_1")) == "applied"
        assert take_event("sandbox", *words) == "applied"
        assert sound()

    def test_the_provider_is_asked_to_say_it_again_and_nothing_is_kept(self):
        trade = make.trade("agreed")
        intent = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
        headers, body = told(intent, checkout="chk_1")
        before = len(entries())

        def post() -> Any:
            return Client().post("/hooks/payments/sandbox", body, "application/json", headers=headers)

        early = post()
        assert (early.status_code, early.headers["Retry-After"], early.json()["code"]) == (503, "5", "payments.event_too_early")
        assert (ProviderEvent.objects.count(), len(entries())) == (0, before)

        take_event("sandbox", *make.told(intent, id="chk_1"))
        assert (post().status_code, post().content) == (200, b"applied")
        assert Chargeback.objects.count() == 1

    @pytest.mark.parametrize(
        "wrong",
        [{"amount_minor": 10**9}, {"recipient": "somebody"}, {"checkout": "chk_other"}, {"currency": "EUR"}],
        ids=["too much", "another recipient", "another checkout", "another currency"],
    )
    def test_what_does_not_fit_is_booked_into_suspense_for_a_person(self, wrong: dict[str, Any]):
        _trade, intent = paid()

        assert hear(intent, **wrong) == "mismatch"

        assert Chargeback.objects.count() == 0
        assert [row[0] for row in entries() if row[0].startswith("chargeback")] == ["chargeback_mismatch"]
        assert sound()

    def test_two_chargebacks_of_one_payment_never_exceed_it(self):
        _trade, intent = paid()
        half = intent.amount_minor // 2

        assert hear(intent, amount_minor=half) == "applied"
        assert hear(intent, ref="dsp_2", amount_minor=intent.amount_minor - half) == "applied"
        assert hear(intent, ref="dsp_3", amount_minor=1) == "mismatch"

        assert sound()


class _Back(Exception):
    pass


class TestRelease:
    def test_nothing_is_released_while_it_is_open(self):
        trade = make.trade("shipped")
        intent = Intent.objects.get(purpose=trade.stage(1).pk)
        hear(intent, amount_minor=100)

        with pytest.raises(Refused) as no, transaction.atomic():
            receive_order(trade.order.pk, by=trade.buyer)
        assert no.value.code == "trade.charged_back"

        hear(intent, "lost", version=2, amount_minor=100)
        receive_order(trade.order.pk, by=trade.buyer)

        assert {trade.stage(n).state for n in (1, 2)} == {"released"}
        assert sound()


def test_the_clearing_is_what_the_provider_has():
    _trade, intent = paid()
    before = -balance_at(clearing("sandbox", "USD"), clock.now())

    hear(intent)

    assert -balance_at(clearing("sandbox", "USD"), clock.now()) == before - intent.amount_minor
    assert balance(reserve_of(intent.company_id, "USD"), "USD").posted == usd(0)
