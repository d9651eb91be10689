"""What a finance clerk's program reads: the statement of some days, its file, what is kept back, what payers' banks took, credit by age."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from everfair.base import clock
from everfair.base.money import Money
from everfair.markets.actions import set_rule
from everfair.markets.table import DEFAULT_MARKET
from everfair.payments.actions import take_event
from everfair.payments.models import Chargeback, Intent, Reserve
from tests import make
from tests.payments.on_credit import funded_on_credit, granted, on_credit
from tests.trade.programs import program

pytestmark = pytest.mark.django_db


def queries_of(who: Client, path: str) -> int:
    """Once what is kept for a while is there."""
    who.get(f"/api/v1{path}")
    with CaptureQueriesContext(connection) as seen:
        assert who.get(f"/api/v1{path}").status_code == 200, path
    return len(seen.captured_queries)


def paged(who: Client, path: str, size: int = 2) -> list[dict[str, Any]]:
    """Page after page."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        answer = who.get(f"/api/v1{path}{'&' if '?' in path else '?'}limit={size}&cursor={cursor}")
        assert answer.status_code == 200, answer.content
        found += answer.json()["items"]
        cursor = answer.json()["next_cursor"]
        if not cursor:
            return found


class TestTheStatement:
    def test_it_is_of_the_days_that_are_asked_for(self):
        trade = make.trade("completed")
        selling, day = program(trade.order.seller), clock.now().date()
        clock.advance(timedelta(days=1))
        make.fill(trade.order.seller_id, Money.of("5.00", "USD"))

        whole = selling.get("/api/v1/wallet/USD/statement").json()["items"]
        first = paged(selling, f"/wallet/USD/statement?to_on={day}")
        second = paged(selling, f"/wallet/USD/statement?from_on={day + timedelta(days=1)}")

        assert (len(whole), first, second) == (3, whole[1:], whole[:1])
        assert [row["balance"]["amount"] for row in second] == ["416.60"]
        wrong = selling.get(f"/api/v1/wallet/USD/statement?from_on={day}&to_on={day - timedelta(days=1)}")
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "to_on")

    def test_its_file_has_the_same_lines(self):
        trade = make.trade("completed")
        selling, day = program(trade.order.seller), clock.now().date()
        clock.advance(timedelta(days=1))
        make.fill(trade.order.seller_id, Money.of("5.00", "USD"))

        answer = selling.get(f"/api/v1/wallet/USD/statement.csv?to_on={day}")
        rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))

        assert answer["Content-Type"].startswith("text/csv")
        assert [(row[3], row[4], row[5]) for row in rows[1:]] == [("288.12", "411.60", "USD"), ("123.48", "123.48", "USD")]
        assert {row[2] for row in rows[1:]} == {trade.order.reference}
        assert selling.get("/api/v1/wallet/XXX/statement.csv").status_code == 404
        nothing = b"".join(program(make.company()).get("/api/v1/wallet/USD/statement.csv")).decode()
        assert len(nothing.splitlines()) == 1

    def test_it_costs_the_same_for_one_line_and_for_many(self):
        trade = make.trade("completed")
        selling = program(trade.order.seller)
        few = queries_of(selling, "/wallet/USD/statement")

        for _n in range(5):
            make.fill(trade.order.seller_id, Money.of("5.00", "USD"))

        assert queries_of(selling, "/wallet/USD/statement") == few


def charge_back(trade: make.Trade, n: int = 1) -> Chargeback:
    """The payer's bank takes the payment of this stage back."""
    intent = Intent.objects.get(purpose=trade.stage(n).pk)
    assert take_event("sandbox", *make.disputed(intent, ref=f"dsp_{n}")) == "applied"
    return Chargeback.objects.latest("id")


def charged_back() -> tuple[make.Trade, Chargeback]:
    trade = make.trade("completed")
    return trade, charge_back(trade)


class TestChargebacks:
    def test_each_side_sees_what_it_is_about_and_what_it_lost(self):
        trade, found = charged_back()

        [sold] = program(trade.order.seller).get("/api/v1/chargebacks").json()["items"]
        [bought] = program(trade.order.buyer).get("/api/v1/chargebacks").json()["items"]

        assert (sold["side"], sold["payment"], sold["state"]) == ("payee", None, "open")
        assert (bought["side"], bought["payment"]) == ("payer", str(found.intent_id))
        assert sold["amount"] == bought["amount"] == {"amount": "126.00", "currency": "USD"}
        assert (sold["taken"]["amount"], bought["taken"]["amount"]) == ("126.00", "0.00")
        assert trade.order.reference in sold["description"]
        assert program(trade.order.seller).get(f"/api/v1/chargebacks/{found.pk}").json() == sold

    def test_nobody_else_sees_it(self):
        _trade, found = charged_back()
        stranger = program(make.company())

        assert stranger.get("/api/v1/chargebacks").json()["items"] == []
        assert stranger.get(f"/api/v1/chargebacks/{found.pk}").status_code == 404

    def test_they_come_page_by_page_for_the_same_price(self):
        trade, _found = charged_back()
        selling = program(trade.order.seller)
        few = queries_of(selling, "/chargebacks")
        charge_back(trade, 2)

        seen = paged(selling, "/chargebacks", 1)

        newest_first = Chargeback.objects.order_by("-id").values_list("pk", flat=True)
        assert [row["id"] for row in seen] == [str(pk) for pk in newest_first]
        assert len(seen) == 2
        assert queries_of(selling, "/chargebacks") == few


def test_what_is_kept_back_is_listed_with_its_day():
    set_rule("payments.reserve_bps", DEFAULT_MARKET, Decimal(1000), None, "a test", make.operator())
    trade = make.trade("completed")

    rows = program(trade.order.seller).get("/api/v1/reserves").json()

    kept = list(Reserve.objects.order_by("release_at", "id"))
    assert [(row["id"], row["left"]["amount"]) for row in rows] == [(str(row.pk), f"{row.left.amount:f}") for row in kept]
    assert len(rows) > 0
    assert program(trade.order.buyer).get("/api/v1/reserves").json() == []


class TestCredit:
    def test_what_is_owed_is_summed_by_age_for_either_side(self):
        trade, _line = funded_on_credit()
        make.deliver(trade)
        clock.advance(timedelta(days=35))

        selling, buying = program(trade.order.seller), program(trade.order.buyer)
        [given] = selling.get("/api/v1/credits/ageing").json()
        [taken] = buying.get("/api/v1/credits/ageing?side=buyer").json()

        assert given == taken
        assert (given["currency"], given["owed"]["amount"], given["held"]["amount"]) == ("USD", "420.00", "0.00")
        assert (given["ages"]["current"]["amount"], given["ages"]["days_1_30"]["amount"]) == ("0.00", "420.00")
        assert buying.get("/api/v1/credits/ageing").json() == []

    def test_a_line_has_its_limits_and_draws(self):
        trade = make.trade("agreed")
        line = granted(trade, "1000.00")
        on_credit(trade, 1, 2)
        selling = program(trade.order.seller)

        assert [row["limit"]["amount"] for row in selling.get(f"/api/v1/credits/{line.pk}/limits").json()] == ["1000.00"]
        drawn = paged(selling, f"/credits/{line.pk}/draws")
        assert [(row["amount"]["amount"], row["held"]["amount"]) for row in drawn] == [("294.00", "294.00"), ("126.00", "126.00")]
        assert paged(program(trade.order.buyer), f"/credits/{line.pk}/draws") == drawn
        for path in ("limits", "draws"):
            assert program(make.company()).get(f"/api/v1/credits/{line.pk}/{path}").status_code == 404


@pytest.mark.parametrize("path", ["/chargebacks", "/reserves", "/wallet/USD/statement.csv", "/credits/ageing"])
def test_a_key_without_the_scope_reads_none_of_it(path: str):
    assert program(make.company(), "orders:read").get(f"/api/v1{path}").json()["code"] == "base.scope_missing"
    assert Client().get(f"/api/v1{path}").status_code == 401
