"""The operator's page of payment rails: shares as a picture, health and cost, and the word that closes one."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from everfair.payments.actions.checkouts import note_call
from everfair.payments.models import RailOrder, ShareAlarm
from tests.office.desk import asked, notes, operator, send, signed_in, text
from tests.payments.test_rails import carried

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


def test_an_unknown_rail_is_not_there():
    assert signed_in(operator()).get("/en/office/rails/carrier-pigeon/").status_code == 404


def test_the_page_asks_as_often_for_much_as_for_little():
    office = signed_in(operator())
    asked(office, "/en/office/rails/")
    counts = []
    for count in (1, 60):
        carried("sandbox", count)
        counts.append(asked(office, "/en/office/rails/"))
    assert counts[0] == counts[1] <= 20
