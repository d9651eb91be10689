"""Every call to Stripe, by its SDK over our own exchange of bytes: one attempt, time-outs for the whole of it, failures told apart.

The SDK's own transports cannot say whether a request was sent before the connection failed, and repeat calls by themselves; here
whoever called decides that, because the route of a payment is committed before each try (I14).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import stripe

from everfair.base.exchange import NoAnswer, NotReached, exchange
from everfair.payments.providers.port import OutcomeUnknown, ProviderDown, ProviderError, ProviderRefused
from everfair.payments.providers.stripe.keys import Keys

_Read = TypeVar("_Read")
Found = dict[str, Any]
_ANSWER_MAX = 8 * 1024 * 1024  # a hundred of the largest objects
_PAGE = 100
_UNREADABLE = (LookupError, TypeError, ValueError, AttributeError)
_KNOWN_FOR_DAYS = 90  # how far back an id of another kind is looked for
_CLOCKS_DIFFER = timedelta(minutes=5)


class _NotReached(stripe.APIConnectionError):
    """Not a byte was sent."""


class _Bytes(stripe.HTTPClient):
    """The SDK's transport, on ours. What the SDK would tell Stripe of this machine stays here."""

    name = "everfair"

    def __init__(self, connect_timeout_s: float, read_timeout_s: float) -> None:
        super().__init__()
        self._connect_timeout_s, self._read_timeout_s = connect_timeout_s, read_timeout_s

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, *, _usage: list[str] | None = None
    ) -> tuple[str, int, Mapping[str, str]]:
        told = {name: text for name, text in (headers or {}).items() if not name.startswith("X-Stripe-Client-")}
        told["User-Agent"] = f"Everfair stripe-python/{stripe.VERSION}"
        body = post_data.encode() if isinstance(post_data, str) else post_data
        try:
            answer = exchange(
                method.upper(), url, told, body, connect_timeout_s=self._connect_timeout_s, read_timeout_s=self._read_timeout_s,
                read_max=_ANSWER_MAX,
            )  # fmt: skip
        except NotReached as error:
            raise _NotReached(f"not reached: {error}") from error
        except NoAnswer as error:
            raise stripe.APIConnectionError(f"no answer: {error}") from error
        return answer.body.decode("utf-8", "replace"), answer.status, answer.headers

    def close(self) -> None:
        pass


class KeyUsedOtherwise(OutcomeUnknown):
    """This idempotency key was used with other parameters: what was asked for then stands, whatever it was."""


class FailedBefore(OutcomeUnknown):
    """The answer to an earlier call under this key, told again: that call is over, and it ended in a failure of Stripe's."""


class Calls:
    """`v1` is the SDK; `write` and `read` run one call of it and raise the port's errors."""

    def __init__(self, keys: Keys, connect_timeout_s: float, read_timeout_s: float) -> None:
        sdk = stripe.StripeClient(
            keys.api_key,
            base_addresses={"api": keys.url},
            max_network_retries=0,
            http_client=_Bytes(connect_timeout_s, read_timeout_s),
        )
        self.v1 = sdk.v1

    def write(self, ask: Callable[[], stripe.StripeObject], read: Callable[[Found], _Read]) -> _Read:
        """Ask for something that changes the world; whatever cannot be read as an answer leaves the outcome unknown."""
        try:
            return read(ask().to_dict())
        except ProviderError:
            raise
        except stripe.StripeError as error:
            raise of_write(error) from error
        except _UNREADABLE as error:
            raise OutcomeUnknown("Stripe gave an answer that cannot be read") from error

    def read(self, ask: Callable[[], stripe.StripeObject], read: Callable[[Found], _Read]) -> _Read:
        try:
            return read(ask().to_dict())
        except ProviderError:
            raise
        except stripe.StripeError as error:
            raise of_read(error) from error
        except _UNREADABLE as error:
            raise ProviderDown("Stripe gave an answer that cannot be read") from error

    def every(self, ask: Callable[..., Any], params: Mapping[str, Any]) -> Iterator[Found]:
        """All objects of a list, page by page, the newest first."""
        asked = {**params, "limit": _PAGE}
        while True:
            page, more = self.read(partial(ask, dict(asked)), _page)
            yield from page
            if not more or not page:
                return
            asked["starting_after"] = page[-1]["id"]


def _page(found: Found) -> tuple[list[Found], bool]:
    return list(found["data"]), bool(found["has_more"])


def of_write(error: stripe.StripeError) -> ProviderError:
    """What a failed call that writes means. Nothing here repeats Stripe's message of an unclear answer: it may hold the whole of it."""
    status = error.http_status or 0
    if isinstance(error, _NotReached):
        return ProviderDown(f"Stripe {error.user_message}")
    if isinstance(error, stripe.RateLimitError):
        return ProviderDown("Stripe asks us to come later", _retry_after_s(error))
    if isinstance(error, (stripe.AuthenticationError, stripe.PermissionError)):
        # It did nothing. Not a refusal of this payment: with other keys, or by another rail, it can be made.
        return ProviderDown("Stripe does not accept our key")
    if isinstance(error, stripe.IdempotencyError):
        return KeyUsedOtherwise("Stripe knows this key with other parameters")
    if isinstance(error, (stripe.InvalidRequestError, stripe.CardError)):
        return ProviderRefused(_code(error), (error.user_message or "")[:500])
    if status >= 500 and (error.headers or {}).get("idempotent-replayed") == "true":
        return FailedBefore(f"Stripe answered {status} before")
    return OutcomeUnknown(f"Stripe answered {status}" if status else "Stripe gave no answer")


def of_read(error: stripe.StripeError) -> ProviderError:
    """A call that only reads can always be made again."""
    meant = of_write(error)
    return meant if isinstance(meant, (ProviderDown, ProviderRefused)) else ProviderDown(str(meant))


def _code(error: stripe.StripeError) -> str:
    """Stripe's code, and where it has none the parameter it names."""
    param = getattr(error, "param", None)
    return str(error.code or (f"invalid_{param}" if param else "invalid_request"))[:80]


def _retry_after_s(error: stripe.StripeError) -> int | None:
    text = (error.headers or {}).get("retry-after", "")
    return min(int(text), 3600) if text.isascii() and text.isdigit() and len(text) < 7 else None


def made_since(our_id: str, now: datetime | None = None) -> dict[str, int]:
    """Between which moments an object with this id of ours was made there: ours are UUIDv7 and hold the moment they were made."""
    now = now or datetime.now(UTC)
    try:
        known = UUID(our_id)
        made = (
            datetime.fromtimestamp((known.int >> 80) / 1000, UTC) if known.version == 7 else now - timedelta(days=_KNOWN_FOR_DAYS)
        )
    except (ValueError, OverflowError, OSError):
        made = now - timedelta(days=_KNOWN_FOR_DAYS)
    return {"gte": int((min(made, now) - _CLOCKS_DIFFER).timestamp())}
