"""The guided trade, without JavaScript and with it: the banner alone leads from the search to the settlement, in ten clicks."""

from __future__ import annotations

import pytest

from tests.stories.walking import Walker

pytestmark = pytest.mark.browser


class Visitor:
    """Presses what the banner points at, and counts."""

    def __init__(self, walker: Walker) -> None:
        self.walker, self.clicks = walker, 0

    def click(self, shot: str) -> None:
        self.walker.press('a[data-guided="next"], form[data-guided="next"] button')
        self.clicks += 1
        self._photograph(shot)

    def _photograph(self, shot: str) -> None:
        """Once, where the pages have their scripts."""
        if self.walker.script:
            self.walker.photograph(f"guided-{shot}")

    def pay(self, shot: str) -> None:
        """From the banner to the provider's own page, and back when its button is pressed."""
        page = self.walker.page
        page.locator('form[data-guided="next"] button').first.click()
        self.clicks += 1
        page.wait_for_url(lambda address: not address.startswith(self.walker.fair.address), timeout=15_000)
        page.locator("button.pays").wait_for()
        with page.expect_navigation(timeout=30_000):
            page.locator("button.pays").click()
        self.clicks += 1
        # The provider's word comes by its own way; the order's page asks again by itself until it is there.
        for _ in range(60):
            waits = page.locator("meta[http-equiv=refresh]").count()
            if not waits and page.locator('form[data-guided="next"] input[name=verb]').count() and self._verb() not in ("", shot):
                break
            page.wait_for_timeout(500)
        self._photograph(f"{shot}-held")

    def _verb(self) -> str:
        return self.walker.page.locator('form[data-guided="next"] input[name=verb]').first.get_attribute("value") or ""


@pytest.mark.parametrize(("language", "script"), [("zh-hant", False), ("en", True)])
def test_ten_clicks_from_the_search_to_the_settlement(fair, chromium, language, script):
    walker = Walker(fair, chromium, "visitor", language, script=script)
    visitor = Visitor(walker)
    walker.go("export/", photograph="guided-home" if script else "")
    visitor.click("search")
    visitor.clicks = 0  # the search is open: here it begins

    visitor.click("offer")
    visitor.click("contract")
    visitor.click("signed-by-buyer")
    visitor.click("signed-by-both")
    visitor.pay("deposit")
    visitor.pay("balance")
    visitor.click("shipped")
    visitor.click("settled")

    assert visitor.clicks == 10
    assert walker.page.locator('[data-guided="next"]').count() == 0
    assert fair.command("proofs").returncode == 0
    walker.close()
