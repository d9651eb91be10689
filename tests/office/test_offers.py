"""Offers of all companies: found, looked at, taken away."""

from __future__ import annotations

from typing import Any

import pytest

from everfair.catalog.models import Offer
from everfair.companies.actions import place_stop
from tests import make
from tests.office.desk import asked, notes, operator, send, signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Any:
    return signed_in(operator(name="Olga Operator"))


def found(office: Any, **wanted: str) -> list[int]:
    return [offer.number for offer in office.get("/en/office/offers/", wanted).context["offers"]]


def test_offers_are_found_by_number_sku_words_company_and_state(office: Any) -> None:
    seller, other = make.company(), make.company()
    bolt = make.offer(seller, sku="HX-77", titles={"en": "Hex bolt", "zh-hant": "六角螺栓"})
    draft = make.offer(seller, sku="DR-1", titles={"en": "Drill"}, state="draft")
    cup = make.offer(other, sku="CU-9", titles={"en": "Cup"})

    for wanted in (f"№{bolt.number}", str(bolt.number), "hx-7", "hex BOLT", "螺栓"):
        assert found(office, search=wanted) == [bolt.number], wanted
    assert found(office, company=str(seller.number)) == [draft.number, bolt.number]
    assert found(office, company=f"№{seller.number}", state="draft") == [draft.number]
    assert found(office, company=f"№{seller.number}", search="cup") == []
    assert found(office) == [cup.number, draft.number, bolt.number]
    assert found(office, company="nonsense") == []


def test_a_page_is_followed_by_the_next(office: Any) -> None:
    seller = make.company()
    made = [make.offer(seller) for _ in range(52)]

    first = office.get("/en/office/offers/").context
    second = office.get(first["following"]).context

    shown = [offer.number for offer in first["offers"]] + [offer.number for offer in second["offers"]]
    assert shown == [offer.number for offer in reversed(made)]


def test_the_list_asks_as_much_for_many_as_for_few(office: Any) -> None:
    make.offer(make.company())
    office.get("/en/office/rules/")
    few = asked(office, "/en/office/offers/")
    for _ in range(5):
        make.offer(make.company())

    assert (
        asked(office, "/en/office/offers/") == few == 6
    )  # session, person, offers with companies, stops, the freeze, unread notices


def test_an_offer_is_taken_away_for_good_with_a_reason(office: Any) -> None:
    offer = make.offer(make.company())
    address = f"/en/office/offers/number/{offer.number}/"

    silent = send(office, f"{address}remove/", reason=" ")
    answer = send(office, f"{address}remove/", reason="A copy of a brand.")

    assert silent.status_code == 422
    assert answer["Location"] == address
    assert Offer.objects.get(pk=offer.pk).state == "removed"
    (note,) = notes("removed an offer")
    assert (note.subject, note.reason) == (offer.pk, "A copy of a brand.")
    page = text(office.get(address))
    assert "Published → Removed" in page
    assert "Take this offer away" not in page
    assert send(office, f"{address}remove/", reason="Again.").status_code in (302, 409)
    assert len(notes("removed an offer")) == 1


def test_what_the_public_sees_is_looked_at_freely_and_a_draft_is_noted(office: Any) -> None:
    seller = make.company()
    shown, draft = make.offer(seller), make.offer(seller, state="draft")

    office.get(f"/en/office/offers/number/{shown.number}/")
    assert notes() == []

    office.get(f"/en/office/offers/number/{draft.number}/")
    assert [(note.act, note.subject) for note in notes()] == [("looked at an offer", draft.pk)]


def test_an_offer_behind_a_listing_stop_says_that_it_is_hidden(office: Any) -> None:
    seller = make.company()
    offer = make.offer(seller)
    place_stop(seller.pk, "listing", "Copies.", by=make.operator())

    assert "Hidden by a stop" in text(office.get(f"/en/office/offers/number/{offer.number}/"))
    assert "Not listed" in text(office.get("/en/office/offers/"))


def test_no_number_is_too_large(office: Any) -> None:
    assert office.get(f"/en/office/offers/number/{2**63}/").status_code == 404
    assert office.get(f"/en/office/offers/number/{2**63 - 1}/").status_code == 404
