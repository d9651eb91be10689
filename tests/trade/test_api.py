"""Orders for programs: a whole trade, strangers, bad input, one effect for one key."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from everfair.base import clock
from everfair.base.models import Event
from everfair.companies.models import Company
from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance
from everfair.ledger.values import wallet
from everfair.payments.actions import take_event
from everfair.payments.models import Intent
from everfair.trade import reactions
from everfair.trade.models import Order, Stage
from tests import make
from tests.companies.signing_in import browser
from tests.trade import quoting
from tests.trade.programs import program, send

pytestmark = pytest.mark.django_db


def wish(offer: Any, quantity: Any = "1000", **changes: Any) -> dict[str, Any]:
    return {"lines": [{"offer": str(offer.pk), "quantity": quantity}], "incoterm": "FOB", "named_place": "Ningbo"} | changes


def consignment(**changes: Any) -> dict[str, Any]:
    return {
        "mode": "sea",
        "carrier": "Evergreen",
        "tracking_number": "EGLV1",
        "handed_over_on": clock.now().date().isoformat(),
        "package_count": 12,
        "packing_list": [{"line": 1, "quantity": "1000", "packages": 12, "marks": "EF 1-12"}],
    } | changes


def test_a_whole_trade_goes_through_the_api():
    seller, buyer = make.company(), make.company()
    goods = make.offer(seller)
    buying, selling = program(buyer), program(seller)

    read = buying.post("/api/v1/orders/preview", wish(goods), "application/json")
    assert read.status_code == 200
    assert Order.objects.count() == 0
    placed = send(
        buying, "post", "/orders", wish(goods, expected_total=read.json()["total"], draft_hash=read.json()["draft_hash"])
    )
    assert placed.status_code == 201
    order = f"/orders/{placed.json()['id']}"
    assert placed.json()["total"] == {"amount": "420.00", "currency": "USD"}
    asked = selling.get(f"/api/v1{order}").json()
    assert (asked["moves"], asked["standing"]["yours"]) == (["sign", "decline", "cancel"], True)
    signed = send(selling, "post", f"{order}/sign", {"terms_hash": asked["terms_hash"]})
    assert (signed.status_code, signed.json()["agreement"]) == (200, "agreed")
    for n in (1, 2):
        paying = send(buying, "post", f"{order}/stages/{n}/pay")
        assert paying.status_code == 201
        intent = Intent.objects.get(pk=paying.json()["payment"])
        assert buying.get(f"/api/v1/payments/{intent.pk}").json()["state"] == "created"
        take_event("sandbox", *make.told(intent))
        reactions.money_arrived(make.captured(intent))
    shipped = send(selling, "post", f"{order}/ship", consignment())
    assert shipped.json()["consignment"]["tracking_number"] == "EGLV1"
    received = send(buying, "post", f"{order}/receive")

    assert (received.status_code, received.json()["agreement"], received.json()["moves"]) == (200, "completed", [])
    assert selling.get("/api/v1/wallet").json()[0]["free"] == {"amount": "411.60", "currency": "USD"}
    assert [proof for proof in prove() if proof.breach] == []


def test_the_answer_of_placing_and_of_signing_is_the_order_as_it_is_read_afterwards():
    """Each is made of what the verb returned, not of a row read again."""
    seller = make.company()
    buying, selling = program(make.company()), program(seller)

    placed = send(buying, "post", "/orders", wish(make.offer(seller)))
    at = f"/orders/{placed.json()['id']}"
    afterwards = buying.get(f"/api/v1{at}")
    signed = send(selling, "post", f"{at}/sign", {"terms_hash": placed.json()["terms_hash"]})

    assert to_the_millisecond(placed) == to_the_millisecond(afterwards)
    assert to_the_millisecond(signed) == to_the_millisecond(selling.get(f"/api/v1{at}"))


def to_the_millisecond(answer: Any) -> Any:
    """Only what is read says its moments shorter."""
    return json.loads(re.sub(r"(T[0-9:]{8}\.\d{3})\d{3}Z", r"\1Z", answer.content.decode()))


CLAIM = {
    "lines": [{"line": 1, "reason": "not_received"}], "remedy": "refund", "amount": {"amount": "420.00", "currency": "USD"}, "text": "no",
}  # fmt: skip


def calls(order: Order) -> list[tuple[str, str, Any]]:
    at = f"/orders/{order.pk}"
    return [
        ("get", at, None),
        ("get", f"{at}/contract.pdf", None),
        ("post", f"{at}/sign", {"terms_hash": order.terms_hash}),
        ("post", f"{at}/decline", {"reason": "no"}),
        ("post", f"{at}/cancel", {"reason": "no"}),
        ("post", f"{at}/call-off", {"reason": "no"}),
        ("post", f"{at}/stages/1/pay", None),
        ("post", f"{at}/ship", consignment()),
        ("post", f"{at}/receive", None),
        ("post", f"{at}/claims", CLAIM),
        ("post", f"{at}/withdraw-report", None),
    ]


def call(who: Client, method: str, path: str, body: Any) -> Any:
    return who.get(f"/api/v1{path}") if method == "get" else send(who, method, path, body)


@pytest.mark.parametrize("state", ["offered", "agreed", "shipped"])
def test_another_companys_order_is_not_there_and_nothing_changes(state):
    """B63."""
    trade = make.trade(state)
    stranger = program(make.company())
    before = (list(Order.objects.values()), list(Stage.objects.values()), Event.objects.count(), Intent.objects.count())

    answers = [call(stranger, *wanted) for wanted in calls(trade.order)]

    assert {answer.status_code for answer in answers} == {404}
    assert {answer["Content-Type"] for answer in answers} == {"application/problem+json"}
    assert (list(Order.objects.values()), list(Stage.objects.values()), Event.objects.count(), Intent.objects.count()) == before
    assert stranger.get("/api/v1/orders").json()["items"] == []


def test_nobody_and_keys_without_the_scope_are_kept_out():
    trade = make.trade("agreed")
    reader = program(trade.order.buyer, "orders:read")

    assert {call(Client(), *wanted).status_code for wanted in calls(trade.order)} == {401}
    codes = [call(reader, *wanted).status_code for wanted in calls(trade.order)]
    assert codes == [200, 200] + [403] * 9
    assert send(reader, "post", "/orders", wish(make.offer(trade.order.seller))).json()["code"] == "base.scope_missing"


@pytest.mark.parametrize(
    ("role", "pays", "places"), [("viewer", 403, 403), ("finance", 201, 403), ("buyer", 201, 201), ("seller", 403, 403)]
)
def test_roles_hold_for_sessions(role, pays, places):
    trade = make.trade("agreed")
    clerk = browser(make.member(trade.order.buyer, role))

    assert send(clerk, "post", f"/orders/{trade.order.pk}/stages/1/pay").status_code == pays
    assert send(clerk, "post", "/orders", wish(make.offer(trade.order.seller))).status_code == places


@pytest.mark.parametrize(
    "quantity",
    [
        -1,
        0,
        "0",
        "-1",
        "-0.00",
        "1e3",
        "1E400",
        "NaN",
        "Infinity",
        "0x10",
        "1_000",
        " 1 ",
        "1,234.56",
        "1.234,56",
        "１００",
        "١٠٠",
        "一百",
        "9" * 20,
        1000,
        0.1,
        True,
        None,
        ["1000"],
        {"a": 1},
        "100.5",
        "100.0001",
    ],
)
def test_a_quantity_is_never_guessed(quantity):
    """B21, B23 to B27, B30, B65."""
    buyer = make.company()

    answer = send(program(buyer), "post", "/orders", wish(make.offer(make.company()), quantity))

    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert Order.objects.count() == 0


@pytest.mark.parametrize(
    "change",
    [
        {"price": "0.01"}, {"total": "1"}, {"status": "agreed"}, {"buyer_id": "x"}, {"seller": "x"}, {"currency": "EUR"}, {"is_staff": True},
        {"lines": []}, {"lines": "all"}, {"incoterm": "DAT"}, {"incoterm": "fob"}, {"incoterm": None}, {"named_place": ""}, {"named_place": "   "},
        {"named_place": "a\u202eb"}, {"named_place": "x" * 121}, {"named_place": ["Ningbo"]}, {"named_place": "a\u0000b"},
        {"ship_by": "2026-02-30"}, {"ship_by": "0001-01-01"}, {"ship_by": "9999-12-31"}, {"ship_by": "31.12.2026"}, {"ship_by": True},
        {"remarks": "x" * 2001}, {"remarks": "a\u202eb"}, {"expected_total": "420"}, {"expected_total": {"amount": "4e2", "currency": "USD"}},
        {"expected_total": {"amount": "420.00", "currency": "usd"}}, {"expected_total": {"amount": "420.001", "currency": "USD"}},
        {"draft_hash": "none"},
    ],
)  # fmt: skip
def test_what_may_not_be_said_is_refused_and_nothing_is_written(change):
    """B22, B28, B30, B39, B41, B43, B48, B65, B69, I19."""
    body = wish(make.offer(make.company()))

    answer = send(program(make.company()), "post", "/orders", body | change)

    assert answer.status_code == (400 if "\0" in str(change.get("named_place")) else 422), answer.content
    assert Order.objects.count() == 0


def test_a_line_says_neither_price_nor_total():
    """B31, B69."""
    goods = make.offer(make.company())
    body = wish(goods)
    body["lines"][0]["unit_price"] = "0.01"

    assert send(program(make.company()), "post", "/orders", body).status_code == 422


@pytest.mark.parametrize("raw", [b'{"lines":[],"lines":[]}', b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"{}"])
def test_a_body_that_is_no_order_is_refused(raw):
    """B27, B40."""
    answer = program(make.company()).post("/api/v1/orders", raw, "application/json", headers={"Idempotency-Key": "k"})

    assert answer.status_code in (400, 422)
    assert Order.objects.count() == 0


def test_an_unknown_offer_and_a_draft_are_not_there():
    """B63."""
    draft = make.offer(make.company(), state="draft")
    buying = program(make.company())

    assert send(buying, "post", "/orders", wish(draft)).status_code == 404
    for wrong in ("not-an-id", 7, ["x"], str(draft.pk) + "0"):
        body = wish(draft)
        body["lines"][0]["offer"] = wrong
        assert send(buying, "post", "/orders", body).status_code == 422


@pytest.mark.parametrize(
    ("quantity", "status"), [("99", 422), ("100", 201), ("101", 201), ("999", 201), ("1000", 201), ("150.5", 422)]
)
def test_the_least_quantity_holds(quantity, status):
    """B34."""
    goods = make.offer(make.company())

    assert send(program(make.company()), "post", "/orders", wish(goods, quantity)).status_code == status


def test_a_price_that_changed_since_the_preview_is_a_conflict():
    goods = make.offer(make.company())
    buying = program(make.company())
    read = buying.post("/api/v1/orders/preview", wish(goods), "application/json").json()
    goods.tiers = [["100", "0.60"]]
    goods.save()

    by_total = send(buying, "post", "/orders", wish(goods, expected_total=read["total"]))
    by_hash = send(buying, "post", "/orders", wish(goods, draft_hash=read["draft_hash"]))

    assert (by_total.status_code, by_total.json()["code"]) == (409, "trade.price_changed")
    assert (by_hash.status_code, by_hash.json()["code"]) == (409, "trade.other_terms")
    assert Order.objects.count() == 0


def test_one_key_places_one_order_and_another_body_is_refused():
    """B77, B78."""
    goods = make.offer(make.company())
    buying = program(make.company())

    first, second = (send(buying, "post", "/orders", wish(goods), key="one") for _n in range(2))
    other = send(buying, "post", "/orders", wish(goods, "2000"), key="one")

    assert (first.status_code, second.status_code, first.json()) == (201, 201, second.json())
    assert (other.status_code, other.json()["code"]) == (422, "base.key_reused")
    assert Order.objects.count() == 1
    without = buying.post("/api/v1/orders", wish(goods), "application/json")
    assert (without.status_code, without.json()["code"]) == (422, "base.key_missing")


@pytest.mark.parametrize("hash_", ["0" * 64, "", "x", None, 7])
def test_a_signature_is_over_the_hash_that_was_read(hash_):
    """B83."""
    trade = make.trade()

    answer = send(program(trade.order.seller), "post", f"/orders/{trade.order.pk}/sign", {"terms_hash": hash_})

    assert answer.status_code in (409, 422)
    assert trade.fresh().agreement == "offered"


@pytest.mark.parametrize(
    "change",
    [
        {"package_count": 0},
        {"package_count": "12"},
        {"package_count": True},
        {"mode": "balloon"},
        {"carrier": "  "},
        {"handed_over_on": "2031-01-01"},
        {"gross_weight_kg": "-1"},
        {"gross_weight_kg": 1.5},
        {"packing_list": [{"line": 1, "quantity": "1", "packages": 1, "price": 1}]},
        {"consignee_id": "x"},
    ],
)
def test_a_consignment_is_described_truly(change):
    """B23, B69."""
    trade = make.trade("funded")

    answer = send(program(trade.order.seller), "post", f"/orders/{trade.order.pk}/ship", consignment(**change))

    assert answer.status_code == 422
    assert trade.fresh().goods == "awaiting"


def test_a_stage_that_is_not_there_cannot_be_paid():
    trade = make.trade("agreed")
    buying = program(trade.order.buyer)

    for n in (0, 3, 10**9):
        assert send(buying, "post", f"/orders/{trade.order.pk}/stages/{n}/pay").status_code == 404
    assert send(buying, "post", f"/orders/{trade.order.pk}/stages/2/pay").status_code == 409
    assert Intent.objects.count() == 0


def test_a_cancelled_order_takes_no_payment():
    """B84."""
    trade = make.trade("agreed")
    buying = program(trade.order.buyer)
    send(buying, "post", f"/orders/{trade.order.pk}/cancel", {"reason": "changed my mind"})

    answer = send(buying, "post", f"/orders/{trade.order.pk}/stages/1/pay")

    assert answer.status_code == 409
    assert Intent.objects.count() == 0


def test_a_payment_of_a_cancelled_order_comes_back_to_the_wallet():
    """B84."""
    trade = make.trade("agreed")
    buying = program(trade.order.buyer)
    paying = send(buying, "post", f"/orders/{trade.order.pk}/stages/1/pay").json()["payment"]
    send(buying, "post", f"/orders/{trade.order.pk}/cancel", {"reason": "changed my mind"})
    intent = Intent.objects.get(pk=paying)

    take_event("sandbox", *make.told(intent))
    reactions.money_arrived(make.captured(intent))

    assert balance(wallet(trade.order.buyer_id, "USD"), "USD").posted.minor == 12600
    assert [proof for proof in prove() if proof.breach] == []


def test_lists_go_on_by_their_cursor_and_refuse_what_is_not_theirs():
    """B94."""
    trade = make.trade()
    goods = make.offer(trade.order.seller)
    buying = program(trade.order.buyer)
    send(buying, "post", "/orders", wish(goods))

    first = buying.get("/api/v1/orders?limit=1").json()
    rest = buying.get("/api/v1/orders", {"limit": 1, "cursor": first["next_cursor"]}).json()

    assert [row["number"] for row in first["items"] + rest["items"]] == [o.reference for o in Order.objects.order_by("-number")]
    assert rest["next_cursor"] is None
    for query in ("limit=0", "limit=101", "limit=1e9", "cursor=forged", "side=both", "side=' OR 1=1"):
        assert buying.get(f"/api/v1/orders?{query}").status_code == 422


def test_a_quote_is_awarded_by_its_buyer_once():
    quote, buyer, seller = quoting.quote()
    buying, selling = (program(Company.objects.get(pk=side.company_id)) for side in (buyer, seller))
    read = send(buying, "post", f"/quotes/{quote.pk}/award/preview", {})

    strange = [send(who, "post", f"/quotes/{quote.pk}/award", {}).status_code for who in (selling, program(make.company()))]
    cheap = send(buying, "post", f"/quotes/{quote.pk}/award", {"total": "1"})
    first = send(buying, "post", f"/quotes/{quote.pk}/award", {"draft_hash": read.json()["draft_hash"]})
    second = send(buying, "post", f"/quotes/{quote.pk}/award", {})

    assert (strange, cheap.status_code) == ([404, 404], 422)
    assert (first.status_code, first.json()["total"]) == (201, {"amount": "425.00", "currency": "USD"})
    assert first.json()["charges"] == [{"kind": "freight", "label": "", "amount": {"amount": "25.00", "currency": "USD"}}]
    assert second.status_code == 409
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    ("rate", "stages"), [("0", ["425.00"]), ("1", ["425.00"]), ("0.3", ["127.50", "297.50"]), ("0.3333", ["141.65", "283.35"])]
)
def test_the_stages_of_a_quote_sum_to_its_total(rate, stages):
    """B38."""
    quote, buyer, _seller = quoting.quote(deposit_rate=Decimal(rate))

    made = send(program(Company.objects.get(pk=buyer.company_id)), "post", f"/quotes/{quote.pk}/award", {}).json()

    assert [stage["amount"]["amount"] for stage in made["stages"]] == stages


def test_the_contract_is_a_pdf():
    trade = make.trade("agreed")

    answer = program(trade.order.seller).get(f"/api/v1/orders/{trade.order.pk}/contract.pdf")

    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")


def test_the_document_of_the_api_names_every_verb():
    paths = json.loads(Client().get("/api/v1/openapi.json").content)["paths"]

    for verb in ("sign", "decline", "cancel", "call-off", "ship", "receive", "claims", "withdraw-report"):
        assert "post" in paths[f"/api/v1/orders/{{order_id}}/{verb}"]
