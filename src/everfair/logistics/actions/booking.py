"""Booking a carrier and taking it back: the wish is committed first, the carrier is asked with the consignment's id, the outcome is
committed last."""

from __future__ import annotations

import logging
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import SYSTEM, Actor
from everfair.base.refused import AlreadyDone, Refused
from everfair.base.rows import ask
from everfair.base.states import moving, stepping
from everfair.companies.queries import companies_by_id
from everfair.logistics.carriers.port import Booked, CarrierDown, CarrierRefused, OutcomeUnknown, Parcel, Shipment
from everfair.logistics.fleet import books, carrier
from everfair.logistics.models import Consignment
from everfair.logistics.queries import consignment as find_consignment
from everfair.logistics.queries import consignments_visible_to, packages_of

log = logging.getLogger(__name__)
WAITING = ("requested", "indeterminate")


def book_consignment(consignment_id: UUID, *, by: Actor) -> Consignment:
    """Have the carrier take the goods: it gives a number and a label. Safe to call again: it knows the consignment by its id.

    Must not run inside a transaction: it calls the carrier. Refuses 503 when the carrier cannot be reached (the worker tries again)
    or did not answer (it is asked until we know, and never booked twice), 409 when it said no.
    """
    row = find_consignment(consignment_id, by)
    if not books(row.carrier_code):
        raise Refused("logistics.not_booked_here", _("This carrier is booked elsewhere."))
    if row.booking not in WAITING:
        try:
            with moving(consignments_visible_to(by), row.pk, "ask_booking", by=by) as row:
                row.booking_failure = ""
        except AlreadyDone:
            pass
    return _book(find_consignment(row.pk, SYSTEM))


def settle_booking(row: Consignment) -> None:
    """What the worker does with a booking that waits: one whose outcome is unknown is looked up before it is asked for again."""
    if row.booking == "indeterminate":
        found = carrier(row.carrier_code).look_up(str(row.pk))
        if found is not None:
            note_booked(row.pk, found.booked, by=SYSTEM)
            return
    # What the carrier does not know was not booked; should the first request still arrive, the same key makes both one.
    _book(row)


def _book(row: Consignment) -> Consignment:
    try:
        booked = carrier(row.carrier_code).book(_shipment(row))
    except CarrierDown as down:
        raise Refused(
            "logistics.carrier_down", _("The carrier cannot be reached. Nothing was booked; we try again."), status=503,
            retry_after_s=down.retry_after_s or 5,
        ) from down  # fmt: skip
    except CarrierRefused as no:
        with moving(consignments_visible_to(SYSTEM), row.pk, "refuse", by=SYSTEM, reason=no.code) as refused:
            refused.booking_failure = f"{no.code}: {no.message}"[:200]
        raise Refused("logistics.carrier_refused", _("The carrier refused this booking.")) from no
    except OutcomeUnknown as doubt:
        _doubt(row.pk)
        raise Refused(
            "logistics.outcome_unknown", _("The carrier did not answer. We ask it until we know."), status=503, retry_after_s=15
        ) from doubt
    return note_booked(row.pk, booked, by=SYSTEM)


def _doubt(consignment_id: UUID) -> None:
    try:
        with moving(consignments_visible_to(SYSTEM), consignment_id, "doubt", by=SYSTEM):
            pass
    except Refused:
        log.info("the booking was settled meanwhile", extra={"consignment": str(consignment_id)})


def note_booked(consignment_id: UUID, booked: Booked, *, by: Actor) -> Consignment:
    """The carrier has it: keep its id, number and label. A repetition changes nothing; a cancelled one stays cancelled."""
    try:
        with moving(consignments_visible_to(by), consignment_id, "book", by=by) as row:
            take_numbers(row, booked.ref, booked.tracking_number, booked.label_url)
            _number_packages(row.pk, booked)
    except Refused:
        # An event overtook the answer (B87), or somebody asked at the same time: it is the same booking.
        log.info("the booking was known already", extra={"consignment": str(consignment_id)})
        row = find_consignment(consignment_id, by)
        if row.carrier_ref == booked.ref and booked.label_url and not row.label_url:
            ask("UPDATE logistics_consignment SET label_url = %s WHERE id = %s", [booked.label_url, row.pk])
            _number_packages(row.pk, booked)
    return row


def take_numbers(row: Consignment, ref: str, tracking_number: str, label_url: str = "") -> None:
    row.carrier_ref, row.tracking_number = ref, tracking_number
    row.label_url = label_url or row.label_url


def _number_packages(consignment_id: UUID, booked: Booked) -> None:
    if booked.parcel_numbers:
        ask(
            "UPDATE logistics_package p SET tracking_number = g.number FROM unnest(%s::int[], %s::text[]) AS g (n, number)"
            " WHERE p.consignment_id = %s AND p.n = g.n",
            [list(booked.parcel_numbers), list(booked.parcel_numbers.values()), consignment_id],
        )


def _shipment(row: Consignment) -> Shipment:
    companies = companies_by_id([row.shipper_id, row.consignee_id])
    return Shipment(
        consignment_id=str(row.pk),
        mode=row.mode,
        shipper=_name(companies, row.shipper_id),
        consignee=_name(companies, row.consignee_id),
        from_place=row.from_place,
        to_place=row.to_place,
        package_count=row.package_count,
        gross_weight_kg=row.gross_weight_kg,
        handed_over_on=row.handed_over_on,
        parcels=tuple(Parcel(p.n, p.kind, p.gross_weight_kg, p.marks) for p in packages_of(row.pk)),
    )


def _name(companies: dict[UUID, object], company_id: UUID) -> str:
    found = companies.get(company_id)
    return str(getattr(found, "name", "") or company_id)[:140]


def cancel_booking(consignment_id: UUID, *, by: Actor) -> Consignment:
    """Take the booking back while the goods stand still. Refuses goods that move, and what the carrier will not take back.

    Must not run inside a transaction. While the carrier's answer is not known the booking is «being cancelled», and it is asked again.
    """
    with moving(consignments_visible_to(by), consignment_id, "ask_cancel", by=by) as row:
        if row.state != "handed_over":
            raise Refused("logistics.moving", _("The goods are on their way already."))
    return settle_cancelling(find_consignment(consignment_id, SYSTEM))


def settle_cancelling(row: Consignment) -> Consignment:
    try:
        answer = carrier(row.carrier_code).cancel(row.carrier_ref)
    except CarrierRefused as no:
        _end_cancelling(row.pk, "keep", no.code)
        raise Refused(
            "logistics.carrier_keeps", _("The carrier has the goods already and does not take the booking back.")
        ) from no
    except (CarrierDown, OutcomeUnknown) as doubt:
        raise Refused(
            "logistics.outcome_unknown", _("The carrier did not answer. We ask it until we know."), status=503, retry_after_s=15
        ) from doubt
    return _end_cancelling(row.pk, "cancel" if answer.state == "cancelled" else "keep", answer.state)


def _end_cancelling(consignment_id: UUID, verb: str, reason: str) -> Consignment:
    try:
        with moving(consignments_visible_to(SYSTEM), consignment_id, verb, by=SYSTEM, reason=reason) as row:
            if verb == "cancel" and row.state != "handed_over":
                # The carrier said both; what was seen of the goods is the stronger word.
                log.error("a carrier cancelled what it moves", extra={"consignment": str(row.pk)})
    except AlreadyDone:
        row = find_consignment(consignment_id, SYSTEM)
    return row


def confirm_by_event(row: Consignment, ref: str, tracking_number: str, *, by: Actor) -> None:
    """An event about a booking whose answer did not come yet: the carrier has it. The row is locked by the caller."""
    with stepping(row, "book", by=by):
        take_numbers(row, ref, tracking_number)
