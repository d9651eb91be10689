"""A request goes out, quotes come in, one is awarded; and the operator's office looks after the fair."""

from __future__ import annotations

import datetime
import re

import pytest

from tests.stories.walking import Walker

pytestmark = pytest.mark.browser
DEMO = "demo.everfair.example"


def in_days(days: int) -> str:
    return (datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=days)).isoformat()


def test_a_request_is_quoted_compared_and_awarded(fair, chromium):
    buyer = Walker(fair, chromium, "buyer", "zh-hant")
    seller = Walker(fair, chromium, "seller", "en")
    buyer.sign_in(f"taipei@{DEMO}")
    seller.sign_in(f"quanzhou@{DEMO}")

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
        closes_on=in_days(14),
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
    seller.fill(**{price: "2.45"}, lead_time_days="25", valid_on=in_days(30))
    seller.photograph("quote")
    seller.submit("/quote/")
    assert "/quotes/" in seller.page.url or f"/rfqs/{request}/" in seller.page.url
    seller.photograph("quote-sent")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_pages_of_a_company_at_work(fair, chromium, language):
    seller = Walker(fair, chromium, "seller", language)
    seller.sign_in(f"yongkang@{DEMO}")

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


@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_the_operators_office(fair, chromium, language):
    operator = Walker(fair, chromium, "operator", language)
    operator.sign_in(f"operator@{DEMO}")

    for path in (
        "",
        "companies/",
        "issues/",
        "trades/",
        "mapping/",
        "events/",
        "rules/",
        "staff/",
        "trail/",
        "books/",
        "books/proofs/",
        "payouts/",
    ):
        operator.go(f"office/{path}", photograph=f"office-{path.strip('/').replace('/', '-') or 'home'}")
    operator.go("office/companies/")
    operator.press('main a[href*="/office/companies/"]')
    operator.photograph("office-company")
    operator.go("office/issues/")
    operator.press('main a[href*="/office/trades/"]')
    operator.photograph("office-issue")
    operator.close()
