"""What programs send and read about consignments."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Field
from pydantic import ConfigDict

from everfair.base.api import Schema, Words

Mode = Literal["express", "air", "land", "sea"]


class _In(Schema):
    model_config = ConfigDict(extra="forbid")


class DeliveryLegOut(Schema):
    n: int
    mode: Mode
    from_place: str
    to_place: str
    vessel: str
    departs_at: datetime | None
    arrives_at: datetime | None
    departed_at: datetime | None
    arrived_at: datetime | None


class DeliveryPackageOut(Schema):
    """`state`: packed, delivered (the carrier says so), received (the consignee says so), lost."""

    n: int
    kind: str
    gross_weight_kg: str | None
    marks: str
    tracking_number: str
    state: str
    condition: str
    received_at: datetime | None


class DeliveryProofOut(Schema):
    """`entered_as` says whose word it is: carrier, consignee or operator; never the shipper's."""

    id: UUID
    entered_as: str
    delivered_at: datetime
    signed_by: str
    place: str
    document_sha256: str


class DeliveryOut(Schema):
    """`subject` is the order. `state`: handed_over, in_transit, out_for_delivery, exception, lost, returned, delivered."""

    id: UUID
    subject: UUID
    state: str
    mode: Mode
    carrier: str
    carrier_code: str
    tracking_number: str
    label_url: str
    booking: str
    handed_over_on: date
    from_place: str
    to_place: str
    package_count: int
    delivered_at: datetime | None
    legs: list[DeliveryLegOut]
    packages: list[DeliveryPackageOut]
    proof: DeliveryProofOut | None


class SightingOut(Schema):
    """`source`: carrier, shipper, consignee, operator. `package` is its number, or null for the whole."""

    code: str
    place: str
    note: str
    package: int | None
    source: str
    occurred_at: datetime
    received_at: datetime


class TrackingOut(Schema):
    items: list[SightingOut]


class PackageReceiptIn(_In):
    condition: Literal["good", "damaged"] = "good"
    note: Words = Field("", max_length=500)


class DeliveryProofIn(_In):
    delivered_at: datetime
    signed_by: Words = Field("", max_length=140)
    place: Words = Field("", max_length=120)
    note: Words = Field("", max_length=500)
    file_ids: list[UUID] = Field(default_factory=list, max_length=10)
    document_sha256: str = Field("", pattern=r"^([0-9a-f]{64})?$")
