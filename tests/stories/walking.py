"""One person at a browser: goes somewhere, reads, types, presses, and photographs every page at both widths."""

from __future__ import annotations

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Response

from tests.stories.conftest import SHOTS, WIDTHS, Fair

PASSWORD = "trade-fair-2026"
SERIOUS = {"serious", "critical"}
# Words a page shows when something is wrong with it.
_TROUBLE = re.compile(r"Traceback|Internal Server Error|None None|\{\{|%\(\w+\)s")


# What reaches beyond the page, outermost first.
_TOO_WIDE = """() => [...document.querySelectorAll("body *")]
    .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .slice(0, 5).map(e => `${e.tagName}.${e.className} ${e.innerText?.slice(0, 60)}`)"""


class Walker:
    """`script=False` is a browser without JavaScript: the whole trade must go all the same."""

    def __init__(self, fair: Fair, browser: Browser, who: str, language: str = "en", *, script: bool = True) -> None:
        self.fair, self.who, self.language = fair, who, language
        self.context = browser.new_context(
            viewport={"width": WIDTHS[-1], "height": 900},
            java_script_enabled=script,
            locale={"en": "en-GB"}.get(language, "zh-TW"),
        )
        self.page: Page = self.context.new_page()
        self.script = script
        self.faults: list[str] = []
        self.page.on("console", lambda m: self.faults.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.seen = 0

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
        self.press(
            f'main form[action*="{part_of_action}"] button.primary, main form[action*="{part_of_action}"] button[type=submit]'
        )

    def look(self) -> None:
        text = self.page.locator("body").inner_text()
        assert not _TROUBLE.search(text), f"{self.page.url}: {_TROUBLE.search(text)}"

    def photograph(self, name: str) -> None:
        """At both widths: nothing runs off the side, and nobody who uses a screen reader is shut out."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.look()
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.screenshot(path=SHOTS / f"{self.language}-{name}-{width}.png", full_page=True)
            spill = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert spill <= 0, f"{self.page.url} is {spill} px too wide at {width}: {self.page.evaluate(_TOO_WIDE)}"
        if self.script:
            self._axe(name)
        self.seen += 1

    def _axe(self, name: str) -> None:
        found: list[dict[str, Any]] = Axe().run(self.page).response["violations"]
        bad = [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found if v["impact"] in SERIOUS]
        assert bad == [], f"{name}: {bad}"

    def close(self) -> None:
        self.context.close()
        assert self.faults == [], self.faults
