"""How a trade may end otherwise than planned, without a quarrel: cancelled, fewer goods than ordered, a buyer who says nothing.

Each is walked by its people, and ends with the money where it belongs. The quarrels are in `test_claims`.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.stories.trading import agree, booked, part_ways, pay, receive, seen, ship, signed_in
from tests.stories.walking import Walker

pytestmark = pytest.mark.browser
# 500 bottles of 3.95, less the platform's two per cent.
TOTAL, TO_SELLER = Decimal("1975.00"), Decimal("1935.50")


def test_an_order_cancelled_before_anything_was_paid_costs_nobody_anything(fair, chromium):
    buyer, seller = signed_in(fair, chromium, "hamburg"), signed_in(fair, chromium, "yongkang", "zh-hant")
    order = agree(buyer, seller)

    buyer.go(order, photograph="cancel-to-pay")
    buyer.press('main a[href$="/cancel/"]')
    buyer.fill(reason="Our customer has changed his mind.")
    buyer.photograph("cancel-ask")
    buyer.submit("/cancel/")
    buyer.photograph("cancelled")
    seller.go(order, photograph="cancelled-for-the-seller")
    assert "Our customer has changed his mind." in seller.text()
    assert seller.page.locator('main a[href$="/ship/"]').count() == 0
    assert (booked(buyer, order), booked(seller, order)) == (0, 0)
    part_ways(fair, buyer, seller)


def test_fewer_goods_than_ordered_come_in_two_parts_and_the_difference_goes_back(fair, chromium):
    buyer, seller = signed_in(fair, chromium, "hamburg"), signed_in(fair, chromium, "yongkang", "zh-hant")
    order = agree(buyer, seller)
    pay(buyer, order)
    pay(buyer, order)

    hand_over(seller, order, "300", more=True, shot="short-first-part")
    buyer.go(order, photograph="short-part-on-its-way")
    hand_over(seller, order, "190", more=False, shot="short-second-part")
    buyer.go(order, photograph="short-all-on-their-way")
    receive(buyer, order)
    buyer.photograph("short-settled")
    short = 10 * Decimal("3.95")
    assert booked(buyer, order, "short-buyers-wallet") == short
    assert "Returned from escrow" in buyer.text()
    assert booked(seller, order, "short-sellers-wallet") == (TOTAL - short) * Decimal("0.98")
    part_ways(fair, buyer, seller)


def hand_over(seller: Walker, order: str, quantity: str, *, more: bool, shot: str) -> None:
    seller.go(order)
    seller.press('main a[href$="/ship/"]')
    seller.fill(carrier="Harbour Line", tracking_number=f"HBL{quantity}", package_count="6", quantity_1=quantity)
    seller.page.locator("main [name=more_follows]").set_checked(more)
    seller.photograph(shot)
    seller.submit("/ship/")
    seller.photograph(f"{shot}-sent")


def test_a_delivery_that_the_carrier_proves_pays_when_the_buyer_says_nothing(later, chromium):
    buyer, seller = signed_in(later, chromium, "hamburg", "zh-hans"), signed_in(later, chromium, "yongkang")
    order = agree(buyer, seller, ship_by=later.day(40).isoformat())
    pay(buyer, order)
    pay(buyer, order)
    ship(seller, order, mode="express", carrier_code="sandbox", carrier="", tracking_number="")
    seen(seller, order, "text=/SBX\\d{9}/")
    seller.photograph("silence-booked")

    deliver(seller)
    seen(seller, order, ".timeline .proof")
    seller.photograph("silence-delivered")
    buyer.go(order, photograph="silence-buyers-turn")
    for days, reminders in ((5, 1), (5, 2), (3, 3), (1, 4)):
        before = later.letters_about(order)
        later.wait(days)
        seen(seller, order, f"main:has(:nth-match(.badge:text-is('Sent'), {reminders}))")
        # Only what was handed over counts: the letter lies there a moment after the reminder was noted.
        later.wait_for_letters(order, before + 1)
    seller.photograph("silence-reminded")
    later.wait(1)
    seen(seller, order, "text=The trade is settled.")
    seller.photograph("silence-settled")
    assert booked(seller, order, "silence-sellers-wallet") == TO_SELLER
    assert booked(buyer, order) == 0
    part_ways(later, buyer, seller)


def deliver(walker: Walker) -> None:
    """The carrier's people at their own console: fetched, and handed over against a signature."""
    console = walker.context.new_page()
    console.goto(walker.fair.carrier_console())
    for code in ("picked_up", "delivered"):
        form = console.locator("form[action^='/console/scan']").first
        form.locator("[name=code]").select_option(code)
        form.locator("[name=signed_by]").fill("A. Petersen")
        with console.expect_navigation():
            form.locator("button").click()
    console.close()
