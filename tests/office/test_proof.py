"""Where the kind is live, what an operator rules, stops and sets wants a second factor shown just now."""

from __future__ import annotations

from typing import Any

import pytest

from everfair.base.allow import FRESH_S
from everfair.catalog.models import Offer
from everfair.companies.actions import place_stop
from everfair.companies.models import Invitation, Person
from everfair.companies.queries import open_stops
from everfair.markets.queries import rule
from everfair.trade.actions import open_issue
from tests import make
from tests.office.desk import operator, send, show_factor, signed_in, text

pytestmark = pytest.mark.django_db
LED = "/en/me/proof/"


@pytest.fixture
def office(settings: Any) -> Any:
    """An operator who has shown a factor this morning."""
    settings.SECOND_FACTOR_REQUIRED = True
    client = signed_in(operator(name="Olga Operator"))
    show_factor(client, FRESH_S + 1)
    return client


class Deeds:
    """One of each act, with what it would change."""

    def __init__(self) -> None:
        self.trade = make.trade("shipped")
        open_issue(self.trade.order.pk, "Nothing came.", by=self.trade.buyer)
        self.firm, self.stopped = make.company(), make.company()
        self.stop = place_stop(self.stopped.pk, "payout", "Whose account?", by=make.operator())
        self.offer = make.offer(self.firm)
        self.colleague = operator()

    def all(self) -> list[tuple[str, dict[str, str]]]:
        return [
            (f"trades/{self.trade.order.pk}/decide/", {"percent": "40", "reason": "Proven."}),
            (f"companies/{self.firm.number}/stop/", {"kind": "listing", "reason": "Copies.", "until": ""}),
            (f"companies/{self.stopped.number}/stops/{self.stop.pk}/lift/", {"reason": "Cleared."}),
            (f"offers/number/{self.offer.number}/remove/", {"reason": "A copy."}),
            ("rules/export/trade.sign_days/set/", {"value": "7", "valid_from": "", "reason": "Holidays."}),
            ("staff/invite/", {"email": "new@fair.example", "roles": "operator"}),
            (f"staff/{self.colleague.pk}/end/", {"reason": "Moved."}),
        ]

    def done(self) -> list[bool]:
        return [
            self.trade.fresh().issue == "resolved",
            bool(open_stops([self.firm.pk])),
            not open_stops([self.stopped.pk]),
            Offer.objects.get(pk=self.offer.pk).state == "removed",
            rule("trade.sign_days", "export") == 7,
            Invitation.objects.filter(email="new@fair.example").exists(),
            not Person.objects.get(pk=self.colleague.pk).is_staff_member,
        ]


def test_with_a_stale_factor_nothing_is_ruled_stopped_set_or_changed(office: Any) -> None:
    deeds = Deeds()

    for address, values in deeds.all():
        assert send(office, f"/en/office/{address}", **values)["Location"].startswith(LED), address

    assert deeds.done() == [False] * 7


def test_with_a_fresh_factor_each_is_done(office: Any) -> None:
    deeds = Deeds()
    show_factor(office, FRESH_S - 60)

    for address, values in deeds.all():
        assert send(office, f"/en/office/{address}", **values)["Location"].startswith("/en/office/"), address

    assert deeds.done() == [True] * 7


def test_pages_stay_open_and_offer_the_way_to_the_factor_before_anything_is_typed(office: Any) -> None:
    deeds = Deeds()

    for place in (
        f"companies/{deeds.firm.number}/",
        f"offers/number/{deeds.offer.number}/",
        "rules/export/trade.sign_days/",
        "staff/",
    ):
        page = office.get(f"/en/office/{place}")
        assert page.status_code == 200, place
        back = f"{LED}?next=%2Fen%2Foffice%2F{place.replace('/', '%2F')}"
        assert f'href="{back}"' in page.content.decode(), place
        assert "This needs your second factor" in text(page), place

    show_factor(office)
    assert "This needs your second factor" not in text(office.get("/en/office/staff/"))


def test_the_api_wants_it_too(office: Any) -> None:
    deeds = Deeds()
    office.cookies["csrftoken"] = "t" * 32

    answer = office.post(
        f"/api/v1/office/companies/{deeds.firm.pk}/stops", {"kind": "listing", "reason": "Copies."}, "application/json",
        headers={"Idempotency-Key": "a", "X-CSRFToken": "t" * 32},
    )  # fmt: skip

    assert (answer.status_code, answer.json()["code"]) == (403, "base.proof_first")
    assert open_stops([deeds.firm.pk]) == []


def test_a_demonstration_asks_for_nothing(office: Any, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    deeds = Deeds()

    for address, values in deeds.all():
        send(office, f"/en/office/{address}", **values)

    assert deeds.done() == [True] * 7
