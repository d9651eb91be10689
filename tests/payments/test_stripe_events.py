"""What Stripe tells us: the statement, signed events, and the settings by which it is believed."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from everfair.base.money import Money
from everfair.payments.providers.port import (
    BadEvent,
    BadSignature,
    EventKind,
    NothingYet,
    OtherMerchant,
    ProviderDown,
    ProviderEvent,
    ProviderRefused,
)
from everfair.payments.providers.stripe.client import StripeProvider
from everfair.payments.providers.stripe.events import TYPES
from everfair.payments.providers.stripe.keys import Keys
from tests.payments.contract import PRICE, an_id, opened, paid, read
from tests.payments.fake_stripe import ACCOUNT, FakeStripe, running_stripe
from tests.payments.providers_world import BANK, StripeWorld


@pytest.fixture
def fake() -> Iterator[FakeStripe]:
    with running_stripe() as fake:
        yield fake


@pytest.fixture
def world(fake: FakeStripe) -> StripeWorld:
    return StripeWorld(fake)


@pytest.fixture
def provider(world: StripeWorld) -> StripeProvider:
    return StripeProvider.from_config(world.config)


# The statement


def test_the_statement_names_what_is_none_of_ours_and_reads_every_page(fake, world, provider):
    intents = [paid(provider, world) for _ in range(3)]
    fake.state.make_intent(777, "usd", {})  # somebody has charged a card in the dashboard
    fake.state.pay_out_to_bank(200_000, "usd")
    fake.state.fail_payout(fake.state.pay_out_to_bank(100_000, "usd"))
    for _ in range(120):
        fake.state.book("stripe_fee", -25, "usd", "fee_1", source_object=None)
    today = datetime.now(UTC).date()

    lines = list(provider.statement(today - timedelta(days=1), today))

    assert len({line.ref for line in lines}) == len(lines) == 127
    ours = {line.ref: line for line in lines if line.reference and not line.kind.startswith("withdrawal")}
    assert {(line.ref, line.reference, line.gross) for line in ours.values()} == {
        (c.ref, intent_id, PRICE) for intent_id, c in intents
    }
    strangers = [(line.kind, line.gross) for line in lines if not line.reference]
    assert ("checkout", Money(777, "USD")) in strangers
    sent = [(line.kind, line.gross, line.reference[:3]) for line in lines if line.kind.startswith("withdrawal")]
    assert sorted(sent, key=lambda row: (row[0], row[1].minor)) == [
        ("withdrawal", Money(-200_000, "USD"), "po_"), ("withdrawal", Money(-100_000, "USD"), "po_"),
        ("withdrawal_returned", Money(100_000, "USD"), "po_"),
    ]  # fmt: skip
    assert strangers.count(("other", Money(-25, "USD"))) == 120
    assert all(line.gross - line.fee == line.net for line in lines)


def test_a_refund_that_came_back_is_told_apart(fake, world, provider):
    _intent_id, checkout = paid(provider, world)
    sent = provider.refund(an_id(), checkout.ref, PRICE)
    fake.state.fail_refund(sent.ref)
    today = datetime.now(UTC).date()

    kinds = [(line.kind, line.gross) for line in provider.statement(today, today)]

    assert kinds == [("other", PRICE), ("refund", -PRICE), ("checkout", PRICE)]
    with pytest.raises(BadEvent, match="came back"):
        read(provider, world.deliveries(3)[2])


def test_a_day_begins_and_ends_in_utc(fake, world, provider):
    paid(provider, world)
    (row,) = fake.state.transactions.values()
    midnight = datetime(2026, 11, 20, tzinfo=UTC)
    found = []
    for moment in (
        midnight - timedelta(seconds=1),
        midnight,
        midnight + timedelta(days=1, seconds=-1),
        midnight + timedelta(days=1),
    ):
        row["created"] = int(moment.timestamp())
        found.append(len(list(provider.statement(midnight.date(), midnight.date()))))

    assert found == [0, 1, 1, 0]


# Events


def test_a_signature_with_two_moments_is_no_signature(fake, world, provider):
    """Nobody puts a fresh moment in front of an old, truly signed one."""
    paid(provider, world)
    headers, body = fake.signed(fake.state.events[0], at=int(time.time()) - 86_400)
    old = headers["Stripe-Signature"]

    for text in (f"{old},t={int(time.time())}", f"t={int(time.time())},{old}", f"t={int(time.time())}=1,{old}"):
        with pytest.raises(BadSignature) as refusal:
            read(provider, ({"Stripe-Signature": text}, body))
        assert "malformed" in str(refusal.value)


def test_while_a_secret_is_changed_both_count(fake, world):
    rotating = StripeProvider.from_config(
        world.config | {"EVERFAIR_STRIPE_WEBHOOK_SECRET": "whsec_TheNewerSecretOfTests, " + fake.secret}
    )
    paid(rotating, world)
    event = fake.state.events[0]

    assert (
        read(rotating, fake.signed(event)).amount
        == read(rotating, fake.signed(event, secret="whsec_TheNewerSecretOfTests")).amount
    )
    with pytest.raises(BadSignature):
        read(rotating, fake.signed(event, secret="whsec_SomebodyElsesSecret"))


def test_test_mode_and_live_mode_do_not_mix(fake, world, provider):
    paid(provider, world)

    with pytest.raises(OtherMerchant):
        read(provider, fake.signed(fake.state.events[0] | {"livemode": True}))
    with pytest.raises(BadEvent):
        read(provider, fake.signed({name: value for name, value in fake.state.events[0].items() if name != "livemode"}))


def test_a_payment_that_takes_days_is_nothing_yet(fake, world, provider):
    first = opened(provider, an_id())
    fake.state.complete_unpaid(first.ref)

    with pytest.raises(NothingYet):
        read(provider, world.deliveries(1)[0])


def test_a_page_that_runs_out_is_a_failed_payment(fake, world, provider):
    first = opened(provider, intent_id := an_id())
    fake.state.run_out(first.ref)

    event = read(provider, world.deliveries(1)[0])

    assert (event.kind, event.failure_code, event.intent_id, event.state) == (
        EventKind.CHECKOUT_FAILED,
        "expired",
        intent_id,
        "failed",
    )
    assert provider.look_up(intent_id).state == "cancelled"


@pytest.mark.parametrize(
    "change",
    [
        {"type": "customer.created"},
        {"type": "payment_intent.succeeded"},
        {"object": "v2.core.event"},
        {"data": {}},
        {"data": {"object": {"id": "cs_1"}}},
    ],
)
def test_what_we_did_not_subscribe_to_is_for_a_person(fake, world, provider, change):
    paid(provider, world)

    with pytest.raises(BadEvent):
        read(provider, fake.signed(fake.state.events[0] | change))


def test_a_checkout_refund_or_transfer_of_somebody_else_in_our_account_is_for_a_person(fake, world, provider):
    _intent_id, checkout = paid(provider, world)
    world.fill(Money(50_000, "EUR"))
    provider.refund(an_id(), checkout.ref, PRICE)
    provider.send_payout(an_id(), Money(5000, "EUR"), BANK)

    for event in fake.state.events:
        about: dict[str, Any] = event["data"]["object"] | {"metadata": {}}
        with pytest.raises(BadEvent):
            read(provider, fake.signed(event | {"data": {"object": about}}))


# Disputes


def payment_of(fake: FakeStripe, checkout_ref: str) -> str:
    return str(fake.state.sessions[checkout_ref]["payment_intent"])


def said(fake: FakeStripe, provider: StripeProvider) -> list[tuple[str, str, int] | None]:
    """kind, state and version of each word about a dispute; None for those by which no money has moved."""
    found: list[tuple[str, str, int] | None] = []
    for event in fake.state.events:
        if event["type"].startswith("charge.dispute."):
            try:
                one = read(provider, fake.signed(event))
            except NothingYet:
                found.append(None)
            else:
                found.append((one.kind.value, one.state, one.version))
    return found


def told_of(fake: FakeStripe, provider: StripeProvider, **changes: Any) -> ProviderEvent:
    """The last word, with these changes of the dispute."""
    event = fake.state.events[-1]
    return read(provider, fake.signed(event | {"data": {"object": event["data"]["object"] | changes}}))


OPEN, LOST, WON = ("dispute.opened", "open", 1), ("dispute.lost", "lost", 2), ("dispute.won", "won", 3)


@pytest.mark.parametrize(
    ("verbs", "words"),
    [
        (["lose"], [OPEN, OPEN, LOST]),
        (["win"], [OPEN, OPEN, OPEN, WON]),  # closed as won, and the money not here yet
        (["lose", "reinstate"], [OPEN, OPEN, LOST, WON]),
        (["win", "retake"], [OPEN, OPEN, OPEN, WON, ("dispute.reversed", "lost", 4)]),
    ],
)
def test_each_word_of_a_dispute_says_where_its_money_is(fake, world, provider, verbs, words):
    _intent_id, checkout = paid(provider, world)
    ref = world.dispute(checkout.ref, PRICE)

    for verb in verbs:
        fake.state.decide(ref, verb)

    assert said(fake, provider) == words


def test_a_question_of_the_payers_bank_takes_no_money(fake, world, provider):
    _intent_id, checkout = paid(provider, world)
    asked = fake.state.open_dispute(payment_of(fake, checkout.ref), inquiry=True)
    fake.state.decide(asked["id"], "close")
    before = len(fake.calls)
    assert said(fake, provider) == [None, None]
    assert len(fake.calls) == before, "nothing is asked about it"

    second = fake.state.open_dispute(payment_of(fake, checkout.ref), inquiry=True)
    fake.state.escalate(second["id"])

    assert said(fake, provider) == [None, None, None, OPEN]


def test_a_dispute_is_about_what_was_withdrawn_and_costs_what_that_cost(fake, world, provider):
    intent_id, checkout = paid(provider, world)
    ref = world.dispute(checkout.ref, Money(5000, "USD"))

    event = told_of(fake, provider, amount=4900, metadata={"everfair_intent": an_id()})

    dispute = fake.state.disputes[ref]
    assert (event.amount, event.fee, event.reason_code) == (Money(5000, "USD"), Money(1500, "USD"), "fraudulent")
    assert (event.intent_id, event.checkout_ref, event.provider_ref) == (intent_id, checkout.ref, ref)
    assert event.evidence_due_at == datetime.fromtimestamp(dispute["evidence_details"]["due_by"], UTC)
    assert told_of(fake, provider, evidence_details={"due_by": 0}).evidence_due_at is None


def test_money_of_a_dispute_that_moved_otherwise_than_whole_is_for_a_person(fake, world, provider):
    _intent_id, checkout = paid(provider, world)
    world.dispute(checkout.ref, PRICE)
    (out,) = fake.state.events[-1]["data"]["object"]["balance_transactions"]
    back = out | {"amount": -out["amount"], "fee": 0}

    for moves in (
        [], [out | {"amount": "-5"}], ["txn_1"], [back], [out, out], [out, back | {"amount": 5}], [out, back | {"currency": "eur"}],
        [out, back, back], [out, back, out, back], [out | {"fee": -1500}], [out | {"currency": "us"}], None,
    ):  # fmt: skip
        with pytest.raises(BadEvent):
            told_of(fake, provider, balance_transactions=moves)
    with pytest.raises(BadEvent):
        told_of(fake, provider, balance_transactions=[out, back], status="lost")
    for change in ({"status": 5}, {"id": None}, {"object": "charge"}, {"payment_intent": None}, {"livemode": True}):
        with pytest.raises(BadEvent):
            told_of(fake, provider, **change)


def test_a_dispute_is_believed_only_signed_and_only_as_ours(fake, world, provider):
    _intent_id, checkout = paid(provider, world)
    world.dispute(checkout.ref, PRICE)
    event = fake.state.events[-1]

    with pytest.raises(BadSignature):
        read(provider, fake.signed(event, secret="whsec_SomebodyElsesSecret"))
    headers, body = fake.signed(event)
    with pytest.raises(BadSignature):
        read(provider, (headers, body.replace(b"fraudulent", b"general")))
    for change in ({"account": "acct_1Stranger"}, {"livemode": True}):
        with pytest.raises(OtherMerchant):
            read(provider, fake.signed(event | change))
    with pytest.raises(BadEvent):
        read(provider, fake.signed(event | {"type": "charge.dispute.updated"}))


def test_a_dispute_of_a_payment_that_is_none_of_ours_is_for_a_person(fake, world, provider):
    """Somebody has charged a card in the dashboard; its money is a break of the statement."""
    theirs = fake.state.make_intent(5000, "usd", {})
    ref = fake.state.open_dispute(theirs["id"])["id"]
    today = datetime.now(UTC).date()

    with pytest.raises(BadEvent):
        told_of(fake, provider)
    with pytest.raises(BadEvent):
        told_of(fake, provider, payment_intent="pi_000000000000000000009999")

    line = next(provider.statement(today, today))
    assert (line.kind, line.ref, line.reference, line.gross) == ("chargeback", f"{ref}:1", ref, Money(-5000, "USD"))


def test_a_dispute_that_cannot_be_asked_about_now_is_told_again(fake, world, provider):
    _intent_id, checkout = paid(provider, world)
    world.dispute(checkout.ref, PRICE)
    fake.trouble("500", method="GET")

    with pytest.raises(ProviderDown):
        told_of(fake, provider)

    assert told_of(fake, provider).checkout_ref == checkout.ref


def test_an_answer_after_its_day_or_to_what_is_decided_is_refused_before_it_is_sent(fake, world, provider):
    _intent_id, checkout = paid(provider, world)
    ref = world.dispute(checkout.ref, PRICE)
    fake.state.disputes[ref]["evidence_details"]["due_by"] = int(time.time()) - 60
    with pytest.raises(ProviderRefused) as late:
        provider.answer_dispute(ref, "contest", "signed bill of lading")
    fake.state.decide(ref, "win")
    with pytest.raises(ProviderRefused) as over:
        provider.answer_dispute(ref, "accept", "")

    assert (late.value.code, over.value.code) == ("too_late", "dispute_answered")
    assert not [path for verb, path, _headers in fake.calls if verb == "POST" and "dispute" in path]


def test_an_answer_is_the_text_as_it_stands_and_is_submitted_once_although_keys_are_forgotten(fake, world, provider):
    _intent_id, checkout = paid(provider, world)
    ref = world.dispute(checkout.ref, PRICE)

    for _ in range(2):
        provider.answer_dispute(ref, "contest", "提單已簽 & signed")
        fake.kept.clear()

    dispute = fake.state.disputes[ref]
    assert (dispute["evidence"]["uncategorized_text"], dispute["evidence_details"]["submission_count"]) == (
        "提單已簽 & signed",
        1,
    )
    assert dispute["status"] == "under_review"
    for answer, evidence in (("accept", ""), ("contest", "another text")):
        with pytest.raises(ProviderRefused) as refusal:
            provider.answer_dispute(ref, answer, evidence)
        assert refusal.value.code == "dispute_answered"


def test_an_adjustment_that_is_no_dispute_is_none_of_ours(fake, world, provider):
    fake.state.book("adjustment", -700, "usd", "adj_1", source_object={"id": "adj_1", "object": "adjustment"})
    fake.state.book("adjustment", 700, "usd", "adj_2")
    today = datetime.now(UTC).date()

    assert [(line.kind, line.reference) for line in provider.statement(today, today)] == [("other", ""), ("other", "")]


def test_the_operators_guide_names_every_event_to_subscribe_to():
    guide = (Path(__file__).parents[2] / "docs/guide/operators.md").read_text()
    listed = guide.partition("for exactly these events:")[2].partition("It shows a signing secret")[0]

    assert tuple(re.findall(r"`([a-z_.]+)`", listed)) == TYPES


# Keys


def test_the_mode_is_in_the_key(world):
    for key, is_test in (
        ("sk_test_1234567890", True),
        ("rk_test_1234567890", True),
        ("sk_live_1234567890", False),
        ("rk_live_12345678", False),
    ):
        assert StripeProvider.from_config(world.config | {"EVERFAIR_STRIPE_API_KEY": key}).test_mode is is_test


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_KEY", "pk_test_1234567890"), ("API_KEY", "sk_test_"), ("API_KEY", "sk_test_12345678\nX-Evil: 1"), ("WEBHOOK_SECRET", "whsec_"),
        ("WEBHOOK_SECRET", "secretsecretsecretsecretsecret"), ("ACCOUNT", "1Everfair"), ("ACCOUNT", ""), ("CURRENCIES", ""),
        ("CURRENCIES", "dollars"), ("URL", "http://api.stripe.com"), ("URL", "https://user@api.stripe.com"), ("URL", "ftp://localhost"),
        ("DESTINATIONS", "DE89=1"), ("DESTINATIONS", "DE89=acct_1 DE89=acct_2"), ("DESTINATIONS", "DE89=acct_1 FR14=acct_1"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_right_is_named_and_not_repeated(world, name, value):
    with pytest.raises(ValueError, match=f"EVERFAIR_STRIPE_{name}") as refusal:
        Keys.from_config(world.config | {f"EVERFAIR_STRIPE_{name}": value})

    assert len(value) < 9 or value not in str(refusal.value)


def test_keys_are_never_shown(world):
    shown = repr(Keys.from_config(world.config))

    assert world.fake.api_key not in shown
    assert world.fake.secret not in shown
    assert ACCOUNT in shown
