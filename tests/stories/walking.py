"""One person at a browser: goes somewhere, reads, types, presses, and photographs pages: at both widths, in all three languages."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.utils.translation.trans_real import DjangoTranslation
from playwright.sync_api import Browser, Page, Response

from tests.stories.conftest import SHOTS, WIDTHS, Fair

PASSWORD = "trade-fair-2026"
LANGUAGES = ("en", "zh-hant", "zh-hans")
SERIOUS = {"serious", "critical"}
# Words a page shows when something is wrong with it.
_TROUBLE = re.compile(r"Traceback|Internal Server Error|None None|\{\{|%\(\w+\)s")
# Pages that were looked at for everybody, by name: in another language they have the same parts.
_PROBED: set[str] = set()


# What reaches beyond the page, outermost first.
_TOO_WIDE = """() => [...document.querySelectorAll("body *")]
    .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .slice(0, 5).map(e => `${e.tagName}.${e.className} ${e.innerText?.slice(0, 60)}`)"""
# What lies over its neighbour: the page is as wide as it should be, and cannot be read all the same.
_OVER = """() => [...document.querySelectorAll("main .card table")].filter(table => {
    const box = table.closest(".table-box"), card = table.closest(".card").getBoundingClientRect();
    const cut = box && getComputedStyle(box).overflowX !== "visible";
    return !cut && table.getBoundingClientRect().right > card.right + 1;
}).map(table => table.innerText.slice(0, 60))"""
_SPILL = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# What the page itself says, sentence by sentence: not what people wrote, which stands in their own language.
_SAYS = """() => {
  const said = new Set(), walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const around = walk.currentNode.parentElement;
    if (!around.closest("script, style, noscript, code, textarea, [lang]:not(html)")) said.add(walk.currentNode.data.trim().replace(/\\s+/g, " "));
  }
  return [...said];
}"""
_BOXES = '[...document.querySelectorAll("main :is(input, select, textarea)[name]:not([type=hidden], [type=file])")]'
_TYPED = f"() => {_BOXES}.map((box) => [box.name, box.value, box.checked])"
_TYPE = f"""(typed) => {{
  const boxes = {_BOXES};
  if (boxes.length === typed.length) boxes.forEach((box, n) => {{ [, box.value, box.checked] = typed[n]; }});
}}"""


class Walker:
    """`script=False` is a browser without JavaScript: the whole trade must go all the same."""

    def __init__(self, fair: Fair, browser: Browser, who: str, language: str = "en", *, script: bool = True) -> None:
        self.fair, self.who, self.language = fair, who, language
        self.context = browser.new_context(
            viewport={"width": WIDTHS[-1], "height": 900},
            java_script_enabled=script,
            locale={"en": "en-GB"}.get(language, "zh-TW"),
        )
        self.script = script
        self.faults: list[str] = []
        self.answer: Response | None = None
        self.page: Page = self._tab()
        self.page.on("response", self._note)
        self.beside: Page | None = None

    def _tab(self) -> Page:
        tab = self.context.new_page()
        tab.on("console", lambda m: self.faults.append(m.text) if m.type == "error" else None)
        tab.on("pageerror", lambda error: self.faults.append(str(error)))
        return tab

    def _note(self, response: Response) -> None:
        """The answer that the window shows: what a redirect leads to comes last."""
        if response.request.is_navigation_request() and response.frame == self.page.main_frame:
            self.answer = response

    def at(self, path: str) -> str:
        return f"{self.fair.address}/{self.language}/{path}"

    def go(self, path: str, *, photograph: str = "") -> Response:
        response = self.page.goto(path if path.startswith("http") else self.at(path))
        assert response is not None
        assert response.status == 200, f"{response.status} {path}"
        if photograph:
            self.photograph(photograph)
        return response

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        self.go("account/sign-in/")
        self.page.fill("input[name=login]", email)
        self.page.fill("input[name=password]", password)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_load_state()
        assert "sign-in" not in self.page.url, "the sign-in was refused"

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            box = self.page.locator(f"main [name={name}]").first
            if box.evaluate("e => e.tagName") == "SELECT":
                box.select_option(value)
            else:
                box.fill(value)

    def press(self, selector: str) -> None:
        """Press the one button or link that a selector names, and wait for the page it leads to."""
        target = self.page.locator(selector).first
        target.wait_for(state="visible", timeout=15_000)
        with self.page.expect_navigation(timeout=30_000):
            target.click()
        self.page.wait_for_load_state()
        self.look()

    def submit(self, part_of_action: str) -> None:
        form = f'main form[action*="{part_of_action}"]'
        self.press(f"{form} button:is(.primary, .danger, [type=submit])")

    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def look(self) -> None:
        _look(self.page)

    def photograph(self, name: str) -> None:
        """At both widths nothing runs off the side, in none of the languages; and nobody who uses a screen reader is shut out.

        The walk goes on in its own language: the others are seen in a tab beside it, with what was typed so far. What only the answer
        to a form shows is photographed in the language of the walk alone.
        """
        take(self.page, self.language, name)
        if self._may_be_asked_again():
            typed = self.page.evaluate(_TYPED)
            for language in LANGUAGES:
                if language != self.language:
                    take(self._in(language, typed), language, name)
        if self.script and name not in _PROBED:
            _PROBED.add(name)
            self._axe(name)

    def _may_be_asked_again(self) -> bool:
        """Our own page, and one that only reading leads to."""
        answer = self.answer
        if answer is None or answer.request.method != "GET" or answer.status != 200:
            return False
        return self.page.url.startswith(self.at(""))

    def _in(self, language: str, typed: list[list[Any]]) -> Page:
        """The same page in a tab beside this one."""
        if self.beside is None:
            self.beside = self._tab()
            self.beside.set_viewport_size({"width": WIDTHS[0], "height": 900})
        address = f"{self.fair.address}/{language}/{self.page.url.removeprefix(self.at(''))}"
        response = self.beside.goto(address)
        if response is not None:  # None: only the part behind # has changed
            assert response.status == 200, f"{response.status} {address}"
        self.beside.evaluate(_TYPE, typed)
        return self.beside

    def _axe(self, name: str) -> None:
        found: list[dict[str, Any]] = Axe().run(self.page).response["violations"]
        bad = [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found if v["impact"] in SERIOUS]
        assert bad == [], f"{name}: {bad}"

    def close(self) -> None:
        self.context.close()
        assert self.faults == [], self.faults


def take(page: Page, language: str, name: str) -> None:
    """One page in one language, at both widths: the folder of photographs shows it, and the story ends where it is wrong."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    _look(page)
    if language != "en":
        bare = set(page.evaluate(_SAYS)) & english_of(language)
        assert not bare, f"{page.url} says in English: {sorted(bare)}"
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        # JPEG takes half the time of PNG, and four hundred pages are taken six times each.
        page.screenshot(path=_shot(language, name, width), full_page=True, type="jpeg", quality=80)
        spill = page.evaluate(_SPILL)
        assert spill <= 0, f"{page.url} is {spill} px too wide at {width}: {page.evaluate(_TOO_WIDE)}"
        assert page.evaluate(_OVER) == [], f"{page.url}: a table leaves its card at {width}: {page.evaluate(_OVER)}"


def _shot(language: str, name: str, width: int) -> Path:
    return SHOTS / f"{language}-{name}-{width}.jpg"


def _look(page: Page) -> None:
    text = page.locator("body").inner_text()
    assert not _TROUBLE.search(text), f"{page.url}: {_TROUBLE.search(text)}"


@cache
def english_of(language: str) -> frozenset[str]:
    """Whole sentences and names of fields that this language has words of its own for."""
    words = {key: text for key, text in DjangoTranslation(language)._catalog.items() if isinstance(key, str)}
    plain = {key.split("\x04")[-1]: text for key, text in words.items()}
    own = {"English"}  # a language is called by its own name in every list of languages
    return frozenset(key for key, text in plain.items() if len(key) > 3 and text and key != text and "%" not in key) - own
