"""Pages of orders: a whole trade through them, whose they are, and what they refuse."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import translation

from everfair.base import clock
from everfair.base.deadlines import fire_due
from everfair.base.models import Deadline, Event, History
from everfair.base.slots import slot
from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance
from everfair.ledger.values import wallet
from everfair.messaging.models import Message, Notice, Thread
from everfair.payments.actions import take_event
from everfair.payments.models import Intent
from everfair.trade import reactions
from everfair.trade.models import Order, Stage
from everfair.trade.queries import order_counts, turns_for
from everfair.trade.queries.papers import contract_terms
from tests import make
from tests.companies.signing_in import browser

pytestmark = pytest.mark.django_db


def as_member(of: Any, *roles: str) -> Client:
    """A browser of somebody with these roles in the company (the owner when none is said)."""
    return browser(make.member(of, *roles))


def sides(trade: make.Trade) -> tuple[Client, Client]:
    return as_member(trade.order.buyer), as_member(trade.order.seller)


def key_of(answer: HttpResponse) -> str:
    return re.search(r'name="_key" value="([^"]+)"', answer.content.decode())[1]


def text_of(answer: HttpResponse) -> str:
    """The page's words on one line."""
    main = re.search(r"<main.*</main>", answer.content.decode(), re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main[0] if main else answer.content.decode()))


def send(who: Client, address: str, **typed: Any) -> HttpResponse:
    typed.setdefault("_key", f"key-{make.next_number()}")
    return who.post(address, typed)


def at(trade: make.Trade, verb: str = "") -> str:
    return f"/en/orders/{trade.order.pk}/{verb}"


DELIVERY = {"incoterm": "FOB", "named_place": "Ningbo", "ship_by": "", "remarks": "Mark every carton."}


def preview(who: Client, offer: Any, quantity: str = "1000", **changes: Any) -> HttpResponse:
    return send(who, "/en/export/order/", step="preview", offer=offer.number, quantity=quantity, **(DELIVERY | changes))


def hidden(answer: HttpResponse) -> dict[str, str]:
    """The fields of the form that signs."""
    form = re.search(r'<form[^>]*action="[^"]*/order/place/".*?</form>', answer.content.decode(), re.S)[0]
    return dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))


def test_a_whole_trade_goes_through_the_pages():
    seller, buyer = make.company(), make.company()
    goods = make.offer(seller)
    buying, selling = as_member(buyer), as_member(seller)

    composer = buying.get(f"/en/export/order/?offer={goods.number}&quantity=1000")
    assert composer.status_code == 200
    read = preview(buying, goods)
    assert read.status_code == 200
    assert "USD 420.00" in text_of(read).replace("\xa0", " ")
    placed = buying.post("/en/export/order/place/", hidden(read))
    order = Order.objects.get()
    assert (placed.status_code, placed["Location"]) == (302, f"/en/orders/{order.pk}/")
    trade = make.Trade(order, make.actor(buyer), make.actor(seller))

    assert "Sign the contract" in text_of(selling.get(at(trade)))
    assert send(selling, at(trade, "sign/"), terms_hash=order.terms_hash).status_code == 302
    for n in (1, 2):
        assert "into escrow" in text_of(buying.get(at(trade)))
        going = send(buying, at(trade, f"stages/{n}/pay/"))
        intent = Intent.objects.get(purpose=trade.stage(n).pk)
        assert going["Location"] == f"/en/payments/{intent.pk}/"
        assert buying.get(going["Location"]).status_code == 200
        take_event("sandbox", *make.told(intent))
        reactions.money_arrived(make.captured(intent))
    shipped = send(selling, at(trade, "ship/"), **SHIPPED | {"handed_over_on": clock.now().date().isoformat()})
    assert shipped.status_code == 302, text_of(shipped)
    confirm = buying.get(at(trade, "receive/"))
    assert "411.60" in text_of(confirm)
    assert send(buying, at(trade, "receive/"), confirmed="1").status_code == 302

    assert trade.fresh().agreement == "completed"
    assert balance(wallet(seller.pk, "USD"), "USD").posted.minor == 41160
    assert "The trade is settled." in text_of(buying.get(at(trade)))
    assert [proof for proof in prove() if proof.breach] == []


SHIPPED = {
    "mode": "sea",
    "carrier": "Evergreen",
    "tracking_number": "EGLV1",
    "handed_over_on": "",
    "package_count": "12",
    "gross_weight_kg": "120.5",
    "packages_1": "12",
    "marks_1": "EF 1-12",
    "note": "",
}
