"""The port as the sandbox's client keeps it: every outcome told apart, no event believed without proof."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest

from everfair.base.exchange import NoAnswer, NotReached, exchange
from everfair.base.money import Money
from everfair.payments.providers.port import (
    BankAccount,
    CheckoutState,
    EventKind,
    OutcomeUnknown,
    PayoutState,
    ProviderDown,
    ProviderRefused,
    StatementLine,
)
from everfair.payments.providers.sandbox.client import SandboxProvider
from everfair.payments.providers.table import PROVIDERS, open_provider
from tests.payments.running_sandbox import (
    API_KEY,
    OLD_SECRET,
    SECRET,
    RunningSandbox,
    running_sandbox,
    wait_until,
)
from tests.payments.sandbox_port import RETURN_URL, USD_1234_50, client, open_checkout, provider, receiver, sandbox

__all__ = ["provider", "receiver", "sandbox"]

BANK = BankAccount("Ada GmbH", "DE89370400440532013000", "COBADEFF")


def test_a_checkout_lives_through_the_port(sandbox, receiver, provider):
    assert provider.look_up("intent-1") is None
    opened = open_checkout(provider)
    assert open_checkout(provider) == opened

    sandbox.pay(opened.url)
    receiver.wait_for(1)
    event = provider.verify_event(*receiver.got[0], datetime.now(UTC))

    assert (event.kind, event.account, event.intent_id, event.provider_ref) == (
        EventKind.CHECKOUT_CAPTURED,
        "acct_everfair",
        "intent-1",
        opened.ref,
    )
    assert (event.amount, event.currency, event.recipient, event.state, event.version) == (
        USD_1234_50,
        "USD",
        "company:7",
        "captured",
        2,
    )
    assert abs(event.occurred_at - datetime.now(UTC)) < timedelta(seconds=10)

    sent = provider.refund("refund-1", opened.ref, Money(23450, "USD"))
    receiver.wait_for(2)
    refunded = provider.verify_event(*receiver.got[1], datetime.now(UTC))
    assert (refunded.kind, refunded.intent_id, refunded.reference, refunded.amount) == (
        EventKind.REFUND_SUCCEEDED,
        "intent-1",
        "refund-1",
        Money(23450, "USD"),
    )
    assert refunded.provider_ref == sent.ref
    assert provider.look_up_refund("refund-1").ref == sent.ref
    assert provider.look_up("intent-1") == CheckoutState(
        "intent-1", opened.ref, "captured", USD_1234_50, "company:7", Money(23450, "USD"), 3
    )
    with pytest.raises(ProviderRefused) as refusal:
        provider.refund("refund-2", opened.ref, Money(100001, "USD"))
    assert refusal.value.code == "refund_exceeds_captured"

    today = datetime.now(UTC).date()
    first, second = provider.statement(today - timedelta(days=1), today)
    assert first == StatementLine(
        opened.ref, "checkout", "intent-1", USD_1234_50, Money(1753, "USD"), Money(121697, "USD"), first.settled_at
    )
    assert (second.kind, second.reference, second.net) == ("refund", "refund-1", Money(-23450, "USD"))


def test_a_cancelled_checkout_is_cancelled(sandbox, provider):
    left, paid = open_checkout(provider, "left"), open_checkout(provider, "paid")
    sandbox.pay(paid.url)

    assert provider.cancel_checkout(left.ref).state == "cancelled"
    with pytest.raises(ProviderRefused) as refusal:
        provider.cancel_checkout(paid.ref)
    assert refusal.value.code == "checkout_not_open"


def test_a_payout_is_sent_paid_and_found(receiver, provider):
    sent = provider.send_payout("payout-1", Money(5000, "EUR"), BANK)
    receiver.wait_for(1)
    event = provider.verify_event(*receiver.got[0], datetime.now(UTC))

    assert (sent.state, event.kind, event.intent_id, event.recipient) == (
        "pending",
        EventKind.PAYOUT_PAID,
        "payout-1",
        BANK.account,
    )
    assert provider.look_up_payout("payout-1") == PayoutState(
        "payout-1", sent.ref, "paid", Money(5000, "EUR"), BANK.account, "", 2
    )
    assert provider.look_up_payout("payout-2") is None


def test_a_long_statement_is_read_to_its_end(sandbox, provider):
    for number in range(101):
        sandbox.pay(open_checkout(provider, f"intent-{number}").url)

    references = [line.reference for line in provider.statement(date(2020, 1, 1), date(2999, 12, 31))]

    assert references == [f"intent-{number}" for number in range(101)]


def test_a_provider_that_is_not_there_did_nothing():
    with socket.create_server(("127.0.0.1", 0)) as once:
        gone = f"http://127.0.0.1:{once.getsockname()[1]}"

    with pytest.raises(ProviderDown):
        open_checkout(client(gone))
    with pytest.raises(ProviderDown):
        client(gone).look_up("intent-1")


def test_silence_after_the_work_leaves_the_outcome_unknown_and_a_look_up_finds_it(sandbox):
    hasty = client(sandbox.url, read_timeout_s=0.5)
    sandbox.fault("timeout_after_commit", count=1)

    with pytest.raises(OutcomeUnknown):
        open_checkout(hasty)

    found = hasty.look_up("intent-1")
    assert (found.state, found.amount) == ("open", USD_1234_50)
    assert open_checkout(hasty).ref == found.ref


@pytest.mark.parametrize("kind", ["error_5xx", "error_5xx_after_commit"])
def test_a_server_error_leaves_the_outcome_unknown(sandbox, provider, kind):
    sandbox.fault(kind, count=1)

    with pytest.raises(OutcomeUnknown):
        provider.send_payout("payout-1", Money(5000, "EUR"), BANK)

    assert (provider.look_up_payout("payout-1") is not None) == (kind == "error_5xx_after_commit")


def test_an_error_while_reading_can_be_asked_again(sandbox, provider):
    sandbox.fault("error_5xx", count=1)

    with pytest.raises(ProviderDown):
        provider.look_up("intent-1")

    assert provider.look_up("intent-1") is None


def test_asked_to_come_later_nothing_happened(sandbox, provider):
    sandbox.fault("rate_limit_429", count=1, value=7)

    with pytest.raises(ProviderDown) as down:
        open_checkout(provider)

    assert down.value.retry_after_s == 7
    assert provider.look_up("intent-1") is None


def test_a_refusal_says_why(provider, sandbox):
    with pytest.raises(ProviderRefused) as refusal:
        provider.open_checkout("intent-1", Money(1, "XXX"), "company:7", "x", RETURN_URL, "en")
    assert refusal.value.code == "unsupported_currency"
    with pytest.raises(ProviderRefused) as refusal:
        SandboxProvider(sandbox.url, "another-key-of-16", [SECRET], "acct_everfair").look_up("intent-1")
    assert refusal.value.code == "unauthorized"


@contextmanager
def evil(answer: bytes, *, drip_s: float = 0) -> Iterator[str]:
    """A server that says exactly this, to one caller, all at once or byte by byte."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            line, _ = server.accept()
            with line:
                line.recv(65536)
                try:
                    for at in range(0, len(answer), 1 if drip_s else 65536):
                        line.sendall(answer[at : at + (1 if drip_s else 65536)])
                        time.sleep(drip_s)
                except OSError:
                    pass  # the caller had enough

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n" + b" " * 70000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b'HTTP/1.1 201 Created\r\nContent-Length: 16\r\n\r\n{"id":1,"url":2}',
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 13\r\n\r\n<h1>proxy</h1>",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{",
        b"hello\r\n\r\n",
        b"",
    ],
)
def test_an_answer_that_is_no_answer_leaves_the_outcome_unknown(answer):
    with evil(answer) as url, pytest.raises(OutcomeUnknown):
        open_checkout(client(url))


def test_a_dripping_answer_ends_at_the_time_out():
    begun = time.monotonic()

    with (
        evil(b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n" + b" " * 200, drip_s=0.05) as url,
        pytest.raises(OutcomeUnknown),
    ):
        open_checkout(client(url, read_timeout_s=0.5))

    assert time.monotonic() - begun < 3


def test_an_exchange_goes_only_over_http():
    for url in ("file:///etc/passwd", "ftp://127.0.0.1/", "http://", "http://127.0.0.1:99999/"):
        with pytest.raises(NotReached):
            exchange("GET", url, {})
    with evil(b"") as url, pytest.raises(NoAnswer):
        exchange("GET", url, {})


def test_a_provider_is_found_by_name_and_made_from_configuration(tmp_path):
    with running_sandbox(tmp_path) as sandbox:
        config = {
            "EVERFAIR_SANDBOX_URL": sandbox.url,
            "EVERFAIR_SANDBOX_API_KEY": API_KEY,
            "EVERFAIR_SANDBOX_WEBHOOK_SECRET": f"{SECRET}, {OLD_SECRET}",
        }
        provider = open_provider("sandbox", config)

        assert provider.look_up("intent-1") is None

    assert {name: made.name for name, made in PROVIDERS.items()} == {name: name for name in ("sandbox", "sandbox2", "stripe")}
    with pytest.raises(KeyError):
        open_provider("nobody", config)
    for name in config:
        with pytest.raises(ValueError, match="sandbox client needs"):
            open_provider("sandbox", config | {name: ""})


def test_after_kill_9_the_provider_remembers_what_it_promised(tmp_path, receiver):
    sandbox = RunningSandbox(tmp_path, receiver.url, ("--payout-seconds", "1")).start()
    try:
        client(sandbox.url).send_payout("payout-1", Money(5000, "EUR"), BANK)
        sandbox.kill()
        sandbox.start()

        again = client(sandbox.url)
        wait_until(lambda: again.look_up_payout("payout-1").state == "paid")
        receiver.wait_for(1)
    finally:
        sandbox.stop()
