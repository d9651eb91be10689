"""A provider of each row of the table together with what stands behind it, so that one suite can ask all of them the same.

A new provider brings a class like these and a row in WORLDS; `test_provider_contract.py` and `test_provider_trouble.py` are then its finish line.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from everfair.base.money import Money
from everfair.base.signature import signed_headers
from everfair.payments.providers.port import BankAccount, Provider
from everfair.payments.providers.stripe.client import StripeProvider
from everfair.payments.providers.stripe.keys import Keys
from everfair.payments.providers.table import PROVIDERS, open_provider
from tests.payments.fake_stripe import FakeStripe, running_stripe
from tests.payments.running_sandbox import API_KEY, SECRET, Receiver, RunningSandbox, running_receiver, running_sandbox

BANK = BankAccount("Ada GmbH", "DE89370400440532013000", "COBADEFF")
Delivery = tuple[dict[str, str], bytes]


class World(Protocol):
    """`config` makes the client. `pay` is what a payer does; `deliveries` waits for so many events as they arrive. `trouble` for the next
    call: silent_after (done, no answer), failing_after (done, 5xx), failing (nothing done, 5xx), later (nothing done, 7 s), each once."""

    config: dict[str, str]
    wrong_key: dict[str, str]

    def hasty(self) -> Provider:
        """A client that waits half a second for an answer."""
        ...

    def pay(self, url: str) -> None: ...
    def deliveries(self, count: int) -> list[Delivery]: ...
    def trouble(self, kind: str) -> None: ...
    def fill(self, amount: Money) -> None:
        """So much lies there that payouts can be made of it."""
        ...

    def dispute(self, checkout_ref: str, amount: Money) -> str:
        """The payer's bank takes so much of it back; the dispute's id there."""
        ...

    def decide(self, dispute_ref: str, verb: str) -> None:
        """win, lose, retake or reinstate."""
        ...

    def of_other(self, delivery: Delivery) -> Delivery:
        """The same event as another merchant of this provider gets it, truly signed for us."""
        ...

    def signed(self, delivery: Delivery, *, age_s: int = 0, altered: Callable[[bytes], bytes] = bytes) -> Delivery:
        """The same event, signed so long ago; `altered` before it is signed."""
        ...


class SandboxWorld:
    FAULTS = {
        "silent_after": "timeout_after_commit",
        "failing_after": "error_5xx_after_commit",
        "failing": "error_5xx",
        "later": "rate_limit_429",
    }

    def __init__(self, running: RunningSandbox, receiver: Receiver, name: str) -> None:
        self.running, self.receiver = running, receiver
        self.prefix = f"EVERFAIR_{name.upper()}"
        own = {"URL": running.url, "API_KEY": API_KEY, "WEBHOOK_SECRET": SECRET}
        self.config = {f"{self.prefix}_{key}": value for key, value in own.items()}
        self.wrong_key = {f"{self.prefix}_API_KEY": "another-key-of-16"}
        self.name = name

    def hasty(self) -> Provider:
        kind: Any = PROVIDERS[self.name]
        return kind(self.running.url, API_KEY, [SECRET], "acct_everfair", read_timeout_s=0.5)

    def pay(self, url: str) -> None:
        assert self.running.pay(url).status == 303

    def deliveries(self, count: int) -> list[Delivery]:
        self.receiver.wait_for(count)
        return list(self.receiver.got)

    def trouble(self, kind: str) -> None:
        self.running.fault(self.FAULTS[kind], count=1, **({"value": 7} if kind == "later" else {}))

    def fill(self, amount: Money) -> None:
        """It pays out whatever it is told to."""

    def dispute(self, checkout_ref: str, amount: Money) -> str:
        reply = self.running.call("POST", "/v1/disputes", {"checkout": checkout_ref, "amount_minor": amount.minor})
        assert reply.status < 300, reply.text
        return str(reply.json["id"])

    def decide(self, dispute_ref: str, verb: str) -> None:
        reply = self.running.call("POST", f"/v1/disputes/{dispute_ref}/decide", {"verb": verb})
        assert reply.status < 300, reply.text

    def of_other(self, delivery: Delivery) -> Delivery:
        return self.signed(delivery, altered=lambda body: body.replace(b"acct_everfair", b"acct_stranger"))

    def signed(self, delivery: Delivery, *, age_s: int = 0, altered: Callable[[bytes], bytes] = bytes) -> Delivery:
        body = altered(delivery[1])
        return signed_headers([SECRET], json.loads(body)["id"], int(time.time()) - age_s, body), body


class StripeWorld:
    FAULTS = {"silent_after": "silent", "failing_after": "500_after", "failing": "500", "later": "429"}

    def __init__(self, fake: FakeStripe) -> None:
        self.fake = fake
        fake.state.accounts["acct_1Ada"] = "DE"
        self.config = fake.config(DESTINATIONS=f"{BANK.account}=acct_1Ada")
        self.wrong_key = {"EVERFAIR_STRIPE_API_KEY": "sk_test_anotherKeyOfTests"}

    def hasty(self) -> Provider:
        return StripeProvider(Keys.from_config(self.config), read_timeout_s=0.5)

    def pay(self, url: str) -> None:
        self.fake.pay(url)

    def deliveries(self, count: int) -> list[Delivery]:
        assert len(self.fake.state.events) >= count
        return [self.fake.signed(event) for event in self.fake.state.events]

    def trouble(self, kind: str) -> None:
        # Of a call that writes: what is looked up before it is another matter.
        self.fake.trouble(self.FAULTS[kind], value=7, method="POST")

    def fill(self, amount: Money) -> None:
        self.fake.state.book(
            "topup", amount.minor, amount.currency.lower(), "tu_1", source_object={"id": "tu_1", "object": "topup"}
        )

    def dispute(self, checkout_ref: str, amount: Money) -> str:
        payment = self.fake.state.sessions[checkout_ref]["payment_intent"]
        return str(self.fake.state.open_dispute(payment, amount.minor)["id"])

    def decide(self, dispute_ref: str, verb: str) -> None:
        self.fake.state.decide(dispute_ref, verb)

    def of_other(self, delivery: Delivery) -> Delivery:
        return self.signed(
            delivery, altered=lambda body: body.replace(b'"object": "event"', b'"object": "event", "account": "acct_1Stranger"')
        )

    def signed(self, delivery: Delivery, *, age_s: int = 0, altered: Callable[[bytes], bytes] = bytes) -> Delivery:
        return self.fake.signed(json.loads(altered(delivery[1])), at=int(time.time()) - age_s)


@contextmanager
def _sandbox(folder: Path, name: str) -> Iterator[World]:
    with running_receiver() as receiver, running_sandbox(folder, receiver.url, "--payout-seconds", "0.1") as running:
        yield SandboxWorld(running, receiver, name)


@contextmanager
def _stripe(folder: Path, name: str) -> Iterator[World]:
    with running_stripe() as fake:
        yield StripeWorld(fake)


# provider: what stands behind it
WORLDS: dict[str, Callable[[Path, str], AbstractContextManager[World]]] = {
    "sandbox": _sandbox,
    "sandbox2": _sandbox,
    "stripe": _stripe,
}


def made(name: str, world: World, **changes: Any) -> Provider:
    """A client of it; `changes` of its settings."""
    return open_provider(name, world.config | changes)
