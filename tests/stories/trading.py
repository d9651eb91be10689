"""The steps of a trade that many stories share, each in the browser of the person who takes it. `shot`: photograph what is seen."""

from __future__ import annotations

import datetime
import re
import secrets
import time
from decimal import Decimal
from urllib.parse import urlsplit

from playwright.sync_api import Browser

from tests.stories.conftest import Fair
from tests.stories.walking import Walker

DEMO = "demo.everfair.example"
# Newcomers have other addresses in every run: a fair that runs already knows those of the last one.
RUN = secrets.token_hex(3)
SIGN = "main button[name=step][value=sign]"
LOOK = "main button[name=step][value=look]"
PREVIEW = "main button[name=step][value=preview]"


def signed_in(fair: Fair, browser: Browser, who: str, language: str = "en", *, script: bool = True) -> Walker:
    """Somebody of the demo world at their desk."""
    walker = Walker(fair, browser, who, language, script=script)
    walker.sign_in(f"{who}@{DEMO}")
    return walker


def join(newcomer: Walker, email: str, *, shots: bool = False) -> None:
    newcomer.go("account/join/", photograph="join" if shots else "")
    newcomer.fill(email=email, name="Noor Haddad", password1="a-long-enough-secret")
    newcomer.press("main form button.primary")
    if shots:
        newcomer.photograph("join-confirm")
    newcomer.go(newcomer.fair.letter_link(email), photograph="confirm-address" if shots else "")
    newcomer.press("main form button.primary")
    if "sign-in" in newcomer.page.url:
        newcomer.sign_in(email, "a-long-enough-secret")


def register(newcomer: Walker, email: str, *, shots: bool = False) -> None:
    newcomer.go("company/register/?country=AE", photograph="register" if shots else "")
    newcomer.fill(
        name=f"Newcomer {email.split('@')[0]} Trading",
        registration_kind="other",
        registration_number=f"DXB-{abs(hash(email))}"[:30],
        line1="Al Ras Street 9",
        city="Dubai",
    )
    box = newcomer.page.locator("main [name=is_buyer]")
    if box.count() and not box.is_checked():
        box.check()
    newcomer.press("main form button.primary")
    assert "register" not in newcomer.page.url, "the registration was refused"
    newcomer.go("me/", photograph="new-desk" if shots else "")


def find(buyer: Walker, query: str = "vacuum+bottle", *, shots: bool = False) -> str:
    buyer.go(f"export/search/?q={query}", photograph="search" if shots else "")
    link = buyer.page.locator('main a[href*="/offers/"]').first.get_attribute("href")
    assert link, "nothing was found"
    buyer.go(f"{buyer.fair.address}{link}", photograph="offer" if shots else "")
    return link


def place(buyer: Walker, *, shots: bool = False, **typed: str) -> str:
    """From the offer to the contract that the buyer has signed."""
    buyer.press('main button[formaction*="/order/"]')
    buyer.fill(**{"named_place": "Hamburg"} | typed)
    if shots:
        buyer.photograph("compose")
    buyer.press(PREVIEW)
    if shots:
        buyer.photograph("read-and-sign")
    buyer.submit("/order/place/")
    if shots:
        buyer.photograph("order-offered")
    return order_path(buyer)


def order_path(walker: Walker) -> str:
    found = re.search(r"/(orders/[0-9a-f-]{36}/)", walker.page.url)
    assert found, f"{walker.page.url} is no order"
    return found[1]


def agree(buyer: Walker, seller: Walker, **typed: str) -> str:
    """A contract that both have signed."""
    find(buyer)
    order = place(buyer, **typed)
    seller.go(order)
    seller.submit("/sign/")
    return order


def pay(buyer: Walker, order: str, shot: str = "") -> None:
    """From the order through the provider's own page and back, until the money is held."""
    buyer.go(order)
    held = _held(buyer)
    buyer.submit("/pay/")
    if shot:
        buyer.photograph(f"{shot}-pay")
    buyer.press('main a[href*="/go/"]')
    own = int(buyer.fair.address.rsplit(":", 1)[1])
    assert urlsplit(buyer.page.url).port in (own + 1, own + 3), "this is a provider's page"
    if shot:
        buyer.photograph(f"{shot}-provider")
    buyer.press("button >> nth=0")
    for _ in range(40):
        buyer.go(order)
        # Nothing more to pay, or the next stage's turn.
        if not buyer.page.locator('form[action*="/pay/"], meta[http-equiv=refresh]').count() or _held(buyer) > held:
            return
        buyer.page.wait_for_timeout(250)
    raise AssertionError("the provider's word did not come")


def _held(walker: Walker) -> int:
    return walker.page.locator(".badge.held").count()


def ship(seller: Walker, order: str, *, shots: bool = False, **typed: str) -> None:
    seller.go(order)
    seller.press('main a[href$="/ship/"]')
    seller.fill(**{"carrier": "Harbour Line", "tracking_number": "HBL4711", "package_count": "12"} | typed)
    if shots:
        seller.photograph("ship")
    seller.submit("/ship/")
    if shots:
        seller.photograph("order-shipped")


def receive(buyer: Walker, order: str, *, shots: bool = False) -> None:
    buyer.go(order)
    buyer.press('main a[href$="/receive/"]')
    if shots:
        buyer.photograph("receive")
    buyer.submit("/receive/")
    if shots:
        buyer.photograph("order-received")


def seen(walker: Walker, path: str, selector: str, *, within_s: float = 40) -> None:
    """What the worker or somebody outside does stands on a page a moment later."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        walker.go(path)
        if walker.page.locator(selector).count():
            return
        walker.page.wait_for_timeout(300)
    raise AssertionError(f"{path} does not show {selector}: {walker.text()}")


def booked(walker: Walker, order: str, shot: str = "") -> Decimal:
    """What this order has brought into a company's wallet, in all, as its statement says."""
    walker.go("wallet/", photograph=shot)
    rows = walker.page.locator(f'main tr:has(a[href$="/{order}"])').all()
    return sum((Decimal(re.sub(r"[^\d.-]", "", row.locator("td").nth(1).inner_text())) for row in rows), Decimal(0))


def today(days: int = 0) -> str:
    """A day of a fair whose clock nobody has moved."""
    return (datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=days)).isoformat()


def part_ways(fair: Fair, *walkers: Walker) -> None:
    """Everybody leaves, nobody's browser has complained, and the books add up."""
    for walker in walkers:
        walker.close()
    proofs = fair.command("proofs")
    assert proofs.returncode == 0, proofs.stdout + proofs.stderr
