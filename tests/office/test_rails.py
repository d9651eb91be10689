"""The operator's page of payment rails: shares as a picture, health and cost, and the word that closes one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache

from everfair.payments.actions import limit_rail
from everfair.payments.actions.checkouts import _choose, note_call
from everfair.payments.models import RailOrder, ShareAlarm
from everfair.payments.values import Scope
from tests import make
from tests.office.desk import asked, notes, operator, send, signed_in, text
from tests.payments.test_rails import carried, unpaid

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_shares():
    cache.clear()


def test_nothing_has_been_paid_yet():
    shown = text(signed_in(operator()).get("/en/office/rails/"))
    assert "Nothing has been paid in this currency lately." in shown
    assert "Second sandbox" in shown
    assert "carries payments" in shown


def test_shares_health_and_the_ceiling_are_seen_at_once():
    carried("sandbox", 40, 9_000)
    carried("sandbox2", 12, 1_000)
    for _n in range(5):
        note_call("sandbox", failed=True, latency_ms=700)
    note_call("sandbox2", failed=False, latency_ms=120)
    ShareAlarm.objects.create(counterparty="Everfair sandbox", currency="USD", share="0.967742", counted=52)

    answer = signed_in(operator()).get("/en/office/rails/")
    shown = text(answer)

    assert "52 payments" in shown
    assert "97%" in shown
    assert "above the ceiling" in shown
    assert "rests: it fails" in shown
    assert "120 ms" in shown
    assert '<svg class="shares"' in answer.content.decode()


def test_a_rail_is_closed_with_a_reason_that_stays():
    office = signed_in(operator())
    nothing = send(office, "/en/office/rails/sandbox2/order/", state="closed", ends_on="", reason="")
    past = send(office, "/en/office/rails/sandbox2/order/", state="open", ends_on="2020-01-01", reason="x")
    done = send(office, "/en/office/rails/sandbox2/order/", state="closed", ends_on="", reason="They end the contract.")

    assert (nothing.status_code, past.status_code, done.status_code) == (422, 422, 302)
    assert 'id="id_reason_error"' in nothing.content.decode()
    assert 'id="id_ends_on_error"' in past.content.decode()
    said = RailOrder.objects.get()
    assert (said.rail, said.open, said.reason) == ("sandbox2", False, "They end the contract.")
    shown = text(office.get("/en/office/rails/sandbox2/"))
    assert "closed for new payments" in shown
    assert "They end the contract." in shown
    [note] = notes("payment rail ordered")
    assert (note.before["open"], note.after["open"]) == (True, False)


EVERY = ["AED", "CNY", "EUR", "GBP", "HKD", "INR", "JPY", "KWD", "TWD", "USD"]
SCOPE = "/en/office/rails/sandbox2/scope/"


def limiting(office: Any, **typed: Any) -> Any:
    given = {"markets": ["export"], "currencies": EVERY, "most": "", "watched": "yes", "reason": "Their contract."} | typed
    return send(office, SCOPE, **given)


def test_an_operator_says_what_a_rail_may_carry_and_the_trail_keeps_both():
    office = signed_in(operator())
    first = limiting(office, currencies=["USD", "EUR"], most="5000.00 USD", watched="no")
    again = limiting(office, currencies=["EUR"], most="", watched="no", reason="They narrowed it.")

    assert (first.status_code, again.status_code) == (302, 302)
    newest, oldest = RailOrder.objects.order_by("-id")
    assert oldest.scope == Scope(frozenset(), frozenset({"EUR", "USD"}), {"USD": 500_000}, watched=False)
    assert (newest.scope, newest.open) == (Scope(currencies=frozenset({"EUR"}), watched=False), True)
    shown = text(office.get("/en/office/rails/sandbox2/"))
    assert "EUR, USD · at most USD 5,000.00 · nothing under watch" in shown
    assert "EUR · nothing under watch" in text(office.get("/en/office/rails/"))
    note = notes("payment rail limited")[1]
    assert (note.before["currencies"], note.after["currencies"]) == (["EUR", "USD"], ["EUR"])
    trail = text(office.get("/en/office/trail/"))
    assert "Currencies: EUR, USD → EUR" in trail
    assert "Largest payment: 5000.00 USD → any amount" in trail
    assert "Payments under watch: yes → no" in trail


def test_everything_ticked_is_no_limit_and_the_form_shows_what_holds():
    office = signed_in(operator())
    page = office.get("/en/office/rails/sandbox2/").content.decode()
    assert page.count('type="checkbox"') == page.count(" checked") == 11
    assert limiting(office).status_code == 302
    assert RailOrder.objects.get().scope == Scope()
    limiting(office, currencies=["JPY"], most="500000 JPY")
    page = office.get("/en/office/rails/sandbox2/").content.decode()
    assert page.count(" checked") == 2  # the market and the yen
    assert 'value="500000 JPY"' in page


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"markets": []}, "markets"),
        ({"markets": ["moon"]}, "markets"),
        ({"currencies": []}, "currencies"),
        ({"currencies": ["USD", "XAU"]}, "currencies"),
        ({"most": "5000"}, "most"),
        ({"most": "5000.001 USD"}, "most"),
        ({"most": "0 USD"}, "most"),
        ({"most": "-1 USD"}, "most"),
        ({"most": "1e9 USD"}, "most"),
        ({"most": "\u0665 USD"}, "most"),
        ({"most": "1 USD, 2 USD"}, "most"),
        ({"most": "1 EUR", "currencies": ["USD"]}, "most"),
        ({"watched": "maybe"}, "watched"),
    ],
)
def test_a_wrong_scope_is_shown_beside_its_field_and_changes_nothing(typed, field):
    answer = limiting(signed_in(operator()), **typed)
    assert (answer.status_code, RailOrder.objects.count(), notes("payment rail limited")) == (422, 0, [])
    html = answer.content.decode()
    assert re.findall(r'id="((?:scope|id)_[a-z_]+)_error"', html) == [f"scope_{field}"]


def test_the_page_of_a_rail_asks_as_often_for_much_as_for_little():
    office, who = signed_in(operator()), make.operator(operator())
    limit_rail("sandbox", Scope(most={"USD": 1}), reason="x", by=who)
    asked(office, "/en/office/rails/sandbox/")
    counts = []
    for count in (1, 12):
        for _n in range(count):
            _trade, intent = unpaid()
            assert _choose(intent, 1, frozenset(), set()).rail == "sandbox2"
            limit_rail("sandbox", Scope(most={"USD": 1}), reason="x", by=who)
        cache.clear()  # what shares were is forgotten after seconds: each look sums them up
        counts.append(asked(office, "/en/office/rails/sandbox/"))
    assert counts[0] == counts[1] <= 24
    assert text(office.get("/en/office/rails/sandbox/")).count("above USD 0.01") == 13


def test_an_unknown_rail_is_not_there():
    office = signed_in(operator())
    assert office.get("/en/office/rails/carrier-pigeon/").status_code == 404
    assert send(office, "/en/office/rails/carrier-pigeon/scope/", markets=["export"]).status_code == 404


def test_the_page_asks_as_often_for_much_as_for_little():
    office = signed_in(operator())
    asked(office, "/en/office/rails/")
    counts = []
    for count in (1, 60):
        carried("sandbox", count)
        counts.append(asked(office, "/en/office/rails/"))
    assert counts[0] == counts[1] <= 20
