"""Handing goods over, listing their packages, planning their way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.refused import Refused
from everfair.base.roles import OPERATOR
from everfair.base.rows import ask, insert
from everfair.base.states import lock
from everfair.base.together import part
from everfair.logistics.actions.papers import keep_papers
from everfair.logistics.actions.reading import read_line
from everfair.logistics.fleet import books
from everfair.logistics.models import Consignment, Leg, Package
from everfair.logistics.queries import consignments_visible_to
from everfair.logistics.roles import shipper
from everfair.logistics.states import OVER
from everfair.logistics.values import CARRIER_WORDS, MODES, PACKAGE_KINDS

MOST_PACKAGES = 2_000  # listed one by one
MOST_LEGS = 20


def hand_over(
    *,
    subject: UUID,
    shipper_id: UUID,
    consignee_id: UUID,
    by: Actor,
    mode: str,
    carrier: str = "",
    tracking_number: str = "",
    handed_over_on: date,
    package_count: int,
    gross_weight_kg: Decimal | None = None,
    packing_list: Sequence[dict[str, Any]] = (),
    note: str = "",
    carrier_code: str = "manual",
    from_place: str = "",
    to_place: str = "",
    packages: Sequence[Mapping[str, Any]] = (),
    papers: Mapping[str, Sequence[UUID]] | None = None,
) -> Consignment:
    """Goods are with a carrier under a number. Refuses an unknown mode, a day in the future or more than a year ago.

    A carrier that we book (`carrier_code`) is booked right after, by the worker, and gives the number itself; every other one has
    to be named with its number. `packages` lists them one by one (see `pack`), `papers` are the documents that go with them (see `add_papers`).
    """
    if mode not in MODES:
        raise Refused("logistics.mode", _("Please choose how the goods travel."), field="mode", status=422)
    if carrier_code not in CARRIER_WORDS:
        raise Refused("logistics.carrier_code", _("Please choose a carrier."), field="carrier_code", status=422)
    today = now().date()
    if not today - timedelta(days=365) <= handed_over_on <= today:
        raise Refused("logistics.day", _("Please give the day the goods were handed over."), field="handed_over_on", status=422)
    booked_by_us = books(carrier_code)
    if not carrier.strip() and not booked_by_us:
        raise Refused("logistics.carrier", _("Please name the carrier."), field="carrier", status=422)
    if not tracking_number.strip() and not booked_by_us:
        raise Refused("logistics.tracking", _("Please give the tracking number."), field="tracking_number", status=422)
    if not 0 < package_count <= 100_000:
        raise Refused("logistics.packages", _("Please say how many packages."), field="package_count", status=422)
    made = Consignment(
        subject=subject,
        shipper_id=shipper_id,
        consignee_id=consignee_id,
        mode=mode,
        carrier=carrier.strip() or carrier_code,
        tracking_number="" if booked_by_us else tracking_number.strip(),
        handed_over_on=handed_over_on,
        package_count=package_count,
        gross_weight_kg=gross_weight_kg,
        packing_list=list(packing_list),
        note=note,
        carrier_code=carrier_code,
        booking="requested" if booked_by_us else "none",
        from_place=_place(from_place, "from_place") if from_place else "",
        to_place=_place(to_place, "to_place") if to_place else "",
    )
    insert(made)
    if packages:
        _pack(made, packages, [])
    if papers:
        keep_papers(made, papers, by=by)
    return made


def pack(consignment_id: UUID, packages: Sequence[Mapping[str, Any]], *, by: Actor) -> list[Package]:
    """List packages one by one: kind, gross_weight_kg, length_cm, width_cm, height_cm, marks, contents [{line, quantity}].

    The shipper's; refuses more packages than were handed over, and goods that have arrived.
    """
    with part():
        row = _locked(consignment_id, by)
        listed = [n for (n,) in ask("SELECT n FROM logistics_package WHERE consignment_id = %s", [row.pk])]
        return _pack(row, packages, listed)


def _pack(row: Consignment, packages: Sequence[Mapping[str, Any]], listed: list[int]) -> list[Package]:
    if len(listed) + len(packages) > min(row.package_count, MOST_PACKAGES):
        raise Refused("logistics.too_many", _("That is more packages than were handed over."), field="packages", status=422)
    first = max(listed, default=0) + 1
    made = [
        Package(
            consignment=row,
            n=first + place,
            kind=_one_of(given.get("kind", "carton"), PACKAGE_KINDS),
            gross_weight_kg=_measure(given.get("gross_weight_kg"), Decimal(100_000)),
            length_cm=_measure(given.get("length_cm"), 5_000),
            width_cm=_measure(given.get("width_cm"), 5_000),
            height_cm=_measure(given.get("height_cm"), 5_000),
            marks=read_line(str(given.get("marks", "")), "marks", 200),
            contents=[{"line": int(item["line"]), "quantity": str(item["quantity"])[:40]} for item in given.get("contents", ())],
        )
        for place, given in enumerate(packages)
    ]
    insert(*made)
    return made


def add_leg(
    consignment_id: UUID,
    *,
    mode: str,
    from_place: str,
    to_place: str,
    vessel: str = "",
    departs_at: datetime | None = None,
    arrives_at: datetime | None = None,
    by: Actor,
) -> Leg:
    """One more part of the way, planned by the shipper (or the operator). Refuses goods that have arrived, an arrival before the
    departure, and more than twenty legs."""
    if mode not in MODES:
        raise Refused("logistics.mode", _("Please choose how the goods travel."), field="mode", status=422)
    if departs_at and arrives_at and arrives_at < departs_at:
        raise Refused("logistics.leg_times", _("The arrival comes before the departure."), field="arrives_at", status=422)
    with part():
        row = _locked(consignment_id, by)
        n = ask("SELECT coalesce(max(n), 0) + 1 FROM logistics_leg WHERE consignment_id = %s", [row.pk])[0][0]
        if n > MOST_LEGS:
            raise Refused("logistics.too_many_legs", _("A way has at most 20 legs."))
        leg = Leg(
            consignment=row,
            n=n,
            mode=mode,
            from_place=_place(from_place, "from_place"),
            to_place=_place(to_place, "to_place"),
            vessel=read_line(vessel, "vessel", 120),
            departs_at=departs_at,
            arrives_at=arrives_at,
        )
        insert(leg)
    return leg


def _locked(consignment_id: UUID, by: Actor) -> Consignment:
    row = lock(consignments_visible_to(by), consignment_id)
    if not (shipper | OPERATOR).admits(by, row):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    if row.state in OVER:
        raise Refused("logistics.over", _("These goods have arrived."))
    return row


def _place(text: str, field: str) -> str:
    """A UN/LOCODE in capitals, or a name as it is."""
    place = read_line(text, field, 120)
    if not place:
        raise Refused("logistics.place", _("Please name the place."), field=field, status=422)
    return place


def _one_of(value: Any, known: Sequence[str]) -> str:
    if value not in known:
        raise Refused("logistics.package_kind", _("Please choose the kind of package."), field="kind", status=422)
    return str(value)


def _measure(value: Any, most: Any) -> Any:
    if value is not None and not 0 < value <= most:
        raise Refused("logistics.measure", _("This measure is out of range."), field="packages", status=422)
    return value
