"""Money for programs."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from everfair.base.actor import SYSTEM
from everfair.base.money import Money
from everfair.companies.models import Company
from everfair.payments.actions import owe_company
from everfair.payments.models import BankAccount, Intent, Payout
from everfair.trade.actions import pay_stage
from tests import make
from tests.base.together import together
from tests.payments.test_batches import rich
from tests.trade.programs import program, send

IBAN = "DE89370400440532013000"
ACCOUNT = {"holder": "Aster GmbH", "account": IBAN, "bank_name": "Commerzbank", "country": "DE", "currency": "USD"}


def settled() -> tuple[make.Trade, Client, str]:
    """A finished trade, its seller's program, and the seller's bank account."""
    trade = make.trade("completed")
    selling = program(trade.order.seller)
    return trade, selling, str(make.bank_account(trade.seller).pk)


@pytest.mark.django_db
def test_the_wallet_its_statement_and_a_payout():
    trade, selling, account = settled()

    asked = send(selling, "post", "/payouts", {"bank_account": account, "amount": "400.00"})
    lines = selling.get("/api/v1/wallet/USD/statement").json()["items"]

    assert (asked.status_code, asked.json()["state"], asked.json()["amount"]) == (
        201,
        "approved",
        {"amount": "400.00", "currency": "USD"},
    )
    assert selling.get("/api/v1/wallet").json()[0]["free"] == {"amount": "11.60", "currency": "USD"}
    assert [(row["kind"], row["subject"], row["amount"]["amount"]) for row in lines] == [
        ("stage_release", trade.order.reference, "288.12"),
        ("stage_release", trade.order.reference, "123.48"),
    ]
    assert selling.get("/api/v1/payouts").json()["items"][0]["id"] == asked.json()["id"]
    assert selling.get(f"/api/v1/payouts/{asked.json()['id']}").json()["state"] == "approved"


@pytest.mark.django_db
def test_a_large_payout_is_approved_by_a_person_and_called_off_by_a_program():
    owner = rich()
    selling = program(Company.objects.get(pk=owner.company_id))
    account = str(make.bank_account(owner).pk)
    asked = send(selling, "post", "/payouts", {"bank_account": account, "amount": "15000.00"}).json()

    assert (asked["state"], asked["needs_second"], asked["moves"]) == ("requested", True, ["cancel"])
    assert send(selling, "post", f"/payouts/{asked['id']}/approve").status_code == 403
    assert send(program(make.company()), "post", f"/payouts/{asked['id']}/cancel").status_code == 404
    done = send(selling, "post", f"/payouts/{asked['id']}/cancel")
    assert (done.status_code, done.json()["state"], done.json()["moves"]) == (200, "cancelled", [])


@pytest.mark.django_db
def test_an_account_says_where_it_stands_and_what_is_owed_is_listed():
    firm = make.company(name="Aster GmbH")
    selling = program(firm)

    mine = send(selling, "post", "/bank-accounts", ACCOUNT).json()
    odd = send(selling, "post", "/bank-accounts", ACCOUNT | {"holder": "Jonas Brandt"}).json()
    refused = send(selling, "post", "/payouts", {"bank_account": mine["id"], "amount": "1.00"})
    owe_company(firm.pk, Money(500, "USD"), "provider:sandbox:clearing:USD", cause="c", reason="Chargeback", by=SYSTEM)

    assert (mine["state"], odd["state"]) == ("verified", "added")
    assert (refused.status_code, refused.json()["code"]) == (422, "payments.account_new")
    assert [(row["reason"], row["left"]["amount"], row["state"]) for row in selling.get("/api/v1/debts").json()] == [
        ("Chargeback", "5.00", "open")
    ]


@pytest.mark.django_db
def test_the_number_of_an_account_is_never_read_back():
    _trade, selling, account = settled()

    told = selling.get("/api/v1/bank-accounts")

    assert (told.json()[0]["ending"], IBAN in told.content.decode()) == ("3000", False)
    assert send(selling, "delete", f"/bank-accounts/{account}").status_code == 200
    assert selling.get("/api/v1/bank-accounts").json() == []


@pytest.mark.django_db
def test_other_companies_find_nothing():
    """B63, B67."""
    _trade, selling, account = settled()
    payout = send(selling, "post", "/payouts", {"bank_account": account, "amount": "1.00"}).json()["id"]
    open_one = make.trade("agreed")
    intent = pay_stage(open_one.stage(1).pk, by=open_one.buyer)
    stranger = program(make.company())
    before = Payout.objects.count()

    assert stranger.get(f"/api/v1/payments/{intent}").status_code == 404
    assert send(stranger, "post", f"/payments/{intent}/checkout").status_code == 404
    assert stranger.get(f"/api/v1/payouts/{payout}").status_code == 404
    assert send(stranger, "delete", f"/bank-accounts/{account}").status_code == 404
    assert send(stranger, "post", "/payouts", {"bank_account": account, "amount": "1.00"}).status_code == 404
    assert stranger.get("/api/v1/wallet").json() == []
    assert stranger.get("/api/v1/wallet/USD/statement").json()["items"] == []
    assert (Payout.objects.count(), BankAccount.objects.get(pk=account).removed_at) == (before, None)


@pytest.mark.django_db
def test_scopes_and_strangers_are_kept_out():
    trade, _selling, account = settled()
    reader = program(trade.order.seller, "money:read")
    trader = program(trade.order.seller, "orders:read", "orders:write")

    assert reader.get("/api/v1/wallet").status_code == 200
    assert send(reader, "post", "/payouts", {"bank_account": account, "amount": "1.00"}).status_code == 403
    assert trader.get("/api/v1/wallet").json()["code"] == "base.scope_missing"
    for path in ("wallet", "wallet/USD/statement", "bank-accounts", "payouts"):
        assert Client().get(f"/api/v1/{path}").status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize(
    "amount",
    [
        "-1",
        "0",
        "0.00",
        "0.001",
        "1e2",
        "1,00",
        "１００",
        "411.61",
        "NaN",
        "Infinity",
        "1_0",
        " 1",
        "9" * 30,
        "",
        1,
        1.5,
        True,
        None,
        ["1"],
    ],
)
def test_an_amount_is_never_guessed(amount):
    """B21 to B27, B65."""
    _trade, selling, account = settled()

    answer = send(selling, "post", "/payouts", {"bank_account": account, "amount": amount})

    assert answer.status_code in (409, 422), answer.content
    assert Payout.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [{"currency": "EUR"}, {"state": "paid"}, {"company_id": "x"}, {"bank_account": 7}, {"bank_account": [1]}]
)
def test_a_payout_says_only_where_and_how_much(change):
    """B65, B69."""
    _trade, selling, account = settled()

    assert send(selling, "post", "/payouts", {"bank_account": account, "amount": "1.00"} | change).status_code == 422
    assert Payout.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"account": "DE89370400440532013001"}, {"currency": "usd"}, {"currency": "XXX"}, {"country": "XX"}, {"holder": "a\u202eb"}, {"holder": ""}, {"company_id": "x"}, {"removed_at": None}])  # fmt: skip
def test_a_bank_account_is_checked(change):
    """B28, B41, B69."""
    answer = send(program(make.company()), "post", "/bank-accounts", ACCOUNT | change)

    assert (answer.status_code, BankAccount.objects.count()) == (422, 0)


@pytest.mark.django_db
def test_a_checkout_that_cannot_be_opened_says_when_to_come_again():
    trade = make.trade("agreed")
    intent = pay_stage(trade.stage(1).pk, by=trade.buyer)

    answer = send(program(trade.order.buyer), "post", f"/payments/{intent}/checkout")

    assert (answer.status_code, answer.json()["code"]) == (503, "payments.provider_down")
    assert int(answer["Retry-After"]) >= 1
    assert Intent.objects.get().state == "created"


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=1e9", "cursor=forged", "cursor=" + "x" * 500])
def test_lists_are_asked_for_within_bounds(query):
    """B94."""
    selling = program(make.company())

    for path in ("payouts", "wallet/USD/statement"):
        assert selling.get(f"/api/v1/{path}?{query}").status_code == 422
    assert selling.get("/api/v1/wallet/XXX/statement").status_code == 404


def test_fifty_identical_payouts_at_once_are_one(committed):
    """B77."""
    _trade, selling, account = settled()
    clients: list[Any] = [Client(headers={"Authorization": selling.defaults["HTTP_AUTHORIZATION"]}) for _n in range(50)]
    body = {"bank_account": account, "amount": "1.00"}

    answers = together([lambda who=who: send(who, "post", "/payouts", body, key="one") for who in clients])

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert Payout.objects.count() == 1
