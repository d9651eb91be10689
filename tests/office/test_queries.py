"""The files of a company, a trade and a rule: everything on one page, at a fixed price."""

from __future__ import annotations

from typing import Any

import pytest

from everfair.base.models import Event
from everfair.companies.actions import lift_stop, place_stop, withdraw_verification
from everfair.companies.models import Person
from everfair.companies.queries import actor_of_person
from everfair.trade.actions import open_issue
from tests import make
from tests.office.desk import asked, operator, send, signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> Person:
    return operator(name="Olga Operator")


@pytest.fixture
def office(by: Person) -> Any:
    return signed_in(by)


# ── companies ──


def test_companies_are_found_by_a_persons_address_and_by_its_domain(office: Any) -> None:
    firm = make.company()
    make.member(firm, who=make.person(email="ann@sales.bolts.example"))
    make.member(make.company(), who=make.person(email="bea@nuts.example"))

    for wanted in ("ann@sales.bolts.example", "@sales.bolts.example", "bolts.example"):
        answer = office.get("/en/office/companies/", {"search": wanted})
        assert [row.number for row in answer.context["companies"]] == [firm.number], wanted
    for nobody in ("olts.example", "@ann", "an_@sales.bolts.example"):
        assert office.get("/en/office/companies/", {"search": nobody}).context["companies"] == [], nobody


def test_a_companys_marks_and_sanctions_stay_with_who_and_why(by: Person, office: Any) -> None:
    firm, actor = make.company(), actor_of_person(by)
    granted = make.verified(firm)
    withdraw_verification(firm.pk, "The register closed it.", by=actor)
    stop = place_stop(firm.pk, "payout", "Whose account?", by=actor)
    lift_stop(stop.pk, "The bank confirmed.", by=actor)
    offer = make.offer(firm)
    send(office, f"/en/office/offers/number/{offer.number}/remove/", reason="A copy.")

    file = office.get(f"/en/office/companies/{firm.number}/").context["file"]

    assert [(mark.act, mark.reason, mark.who) for mark in file.marks] == [
        ("verification withdrawn", "The register closed it.", "Olga Operator"),
        ("verified", f"Verified: V-{granted.number}", granted.checker.name),
    ]
    assert [(row.act, row.reason, row.who, row.lifted_by) for row in file.sanctions] == [
        ("removed an offer", "A copy.", "Olga Operator", ""),
        ("placed a payout stop", "Whose account?", "Olga Operator", "Olga Operator"),
        ("verification withdrawn", "The register closed it.", "Olga Operator", ""),
    ]
    assert file.stops == []


def test_a_companys_money_is_that_of_its_own_trades(office: Any) -> None:
    trade, _other = make.trade("shipped"), make.trade("shipped")

    buyer = office.get(f"/en/office/companies/{trade.order.buyer.number}/").context["file"]
    seller = office.get(f"/en/office/companies/{trade.order.seller.number}/").context["file"]

    assert [(str(held.as_buyer), str(held.as_seller)) for held in buyer.escrow] == [("420.00 USD", "0.00 USD")]
    assert [(str(held.as_buyer), str(held.as_seller)) for held in seller.escrow] == [("0.00 USD", "420.00 USD")]
    assert (seller.orders_count, seller.offers_count) == (1, {"published": 1})


def test_a_companys_file_costs_as_much_with_many_trades_and_notes_as_with_few(by: Person, office: Any) -> None:
    trade = make.trade("completed")
    address = f"/en/office/companies/{trade.order.seller.number}/"
    place_stop(trade.order.seller_id, "listing", "Copies.", by=actor_of_person(by))
    office.get(address)
    few = asked(office, address)
    for _ in range(4):
        make.offer(trade.order.seller)
        place_stop(trade.order.seller_id, "payout", "Again.", by=actor_of_person(by))
        office.get(address)

    assert asked(office, address) == few == 26


# ── trades ──


def test_trades_are_found_by_company_state_and_money(office: Any) -> None:
    funded, offered = make.trade("shipped"), make.trade("offered")
    seller = funded.order.seller

    def found(**wanted: str) -> set[Any]:
        return {row[0].pk for row in office.get("/en/office/trades/", wanted).context["orders"]}

    assert found(search=seller.name) == {funded.order.pk}
    assert found(company=f"№{seller.number}") == {funded.order.pk}
    assert found(money="funded") == {funded.order.pk}
    assert found(money="funded", state="offered") == set()
    assert found(money="nonsense") == {funded.order.pk, offered.order.pk}
    assert found(company="nonsense") == set()


def test_a_trade_shows_its_money_and_its_next_deadline_in_the_list(office: Any) -> None:
    trade = make.trade("offered")

    ((order, _states, glance),) = office.get("/en/office/trades/").context["orders"]

    assert order.pk == trade.order.pk
    assert (glance.money, glance.deadline) == (["planned", "planned"], "trade.sign")
    assert glance.due_at is not None


def test_a_trades_books_sum_up_to_what_came_in(office: Any) -> None:
    trade = make.trade("completed")

    page = office.get(f"/en/office/trades/{trade.order.pk}/")
    machine = page.context["machine"]

    to_sellers = [str(line.amount) for line in machine.books if line.target.startswith("company:") and line.purpose == "release"]
    assert to_sellers == ["123.48 USD", "288.12 USD"]
    received = sum(line.amount.minor for line in machine.books if line.target.endswith(":received"))
    left = sum(line.amount.minor for line in machine.books if line.source.endswith(":escrow"))
    assert (received, left) == (42000, 42000)
    assert [row["state"] for row in machine.intents] == ["captured", "captured"]
    assert {row["state"] for row in machine.deadlines} <= {"cleared", "fired"}
    assert {"OrderPlaced", "OrderSigned"} <= {row["name"] for row in machine.facts}
    assert Event.objects.filter(subject=trade.order.pk).count() <= len(machine.facts)
    assert "Wallet: Seller" in text(page)


def test_a_trade_costs_the_same_however_often_it_was_looked_at(office: Any) -> None:
    trade = make.trade("shipped")
    open_issue(trade.order.pk, "Nothing came.", by=trade.buyer)
    address = f"/en/office/trades/{trade.order.pk}/"
    office.get(address)
    few = asked(office, address)
    for _ in range(5):
        office.get(address)

    assert asked(office, address) == few == 25


# ── rules ──


def test_a_rule_says_who_set_it_and_what_open_contracts_keep(office: Any) -> None:
    for _ in range(2):
        make.trade("offered")
    make.trade("completed")
    send(office, "/en/office/rules/export/trade.fee_rate/set/", value="0.015", valid_from="", reason="The board of 2 May.")
    make.trade("agreed")

    page = office.get("/en/office/rules/export/trade.fee_rate/")

    row, kept = page.context["row"], page.context["kept"]
    assert (str(row.value), row.set_by, row.reason) == ("0.015", "Olga Operator", "The board of 2 May.")
    assert [(str(line.value), line.contracts) for line in kept] == [("0.02", 2), ("0.015", 1)]
    assert [version.who for version in page.context["versions"]] == ["Olga Operator"]
    assert "an older number" in text(page)


def test_the_rules_cost_the_same_with_many_versions(office: Any) -> None:
    for value in ("6", "7"):
        send(office, "/en/office/rules/export/trade.sign_days/set/", value=value, valid_from="", reason="More.")
    few = asked(office, "/en/office/rules/"), asked(office, "/en/office/rules/export/trade.sign_days/")
    for value in ("6", "7", "8"):
        send(office, "/en/office/rules/export/trade.pay_days/set/", value=value, valid_from="", reason="More.")
        send(office, "/en/office/rules/export/trade.sign_days/set/", value=value, valid_from="", reason="More.")

    assert (asked(office, "/en/office/rules/"), asked(office, "/en/office/rules/export/trade.sign_days/")) == few
    row = next(row for row in office.get("/en/office/rules/").context["rows"] if row.rule.name == "trade.sign_days")
    assert (row.versions, row.set_by) == (5, "Olga Operator")


def test_the_calculators_button_leads_to_the_same_share(office: Any) -> None:
    trade = make.trade("shipped")
    open_issue(trade.order.pk, "Nothing came.", by=trade.buyer)

    for typed, said in (("33.33", "33.33"), ("50", "50"), ("100", "100"), ("0", "0"), ("12.50", "12.5")):
        page = office.get(f"/en/office/trades/{trade.order.pk}/?percent={typed}").content.decode()
        onward = f"/en/office/trades/{trade.order.pk}/decide/?percent={said}"
        assert f'href="{onward}"' in page, typed
        assert office.get(onward).status_code == 200, typed
