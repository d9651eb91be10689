"""What an operator says of their account at Stripe. Nothing here is ever printed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from everfair.base.signature import split_secrets

PREFIX = "EVERFAIR_STRIPE"
ADDRESS = "https://api.stripe.com"
_KEY = re.compile(r"(?:sk|rk)_(test|live)_[A-Za-z0-9_]{8,}")
_ACCOUNT = re.compile(r"acct_[A-Za-z0-9]+")


@dataclass(frozen=True)
class Keys:
    """`currencies`: those in which the account keeps a balance, so that what is paid in them settles in them.
    `destinations`: bank account number → the connected account of its holder."""

    api_key: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(repr=False)
    account: str
    currencies: frozenset[str]
    destinations: Mapping[str, str] = field(default_factory=dict, repr=False)
    url: str = ADDRESS

    @property
    def test_mode(self) -> bool:
        return "_test_" in self.api_key[:8]

    @classmethod
    def from_config(cls, config: Mapping[str, str]) -> Self:
        """EVERFAIR_STRIPE_API_KEY, …_WEBHOOK_SECRET (two while rotating, newest first), …_ACCOUNT, …_CURRENCIES, …_DESTINATIONS and
        …_URL (optional). ValueError names the setting and never its value."""
        said = {
            name: config.get(f"{PREFIX}_{name}", "").strip()
            for name in ("API_KEY", "WEBHOOK_SECRET", "ACCOUNT", "CURRENCIES", "DESTINATIONS", "URL")
        }
        secrets = split_secrets(said["WEBHOOK_SECRET"])
        currencies = frozenset(said["CURRENCIES"].upper().replace(",", " ").split())
        if not _KEY.fullmatch(said["API_KEY"]):
            raise ValueError(f"{PREFIX}_API_KEY is a secret or restricted key: sk_test_…, sk_live_…, rk_test_… or rk_live_…")
        if not secrets or not all(secret.startswith("whsec_") and len(secret) >= 24 for secret in secrets):
            raise ValueError(f"{PREFIX}_WEBHOOK_SECRET is the signing secret of the webhook endpoint: whsec_…")
        if not _ACCOUNT.fullmatch(said["ACCOUNT"]):
            raise ValueError(f"{PREFIX}_ACCOUNT is the id of the account the key belongs to: acct_…")
        if not currencies or not all(re.fullmatch("[A-Z]{3}", code) for code in currencies):
            raise ValueError(f"{PREFIX}_CURRENCIES are the currencies in which the account keeps a balance, such as EUR USD")
        if not _is_safe(said["URL"] or ADDRESS):
            raise ValueError(f"{PREFIX}_URL is an https address, or one of this machine: the key goes there")
        return cls(
            said["API_KEY"], secrets, said["ACCOUNT"], currencies, _destinations(said["DESTINATIONS"]),
            (said["URL"] or ADDRESS).rstrip("/"),
        )  # fmt: skip


def _destinations(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in text.replace(",", " ").split():
        number, _, account = pair.partition("=")
        if not number or not _ACCOUNT.fullmatch(account) or number in found or account in found.values():
            raise ValueError(
                f"{PREFIX}_DESTINATIONS are pairs of a bank account and a connected account: DE89…=acct_… FR14…=acct_…"
            )
        found[number] = account
    return found


def _is_safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    if not parts.hostname or parts.username or parts.query or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1"))
