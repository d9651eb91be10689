"""Booking a carrier through the real sandbox, whatever goes wrong on the line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings

from everfair.base import clock
from everfair.base.refused import AlreadyDone, Refused
from everfair.logistics import fleet, jobs
from everfair.logistics.actions import book_consignment, cancel_booking, take_carrier_event
from everfair.logistics.models import Consignment
from everfair.logistics.queries import packages_of, proof_of, tracking_of
from everfair.logistics.reactions import tell_of_delivery
from everfair.messaging.models import Notice
from tests.logistics.goods import Goods, goods
from tests.logistics.running_carrier import RunningCarrier, running_carrier
from tests.payments.running_sandbox import Receiver, running_receiver

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with running_receiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Iterator[RunningCarrier]:
    with running_carrier(tmp_path_factory.mktemp("carrier"), receiver.url) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def _connected(sandbox: RunningCarrier, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    client = sandbox.client(read_timeout_s=0.7)
    monkeypatch.setitem(
        fleet.CARRIERS, "sandbox", type("Here", (type(client),), {"from_config": classmethod(lambda cls, config: client)})
    )
    fleet.carrier.cache_clear()
    receiver.got.clear()
    yield
    sandbox.call("DELETE", "/v1/faults")
    fleet.carrier.cache_clear()


def requested(packages: int = 0, **changes: Any) -> Goods:
    return goods(
        packages, carrier_code="sandbox", carrier="", tracking_number="", from_place="CNNGB", to_place="DEHAM", **changes
    )


def later(made: Goods) -> Consignment:
    """The worker looks again after its pause."""
    clock.advance(jobs.PATIENCE + timedelta(seconds=1))
    jobs.settle_bookings()
    return made.fresh()


def shipments(sandbox: RunningCarrier, made: Goods) -> list[dict[str, Any]]:
    return sandbox.call("GET", f"/v1/shipments?reference={made.row.pk}").json["items"]


def test_goods_for_a_carrier_we_book_get_number_label_and_packages_from_it(sandbox):
    made = requested(2, gross_weight_kg=None)

    jobs.settle_bookings()

    row, (shipment,) = made.fresh(), shipments(sandbox, made)
    assert (row.booking, row.carrier_ref, row.tracking_number) == ("booked", shipment["id"], shipment["tracking_number"])
    assert row.label_url.endswith(f"/labels/{shipment['id']}")
    assert [p.tracking_number for p in packages_of(row.pk)] == [f"{row.tracking_number}-{n}" for n in (1, 2)]
    assert sandbox.visit(row.label_url.removeprefix(row.label_url.split("/labels")[0])).status == 200


def test_an_answer_lost_after_the_booking_is_looked_up_and_never_booked_twice(sandbox):
    """F21."""
    made = requested()
    sandbox.fault("timeout_after_commit", count=1, value=3, reference=str(made.row.pk))

    jobs.settle_bookings()
    doubtful = made.fresh().booking
    row = later(made)

    (shipment,) = shipments(sandbox, made)
    assert (doubtful, row.booking, row.carrier_ref) == ("indeterminate", "booked", shipment["id"])


def test_a_carrier_that_fails_is_asked_again(sandbox):
    made = requested()
    sandbox.fault("error_5xx", count=1, on="shipments.book", value=500, reference=str(made.row.pk))

    jobs.settle_bookings()
    assert (made.fresh().booking, shipments(sandbox, made)) == ("indeterminate", [])
    assert jobs.settle_bookings() == 0  # not before its pause is over

    assert later(made).booking == "booked"


def test_a_carrier_that_asks_to_come_later_leaves_the_booking_asked_for(sandbox):
    made = requested()
    sandbox.fault("rate_limit_429", count=1, reference=str(made.row.pk))

    jobs.settle_bookings()

    assert (made.fresh().booking, later(made).booking) == ("requested", "booked")


def test_a_refused_booking_says_why_and_may_be_asked_for_again(sandbox):
    made = requested()
    taken = {
        "reference": str(made.row.pk),
        "service": "air",
        "shipper": "x",
        "consignee": "y",
        "package_count": 1,
        "handed_over_on": "2026-11-20",
    }
    assert sandbox.call("POST", "/v1/shipments", taken, key="somebody-else").status == 201

    jobs.settle_bookings()

    row = made.fresh()
    assert (row.booking, row.booking_failure.partition(":")[0]) == ("refused", "reference_taken")
    assert book_consignment(row.pk, by=made.shipper).booking == "requested"
    with pytest.raises(AlreadyDone):
        book_consignment(row.pk, by=made.shipper)


def test_only_the_shipper_books_and_only_what_is_booked_here():
    made = goods()
    with pytest.raises(Refused, match="not_booked_here"):
        book_consignment(made.row.pk, by=made.shipper)
    other = requested()
    Consignment.objects.filter(pk=other.row.pk).update(booking="refused")
    with pytest.raises(Refused, match="not_your_move"):
        book_consignment(other.row.pk, by=other.consignee)


def test_a_booking_is_taken_back_while_the_goods_stand_still(sandbox):
    made = requested()
    jobs.settle_bookings()

    cancel_booking(made.row.pk, by=made.shipper)
    jobs.settle_bookings()

    assert (made.fresh().booking, shipments(sandbox, made)[0]["state"]) == ("cancelled", "cancelled")


def test_a_carrier_that_has_the_goods_keeps_the_booking(sandbox):
    """Picked up a moment ago; its event is not here yet."""
    made = requested()
    jobs.settle_bookings()
    sandbox.drive(made.fresh().carrier_ref, "picked_up")

    cancel_booking(made.row.pk, by=made.shipper)
    jobs.settle_bookings()

    assert made.fresh().booking == "booked"


def test_a_cancellation_without_an_answer_is_asked_again(sandbox):
    made = requested()
    jobs.settle_bookings()
    sandbox.fault("timeout_after_commit", count=1, value=3, on="shipments.cancel")

    cancel_booking(made.row.pk, by=made.shipper)
    jobs.settle_bookings()
    doubtful = made.fresh().booking

    assert (doubtful, later(made).booking) == ("cancelling", "cancelled")


def test_a_whole_journey_by_webhooks_ends_in_a_proof_and_both_sides_are_told(sandbox, receiver):
    made = requested()
    jobs.settle_bookings()
    ref = made.fresh().carrier_ref
    for code in ("picked_up", "departed", "out_for_delivery"):
        sandbox.drive(ref, code)
    sandbox.drive(ref, "delivered", signed_by="A. Meyer")
    receiver.wait_for(4)

    outcomes = [take_carrier_event("sandbox", headers, body) for headers, body in receiver.got]

    row = made.fresh()
    proof = proof_of(row.pk)
    assert (outcomes, row.state, proof.signed_by, len(proof.document_sha256)) == (["applied"] * 4, "delivered", "A. Meyer", 64)
    from everfair.events.logistics import ConsignmentDelivered

    for _ in range(2):
        tell_of_delivery(ConsignmentDelivered(row.pk, row.subject, proof.pk, proof.delivered_at))
    assert sorted(Notice.objects.values_list("company_id", "kind")) == sorted(
        (company, "consignment.delivered") for company in (made.sender.pk, made.receiver.pk)
    )


@pytest.mark.parametrize("fault", ["drop_webhooks", "delay_webhooks", "unknown_reference", "wrong_number", "scan_clock_offset"])
def test_what_the_webhooks_lose_or_garble_the_worker_asks_for(sandbox, receiver, fault):
    made = requested()
    jobs.settle_bookings()
    ref = made.fresh().carrier_ref
    sandbox.fault(fault, reference=str(made.row.pk), **({"value": 30 * 86_400} if fault == "scan_clock_offset" else {}))
    sandbox.drive(ref, "departed")
    sandbox.drive(ref, "delivered", signed_by="A. Meyer")
    if fault not in ("drop_webhooks", "delay_webhooks"):
        receiver.wait_for(2)
    told = [take_carrier_event("sandbox", headers, body) for headers, body in receiver.got]
    before = made.fresh().state

    clock.advance(jobs.SILENCE + timedelta(seconds=1))
    jobs.ask_carriers()

    assert (set(told) <= {"parked", "mismatch"}, before) == (True, "handed_over")
    assert (made.fresh().state, proof_of(made.row.pk).signed_by, len(tracking_of(made.row.pk))) == ("delivered", "A. Meyer", 2)


def test_what_came_by_webhook_is_not_counted_again_when_asked_for(sandbox, receiver):
    made = requested()
    jobs.settle_bookings()
    sandbox.drive(made.fresh().carrier_ref, "departed")
    receiver.wait_for(1)
    take_carrier_event("sandbox", *receiver.got[0])

    clock.advance(jobs.SILENCE + timedelta(seconds=1))
    asked = jobs.ask_carriers()

    assert (asked, len(tracking_of(made.row.pk)), made.fresh().state) == (1, 1, "in_transit")
    assert jobs.ask_carriers() == 0


@override_settings(CARRIERS={"sandbox": {}})
def test_a_carrier_that_is_not_configured_stops_nobody_else(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.undo()
    fleet.carrier.cache_clear()
    made = requested()

    jobs.settle_bookings()

    assert made.fresh().booking == "requested"
    assert Client().post("/hooks/carriers/sandbox", b"{}", "application/json").status_code == 503


def test_the_folder_to_copy_says_what_it_is():
    folder = Path(fleet.__file__).parent / "carriers"
    for name in fleet.CARRIERS:
        assert (folder / name / "__init__.py").read_text().startswith('"""')
        assert (folder / name / "client.py").exists()
