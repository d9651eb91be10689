"""Money in the browser: a line of the bank finds its payment, two people let a payout go, credit is repaid, a month is closed."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.payments.statements import Bank
from tests.stories.conftest import Fair
from tests.stories.trading import agree, receive, seen, ship, signed_in
from tests.stories.walking import Walker

pytestmark = pytest.mark.browser


def payment_of(buyer: Walker, order: str) -> str:
    """What is due now: the page with the ways to pay it."""
    buyer.go(order)
    buyer.submit("/pay/")
    return payment_path(buyer)


def payment_path(buyer: Walker) -> str:
    found = re.search(r"/(payments/[0-9a-f-]{36}/)", buyer.page.url)
    assert found, buyer.page.url
    return found[1]


def minor(text: str) -> int:
    return int(Decimal(re.sub(r"[^\d.]", "", text)) * 100)


def next_statement(desk: Walker) -> Bank:
    """The one that begins where the last of our dollar account ended."""
    desk.go("office/bank/")
    until, balance = desk.page.locator('main tr:has-text("USD Demo Bank") td').all_inner_texts()[:2]
    if balance.strip() == "—":
        return Bank("usd")
    day = datetime.datetime.strptime(until.strip(), "%d %b %Y").date() + datetime.timedelta(days=1)
    return Bank("usd", minor(balance), day.timetuple().tm_yday, day)


def bring(desk: Walker, bank: Bank, folder: Path) -> None:
    file = folder / f"statement-{bank.number}.sta"
    file.write_bytes(bank.mt940())
    desk.go("office/bank/")
    desk.page.set_input_files("main input[type=file]", str(file))
    desk.press('main form[enctype="multipart/form-data"] button.primary')
    assert "1 statement is booked." in desk.page.locator("body").inner_text()


def test_the_desk_gives_a_line_without_a_reference_to_its_payment(fair: Fair, chromium: Any, tmp_path: Path) -> None:
    buyer, seller, desk = (signed_in(fair, chromium, who) for who in ("hamburg", "yongkang", "treasurer"))
    order = agree(buyer, seller)
    payment = payment_of(buyer, order)
    buyer.press('main a[href$="/bank/"]')
    buyer.press("main form button.primary")
    told = buyer.page.locator("main .facts dd").all_inner_texts()
    # A little more than was asked for, so that nothing is matched by itself.
    bring(
        desk, next_statement(desk).credit(minor(told[0]) + 4200, "BOTTLES, WITH THANKS", name="H. PETERSEN", ref="NB1"), tmp_path
    )

    desk.go("office/bank/lines/")
    desk.press('main tbody tr:has-text("H. PETERSEN") a[href*="/bank/lines/"]')
    give = 'main form[action$="/assign/"]'
    desk.page.locator(f"{give} [name=payments]").fill(told[1])
    desk.page.locator(f"{give} [name=reason]").fill("The buyer sent us the slip of the bank.")
    desk.photograph("finance-bank-line")
    desk.press(f"{give} button")

    buyer.go(payment)
    assert "It arrived by bank transfer." in buyer.text()
    seen(buyer, order, 'main li:has-text("By bank transfer")')
    for walker in (buyer, seller, desk):
        walker.close()


def test_a_large_payout_leaves_when_one_operator_put_it_forward_and_another_let_it_go(fair: Fair, chromium: Any) -> None:
    seller, first, second = (signed_in(fair, chromium, who) for who in ("yongkang", "operator", "treasurer"))
    seller.go("wallet/payouts/new/")
    seller.fill(amount="1100.00")
    seller.press("main form button.primary")
    seller.press('main form[method="post"] button.primary')
    payout = re.search(r"/(wallet/payouts/[0-9a-f-]{36}/)", seller.page.url)
    assert payout, seller.page.url
    number = re.search(r"P-[0-9A-F]{8}", seller.text())
    assert number

    seen(first, payout[1].replace("wallet", "office"), 'main a[href*="/batches/"]')
    first.press('main a[href*="/batches/"]')
    batch = re.search(r"/(office/payouts/batches/[0-9a-f-]{36}/)", first.page.url)
    assert batch
    assert number[0] in first.text()
    first.press('main form[action$="/prepare/"] button')
    assert first.page.locator('main form[action$="/release/"]').count() == 0, "whoever put it forward let it go"

    second.go(batch[1], photograph="finance-batch")
    second.press('main form[action$="/release/"] button')
    seen(seller, payout[1], 'main :text("Arrived at the bank")')
    for walker in (seller, first, second):
        walker.close()


def test_credit_is_granted_used_and_repaid(fair: Fair, chromium: Any) -> None:
    buyer, seller = (signed_in(fair, chromium, who) for who in ("hamburg", "yongkang"))
    order = agree(buyer, seller)
    seller.go(order)
    seller.press('main a[href*="/buyers/"]')
    seller.press('main a[href*="/credit/new/"]')
    seller.fill(limit="9000.00", net_days="30")
    seller.press("main form button.primary")
    line = seller.page.url.split("/en/")[1]
    buyer.go("me/")
    assert "A seller offers you credit of USD 9,000.00".replace(" ", "") in re.sub(r"\s", "", buyer.text())
    buyer.go(line)
    buyer.submit("/agree/")

    while True:  # both stages
        buyer.go(order)
        if not buyer.page.locator('main form[action$="/pay/"]').count():
            break
        payment_of(buyer, order)
        buyer.press('main form[action$="/pay/credit/"] button')
    ship(seller, order)
    receive(buyer, order)
    buyer.go("me/", photograph="finance-desk-dues")
    assert "Repay by" in buyer.text()

    while True:
        buyer.go("credit/")
        if "Nothing is to be repaid now." in buyer.text():
            break
        buyer.press('main form[action*="/credit/dues/"] button')
        payment = payment_path(buyer)
        buyer.press('main a[href*="/go/"]')
        buyer.press("button >> nth=0")
        seen(buyer, payment, 'main :text("The provider has confirmed this payment.")')
    seller.go(line)
    assert "Repaid" in seller.text()
    for walker in (buyer, seller):
        walker.close()


READ = "from everfair.payments.jobs import read_statements; read_statements()"


def test_a_month_is_closed_by_one_person_and_confirmed_by_another(later: Fair, chromium: Any) -> None:
    today = later.day()
    later.wait(((today.replace(day=1) + datetime.timedelta(days=32)).replace(day=3) - today).days)
    # The worker reads them every hour of real time.
    read = later.command("manage", "shell", "-c", READ)
    assert read.returncode == 0, read.stderr
    first, second = (signed_in(later, chromium, who) for who in ("operator", "treasurer"))

    first.go("office/books/periods/")
    first.press("main tr:has(.badge:text-is('Open')) >> nth=-1 >> a")
    month = re.search(r"/(office/books/periods/[\d-]{7}/)", first.page.url)
    assert month, first.page.url
    first.press('main a[href$="?run=1"]')
    assert first.page.locator("main td .badge.act").count() == 0, first.text()
    first.press('main form[action$="/close/"] button')
    assert "Another person confirms it: you closed it." in first.text()

    second.go(month[1])
    second.press('main form[action$="/confirm/"] button')
    assert "It is closed." in second.text()
    for walker in (first, second):
        walker.close()
