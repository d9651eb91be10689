"""The client of a carrier that has none. Its webhook address believes nobody."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from everfair.logistics.carriers.port import BadEvent, BadSignature, Booked, CarrierRefused, CarrierSaid, Shipment, Tracked


class ManualCarrier:
    code = "manual"
    account = ""
    books = False

    @classmethod
    def from_config(cls, config: Mapping[str, str]) -> Self:
        return cls()

    def book(self, shipment: Shipment) -> Booked:
        raise CarrierRefused("not_booked_here", "This carrier is booked elsewhere.")

    def look_up(self, consignment_id: str) -> Tracked | None:
        return None

    def cancel(self, ref: str) -> Booked:
        raise CarrierRefused("not_booked_here", "This carrier is booked elsewhere.")

    def verify_event(self, headers: Mapping[str, str], raw_body: bytes, now: datetime) -> CarrierSaid:
        raise BadSignature("this carrier sends nothing")

    def read_event(self, raw_body: bytes) -> CarrierSaid:
        raise BadEvent("this carrier sends nothing")
