"""Consignments for programs: where they are, what arrived, and the proof of it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Path, Router

from everfair.base.allow import allow
from everfair.base.api import write
from everfair.base.refused import Refused
from everfair.base.roles import MEMBER, OPERATOR
from everfair.companies.roles import TRADING
from everfair.logistics import actions, queries
from everfair.logistics.schemas import (
    DeliveryLegOut,
    DeliveryOut,
    DeliveryPackageOut,
    DeliveryProofIn,
    DeliveryProofOut,
    PackageReceiptIn,
    SightingOut,
    TrackingOut,
)

router = Router(tags=["Deliveries"])


@router.get("/consignments/{uuid:consignment_id}", response=DeliveryOut)
@allow(MEMBER | OPERATOR, scope="orders:read")
def get_consignment(request: HttpRequest, consignment_id: UUID) -> Any:
    return _out(request, consignment_id)


@router.get("/consignments/{uuid:consignment_id}/tracking", response=TrackingOut)
@allow(MEMBER | OPERATOR, scope="orders:read")
def get_tracking(request: HttpRequest, consignment_id: UUID) -> Any:
    """Everything seen of the goods, the latest first."""
    row = queries.consignment(consignment_id, request.actor)  # type: ignore[attr-defined]
    (face,) = queries.faces([row], request.actor)  # type: ignore[attr-defined]
    n_of: dict[UUID | None, int] = {package.pk: package.n for package in face.packages}
    items = [
        SightingOut(
            code=seen.code,
            place=seen.place,
            note=seen.note,
            package=n_of.get(seen.package_id),  # type: ignore[attr-defined]
            source=seen.source,
            occurred_at=seen.occurred_at,
            received_at=seen.received_at,
        )
        for seen in face.tracking
    ]
    return TrackingOut(items=items)


@router.post("/consignments/{uuid:consignment_id}/packages/{int:n}/receipt", response=DeliveryOut)
@allow(TRADING, scope="orders:write")
@write
def confirm_package_receipt(
    request: HttpRequest, consignment_id: UUID, payload: PackageReceiptIn, n: int = Path(..., ge=1, le=100_000)
) -> Any:
    """The consignee has this package in hand. With the last one the whole consignment is delivered; it is not yet acceptance."""
    actions.confirm_package_receipt(
        consignment_id, n, condition=payload.condition, note=payload.note, by=request.actor  # type: ignore[attr-defined]
    )  # fmt: skip
    return _out(request, consignment_id)


@router.post("/consignments/{uuid:consignment_id}/proof", response=DeliveryOut)
@allow(TRADING | OPERATOR, scope="orders:write")
@write
def record_proof(request: HttpRequest, consignment_id: UUID, payload: DeliveryProofIn) -> Any:
    """The consignee or the operator says that the goods arrived. The shipper's word is refused (403)."""
    if payload.delivered_at.tzinfo is None:
        raise Refused("logistics.moment", _("Please give a moment with its time zone."), field="delivered_at", status=422)
    actions.record_proof(consignment_id, by=request.actor, **payload.model_dump())  # type: ignore[attr-defined]
    return _out(request, consignment_id)


def _out(request: HttpRequest, consignment_id: UUID) -> DeliveryOut:
    row = queries.consignment(consignment_id, request.actor)  # type: ignore[attr-defined]
    (face,) = queries.faces([row], request.actor)  # type: ignore[attr-defined]
    named = {name: getattr(row, name) for name in DeliveryOut.model_fields if name not in ("legs", "packages", "proof")}
    return DeliveryOut(
        **named,
        legs=[DeliveryLegOut(**{name: getattr(leg, name) for name in DeliveryLegOut.model_fields}) for leg in face.legs],
        packages=[
            DeliveryPackageOut(
                gross_weight_kg=None if package.gross_weight_kg is None else f"{package.gross_weight_kg.normalize():f}",
                **{name: getattr(package, name) for name in DeliveryPackageOut.model_fields if name != "gross_weight_kg"},
            )
            for package in face.packages
        ],
        proof=DeliveryProofOut(**{name: getattr(face.proof, name) for name in DeliveryProofOut.model_fields})
        if face.proof
        else None,
    )
