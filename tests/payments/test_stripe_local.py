"""The client of Stripe against somebody else's fake of it, as a process of its own: localstripe (GPL: for development only, never imported).

It knows payment intents and refunds, no Checkout; what it cannot do is asked of our own fake.
"""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.payments.providers.port import BadEvent, BadSignature, ProviderRefused
from everfair.payments.providers.stripe.client import StripeProvider
from tests.payments.running_sandbox import Receiver, running_receiver, wait_until

SECRET = "whsec_ToldToLocalstripeByTests"
CONFIG = {
    "EVERFAIR_STRIPE_API_KEY": "sk_test_1234567890", "EVERFAIR_STRIPE_WEBHOOK_SECRET": SECRET, "EVERFAIR_STRIPE_ACCOUNT": "acct_1Local",
    "EVERFAIR_STRIPE_CURRENCIES": "USD EUR",
}  # fmt: skip


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    program = shutil.which("localstripe", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if program is None:
        pytest.skip(
            "localstripe has no wheel and is not installed here: uv tool install localstripe==1.15.10, with its folder in PATH"
        )
    if not socket.has_dualstack_ipv6():
        pytest.skip("localstripe listens on IPv6, which this machine has not")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    running = subprocess.Popen(
        [program, "--port", str(port), "--from-scratch"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: _listens(port), 60)
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(10)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def provider(address: str) -> StripeProvider:
    return StripeProvider.from_config(CONFIG | {"EVERFAIR_STRIPE_URL": address})


@pytest.fixture
def receiver(address: str) -> Iterator[Receiver]:
    with running_receiver() as receiver:
        parts = urlsplit(address)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
        connection.request(
            "POST", "/_config/webhooks/ours", urlencode({"url": receiver.url, "secret": SECRET}),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )  # fmt: skip
        assert connection.getresponse().status == 200
        connection.close()
        yield receiver


def intent(provider: StripeProvider, *, paid: bool = True) -> Any:
    """A payment as somebody makes it with the SDK."""
    api = provider._calls.v1
    card = api.payment_methods.create(
        {"type": "card", "card": {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}}
    )
    asked: Any = {
        "amount": 5000,
        "currency": "usd",
        "metadata": {"everfair_intent": "ours", "everfair_recipient": "everfair-escrow"},
    }
    return api.payment_intents.create(asked | ({"payment_method": card.id, "confirm": "true"} if paid else {}))


def test_money_goes_back_once_although_it_knows_no_idempotency_keys(provider):
    payment, refund_id = intent(provider), str(new_id())
    assert payment.status == "succeeded"

    sent = provider.refund(refund_id, payment.id, Money(2000, "USD"))
    again = provider.refund(refund_id, payment.id, Money(2000, "USD"))
    other = provider.refund(str(new_id()), payment.id, Money(3000, "USD"))

    assert (sent.state, sent.ref) == ("succeeded", again.ref)
    assert other.ref != sent.ref
    made = provider._calls.v1.refunds.list({"payment_intent": payment.id}).data
    assert sorted((found.amount, found.metadata["everfair_intent"]) for found in made) == [(2000, "ours"), (3000, "ours")]
    with pytest.raises(ProviderRefused, match="currency_mismatch"):
        provider.refund(str(new_id()), payment.id, Money(100, "EUR"))


def test_a_payment_that_waits_is_cancelled_and_one_that_was_made_is_not(provider):
    waiting, done = intent(provider, paid=False), intent(provider)

    state = provider.cancel_checkout(waiting.id)

    assert (state.state, state.intent_id, state.recipient, state.amount) == (
        "cancelled",
        "ours",
        "everfair-escrow",
        Money(5000, "USD"),
    )
    with pytest.raises(ProviderRefused, match="checkout_not_open"):
        provider.cancel_checkout(done.id)
    with pytest.raises(ProviderRefused, match="checkout_not_captured"):
        provider.refund(str(new_id()), waiting.id, Money(5000, "USD"))


def test_its_signature_is_believed_and_no_other(provider, receiver):
    """Signed by code that is not ours: the event is proven, and it is no kind that we subscribe to."""
    intent(provider)
    wait_until(lambda: any(b"payment_intent.succeeded" in body for _headers, body in receiver.got), 30)
    headers, body = next((headers, body) for headers, body in receiver.got if b"payment_intent.succeeded" in body)

    with pytest.raises(BadEvent, match="subscribe"):
        provider.verify_event(headers, body, datetime.now(UTC))
    with pytest.raises(BadSignature):
        provider.verify_event(headers, body.replace(b"5000", b"5001"), datetime.now(UTC))
