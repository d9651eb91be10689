"""Standard Webhooks signatures: HMAC-SHA256 over `id.timestamp.body`, several secrets at once while a secret is rotated.

Source: the Standard Webhooks specification 1.0 (headers webhook-id, webhook-timestamp, webhook-signature).
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets as randomness
from collections.abc import Mapping, Sequence

TOLERANCE_S = 300
SECRET_MIN_BYTES = 24
SIGNATURES_MAX = 8
PREFIX = "whsec_"

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_TIMESTAMP = re.compile(r"[0-9]{1,11}")


class BadSignature(Exception):
    """This message was not proven to come from the provider, now. Nothing in it may be believed."""


class StaleSignature(BadSignature):
    """Truly signed, but too long ago (or too far ahead): perhaps an old message that somebody plays again."""


def new_secret() -> str:
    """A fresh signing secret in the standard form (24 random bytes)."""
    return PREFIX + base64.b64encode(randomness.token_bytes(SECRET_MIN_BYTES)).decode()


def split_secrets(text: str) -> tuple[str, ...]:
    """The secrets of a setting, separated by spaces or commas: the newest first, the one being retired after it."""
    return tuple(text.replace(",", " ").split())


def key_bytes(secret: str) -> bytes:
    """The key inside a secret. Refuses (ValueError) an empty, short or unreadable one, so that no one signs with nothing."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("a webhook secret is whsec_ followed by base64") from error
    if len(key) < SECRET_MIN_BYTES:
        raise ValueError(f"a webhook secret holds at least {SECRET_MIN_BYTES} bytes")
    return key


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature, `v1,<base64>`."""
    signed = b".".join([message_id.encode(), str(timestamp).encode(), body])
    return "v1," + base64.b64encode(hmac.new(key_bytes(secret), signed, hashlib.sha256).digest()).decode()


def signed_headers(secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers, with one signature per secret."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(sign(secret, message_id, timestamp, body) for secret in secrets),
    }


def verify(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now_s: float) -> str:
    """The message id, once one signature fits one secret over exactly these bytes.

    Refuses (BadSignature) a missing secret or header, a timestamp more than 300 s from now either way, and a signature that
    fits none of the secrets. Every pair is compared in constant time and to the end.
    """
    if not secrets:
        raise BadSignature("no webhook secret is configured")
    try:
        keys = [key_bytes(secret) for secret in secrets]
    except ValueError as error:
        raise BadSignature("the configured webhook secret is not usable") from error
    given = {name.lower(): value for name, value in headers.items()}
    message_id, timestamp = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not _ID.fullmatch(message_id) or not _TIMESTAMP.fullmatch(timestamp):
        raise BadSignature("the webhook headers are missing or malformed")
    candidates = given.get("webhook-signature", "").split()
    if not 1 <= len(candidates) <= SIGNATURES_MAX:
        raise BadSignature("the webhook signature is missing or malformed")
    signed = b".".join([message_id.encode(), timestamp.encode(), body])
    fits = False
    for key in keys:
        expected = b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
        for candidate in candidates:
            fits |= hmac.compare_digest(expected, candidate.encode("utf-8", "replace"))
    is_fresh = abs(now_s - int(timestamp)) <= TOLERANCE_S
    if fits and not is_fresh:
        raise StaleSignature("the webhook timestamp is too far from now")
    if not is_fresh:
        raise BadSignature("the webhook timestamp is too far from now")
    if not fits:
        raise BadSignature("no signature fits")
    return message_id
