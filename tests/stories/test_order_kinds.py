"""A sample that leads to a bulk order, and a group buy that stays below its threshold."""

from __future__ import annotations

import datetime

import pytest

from tests.stories.trading import LOOK, PREVIEW, SIGN, find, order_path, part_ways, pay, receive, ship, signed_in
from tests.stories.walking import Walker

pytestmark = pytest.mark.browser


def test_a_sample_leads_to_a_bulk_order_that_credits_it(fair, chromium):
    buyer, seller = signed_in(fair, chromium, "hamburg"), signed_in(fair, chromium, "yongkang", "zh-hant")

    find(buyer)
    offer = buyer.page.url
    buyer.press('main a[href$="/sample/"]')
    buyer.photograph("sample-read-and-sign")
    buyer.press(SIGN)
    sample = order_path(buyer)
    buyer.photograph("sample-ordered")
    seller.go(sample)
    seller.submit("/sign/")
    pay(buyer, sample)
    ship(seller, sample)
    receive(buyer, sample)

    buyer.go(offer)
    buyer.press('main button[formaction*="/order/"]')
    buyer.fill(named_place="Hamburg")
    buyer.press(PREVIEW)
    buyer.photograph("sample-credited")
    number = sample_number(buyer, sample)
    assert number in buyer.page.locator("main").inner_text()
    buyer.submit("/order/place/")
    bulk = order_path(buyer)
    buyer.photograph("bulk-with-sample")
    assert buyer.page.locator(f'main a[href$="/{sample}"]').count() == 1
    buyer.go(sample, photograph="sample-and-its-bulk-order")
    assert buyer.page.locator(f'main a[href$="/{bulk}"]').count() == 1
    part_ways(fair, buyer, seller)


def sample_number(buyer: Walker, sample: str) -> str:
    """Its «EF-…», read in a tab of its own."""
    tab = buyer.context.new_page()
    tab.goto(buyer.at(sample))
    title = tab.title()
    tab.close()
    return title.split()[0]


def test_a_group_buy_below_its_threshold_gives_everything_back(fair, chromium):
    buyer, late = signed_in(fair, chromium, "hamburg"), signed_in(fair, chromium, "hamburg", script=False)
    seller = signed_in(fair, chromium, "yongkang", "zh-hans")

    seller.go("group-buys/", photograph="group-buys-none")
    seller.go("group-buys/new/")
    closes = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=9)
    seller.fill(
        threshold="1000", unit_price="1.50", least="100", closes_at=closes.strftime("%Y-%m-%dT%H:%M"), lead_time_days="20",
        named_place="Ningbo",
    )  # fmt: skip
    seller.photograph("group-buy-new")
    seller.submit("/group-buys/new/")
    seller.photograph("group-buy-open")
    group = seller.page.url

    buyer.go("export/group-buys/", photograph="group-buys")
    buyer.go(group)
    buyer.press('main a[href$="/join/"]')
    buyer.photograph("group-buy-join")
    buyer.press(SIGN)
    paid = order_path(buyer)
    pay(buyer, paid)
    buyer.go(paid, photograph="group-buy-waits")
    late.go(group)
    late.press('main a[href$="/join/"]')
    late.press(SIGN)
    unpaid = order_path(late)

    seller.go("group-buys/", photograph="group-buys-own")
    seller.press('main a[href$="/close/"]')
    seller.photograph("group-buy-close")
    seller.press('main form[action$="/close/"] button')
    seller.photograph("group-buy-missed")
    buyer.go(paid, photograph="group-buy-called-off")
    assert "called off" in buyer.page.locator("main").inner_text()
    late.go(unpaid, photograph="group-buy-lapsed")
    buyer.go("wallet/", photograph="group-buy-wallet")
    part_ways(fair, buyer, late, seller)


def test_a_framework_contract_is_called_off_in_parts(fair, chromium):
    buyer, seller = signed_in(fair, chromium, "hamburg", "zh-hant"), signed_in(fair, chromium, "yongkang")

    find(buyer, "保溫瓶")
    buyer.press('main button[formaction*="/order/"]')
    buyer.fill(named_place="Ningbo", quantity="5000")
    buyer.press('main button[formaction*="/framework/"]')
    until = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=200)
    buyer.fill(valid_until=until.isoformat(), least="100.00")
    buyer.photograph("framework-compose")
    buyer.press(LOOK)
    buyer.photograph("framework-read-and-sign")
    buyer.press(SIGN)
    frame = order_path(buyer)
    seller.go(frame)
    seller.submit("/sign/")
    buyer.go(frame, photograph="framework-runs")
    buyer.press('main a[href$="/call/"]')
    buyer.fill(quantity_1="1000")
    buyer.photograph("framework-call")
    buyer.press(LOOK)
    buyer.photograph("framework-call-read")
    buyer.press(SIGN)
    buyer.photograph("framework-called-off")
    buyer.go(frame, photograph="framework-used")
    buyer.press('main form[action$="/end/"] button')
    seller.go(frame, photograph="framework-end-asked")
    seller.press('main form[action$="/end/"] button')
    seller.photograph("framework-ended")
    part_ways(fair, buyer, seller)
