"""Pages of trade credit: granting, agreeing, what is owed by age, repaying; and the page that shows the ways to pay."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from everfair.base import clock
from everfair.base.money import Money
from everfair.payments.actions import change_credit_limit
from everfair.payments.models import CreditLine, Intent
from everfair.trade.actions import pay_stage, receive_order, ship_order
from everfair.trade.reactions import money_arrived
from tests import make
from tests.companies.signing_in import browser
from tests.payments.on_credit import days_pass, dues, fresh, funded_on_credit, granted, in_wallet, nothing_is_wrong
from tests.payments.test_pages import as_member, send, text_of
from tests.trade.programs import program
from tests.trade.programs import send as call

pytestmark = pytest.mark.django_db


def delivered(net_days: int = 30) -> tuple[make.Trade, CreditLine]:
    trade, line = funded_on_credit(net_days=net_days)
    ship_order(trade.order.pk, make.CONSIGNMENT | {"handed_over_on": clock.now().date()}, by=trade.seller)
    receive_order(trade.order.pk, by=trade.buyer)
    return trade, line


def test_a_seller_grants_from_the_buyers_record_and_the_buyer_agrees():
    trade = make.trade("agreed")
    selling, buying = as_member(trade.order.seller, "owner"), as_member(trade.order.buyer, "finance")

    record = selling.get(f"/en/buyers/{trade.order.buyer.number}/").content.decode()
    address = f"/en/credit/new/?buyer={trade.order.buyer.number}"
    assert f'href="{address}"' in record
    made = send(selling, address, limit="5000.00", currency="USD", net_days="45")
    line = CreditLine.objects.get()
    assert (made.status_code, made["Location"]) == (302, f"/en/credit/{line.pk}/")
    assert "repays it within 45 days" in text_of(buying.get(f"/en/credit/{line.pk}/"))
    send(buying, f"/en/credit/{line.pk}/agree/")

    assert (fresh(line).state, line.limit_minor, line.net_days) == ("agreed", 500000, 45)
    assert "In force" in text_of(selling.get("/en/credit/"))
    assert "USD 5,000.00" in text_of(buying.get("/en/credit/"))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"limit": "", "currency": "USD", "net_days": "30"}, "limit"),
        ({"limit": "1,00", "currency": "USD", "net_days": "30"}, "limit"),
        ({"limit": "0", "currency": "USD", "net_days": "30"}, "limit"),
        ({"limit": "-5", "currency": "USD", "net_days": "30"}, "limit"),
        ({"limit": "5.001", "currency": "USD", "net_days": "30"}, "limit"),
        ({"limit": "99999999999999", "currency": "USD", "net_days": "30"}, "limit"),
        ({"limit": "5", "currency": "XXQ", "net_days": "30"}, "currency"),
        ({"limit": "5", "currency": "USD", "net_days": "0"}, "net_days"),
        ({"limit": "5", "currency": "USD", "net_days": "181"}, "net_days"),
        ({"limit": "5", "currency": "USD", "net_days": "3.5"}, "net_days"),
        ({"limit": "5", "currency": "USD", "net_days": "٣٠"}, "net_days"),
    ],
)
def test_wrong_terms_are_said_beside_their_field(typed, field):
    trade = make.trade("agreed")
    answer = send(as_member(trade.order.seller), f"/en/credit/new/?buyer={trade.order.buyer.number}", **typed)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not CreditLine.objects.exists()


@pytest.mark.parametrize("buyer", ["", "x", "0", "99999999", "٣", "1" * 30])
def test_nobody_is_granted_credit_unknown(buyer):
    assert as_member(make.company()).get(f"/en/credit/new/?buyer={buyer}").status_code == 404


def test_a_second_line_is_refused_on_the_page():
    trade = make.trade("agreed")
    granted(trade)
    answer = send(
        as_member(trade.order.seller),
        f"/en/credit/new/?buyer={trade.order.buyer.number}",
        limit="5",
        currency="USD",
        net_days="30",
    )
    assert answer.status_code == 422
    assert "There is trade credit for this buyer in this currency already." in text_of(answer)


def test_the_limit_is_changed_and_a_wrong_one_is_said():
    line = granted(make.trade("agreed"))
    selling = as_member(line.seller)
    wrong = send(selling, f"/en/credit/{line.pk}/limit/", limit="abc")
    same = send(selling, f"/en/credit/{line.pk}/limit/", limit="1000")
    done = send(selling, f"/en/credit/{line.pk}/limit/", limit="750.50")
    assert (wrong.status_code, same.status_code, done.status_code) == (422, 422, 302)
    assert 'id="id_limit_error"' in wrong.content.decode()
    assert fresh(line).limit_minor == 75050
    assert "USD 1,000.00" in text_of(selling.get(f"/en/credit/{line.pk}/"))  # what it was


def test_buttons_are_what_each_side_may_do():
    trade = make.trade("agreed")
    line = granted(trade, agreed=False)

    def buttons(of: Any, *roles: str) -> list[str]:
        main = re.search(r"<main.*</main>", as_member(of, *roles).get(f"/en/credit/{line.pk}/").content.decode(), re.S)[0]
        return re.findall(r'action="/en/credit/[^/]*/([a-z]+)/"', main)

    assert buttons(trade.order.buyer, "owner") == ["agree", "close"]
    assert buttons(trade.order.buyer, "buyer") == []
    assert buttons(trade.order.seller, "owner") == ["close", "limit"]
    send(as_member(trade.order.buyer), f"/en/credit/{line.pk}/agree/")
    assert buttons(trade.order.seller, "finance") == ["pause", "close", "limit"]
    send(as_member(trade.order.seller), f"/en/credit/{line.pk}/pause/")
    assert buttons(trade.order.seller, "owner") == ["resume", "close", "limit"]
    send(as_member(trade.order.seller), f"/en/credit/{line.pk}/close/")
    assert buttons(trade.order.seller, "owner") == []
    assert as_member(trade.order.seller).post(f"/en/credit/{line.pk}/forgive/", {"_key": "x"}).status_code == 404


def test_the_page_of_a_payment_shows_the_ways_and_credit_pays():
    trade = make.trade("agreed")
    line = granted(trade)
    buying = as_member(trade.order.buyer)
    intent = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))

    shown = buying.get(f"/en/payments/{intent.pk}/")
    assert "Left of it: USD 1,000.00; each payout is owed for 30 days." in text_of(shown)
    assert "Free in the wallet: USD 0.00. Not open for this payment." in text_of(shown)
    answer = send(buying, f"/en/payments/{intent.pk}/pay/credit/")
    money_arrived(make.captured(intent))

    assert (answer.status_code, answer["Location"]) == (302, f"/en/orders/{trade.order.pk}/")
    assert fresh(line).drawn_minor == 12600
    assert "Paid on trade credit" in text_of(buying.get(f"/en/payments/{intent.pk}/"))
    assert "on trade credit · held USD 126.00" in text_of(buying.get(f"/en/orders/{trade.order.pk}/"))


def test_what_is_not_open_is_said_on_the_page_and_changes_nothing():
    trade = make.trade("agreed")
    intent = Intent.objects.get(pk=pay_stage(trade.stage(1).pk, by=trade.buyer))
    buying = as_member(trade.order.buyer)
    short = send(buying, f"/en/payments/{intent.pk}/pay/wallet/")
    none = send(buying, f"/en/payments/{intent.pk}/pay/credit/")
    assert (short.status_code, none.status_code) == (409, 409)
    assert "There is not enough money in this account." in text_of(short)
    assert "This seller gives you no trade credit in this currency." in text_of(none)
    assert send(buying, f"/en/payments/{intent.pk}/pay/barter/").status_code == 404
    assert send(buying, f"/en/payments/{intent.pk}/pay/card/")["Location"] == f"/en/payments/{intent.pk}/go/"
    intent.refresh_from_db()
    assert intent.state == "created"


def test_what_is_owed_is_repaid_from_its_page():
    trade, line = delivered()
    buying = as_member(trade.order.buyer)
    make.fill(trade.order.buyer_id, Money.of("500.00", "USD"))
    due = dues(line)[0]
    assert f"Order {trade.order.reference}, stage 1" in text_of(buying.get("/en/credit/"))

    opened = send(buying, f"/en/credit/dues/{due.pk}/pay/")
    intent = Intent.objects.get(purpose=due.pk)
    assert opened["Location"] == f"/en/payments/{intent.pk}/"
    assert "It goes to the seller at once." in text_of(buying.get(f"/en/payments/{intent.pk}/"))
    paid = send(buying, f"/en/payments/{intent.pk}/pay/wallet/")
    from everfair.payments import reactions

    reactions.money_for_a_debt(make.captured(intent))

    assert paid["Location"] == f"/en/credit/{line.pk}/"
    assert (in_wallet(trade.order.buyer_id), in_wallet(trade.order.seller_id)) == (50000 - 12600, 12348)
    assert "Trade credit repaid by the buyer" in text_of(as_member(trade.order.seller).get("/en/wallet/"))
    assert nothing_is_wrong()


def test_ageing_for_the_seller_and_lateness_for_the_buyer():
    trade, line = delivered(net_days=10)
    days_pass(10 + 35)
    selling = text_of(as_member(trade.order.seller).get("/en/credit/"))
    assert "31–60 days late" in selling
    assert "Overdue" in selling
    assert "35 days late" in text_of(as_member(trade.order.buyer).get("/en/credit/"))
    assert "nothing new is drawn until it is repaid" in text_of(as_member(trade.order.buyer).get(f"/en/credit/{line.pk}/"))
    desk = text_of(browser(make.person(is_staff_member=True, staff_roles=["operator"])).get("/en/office/credit/"))
    assert trade.order.seller.name in desk
    assert "USD 420.00" in desk


def test_the_pages_ask_as_often_for_many_as_for_one():
    trade, line = delivered()
    selling, buying = as_member(trade.order.seller), as_member(trade.order.buyer)
    asked = [(selling, "/en/credit/"), (buying, "/en/credit/"), (selling, f"/en/credit/{line.pk}/")]
    asked.append((browser(make.person(is_staff_member=True, staff_roles=["operator"])), "/en/office/credit/"))

    def count() -> list[int]:
        counted = []
        for who, address in asked:
            who.get(address)
            with CaptureQueriesContext(connection) as seen:
                who.get(address)
            counted.append(len(seen))
        return counted

    one = count()
    for currency in ("EUR", "CNY", "JPY"):
        granted(trade, "500" if currency == "JPY" else "5.00", currency=currency)
    change_credit_limit(line.pk, Money.of("2000.00", "USD"), by=trade.seller)
    delivered()

    assert count() == one
    assert max(one) <= 16


def test_no_page_speaks_half_a_language():
    trade, line = delivered(net_days=3)
    days_pass(20)
    for language in ("zh-hant", "zh-hans"):
        for who in (trade.order.seller, trade.order.buyer):
            for address in ("credit/", f"credit/{line.pk}/"):
                assert as_member(who).get(f"/{language}/{address}").status_code == 200


# ── programs ──


def test_a_program_grants_agrees_pays_and_repays():
    trade = make.trade("agreed")
    selling, buying = program(trade.order.seller), program(trade.order.buyer)

    made = call(
        selling, "post", "/credits", {"buyer": trade.order.buyer.number, "limit": "500.00", "currency": "USD", "net_days": 14}
    )
    assert (made.status_code, made.json()["state"], made.json()["limit"]) == (
        201,
        "offered",
        {"amount": "500.00", "currency": "USD"},
    )
    credit = made.json()["id"]
    assert call(buying, "post", f"/credits/{credit}/agree", {}).json()["state"] == "agreed"
    paid = call(buying, "post", f"/orders/{trade.order.pk}/stages/1/pay")
    assert call(buying, "post", f"/payments/{paid.json()['payment']}/pay", {"method": "credit"}).status_code == 200
    intent = Intent.objects.get(pk=paid.json()["payment"])
    money_arrived(make.captured(intent))
    second = call(buying, "post", f"/orders/{trade.order.pk}/stages/2/pay")
    ways = buying.get(f"/api/v1/payments/{second.json()['payment']}/ways").json()
    assert [(row["method"], row["open"], row["at_once"]) for row in ways] == [
        ("card", True, False), ("bank", True, False), ("credit", True, True), ("wallet", False, True),
    ]  # fmt: skip
    done = call(buying, "post", f"/payments/{second.json()['payment']}/pay", {"method": "credit"})
    assert (done.status_code, done.json()["state"]) == (200, "captured")
    money_arrived(make.captured(Intent.objects.get(pk=second.json()["payment"])))
    ship_order(trade.order.pk, make.CONSIGNMENT | {"handed_over_on": clock.now().date()}, by=trade.seller)
    receive_order(trade.order.pk, by=trade.buyer)

    shown = selling.get(f"/api/v1/credits/{credit}").json()
    assert (shown["owed"]["amount"], shown["left"]["amount"], shown["ages"]["current"]["amount"]) == ("420.00", "80.00", "420.00")
    [first, _second] = buying.get(f"/api/v1/credits/{credit}/dues").json()
    assert (first["amount"]["amount"], first["state"], first["late_days"]) == ("126.00", "open", 0)
    make.fill(trade.order.buyer_id, Money.of("126.00", "USD"))
    opened = call(buying, "post", f"/credits/dues/{first['id']}/pay")
    assert opened.status_code == 201
    done = call(buying, "post", f"/payments/{opened.json()['payment']}/pay", {"method": "wallet"})
    assert (done.status_code, done.json()["state"]) == (200, "captured")


def test_a_program_is_told_what_is_wrong():
    trade = make.trade("agreed")
    selling, buying = program(trade.order.seller), program(trade.order.buyer)
    good = {"buyer": trade.order.buyer.number, "limit": "500.00", "currency": "USD", "net_days": 14}
    for change, status in (
        ({"limit": "0"}, 422), ({"limit": "5.001"}, 422), ({"limit": 5}, 422), ({"currency": "XXQ"}, 422), ({"net_days": 0}, 422),
        ({"net_days": 181}, 422), ({"buyer": make.company().number}, 404), ({"buyer": trade.order.seller.number}, 404), ({"more": 1}, 422),
    ):  # fmt: skip
        assert call(selling, "post", "/credits", good | change).status_code == status, change
    assert not CreditLine.objects.exists()
    intent = pay_stage(trade.stage(1).pk, by=trade.buyer)
    assert call(buying, "post", f"/payments/{intent}/pay", {"method": "barter"}).status_code == 422
    refused = call(buying, "post", f"/payments/{intent}/pay", {"method": "credit"})
    assert (refused.status_code, refused.json()["code"]) == (409, "payments.no_credit")


def test_other_companies_find_nothing():
    _trade, line = delivered()
    stranger: Client = program(make.company())
    assert stranger.get("/api/v1/credits").json() == []
    assert stranger.get(f"/api/v1/credits/{line.pk}").status_code == 404
    assert stranger.get(f"/api/v1/credits/{line.pk}/dues").status_code == 404
    assert call(stranger, "post", f"/credits/dues/{dues(line)[0].pk}/pay").status_code == 404
