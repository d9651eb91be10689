"""Carriers' events that fit nothing, on the operator's desk."""

from __future__ import annotations

from typing import Any

import pytest

from everfair.base.ids import new_id
from everfair.logistics.actions import take_carrier_event
from everfair.logistics.models import CarrierEvent
from tests.logistics.goods import booked, said, tell
from tests.office.desk import notes, operator, send, signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Any:
    return signed_in(operator(name="Olga Operator"))


def a_stray() -> CarrierEvent:
    """An event about goods that nobody handed over."""
    made = booked()
    assert take_carrier_event("sandbox", *said(made.row, "departed", reference=str(new_id()))) == "parked"
    return CarrierEvent.objects.get(outcome="parked")


def test_what_fits_nothing_waits_for_the_operator(office: Any) -> None:
    made, stray = booked(), a_stray()
    assert tell(made.row, "departed", tracking_number="SBX000000000") == "mismatch"
    assert tell(made.row, "departed") == "applied"

    listed = office.get("/en/office/carrier-events/")

    assert {row.outcome for row in listed.context["events"]} == {"parked", "mismatch"}
    read = text(listed)
    assert "Fits nothing yet; tried again for seven days" in read
    assert "It names another shipment or number than the one we booked" in read
    assert stray.event_id in read
    overview = office.get("/en/office/")
    assert overview.context["queues"]["carriers"].count == 2
    assert "/en/office/carrier-events/" in overview.content.decode()


def test_a_stray_event_is_shown_inert_and_settled_with_a_reason(office: Any) -> None:
    stray = a_stray()
    CarrierEvent.objects.filter(pk=stray.pk).update(body=b'{"note": "<script>alert(1)</script>\xff"}')
    address = f"/en/office/carrier-events/{stray.pk}/"

    page = office.get(address).content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;\\xff" in page
    assert "<script>alert" not in page
    assert [note.subject for note in notes("looked at a carrier event")] == [stray.pk]
    assert send(office, address, reason=" ").status_code == 422
    send(office, address, reason="The carrier had mixed up two customers.")
    assert [note.reason for note in notes("carrier event settled")] == ["The carrier had mixed up two customers."]
    assert office.get("/en/office/carrier-events/").context["events"] == []
    assert [row.pk for row in office.get("/en/office/carrier-events/?settled=1").context["events"]] == [stray.pk]
    assert office.get("/en/office/").context["queues"]["carriers"].count == 0


def test_an_event_that_found_its_goods_has_no_page_here(office: Any) -> None:
    made = booked()
    tell(made.row, "departed")

    assert office.get(f"/en/office/carrier-events/{CarrierEvent.objects.get().pk}/").status_code == 404


def test_the_list_asks_as_often_for_many_as_for_one(office: Any, django_assert_max_num_queries: Any) -> None:
    for _n in range(4):
        made = booked()
        take_carrier_event("sandbox", *said(made.row, "departed", reference=str(new_id())))
    office.get("/en/office/carrier-events/")

    with django_assert_max_num_queries(8):
        office.get("/en/office/carrier-events/")
