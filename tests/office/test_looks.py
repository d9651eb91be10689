"""Whoever opens what belongs to others by privilege leaves a note, whichever page it was; a party's own look leaves none."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from everfair.companies.models import Person
from everfair.files.actions import keep_attachment
from everfair.messaging.actions import open_thread
from tests import make
from tests.files import uploads
from tests.office.desk import notes, operator, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Any:
    return signed_in(operator())


@pytest.fixture
def trade() -> make.Trade:
    return make.trade("shipped")


def noted() -> list[tuple[str, Any]]:
    return [(note.act, note.subject) for note in notes()]


def test_a_look_at_a_trade_through_its_own_page_is_noted(office: Any, trade: make.Trade) -> None:
    assert office.get(f"/en/orders/{trade.order.pk}/").status_code == 200

    assert noted() == [("looked at an order", trade.order.pk)]


def test_a_paper_of_a_trade_is_noted_by_its_kind(office: Any, trade: make.Trade) -> None:
    assert office.get(f"/en/orders/{trade.order.pk}/contract.pdf").status_code == 200

    assert noted() == [("looked at a paper", trade.order.pk)]
    assert [note.after for note in notes()] == [{"paper": "contract"}]


def test_the_api_is_no_way_around(office: Any, trade: make.Trade) -> None:
    assert office.get(f"/api/v1/orders/{trade.order.pk}").status_code == 200

    assert noted() == [("looked at an order", trade.order.pk)]


def test_a_talk_and_a_file_are_noted(office: Any, trade: make.Trade) -> None:
    sides = [trade.order.buyer_id, trade.order.seller_id]
    talk = open_thread("order", trade.order.pk, trade.order.reference, sides, by=trade.buyer)
    file = keep_attachment(
        SimpleUploadedFile("extract.png", uploads.picture("PNG", (40, 30)), "image/png"), trade.order.seller_id, trade.seller
    )

    assert office.get(f"/en/messages/{talk.pk}/").status_code == 200
    assert office.get(f"/en/files/{file.pk}/").status_code == 200

    assert noted() == [("looked at a talk", talk.pk), ("looked at a file", file.pk)]


def test_a_partys_own_look_is_nobodys_business(trade: make.Trade) -> None:
    buyer = signed_in(Person.objects.get(pk=trade.buyer.person_id))

    assert buyer.get(f"/en/orders/{trade.order.pk}/").status_code == 200
    assert buyer.get(f"/en/orders/{trade.order.pk}/contract.pdf").status_code == 200

    assert noted() == []


def test_what_was_not_shown_is_not_noted(office: Any, trade: make.Trade) -> None:
    assert office.get(f"/en/orders/{make.company().pk}/").status_code == 404

    assert noted() == []


def test_the_offices_own_page_notes_one_look(office: Any, trade: make.Trade) -> None:
    office.get(f"/en/office/trades/{trade.order.pk}/")

    assert noted() == [("looked at an order", trade.order.pk)]
