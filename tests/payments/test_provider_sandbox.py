"""The port as the sandbox's client keeps it: every outcome told apart, no event believed without proof."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest

from everfair.base import signature
from everfair.base.exchange import NoAnswer, NotReached, exchange
from everfair.base.money import Money
from everfair.base.strict_json import BadJson, read_object
from everfair.payments.providers.port import (
    BadEvent,
    BadSignature,
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
    running_receiver,
    running_sandbox,
    wait_until,
)

USD_1234_50 = Money(123450, "USD")
RETURN_URL = "https://shop.example/orders/7"
BANK = BankAccount("Ada GmbH", "DE89370400440532013000", "COBADEFF")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
EVENT = {
    "id": "evt_1",
    "type": "checkout.captured",
    "created_at": "2026-11-22T11:59:58.000Z",
    "account": "acct_everfair",
    "data": {
        "id": "chk_1",
        "merchant_reference": "intent-1",
        "amount_minor": 123450,
        "currency": "USD",
        "recipient": "company:7",
        "state": "captured",
        "failure_code": "",
        "version": 2,
    },
}


@pytest.fixture
def receiver():
    with running_receiver() as receiver:
        yield receiver


@pytest.fixture
def sandbox(tmp_path, receiver):
    with running_sandbox(tmp_path, receiver.url, "--payout-seconds", "0.1") as sandbox:
        yield sandbox


@pytest.fixture
def provider(sandbox):
    return client(sandbox.url)


def client(url: str, **options) -> SandboxProvider:
    return SandboxProvider(url, API_KEY, [SECRET], "acct_everfair", **options)


def open_checkout(provider: SandboxProvider, intent_id: str = "intent-1"):
    return provider.open_checkout(intent_id, USD_1234_50, "company:7", "EF-10042, deposit", RETURN_URL, "en")


# A whole life


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


# Outcomes told apart


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


# Events


def signed(
    event: dict | bytes, secret: str = SECRET, at: datetime = NOW, event_id: str = "evt_1"
) -> tuple[dict[str, str], bytes]:
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    return signature.signed_headers([secret], event_id, int(at.timestamp()), body), body


def told(**changes) -> dict:
    return EVENT | {"data": EVENT["data"] | changes}


def test_the_published_vector_of_standard_webhooks_fits():
    body = b'{"test": 2432232314}'

    assert signature.sign(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )
    headers = {
        "Webhook-Id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "Webhook-Timestamp": "1614265330",
        "Webhook-Signature": "v1,AAAA v1a,xyz v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    assert signature.verify([SECRET], headers, body, 1614265330) == "msg_p5jXN8AQM9LWM0D4loKWxJek"


def test_an_event_is_believed_within_five_minutes_either_way():
    for seconds in (-300, 0, 300):
        event = client("http://x").verify_event(*signed(EVENT, at=NOW + timedelta(seconds=seconds)), NOW)
        assert (event.event_id, event.amount, event.occurred_at) == (
            "evt_1",
            USD_1234_50,
            datetime(2026, 11, 22, 11, 59, 58, tzinfo=UTC),
        )


@pytest.mark.parametrize("seconds", [-301, 301, -3 * 86400])
def test_a_stale_or_future_event_is_refused(seconds):
    with pytest.raises(BadSignature):
        client("http://x").verify_event(*signed(EVENT, at=NOW + timedelta(seconds=seconds)), NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v2,g0hM9SsE+OTPJTGt/tmKtSyi1V1G/Fnjj6lU1Rwtqsg="},
        {"webhook-signature": "v1," + "é" * 40},
        {"webhook-signature": " ".join(["v1,x"] * 9)},
        {"webhook-id": "evt_2"},
        {"webhook-id": ""},
        {"webhook-id": "evt.1"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "-1"},
        {"webhook-timestamp": "1e9"},
        {"webhook-timestamp": "９９９"},
    ],
)
def test_tampered_headers_are_refused(change):
    headers, body = signed(EVENT)

    with pytest.raises(BadSignature):
        client("http://x").verify_event(headers | change, body, NOW)


def test_headers_missing_a_foreign_secret_and_a_changed_body_are_refused():
    headers, body = signed(EVENT)
    for wrong_headers, wrong_body in [
        ({}, body),
        (signed(EVENT, OLD_SECRET)[0], body),
        (headers, body + b" "),
        (headers, json.dumps(json.loads(body), separators=(",", ":")).encode()),
    ]:
        with pytest.raises(BadSignature):
            client("http://x").verify_event(wrong_headers, wrong_body, NOW)
    huge = b'{"a": "' + b"x" * 65536 + b'"}'
    with pytest.raises(BadSignature):
        client("http://x").verify_event(*signed(huge), NOW)


def test_without_a_usable_secret_nothing_is_believed():
    headers, body = signed(EVENT)
    for secrets in ([], [""], ["whsec_"], ["whsec_%%"], ["whsec_c2hvcnQ="]):
        with pytest.raises(BadSignature):
            signature.verify(secrets, headers, body, NOW.timestamp())
        with pytest.raises(ValueError, match="webhook secret"):
            SandboxProvider("http://x", API_KEY, secrets, "acct_everfair")


def test_a_forged_event_of_the_sandbox_is_refused_and_the_true_one_taken(sandbox, receiver, provider):
    sandbox.fault("forged_signature", count=1)
    receiver.statuses = [401]
    sandbox.pay(open_checkout(provider).url)
    receiver.wait_for(2)

    with pytest.raises(BadSignature):
        provider.verify_event(*receiver.got[0], datetime.now(UTC))
    assert provider.verify_event(*receiver.got[1], datetime.now(UTC)).intent_id == "intent-1"


def test_both_secrets_are_taken_while_one_is_rotated():
    rotating = SandboxProvider("http://x", API_KEY, [SECRET, OLD_SECRET], "acct_everfair")

    for secret in (SECRET, OLD_SECRET):
        assert rotating.verify_event(*signed(EVENT, secret), NOW).event_id == "evt_1"


@pytest.mark.parametrize(
    "event",
    [
        b"[]",
        b"{}",
        b"\xff",
        json.dumps(EVENT).encode()[:-1] + b', "account": "acct_everfair"}',
        EVENT | {"id": "evt_2"},
        EVENT | {"account": "acct_other"},
        EVENT | {"type": "checkout.exploded"},
        EVENT | {"type": ["checkout.captured"]},
        EVENT | {"data": []},
        EVENT | {"created_at": "2026-11-22T11:59:58"},
        EVENT | {"created_at": 5},
        told(state="failed"),
        told(amount_minor=True),
        told(amount_minor="123450"),
        told(amount_minor=1234.5),
        told(amount_minor=0),
        told(amount_minor=-1),
        told(amount_minor=10**15 + 1),
        told(currency="usd"),
        told(currency=None),
        told(version="2"),
        told(merchant_reference=7),
        told(recipient=None),
    ],
)
def test_a_signed_event_that_says_nothing_clear_is_refused(event):
    with pytest.raises(BadEvent):
        client("http://x").verify_event(*signed(event), NOW)


def test_an_event_may_be_true_and_still_not_ours_to_book(sandbox, receiver, provider):
    for kind in ("wrong_amount", "wrong_currency", "wrong_recipient"):
        sandbox.fault(kind, count=1)
    sandbox.pay(open_checkout(provider).url)
    receiver.wait_for(1)

    event = provider.verify_event(*receiver.got[0], datetime.now(UTC))

    assert (event.amount, event.recipient) == (Money(123449, "EUR"), "somebody-else")
    assert provider.look_up("intent-1").amount == USD_1234_50


def test_strict_json_reads_one_thing_only():
    assert read_object(b'{"a": [1, {"b": null}]}') == {"a": [1, {"b": None}]}
    for raw in (b'{"a": {"b": 1, "b": 1}}', b'{"a": 1.0}', b'{"a": NaN}', b'{"a": 1e5}', b"{" * 50000, b'"a"'):
        with pytest.raises(BadJson):
            read_object(raw)


# The table


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
