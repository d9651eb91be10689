"""The port as the sandbox's client keeps it: every outcome told apart, no answer believed that has not the expected form."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from everfair.base.signature import BadSignature, signed_headers
from everfair.logistics.carriers.port import BadEvent, CarrierDown, CarrierRefused, OutcomeUnknown, Parcel, Shipment
from everfair.logistics.carriers.sandbox import answers
from everfair.logistics.carriers.sandbox.client import SandboxCarrier
from everfair.logistics.carriers.table import CARRIERS, open_carrier
from tests.logistics.running_carrier import RunningCarrier, running_carrier
from tests.payments.running_sandbox import API_KEY, OLD_SECRET, SECRET

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SHIPMENT = Shipment(
    "c-1", "sea", "Yongkang Cups", "Aster GmbH", "CNNGB", "DEHAM", 2, Decimal("820.5"), date(2026, 11, 20),
    (Parcel(1, "carton", None, "1/2"), Parcel(2, "carton", None, "2/2")),
)  # fmt: skip
SCAN = {
    "id": "scn_1", "code": "delivered", "place": "DEHAM", "package": None, "note": "", "signed_by": "A. Meyer", "document_sha256": "a" * 64,
    "occurred_at": "2026-11-22T11:00:00.000Z",
}  # fmt: skip
EVENT = {
    "id": "evt_1", "type": "shipment.scanned", "created_at": "2026-11-22T11:00:01.000Z", "account": "acct_everfair",
    "data": {"id": "shp_1", "reference": "c-1", "tracking_number": "SBX123456789", "scan": SCAN},
}  # fmt: skip


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCarrier]:
    with running_carrier(tmp_path_factory.mktemp("carrier")) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def _calm(sandbox: RunningCarrier) -> Iterator[None]:
    yield
    sandbox.call("DELETE", "/v1/faults")


def shipment(reference: str) -> Shipment:
    return Shipment(reference, *list(vars(SHIPMENT).values())[1:])


def test_a_shipment_is_booked_once_tracked_and_cancelled(sandbox):
    client = sandbox.client()

    first, again = client.book(shipment("a")), client.book(shipment("a"))
    sandbox.drive(first.ref, "departed", package=2)
    found = client.look_up("a")

    assert first == again
    assert (first.state, sorted(first.parcel_numbers)) == ("booked", [1, 2])
    assert first.label_url.startswith("http://localhost:")
    assert (found.consignment_id, found.booked.state, [(s.code, s.place, s.package_n) for s in found.scans]) == (
        "a", "moving", [("departed", "CNNGB", 2)],
    )  # fmt: skip
    with pytest.raises(CarrierRefused, match="already_moving"):
        client.cancel(first.ref)
    assert client.cancel(client.book(shipment("b")).ref).state == "cancelled"
    assert client.look_up("nobody") is None


def test_an_answer_that_got_lost_is_looked_up_and_never_booked_twice(sandbox):
    sandbox.fault("timeout_after_commit", count=1, value=5)
    client = sandbox.client(read_timeout_s=0.5)

    with pytest.raises(OutcomeUnknown):
        client.book(shipment("lost"))

    assert client.look_up("lost").booked == client.book(shipment("lost"))


@pytest.mark.parametrize(
    ("fault", "value", "raised"),
    [("error_5xx", 503, OutcomeUnknown), ("error_5xx_after_commit", 500, OutcomeUnknown), ("rate_limit_429", 7, CarrierDown)],
)
def test_trouble_is_told_apart(sandbox, fault, value, raised):
    sandbox.fault(fault, count=1, value=value)

    with pytest.raises(raised) as caught:
        sandbox.client().book(shipment(fault))

    assert getattr(caught.value, "retry_after_s", None) == (7 if raised is CarrierDown else None)


def test_a_carrier_that_is_not_there_did_nothing():
    client = SandboxCarrier("http://127.0.0.1:9", API_KEY, [SECRET], "acct_everfair")

    for ask in (lambda: client.book(SHIPMENT), lambda: client.look_up("c-1"), lambda: client.cancel("shp_1")):
        with pytest.raises(CarrierDown):
            ask()


@contextmanager
def answering(body: bytes, status: str = "200 OK") -> Iterator[str]:
    """A carrier that says exactly this to the first who asks."""
    with socket.create_server(("127.0.0.1", 0)) as line:

        def serve() -> None:
            peer, _ = line.accept()
            with peer:
                peer.recv(65536)
                peer.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{line.getsockname()[1]}"
        thread.join()


BOOKED = {
    "id": "shp_1", "reference": "c-1", "tracking_number": "SBX1", "label_url": "http://localhost:1/l", "packages": [], "scans": [],
    "state": "booked",
}  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {"id": 7}, {"id": "a b"}, {"tracking_number": ""}, {"tracking_number": "x" * 81}, {"label_url": "javascript:alert(1)"},
        {"label_url": "http://user@evil.example/"}, {"state": "sold"}, {"packages": [{"n": True, "tracking_number": "x"}]},
        {"packages": {"n": 1}}, {"packages": [1]}, {"packages": [{"n": 1, "tracking_number": "x"}] * 1001},
    ],
)  # fmt: skip
def test_an_answer_out_of_bounds_leaves_the_outcome_unknown(changes):
    """API10: a carrier's answer is read like anybody's input."""
    with answering(json.dumps(BOOKED | changes).encode()) as url, pytest.raises(OutcomeUnknown):
        SandboxCarrier(url, API_KEY, [SECRET], "acct_everfair").book(SHIPMENT)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"id":"a","id":"b"}', b"\xff", b'{"items": [{}]}', b'{"items": 7}', b"x" * 70_000]
)
def test_a_tracking_answer_that_cannot_be_read_teaches_nothing(body):
    with answering(body) as url, pytest.raises(CarrierDown):
        SandboxCarrier(url, API_KEY, [SECRET], "acct_everfair").look_up("c-1")


def signed(event: Any, *, secret: str = SECRET, at: int = int(NOW.timestamp()), event_id: str = "evt_1") -> tuple[dict, bytes]:
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    return signed_headers([secret], event_id, at, body), body


@pytest.fixture
def client() -> SandboxCarrier:
    return SandboxCarrier("http://127.0.0.1:9", API_KEY, [SECRET, OLD_SECRET], "acct_everfair")


def test_an_event_is_read_once_its_signature_fits(client):
    said = client.verify_event(*signed(EVENT), NOW)

    assert (said.event_id, said.consignment_id, said.ref, said.tracking_number) == ("evt_1", "c-1", "shp_1", "SBX123456789")
    assert (said.scan.code, said.scan.signed_by, said.scan.occurred_at) == (
        "delivered",
        "A. Meyer",
        datetime(2026, 11, 22, 11, tzinfo=UTC),
    )
    assert client.verify_event(*signed(EVENT, secret=OLD_SECRET), NOW) == said
    assert client.read_event(signed(EVENT)[1]) == said


@pytest.mark.parametrize("off_s", [301, -301, 86_400 * 3])
def test_an_old_or_future_signature_is_refused(client, off_s):
    with pytest.raises(BadSignature, match="far from now"):
        client.verify_event(*signed(EVENT, at=int(NOW.timestamp()) - off_s), NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "shipment.sold"}, {"account": "acct_other"}, {"data": None}, {"data": {}}, {"id": "evt_2"},
        {"data": EVENT["data"] | {"scan": SCAN | {"code": "teleported"}}},
        {"data": EVENT["data"] | {"scan": SCAN | {"occurred_at": "2026-11-22T11:00:00"}}},
        {"data": EVENT["data"] | {"scan": SCAN | {"occurred_at": "yesterday"}}},
        {"data": EVENT["data"] | {"scan": SCAN | {"place": "x" * 121}}},
        {"data": EVENT["data"] | {"scan": SCAN | {"note": "a\u202eb"}}},
        {"data": EVENT["data"] | {"scan": SCAN | {"package": 0}}},
        {"data": EVENT["data"] | {"scan": SCAN | {"document_sha256": "Z" * 64}}},
        {"data": EVENT["data"] | {"reference": "../../etc"}},
    ],
)  # fmt: skip
def test_a_signed_event_of_another_form_is_not_believed(client, change):
    with pytest.raises(BadEvent):
        client.verify_event(*signed(EVENT | change), NOW)


def test_the_manual_carrier_believes_nobody_and_books_nothing(tmp_path: Path):
    manual = open_carrier("manual", {})

    with pytest.raises(BadSignature):
        manual.verify_event(*signed(EVENT), NOW)
    with pytest.raises(CarrierRefused):
        manual.book(SHIPMENT)
    assert (manual.look_up("c-1"), manual.books) == (None, False)
    assert {CARRIERS[code].code for code in CARRIERS} == set(CARRIERS)


def test_a_client_does_not_stand_without_its_secrets():
    for config in ({}, {"EVERFAIR_CARRIER_SANDBOX_URL": "http://x", "EVERFAIR_CARRIER_SANDBOX_API_KEY": "k"}):
        with pytest.raises(ValueError, match="needs"):
            open_carrier("sandbox", config)
    assert answers.text({"a": " x "}, "a", most=9) == "x"
