"""The sandbox as its pages and its API see it: settings, store, courier."""

import hashlib
import hmac
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from everfair.payments.providers.signature import key_bytes
from everfair.payments.sandbox.courier import Courier
from everfair.payments.sandbox.events import Announcer
from everfair.payments.sandbox.store import Store

ANSWERS_KEPT_S = 30 * 86_400


@dataclass(frozen=True)
class Settings:
    api_key: str
    webhook_secrets: Sequence[str]  # newest first; every one signs
    webhook_url: str = ""
    account: str = "acct_everfair"
    merchant: str = "Everfair"
    console_token: str = ""
    seed: int = 1
    payout_after_s: float = 3
    late_s: int = 30

    def __post_init__(self) -> None:
        """Refuses to stand without secrets: an empty key would let everybody in."""
        if len(self.api_key) < 16:
            raise ValueError("EVERFAIR_SANDBOX_API_KEY must hold at least 16 characters")
        if not self.webhook_secrets:
            raise ValueError("EVERFAIR_SANDBOX_WEBHOOK_SECRET must hold one secret, or two while rotating")
        for secret in self.webhook_secrets:
            key_bytes(secret)
        if self.console_token and not re.fullmatch(r"[A-Za-z0-9_-]{16,200}", self.console_token):
            raise ValueError("EVERFAIR_SANDBOX_CONSOLE_TOKEN must hold 16 or more letters, digits, - or _")


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


class Service:
    def __init__(self, settings: Settings, folder: Path, public_url: str) -> None:
        self.settings = settings
        self.public_url = public_url.rstrip("/")
        self.store = Store(folder)
        self.announcer = Announcer(settings.account, settings.seed)
        self.courier = Courier(self.store, self.announcer, settings.webhook_secrets)
        with self.store.writing() as db:
            db.execute("delete from answers where created_at < ?", (time.time() - ANSWERS_KEPT_S,))

    def start(self) -> None:
        self.courier.start()

    def stop(self) -> None:
        self.courier.stop()
        self.store.close()


def same_secret(given: str, expected: str) -> bool:
    """Compare without telling by the time taken how much of it, or of its length, was right."""
    return hmac.compare_digest(
        hashlib.sha256(given.encode("utf-8", "replace")).digest(), hashlib.sha256(expected.encode()).digest()
    )
