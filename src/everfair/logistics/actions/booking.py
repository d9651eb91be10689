"""Booking a carrier and taking it back: the wish is committed first; the worker asks the carrier, with the consignment's id as its key,
and commits the outcome. No page ever waits for a carrier."""

from __future__ import annotations

import logging
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import SYSTEM, Actor
from everfair.base.refused import AlreadyDone, Refused
from everfair.base.rows import ask
from everfair.base.states import moving, stepping
from everfair.companies.queries import companies_by_id
from everfair.logistics.carriers.port import Booked, CarrierRefused, OutcomeUnknown, Parcel, Shipment
from everfair.logistics.fleet import books, carrier
from everfair.logistics.models import Consignment
from everfair.logistics.queries import consignment as find_consignment
from everfair.logistics.queries import consignments_visible_to, packages_of

log = logging.getLogger(__name__)
WAITING = ("requested", "indeterminate")


def book_consignment(consignment_id: UUID, *, by: Actor) -> Consignment:
    """Have the carrier take the goods: within seconds it gives a number and a label. Asked again while it is under way it changes nothing.

    Refuses a carrier that is booked elsewhere, and goods that are booked.
    """
    with moving(consignments_visible_to(by), consignment_id, "ask_booking", by=by) as row:
        if not books(row.carrier_code):
            raise Refused("logistics.not_booked_here", _("This carrier is booked elsewhere."))
        row.booking_failure, row.asked_at = "", None
    return row


def cancel_booking(consignment_id: UUID, *, by: Actor) -> Consignment:
    """Take the booking back while the goods stand still. Refuses goods that move; the carrier may still say no, and then it stays."""
    with moving(consignments_visible_to(by), consignment_id, "ask_cancel", by=by) as row:
        if row.state != "handed_over":
            raise Refused("logistics.moving", _("The goods are on their way already."))
        row.asked_at = None
    return row


# ── what the worker does; none of it inside a transaction, because it calls the carrier ──


def settle_booking(row: Consignment) -> None:
    """Book what waits. One whose outcome is unknown is looked up before it is asked for again, so nothing is ever booked twice.

    Raises CarrierDown and OutcomeUnknown: it is tried again.
    """
    if row.booking == "indeterminate":
        found = carrier(row.carrier_code).look_up(str(row.pk))
        if found is not None:
            note_booked(row.pk, found.booked, by=SYSTEM)
            return
    # What the carrier does not know was not booked; should the first request still arrive, the same key makes both one.
    try:
        booked = carrier(row.carrier_code).book(_shipment(row))
    except CarrierRefused as no:
        with moving(consignments_visible_to(SYSTEM), row.pk, "refuse", by=SYSTEM, reason=no.code) as refused:
            refused.booking_failure = f"{no.code}: {no.message}"[:200]
        return
    except OutcomeUnknown:
        _doubt(row.pk)
        raise
    note_booked(row.pk, booked, by=SYSTEM)


def _doubt(consignment_id: UUID) -> None:
    try:
        with moving(consignments_visible_to(SYSTEM), consignment_id, "doubt", by=SYSTEM):
            pass
    except Refused:
        log.info("the booking was in doubt already, or an event settled it", extra={"consignment": str(consignment_id)})


def note_booked(consignment_id: UUID, booked: Booked, *, by: Actor) -> Consignment:
    """The carrier has it: keep its id, number and label. A repetition changes nothing; a cancelled one stays cancelled."""
    try:
        with moving(consignments_visible_to(by), consignment_id, "book", by=by) as row:
            row.carrier_ref, row.tracking_number, row.label_url = booked.ref, booked.tracking_number, booked.label_url
            _number_packages(row.pk, booked)
    except Refused:
        # An event overtook the answer (B87), or somebody asked at the same time: it is the same booking.
        row = find_consignment(consignment_id, by)
        if row.carrier_ref == booked.ref and booked.label_url and not row.label_url:
            ask("UPDATE logistics_consignment SET label_url = %s WHERE id = %s", [booked.label_url, row.pk])
            _number_packages(row.pk, booked)
    return row


def _number_packages(consignment_id: UUID, booked: Booked) -> None:
    if booked.parcel_numbers:
        ask(
            "UPDATE logistics_package p SET tracking_number = g.number FROM unnest(%s::int[], %s::text[]) AS g (n, number)"
            " WHERE p.consignment_id = %s AND p.n = g.n",
            [list(booked.parcel_numbers), list(booked.parcel_numbers.values()), consignment_id],
        )


def _shipment(row: Consignment) -> Shipment:
    companies = companies_by_id([row.shipper_id, row.consignee_id])
    names = {pk: company.name[:140] for pk, company in companies.items()}
    return Shipment(
        consignment_id=str(row.pk),
        mode=row.mode,
        shipper=names.get(row.shipper_id, str(row.shipper_id)),
        consignee=names.get(row.consignee_id, str(row.consignee_id)),
        from_place=row.from_place,
        to_place=row.to_place,
        package_count=row.package_count,
        gross_weight_kg=row.gross_weight_kg,
        handed_over_on=row.handed_over_on,
        parcels=tuple(Parcel(p.n, p.kind, p.gross_weight_kg, p.marks) for p in packages_of(row.pk)),
    )


def settle_cancelling(row: Consignment) -> None:
    """Ask the carrier to take the booking back; it says yes or keeps it. Raises CarrierDown and OutcomeUnknown: it is tried again."""
    try:
        state = carrier(row.carrier_code).cancel(row.carrier_ref).state
    except CarrierRefused as no:
        state = no.code
    verb = "cancel" if state == "cancelled" else "keep"
    try:
        with moving(consignments_visible_to(SYSTEM), row.pk, verb, by=SYSTEM, reason=state) as kept:
            if verb == "cancel" and kept.state != "handed_over":
                # The carrier said both; what was seen of the goods is the stronger word.
                log.error("a carrier cancelled what it moves", extra={"consignment": str(row.pk)})
    except AlreadyDone:
        log.info("the booking was taken back already", extra={"consignment": str(row.pk)})


def confirm_by_event(row: Consignment, ref: str, tracking_number: str, *, by: Actor) -> None:
    """An event about a booking whose answer did not come yet: the carrier has it. The row is locked by the caller."""
    with stepping(row, "book", by=by):
        row.carrier_ref, row.tracking_number = ref, tracking_number
