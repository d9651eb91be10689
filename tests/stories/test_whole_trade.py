"""A newcomer buys, a factory sells: one whole trade in the browser, reading nothing but the screen."""

from __future__ import annotations

import pytest

from tests.stories.trading import RUN, find, join, part_ways, pay, place, receive, register, ship
from tests.stories.walking import Walker

pytestmark = pytest.mark.browser


def walk(fair, chromium, language: str, *, script: bool, supplier: str, query: str, email: str) -> None:
    """Photographed where the pages have their scripts."""
    shots = script
    buyer = Walker(fair, chromium, "buyer", language, script=script)
    seller = Walker(fair, chromium, "seller", language, script=script)

    buyer.go("export/", photograph="home" if shots else "")
    buyer.go("export/halls/", photograph="halls" if shots else "")
    join(buyer, email, shots=shots)
    register(buyer, email, shots=shots)
    find(buyer, query, shots=shots)

    order = place(buyer, shots=True, named_place="Jebel Ali")  # the contract is the answer to a form: once in either language
    seller.sign_in(f"{supplier}@demo.everfair.example")
    seller.go("me/", photograph="seller-desk" if shots else "")
    seller.go(order, photograph="order-to-sign" if shots else "")
    seller.submit("/sign/")
    pay(buyer, order, "deposit" if shots else "")
    buyer.go(order, photograph="order-deposit-held" if shots else "")
    pay(buyer, order)
    ship(seller, order, shots=shots)
    receive(buyer, order, shots=shots)
    seller.go(order, photograph="order-settled" if shots else "")
    seller.go("wallet/", photograph="wallet" if shots else "")
    payout(seller, shots=shots)
    part_ways(fair, buyer, seller)


def payout(seller: Walker, *, shots: bool) -> None:
    seller.go("wallet/bank-accounts/", photograph="bank-accounts" if shots else "")
    seller.go("wallet/payouts/new/")
    seller.fill(amount="10.00")
    if shots:
        seller.photograph("payout")


def test_a_trade_in_english_without_javascript(fair, chromium):
    walk(fair, chromium, "en", script=False, supplier="yongkang", query="vacuum+bottle", email=f"noor-{RUN}@newcomer.example")


def test_a_trade_in_traditional_chinese(fair, chromium):
    walk(fair, chromium, "zh-hant", script=True, supplier="jingdezhen", query="青釉瓷杯", email=f"lin-{RUN}@newcomer.example")
