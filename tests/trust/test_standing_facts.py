"""What becomes a fact, that it stays, and what the counting makes of facts."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from everfair.base.clock import now
from everfair.base.ids import new_id
from everfair.base.models import Event
from everfair.base.refused import NotVisible, Refused
from everfair.events.trust import ComplaintEnded, VerificationDecided, VerificationLapsed
from everfair.markets.queries import rules_at
from everfair.trust.actions import correct_fact, count_standings
from everfair.trust.models import Fact, Standing
from everfair.trust.queries import count_facts, credibility
from tests import make
from tests.trust.standing import Trade, answer, digest, kept, only_told, question, tally, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer() -> Any:
    return make.company().pk


@pytest.fixture
def seller() -> Any:
    return make.company().pk


def count(seller: Any, window: str = "year") -> Any:
    return count_facts("export", rules_at("export"), now()).get(seller, {}).get(window)


def measure(seller: Any, name: str, window: str = "year") -> Any:
    return count(seller, window).tallies[name]


def test_an_order_shipped_by_its_day_is_on_time_and_a_day_later_is_late(buyer, seller):
    Trade(buyer, seller).shipped()
    Trade(buyer, seller).shipped(late_days=1)
    Trade(buyer, seller).late()

    assert list(Fact.objects.order_by("id").values_list("kind", "value", "number")) == [
        ("shipped", 0, 7),
        ("shipped", 1, 7),
        ("late", 0, 7),
    ]
    assert measure(seller, "on_time") == tally(3, 1)


def test_a_delay_that_was_granted_more_time_is_judged_by_the_day_that_was_in_force(buyer, seller):
    Trade(buyer, seller).late().shipped()

    assert measure(seller, "on_time") == tally(1, 1)


def test_a_claim_counts_by_its_end(buyer, seller):
    Trade(buyer, seller).completed()
    Trade(buyer, seller).claim("ruled", share="0.25").completed()
    Trade(buyer, seller).claim("ruled", share="0").completed()
    Trade(buyer, seller).claim("settled").completed()
    Trade(buyer, seller).claim("withdrawn").completed()
    Trade(buyer, seller).claim("open")

    assert measure(seller, "orders") == tally(5, "3.5")
    assert measure(seller, "calm") == tally(5, 3)
    assert measure(seller, "kept") == tally(5, 5)


def test_goods_that_were_not_what_was_said_are_a_word_not_kept(buyer, seller):
    Trade(buyer, seller).claim("ruled", share="1", ground="counterfeit_goods").completed()
    Trade(buyer, seller).completed()

    assert measure(seller, "kept") == tally(2, 1)


def test_who_steps_back_after_signing_breaks_the_word_and_before_it_does_not(buyer, seller):
    Trade(buyer, seller).cancelled("seller")
    Trade(buyer, seller).called_off("seller")
    Trade(buyer, seller).called_off("buyer")
    Trade(buyer, seller).called_off("clock")
    Trade(buyer, seller).cancelled("seller", signed=False)
    Trade(buyer, seller).cancelled("buyer")

    assert measure(seller, "kept") == tally(3, 0)
    assert list(Fact.objects.filter(company=buyer).values_list("side", "kind")) == [("buyer", "cancelled")]


def test_a_complaint_found_true_is_an_agreement_broken_and_one_that_was_not_is_nothing(buyer, seller):
    Trade(buyer, seller).completed()
    for outcome in ("unfounded", "settled", "founded"):
        tell(ComplaintEnded(new_id(), buyer, seller, outcome))

    assert measure(seller, "kept") == tally(2, 1)
    assert count(seller).orders == 1


def test_the_first_answer_counts_in_hours_and_silence_counts_whole(buyer, seller):
    answer(question(buyer, seller, days_ago=2), seller, days_ago=1.75)
    question(buyer, seller, days_ago=10)
    question(buyer, seller, days_ago=1)

    found = measure(seller, "hours")
    assert found.n == 2
    assert round(found.total, 3) == 6 + 96


def test_a_review_counts_by_its_newest_word(buyer, seller):
    trade = Trade(buyer, seller)
    review = trade.reviewed(2, 3, 4)
    assert (measure(seller, "goods_stars"), measure(seller, "service_stars")) == (tally(1, 2), tally(1, 4))

    trade.reviewed(5, 5, 5, review=review)
    assert measure(seller, "goods_stars") == tally(1, 5)
    trade.hidden(review)
    assert measure(seller, "goods_stars") == tally(0, 0)
    trade.reviewed(4, review=review)
    assert measure(seller, "goods_stars") == tally(1, 4)
    Trade(buyer, seller).reviewed(1, counts=False)
    assert measure(seller, "goods_stars") == tally(1, 4)


def test_a_verification_that_lapsed_is_not_kept_up(seller):
    first, second = new_id(), new_id()
    for row in (first, second):
        tell(VerificationDecided(row, seller, "export", "verified", True))
    tell(VerificationDecided(new_id(), seller, "export", "verified", False))
    tell(VerificationLapsed(second, seller, "export", "verified"))

    assert measure(seller, "papers") == tally(2, 1)


def test_what_is_older_counts_in_the_year_only_and_then_nowhere(buyer, seller):
    Trade(buyer, seller, days_ago=10).completed()
    Trade(buyer, seller, days_ago=100).completed()
    Trade(buyer, seller, days_ago=400).completed()

    assert (count(seller, "quarter").orders, count(seller).orders) == (1, 2)


def scene(buyer: Any, seller: Any) -> None:
    for end in ("settled", "withdrawn", "unanswered", "open"):
        Trade(buyer, seller, days_ago=5).paid().shipped(late_days=end == "open").claim(end).completed()
    trade = Trade(buyer, seller).paid(late_days=2).shipped().completed()
    trade.hidden(trade.reviewed(3))
    trade.reviewed(4)
    answer(question(buyer, seller), seller)
    Trade(buyer, seller).claim("ruled", share="0.5", ground="not_as_described")


def test_an_event_that_is_told_again_changes_nothing(buyer, seller):
    scene(buyer, seller)
    before = kept(seller), kept(buyer), count(seller)

    digest(Event.objects.order_by("seq").values_list("seq", flat=True))

    assert (kept(seller), kept(buyer), count(seller)) == before


@pytest.mark.parametrize("seed", range(5))
def test_facts_made_anew_from_events_in_any_order_are_the_facts_that_were_kept(buyer, seller, seed):
    with only_told():
        scene(buyer, seller)
    seqs = list(Event.objects.order_by("seq").values_list("seq", flat=True))
    assert (count(seller), len(seqs)) == (None, 29)
    with transaction.atomic():
        digest(seqs)
        before = kept(seller), kept(buyer), count(seller), count(seller, "quarter")
        transaction.set_rollback(True)
    assert kept(seller) == []

    random.Random(seed).shuffle(seqs)
    digest(seqs)

    assert (kept(seller), kept(buyer), count(seller), count(seller, "quarter")) == before


def test_a_fact_that_an_appeal_corrects_stays_and_counts_no_more(buyer, seller):
    Trade(buyer, seller).claim("ruled", share="1", ground="not_as_described")
    lost = Fact.objects.get(company=seller, kind="lost")
    assert (measure(seller, "orders"), measure(seller, "kept")) == (tally(1, 0), tally(1, 0))

    with transaction.atomic():
        correct_fact(lost.pk, new_id(), "The carrier had swapped the cartons.", by=make.operator())
    digest([Event.objects.latest("seq").seq])

    assert (measure(seller, "orders"), measure(seller, "kept")) == (tally(0, 0), tally(0, 0))
    assert Fact.objects.filter(pk=lost.pk).exists()
    counter = Fact.objects.get(kind="corrected")
    assert (counter.answers, counter.reason) == (lost.event_seq, "The carrier had swapped the cartons.")
    assert Fact.objects.get(company=buyer, kind="won"), "what the buyer won is not this company's"
    for wrong, refusal in ((counter.pk, NotVisible), (0, NotVisible)):
        with pytest.raises(refusal):
            correct_fact(wrong, new_id(), "again", by=make.operator())
    with pytest.raises(Refused):
        correct_fact(lost.pk, new_id(), " ", by=make.operator())


@pytest.mark.parametrize(
    "sql",
    ["UPDATE trust_fact SET value = 0", "DELETE FROM trust_fact", "UPDATE trust_fact SET kind = 'won' WHERE kind = 'lost'"],
)
def test_nobody_edits_a_fact(buyer, seller, sql):
    Trade(buyer, seller).shipped(late_days=3)

    with pytest.raises(Exception, match=r"permission denied|never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_fact_without_its_event_is_refused(buyer, seller):
    Trade(buyer, seller).completed()
    known = Fact.objects.get()
    for wrong in ({"event_seq": known.event_seq + 999}, {"at": now()}):
        columns = {"event_seq": known.event_seq, "at": known.at} | wrong
        with pytest.raises(IntegrityError, match="told by an event"), transaction.atomic():
            Fact.objects.create(company_id=buyer, side="seller", kind="accepted", market="export", reference=new_id(), **columns)


def test_a_correction_of_nothing_is_refused(buyer, seller):
    Trade(buyer, seller).completed()
    known = Fact.objects.get()
    with pytest.raises(IntegrityError, match="answers a fact"), transaction.atomic():
        Fact.objects.create(
            company_id=buyer, side="seller", kind="corrected", market="export", reference=new_id(), event_seq=known.event_seq, at=known.at,
            answers=known.event_seq, reason="Another company's.",
        )  # fmt: skip


def test_a_grave_fact_is_counted_at_once_and_others_at_night(buyer, seller):
    for _n in range(5):
        Trade(buyer, seller).shipped().completed()
    assert not Standing.objects.exists()
    assert count_standings("export") == 1
    before = Standing.objects.get().goods

    Trade(buyer, seller).claim("ruled", share="1")

    assert Standing.objects.get().goods < before


def test_a_buyer_is_credible_by_how_it_pays_and_how_its_claims_end(buyer, seller):
    rules = rules_at("export")
    assert (credibility(buyer, rules).paid, credibility(buyer, rules).fair) == (None, None)
    for _n in range(9):
        Trade(buyer, seller).paid()
    Trade(buyer, seller).paid(late_days=3)
    Trade(buyer, seller).lapsed()
    Trade(buyer, seller).claim("ruled", share="0.5")
    Trade(buyer, seller).claim("ruled", share="0")
    Trade(buyer, seller).claim("settled")
    Trade(buyer, seller).claim("withdrawn")
    Trade(buyer, seller).cancelled("buyer")

    found = credibility(buyer, rules)
    assert (found.paid_in_time, found.to_pay, found.paid) == (9, 11, 83)  # (9 + 8.5) / 21
    assert (found.fair_claims, found.ended_claims, found.fair) == (2, 4, 75)  # (2 + 8.5) / 14
    assert found.stepped_back == 1
