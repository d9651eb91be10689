"""Goods made to order: the deposit buys the material, the balance follows the shipping document."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.files import uploads
from tests.stories.trading import PREVIEW, find, order_path, part_ways, pay, receive, ship, signed_in
from tests.stories.walking import Walker

pytestmark = pytest.mark.browser


def test_made_to_order_from_the_first_picture_to_the_bill_of_lading(fair, chromium, tmp_path):
    picture, paper = tmp_path / "line-2.jpg", tmp_path / "bill-of-lading.pdf"
    picture.write_bytes(uploads.picture())
    paper.write_bytes(uploads.pdf())
    buyer, seller = signed_in(fair, chromium, "hamburg", "zh-hans"), signed_in(fair, chromium, "yongkang")

    find(buyer)
    buyer.press('main button[formaction*="/order/"]')
    buyer.fill(named_place="Hamburg", payment_plan="made_to_order")
    buyer.photograph("plan-compose")
    buyer.press(PREVIEW)
    buyer.photograph("plan-read-and-sign")
    assert buyer.page.locator("main table tbody tr").count() >= 4  # a line of goods, and three stages
    buyer.submit("/order/place/")
    order = order_path(buyer)
    seller.go(order)
    seller.submit("/sign/")
    pay(buyer, order)

    show(seller, order, picture, "plan-show")
    buyer.go(order, photograph="plan-shown")
    buyer.press('main a[href*="/send-back/"]')
    buyer.fill(reason="The seam cannot be seen.")
    buyer.photograph("plan-send-back")
    buyer.submit("/send-back/")
    seller.go(order, photograph="plan-sent-back")
    show(seller, order, picture)
    buyer.go(order)
    buyer.press('main a[href*="/confirm/"]')
    buyer.photograph("plan-confirm")
    buyer.submit("/confirm/")
    buyer.photograph("plan-deposit-paid-out")
    pay(buyer, order)
    ship(seller, order)
    seller.go(order, photograph="plan-show-document")
    show(seller, order, paper)
    buyer.go(order, photograph="plan-documents")
    pay(buyer, order)
    receive(buyer, order)
    buyer.go(order, photograph="plan-settled")
    part_ways(fair, buyer, seller)


def show(seller: Walker, order: str, file: Path, shot: str = "") -> None:
    seller.go(order)
    seller.press('main a[href$="/show/"]')
    seller.page.set_input_files("main [name=attachments]", str(file))
    if shot:
        seller.photograph(shot)
    seller.submit("/show/")
