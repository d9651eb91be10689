"""A request goes out, quotes come in, one is awarded; and the operator's office looks after the fair."""

from __future__ import annotations

import re

import pytest

from tests.stories.trading import signed_in, today
from tests.stories.walking import Walker

pytestmark = pytest.mark.browser


def test_a_request_is_quoted_compared_and_awarded(fair, chromium):
    buyer = signed_in(fair, chromium, "taipei", "zh-hant")
    seller = signed_in(fair, chromium, "quanzhou")

    request = post_request(buyer)
    seller.go("leads/", photograph="leads")
    seller.press(f'main a[href*="{request}"]')
    seller.photograph("lead")
    quote(seller, request)
    buyer.go(f"rfqs/{request}/", photograph="rfq-with-quotes")
    buyer.go(f"rfqs/{request}/compare/", photograph="comparison")
    buyer.press('main a[href*="/award/"], main form[action*="/award/"] button')
    buyer.photograph("award")
    buyer.submit("/award/")
    buyer.photograph("awarded-order")

    order = re.search(r"orders/[0-9a-f-]{36}/", buyer.page.url)
    assert order, buyer.page.url
    seller.go(order[0])
    seller.submit("/sign/")
    buyer.close()
    seller.close()


def post_request(buyer: Walker) -> str:
    buyer.go("rfqs/new/")
    buyer.fill(
        title="筆電內袋",
        category="bags/laptop-cases",
        currency="USD",
        destination="TW",
        named_place="Keelung",
        closes_on=today(14),
    )
    lines = buyer.page.locator("main [name$=-description], main [name$=description]").first.get_attribute("name") or ""
    prefix = lines.removesuffix("description")
    buyer.fill(**{f"{prefix}description": "Laptop sleeve 14 inch, own label", f"{prefix}quantity": "1500"})
    buyer.photograph("new-rfq")
    buyer.submit("/rfqs/new/")
    found = re.search(r"rfqs/([0-9a-f-]{36})/", buyer.page.url)
    assert found, f"the request was refused: {buyer.page.url}"
    return found[1]


def quote(seller: Walker, request: str) -> None:
    seller.go(f"rfqs/{request}/quote/")
    price = seller.page.locator("main [name$=unit_price]").first.get_attribute("name")
    assert price
    seller.fill(**{price: "2.45"}, lead_time_days="25", valid_on=today(30))
    seller.photograph("quote")
    seller.submit("/quote/")
    assert "/quotes/" in seller.page.url or f"/rfqs/{request}/" in seller.page.url
    seller.photograph("quote-sent")


def test_the_pages_of_a_company_at_work(fair, chromium):
    seller = signed_in(fair, chromium, "yongkang", "zh-hans")

    for path, name in (
        ("orders/", "orders"),
        ("offers/", "offers"),
        ("offers/new/", "new-offer"),
        ("offers/imports/", "imports"),
        ("quotes/", "quotes"),
        ("messages/", "messages"),
        ("notices/", "notices"),
        ("wallet/payouts/", "payouts"),
        ("company/", "company"),
        ("company/profile/", "profile"),
        ("company/people/", "people"),
        ("company/keys/", "keys"),
        ("me/account/", "account"),
        ("account/sessions/", "sessions"),
        ("export/rfqs/", "board"),
        ("export/suppliers/", "suppliers"),
    ):
        seller.go(path, photograph=name)
    seller.press('main a[href*="/suppliers/"]')
    seller.photograph("passport")
    seller.close()


def test_the_pages_of_the_office_that_no_day_passes_by(fair, chromium):
    """The others are photographed in `test_office_day`."""
    operator = signed_in(fair, chromium, "operator", "zh-hant")
    for path in ("trades/", "events/", "staff/", "books/", "books/proofs/", "payouts/"):
        operator.go(f"office/{path}", photograph=f"office-{path.strip('/').replace('/', '-')}")
    operator.close()
