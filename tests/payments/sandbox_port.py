"""The sandbox as its client meets it."""

import pytest

from everfair.base.money import Money
from everfair.payments.providers.sandbox.client import SandboxProvider
from tests.payments.running_sandbox import (
    API_KEY,
    SECRET,
    running_receiver,
    running_sandbox,
)

USD_1234_50 = Money(123450, "USD")
RETURN_URL = "https://shop.example/orders/7"


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
