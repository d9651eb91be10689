"""The port: what Everfair asks of any carrier, and the values that cross it. No Django, no carrier's own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol, Self

from everfair.base.signature import BadSignature

__all__ = [
    "BadEvent",
    "BadSignature",
    "Booked",
    "Carrier",
    "CarrierDown",
    "CarrierError",
    "CarrierRefused",
    "CarrierSaid",
    "OutcomeUnknown",
    "Parcel",
    "Scan",
    "Shipment",
    "Tracked",
]


class CarrierError(Exception):
    """Something about a carrier; the kinds below decide what may be done next."""


class CarrierDown(CarrierError):
    """It did nothing: never reached, or it asked us to come later. Safe to try again."""

    def __init__(self, message: str, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class OutcomeUnknown(CarrierError):
    """It may have done it. Look up by our own id before anything else."""


class CarrierRefused(CarrierError):
    """It understood and said no; nothing was booked or cancelled."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class BadEvent(CarrierError):
    """Signed by the carrier, yet not an event we understand: believe nothing of it."""


@dataclass(frozen=True)
class Parcel:
    n: int
    kind: str
    gross_weight_kg: Decimal | None
    marks: str


@dataclass(frozen=True)
class Shipment:
    """What a carrier needs to know to take goods; `consignment_id` is also the idempotency key."""

    consignment_id: str
    mode: str
    shipper: str
    consignee: str
    from_place: str
    to_place: str
    package_count: int
    gross_weight_kg: Decimal | None
    handed_over_on: date
    parcels: tuple[Parcel, ...] = ()


@dataclass(frozen=True)
class Booked:
    ref: str  # the carrier's id
    tracking_number: str
    label_url: str
    parcel_numbers: Mapping[int, str]  # package n → its own tracking number
    state: str  # booked | moving | over | cancelled


@dataclass(frozen=True)
class Scan:
    """One sighting. `code` is one of `values.TRACKING_CODES`."""

    id: str
    code: str
    place: str
    occurred_at: datetime
    package_n: int | None = None
    note: str = ""
    signed_by: str = ""
    document_sha256: str = ""


@dataclass(frozen=True)
class Tracked:
    """A booking and everything seen of it."""

    consignment_id: str
    booked: Booked
    scans: tuple[Scan, ...]


@dataclass(frozen=True)
class CarrierSaid:
    """What the carrier's webhook says, proven by its signature; account, shipment and number must still match."""

    account: str
    event_id: str
    consignment_id: str
    ref: str
    tracking_number: str
    scan: Scan


class Carrier(Protocol):
    """`book` and `cancel` raise CarrierDown (nothing happened), OutcomeUnknown (look up by our id) or CarrierRefused (code, message);
    asking twice does it once. `look_up` raises CarrierDown or CarrierRefused only: it can always be asked again."""

    code: str
    account: str
    books: bool  # False: people book elsewhere and type the number

    @classmethod
    def from_config(cls, config: Mapping[str, str]) -> Self: ...

    def book(self, shipment: Shipment) -> Booked: ...

    def look_up(self, consignment_id: str) -> Tracked | None: ...

    def cancel(self, ref: str) -> Booked: ...

    def verify_event(self, headers: Mapping[str, str], raw_body: bytes, now: datetime) -> CarrierSaid: ...

    def read_event(self, raw_body: bytes) -> CarrierSaid:
        """The same without a proof: for a body that was verified and kept before."""
        ...
