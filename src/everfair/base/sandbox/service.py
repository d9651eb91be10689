"""A sandbox as its pages and its API see it: settings, store, courier; and what makes one sandbox differ from another."""

import hashlib
import hmac
import json
import re
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from everfair.base.sandbox.courier import Clockwork, Courier
from everfair.base.sandbox.events import Announcer
from everfair.base.sandbox.faults import Faults
from everfair.base.sandbox.refusals import Refusal
from everfair.base.sandbox.store import Store
from everfair.base.signature import key_bytes

ANSWERS_KEPT_S = 30 * 86_400


@dataclass(frozen=True)
class Settings:
    """`prefix` begins the names of its environment variables, so that a refusal can say which one to set."""

    prefix: str
    api_key: str
    webhook_secrets: Sequence[str]  # newest first; every one signs
    webhook_url: str = ""
    account: str = "acct_everfair"
    console_token: str = ""
    seed: int = 1

    def __post_init__(self) -> None:
        """Refuses to stand without secrets: an empty key would let everybody in."""
        if len(self.api_key) < 16:
            raise ValueError(f"{self.prefix}API_KEY must hold at least 16 characters")
        if not self.webhook_secrets:
            raise ValueError(f"{self.prefix}WEBHOOK_SECRET must hold one secret, or two while rotating")
        for secret in self.webhook_secrets:
            key_bytes(secret)
        if self.console_token and not re.fullmatch(r"[A-Za-z0-9_-]{16,200}", self.console_token):
            raise ValueError(f"{self.prefix}CONSOLE_TOKEN must hold 16 or more letters, digits, - or _")


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]  # names in lower case
    body: bytes
    peer: str


@dataclass(frozen=True)
class Response:
    status: int
    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    silent_s: int = 0  # keep the line open this long and never answer


def refused(refusal: Refusal) -> Response:
    return json_answer(refusal.status, {"error": {"code": refusal.code, "message": refusal.message}}, refusal.headers)


def json_answer(status: int, value: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return Response(status, json.dumps(value, ensure_ascii=False).encode(), "application/json", headers or {})


@dataclass(frozen=True)
class Product:
    """One sandbox among others: its tables, its faults, what it does by itself, and who answers its requests."""

    schema: str
    faults: Faults
    answer: "Callable[[Service, Request], Response]"
    # Changes what an event tells under a fault of the product's own.
    twist: Callable[[dict[str, Any], Mapping[str, int]], None] = lambda told, struck: None
    clockwork: Clockwork | None = None


class Service:
    def __init__(self, product: Product, settings: Any, folder: Path, public_url: str) -> None:
        self.product = product
        self.settings = settings  # the product's own kind of Settings
        self.public_url = public_url.rstrip("/")
        self.store = Store(folder, product.schema)
        self.announcer = Announcer(settings.account, settings.seed, product.faults, product.twist)
        self.courier = Courier(self.store, self.announcer, settings.webhook_secrets, product.clockwork)
        with self.store.writing() as db:
            db.execute("delete from answers where created_at < ?", (time.time() - ANSWERS_KEPT_S,))

    def start(self) -> None:
        self.courier.start()

    def stop(self) -> None:
        self.courier.stop()
        self.store.close()

    def answer(self, request: Request) -> Response:
        return self.product.answer(self, request)

    def firing(
        self, db: sqlite3.Connection, kinds: Mapping[str, Any], references: set[str], operation: str = ""
    ) -> dict[str, int]:
        return self.product.faults.firing(db, self.settings.seed, kinds, references, operation)


def same_secret(given: str, expected: str) -> bool:
    """Compare without telling by the time taken how much of it, or of its length, was right."""
    return hmac.compare_digest(
        hashlib.sha256(given.encode("utf-8", "replace")).digest(), hashlib.sha256(expected.encode()).digest()
    )
