"""A running payment sandbox and a receiver of its webhooks."""

import base64
import hashlib
import hmac

import pytest

from tests.payments.running_sandbox import RunningSandbox, running_receiver, running_sandbox

CHECKOUT = {
    "merchant_reference": "intent-1",
    "amount_minor": 123450,
    "currency": "USD",
    "recipient": "company:7",
    "description": "EF-10042, deposit",
    "return_url": "https://shop.example/orders/7?tab=money",
    "language": "en",
}
PAYOUT = {
    "reference": "payout-1",
    "amount_minor": 5000,
    "currency": "EUR",
    "holder": "Ada GmbH",
    "account": "DE89370400440532013000",
}


@pytest.fixture
def receiver():
    with running_receiver() as receiver:
        yield receiver


@pytest.fixture
def sandbox(tmp_path, receiver):
    with running_sandbox(tmp_path, receiver.url, "--payout-seconds", "0.1", "--late-seconds", "1") as sandbox:
        yield sandbox


def opened(sandbox: RunningSandbox, reference: str = "intent-1", **changes) -> dict:
    reply = sandbox.call("POST", "/v1/checkouts", CHECKOUT | {"merchant_reference": reference} | changes, key=f"key-{reference}")
    assert reply.status == 201, reply.text
    return reply.json


def code(reply) -> tuple[int, str]:
    assert reply.json["error"]["message"]
    return reply.status, reply.json["error"]["code"]


def fits(secret: str, headers: dict, body: bytes) -> bool:
    """Standard Webhooks, written a second time so that the sandbox is not its own judge."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(mac).decode()}" in headers["webhook-signature"].split()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One sandbox for tests that use references of their own and leave the faults as they were."""
    with running_sandbox(tmp_path_factory.mktemp("shared")) as sandbox:
        yield sandbox
