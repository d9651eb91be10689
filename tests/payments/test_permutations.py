"""I13, F23: in whatever order a provider's words arrive, and however often, they end in one state and in the same books."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest
from django.db import transaction

from everfair.base.events import run_all_reactions
from everfair.base.refused import Refused
from everfair.base.sql import ask
from everfair.ledger.proofs import prove
from everfair.payments.actions import take_event
from everfair.payments.models import Intent, Payout, ProviderEvent, Refund, Route
from everfair.trade.actions import fund_stage, pay_stage, reopen_stage
from tests import make
from tests.payments.test_actions import usd

pytestmark = pytest.mark.django_db
Told = tuple[dict[str, str], bytes]
ORDERS = list(permutations(range(5)))


class _Back(Exception):
    """Everything of this order is undone."""


def repeated(order: Sequence[int], seed: int) -> list[int]:
    """Each event once or twice more, at random places."""
    chosen = random.Random(seed)
    told = list(order)
    for n in order:
        for _k in range(chosen.randint(1, 2)):
            told.insert(chosen.randint(0, len(told)), n)
    return told


def entries() -> list[tuple[Any, ...]]:
    """What the books hold, without the accident of ids: kind, amounts and classes of accounts."""
    return sorted(ask("""
        SELECT e.kind, split_part(s.address, ':', 1), split_part(g.address, ':', 1) || ':' || split_part(g.address, ':', 3),
            t.amount_minor, t.currency
        FROM ledger_entry e JOIN ledger_transfer t ON t.entry_id = e.id
        JOIN ledger_account s ON s.id = t.source_id JOIN ledger_account g ON g.id = t.target_id
    """))  # fmt: skip


def react(trade: make.Trade, intent: Intent) -> None:
    """What trade does with the facts, as its reactions do: reopen after a failure, fund after a capture; both may come twice."""
    intent.refresh_from_db()
    try:
        with transaction.atomic():
            if intent.state == "captured":
                fund_stage(trade.stage(1).pk, intent.pk)
            elif intent.state == "failed":
                reopen_stage(trade.stage(1).pk)
    except Refused:
        pass


def test_every_order_of_five_words_about_a_payment_ends_in_one_state():
    """A failure, the capture, the capture told again under another id, a failure that claims to be newer, and a capture of another
    amount: 120 orders, each with repetitions."""
    trade = make.trade("agreed")
    intent = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
    told: list[Told] = [
        make.told(intent, "checkout.failed", version=1, failure_code="declined"),
        make.told(intent, version=2),
        make.told(intent, version=2),
        make.told(intent, "checkout.failed", version=7, failure_code="expired"),
        make.told(intent, version=3, amount_minor=1),
    ]
    ends = set()

    for seed, order in enumerate(ORDERS):
        try:
            with transaction.atomic():
                answers: dict[int, set[str]] = {}
                for n in repeated(order, seed):
                    answer = take_event("sandbox", *told[n])
                    if answer == "applied" and n not in answers:
                        react(trade, intent)
                    answers.setdefault(n, set()).add(answer)
                react(trade, intent)  # once more: a reaction runs at least once
                intent.refresh_from_db()
                assert all(len(said) == 1 for said in answers.values())  # a repetition is answered as the first time
                assert seed % 10 or [proof for proof in prove() if proof.breach] == []
                ends.add((intent.state, trade.stage(1).state, ProviderEvent.objects.count(), tuple(map(tuple, entries()))))
                raise _Back
        except _Back:
            pass

    assert len(ends) == 1
    [(state, stage, events, books)] = ends
    assert (state, stage, events) == ("captured", "funded", 5)
    assert [row[0] for row in books] == ["payment_captured", "payment_mismatch", "stage_funded"]
    assert [row[3] for row in books] == [12600, 1, 12600]


def test_every_order_of_five_words_of_two_rails_pays_once_and_returns_the_other():
    """I14: both rails captured, both told of a failure, and one tells of the other's amount falsely: one capture counts, the other
    goes back, whichever was first."""
    trade = make.trade("agreed")
    intent = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
    for n, (rail, outcome) in enumerate(
        (("sandbox", "none"), ("sandbox2", "opened")), start=1
    ):  # asked later, the first knew nothing
        Route.objects.create(intent=intent, n=n, rail=rail, outcome=outcome)
    told: list[tuple[str, Told]] = [
        ("sandbox", make.told(intent, version=2, id="chk_one")),
        ("sandbox2", make.told(intent, version=2, id="chk_two")),
        ("sandbox", make.told(intent, "checkout.failed", version=1, id="chk_one", failure_code="declined")),
        ("sandbox2", make.told(intent, "checkout.failed", version=3, id="chk_two", failure_code="declined")),
        ("sandbox2", make.told(intent, version=4, id="chk_two", currency="EUR")),
    ]
    ends = set()

    for seed, order in enumerate(ORDERS):
        try:
            with transaction.atomic():
                known = set()
                for n in repeated(order, seed):
                    rail, words = told[n]
                    if take_event(rail, *words) == "applied" and n not in known:
                        react(trade, intent)
                    known.add(n)
                react(trade, intent)
                intent.refresh_from_db()
                [refund] = Refund.objects.all()
                assert {intent.provider, refund.rail} == {"sandbox", "sandbox2"}
                assert seed % 10 or [proof for proof in prove() if proof.breach] == []
                ends.add((intent.state, trade.stage(1).state, refund.state, tuple(map(tuple, entries()))))
                raise _Back
        except _Back:
            pass

    assert len(ends) == 1
    [(state, stage, refund_state, books)] = ends
    assert (state, stage, refund_state) == ("captured", "funded", "requested")
    assert [row[0] for row in books] == ["payment_captured", "payment_mismatch", "refund_owed", "stage_funded"]


def payout_told(payout: Payout, kind: str, **changes: Any) -> Told:
    fields = {"id": f"po_{payout.pk.hex[:8]}", "recipient": payout.bank_account.account, "version": 2} | changes
    found = Intent(id=payout.pk, amount_minor=payout.amount_minor, currency=payout.currency)
    return make.told(found, kind, **fields)


def test_every_order_of_five_words_about_a_payout_ends_it_once():
    """It arrived, told three times under other ids, once of another amount and once to another account."""
    trade = make.trade("completed")
    payout = make.payout(trade.seller, usd(40_000))
    told = [
        payout_told(payout, "payout.paid"),
        payout_told(payout, "payout.paid"),
        payout_told(payout, "payout.paid", version=3),
        payout_told(payout, "payout.paid", amount_minor=39_999),
        payout_told(payout, "payout.paid", recipient="GB33BUKB20201555555555"),
    ]
    before, ends = len(entries()), set()

    for seed, order in enumerate(ORDERS):
        try:
            with transaction.atomic():
                for n in repeated(order, seed):
                    take_event("sandbox", *told[n])
                payout.refresh_from_db()
                outcomes = tuple(sorted(ProviderEvent.objects.filter(subject=payout.pk).values_list("outcome", flat=True)))
                assert seed % 10 or [proof for proof in prove() if proof.breach] == []
                ends.add((payout.state, outcomes, len(entries()) - before))
                raise _Back
        except _Back:
            pass

    assert ends == {("paid", ("applied", "ignored", "ignored", "mismatch", "mismatch"), 1)}


@pytest.mark.parametrize(("first", "then"), [("payout.paid", "payout.failed"), ("payout.failed", "payout.paid")])
def test_a_bank_that_contradicts_itself_is_a_persons_case(first: str, then: str):
    """Money that comes back, or leaves although it was said not to: neither moves the books by itself."""
    trade = make.trade("completed")
    payout = make.payout(trade.seller, usd(40_000))
    outcomes = [take_event("sandbox", *payout_told(payout, first))]
    booked = entries()

    outcomes.append(take_event("sandbox", *payout_told(payout, then, version=3)))

    payout.refresh_from_db()
    assert (outcomes, payout.state) == (["applied", "mismatch"], first.partition(".")[2])
    assert entries() == booked
    kept = ProviderEvent.objects.get(outcome="mismatch")
    assert kept.outcome_note == "contradicts what the bank said before"


def test_the_order_of_words_matters_as_little_to_the_real_reactions(committed: None):
    """The five of the first test through committed events and their cursors, in an order that is hard: failures around the capture."""
    trade = make.trade("agreed")
    intent = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
    told = [
        make.told(intent, "checkout.failed", version=1, failure_code="declined"),
        make.told(intent, version=3, amount_minor=1),
        make.told(intent, version=2),
        make.told(intent, "checkout.failed", version=7, failure_code="expired"),
        make.told(intent, version=2),
    ]
    for words in (*told, *reversed(told)):
        take_event("sandbox", *words)
        run_all_reactions()

    intent.refresh_from_db()
    assert (intent.state, trade.stage(1).state) == ("captured", "funded")
    assert [proof for proof in prove() if proof.breach] == []
