"""A contract changed by both: fewer goods, a later day; then the goods come and the difference goes back."""

from __future__ import annotations

import pytest

from tests.stories.trading import agree, part_ways, pay, receive, ship, signed_in

pytestmark = pytest.mark.browser


def test_a_trade_settled_after_an_amendment(fair, chromium):
    buyer, seller = signed_in(fair, chromium, "hamburg", "zh-hans"), signed_in(fair, chromium, "yongkang")
    order = agree(buyer, seller)
    pay(buyer, order)
    pay(buyer, order)

    seller.go(order)
    seller.press('main a[href$="/amend/"]')
    seller.fill(quantity_1="450", note="The steel mill sent less.")
    seller.photograph("amend")
    seller.submit("/amend/")
    seller.photograph("amend-proposed")
    buyer.go(order, photograph="amend-to-answer")
    buyer.submit("/amendments/")
    buyer.photograph("amend-signed")
    ship(seller, order)
    receive(buyer, order)
    buyer.go(order, photograph="amend-settled")
    buyer.go("wallet/", photograph="amend-credit")
    part_ways(fair, buyer, seller)
