"""Handing goods over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.refused import Refused
from everfair.base.rows import insert
from everfair.logistics.models import Consignment
from everfair.logistics.values import MODES


def hand_over(
    *,
    subject: UUID,
    shipper_id: UUID,
    consignee_id: UUID,
    by: Actor,
    mode: str,
    carrier: str,
    tracking_number: str,
    handed_over_on: date,
    package_count: int,
    gross_weight_kg: Decimal | None = None,
    packing_list: Sequence[dict[str, Any]] = (),
    note: str = "",
) -> Consignment:
    """Goods are with a carrier under a number. Refuses an unknown mode, a day in the future or more than a year ago."""
    if mode not in MODES:
        raise Refused("logistics.mode", _("Please choose how the goods travel."), field="mode", status=422)
    today = now().date()
    if not today - timedelta(days=365) <= handed_over_on <= today:
        raise Refused("logistics.day", _("Please give the day the goods were handed over."), field="handed_over_on", status=422)
    if not carrier.strip():
        raise Refused("logistics.carrier", _("Please name the carrier."), field="carrier", status=422)
    if not tracking_number.strip():
        raise Refused("logistics.tracking", _("Please give the tracking number."), field="tracking_number", status=422)
    if not 0 < package_count <= 100_000:
        raise Refused("logistics.packages", _("Please say how many packages."), field="package_count", status=422)
    made = Consignment(
        subject=subject,
        shipper_id=shipper_id,
        consignee_id=consignee_id,
        mode=mode,
        carrier=carrier.strip(),
        tracking_number=tracking_number.strip(),
        handed_over_on=handed_over_on,
        package_count=package_count,
        gross_weight_kg=gross_weight_kg,
        packing_list=list(packing_list),
        note=note,
    )
    insert(made)
    return made
