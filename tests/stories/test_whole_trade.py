"""A newcomer buys, a factory sells: one whole trade in the browser, reading nothing but the screen."""

from __future__ import annotations

import datetime
import re

import pytest

from tests.stories.walking import Walker

pytestmark = pytest.mark.browser


def order_path(walker: Walker) -> str:
    found = re.search(r"/(orders/[0-9a-f-]{36}/)", walker.page.url)
    assert found, f"{walker.page.url} is no order"
    return found[1]


def pay(buyer: Walker, order: str, shot: str = "") -> None:
    """From the order through the provider's own page and back, until the money is held."""
    buyer.go(order)
    buyer.submit("/pay/")
    if shot:
        buyer.photograph(f"{shot}-pay")
    buyer.press('main a[href*="/go/"]')
    assert f":{int(buyer.fair.address.rsplit(':', 1)[1]) + 1}/" in buyer.page.url, "this is the provider's page"
    if shot:
        buyer.photograph(f"{shot}-provider")
    buyer.press("button >> nth=0")
    for _ in range(40):
        buyer.go(order)
        if not buyer.page.locator('form[action*="/pay/"], meta[http-equiv=refresh]').count():
            return
        buyer.page.wait_for_timeout(250)
        if buyer.page.locator('form[action*="/pay/"]').count() and _held(buyer) >= 1 and shot:
            return
    raise AssertionError("the provider's word did not come")


def _held(walker: Walker) -> int:
    return walker.page.locator(".badge.held").count()


def walk(fair, chromium, language: str, *, script: bool, supplier: str, query: str, email: str) -> None:
    buyer = Walker(fair, chromium, "buyer", language, script=script)
    seller = Walker(fair, chromium, "seller", language, script=script)

    buyer.go("export/", photograph="home")
    buyer.go("export/halls/", photograph="halls")
    join(buyer, email)
    register(buyer, email)
    offer = find(buyer, query)

    order = place(buyer, offer)
    seller.sign_in(f"{supplier}@demo.everfair.example")
    seller.go("me/", photograph="seller-desk")
    seller.go(order, photograph="order-to-sign")
    seller.submit("/sign/")
    pay(buyer, order, "deposit")
    buyer.go(order, photograph="order-deposit-held")
    pay(buyer, order)
    ship(seller, order)
    receive(buyer, order)
    seller.go(order, photograph="order-settled")
    seller.go("wallet/", photograph="wallet")
    payout(seller)
    buyer.close()
    seller.close()


def join(buyer: Walker, email: str) -> None:
    buyer.go("account/join/", photograph="join")
    buyer.fill(email=email, name="Noor Haddad", password1="a-long-enough-secret")
    buyer.press("main form button.primary")
    buyer.photograph("join-confirm")
    buyer.go(buyer.fair.letter_link(email), photograph="confirm-address")
    buyer.press("main form button.primary")
    if "sign-in" in buyer.page.url:
        buyer.sign_in(email, "a-long-enough-secret")


def register(buyer: Walker, email: str) -> None:
    buyer.go("company/register/?country=AE", photograph="register")
    buyer.fill(
        name=f"Newcomer {email.split('@')[0]} Trading",
        registration_kind="other",
        registration_number=f"DXB-{abs(hash(email))}"[:30],
    )
    buyer.fill(line1="Al Ras Street 9", city="Dubai")
    box = buyer.page.locator("main [name=is_buyer]")
    if box.count() and not box.is_checked():
        box.check()
    buyer.press("main form button.primary")
    assert "register" not in buyer.page.url, "the registration was refused"
    buyer.go("me/", photograph="new-desk")


def find(buyer: Walker, query: str) -> str:
    buyer.go(f"export/search/?q={query}", photograph="search")
    link = buyer.page.locator('main a[href*="/offers/"]').first.get_attribute("href")
    assert link, "nothing was found"
    buyer.go(f"{buyer.fair.address}{link}", photograph="offer")
    return link


def place(buyer: Walker, offer: str) -> str:
    buyer.press('main button[formaction*="/order/"]')
    buyer.fill(named_place="Jebel Ali")
    buyer.photograph("compose")
    buyer.press("main button[name=step][value=preview]")
    buyer.photograph("read-and-sign")
    buyer.submit("/order/place/")
    buyer.photograph("order-offered")
    return order_path(buyer)


def ship(seller: Walker, order: str) -> None:
    seller.go(order)
    seller.press('main a[href$="/ship/"]')
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    seller.fill(carrier="Harbour Line", tracking_number="HBL4711", handed_over_on=today, package_count="12")
    seller.photograph("ship")
    seller.submit("/ship/")
    seller.photograph("order-shipped")


def receive(buyer: Walker, order: str) -> None:
    buyer.go(order)
    buyer.press('main a[href$="/receive/"]')
    buyer.photograph("receive")
    buyer.submit("/receive/")
    buyer.photograph("order-received")


def payout(seller: Walker) -> None:
    seller.go("wallet/bank-accounts/", photograph="bank-accounts")
    seller.go("wallet/payouts/new/")
    seller.fill(amount="10.00")
    seller.photograph("payout")


def test_a_trade_in_english_without_javascript(fair, chromium):
    walk(fair, chromium, "en", script=False, supplier="yongkang", query="vacuum+bottle", email="noor@newcomer.example")

    assert fair.command("proofs").returncode == 0


def test_a_trade_in_traditional_chinese(fair, chromium):
    walk(fair, chromium, "zh-hant", script=True, supplier="jingdezhen", query="青釉瓷杯", email="lin@newcomer.example")

    assert fair.command("proofs").returncode == 0
