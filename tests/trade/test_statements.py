"""The statement of one order: what came into its escrows and what left them, the same for both sides."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.trade.programs import program

pytestmark = pytest.mark.django_db


def test_a_finished_order_tells_what_came_and_where_it_went():
    trade = make.trade("completed")
    path = f"/api/v1/orders/{trade.order.pk}/statement"

    told = program(trade.order.seller).get(path).json()

    sums = {row["n"]: {name: sum_["amount"] for name, sum_ in row.items() if name != "n"} for row in told["stages"]}
    assert sums[1] == {
        "funded": "126.00", "held": "0.00", "released": "123.48", "fees": "2.52", "refunded": "0.00", "lost": "0.00",
    }  # fmt: skip
    assert sum(Decimal(row["amount"]["amount"]) for row in told["items"]) == 0
    assert Counter((row["stage"], row["purpose"]) for row in told["items"]) == {
        (n, purpose): 1 for n in (1, 2) for purpose in ("fund", "release", "fee")
    }
    assert told["items"][0]["words"] == "Stage paid into escrow"
    assert program(trade.order.buyer).get(path).json() == told


def test_it_comes_page_by_page_and_for_the_same_price():
    trade = make.trade("completed")
    selling, path = program(trade.order.seller), f"/api/v1/orders/{trade.order.pk}/statement"
    whole = selling.get(path).json()["items"]
    seen, cursor = [], ""
    for _page in range(3):
        with CaptureQueriesContext(connection) as first:
            answer = selling.get(f"{path}?limit=2&cursor={cursor}").json()
        seen += answer["items"]
        cursor = answer["next_cursor"] or ""
    with CaptureQueriesContext(connection) as all_of_it:
        selling.get(path)

    assert (seen, cursor) == (whole, "")
    assert len(all_of_it) == len(first)


def test_an_order_that_nobody_paid_has_an_empty_one_and_strangers_find_none():
    trade = make.trade("agreed")
    path = f"/api/v1/orders/{trade.order.pk}/statement"

    told = program(trade.order.buyer).get(path).json()

    assert (told["items"], {row["funded"]["amount"] for row in told["stages"]}) == ([], {"0.00"})
    assert program(make.company()).get(path).status_code == 404
    assert program(trade.order.buyer, "orders:read").get(path).json()["code"] == "base.scope_missing"


def test_what_lies_in_escrow_is_summed_for_either_side():
    trade = make.trade("funded")

    held = [program(side).get("/api/v1/wallet/escrow").json() for side in (trade.order.buyer, trade.order.seller)]

    assert [(row["bought"]["amount"], row["sold"]["amount"]) for [row] in held] == [("420.00", "0.00"), ("0.00", "420.00")]
    assert program(make.company()).get("/api/v1/wallet/escrow").json() == []
