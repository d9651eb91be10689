"""Many at once: one delivery, one proof, one booking, whoever comes first."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from everfair.base.clock import now
from everfair.base.models import Event
from everfair.base.refused import AlreadyDone, Refused
from everfair.logistics.actions import cancel_booking, confirm_package_receipt, record_proof, take_carrier_event
from everfair.logistics.actions.booking import note_booked
from everfair.logistics.carriers.port import Booked
from everfair.logistics.models import CarrierEvent, ProofOfDelivery, TrackingEvent
from tests.base.together import together
from tests.logistics.goods import booked, goods, said, system, tell

pytestmark = [pytest.mark.pg15, pytest.mark.usefixtures("committed")]


def deliveries(row) -> int:
    return Event.objects.filter(name="ConsignmentDelivered", subject=row.pk).count()


def test_the_same_webhook_from_eight_connections_counts_once():
    made = booked()
    headers, body = said(made.row, "delivered")

    answers = together([partial(take_carrier_event, "sandbox", headers, body)] * 8)

    assert answers == ["applied"] * 8
    assert (CarrierEvent.objects.count(), TrackingEvent.objects.count(), ProofOfDelivery.objects.count()) == (1, 1, 1)
    assert (made.fresh().state, deliveries(made.row)) == ("delivered", 1)


def test_two_webhooks_at_once_end_where_their_order_would():
    for _ in range(5):
        made = booked()
        events = [
            said(made.row, "delivered", hours_ago=1),
            said(made.row, "departed", hours_ago=5),
            said(made.row, "lost", hours_ago=3),
        ]

        answers = together([partial(take_carrier_event, "sandbox", *event) for event in events])

        assert answers == ["applied"] * 3
        assert (made.fresh().state, deliveries(made.row)) == ("delivered", 1)


def test_a_cancellation_against_a_delivery_never_hides_the_delivery():
    for _ in range(5):
        made = booked()
        event = said(made.row, "delivered")

        cancelled, delivered = together(
            [partial(cancel_booking, made.row.pk, by=made.shipper), partial(take_carrier_event, "sandbox", *event)]
        )

        assert delivered == "applied"
        assert not isinstance(cancelled, Exception) or (isinstance(cancelled, Refused) and cancelled.code == "logistics.moving")
        row = made.fresh()
        assert (row.state, row.booking in ("booked", "cancelling"), deliveries(row)) == ("delivered", True, 1)


def test_the_carriers_and_the_consignees_word_at_once_are_one_delivery():
    for _ in range(5):
        made = booked()
        event = said(made.row, "delivered")
        at = now() - timedelta(hours=1)

        results = together(
            [
                partial(take_carrier_event, "sandbox", *event),
                partial(record_proof, made.row.pk, delivered_at=at, by=made.consignee),
                partial(record_proof, made.row.pk, delivered_at=at, by=made.consignee),
            ]
        )

        assert results[0] == "applied"
        assert [type(result) for result in results if isinstance(result, Exception)] == [AlreadyDone]
        sources = sorted(ProofOfDelivery.objects.filter(consignment=made.row).values_list("source", flat=True))
        assert (sources, deliveries(made.row)) == (["carrier", "manual"], 1)


def test_the_last_two_packages_confirmed_at_once_deliver_the_whole_once():
    made = goods(2)

    results = together([partial(confirm_package_receipt, made.row.pk, n, by=made.consignee) for n in (1, 2, 2)])

    assert [type(result) for result in results if isinstance(result, Exception)] == [AlreadyDone]
    assert (made.fresh().state, deliveries(made.row)) == ("delivered", 1)


def test_an_event_that_races_the_answer_to_its_booking_is_one_booking():
    """B87."""
    for n in range(5):
        made = goods(carrier_code="sandbox")
        event = said(made.row, "picked_up", tracking_number=f"SBX{n}")
        answer = Booked(f"shp_{made.row.pk.hex}", f"SBX{n}", "http://localhost:1/l", {}, "booked")

        results = together(
            [partial(note_booked, made.row.pk, answer, by=system()), partial(take_carrier_event, "sandbox", *event)]
        )

        assert [result for result in results if isinstance(result, Exception)] == []
        row = made.fresh()
        assert (row.booking, row.tracking_number, row.label_url) == ("booked", f"SBX{n}", "http://localhost:1/l")
    assert tell(made.row, "departed") == "applied"
