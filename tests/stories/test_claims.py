"""How a quarrel may end: nothing came, counterfeit goods go back, an arbitrator parts the sum, a second one hears the appeal.

Both sides and the arbitrators walk through their own pages, and the money ends where the last word puts it.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.files import uploads
from tests.stories.conftest import Fair
from tests.stories.trading import RUN, agree, booked, part_ways, pay, seen, ship, signed_in
from tests.stories.walking import Walker

pytestmark = pytest.mark.browser
TOTAL = Decimal("1975.00")  # 500 bottles of 3.95
JUDGES = (f"ida-{RUN}@court.example", f"uwe-{RUN}@court.example")
SECRET = "a-long-enough-secret"


@pytest.fixture(scope="module")
def court(later: Fair, chromium: Browser) -> Fair:
    """A fair whose operator has hired two arbitrators: neither has to do with anybody here."""
    operator = signed_in(later, chromium, "operator")
    for n, email in enumerate(JUDGES):
        operator.go("office/staff/", photograph="" if n else "court-staff")
        operator.fill(email=email)
        for box in operator.page.locator("main [name=roles]").all():
            box.set_checked(box.get_attribute("value") == "arbitrator")
        operator.submit("/staff/")
        judge = Walker(later, chromium, email)
        judge.go(later.letter_link(email), photograph="" if n else "court-join")
        judge.fill(name=f"Judge {'Ida One' if n == 0 else 'Uwe Two'}", email=email, password=SECRET)
        judge.press("main form button.primary")
        judge.close()
    operator.close()
    return later


def shipped(fair: Fair, browser: Browser) -> tuple[Walker, Walker, str]:
    """A buyer and a seller whose order is paid into escrow and on its way."""
    buyer, seller = signed_in(fair, browser, "hamburg"), signed_in(fair, browser, "yongkang", "zh-hans")
    order = agree(buyer, seller, ship_by=fair.day(40).isoformat())
    pay(buyer, order)
    pay(buyer, order)
    ship(seller, order)
    return buyer, seller, order


def claim(buyer: Walker, order: str, shot: str, *, reason: str, remedy: str, amount: Decimal, text: str, **more: Any) -> str:
    buyer.go(order)
    buyer.press('main a[href$="/report/"]')
    buyer.fill(reason_1=reason, amount=str(amount), text=text, **more)
    buyer.page.check(f"main [name=remedy][value={remedy}]")
    buyer.photograph(f"{shot}-open")
    buyer.submit("/report/")
    buyer.photograph(f"{shot}-opened")
    found = re.search(r"/(claims/[0-9a-f-]{36}/)", buyer.page.url)
    assert found, buyer.page.url
    return found[1]


def escalate(walker: Walker, path: str, shot: str = "") -> None:
    walker.go(path)
    walker.press('main a[href$="/moves/escalate/"]')
    if shot:
        walker.photograph(shot)
    walker.submit("/escalate/")


def judge_of(fair: Fair, browser: Browser, path: str, shot: str, language: str = "en") -> Walker:
    """The arbitrator who was drawn, at the desk."""
    for email in JUDGES:
        judge = Walker(fair, browser, email, language)
        judge.sign_in(email, SECRET)
        judge.go(path)
        if judge.page.locator('main a[href$="/rule/"]').count():
            judge.go("office/claims/", photograph=f"{shot}-desk")
            return judge
        judge.close()
    raise AssertionError(f"nobody may rule on {path}")


def rule(judge: Walker, path: str, shot: str, *, amount: Decimal, ground: str, reasons: str) -> None:
    judge.go(path, photograph=f"{shot}-file")
    judge.press('main a[href$="/rule/"]')
    judge.fill(amount=str(amount), ground=ground, reasons=reasons)
    judge.press("main button[value=preview]")
    judge.photograph(f"{shot}-split")
    judge.press("main button[value=rule]")
    judge.photograph(f"{shot}-ruled")


def step(walker: Walker, path: str, verb: str) -> None:
    walker.go(path)
    walker.press(f'main a[href$="/moves/{verb}/"]')
    walker.submit(f"/{verb}/")


def test_goods_that_never_came_are_paid_back_when_the_supplier_says_nothing(court, chromium):
    buyer, seller, order = shipped(court, chromium)
    court.wait(20)
    path = claim(
        buyer, order, "missing", reason="not_received", remedy="refund", amount=TOTAL,
        text="The ship arrived a week ago. Our containers were not on it.",
    )  # fmt: skip
    seller.go(path, photograph="missing-to-answer")
    court.wait(4)
    escalate(buyer, path, "missing-ask-for-an-arbitrator")
    judge = judge_of(court, chromium, path, "missing")
    rule(judge, path, "missing", amount=TOTAL, ground="not_delivered", reasons="The carrier has no trace of the goods.")
    court.wait(8)

    seen(buyer, path, "text=The claim is decided for good.")
    buyer.photograph("missing-decided")
    buyer.go(order, photograph="missing-order-over")
    assert booked(buyer, order, "missing-buyers-wallet") == TOTAL
    assert booked(seller, order) == 0
    part_ways(court, buyer, seller, judge)


def test_counterfeit_goods_go_back_and_then_the_money(fair, chromium, tmp_path):
    photo = tmp_path / "logo.jpg"
    photo.write_bytes(uploads.picture())
    buyer, seller, order = shipped(fair, chromium)
    path = claim(
        buyer, order, "counterfeit", reason="counterfeit", remedy="return", amount=TOTAL,
        text="The brand's owner says that these bottles are copies.",
    )  # fmt: skip
    buyer.press('main a[href$="/evidence/"]')
    buyer.fill(text="The letter of the brand's owner.")
    buyer.page.set_input_files("main [name=attachments]", str(photo))
    buyer.submit("/evidence/")

    seller.go(path)
    seller.press('main a[href$="/answer/"]')
    seller.fill(text="Our printer has cheated us. Send them back, please.", remedy="return", amount=str(TOTAL))
    seller.photograph("counterfeit-answer")
    seller.submit("/answer/")
    buyer.go(path, photograph="counterfeit-answered")
    buyer.press('main a[href$="/accept/"]')
    buyer.photograph("counterfeit-accept")
    buyer.press('main form[action$="/accept/"] button')
    buyer.press('main a[href$="/send/"]')
    buyer.fill(carrier="Harbour Line", number="RET4711")
    buyer.photograph("counterfeit-send-back")
    buyer.submit("/send/")
    seller.go(path, photograph="counterfeit-on-the-way-back")
    assert (booked(buyer, order), booked(seller, order)) == (0, 0)
    seller.go(path)
    seller.press('main a[href$="/moves/take_back/"]')
    seller.photograph("counterfeit-take-back")
    seller.submit("/take_back/")
    seller.photograph("counterfeit-settled")
    buyer.go(order, photograph="counterfeit-order-over")
    assert booked(buyer, order, "counterfeit-buyers-wallet") == TOTAL
    assert booked(seller, order) == 0
    part_ways(fair, buyer, seller)


def test_an_arbitrator_parts_the_sum_and_both_take_the_ruling(court, chromium):
    buyer, seller, order = shipped(court, chromium)
    path = claim(
        buyer, order, "split", reason="defective", remedy="discount", amount=Decimal("592.50"),
        text="150 lids do not close.", quantity_1="150",
    )  # fmt: skip
    seller.go(path)
    seller.press('main a[href$="/answer/"]')
    seller.fill(text="We tested every lid. We give something for good will.", remedy="discount", amount="100.00")
    seller.submit("/answer/")
    buyer.go(path)
    buyer.press('main a[href$="/offer/"]')
    buyer.fill(amount="500.00", note="Less would not pay for new lids.")
    buyer.page.check("main [name=remedy][value=discount]")
    buyer.photograph("split-offer")
    buyer.submit("/offer/")
    buyer.photograph("split-offers-stand")
    court.wait(8)  # nobody accepts: it goes to an arbitrator by itself
    seen(buyer, path, "text=An arbitrator looks at both sides.")

    judge = judge_of(court, chromium, path, "split", "zh-hant")
    rule(judge, path, "split", amount=Decimal("333.33"), ground="both_at_fault", reasons="Some lids were bent on the way.")
    buyer.go(path, photograph="split-to-take-or-appeal")
    step(buyer, path, "waive")
    step(seller, path, "waive")
    seller.photograph("split-decided")
    back = Decimal("333.33")
    assert booked(buyer, order, "split-buyers-wallet") == back
    earned = booked(seller, order, "split-sellers-wallet")
    assert abs(earned - (TOTAL - back) * Decimal("0.98")) <= Decimal("0.01")  # each stage's fee is rounded by itself
    part_ways(court, buyer, seller, judge)


def test_a_second_arbitrator_hears_the_appeal_and_has_the_last_word(court, chromium):
    buyer, seller, order = shipped(court, chromium)
    path = claim(
        buyer, order, "appeal", reason="wrong", remedy="refund", amount=TOTAL, text="We ordered black. White bottles came."
    )
    court.wait(4)
    escalate(buyer, path)
    first = judge_of(court, chromium, path, "appeal-first")
    rule(first, path, "appeal-first", amount=TOTAL, ground="not_as_described", reasons="The photographs show white bottles.")
    seller.go(path)
    seller.press('main a[href$="/appeal/"]')
    seller.fill(reasons="The buyer had agreed to white ones: see the talk of the order.")
    seller.photograph("appeal-lodge")
    seller.submit("/appeal/")
    seller.photograph("appeal-lodged")

    first.go(path, photograph="appeal-not-the-first-one-again")
    assert first.page.locator('main a[href$="/rule/"]').count() == 0
    second = judge_of(court, chromium, path, "appeal-second", "zh-hans")
    assert second.who != first.who
    rule(second, path, "appeal-second", amount=Decimal("0"), ground="delivered", reasons="White was agreed in writing.")
    buyer.go(path, photograph="appeal-final")
    assert buyer.page.locator('main a[href$="/appeal/"]').count() == 0
    assert booked(buyer, order) == 0
    assert booked(seller, order, "appeal-sellers-wallet") == TOTAL * Decimal("0.98")
    part_ways(court, buyer, seller, first, second)
