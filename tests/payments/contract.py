"""What both halves of the providers' contract begin with: a provider of the table, its world, and a payment there."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.payments.providers.port import (
    CheckoutOpened,
    Provider,
    ProviderEvent,
)
from everfair.payments.providers.table import PROVIDERS
from tests.payments.providers_world import WORLDS, Delivery, World, made

PRICE = Money(123450, "USD")
BACK = "https://shop.example/orders/7"
RECIPIENT = "everfair-escrow"


@pytest.fixture(params=list(PROVIDERS))
def name(request: Any) -> str:
    return str(request.param)


@pytest.fixture
def world(name: str, tmp_path: Path) -> Iterator[World]:
    with WORLDS[name](tmp_path, name) as world:
        yield world


@pytest.fixture
def provider(name: str, world: World) -> Provider:
    return made(name, world)


def an_id() -> str:
    return str(new_id())


def opened(provider: Provider, intent_id: str, amount: Money = PRICE, language: str = "en") -> CheckoutOpened:
    return provider.open_checkout(intent_id, amount, RECIPIENT, "EF-10042, deposit", BACK, language)


def paid(provider: Provider, world: World) -> tuple[str, CheckoutOpened]:
    intent_id = an_id()
    checkout = opened(provider, intent_id)
    world.pay(checkout.url)
    return intent_id, checkout


def read(provider: Provider, delivery: Delivery) -> ProviderEvent:
    return provider.verify_event(*delivery, datetime.now(UTC))


def gone() -> str:
    with socket.create_server(("127.0.0.1", 0)) as once:
        return f"http://127.0.0.1:{once.getsockname()[1]}"
