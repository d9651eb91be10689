"""The verbs of goods on their way, and what each refuses."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction

from everfair.base.clock import now
from everfair.base.ids import new_id
from everfair.base.models import Event, History
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.files.actions import keep_attachment
from everfair.files.queries import file_visible_to
from everfair.logistics.actions import add_leg, confirm_package_receipt, pack, record_proof, record_tracking
from everfair.logistics.models import Package, ProofOfDelivery
from everfair.logistics.queries import all_packages_received, legs_of, packages_of, proof_of, tracking_of
from tests import make
from tests.logistics.goods import booked, goods

pytestmark = pytest.mark.django_db


def told(name: str) -> list[dict]:
    return [event.body for event in Event.objects.filter(name=name).order_by("seq")]


def refused(code: str):
    return pytest.raises(Refused, match=f"^{code}$")


def yesterday():
    return now() - timedelta(days=1)


# Who may say what


def test_a_shipper_says_where_the_goods_are_and_never_that_they_arrived():
    made = goods()

    record_tracking(made.row.pk, "departed", place="CNNGB", by=made.shipper)

    assert made.fresh().state == "in_transit"
    assert [(row.code, row.source, row.place) for row in tracking_of(made.row.pk)] == [("departed", "shipper", "CNNGB")]
    for code in ("delivered", "lost"):
        with refused("logistics.code"):
            record_tracking(made.row.pk, code, by=made.shipper)
    with refused("base.not_your_move"):
        record_tracking(made.row.pk, "departed", by=made.consignee)
    assert made.fresh().state == "in_transit"


def test_the_shipper_of_a_carrier_that_reports_says_nothing():
    made = booked()

    with refused("base.not_your_move"):
        record_tracking(made.row.pk, "departed", by=made.shipper)
    record_tracking(made.row.pk, "lost", by=make.operator())

    assert made.fresh().state == "lost"


def test_the_shipper_never_proves_their_own_delivery():
    made = goods()

    with refused("base.not_your_move"):
        record_proof(made.row.pk, delivered_at=yesterday(), signed_by="A. Meyer", by=made.shipper)

    assert (made.fresh().state, proof_of(made.row.pk)) == ("handed_over", None)


def test_whoever_sends_goods_to_themselves_proves_nothing():
    made = goods()
    made.row.__class__.objects.filter(pk=made.row.pk).update(consignee_id=made.row.shipper_id)

    with refused("base.not_your_move"):
        record_proof(made.row.pk, delivered_at=yesterday(), by=made.shipper)


@pytest.mark.parametrize("company", ["sender", "stranger"])
def test_the_database_too_refuses_the_word_of_the_shipper_and_of_strangers(company):
    made = goods()
    whose = made.sender if company == "sender" else make.company()

    with pytest.raises(IntegrityError, match="proves a delivery"), transaction.atomic():
        ProofOfDelivery.objects.create(
            consignment=made.row, source="manual", delivered_at=now(), entered_as="consignee", company_id=whose.pk
        )


def test_without_its_guard_the_database_would_take_the_shippers_word(superuser):
    """So it is the guard that refuses above."""
    consignment, shipper = new_id(), new_id()
    with superuser.cursor() as cursor:
        cursor.execute("DROP TRIGGER whose ON logistics_proofofdelivery")
        cursor.execute("SET LOCAL ROLE ef_app")
        cursor.execute(
            "INSERT INTO logistics_consignment (id, subject, shipper_id, consignee_id, mode, carrier, tracking_number, handed_over_on,"
            " package_count, packing_list, note, from_place, to_place, state, carrier_code, carrier_ref, label_url, booking,"
            " booking_failure) VALUES (%s, %s, %s, %s, 'sea', 'x', 'y', ef_now(), 1, '[]', '', '', '', 'handed_over', 'manual', '', '',"
            " 'none', '')",
            [consignment, new_id(), shipper, new_id()],
        )
        cursor.execute(
            "INSERT INTO logistics_proofofdelivery (id, consignment_id, source, delivered_at, entered_as, company_id, signed_by, place,"
            " note, file_ids, document_sha256, carrier_event_id)"
            " VALUES (%s, %s, 'manual', ef_now(), 'consignee', %s, '', '', '', '[]', '', '')",
            [new_id(), consignment, shipper],
        )
        assert cursor.rowcount == 1


def test_what_was_seen_and_proven_is_never_changed():
    for statement in (
        "DELETE FROM logistics_proofofdelivery",
        "UPDATE logistics_trackingevent SET code = 'lost'",
        "TRUNCATE logistics_proofofdelivery",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_stranger_sees_nothing():
    made, stranger = goods(1), make.actor(make.company())

    for attempt in (
        lambda: record_tracking(made.row.pk, "departed", by=stranger),
        lambda: record_proof(made.row.pk, delivered_at=yesterday(), by=stranger),
        lambda: confirm_package_receipt(made.row.pk, 1, by=stranger),
        lambda: add_leg(made.row.pk, mode="sea", from_place="CNNGB", to_place="DEHAM", by=stranger),
        lambda: pack(made.row.pk, [{}], by=stranger),
    ):
        with pytest.raises(NotVisible):
            attempt()


# Proof


def test_the_consignee_proves_the_delivery_once_with_pictures_the_shipper_may_then_see():
    made = goods()
    picture = keep_attachment(SimpleUploadedFile("door.txt", b"at the door", "text/plain"), made.receiver.pk, made.consignee)

    proof = record_proof(
        made.row.pk, delivered_at=yesterday(), signed_by="A. Meyer", place="DEHAM", file_ids=[picture.pk], by=made.consignee
    )

    row = made.fresh()
    assert (row.state, row.delivered_at, proof_of(row.pk)) == ("delivered", proof.delivered_at, proof)
    assert (proof.source, proof.entered_as, proof.company_id, proof.file_ids) == (
        "manual",
        "consignee",
        made.receiver.pk,
        [str(picture.pk)],
    )
    assert file_visible_to(made.shipper, picture.pk) == picture
    assert [body["proof_id"] for body in told("ConsignmentDelivered")] == [str(proof.pk)]
    with pytest.raises(AlreadyDone):
        record_proof(row.pk, delivered_at=yesterday(), by=made.consignee)
    assert len(told("ConsignmentDelivered")) == 1


def test_an_operators_proof_needs_a_reason():
    made = goods()

    with refused("logistics.reason"):
        record_proof(made.row.pk, delivered_at=yesterday(), by=make.operator())
    proof = record_proof(made.row.pk, delivered_at=yesterday(), note="seen the signed waybill", by=make.operator())

    assert (proof.entered_as, proof.company_id, made.fresh().state) == ("operator", None, "delivered")
    assert History.objects.filter(subject=made.row.pk, verb="deliver").get().actor == "operator"


@pytest.mark.parametrize("days", [-1, 40])
def test_a_proof_of_an_impossible_moment_is_refused(days):
    made = goods()

    with refused("logistics.moment"):
        record_proof(made.row.pk, delivered_at=now() - timedelta(days=days), by=made.consignee)


def test_a_proof_shows_only_the_provers_own_files():
    made = goods()
    theirs = keep_attachment(SimpleUploadedFile("x.txt", b"x", "text/plain"), made.sender.pk, made.shipper)

    with pytest.raises(NotVisible):
        record_proof(made.row.pk, delivered_at=yesterday(), file_ids=[theirs.pk], by=made.consignee)
    with refused("logistics.hash"):
        record_proof(made.row.pk, delivered_at=yesterday(), document_sha256="nonsense", by=made.consignee)
    assert made.fresh().state == "handed_over"


# Packages


def test_the_last_package_received_is_the_delivery_of_all():
    made = goods(2)

    confirm_package_receipt(made.row.pk, 1, condition="damaged", note="a corner is wet", by=made.consignee)
    half = (made.fresh().state, all_packages_received(made.row.pk))
    confirm_package_receipt(made.row.pk, 2, by=made.consignee)

    assert half == ("handed_over", False)
    assert (made.fresh().state, all_packages_received(made.row.pk)) == ("delivered", True)
    assert [(p.state, p.condition, p.condition_note) for p in packages_of(made.row.pk)] == [
        ("received", "damaged", "a corner is wet"), ("received", "good", ""),
    ]  # fmt: skip
    assert [(body["n"], body["condition"]) for body in told("PackageReceived")] == [(1, "damaged"), (2, "good")]
    assert proof_of(made.row.pk).entered_as == "consignee"


def test_a_package_is_received_once_by_the_consignee_alone():
    made = goods(2)

    with refused("base.not_your_move"):
        confirm_package_receipt(made.row.pk, 1, by=made.shipper)
    with refused("base.not_your_move"):
        confirm_package_receipt(made.row.pk, 1, by=make.operator())
    with pytest.raises(NotVisible):
        confirm_package_receipt(made.row.pk, 3, by=made.consignee)
    with refused("logistics.condition"):
        confirm_package_receipt(made.row.pk, 1, condition="fine", by=made.consignee)
    confirm_package_receipt(made.row.pk, 1, by=made.consignee)
    with pytest.raises(AlreadyDone):
        confirm_package_receipt(made.row.pk, 1, by=made.consignee)


def test_half_a_list_of_packages_is_no_receipt_of_all():
    made = goods(1, package_count=5)

    confirm_package_receipt(made.row.pk, 1, by=made.consignee)

    assert (made.fresh().state, all_packages_received(made.row.pk)) == ("handed_over", False)


def test_packages_are_listed_by_the_shipper_up_to_what_was_handed_over():
    made = goods(1, package_count=3)

    listed = pack(
        made.row.pk, [{"kind": "pallet", "gross_weight_kg": Decimal("410.5"), "length_cm": 120, "marks": "2/3"}], by=made.shipper
    )

    assert [(p.n, p.kind, p.gross_weight_kg, p.length_cm, p.marks) for p in listed] == [
        (2, "pallet", Decimal("410.5"), 120, "2/3")
    ]
    for code, given in (
        ("logistics.too_many", [{}, {}]), ("logistics.package_kind", [{"kind": "heap"}]), ("logistics.measure", [{"length_cm": 0}]),
    ):  # fmt: skip
        with refused(code):
            pack(made.row.pk, given, by=made.shipper)
    with refused("base.not_your_move"):
        pack(made.row.pk, [{}], by=made.consignee)
    assert Package.objects.filter(consignment=made.row).count() == 2


# The way


def test_a_departure_at_a_place_of_the_plan_is_written_into_its_leg():
    made = goods()
    leg = add_leg(
        made.row.pk,
        mode="sea",
        from_place="CNNGB",
        to_place="DEHAM",
        vessel="Ever Given 021W",
        departs_at=yesterday(),
        by=made.shipper,
    )
    add_leg(made.row.pk, mode="land", from_place="DEHAM", to_place="Kassel", by=made.shipper)

    record_tracking(made.row.pk, "departed", place="cnngb", occurred_at=yesterday(), by=made.shipper)
    record_tracking(made.row.pk, "arrived", place="DEHAM", by=made.shipper)

    first, second = legs_of(made.row.pk)
    assert (first.pk, first.n, first.departed_at, first.arrived_at is not None) == (leg.pk, 1, yesterday(), True)
    assert (second.n, second.departed_at) == (2, None)


def test_a_leg_must_make_sense():
    made = goods()

    for code, given in (
        ("logistics.mode", {"mode": "camel"}), ("logistics.place", {"to_place": " "}), ("logistics.text", {"vessel": "a\u202eb"}),
        ("logistics.leg_times", {"departs_at": now(), "arrives_at": yesterday()}),
    ):  # fmt: skip
        with refused(code):
            add_leg(made.row.pk, **{"mode": "sea", "from_place": "CNNGB", "to_place": "DEHAM"} | given, by=made.shipper)
    with refused("base.not_your_move"):
        add_leg(made.row.pk, mode="sea", from_place="CNNGB", to_place="DEHAM", by=made.consignee)
    record_proof(made.row.pk, delivered_at=yesterday(), by=made.consignee)
    with refused("logistics.over"):
        add_leg(made.row.pk, mode="sea", from_place="CNNGB", to_place="DEHAM", by=made.shipper)


@pytest.mark.parametrize("days", [-1, 60])
def test_nobody_sees_goods_in_the_future_or_long_before_they_left(days):
    made = goods()

    with refused("logistics.moment"):
        record_tracking(made.row.pk, "departed", occurred_at=now() - timedelta(days=days), by=made.shipper)

    assert tracking_of(made.row.pk) == []
