"""The same for programs: request, quote, revise, decline, ask."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from everfair.base.clock import now
from everfair.files.actions import keep_attachment
from everfair.messaging.models import Message
from everfair.sourcing.models import Quote, Rfq
from everfair.sourcing.values import LineDraft
from tests import make
from tests.sourcing.asking import buyer, quote, rfq, supplier

pytestmark = pytest.mark.django_db


class Program:
    """Somebody's session used by a program; every write has its own key unless one is given."""

    def __init__(self, actor: Any) -> None:
        self.actor = actor
        self.client = Client()
        self.client.force_login(make.Person.objects.get(pk=actor.person_id))

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1{path}")

    def post(self, path: str, body: Any = None, key: str = "") -> Any:
        headers = {"Idempotency-Key": key or uuid4().hex}
        return self.client.post(f"/api/v1{path}", body if body is not None else {}, "application/json", headers=headers)


def asked(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Bolts",
        "category": "hardware/fasteners",
        "currency": "USD",
        "incoterm": "FOB",
        "named_place": "Ningbo",
        "destination": "DE",
        "closes_at": (now() + timedelta(days=7)).isoformat(),
        "lines": [{"description": "Hex bolts", "quantity": "500", "unit": "H87", "target_price": "0.05"}],
    } | changes


def quoted(**changes: Any) -> dict[str, Any]:
    return {
        "lines": [{"n": 1, "unit_price": "0.0425", "tiers": [{"from_quantity": "1000", "price": "0.04"}]}],
        "lead_time_days": 20,
        "valid_until": (now() + timedelta(days=30)).isoformat(),
        "charges": [{"kind": "freight", "amount": "12.00"}],
        "deposit_rate": "0.3",
    } | changes


def line(**changes: Any) -> list[dict[str, Any]]:
    return [{"description": "Hex bolts", "quantity": "500", "unit": "H87"} | changes]


def test_a_program_asks_another_quotes_revises_and_the_first_compares_and_declines():
    ours, theirs = Program(buyer()), Program(supplier())

    posted = ours.post("/rfqs", asked())
    rfq_id = posted.json()["id"]
    lead = theirs.get("/rfqs?view=open").json()["items"][0]
    sent = theirs.post(f"/rfqs/{rfq_id}/quotes", quoted()).json()
    revised = theirs.post(f"/quotes/{sent['id']}/revise", quoted(lead_time_days=5)).json()
    standing = ours.get(f"/rfqs/{rfq_id}/quotes").json()["items"]
    every = ours.get(f"/rfqs/{rfq_id}/quotes?history=true").json()["items"]
    declined = ours.post(f"/quotes/{revised['id']}/decline").json()
    closed = ours.post(f"/rfqs/{rfq_id}/close").json()

    assert (posted.status_code, lead["id"], posted.json()["allowed"]) == (201, rfq_id, ["award", "close", "cancel"])
    assert (sent["total"], sent["goods"]) == ({"amount": "33.25", "currency": "USD"}, {"amount": "21.25", "currency": "USD"})
    assert sent["lines"][0]["tiers"] == [{"from_quantity": "500", "price": "0.0425"}, {"from_quantity": "1000", "price": "0.04"}]
    assert [(row["revision"], row["state"], row["allowed"]) for row in standing] == [(2, "sent", ["accept", "decline"])]
    assert sorted((row["revision"], row["state"]) for row in every) == [(1, "replaced"), (2, "sent")]
    assert (declined["state"], closed["state"], closed["quote_count"]) == ("declined", "closed", 0)
    assert theirs.get("/quotes").json()["items"][0]["state"] == "declined"


def test_the_same_key_posts_one_request_and_another_body_is_refused():
    ours, body = Program(buyer()), asked()

    answers = [ours.post("/rfqs", body, key="one") for _ in range(3)]
    other = ours.post("/rfqs", asked(title="Nuts"), key="one")

    assert {answer.content for answer in answers} == {answers[0].content}
    assert (other.status_code, other.json()["code"]) == (422, "base.key_reused")
    assert Rfq.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"lines": line(quantity="0")},
        {"lines": line(quantity="-1")},
        {"lines": line(quantity="-0.00")},
        {"lines": line(quantity="0.3333")},
        {"lines": line(quantity="0.5")},
        {"lines": line(quantity="1e3")},
        {"lines": line(quantity="NaN")},
        {"lines": line(quantity=" 1 ")},
        {"lines": line(quantity="1_000")},
        {"lines": line(quantity="1,234.56")},
        {"lines": line(quantity="１００")},
        {"lines": line(quantity="9223372036854775808")},
        {"lines": line(quantity=500)},
        {"lines": line(unit="pcs")},
        {"lines": line(unit="ZZZ")},
        {"lines": line(target_price="0x10")},
        {"lines": line(target_price="0")},
        {"lines": line(offer_id=str(uuid4()))},
        {"lines": line(description="a\0b")},
        {"lines": line(state="awarded")},
        {"lines": line() * 11},
        {"lines": []},
        {"currency": "usd"},
        {"currency": "XXX"},
        {"title": "safe\u202egpj"},
        {"title": "x" * 1_000_000},
        {"details": "Z" + "\u0301" * 4000},
        {"closes_at": "2026-01-01T00:00:00"},
        {"closes_at": "0001-01-01T00:00:00Z"},
        {"closes_at": "9999-12-31T23:59:59Z"},
        {"ship_by": "2026-02-30"},
        {"buyer_id": str(uuid4())},
        {"state": "awarded"},
        {"quote_count": 7},
        {"is_staff": True},
        {"market": "moon"},
    ],
)
def test_bad_requests_are_refused_and_leave_nothing(changes):
    answer = Program(buyer()).post("/rfqs", asked(**changes))

    # A NUL in a body is no JSON text of ours: it is refused before any field is read.
    assert answer.status_code == (400 if "\0" in str(changes.get("lines", [{}])) or "\\x00" in str(changes) else 422)
    assert answer["Content-Type"] == "application/problem+json"
    assert Rfq.objects.count() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"lines": [{"n": 1, "unit_price": "0.0000001"}]},
        {"lines": [{"n": 1, "unit_price": "-1"}]},
        {"lines": [{"n": 1, "unit_price": 1.5}]},
        {"lines": [{"n": 2, "unit_price": "1"}]},
        {"lines": [{"n": 1, "unit_price": "1"}] * 2},
        {"lines": [{"n": 1, "unit_price": "1", "amount_minor": 1}]},
        {"charges": [{"kind": "freight", "amount": "0.001"}]},
        {"charges": [{"kind": "discount", "amount": "21.25"}]},
        {"charges": [{"kind": "discount", "amount": "-5"}]},
        {"charges": [{"kind": "gift", "amount": "5"}]},
        {"deposit_rate": "1.5"},
        {"deposit_rate": "-0.1"},
        {"total": "1.00"},
        {"seller_id": str(uuid4())},
        {"valid_until": "2020-01-01T00:00:00Z"},
        {"lead_time_days": 731},
    ],
)
def test_bad_quotes_are_refused_and_leave_nothing(changes):
    to = rfq(lines=(LineDraft("Hex bolts", Decimal(500), "H87"),))

    answer = Program(supplier()).post(f"/rfqs/{to.pk}/quotes", quoted(**changes))

    assert answer.status_code == 422
    assert Quote.objects.count() == 0


def test_ids_of_other_companies_are_not_there():
    to = rfq()
    sent = quote(to)
    stranger, rival = Program(buyer()), Program(supplier())
    file = keep_attachment(ContentFile(b"secret", name="a.txt"), rival.actor.company_id, by=rival.actor)

    for path in (f"/rfqs/{to.pk}", f"/rfqs/{to.pk}/quotes", f"/quotes/{sent.pk}"):
        assert stranger.get(path).status_code == 404
    assert rival.get(f"/quotes/{sent.pk}").status_code == 404
    assert rival.get(f"/rfqs/{to.pk}/quotes").json() == {"items": []}
    for who in (stranger, rival):
        for path in (
            f"/rfqs/{to.pk}/close",
            f"/rfqs/{to.pk}/cancel",
            f"/quotes/{sent.pk}/withdraw",
            f"/quotes/{sent.pk}/decline",
        ):
            assert who.post(path).status_code == 404
        assert who.post(f"/quotes/{sent.pk}/revise", quoted()).status_code == 404
    assert stranger.post(f"/rfqs/{to.pk}/quotes", quoted()).status_code == 404
    assert stranger.post("/rfqs", asked(file_ids=[str(file.pk)])).status_code == 404
    assert stranger.get(f"/rfqs/{uuid4()}").status_code == 404
    assert Quote.objects.get().state == "sent"
    assert Rfq.objects.get().state == "open"


def test_lists_go_on_by_their_cursor_and_stay_within_bounds():
    ours, theirs = Program(buyer()), Program(supplier())
    made = [rfq(ours.actor) for _ in range(5)]
    for each in made:
        quote(each, theirs.actor)

    for who, path in ((ours, "/rfqs?view=own"), (theirs, "/rfqs?view=open"), (theirs, "/quotes?x=1")):
        seen, cursor = [], ""
        while cursor is not None:
            page = who.get(f"{path}&limit=2&cursor={cursor}").json()
            seen += [row["id"] for row in page["items"]]
            cursor = page["next_cursor"]
        assert len(seen) == len(set(seen)) == 5
        for bad in ("limit=0", "limit=101", "limit=-1", "cursor=forged"):
            assert who.get(f"{path}&{bad}").status_code == 422
    assert ours.get("/rfqs?view=all").status_code == 422


def test_an_inquiry_opens_a_thread_that_both_sides_read_and_write():
    ours, theirs = Program(buyer()), Program(supplier())
    offer = make.offer(make.Company.objects.get(pk=theirs.actor.company_id))

    asked_it = ours.post("/inquiries", {"offer_id": str(offer.pk), "text": "Mail me: a@b.example", "quantity": "500"})
    thread_id = asked_it.json()["thread_id"]
    listed = theirs.get("/threads").json()["items"]
    read = theirs.get(f"/threads/{thread_id}").json()
    answered = theirs.post(f"/threads/{thread_id}/messages", {"text": "Yes"})
    marked = ours.post(f"/threads/{thread_id}/read").json()

    assert asked_it.status_code == 201
    assert [(row["id"], row["unread"]) for row in listed] == [(thread_id, True)]
    assert [(row["text"], row["bait"]) for row in read["messages"]] == [("Mail me: a@b.example", ["email"])]
    assert (answered.status_code, marked["unread"]) == (201, False)
    stranger = Program(supplier())
    assert stranger.get(f"/threads/{thread_id}").status_code == 404
    assert stranger.post(f"/threads/{thread_id}/messages", {"text": "hi"}).status_code == 404
    assert stranger.post(f"/threads/{thread_id}/read").status_code == 404
    assert theirs.post(f"/threads/{thread_id}/messages", {"text": ""}).status_code == 422
    assert theirs.post(f"/threads/{thread_id}/messages", {"text": "x" * 5001}).status_code == 422
    assert Message.objects.count() == 2


def test_roles_hold_for_programs_too():
    company = make.company()
    viewer = make.member(company, "viewer")
    looks = Program(make.actor(company, "viewer", who=viewer))
    to = rfq()

    assert looks.get(f"/rfqs/{to.pk}").status_code == 200
    assert looks.post("/rfqs", asked()).status_code == 403
    assert looks.post(f"/rfqs/{to.pk}/quotes", quoted()).status_code == 403
    assert Client().get("/api/v1/rfqs").status_code == 401
