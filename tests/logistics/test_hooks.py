"""Where carriers report: only what is truly signed, fresh and fitting counts, and it counts once, in whatever order it comes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from everfair.base import clock
from everfair.base.actor import CARRIER_ACTOR
from everfair.base.models import Event
from everfair.base.signature import signed_headers
from everfair.logistics.actions import record_proof, take_carrier_event
from everfair.logistics.actions.events import place_parked
from everfair.logistics.models import CarrierEvent, ProofOfDelivery
from everfair.logistics.queries import packages_of, parked_events, proof_of, tracking_of
from tests.logistics.goods import OTHER_SECRET, SECRET, booked, goods, said, tell

pytestmark = pytest.mark.django_db
HOOK = "/hooks/carriers/sandbox"


def post(headers: dict[str, str], body: bytes, address: str = HOOK) -> Any:
    return Client().post(address, body, "application/json", headers=headers)


def at(seconds: int = 0) -> int:
    return int(datetime.now(UTC).timestamp()) + seconds


def told(name: str) -> int:
    return Event.objects.filter(name=name).count()


def test_a_true_event_is_taken_and_its_repetition_answered_the_same():
    """B87."""
    made = booked()
    headers, body = said(made.row, "departed")

    first, second = post(headers, body), post(headers, body)

    assert [(a.status_code, a.content) for a in (first, second)] == [(200, b"applied")] * 2
    assert (made.fresh().state, CarrierEvent.objects.count(), len(tracking_of(made.row.pk))) == ("in_transit", 1, 1)
    assert told("ConsignmentMoved") == 1


def test_delivery_leaves_a_proof_that_stays_and_is_told_once():
    made = booked()

    tell(made.row, "delivered", hours_ago=2, signed_by="A. Meyer")
    tell(made.row, "delivered", hours_ago=1, signed_by="B. Meyer")

    proof, row = proof_of(made.row.pk), made.fresh()
    assert (row.state, proof.source, proof.entered_as, proof.signed_by, proof.company_id) == (
        "delivered",
        "carrier",
        "carrier",
        "A. Meyer",
        None,
    )
    event = Event.objects.get(name="ConsignmentDelivered")
    assert (event.body["proof_id"], event.body["subject"], event.actor) == (str(proof.pk), str(row.subject), "carrier")
    assert ProofOfDelivery.objects.count() == 1


@pytest.mark.parametrize("age_s", [3 * 86400, 301, -301, -86400])
def test_old_and_future_signatures_are_refused(age_s):
    """B89."""
    made = booked()
    _headers, body = said(made.row, "departed", event_id="evt_x")

    answer = post(signed_headers([SECRET], "evt_x", at(-age_s), body), body)

    assert (answer.status_code, made.fresh().state, CarrierEvent.objects.count()) == (401, "handed_over", 0)


def test_a_signature_of_another_secret_or_of_other_bytes_is_refused():
    """B89."""
    made = booked()
    headers, body = said(made.row, "departed", event_id="evt_x")
    stranger = signed_headers([OTHER_SECRET], "evt_x", at(), body)
    rewritten = json.dumps(json.loads(body), indent=1).encode()
    better = body.replace(b"departed", b"lost")

    answers = [post(stranger, body), post(headers, rewritten), post(headers, better), post({}, body), post(headers, b"")]

    assert {answer.status_code for answer in answers} == {401}
    assert (made.fresh().state, CarrierEvent.objects.count()) == ("handed_over", 0)


def test_of_two_signatures_one_true_one_is_enough():
    """B89: while a secret is changed both are sent."""
    made = booked()
    _headers, body = said(made.row, "departed", event_id="evt_x")

    assert post(signed_headers([OTHER_SECRET, SECRET], "evt_x", at(), body), body).status_code == 200


def test_only_a_known_carrier_posts_and_only_posts():
    headers, body = said(booked().row, "departed")

    assert post(headers, body, "/hooks/carriers/fedex").status_code == 404
    assert post(headers, body, "/hooks/carriers/manual").status_code == 401
    assert Client().get(HOOK).status_code == 405
    assert post(headers, b"x" * 70_000).status_code == 413


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b"null", b'{"id":"evt_x","id":"evt_y"}', b"\xff\xfe", b'{"id":"evt_x","data":{}}']
)
def test_a_signed_event_that_cannot_be_read_is_kept_out(body):
    answer = post(signed_headers([SECRET], "evt_x", at(), body), body)

    assert (answer.status_code, CarrierEvent.objects.count()) == (422, 0)


def test_an_event_for_nobody_is_parked_and_found_again_or_handed_to_a_person():
    """B88."""
    made = booked()
    later, never = uuid4(), uuid4()

    assert [tell(made.row, "departed", reference=str(one)) for one in (later, never)] == ["parked", "parked"]
    assert place_parked() == 0
    made.row.__class__.objects.filter(pk=made.row.pk).update(id=later)
    assert place_parked() == 1
    clock.advance(timedelta(days=8))
    assert place_parked() == 1

    made.row = made.row.__class__.objects.get(pk=later)
    assert made.row.state == "in_transit"
    assert sorted(CarrierEvent.objects.values_list("outcome", flat=True)) == ["applied", "unknown"]
    assert parked_events().count() == 1


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"tracking_number": "SBX999999999"}, "another shipment"),
        ({"id": "shp_other"}, "another shipment"),
        ({"package": 7}, "no such package"),
        ({"occurred_at": "2001-01-01T00:00:00+00:00"}, "an impossible moment"),
        ({"occurred_at": "2201-01-01T00:00:00+00:00"}, "an impossible moment"),
    ],
)
def test_a_true_signature_over_a_lie_about_the_goods_moves_nothing(changes, note):
    made = booked(2)

    assert tell(made.row, "delivered", **changes) == "mismatch"

    assert (made.fresh().state, proof_of(made.row.pk), CarrierEvent.objects.get().outcome_note) == ("handed_over", None, note)


def test_a_carrier_does_not_speak_for_goods_of_another():
    made = goods()

    assert tell(made.row, "delivered") == "parked"
    assert made.fresh().state == "handed_over"


STEPS = (("picked_up", 10), ("departed", 8), ("attempt_failed", 6), ("arrived", 4), ("delivered", 2))


@pytest.mark.parametrize("without", [None, "delivered"])
def test_whatever_the_order_the_goods_end_in_the_same_place(without):
    """I13: every order of five events, each one twice; and of four without the last word."""
    steps = [step for step in STEPS if step[0] != without]
    ends = set()
    for order in permutations(steps):
        with transaction.atomic():
            made = booked()
            events = {code: said(made.row, code, hours_ago=hours) for code, hours in steps}
            for code, _hours in [*order, *order[:2]]:
                take_carrier_event("sandbox", *events[code])
            row = made.fresh()
            proofs = ProofOfDelivery.objects.filter(consignment=row).count()
            ends.add((row.state, row.delivered_at is not None, len(tracking_of(row.pk)), proofs))
            transaction.set_rollback(True)

    assert ends == {("delivered", True, 5, 1) if without is None else ("in_transit", False, 4, 0)}


def test_late_news_after_the_delivery_stands_in_the_timeline_and_moves_nothing():
    made = booked()
    tell(made.row, "delivered", hours_ago=3)

    outcome = tell(made.row, "departed", hours_ago=1)

    assert (outcome, made.fresh().state) == ("applied", "delivered")
    assert [row.code for row in tracking_of(made.row.pk)] == ["departed", "delivered"]
    assert told("ConsignmentMoved") == 1


def test_after_the_consignees_own_word_the_carrier_moves_nothing_back():
    made = booked()
    record_proof(made.row.pk, delivered_at=made.row.created_at, by=made.consignee)

    assert [tell(made.row, code) for code in ("departed", "lost", "returned")] == ["applied"] * 3

    assert made.fresh().state == "delivered"
    assert told("ConsignmentLost") == told("ConsignmentReturned") == 0


def test_lost_goods_that_turn_up_go_on_and_are_told_as_lost_once():
    made = booked()

    for code, hours in (("departed", 9), ("lost", 6), ("arrived", 3)):
        tell(made.row, code, hours_ago=hours)

    assert made.fresh().state == "in_transit"
    assert told("ConsignmentLost") == 1


def test_packages_delivered_one_by_one_deliver_the_whole():
    made = booked(2)

    tell(made.row, "delivered", package=1, hours_ago=3)
    half = (made.fresh().state, [p.state for p in packages_of(made.row.pk)])
    tell(made.row, "delivered", package=2, hours_ago=2)

    assert half == ("handed_over", ["delivered", "packed"])
    assert (made.fresh().state, [p.state for p in packages_of(made.row.pk)]) == ("delivered", ["delivered"] * 2)
    assert proof_of(made.row.pk).source == "carrier"


def test_the_carriers_proof_joins_the_consignees_and_is_shown_first():
    made = booked()
    mine = record_proof(made.row.pk, delivered_at=made.row.created_at, by=made.consignee)

    tell(made.row, "delivered", hours_ago=1)

    assert (proof_of(made.row.pk).source, ProofOfDelivery.objects.count()) == ("carrier", 2)
    assert Event.objects.get(name="ConsignmentDelivered").body["proof_id"] == str(mine.pk)


def test_an_event_that_overtakes_the_answer_to_the_booking_confirms_it():
    """B87."""
    made = goods(carrier_code="sandbox")

    assert tell(made.row, "picked_up") == "applied"

    row = made.fresh()
    assert (row.booking, row.carrier_ref, row.tracking_number) == ("booked", f"shp_{row.pk.hex}", "SBX1")


def test_on_a_demonstrations_clock_what_happens_now_happens_now():
    clock.advance(timedelta(days=60))
    made = booked()

    assert tell(made.row, "departed", hours_ago=0) == "applied"

    assert abs(tracking_of(made.row.pk)[0].occurred_at - clock.now()) < timedelta(minutes=1)
    assert CARRIER_ACTOR.label == "carrier"
