"""No mouse: from the home page to a posted request, and through a comparison of quotes, with the keys alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.stories.conftest import Fair
from tests.stories.walking import PASSWORD

pytestmark = pytest.mark.browser
DEMO = "demo.everfair.example"
# What has the focus now: what it is, whether the eye finds it, and whether something lies over it.
FOCUS = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
  const frame = at.closest(".upload") ? getComputedStyle(at.closest(".upload")) : style;
  const x = Math.min(Math.max(box.left + Math.min(box.width / 2, 40), 0), innerWidth - 1);
  const y = Math.min(Math.max(box.top + Math.min(box.height / 2, 20), 0), innerHeight - 1);
  const seen = document.elementFromPoint(x, y);
  return {
    tag: at.tagName, name: at.name ?? "", text: (at.innerText || at.getAttribute("aria-label") || "").trim(), href: at.getAttribute("href") ?? "",
    ring: parseFloat(style.outlineWidth) > 0 && style.outlineStyle !== "none" || parseFloat(frame.outlineWidth) > 0 && frame.outlineStyle !== "none",
    within: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    bare: seen === at || at.contains(seen) || (seen?.contains(at) ?? false),
    order: at.tabIndex,
  };
}"""


class Hands:
    """Somebody who types: every key goes to what has the focus, and after each step the focus must be seen."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.passed: list[str] = []

    def focus(self) -> dict:
        found = self.page.evaluate(FOCUS)
        where = f"{found['tag']} {found['name'] or found['text'][:40]} on {self.page.url}"
        assert found["tag"] != "BODY", f"the focus is nowhere: {self.page.url}"
        assert found["order"] <= 0, f"{where} goes before its place"
        assert found["within"], f"{where} has the focus and is out of sight"
        assert found["ring"], f"{where} does not show that it has the focus"
        assert found["bare"], f"{where} has the focus under something else"
        return found

    def tab_to(self, what: str, *, most: int = 40) -> dict:
        """Tab on until a field of this name or a link or button of this text has the focus."""
        for _ in range(most):
            self.page.keyboard.press("Tab")
            found = self.focus()
            self.passed.append(found["name"] or found["text"])
            if what in (found["name"], found["text"]):
                return found
        raise AssertionError(f"{most} times Tab, and «{what}» was not reached: {self.passed[-most:]}")

    def write(self, field: str, text: str) -> None:
        self.tab_to(field)
        self.page.keyboard.type(text)

    def enter(self) -> None:
        with self.page.expect_navigation(timeout=30_000):
            self.page.keyboard.press("Enter")
        self.page.wait_for_load_state("networkidle")

    def go(self, letter: str) -> None:
        with self.page.expect_navigation(timeout=30_000):
            self.page.keyboard.press("g")
            self.page.keyboard.press(letter)
        self.page.wait_for_load_state("networkidle")


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    made = context.new_page()
    faults: list[str] = []
    made.on("pageerror", lambda error: faults.append(str(error)))
    yield made
    context.close()
    assert faults == []


def test_the_keyboard_alone_posts_a_request_and_finds_it_on_the_board(fair: Fair, page: Page) -> None:
    hands = Hands(page)
    page.goto(f"{fair.address}/en/")
    page.locator("#account a", has_text="Sign in").wait_for()

    hands.tab_to("Skip to the content", most=1)
    hands.tab_to("Sign in")
    hands.enter()
    hands.write("login", f"hamburg@{DEMO}")
    hands.write("password", PASSWORD)
    hands.enter()
    hands.go("r")
    hands.tab_to("Skip to the content", most=1)
    page.keyboard.press("Enter")
    hands.tab_to("Request quotes", most=3)
    hands.enter()

    hands.passed.clear()
    write_request(hands)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/rfqs/[0-9a-f-]{36}/"))
    # A day has several stops: its parts and its calendar.
    assert list(dict.fromkeys(name for name in hands.passed if name in IN_ORDER)) == list(IN_ORDER)
    lines = page.locator("main tbody tr").all_inner_texts()
    assert [line.split("\t")[1] for line in lines] == ["Porcelain mug 350 ml, own print", "Gift box for the mug"]

    hands.go("r")
    hands.tab_to("Mugs without a mouse", most=90)
    hands.enter()
    assert page.locator("h1").inner_text() == "Mugs without a mouse"


IN_ORDER = (
    "title", "category", "currency", "line-1-description", "line-1-quantity", "line-1-unit", "line-1-target_price",
    "line-2-description", "line-2-quantity", "line-2-unit", "line-2-target_price", "incoterm", "named_place", "destination",
    "closes_on", "ship_by", "details",
)  # fmt: skip


def write_request(hands: Hands) -> None:
    hands.write("title", "Mugs without a mouse")
    hands.write("category", "Drinkware")  # a list chooses what is typed
    hands.write("line-1-description", "Porcelain mug 350 ml, own print")
    hands.write("line-1-quantity", "1200")
    hands.write("line-1-target_price", "2.80")
    hands.write("line-2-description", "Gift box for the mug")
    hands.write("line-2-quantity", "1200")
    hands.tab_to("incoterm")
    hands.page.keyboard.type("FOB")
    hands.write("named_place", "Shanghai")
    hands.write("destination", "Germany")
    hands.tab_to("details")
    hands.tab_to("Post the request")


def test_who_is_faster_than_the_page_keeps_the_focus(fair: Fair, page: Page) -> None:
    """The bar of the account comes after the page: what stood there gives the focus to what takes its place."""
    hands, held = Hands(page), []
    page.route("**/me/bar/", lambda asked: held.append(asked))
    page.goto(f"{fair.address}/en/")
    hands.tab_to("My desk")

    held[0].continue_()
    page.locator("#account a", has_text="Sign in").wait_for()
    page.wait_for_timeout(200)

    assert hands.focus()["text"] == "Sign in"


CELL = """() => {
  const at = document.activeElement, row = at.closest("tr");
  return [row.rowIndex, at.cellIndex, at.innerText.trim().split("\\n")[0]];
}"""
# Whether the head and the first column still lie where the frame begins, and the cell with the focus lies beside them.
STUCK = """() => {
  const table = document.querySelector("table.compare"), frame = table.closest(".table-box").getBoundingClientRect();
  const head = table.rows[0].cells[1].getBoundingClientRect(), corner = table.rows[0].cells[0].getBoundingClientRect();
  const side = document.activeElement.closest("tr").cells[0].getBoundingClientRect(), cell = document.activeElement.getBoundingClientRect();
  return {
    head: Math.abs(head.top - frame.top) < 3, side: Math.abs(side.left - frame.left) < 3, scrolled: table.closest(".table-box").scrollTop,
    clear: cell.top >= corner.bottom - 3 && cell.left >= side.right - 3,
  };
}"""


@pytest.mark.parametrize("width", [390, 1440])
def test_the_comparison_is_a_grid_for_the_arrows(fair: Fair, page: Page, width: int) -> None:
    hands = Hands(page)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{fair.address}/en/account/sign-in/")
    hands.write("login", f"santiago@{DEMO}")
    hands.write("password", PASSWORD)
    hands.enter()
    page.goto(f"{fair.address}/en/rfqs/?state=open")
    request = page.locator("main a", has_text="Electric kettles for winter").get_attribute("href")
    page.goto(f"{fair.address}{request}compare/")
    page.wait_for_load_state("networkidle")

    page.keyboard.press("Tab")
    hands.tab_to("PDF", most=60)
    page.keyboard.press("Tab")
    assert page.evaluate(CELL)[:2] == [1, 1], "one stop for the whole grid"
    hands.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(CELL)[:2] == [1, 2]
    hands.focus()
    assert page.evaluate(STUCK)["side"]
    page.keyboard.press("ArrowRight")
    assert page.evaluate(CELL)[:2] == [1, 2], "there is no third quote"
    for _ in range(6):
        page.keyboard.press("ArrowDown")
        hands.focus()
        held = page.evaluate(STUCK)
        assert held["head"], "the head of the columns stays"
        assert held["side"], "the names of the rows stay"
        assert held["clear"], "the cell lies beside them, not under"
    page.keyboard.press("Home")
    assert page.evaluate(CELL)[1] == 0

    best = page.locator(".compare .best")
    assert best.count() > 0
    assert all("Best" in text for text in best.all_inner_texts()), "a word and a sign, not the colour alone"
    assert best.locator("svg").count() == best.count()

    page.keyboard.press("ArrowRight")
    quote = page.locator("table.compare thead th").nth(1).locator("a").get_attribute("href")
    hands.enter()
    assert page.url.endswith(str(quote))


def test_without_javascript_the_comparison_is_a_table_of_links(fair: Fair, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{fair.address}/en/account/sign-in/")
    page.fill("input[name=login]", f"santiago@{DEMO}")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.goto(f"{fair.address}/en/rfqs/?state=open")
    request = page.locator("main a", has_text="Electric kettles for winter").get_attribute("href")
    page.goto(f"{fair.address}{request}compare/")

    assert page.locator("table.compare thead a").count() == 2
    assert page.locator("table.compare").get_attribute("role") is None
    assert not page.locator("#grid-keys").is_visible()
    context.close()
