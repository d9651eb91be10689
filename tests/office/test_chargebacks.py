"""The desk of chargebacks: what waits with its day, the file that speaks for the seller, one answer, and what is exposed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from everfair.base import clock
from everfair.base.events import run_all_reactions
from everfair.companies.models import Person
from everfair.ledger.queries import balance
from everfair.ledger.values import wallet
from everfair.markets.actions import set_rule
from everfair.messaging.models import Notice
from everfair.payments.actions import send_answers, take_event
from everfair.payments.models import Chargeback, Intent
from everfair.payments.queries import chargeback_exposure
from everfair.trade.queries import evidence_of
from tests import make
from tests.office.desk import asked, notes, operator, send, signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Any:
    return signed_in(operator(name="Olga Operator"))


def charged_back(state: str = "completed", **said: Any) -> tuple[make.Trade, Chargeback]:
    trade = make.trade(state)
    intent = Intent.objects.get(purpose=trade.stage(1).pk)
    assert take_event("sandbox", *make.disputed(intent, **said)) == "applied"
    return trade, Chargeback.objects.latest("id")


def test_a_chargeback_waits_with_its_file_and_is_answered_once(desk):
    trade, found = charged_back()
    at = f"/en/office/chargebacks/{found.pk}/"

    shown = text(desk.get(at))

    assert "Goods not received" in shown
    assert "Contract signed by both sides" in shown
    assert f"Order {trade.order.reference}" in desk.get(at).content.decode()
    assert send(desk, f"{at}answer/", answer="contest", evidence=" ").status_code == 422
    assert send(desk, f"{at}answer/", answer="maybe", evidence="x").status_code == 422
    assert send(desk, f"{at}answer/", answer="contest", evidence="signed for on Monday").status_code == 302
    assert send(desk, f"{at}answer/", answer="accept").status_code in (409, 422)
    found.refresh_from_db()
    assert (found.answer, found.evidence, found.state) == ("contest", "signed for on Monday", "open")
    assert [note.act for note in notes()] == ["contested a chargeback"]
    assert "Olga Operator" in text(desk.get(at))


def test_an_answer_comes_too_late_after_its_day(desk):
    _trade, found = charged_back()
    clock.advance(timedelta(days=19))

    assert send(desk, f"/en/office/chargebacks/{found.pk}/answer/", answer="contest", evidence="here").status_code == 422
    found.refresh_from_db()
    assert found.answer == ""


def test_an_answer_that_no_provider_can_take_waits(settings):
    """The provider of the tests is not reached: the answer is kept and handed over later."""
    _trade, found = charged_back()
    Chargeback.objects.filter(pk=found.pk).update(answer="accept", answered_by=make.person().pk, answered_at=clock.now())

    assert send_answers() == 1

    found.refresh_from_db()
    assert (found.sent_at, found.failure) == (None, "")


def test_both_sides_see_it_on_the_order_and_in_a_letter(committed: None):
    trade, found = charged_back("shipped")

    for actor in (trade.buyer, trade.seller):
        page = signed_in(Person.objects.get(pk=actor.person_id)).get(f"/en/orders/{trade.order.pk}/")
        assert "Chargeback: Open" in text(page)
        assert "The buyer's bank took a card payment back" in text(page)
    run_all_reactions()
    told = set(Notice.objects.filter(kind__startswith="order.charge").values_list("kind", "company_id"))
    assert told == {("order.charged_back", trade.order.buyer_id), ("order.charge_evidence", trade.order.seller_id)}
    assert found.stands


def test_the_exposure_page_counts_by_rail_and_seller_with_an_alarm(desk):
    trade, found = charged_back(amount_minor=600)
    make.trade("completed")

    exposure = chargeback_exposure()

    assert [(row.of, row.count, row.amount.minor) for row in exposure.by_rail] == [("sandbox", 1, 600)]
    assert [(row.of, row.count) for row in exposure.by_seller] == [(trade.order.seller_id, 1)]
    assert [(row.days, row.payments, row.charged, row.back.minor, row.alarm) for row in exposure.ratios] == [
        (30, 4, 1, 600, True),
        (90, 4, 1, 600, True),
    ]
    assert exposure.ratios[0].by_count == Decimal("0.25")
    [covered] = exposure.covered
    assert [amount.minor for amount in covered.ages] == [84_000 - 600, 0, 0, 0]
    clock.advance(timedelta(days=45))
    assert [amount.minor for amount in chargeback_exposure().covered[0].ages] == [0, 84_000 - 600, 0, 0]

    set_rule("payments.chargeback_alarm", "export", Decimal("0.5"), None, "for this test", make.operator())
    assert not chargeback_exposure().alarmed
    shown = text(desk.get("/en/office/chargebacks/"))
    assert "What can still be taken back" in shown
    assert "Within bounds" in shown
    assert found.stands


def test_what_became_a_debt_stands_beside_it():
    trade = make.trade("completed")
    intent = Intent.objects.get(purpose=trade.stage(1).pk)
    free = balance(wallet(trade.seller.company_id, "USD"), "USD").free
    make.payout(trade.seller, free, state="paid")
    take_event("sandbox", *make.disputed(intent))

    [covered] = chargeback_exposure().covered

    assert (covered.debts.minor, covered.debt_count) == (intent.amount_minor, 1)


def test_the_pages_ask_the_same_however_much_there_is(desk):
    _trade, found = charged_back()

    def cost() -> tuple[int, ...]:
        """At least: the platform's clock is asked anew from time to time."""
        pages = ("/en/office/chargebacks/", f"/en/office/chargebacks/{found.pk}/")
        return tuple(min(asked(desk, page) for _n in range(3)) for page in pages)

    one = cost()
    for n in range(2):
        charged_back(ref=f"dsp_x{n}")

    assert cost() == one


def test_evidence_tells_contract_goods_and_words():
    trade = make.trade("completed")

    evidence = evidence_of(trade.stage(1).pk, make.operator())

    assert evidence is not None
    assert dict(evidence.has) == {
        "contract": True, "shipping": True, "delivery": False, "acceptance": True, "inspection": False, "talk": False,
    }  # fmt: skip
    assert f"Order {trade.order.reference}" in evidence.text
    assert "The buyer received and accepted the goods" in evidence.text
