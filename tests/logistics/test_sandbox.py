"""The carrier sandbox over a real socket: its API, its pages, its webhooks, its faults, and its memory."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from everfair.base.sandbox.words import COMMON, LANGUAGES
from everfair.base.signature import BadSignature, verify
from everfair.logistics.sandbox.faults import FAULTS
from everfair.logistics.sandbox.shipments import CODES
from everfair.logistics.sandbox.words import WORDS
from everfair.logistics.values import TRACKING_CODES
from tests.logistics.running_carrier import RunningCarrier, running_carrier
from tests.payments.running_sandbox import SECRET, Receiver, running_receiver, wait_until

SHIPMENT = {
    "reference": "c-1",
    "service": "sea",
    "shipper": "Yongkang Cups",
    "consignee": "Aster GmbH",
    "from_place": "CNNGB",
    "to_place": "DEHAM",
    "package_count": 2,
    "gross_weight_g": 820500,
    "handed_over_on": "2026-11-20",
    "packages": [{"n": 1, "kind": "carton", "marks": "1/2"}, {"n": 2, "kind": "carton", "marks": "2/2"}],
}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as receiver:
        yield receiver


@pytest.fixture
def sandbox(tmp_path: Path, receiver: Receiver) -> Iterator[RunningCarrier]:
    with running_carrier(tmp_path, receiver.url) as sandbox:
        yield sandbox


def booked(sandbox: RunningCarrier, reference: str = "c-1", **changes: Any) -> dict[str, Any]:
    reply = sandbox.call("POST", "/v1/shipments", SHIPMENT | {"reference": reference} | changes, key=f"key-{reference}")
    assert reply.status == 201, reply.text
    return reply.json


def code(reply: Any) -> tuple[int, str]:
    return reply.status, reply.json["error"]["code"]


def test_a_shipment_is_booked_driven_told_and_delivered(sandbox, receiver):
    shipment = booked(sandbox)
    assert re.fullmatch(r"SBX[0-9]{9}", shipment["tracking_number"])
    assert [row["tracking_number"] for row in shipment["packages"]] == [f"{shipment['tracking_number']}-{n}" for n in (1, 2)]

    for step in ("picked_up", "departed", "out_for_delivery"):
        sandbox.drive(shipment["id"], step)
    last = sandbox.drive(shipment["id"], "delivered", signed_by="A. Meyer")

    events = receiver.wait_for(4)
    assert [event["data"]["scan"]["code"] for event in events] == ["picked_up", "departed", "out_for_delivery", "delivered"]
    assert [event["data"]["scan"]["place"] for event in events] == ["CNNGB", "CNNGB", "DEHAM", "DEHAM"]
    told = events[-1]
    assert (told["type"], told["account"]) == ("shipment.scanned", "acct_everfair")
    assert told["data"] == {
        "id": shipment["id"],
        "reference": "c-1",
        "tracking_number": shipment["tracking_number"],
        "scan": last,
    }
    found = sandbox.call("GET", "/v1/shipments?reference=c-1").json["items"][0]
    assert (found["state"], [row["id"] for row in found["scans"]]) == ("over", [event["data"]["scan"]["id"] for event in events])
    slip = sandbox.visit(f"/labels/{shipment['id']}/slip")
    assert hashlib.sha256(slip.body).hexdigest() == last["document_sha256"]
    assert slip.json["signed_by"] == "A. Meyer"


def test_a_reference_travels_once_whatever_the_key(sandbox):
    shipment = booked(sandbox)

    again = sandbox.call("POST", "/v1/shipments", SHIPMENT, key="key-c-1")

    assert (again.json["id"], again.headers["idempotent-replayed"]) == (shipment["id"], "true")
    assert code(sandbox.call("POST", "/v1/shipments", SHIPMENT, key="another")) == (409, "reference_taken")
    assert code(sandbox.call("POST", "/v1/shipments", SHIPMENT | {"service": "air"}, key="key-c-1")) == (
        422,
        "idempotency_key_reused",
    )


def test_what_moves_is_not_cancelled_and_what_is_cancelled_does_not_move(sandbox):
    moving, still = booked(sandbox, "a"), booked(sandbox, "b")
    sandbox.drive(moving["id"], "picked_up")

    assert code(sandbox.call("POST", f"/v1/shipments/{moving['id']}/cancel")) == (409, "already_moving")
    assert [sandbox.call("POST", f"/v1/shipments/{still['id']}/cancel").json["state"] for _ in range(2)] == ["cancelled"] * 2
    assert code(sandbox.call("POST", f"/v1/shipments/{still['id']}/scans", {"code": "departed"})) == (409, "shipment_over")


def test_packages_are_delivered_one_by_one(sandbox):
    shipment = booked(sandbox)

    sandbox.drive(shipment["id"], "delivered", package=1)
    half = sandbox.call("GET", f"/v1/shipments/{shipment['id']}").json["state"]
    sandbox.drive(shipment["id"], "delivered", package=2)

    assert (half, sandbox.call("GET", f"/v1/shipments/{shipment['id']}").json["state"]) == ("moving", "over")
    assert code(
        sandbox.call("POST", f"/v1/shipments/{booked(sandbox, 'x')['id']}/scans", {"code": "delivered", "package": 9})
    ) == (
        400,
        "unknown_package",
    )


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"service": "camel"}, "unknown_service"),
        ({"package_count": 0}, "invalid_field"),
        ({"package_count": True}, "invalid_field"),
        ({"handed_over_on": "tomorrow"}, "invalid_field"),
        ({"shipper": "a\u202eb"}, "invalid_field"),
        ({"packages": [{"n": 1}, {"n": 1}]}, "invalid_field"),
        ({"packages": "two"}, "invalid_field"),
        ({"webhook_url": "file:///etc/passwd"}, "invalid_field"),
        ({"surprise": 1}, "unknown_field"),
    ],
)
def test_a_bad_booking_is_refused(sandbox, changes, why):
    assert code(sandbox.call("POST", "/v1/shipments", SHIPMENT | changes, key="k")) == (400, why)


def test_every_word_exists_in_every_language():
    words = COMMON | WORDS
    assert {kind for kind in FAULTS.kinds if f"fault_{kind}" not in words} == set()
    assert {name for name, row in words.items() if len(row) != len(LANGUAGES) or not all(row)} == set()
    assert {step for step in CODES if f"code_{step}" not in words} == set()
    assert set(CODES) == set(TRACKING_CODES)


# Faults


def test_a_booking_may_fail_before_or_after_it_is_made(sandbox):
    sandbox.fault("error_5xx", count=1, on="shipments.book", value=500)
    sandbox.fault("timeout_after_commit", count=1, value=1, reference="b")

    assert sandbox.call("POST", "/v1/shipments", SHIPMENT, key="a").status == 500
    assert sandbox.call("GET", "/v1/shipments?reference=c-1").json["items"] == []
    with pytest.raises(ConnectionError):
        sandbox.call("POST", "/v1/shipments", SHIPMENT | {"reference": "b"}, key="b")
    assert len(sandbox.call("GET", "/v1/shipments?reference=b").json["items"]) == 1


def test_webhooks_are_delayed_repeated_lost_and_shuffled(sandbox, receiver):
    shipments = [booked(sandbox, reference) for reference in ("a", "b", "c")]
    sandbox.fault("delay_webhooks", count=1, value=1, reference="a")
    sandbox.fault("duplicate_webhooks", count=1, value=2, reference="a")
    sandbox.fault("drop_webhooks", count=1, reference="b")
    sandbox.fault("shuffle_webhooks", value=1, reference="c")
    begun = time.monotonic()

    sandbox.drive(shipments[0]["id"], "departed")
    sandbox.drive(shipments[1]["id"], "departed")
    for step in ("departed", "arrived", "out_for_delivery"):
        sandbox.drive(shipments[2]["id"], step)
    events = receiver.wait_for(6)

    assert time.monotonic() - begun >= 0.9
    assert [event["data"]["reference"] for event in events].count("a") == 3
    shuffled = [event["data"]["scan"]["code"] for event in events if event["data"]["reference"] == "c"]
    assert sorted(shuffled) == ["arrived", "departed", "out_for_delivery"]
    assert shuffled != ["departed", "arrived", "out_for_delivery"]
    lost = sandbox.call("GET", "/v1/deliveries?reference=b").json["items"]
    assert [row["state"] for row in lost] == ["dropped"]


def test_signatures_may_be_forged_or_of_another_hour_and_the_next_attempt_is_true(sandbox, receiver):
    shipment = booked(sandbox)
    sandbox.fault("forged_signature", count=1)
    sandbox.fault("clock_offset", count=2, value=-3600)
    receiver.statuses = [401, 401]

    sandbox.drive(shipment["id"], "departed")
    receiver.wait_for(3, within_s=12)

    now_s = datetime.now(UTC).timestamp()
    seen = []
    for headers, body in receiver.got:
        try:
            verify([SECRET], headers, body, now_s)
            seen.append("true")
        except BadSignature as error:
            seen.append(str(error))
    assert seen == ["the webhook timestamp is too far from now"] * 2 + ["true"]


def test_an_event_may_lie_under_a_true_signature_while_the_books_stay_true(sandbox, receiver):
    shipment = booked(sandbox)
    for kind in ("scan_clock_offset", "wrong_number", "unknown_reference"):
        sandbox.fault(kind, count=1)

    scan = sandbox.drive(shipment["id"], "departed")
    told = receiver.wait_for(1)[0]["data"]

    assert (told["reference"], told["tracking_number"]) == ("00000000-0000-7000-8000-000000000000", "SBX000000000")
    late = datetime.fromisoformat(scan["occurred_at"]) - datetime.fromisoformat(told["scan"]["occurred_at"])
    assert round(late.total_seconds()) == 86_400
    assert sandbox.call("GET", "/v1/shipments?reference=c-1").json["items"][0]["scans"][0] == scan


# The console and the process


def test_the_console_lists_shipments_and_drives_them(sandbox, receiver):
    shipment = booked(sandbox)
    sandbox.visit("/console/faults", {"kind": "slow", "value": "0", "count": "", "probability_percent": "50"})

    moved = sandbox.visit("/console/scan", {"id": shipment["id"], "code": "delivered", "place": "", "signed_by": "A. Meyer"})
    page = sandbox.visit("/console")

    assert (moved.status, moved.headers["location"]) == (303, "/console?lang=en")
    for part in (
        shipment["tracking_number"],
        "Yongkang Cups",
        "Delivered",
        "shipment.scanned",
        "answers slowly",
        "Nothing more happens",
    ):
        assert part in page.text
    assert receiver.wait_for(1)[0]["data"]["scan"]["signed_by"] == "A. Meyer"
    assert "貨件" in sandbox.visit("/console?lang=zh-Hant").text
    label = sandbox.visit(f"/labels/{shipment['id']}")
    assert (label.status, "Aster GmbH" in label.text, f"{shipment['tracking_number']}-2" in label.text) == (200, True, True)
    again = sandbox.visit("/console/scan", {"id": shipment["id"], "code": "departed"})
    assert (again.status, "This shipment is over." in again.text) == (409, True)
    assert sandbox.visit("/labels/shp_unknown").status == 404


def test_the_console_is_closed_to_strangers_and_foreign_forms(sandbox):
    assert sandbox.visit("/console", headers={"Host": "rebound.example"}).status == 403
    assert sandbox.visit("/console/scan", {"id": "x"}, {"Origin": "https://evil.example"}).status == 403
    assert sandbox.send("POST", "/v1/shipments", b"{}", {"Authorization": "Bearer wrong"}).status == 401


def test_kill_9_loses_neither_shipments_nor_waiting_webhooks(tmp_path, receiver):
    with running_carrier(tmp_path, receiver.url) as sandbox:
        shipment = booked(sandbox)
        sandbox.fault("delay_webhooks", count=1, value=1)
        sandbox.drive(shipment["id"], "departed")

        sandbox.kill()
        sandbox.start()

        assert sandbox.call("GET", f"/v1/shipments/{shipment['id']}").json["state"] == "moving"
        assert receiver.wait_for(1)[0]["data"]["scan"]["code"] == "departed"


def test_a_refused_webhook_is_sent_again_until_taken(sandbox, receiver):
    receiver.statuses = [500]
    sandbox.drive(booked(sandbox)["id"], "departed")

    receiver.wait_for(2)

    wait_until(lambda: sandbox.call("GET", "/v1/deliveries").json["items"][0]["state"] == "delivered")


def test_it_is_small_when_idle(sandbox):
    booked(sandbox)
    rollup = Path(f"/proc/{sandbox.process.pid}/smaps_rollup")
    if not rollup.exists():
        pytest.skip("this system does not say how much memory a process holds")

    before = int(re.search(r"^Pss:\s+(\d+) kB", rollup.read_text(), re.MULTILINE).group(1))
    sandbox.visit("/console")
    after = int(re.search(r"^Pss:\s+(\d+) kB", rollup.read_text(), re.MULTILINE).group(1))

    print(f"PSS {before} kB, after the console was opened {after} kB")
    assert before < 30 * 1024
    assert after < 35 * 1024
