"""The addresses an operator sets, read strictly: each mistake is one sentence that names the variable and the mend. No Django is set up here yet."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from everfair.payments.bank import plain_number, read_accounts
from everfair.payments.providers.stripe.keys import Keys as StripeKeys

# scheme: (port, STARTTLS, TLS from the first byte)
_MAIL = {"smtp": (587, True, False), "smtps": (465, False, True), "smtp+plain": (25, False, False)}


class AddressError(ValueError):
    """One sentence an operator can act on."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters are handed over, and how; no login without a name."""

    host: str
    port: int
    login: str
    password: str
    starttls: bool
    tls: bool


def site_address(text: str) -> str:
    """`https://fair.example` without a slash behind it. Refuses an address without a scheme, with a path or with a name in it."""
    where = f"EVERFAIR_ADDRESS is {text!r}: write it as people type it, such as https://fair.example, without a path."
    try:
        parts = urlsplit(text.rstrip("/"))
        port = parts.port
    except ValueError:
        raise AddressError(where) from None
    extra = parts.path or parts.query or parts.fragment or parts.username
    if parts.scheme not in ("http", "https") or not parts.hostname or extra or port == 0:
        raise AddressError(where)
    return text.rstrip("/")


def mail_server(text: str) -> MailServer | None:
    """`smtp://` speaks STARTTLS, `smtps://` TLS from the start, `smtp+plain://` neither; None for nothing at all."""
    if not text:
        return None
    where = "EVERFAIR_SMTP_URL cannot be read: write smtp://user:password@mail.example:587, smtps:// or smtp+plain://"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise AddressError(f"{where}, with %2F and the like for signs such as / in the password.") from None
    if parts.scheme not in _MAIL or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise AddressError(f"{where}, with %2F and the like for signs such as / in the password.")
    usual, starttls, tls = _MAIL[parts.scheme]
    return MailServer(parts.hostname, port or usual, unquote(parts.username or ""), unquote(parts.password or ""), starttls, tls)


def oidc_provider(env: Mapping[str, str]) -> list[dict[str, Any]]:
    """The one OpenID Connect provider people may sign in at, as allauth wants it; [] for none.

    Refuses half a configuration, and an issuer without HTTPS that is not on this machine: the secret would travel in the clear.
    """
    issuer, client, secret = (env.get(f"EVERFAIR_OIDC_{name}", "").strip() for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET"))
    if not (issuer or client or secret):
        return []
    if not (issuer and client and secret):
        raise AddressError(
            "Sign-in at a provider needs EVERFAIR_OIDC_ISSUER, EVERFAIR_OIDC_CLIENT_ID and EVERFAIR_OIDC_CLIENT_SECRET."
        )
    where = f"EVERFAIR_OIDC_ISSUER is {issuer!r}: write the issuer as the provider states it, such as https://login.example."
    try:
        parts = urlsplit(issuer)
        is_here = parts.hostname in ("localhost", "127.0.0.1", "::1")
        _ = parts.port
    except ValueError:
        raise AddressError(where) from None
    if (
        not parts.hostname
        or parts.query
        or parts.fragment
        or not (parts.scheme == "https" or (parts.scheme == "http" and is_here))
    ):
        raise AddressError(where)
    return [
        {
            "provider_id": "oidc",
            "name": env.get("EVERFAIR_OIDC_NAME", "").strip() or parts.hostname,
            "client_id": client,
            "secret": secret,
            "settings": {"server_url": issuer.rstrip("/")},
        }
    ]


def stripe_settings(env: Mapping[str, str], kind: str) -> dict[str, str]:
    """What the client of Stripe reads; {} where no key is given. Refuses half of it, and a key that moves real money where nothing is
    real. No sentence repeats a key."""
    said = {name: value for name, value in env.items() if name.startswith("EVERFAIR_STRIPE_") and value.strip()}
    if not said:
        return {}
    try:
        keys = StripeKeys.from_config(said)
    except ValueError as problem:
        raise AddressError(f"{problem}.") from None
    if not keys.test_mode and kind != "live":
        raise AddressError("EVERFAIR_STRIPE_API_KEY moves real money, and this installation is not live: give it a test key.")
    return said


def last_hop(forwarded_for: str) -> str | None:
    """The caller as the proxy before us saw it: the last address of `X-Forwarded-For`. What stands before it anybody may have
    written. None when it is no address."""
    stated = forwarded_for.rpartition(",")[2].strip()
    if stated.startswith("["):
        stated = stated[1:].partition("]")[0]
    elif stated.count(":") == 1:
        stated = stated.partition(":")[0]
    try:
        return str(ipaddress.ip_address(stated))
    except ValueError:
        return None


def payout_accounts(text: str, bank_accounts: str) -> dict[str, dict[str, str]]:
    """Our own accounts that bank files debit: currency → name, account, bic, country. Written as JSON, read strictly.

    Each has to be one of `bank_accounts`, in the same currency: of any other no statement is booked, and nothing that left it would ever
    be seen.
    """
    if not text:
        return {}
    where = (
        'EVERFAIR_PAYOUT_ACCOUNTS cannot be read: write {"EUR": {"name": "Our Company", "account": "DE02120300000000202051",'
        ' "bic": "BYLADEM1001", "country": "DE"}}'
    )
    try:
        read = json.loads(text)
        found = {str(currency): {str(k): str(v) for k, v in account.items()} for currency, account in read.items()}
    except (ValueError, AttributeError):
        raise AddressError(where) from None
    for currency, account in found.items():
        if (
            len(currency) != 3
            or not currency.isupper()
            or set(account) != {"name", "account", "bic", "country"}
            or not all(account.values())
        ):
            raise AddressError(where)
    ours = _own_accounts(bank_accounts)
    for currency, account in found.items():
        if (currency, plain_number(account["account"])) not in ours:
            raise AddressError(
                f"EVERFAIR_PAYOUT_ACCOUNTS debits {account['account']} in {currency}, which is none of EVERFAIR_BANK_ACCOUNTS:"
                " name it there too, so that its statements can be booked."
            )
    return found


def _own_accounts(text: str) -> set[tuple[str, str]]:
    """Currency and number of each, its other ways of writing included."""
    try:
        return {(row.currency, plain_number(number)) for row in read_accounts(text) for number in (row.account, *row.also)}
    except (ValueError, TypeError) as error:
        raise AddressError(f"EVERFAIR_BANK_ACCOUNTS cannot be read: {error}.") from None
