"""The carrier sandbox as Everfair sees it. See `port.Carrier` for what each method promises."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Self, TypeVar
from urllib.parse import quote, urlencode

from everfair.base import signature
from everfair.base.exchange import CONNECT_TIMEOUT_S, READ_TIMEOUT_S, Answer, NoAnswer, NotReached, exchange
from everfair.base.strict_json import SIZE_MAX, BadJson, read_object
from everfair.logistics.carriers.port import (
    BadEvent,
    Booked,
    CarrierDown,
    CarrierRefused,
    CarrierSaid,
    OutcomeUnknown,
    Shipment,
    Tracked,
)
from everfair.logistics.carriers.sandbox import answers

_Read = TypeVar("_Read")
_UNREADABLE = (LookupError, TypeError, ValueError)  # BadJson is a ValueError
PREFIX = "EVERFAIR_CARRIER_SANDBOX_"


class SandboxCarrier:
    code = "sandbox"
    books = True

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
            raise ValueError("the carrier sandbox's client needs an address, an API key and an account")
        if not webhook_secrets:
            raise ValueError("the carrier sandbox's client needs a webhook secret")
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
        """EVERFAIR_CARRIER_SANDBOX_URL, …_API_KEY, …_WEBHOOK_SECRET (two while rotating, newest first), …_ACCOUNT, …_WEBHOOK_URL."""
        return cls(
            config.get(f"{PREFIX}URL", ""),
            config.get(f"{PREFIX}API_KEY", ""),
            signature.split_secrets(config.get(f"{PREFIX}WEBHOOK_SECRET", "")),
            config.get(f"{PREFIX}ACCOUNT", "acct_everfair"),
            webhook_url=config.get(f"{PREFIX}WEBHOOK_URL", ""),
        )

    def book(self, shipment: Shipment) -> Booked:
        asked: dict[str, Any] = {
            "reference": shipment.consignment_id,
            "service": shipment.mode,
            "shipper": shipment.shipper,
            "consignee": shipment.consignee,
            "from_place": shipment.from_place,
            "to_place": shipment.to_place,
            "package_count": shipment.package_count,
            "gross_weight_g": None if shipment.gross_weight_kg is None else int(shipment.gross_weight_kg * 1000),
            "handed_over_on": shipment.handed_over_on.isoformat(),
            "packages": [{"n": parcel.n, "kind": parcel.kind, "marks": parcel.marks} for parcel in shipment.parcels],
        }
        if self._webhook_url:
            asked["webhook_url"] = self._webhook_url
        return self._write("/v1/shipments", asked, answers.booked, key=f"shipment-{shipment.consignment_id}")

    def look_up(self, consignment_id: str) -> Tracked | None:
        def first(found: dict[str, Any]) -> Tracked | None:
            return answers.tracked(found["items"][0]) if found["items"] else None

        return self._read(f"/v1/shipments?{urlencode({'reference': consignment_id})}", first)

    def cancel(self, ref: str) -> Booked:
        """Refuses (`already_moving`) what was picked up meanwhile."""
        return self._write(f"/v1/shipments/{quote(ref, safe='')}/cancel", {}, answers.booked, key=f"cancel-{ref}")

    def verify_event(self, headers: Mapping[str, str], raw_body: bytes, now: datetime) -> CarrierSaid:
        """Raises BadSignature (answer 401, believe nothing) or BadEvent (signed, but not ours or not understood)."""
        if len(raw_body) > SIZE_MAX:
            raise signature.BadSignature(f"more than {SIZE_MAX} bytes")
        event_id = signature.verify(self._secrets, headers, raw_body, now.timestamp())
        said = self.read_event(raw_body)
        if said.event_id != event_id:
            raise BadEvent("the event's id is not the signed message's id")
        return said

    def read_event(self, raw_body: bytes) -> CarrierSaid:
        try:
            said = answers.said(read_object(raw_body))
        except BadJson as error:
            raise BadEvent(f"the event is {error}") from error
        except _UNREADABLE as error:
            raise BadEvent("the event has not the expected fields") from error
        if said.account != self.account:
            raise BadEvent("an event of another account")
        return said

    # HTTP

    def _write(self, path: str, asked: dict[str, Any], read: Callable[[dict[str, Any]], _Read], key: str) -> _Read:
        """Ask for something that changes the world; whatever cannot be read as an answer leaves the outcome unknown."""
        headers = {**self._headers(), "Content-Type": "application/json", "Idempotency-Key": key}
        try:
            answer = self._exchange("POST", path, headers, json.dumps(asked).encode())
            if answer.status in (200, 201):
                return read(read_object(answer.body))
        except NotReached as error:
            raise CarrierDown(f"not reached: {error}") from error
        except NoAnswer as error:
            raise OutcomeUnknown(f"no answer: {error}") from error
        except _UNREADABLE as error:
            raise OutcomeUnknown("an answer that cannot be read") from error
        if answer.status == 429:
            raise CarrierDown("it asks us to come later", _retry_after_s(answer))
        _raise_refusal(answer)
        raise OutcomeUnknown(f"it answered {answer.status}")

    def _read(self, path: str, read: Callable[[dict[str, Any]], _Read]) -> _Read:
        try:
            answer = self._exchange("GET", path, self._headers(), None)
            if answer.status == 200:
                return read(read_object(answer.body))
        except (NotReached, NoAnswer) as error:
            raise CarrierDown(f"no answer: {error}") from error
        except _UNREADABLE as error:
            raise CarrierDown("an answer that cannot be read") from error
        if answer.status != 429:
            _raise_refusal(answer)
        raise CarrierDown(f"it answered {answer.status}", _retry_after_s(answer))

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


def _raise_refusal(answer: Answer) -> None:
    """A 4xx in the carrier's own form is a refusal; anything else says nothing about what happened."""
    if not 400 <= answer.status < 500:
        return
    try:
        error = read_object(answer.body)["error"]
        refused = CarrierRefused(answers.text(error, "code", most=60), answers.text(error, "message", most=300))
    except _UNREADABLE:
        return
    raise refused


def _retry_after_s(answer: Answer) -> int | None:
    text = answer.headers.get("retry-after", "")
    return min(int(text), 3600) if re.fullmatch(r"[0-9]{1,6}", text) else None
