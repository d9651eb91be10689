"""Events of the sandbox: believed with proof within five minutes, refused otherwise."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from everfair.base import signature
from everfair.base.money import Money
from everfair.base.strict_json import BadJson, read_object
from everfair.payments.providers.port import (
    BadEvent,
    BadSignature,
)
from everfair.payments.providers.sandbox.client import SandboxProvider
from tests.payments.running_sandbox import (
    API_KEY,
    OLD_SECRET,
    SECRET,
)
from tests.payments.sandbox_port import USD_1234_50, client, open_checkout, provider, receiver, sandbox

__all__ = ["provider", "receiver", "sandbox"]

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
