"""Goods on their way: one row for each consignment, and what belongs to it."""

from __future__ import annotations

from uuid import UUID

from django.db import models

from everfair.base.clock import EfNow
from everfair.base.models import Row
from everfair.logistics.states import BOOKING, CONSIGNMENT, OVER, PARCEL
from everfair.logistics.values import CONDITIONS, MISFITS, MODES, OUTCOMES, PACKAGE_KINDS, SOURCES, TRACKING_CODES
from everfair.reference.queries import PAPERS


class Consignment(Row):
    """Goods handed to a carrier under one number. Its id is the key under which a carrier that we book knows it."""

    TABLES = (CONSIGNMENT, BOOKING)

    # What it belongs to: the upper package's row (an order's id).
    subject = models.UUIDField()
    shipper_id = models.UUIDField()
    consignee_id = models.UUIDField()
    mode = models.CharField(max_length=10)
    carrier = models.CharField(max_length=120)
    tracking_number = models.CharField(max_length=80)
    handed_over_on = models.DateField()
    package_count = models.IntegerField()
    gross_weight_kg = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    # [{"line": 1, "quantity": "120", "packages": 4, "marks": ""}]
    packing_list = models.JSONField(default=list)
    note = models.TextField(blank=True, default="")
    delivered_at = models.DateTimeField(null=True)
    from_place = models.CharField(max_length=120, blank=True, default="")
    to_place = models.CharField(max_length=120, blank=True, default="")
    state = CONSIGNMENT.column()
    # Who carries: a row of carriers/table.py; `carrier` is the name people read.
    carrier_code = models.CharField(max_length=20, default="manual")
    carrier_ref = models.CharField(max_length=80, blank=True, default="")
    label_url = models.CharField(max_length=500, blank=True, default="")
    booking = BOOKING.column()
    booking_failure = models.CharField(max_length=200, blank=True, default="")
    # When the carrier was last asked for news, because its own may get lost.
    asked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(mode__in=MODES), name="logistics_consignment_mode"),
            models.CheckConstraint(condition=models.Q(package_count__gt=0), name="logistics_consignment_packages"),
            CONSIGNMENT.check("logistics_consignment"),
            BOOKING.check("logistics_consignment"),
            models.UniqueConstraint(
                fields=["carrier_code", "carrier_ref"],
                condition=~models.Q(carrier_ref=""),
                name="logistics_consignment_carrier_ref",
            ),
        ]
        indexes = [
            models.Index(fields=["subject"], name="logistics_consignment_subject"),
            models.Index(
                fields=["booking", "asked_at"],
                condition=~models.Q(booking__in=["none", "refused", "cancelled"]) & ~models.Q(state__in=OVER),
                name="logistics_consignment_ask",
            ),
        ]


class Leg(Row):
    """One part of the way with one means of transport. Places are UN/LOCODEs or names."""

    consignment = models.ForeignKey(Consignment, on_delete=models.PROTECT, related_name="+")
    n = models.IntegerField()
    mode = models.CharField(max_length=10)
    from_place = models.CharField(max_length=120)
    to_place = models.CharField(max_length=120)
    # The vessel and voyage, the flight, the lorry.
    vessel = models.CharField(max_length=120, blank=True, default="")
    departs_at = models.DateTimeField(null=True)
    arrives_at = models.DateTimeField(null=True)
    departed_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consignment", "n"], name="logistics_leg_once"),
            models.CheckConstraint(condition=models.Q(mode__in=MODES), name="logistics_leg_mode"),
        ]


class Package(Row):
    """One thing that can be lifted, counted, lost and received by itself."""

    TABLES = (PARCEL,)

    consignment = models.ForeignKey(Consignment, on_delete=models.PROTECT, related_name="+")
    n = models.IntegerField()
    kind = models.CharField(max_length=20, default="carton")
    gross_weight_kg = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    length_cm = models.IntegerField(null=True)
    width_cm = models.IntegerField(null=True)
    height_cm = models.IntegerField(null=True)
    marks = models.CharField(max_length=200, blank=True, default="")
    # [{"line": 1, "quantity": "120"}]
    contents = models.JSONField(default=list)
    tracking_number = models.CharField(max_length=80, blank=True, default="")
    state = PARCEL.column()
    delivered_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    received_by = models.UUIDField(null=True)
    condition = models.CharField(max_length=10, blank=True, default="")
    condition_note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consignment", "n"], name="logistics_package_once"),
            models.CheckConstraint(condition=models.Q(kind__in=PACKAGE_KINDS), name="logistics_package_kind"),
            models.CheckConstraint(condition=models.Q(condition__in=["", *CONDITIONS]), name="logistics_package_condition"),
            PARCEL.check("logistics_package"),
        ]

    @property
    def shipper_id(self) -> UUID:
        return self.consignment.shipper_id

    @property
    def consignee_id(self) -> UUID:
        return self.consignment.consignee_id


class TrackingEvent(Row):
    """Somebody saw the goods. Insert-only; one word of a carrier counts once, however often it comes."""

    consignment = models.ForeignKey(Consignment, on_delete=models.PROTECT, related_name="+")
    package = models.ForeignKey(Package, on_delete=models.PROTECT, null=True, related_name="+")
    code = models.CharField(max_length=20)
    place = models.CharField(max_length=120, blank=True, default="")
    note = models.CharField(max_length=300, blank=True, default="")
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=EfNow())
    source = models.CharField(max_length=10)
    said_by = models.UUIDField(null=True)
    carrier_code = models.CharField(max_length=20)
    carrier_event_id = models.CharField(max_length=120)
    body_sha256 = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["carrier_code", "carrier_event_id"], name="logistics_trackingevent_once"),
            models.CheckConstraint(condition=models.Q(code__in=TRACKING_CODES), name="logistics_trackingevent_code"),
            models.CheckConstraint(condition=models.Q(source__in=SOURCES), name="logistics_trackingevent_source"),
        ]
        indexes = [models.Index(fields=["consignment", "occurred_at"], name="logistics_tracking_consignment")]


class ProofOfDelivery(Row):
    """Evidence that goods arrived, and whose word it is. Insert-only, so that what was paid on its ground stays to be seen.

    A guard in the database refuses the word of the shipper's own company.
    """

    consignment = models.ForeignKey(Consignment, on_delete=models.PROTECT, related_name="+")
    # carrier: a verified event; manual: a person at a page.
    source = models.CharField(max_length=10)
    delivered_at = models.DateTimeField()
    signed_by = models.CharField(max_length=140, blank=True, default="")
    place = models.CharField(max_length=120, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")
    file_ids = models.JSONField(default=list)
    document_sha256 = models.CharField(max_length=64, blank=True, default="")
    # carrier | consignee | operator
    entered_as = models.CharField(max_length=10)
    entered_by = models.UUIDField(null=True)
    company_id = models.UUIDField(null=True)
    carrier_event_id = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consignment", "source"], name="logistics_proof_once"),
            models.CheckConstraint(
                condition=models.Q(source="carrier", entered_as="carrier", company_id=None) & ~models.Q(carrier_event_id="")
                | models.Q(source="manual", entered_as="operator", company_id=None)
                | models.Q(source="manual", entered_as="consignee", company_id__isnull=False),
                name="logistics_proof_whose",
            ),
        ]


class ConsignmentPaper(Row):
    """A document that travels with the goods, uploaded by one side and seen by both. Insert-only: what was shown stays shown."""

    consignment = models.ForeignKey(Consignment, on_delete=models.PROTECT, related_name="+")
    # One of `reference.queries.PAPERS`.
    code = models.CharField(max_length=30)
    file_id = models.UUIDField()
    company_id = models.UUIDField()
    added_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consignment", "code", "file_id"], name="logistics_paper_once"),
            models.CheckConstraint(condition=models.Q(code__in=list(PAPERS)), name="logistics_paper_code"),
        ]


class CarrierEvent(Row):
    """What a carrier's webhook said, verified and kept word for word; each event id counts once, for ever."""

    carrier_code = models.CharField(max_length=20)
    account = models.CharField(max_length=80)
    event_id = models.CharField(max_length=120)
    body = models.BinaryField()
    received_at = models.DateTimeField(db_default=EfNow())
    outcome = models.CharField(max_length=20, default="new")
    outcome_note = models.CharField(max_length=200, blank=True, default="")
    consignment_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["carrier_code", "account", "event_id"], name="logistics_carrierevent_once"),
            models.CheckConstraint(condition=models.Q(outcome__in=OUTCOMES), name="logistics_carrierevent_outcome"),
        ]
        indexes = [
            models.Index(fields=["received_at"], condition=models.Q(outcome="parked"), name="logistics_carrierevent_parked"),
            models.Index(fields=["id"], condition=models.Q(outcome__in=MISFITS), name="logistics_carrierevent_misfits"),
        ]
