"""Nobody who cannot see, or cannot use a mouse, is shut out of any page that the lists of a desk lead to: the office's too."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.stories.conftest import WIDTHS, Fair
from tests.stories.test_faces import barriers, spill
from tests.stories.walking import Walker

pytestmark = pytest.mark.browser

# From each of these the first row of every list is opened too.
STARTS = {
    "operator": ("office/", "account/security/", "account/sessions/"),
    "hamburg": ("me/", "notices/", "account/security/", "rfqs/new/"),
    "yongkang": ("me/", "wallet/payouts/", "wallet/payouts/new/", "company/keys/"),
    "nobody": (
        "export/", "export/halls/", "export/search/?q=zzqqy", "export/rfqs/", "export/suppliers/", "developers/", "demo/",
        "account/sign-in/", "account/join/", "account/password/forgotten/", "nowhere/at/all/",
    ),
}  # fmt: skip
LISTS = ".sidenav a"
ROWS = ('main th[scope="row"] a', "main .offer h3 a", "main .passport :is(h2, h3) a", "main .card h2 a")
SMALL = """() => [...document.querySelectorAll("main :is(a, button, select, summary, input:not([type=hidden], [type=checkbox], [type=radio]))")]
  .filter((e) => { const box = e.getBoundingClientRect(), look = getComputedStyle(e);
    return box.width && box.height && look.display !== "inline" && !e.closest(".unseen") && box.height < 43.5; })
  .map((e) => `${e.tagName} ${(e.textContent || e.name || "").trim().slice(0, 40)}: ${e.getBoundingClientRect().height}`)"""


@pytest.mark.parametrize("who", STARTS)
def test_no_page_that_a_desk_leads_to_shuts_anybody_out(fair: Fair, chromium: Browser, who: str) -> None:
    walker = Walker(fair, chromium, who)
    if who != "nobody":
        walker.sign_in(f"{who}@demo.everfair.example")
    page, found = walker.page, {}
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    ways = [walker.at(start) for start in STARTS[who]]
    seen: set[str] = set()

    while ways:
        address = ways.pop(0)
        if (kind := _kind(address)) in seen:
            continue
        seen.add(kind)
        page.goto(address)
        page.wait_for_load_state("networkidle")
        trouble = barriers(page) + page.evaluate(SMALL) + ([f"{spill(page)} px too wide"] if spill(page) > 0 else [])
        if trouble:
            found[urlsplit(address).path] = trouble
        ways += _onward(page, fair)

    walker.context.close()
    assert found == {}, found
    assert len(seen) > len(STARTS[who])


def _kind(address: str) -> str:
    """One order's page is like another's."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "…", urlsplit(address).path)


def _onward(page: Page, fair: Fair) -> list[str]:
    links = page.locator(LISTS).all() + [page.locator(row).first for row in ROWS if page.locator(row).count()]
    found = [str(link.evaluate("a => a.href")) for link in links]
    return [
        address for address in found if address.startswith(fair.address) and not re.search(r"\.(csv|pdf|xlsx)|/media/", address)
    ]
