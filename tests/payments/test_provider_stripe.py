"""What only Stripe is: its units, its keys, its failures, what it does not tell twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from everfair.base.money import Money
from everfair.payments.providers.port import (
    BankAccount,
    EventKind,
    OutcomeUnknown,
    ProviderDown,
    ProviderRefused,
)
from everfair.payments.providers.stripe.amounts import NotChargeable, from_stripe, to_stripe
from everfair.payments.providers.stripe.client import StripeProvider
from tests.payments.contract import BACK, PRICE, RECIPIENT, an_id, opened, paid, read
from tests.payments.fake_stripe import FakeStripe, running_stripe
from tests.payments.providers_world import BANK, StripeWorld
from tests.payments.test_provider_sandbox import evil


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


def asked(fake: FakeStripe, method: str = "POST") -> list[str]:
    return [path for verb, path, _headers in fake.calls if verb == method]


# Amounts


@pytest.mark.parametrize(
    ("amount", "units"),
    [
        (Money(123450, "USD"), 123450),
        (Money(500, "JPY"), 500),
        (Money(5120, "KWD"), 5120),
        (Money(5, "UGX"), 500),  # no decimals any more, and still written with two
        (Money(5, "ISK"), 500),
        (Money(500, "MGA"), 5),  # two decimals in ISO 4217, none at Stripe
        (Money(1000, "HUF"), 1000),  # whole only in payouts to banks
        (Money(99_999_999, "USD"), 99_999_999),
        (Money(999_999_999_999, "IDR"), 999_999_999_999),
    ],
)
def test_an_amount_is_counted_as_stripe_counts(amount, units):
    assert to_stripe(amount) == units
    assert from_stripe(units, amount.currency.lower()) == amount


@pytest.mark.parametrize(
    "amount",
    [
        Money(5125, "KWD"),  # its last decimal is 0 there
        Money(550, "MGA"),
        Money(1_000_000, "UGX"),  # 100,000,000 in its units
        Money(100_000_000, "USD"),
        Money(0, "USD"),
        Money(-1, "USD"),
        Money(1000, "IQD"),  # three decimals here, unknown there
        Money(5, "UYI"),
    ],
)
def test_what_stripe_cannot_write_exactly_is_not_charged(amount):
    with pytest.raises(NotChargeable):
        to_stripe(amount)


def test_an_answer_in_no_whole_amount_of_ours_is_no_amount():
    for units, currency in ((550, "ugx"), (1, "isk"), (True, "usd"), ("5", "usd"), (5.0, "usd"), (5, None), (5, "dollars")):
        with pytest.raises(ValueError):
            from_stripe(units, currency)


@pytest.mark.parametrize("amount", [Money(500, "JPY"), Money(12_340, "KWD"), Money(4000, "UGX"), Money(70, "ISK")])
def test_a_payment_in_any_of_its_units_comes_back_as_the_same_amount(world, provider, amount):
    checkout = opened(provider, intent_id := an_id(), amount)
    world.pay(checkout.url)
    provider.refund(an_id(), checkout.ref, amount)
    today = datetime.now(UTC).date()

    captured, returned = (read(provider, delivery) for delivery in world.deliveries(2))
    lines = {line.kind: line.gross for line in provider.statement(today, today)}

    assert (captured.amount, returned.amount, provider.look_up(intent_id).refunded) == (amount, amount, amount)
    assert lines == {"checkout": amount, "refund": -amount}


def test_what_it_does_not_keep_a_balance_in_is_not_offered(world):
    euros = StripeProvider.from_config(world.config | {"EVERFAIR_STRIPE_CURRENCIES": "EUR"})

    assert (euros.carries(Money(500, "EUR")), euros.carries(PRICE)) == (True, False)
    with pytest.raises(ProviderRefused) as refusal:
        opened(euros, an_id())
    assert refusal.value.code == "currency_not_settled"
    assert asked(world.fake) == []


# The page


def test_what_stripe_is_asked_for_and_what_it_is_not_told(fake, provider):
    intent_id = an_id()

    checkout = provider.open_checkout(intent_id, PRICE, RECIPIENT, "EF-10042, deposit", BACK, "zh-hant")

    session = fake.state.sessions[checkout.ref]
    marks = {"everfair_intent": intent_id, "everfair_recipient": RECIPIENT}
    assert (session["client_reference_id"], session["metadata"], session["locale"]) == (intent_id, marks, "zh-TW")
    assert session["_wish"] == {"capture_method": "automatic", "description": "EF-10042, deposit", "metadata": marks}
    assert (session["success_url"], session["cancel_url"]) == (BACK, BACK)
    (_method, _path, headers) = fake.calls[-1]
    assert (headers["idempotency-key"], headers["stripe-version"]) == (f"checkout-{intent_id}", "2026-10-28.endive")
    assert headers["user-agent"].startswith("Everfair stripe-python/")
    assert [name for name in headers if name.startswith("x-stripe")] == []


def test_a_payer_who_changes_the_language_comes_to_the_same_page(fake, world, provider):
    """The key was used with other parameters: what it opened then is looked up."""
    first = opened(provider, intent_id := an_id())
    stranger = StripeProvider.from_config(world.config)

    assert opened(stranger, intent_id, language="zh-hans") == first
    assert len(fake.state.sessions) == 1


def test_what_was_paid_meanwhile_leads_back_and_is_not_opened_again(fake, world, provider):
    first = opened(provider, intent_id := an_id())
    world.pay(first.url)

    again = opened(provider, intent_id, language="zh-hans")

    assert (again.ref, again.url, len(fake.state.sessions)) == (first.ref, BACK, 1)


def test_a_key_that_stripe_has_forgotten_opens_no_second_page(fake, provider, monkeypatch):
    first = opened(provider, intent_id := an_id())
    fake.kept.clear()
    monkeypatch.setattr("everfair.payments.providers.stripe.client._KEY_LIVES_S", -600)

    assert opened(provider, intent_id) == first
    fake.state.run_out(first.ref)
    with pytest.raises(ProviderRefused) as refusal:
        opened(provider, intent_id)
    assert (refusal.value.code, len(fake.state.sessions)) == ("checkout_over", 1)


def test_a_failure_that_stripe_repeats_hands_over_once_it_is_known_that_nothing_came_of_it(fake, provider):
    """Stripe keeps a 500 under its key for a day and says it again."""
    fake.trouble("500", method="POST")
    with pytest.raises(OutcomeUnknown):
        opened(provider, intent_id := an_id())

    with pytest.raises(ProviderDown):
        opened(provider, intent_id)

    assert fake.state.sessions == {}


def test_a_failure_that_stripe_repeats_although_it_did_it_leads_to_what_it_did(fake, provider):
    fake.trouble("500_after", method="POST")
    with pytest.raises(OutcomeUnknown):
        opened(provider, intent_id := an_id())

    (ref,) = fake.state.sessions
    assert opened(provider, intent_id).ref == ref


def test_many_checkouts_are_gone_through_once(fake, world, provider):
    """Stripe finds none by our id; what is seen on the way is remembered."""
    wanted = [an_id() for _ in range(230)]
    for intent_id in wanted:
        opened(provider, intent_id)
    stranger = StripeProvider.from_config(world.config)
    fake.calls.clear()

    assert stranger.look_up(wanted[0]).state == "open"
    pages = len(fake.calls)
    assert all(stranger.look_up(intent_id) is not None for intent_id in wanted[1:20])

    assert (pages, len(fake.calls)) == (3, 3 + 19)


def test_a_payment_intent_without_a_page_is_cancelled_and_returned_too(fake, provider):
    waiting = fake.state.make_intent(5000, "usd", {})
    fake.state.intents[waiting["id"]]["status"] = "requires_payment_method"
    done = fake.state.make_intent(5000, "usd", {})

    assert provider.cancel_checkout(waiting["id"]).state == "cancelled"
    with pytest.raises(ProviderRefused, match="checkout_not_open"):
        provider.cancel_checkout(done["id"])
    assert provider.refund(an_id(), done["id"], Money(5000, "USD")).state == "succeeded"


# Failures told apart


@pytest.mark.parametrize(
    ("kind", "raised"),
    [
        ("500", OutcomeUnknown), ("500_after", OutcomeUnknown), ("nonsense", OutcomeUnknown), ("hang_up", OutcomeUnknown), ("409", OutcomeUnknown),
        ("429", ProviderDown), ("403", ProviderDown),
    ],
)  # fmt: skip
def test_each_failure_of_a_write_means_what_it_means(fake, provider, kind, raised):
    fake.trouble(kind, method="POST", value=3)

    with pytest.raises(raised):
        opened(provider, an_id())

    assert len(asked(fake)) == 1, "the SDK repeats nothing by itself"


@pytest.mark.parametrize("kind", ["500", "nonsense", "hang_up", "409", "429", "403"])
def test_a_read_can_always_be_made_again(fake, provider, kind):
    opened(provider, intent_id := an_id())
    fake.trouble(kind, method="GET", value=3)

    with pytest.raises(ProviderDown):
        provider.look_up(intent_id)

    assert provider.look_up(intent_id).state == "open"


def test_a_refund_whose_payment_cannot_be_read_has_not_begun(fake, world, provider):
    _intent_id, checkout = paid(provider, world)
    fake.calls.clear()
    fake.trouble("500", method="GET")

    with pytest.raises(ProviderDown):
        provider.refund(an_id(), checkout.ref, PRICE)

    assert asked(fake) == []


def test_a_key_that_was_revoked_hands_over_to_another_rail(fake, provider):
    """S10: who cuts us off has refused no payment; it can be made elsewhere."""
    fake.api_key = "sk_test_nobodyKnowsThis"

    with pytest.raises(ProviderDown):
        opened(provider, an_id())


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b'HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"id":1,"url":2}',
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 13\r\n\r\n<h1>proxy</h1>",
        b'HTTP/1.1 400 Bad Request\r\nContent-Length: 15\r\n\r\n{"error":"oops"}',
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{",
        b"hello\r\n\r\n",
        b"",
    ],
)
def test_an_answer_that_is_no_answer_leaves_the_outcome_unknown(world, answer):
    with evil(answer) as url, pytest.raises(OutcomeUnknown):
        opened(StripeProvider.from_config(world.config | {"EVERFAIR_STRIPE_URL": url}), an_id())


def test_a_refusal_has_stripes_own_code(provider, world):
    with pytest.raises(ProviderRefused) as refusal:
        opened(provider, an_id(), Money(49, "USD"))

    assert refusal.value.code == "amount_too_small"


# Refunds and transfers


def test_a_refund_is_made_once_even_after_stripe_has_forgotten_its_key(fake, world, provider):
    _intent_id, checkout = paid(provider, world)
    refund_id = an_id()
    first = provider.refund(refund_id, checkout.ref, PRICE)
    fake.kept.clear()

    assert provider.refund(refund_id, checkout.ref, PRICE).ref == first.ref
    assert len(fake.state.refunds) == 1


def test_a_transfer_is_made_once_even_after_stripe_has_forgotten_its_key(fake, world, provider):
    world.fill(Money(50_000, "EUR"))
    payout_id = an_id()
    first = provider.send_payout(payout_id, Money(5000, "EUR"), BANK)
    fake.kept.clear()

    assert provider.send_payout(payout_id, Money(5000, "EUR"), BANK) == first
    assert len(fake.state.transfers) == 1


def test_nobody_is_paid_whom_the_operator_has_not_named(fake, provider):
    assert not provider.pays_out(Money(5000, "EUR"), BankAccount("Eve", "GB29NWBK60161331926819"))
    assert not provider.pays_out(Money(5000, "USD"), BankAccount("", ""))
    with pytest.raises(ProviderRefused) as refusal:
        provider.send_payout(an_id(), Money(5000, "EUR"), BankAccount("Eve", "GB29NWBK60161331926819"))
    assert (refusal.value.code, asked(fake)) == ("payout_destination_unknown", [])


def test_a_transfer_that_comes_back_is_told_as_failed(fake, world, provider):
    world.fill(Money(50_000, "EUR"))
    sent = provider.send_payout(payout_id := an_id(), Money(5000, "EUR"), BANK)
    fake.state.reverse_transfer(sent.ref)

    event, found = read(provider, world.deliveries(2)[1]), provider.look_up_payout(payout_id)

    assert (event.kind, event.failure_code, event.version) == (EventKind.PAYOUT_FAILED, "reversed", 2)
    assert (found.state, found.failure_code) == ("failed", "reversed")


def test_without_money_there_a_transfer_is_refused(provider):
    with pytest.raises(ProviderRefused) as refusal:
        provider.send_payout(an_id(), Money(5000, "EUR"), BANK)

    assert refusal.value.code == "balance_insufficient"
