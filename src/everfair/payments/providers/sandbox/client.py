"""The client of the payment sandbox: an ordinary provider over HTTP, with nothing that only a fake would have."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Self, TypeVar
from urllib.parse import quote, urlencode

from everfair.base import signature
from everfair.base.exchange import CONNECT_TIMEOUT_S, READ_TIMEOUT_S, Answer, NoAnswer, NotReached, exchange
from everfair.base.money import Money
from everfair.base.strict_json import SIZE_MAX, BadJson, read_object
from everfair.payments.providers.port import (
    BadEvent,
    BankAccount,
    CheckoutOpened,
    CheckoutState,
    EventKind,
    OtherMerchant,
    OutcomeUnknown,
    PayoutSent,
    PayoutState,
    ProviderDown,
    ProviderEvent,
    ProviderRefused,
    RefundSent,
    RefundState,
    StatementLine,
)
from everfair.payments.providers.sandbox.answers import (
    checkout_of,
    disputed_of,
    moment_of,
    money_of,
    opened_of,
    payout_of,
    payout_sent_of,
    refund_of,
    refund_sent_of,
    statement_page_of,
    text_of,
    whole_of,
)

_Read = TypeVar("_Read")
_UNREADABLE = (LookupError, TypeError, ValueError)  # BadJson is a ValueError
_STATES = {
    EventKind.CHECKOUT_CAPTURED: "captured",
    EventKind.CHECKOUT_FAILED: "failed",
    EventKind.REFUND_SUCCEEDED: "succeeded",
    EventKind.PAYOUT_PAID: "paid",
    EventKind.PAYOUT_FAILED: "failed",
    EventKind.DISPUTE_OPENED: "open",
    EventKind.DISPUTE_WON: "won",
    EventKind.DISPUTE_LOST: "lost",
}


class SandboxProvider:
    """The sandbox as Everfair sees it. See `port.Provider` for what each method promises."""

    name = "sandbox"
    prefix = "EVERFAIR_SANDBOX"
    test_mode = True

    def __init__(
        self,
        base_url: str,
        api_key: str,
        webhook_secrets: Sequence[str],
        account: str,
        *,
        webhook_url: str = "",
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
        read_timeout_s: float = READ_TIMEOUT_S,
    ) -> None:
        if not base_url or not api_key or not account:
            raise ValueError("the sandbox client needs an address, an API key and an account")
        if not webhook_secrets:
            raise ValueError("the sandbox client needs a webhook secret")
        for secret in webhook_secrets:
            signature.key_bytes(secret)
        self.account = account
        self._base_url = base_url.rstrip("/")
        self._api_key = api_key
        self._secrets = tuple(webhook_secrets)
        self._webhook_url = webhook_url
        self._connect_timeout_s = connect_timeout_s
        self._read_timeout_s = read_timeout_s

    @classmethod
    def from_config(cls, config: Mapping[str, str]) -> Self:
        """EVERFAIR_SANDBOX_URL, …_API_KEY, …_WEBHOOK_SECRET (two while rotating, newest first), …_ACCOUNT,
        …_WEBHOOK_URL (optional)."""
        said = {
            name: config.get(f"{cls.prefix}_{name}", "")
            for name in ("URL", "API_KEY", "WEBHOOK_SECRET", "ACCOUNT", "WEBHOOK_URL")
        }
        secrets = signature.split_secrets(said["WEBHOOK_SECRET"])
        return cls(said["URL"], said["API_KEY"], secrets, said["ACCOUNT"] or "acct_everfair", webhook_url=said["WEBHOOK_URL"])

    # What it can do

    def carries(self, amount: Money) -> bool:
        return amount.minor > 0

    def pays_out(self, amount: Money, bank_account: BankAccount) -> bool:
        return amount.minor > 0

    # Checkouts

    def open_checkout(
        self, intent_id: str, amount: Money, recipient: str, description: str, return_url: str, language: str
    ) -> CheckoutOpened:
        asked = {
            "merchant_reference": str(intent_id),
            "amount_minor": amount.minor,
            "currency": amount.currency,
            "recipient": recipient,
            "description": description,
            "return_url": return_url,
            "language": language,
        }
        if self._webhook_url:
            asked["webhook_url"] = self._webhook_url
        return self._write("/v1/checkouts", asked, opened_of, key=f"checkout-{intent_id}")

    def look_up(self, intent_id: str) -> CheckoutState | None:
        return self._find("/v1/checkouts", checkout_of, merchant_reference=str(intent_id))

    def cancel_checkout(self, ref: str) -> CheckoutState:
        """Refuses (`checkout_not_open`) one that was paid or failed meanwhile."""
        return self._write(f"/v1/checkouts/{quote(ref, safe='')}/cancel", {}, checkout_of, key=f"cancel-{ref}")

    # Refunds

    def refund(self, refund_id: str, checkout_ref: str, amount: Money) -> RefundSent:
        """Refuses (`refund_exceeds_captured`) more than is left, and (`currency_mismatch`) another currency than was captured."""
        asked = {
            "checkout": checkout_ref,
            "amount_minor": amount.minor,
            "currency": amount.currency,
            "reference": str(refund_id),
        }
        return self._write("/v1/refunds", asked, refund_sent_of, key=f"refund-{refund_id}")

    def look_up_refund(self, refund_id: str) -> RefundState | None:
        return self._find("/v1/refunds", refund_of, reference=str(refund_id))

    # Payouts

    def send_payout(self, payout_id: str, amount: Money, bank_account: BankAccount) -> PayoutSent:
        asked = {
            "reference": str(payout_id),
            "amount_minor": amount.minor,
            "currency": amount.currency,
            "holder": bank_account.holder,
            "account": bank_account.account,
            "bic": bank_account.bic,
        }
        if self._webhook_url:
            asked["webhook_url"] = self._webhook_url
        return self._write("/v1/payouts", asked, payout_sent_of, key=f"payout-{payout_id}")

    def look_up_payout(self, payout_id: str) -> PayoutState | None:
        return self._find("/v1/payouts", payout_of, reference=str(payout_id))

    # Disputes

    def answer_dispute(self, dispute_ref: str, answer: str, evidence: str) -> None:
        """Refuses (`dispute_answered`, `too_late`) one that was answered or decided, or whose day is over."""
        path = f"/v1/disputes/{quote(dispute_ref, safe='')}/answer"
        asked = {"answer": answer, "evidence": evidence}
        self._write(path, asked, lambda found: text_of(found, "state"), key=f"dispute-{dispute_ref}")

    # Reconciliation

    def statement(self, from_on: date, to_on: date) -> Iterator[StatementLine]:
        """Settled transactions of these UTC days, both included, in the provider's order."""
        after: int | None = 0
        while after is not None:
            query = {"from": from_on.isoformat(), "to": to_on.isoformat(), "after": str(after)}
            lines, after = self._read("/v1/statement", query, statement_page_of)
            yield from lines

    # Events

    def verify_event(self, headers: Mapping[str, str], raw_body: bytes, now: datetime) -> ProviderEvent:
        """The event in these bytes, once its signature is proven over exactly these bytes (I12, I26).

        Raises BadSignature (answer 401, believe nothing) or BadEvent (signed, but not ours or not understood: keep it and
        tell a person).
        """
        if len(raw_body) > SIZE_MAX:
            raise signature.BadSignature(f"more than {SIZE_MAX} bytes")
        event_id = signature.verify(self._secrets, headers, raw_body, now.timestamp())
        try:
            event = read_object(raw_body)
            inside = event["data"]
            if event["id"] != event_id:
                raise BadEvent("the event's id is not the signed message's id")
            if event["account"] != self.account:
                raise OtherMerchant("an event of another merchant account")
            kind = EventKind(event["type"])
            if inside["state"] not in ((_STATES[kind],) if kind in _STATES else ("won", "lost")):
                raise BadEvent("the state does not belong to this kind of event")
            amount = money_of(inside, "amount_minor")
            if amount.minor < 1:
                raise BadEvent("an event moves a positive amount")
            intent_id = text_of(inside, "merchant_reference")
            return ProviderEvent(
                account=self.account,
                event_id=event_id,
                kind=kind,
                intent_id=intent_id,
                provider_ref=text_of(inside, "id"),
                amount=amount,
                currency=amount.currency,
                recipient=text_of(inside, "recipient"),
                version=whole_of(inside, "version"),
                occurred_at=moment_of(event, "created_at"),
                state=text_of(inside, "state"),
                reference=text_of(inside, "reference") if "reference" in inside else intent_id,
                failure_code=text_of(inside, "failure_code") if "failure_code" in inside else "",
                **(disputed_of(inside) if kind.startswith("dispute.") else {}),
            )
        except BadJson as error:
            raise BadEvent(f"the event is {error}") from error
        except (KeyError, TypeError, ValueError) as error:
            raise BadEvent("the event has not the expected fields") from error

    # HTTP

    def _write(self, path: str, asked: dict[str, Any], read: Callable[[dict[str, Any]], _Read], key: str) -> _Read:
        """Ask for something that changes the world; whatever cannot be read as an answer leaves the outcome unknown."""
        headers = {**self._headers(), "Content-Type": "application/json", "Idempotency-Key": key}
        try:
            answer = self._exchange("POST", path, headers, json.dumps(asked).encode())
            if answer.status in (200, 201):
                return read(read_object(answer.body))
        except NotReached as error:
            raise ProviderDown(f"sandbox not reached: {error}") from error
        except NoAnswer as error:
            raise OutcomeUnknown(f"sandbox gave no answer: {error}") from error
        except _UNREADABLE as error:
            raise OutcomeUnknown("sandbox gave an answer that cannot be read") from error
        if answer.status == 429:
            raise ProviderDown("sandbox asks us to come later", _retry_after_s(answer))
        _raise_refusal(answer)
        raise OutcomeUnknown(f"sandbox answered {answer.status}")

    def _read(self, path: str, query: Mapping[str, str], read: Callable[[dict[str, Any]], _Read]) -> _Read:
        try:
            answer = self._exchange("GET", f"{path}?{urlencode(query)}", self._headers(), None)
            if answer.status == 200:
                return read(read_object(answer.body))
        except (NotReached, NoAnswer) as error:
            raise ProviderDown(f"sandbox gave no answer: {error}") from error
        except _UNREADABLE as error:
            raise ProviderDown("sandbox gave an answer that cannot be read") from error
        if answer.status != 429:
            _raise_refusal(answer)
        raise ProviderDown(f"sandbox answered {answer.status}", _retry_after_s(answer))

    def _find(self, path: str, read: Callable[[dict[str, Any]], _Read], **query: str) -> _Read | None:
        return self._read(path, query, lambda found: read(found["items"][0]) if found["items"] else None)

    def _exchange(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        return exchange(
            method,
            self._base_url + path,
            headers,
            body,
            connect_timeout_s=self._connect_timeout_s,
            read_timeout_s=self._read_timeout_s,
        )

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._api_key}", "Accept": "application/json", "User-Agent": "Everfair"}


class SecondSandboxProvider(SandboxProvider):
    """Another house of the same kind, with its own account and keys: an installation has two ways to be paid from its first day."""

    name = "sandbox2"
    prefix = "EVERFAIR_SANDBOX2"


def _raise_refusal(answer: Answer) -> None:
    """A 4xx in the provider's own form is a refusal; anything else says nothing about what happened."""
    if not 400 <= answer.status < 500:
        return
    try:
        error = read_object(answer.body)["error"]
        refused = ProviderRefused(text_of(error, "code"), text_of(error, "message"))
    except (BadJson, KeyError, TypeError, ValueError):
        return
    raise refused


def _retry_after_s(answer: Answer) -> int | None:
    text = answer.headers.get("retry-after", "")
    return min(int(text), 3600) if re.fullmatch(r"[0-9]{1,6}", text) else None
