"""A supplier takes an offer off the market for a time: nothing new is ordered of it, what is there goes on, and it comes back."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from everfair.base.refused import NotVisible, Refused
from everfair.catalog.actions import publish_offer, withdraw_offer
from everfair.catalog.models import Offer
from everfair.companies.models import Stop
from everfair.discovery.follow import index_folder
from everfair.discovery.index import OfferIndex, OfferQuery
from everfair.messaging.actions import post_message
from everfair.sourcing.actions import send_inquiry
from everfair.trade.actions import draft_order, draft_sample, sign_order
from everfair.trade.models import Order
from tests import make
from tests.discovery.catching_up import follow_all

pytestmark = pytest.mark.django_db


def signed_in(of: Any) -> Client:
    client = Client()
    client.force_login(make.member(of, "owner"))
    return client


def refused(act: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value


def test_an_order_on_a_withdrawn_offer_is_refused_with_its_name() -> None:
    offer = make.offer(make.company(), titles={"en": "Copper kettle", "zh-hant": "銅壺"}, sample_price_minor=100)
    buyer = make.actor(make.company())
    withdraw_offer(offer.pk, by=make.actor(offer.company))

    for act in (
        lambda: draft_order([(offer.pk, Decimal(100))], incoterm="FOB", named_place="Ningbo", by=buyer),
        lambda: draft_sample(offer.pk, 1, named_place="Leeds", by=buyer),
    ):
        refusal = refused(act)
        assert (refusal.code, refusal.status) == ("catalog.withdrawn", 409)
        assert "Copper kettle" in str(refusal.message)
    assert not Order.objects.exists()

    publish_offer(offer.pk, by=make.actor(offer.company))
    assert draft_order([(offer.pk, Decimal(100))], incoterm="FOB", named_place="Ningbo", by=buyer).lines


@pytest.mark.parametrize("state", ["draft", "removed", "stopped"])
def test_what_the_buyer_may_not_know_of_stays_unknown(state: str) -> None:
    offer = make.offer(make.company(), state="withdrawn" if state == "stopped" else state)
    if state == "stopped":
        Stop.objects.create(company=offer.company, kind="listing", reason="fakes", placed_by="operator")

    with pytest.raises(NotVisible):
        draft_order([(offer.pk, Decimal(100))], incoterm="FOB", named_place="Ningbo", by=make.actor(make.company()))


def test_the_buyers_pages_and_programs_say_so_too() -> None:
    offer = make.offer(make.company(), titles={"en": "Copper kettle"}, sample_price_minor=100)
    client = signed_in(make.company())
    withdraw_offer(offer.pk, by=make.actor(offer.company))

    for path in (f"/en/export/order/?offer={offer.number}&quantity=100", f"/en/export/offers/{offer.number}/sample/"):
        answer = client.get(path)
        assert answer.status_code == 409, path
        assert "The supplier has taken «Copper kettle» off the market for now." in answer.content.decode()


def test_what_is_there_goes_on() -> None:
    trade = make.trade("offered")
    offer = Offer.objects.get()
    inquiry = send_inquiry(offer.pk, "Which colours?", by=trade.buyer)
    before = trade.fresh().terms_hash

    withdraw_offer(offer.pk, by=trade.seller)
    sign_order(trade.order.pk, before, by=trade.seller)
    post_message(inquiry.thread_id, "Red.", by=trade.seller)
    post_message(inquiry.thread_id, "Thank you.", by=trade.buyer)

    assert (trade.fresh().agreement, trade.fresh().terms_hash) == ("agreed", before)
    assert signed_in(trade.order.buyer).get(f"/en/messages/{inquiry.thread_id}/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_search_forgets_it_and_finds_it_again(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    offer = make.offer(make.company(), titles={"en": "Copper kettle"})
    by = make.actor(offer.company)

    def found() -> list[int]:
        follow_all()
        reader = OfferIndex.open(index_folder(), mend=False).reader()
        return [number for number, _score in reader.search(OfferQuery(text="kettle")).hits]

    assert found() == [offer.number]
    withdraw_offer(offer.pk, by=by)
    assert found() == []
    publish_offer(offer.pk, by=by)
    assert found() == [offer.number]


def test_its_supplier_takes_it_off_and_puts_it_back_on_the_list_and_on_its_page() -> None:
    offer = make.offer(make.company())
    client = signed_in(offer.company)

    def acts(page: str) -> list[str]:
        return re.findall(rf'action="/en/offers/{offer.pk}/(publish|withdraw)/"', client.get(page).content.decode())

    pages = ("/en/offers/", f"/en/offers/{offer.pk}/")
    assert [acts(page) for page in pages] == [["withdraw"]] * 2
    client.post(f"/en/offers/{offer.pk}/withdraw/", {"_key": "w" * 32})
    assert Offer.objects.get().state == "withdrawn"
    assert [acts(page) for page in pages] == [["publish"]] * 2
    client.post(f"/en/offers/{offer.pk}/publish/", {"_key": "p" * 32})
    assert Offer.objects.get().state == "published"
