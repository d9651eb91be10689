"""What every payment provider of the table must keep: one suite, asked of each by what stands behind it in `providers_world.WORLDS`.

It is the finish line of docs/guide/providers.md. It says nothing of how a provider does it.
"""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta

import pytest

from everfair.base.money import Money
from everfair.payments.providers.port import (
    BankAccount,
    CheckoutOpened,
    CheckoutState,
    EventKind,
    NothingYet,
    OutcomeUnknown,
    PayoutState,
    Provider,
    ProviderEvent,
    ProviderRefused,
    StatementLine,
)
from everfair.payments.providers.table import PROVIDERS
from tests.payments.contract import PRICE, RECIPIENT, an_id, gone, name, opened, paid, provider, read, world
from tests.payments.providers_world import BANK, WORLDS, World, made

__all__ = ["name", "provider", "world"]


def test_every_provider_has_its_world():
    assert set(WORLDS) == set(PROVIDERS)


def test_a_provider_is_what_the_port_asks_for(name, provider):
    asked = {verb: wanted for verb, wanted in vars(Provider).items() if inspect.isfunction(wanted) and not verb.startswith("_")}

    for verb, wanted in asked.items():
        assert list(inspect.signature(getattr(provider, verb)).parameters) == list(inspect.signature(wanted).parameters)[1:], verb
    assert (provider.name, type(provider.account), type(provider.test_mode)) == (name, str, bool)
    assert provider.account


def test_half_a_configuration_is_refused_and_no_key_is_repeated(name, world):
    for setting in world.config:
        if not setting.endswith(("_API_KEY", "_WEBHOOK_SECRET")):
            continue
        for wrong in ("", "x"):
            if wrong and setting.endswith("_API_KEY") and name != "stripe":
                continue  # a key of any form
            with pytest.raises(ValueError) as refusal:
                made(name, world, **{setting: wrong})
            assert not any(
                secret in str(refusal.value) for key, secret in world.config.items() if key.endswith(("_KEY", "_SECRET"))
            )


def test_what_it_carries_it_says_without_asking(name, world):
    lonely = made(name, world, **{key: gone() for key in world.config if key.endswith("_URL")})

    assert lonely.carries(PRICE)
    assert not lonely.carries(Money(0, "USD"))
    assert not lonely.carries(Money(-5, "USD"))
    assert lonely.pays_out(PRICE, BANK)


def test_a_payment_lives_from_its_page_to_the_books(provider, world):
    intent_id = an_id()
    assert provider.look_up(intent_id) is None

    checkout = opened(provider, intent_id)
    assert checkout.url.startswith("http")
    assert 0 < len(checkout.ref) <= 80
    assert provider.look_up(intent_id) == CheckoutState(intent_id, checkout.ref, "open", PRICE, RECIPIENT, Money(0, "USD"), 1)
    world.pay(checkout.url)

    event = read(provider, world.deliveries(1)[0])
    state = provider.look_up(intent_id)
    assert (event.kind, event.intent_id, event.reference, event.provider_ref) == (
        EventKind.CHECKOUT_CAPTURED,
        intent_id,
        intent_id,
        checkout.ref,
    )
    assert (event.account, event.amount, event.currency, event.recipient) == (provider.account, PRICE, "USD", RECIPIENT)
    assert (event.state, event.failure_code) == ("captured", "")
    assert abs(event.occurred_at - datetime.now(UTC)) < timedelta(seconds=60)
    assert state is not None
    assert (state.state, state.amount, state.ref, state.version > 1) == ("captured", PRICE, checkout.ref, True)


def test_opening_it_twice_opens_one(provider, name, world):
    intent_id = an_id()

    refs = {opened(provider, intent_id).ref, opened(provider, intent_id).ref, opened(made(name, world), intent_id).ref}

    assert len(refs) == 1


def test_of_many_payments_each_is_found_by_our_id(provider, name, world):
    wanted = {intent_id: opened(provider, intent_id).ref for intent_id in [an_id() for _ in range(7)]}
    stranger = made(name, world)  # it has opened none of them

    assert {intent_id: stranger.look_up(intent_id).ref for intent_id in wanted} == wanted
    assert stranger.look_up(an_id()) is None


def test_a_checkout_that_is_given_up_is_cancelled_and_one_that_was_paid_is_not(provider, world):
    left = opened(provider, left_id := an_id())
    _intent_id, done = paid(provider, world)

    assert provider.cancel_checkout(left.ref).state == "cancelled"
    assert provider.look_up(left_id).state == "cancelled"
    with pytest.raises(ProviderRefused) as refusal:
        provider.cancel_checkout(done.ref)
    assert refusal.value.code == "checkout_not_open"


def test_what_it_does_not_carry_it_refuses(provider):
    with pytest.raises(ProviderRefused):
        opened(provider, intent_id := an_id(), Money(100, "XXX"))

    assert provider.look_up(intent_id) is None


def test_a_refund_goes_back_once_and_never_more_than_came(provider, world):
    intent_id, checkout = paid(provider, world)
    first, second = an_id(), an_id()
    assert provider.look_up_refund(first) is None

    sent = provider.refund(first, checkout.ref, Money(23450, "USD"))
    again = provider.refund(first, checkout.ref, Money(23450, "USD"))

    found, state = provider.look_up_refund(first), provider.look_up(intent_id)
    assert sent.ref == again.ref == found.ref
    assert (found.refund_id, found.checkout_ref, found.state, found.amount) == (
        first,
        checkout.ref,
        "succeeded",
        Money(23450, "USD"),
    )
    assert (state.state, state.refunded) == ("captured", Money(23450, "USD"))
    event = read(provider, world.deliveries(2)[1])
    assert (event.kind, event.intent_id, event.reference, event.amount) == (
        EventKind.REFUND_SUCCEEDED,
        intent_id,
        first,
        Money(23450, "USD"),
    )
    assert event.provider_ref == sent.ref
    for too_much in (Money(100_001, "USD"), Money(10_000_000, "USD")):
        with pytest.raises(ProviderRefused) as refusal:
            provider.refund(second, checkout.ref, too_much)
        assert refusal.value.code == "refund_exceeds_captured"
    with pytest.raises(ProviderRefused) as refusal:
        provider.refund(second, checkout.ref, Money(100, "EUR"))
    assert refusal.value.code == "currency_mismatch"
    assert provider.look_up_refund(second) is None
    provider.refund(second, checkout.ref, Money(100_000, "USD"))
    assert provider.look_up(intent_id).refunded == PRICE


def test_what_was_not_paid_or_is_not_there_is_not_returned(provider):
    waiting = opened(provider, an_id())

    for ref in (waiting.ref, "nobody"):
        with pytest.raises(ProviderRefused):
            provider.refund(an_id(), ref, Money(100, "USD"))


def test_a_payout_goes_once_is_found_and_told(provider, world):
    world.fill(Money(50_000, "EUR"))
    payout_id = an_id()
    assert provider.look_up_payout(payout_id) is None

    sent, again = (provider.send_payout(payout_id, Money(5000, "EUR"), BANK) for _ in range(2))

    event = read(provider, world.deliveries(1)[0])
    found = provider.look_up_payout(payout_id)
    assert sent.ref == again.ref
    assert (event.kind, event.intent_id, event.amount, event.recipient) == (
        EventKind.PAYOUT_PAID,
        payout_id,
        Money(5000, "EUR"),
        BANK.account,
    )
    assert found == PayoutState(payout_id, sent.ref, "paid", Money(5000, "EUR"), BANK.account, "", found.version)


def test_what_it_says_it_does_not_pay_out_it_refuses(provider):
    stranger = BankAccount("Nobody", "FR7630006000011234567890189")

    if not provider.pays_out(Money(5000, "EUR"), stranger):
        with pytest.raises(ProviderRefused) as refusal:
            provider.send_payout(payout_id := an_id(), Money(5000, "EUR"), stranger)
        assert refusal.value.code == "payout_destination_unknown"
        assert provider.look_up_payout(payout_id) is None


TAKEN = Money(23450, "USD")


def disputed(provider: Provider, world: World) -> tuple[str, CheckoutOpened, str]:
    intent_id, checkout = paid(provider, world)
    return intent_id, checkout, world.dispute(checkout.ref, TAKEN)


def words(provider: Provider, world: World, count: int) -> list[ProviderEvent]:
    """What was said of disputes, the oldest version first."""
    found = {}
    for delivery in world.deliveries(count):
        try:
            event = read(provider, delivery)
        except NothingYet:
            continue
        if event.kind.startswith("dispute."):
            found[event.version] = event
    return [found[version] for version in sorted(found)]


def test_a_dispute_takes_money_is_contested_once_and_won(provider, world):
    intent_id, checkout, ref = disputed(provider, world)
    (taken,) = words(provider, world, 2)

    for _ in range(2):
        provider.answer_dispute(ref, "contest", "signed bill of lading")
    for answer, evidence in (("accept", ""), ("maybe", "x")):
        with pytest.raises(ProviderRefused):
            provider.answer_dispute(ref, answer, evidence)
    world.decide(ref, "win")

    assert (taken.kind, taken.state, taken.amount, taken.currency) == (EventKind.DISPUTE_OPENED, "open", TAKEN, "USD")
    assert (taken.intent_id, taken.reference, taken.provider_ref) == (intent_id, intent_id, ref)
    assert (taken.checkout_ref, taken.account, taken.recipient) == (checkout.ref, provider.account, RECIPIENT)
    assert taken.fee is not None
    assert taken.fee > Money(0, "USD")
    assert taken.reason_code
    assert taken.evidence_due_at is not None
    assert taken.evidence_due_at > datetime.now(UTC)
    _taken, back = words(provider, world, 3)
    assert (back.kind, back.state, back.amount, back.version > taken.version) == (EventKind.DISPUTE_WON, "won", TAKEN, True)
    assert (back.provider_ref, back.intent_id, back.checkout_ref) == (ref, intent_id, checkout.ref)
    today = datetime.now(UTC).date()
    lines = {line.kind: line for line in provider.statement(today - timedelta(days=1), today)}
    gone, here = lines["chargeback"], lines["chargeback_returned"]
    assert (gone.reference, gone.gross, gone.fee, gone.net) == (ref, -TAKEN, taken.fee, -TAKEN - taken.fee)
    assert (here.reference, here.gross, here.net + here.fee) == (ref, TAKEN, TAKEN)
    assert len({line.ref for line in lines.values()}) == 3


def test_a_dispute_that_is_accepted_is_lost_and_answered_no_more(provider, world):
    _intent_id, _checkout, ref = disputed(provider, world)

    for _ in range(2):
        provider.answer_dispute(ref, "accept", "")

    taken, lost = words(provider, world, 3)
    assert (lost.kind, lost.state, lost.amount, lost.version > taken.version) == (EventKind.DISPUTE_LOST, "lost", TAKEN, True)
    with pytest.raises(ProviderRefused):
        provider.answer_dispute(ref, "contest", "signed bill of lading")
    with pytest.raises(ProviderRefused):
        provider.answer_dispute("nobody", "accept", "")


@pytest.mark.parametrize(("verbs", "state"), [(("win", "retake"), "lost"), (("lose", "reinstate"), "won")])
def test_what_is_decided_otherwise_after_the_fact_says_how_it_is_now(provider, world, verbs, state):
    _intent_id, _checkout, ref = disputed(provider, world)

    for verb in verbs:
        world.decide(ref, verb)

    last = words(provider, world, 4)[-1]
    # Some say only that the money is there again.
    assert last.kind is EventKind.DISPUTE_REVERSED or (state == "won" and last.kind is EventKind.DISPUTE_WON)
    assert (last.state, last.amount, last.provider_ref) == (state, TAKEN, ref)


@pytest.mark.parametrize("kind", ["silent_after", "failing_after"])
def test_an_answer_to_a_dispute_of_which_nothing_was_heard_is_given_once(provider, world, kind):
    _intent_id, _checkout, ref = disputed(provider, world)
    hasty = world.hasty()
    world.trouble(kind)

    with pytest.raises(OutcomeUnknown):
        hasty.answer_dispute(ref, "contest", "signed bill of lading")
    hasty.answer_dispute(ref, "contest", "signed bill of lading")

    with pytest.raises(ProviderRefused):
        hasty.answer_dispute(ref, "accept", "")
    assert [event.state for event in words(provider, world, 2)] == ["open"]


def test_the_statement_has_what_was_settled_with_its_fee(provider, world):
    intent_id, checkout = paid(provider, world)
    refund = provider.refund(refund_id := an_id(), checkout.ref, Money(23450, "USD"))
    today = datetime.now(UTC).date()

    lines = {line.kind: line for line in provider.statement(today - timedelta(days=1), today)}

    came, back = lines["checkout"], lines["refund"]
    assert came == StatementLine(checkout.ref, "checkout", intent_id, PRICE, came.fee, PRICE - came.fee, came.settled_at)
    assert came.fee > Money(0, "USD")
    assert (back.ref, back.reference, back.gross) == (refund.ref, refund_id, Money(-23450, "USD"))
    assert back.gross - back.fee == back.net
    assert abs(came.settled_at - datetime.now(UTC)) < timedelta(seconds=60)
    assert list(provider.statement(today - timedelta(days=9), today - timedelta(days=8))) == []
