"""A contract changed by both: fewer goods, a later day; then the goods come and the difference goes back."""

from __future__ import annotations

import pytest

from tests.stories.test_whole_trade import find, order_path, pay, receive, ship
from tests.stories.walking import Walker

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_a_trade_settled_after_an_amendment(fair, chromium, language):
    buyer, seller = Walker(fair, chromium, "buyer", language), Walker(fair, chromium, "seller", language)
    buyer.sign_in("hamburg@demo.everfair.example")
    seller.sign_in("yongkang@demo.everfair.example")
    find(buyer, "vacuum+bottle" if language == "en" else "保溫瓶")
    buyer.press('main button[formaction*="/order/"]')
    buyer.fill(named_place="Hamburg")
    buyer.press("main button[name=step][value=preview]")
    buyer.submit("/order/place/")
    order = order_path(buyer)
    seller.go(order)
    seller.submit("/sign/")
    pay(buyer, order, "amend-deposit")
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
    buyer.go("wallet/", photograph="amend-credit")
    seller.close()
    buyer.close()

    assert fair.command("proofs").returncode == 0
