"""How the pages look and hold still: both shades, both directions of writing, large type, paper; what they weigh and how they shift."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page
from pypdf import PdfReader

from tests.stories.conftest import SHOTS, WIDTHS, Fair
from tests.stories.walking import PASSWORD, SERIOUS

pytestmark = pytest.mark.browser

MOST_SHIFT = 0.05
MOST_BYTES = 60_000
A4_POINTS = (595, 842)
# Latin letters to Arabic ones: a language that is written from right to left, as far as a layout can tell.
PSEUDO = """() => {
  document.documentElement.dir = "rtl";
  const latin = "abcdefghijklmnopqrstuvwxyz", arabic = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي";
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode;
    if (text.parentElement.closest("code, kbd, .money, time, [lang]:not(html)")) continue;
    text.data = text.data.replace(/[a-z]/gi, (letter) => arabic[latin.indexOf(letter.toLowerCase())]);
  }
}"""
SHIFT = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 200);
})"""
WEIGHT = """() => performance.getEntriesByType("resource").filter((r) => /\\.(css|js)(\\?|$)/.test(r.name))
  .reduce((sum, r) => sum + r.encodedBodySize, 0)"""


@dataclass
class Visitors:
    """Contexts of the people who look, and the addresses of what they see."""

    fair: Fair
    contexts: dict[str, BrowserContext]
    screens: dict[str, tuple[str, str]]  # name → (who, path)

    def open(self, screen: str, width: int = WIDTHS[-1]) -> Page:
        who, path = self.screens[screen]
        page = self.contexts[who].new_page()
        page.set_viewport_size({"width": width, "height": 900})
        answer = page.goto(self.fair.address + path)
        assert answer is not None
        assert answer.status == 200, f"{answer.status} {path}"
        page.wait_for_load_state("networkidle")
        return page


SCREENS = (
    "home", "search", "hall", "offer", "supplier", "board", "composer", "compare", "order", "wallet", "office", "styleguide",
)  # fmt: skip


@pytest.fixture(scope="module")
def visitors(fair: Fair, chromium: Browser) -> Iterator[Visitors]:
    contexts = {who: chromium.new_context(locale="en-GB") for who in ("nobody", "hamburg", "santiago", "yongkang", "operator")}
    for who, context in contexts.items():
        if who != "nobody":
            page = context.new_page()
            page.goto(f"{fair.address}/en/account/sign-in/")
            page.fill("input[name=login]", f"{who}@demo.everfair.example")
            page.fill("input[name=password]", PASSWORD)
            page.press("input[name=password]", "Enter")
            page.wait_for_load_state()
            page.close()

    def first(who: str, path: str, link: str) -> str:
        page = contexts[who].new_page()
        page.goto(fair.address + path)
        found = page.locator(link).first.get_attribute("href")
        page.close()
        assert found, f"no {link} on {path}"
        return found

    def with_paper(who: str, paper: str) -> str:
        """An order that has this paper: other stories of the same fair leave settled samples behind, which have none."""
        page = contexts[who].new_page()
        page.goto(f"{fair.address}/en/orders/")
        settled = [str(link.get_attribute("href")) for link in page.locator('main tr:has-text("Settled") th a').all()]
        found = ""
        for path in settled:
            if page.goto(f"{fair.address}{path}papers/{paper}/").status == 200:  # type: ignore[union-attr]
                found = path
                break
        page.close()
        assert found, f"no settled order of {who} has a {paper}: {settled}"
        return found

    shipped = with_paper("hamburg", "packing-list")
    asked = first("santiago", "/en/rfqs/", 'main tr:has-text("Electric kettles") a')
    screens = {
        "home": ("nobody", "/en/export/"),
        "search": ("nobody", "/en/export/search/?q=bottle"),
        "hall": ("nobody", "/en/export/halls/home/"),
        "offer": ("nobody", first("nobody", "/en/export/search/?q=bottle", 'main article a[href*="/offers/"]')),
        "supplier": ("nobody", first("nobody", "/en/export/suppliers/", "main .passport h2 a")),
        "board": ("nobody", "/en/export/rfqs/"),
        "composer": ("hamburg", "/en/rfqs/new/"),
        "compare": ("santiago", f"{asked}compare/"),
        "order": ("hamburg", shipped),
        "wallet": ("yongkang", "/en/wallet/"),
        "office": ("operator", "/en/office/"),
        "styleguide": ("nobody", "/en/styleguide/"),
        "contract": ("hamburg", f"{shipped}papers/contract/"),
        "proforma": ("hamburg", f"{shipped}papers/proforma/"),
        "packing-list": ("hamburg", f"{shipped}papers/packing-list/"),
    }
    SHOTS.mkdir(parents=True, exist_ok=True)
    yield Visitors(fair, contexts, screens)
    for context in contexts.values():
        context.close()


def spill(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def barriers(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found if v["impact"] in SERIOUS]


@pytest.mark.parametrize("screen", [*SCREENS, "contract", "packing-list"])
def test_a_page_keeps_its_face_in_every_width_shade_size_and_direction(visitors: Visitors, screen: str):
    """One visit for all of it, because a visit costs more than a look."""
    for width in WIDTHS:
        page = visitors.open(screen, width)
        holds_still_and_travels_light(page, screen)
        if width == WIDTHS[0]:
            assert barriers(page) == []
        else:
            shuts_nobody_out_in_the_dark(page, screen)
        is_laid_out_anew_in_large_type(page, screen, width)
        runs_from_right_to_left(page, screen, width)
        page.close()


def holds_still_and_travels_light(page: Page, screen: str) -> None:
    shift, weight = page.evaluate(SHIFT), page.evaluate(WEIGHT)

    assert shift <= MOST_SHIFT, f"{screen} shifts by {shift:.3f}"
    assert 0 < weight <= MOST_BYTES, f"{screen} sends {weight} bytes of styles and scripts"


def shuts_nobody_out_in_the_dark(page: Page, screen: str) -> None:
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.screenshot(path=SHOTS / f"dark-{screen}-{WIDTHS[-1]}.jpg", full_page=True, type="jpeg", quality=80)

    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    assert barriers(page) == []
    page.evaluate("delete document.documentElement.dataset.theme")


def is_laid_out_anew_in_large_type(page: Page, screen: str, width: int) -> None:
    page.evaluate("document.documentElement.dataset.size = 'larger'")
    page.screenshot(path=SHOTS / f"large-{screen}-{width}.jpg", full_page=width == WIDTHS[0], type="jpeg", quality=80)

    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "24px"
    assert spill(page) <= 0, f"{screen} is {spill(page)} px too wide at {width} in large type"
    page.evaluate("delete document.documentElement.dataset.size")


def runs_from_right_to_left(page: Page, screen: str, width: int) -> None:
    page.evaluate(PSEUDO)
    page.screenshot(path=SHOTS / f"rtl-{screen}-{width}.jpg", full_page=True, type="jpeg", quality=80)
    mark = page.locator(".wordmark").bounding_box()

    assert mark is not None
    assert mark["x"] + mark["width"] > width * 0.8, "the page did not turn round"
    assert spill(page) <= 0, f"{screen} is {spill(page)} px too wide at {width} from right to left"


def test_the_choice_at_the_foot_works_with_and_without_scripts(visitors: Visitors, chromium: Browser):
    for script in (True, False):
        context = chromium.new_context(java_script_enabled=script, locale="en-GB")
        page = context.new_page()
        page.goto(f"{visitors.fair.address}/en/export/suppliers/?verified=1")
        page.get_by_role("link", name="Larger", exact=True).click()
        page.wait_for_load_state()
        page.goto(f"{visitors.fair.address}/en/export/suppliers/?verified=1")

        shot = page.locator("h1").bounding_box()
        size = page.locator("html").evaluate("e => getComputedStyle(e).fontSize") if script else None
        context.close()

        assert size in ("24px", None)
        assert shot is not None
        assert shot["height"] > 40, "the heading did not grow"


def test_a_menu_opened_on_a_narrow_page_stays_on_it(visitors: Visitors):
    page = visitors.open("order", WIDTHS[0])
    page.locator(".tools summary").first.click()
    sideways = spill(page)
    page.close()

    assert sideways <= 0


@pytest.mark.parametrize(
    ("screen", "pages", "says"),
    [
        ("contract", 2, "Sales contract"),
        ("proforma", 1, "Proforma invoice"),
        ("packing-list", 1, "Packing list"),
        ("order", 3, "Timeline"),
    ],
)
def test_a_paper_is_printed_on_a4_without_the_navigation(visitors: Visitors, screen: str, pages: int, says: str):
    page = visitors.open(screen)
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    reader = PdfReader(io.BytesIO(printed))
    text = "\n".join(sheet.extract_text() for sheet in reader.pages)

    assert 1 <= len(reader.pages) <= pages
    assert tuple(round(float(side)) for side in reader.pages[0].mediabox[2:]) == A4_POINTS
    assert says in text
    assert re.search(r"EF-\d+", text)
    for navigation in ("RFQ board", "Suppliers", "Sign out", "API keys", "Text size", "Developers", "See this as", "Skip to"):
        assert navigation not in text, navigation
