"""A day of the operator: what waits is seen, decided, mapped, stopped and set, and all of it stands in the trail."""

from __future__ import annotations

import datetime
import subprocess
from typing import Any

import pytest

from tests.stories.conftest import Fair
from tests.stories.walking import Walker

pytestmark = pytest.mark.browser
DEMO = "demo.everfair.example"
_UNSORTED = """
from everfair.catalog.models import Offer
for n, word in enumerate(("Hardware > Fasteners > Bolts", "Shoes > Sandals", "Rarities")):
    ids = list(Offer.objects.filter(state="published", source_category="").order_by("-number").values_list("pk", flat=True)[:3 - n])
    Offer.objects.filter(pk__in=ids).update(category="unsorted/unsorted", source_category=word)
"""


@pytest.fixture
def operator(fair: Fair, chromium: Any) -> Any:
    """At the desk, with three words of suppliers that nobody has mapped."""
    made: subprocess.CompletedProcess[str] = fair.command("manage", "shell", "-c", _UNSORTED)
    assert made.returncode == 0, made.stderr
    walker = Walker(fair, chromium, "operator", "en")
    walker.sign_in(f"operator@{DEMO}")
    yield walker
    walker.close()


def test_a_day_in_the_office(operator: Walker) -> None:
    operator.go("office/", photograph="office-day-overview")
    operator.press('main table a[href*="/office/issues/"]')
    operator.photograph("office-day-issues")
    decide(operator)
    stop(operator)
    take_away(operator)
    map_words(operator)
    set_rule(operator)
    for path, name in (
        ("trades/?state=completed", "trades"),
        ("letters/", "letters"),
        ("payments/", "payments"),
        ("payouts/?which=stopped", "stopped-payouts"),
        ("deadlines/", "deadlines"),
    ):
        operator.go(f"office/{path}", photograph=f"office-day-{name}")
    read_trail(operator)


def decide(operator: Walker) -> None:
    operator.press('main tbody a[href*="/office/trades/"]')
    operator.photograph("office-day-issue")
    operator.fill(percent="33.33")
    operator.press('main form[method="get"] button')
    operator.press('main a[href*="/decide/"]')
    operator.fill(reason="One third of the cartons never arrived; the carrier's note says so.")
    operator.photograph("office-day-decision")
    operator.submit("/decide/")
    text = operator.page.locator("main").inner_text()
    assert "One third of the cartons never arrived" in text
    assert "Books of this trade" in text
    operator.photograph("office-day-decided")


def stop(operator: Walker) -> None:
    """Two clicks: open, place."""
    operator.go("office/companies/?queue=verified", photograph="office-day-companies")
    operator.press('main tbody a[href*="/office/companies/"]')
    operator.page.locator("summary", has_text="Place a stop").click()
    operator.fill(kind="listing")
    operator.page.locator("#stop_reason").fill("Copies of a brand were offered.")
    operator.press('main form[action$="/stop/"] button')
    assert "Not listed" in operator.page.locator("main").inner_text()
    operator.photograph("office-day-company")


def take_away(operator: Walker) -> None:
    operator.go("office/offers/?state=published", photograph="office-day-offers")
    operator.press('main tbody a[href*="/office/offers/number/"]')
    operator.page.locator("summary", has_text="Take this offer away").click()
    operator.fill(reason="A copy of a brand.")
    operator.press('main form[action$="/remove/"] button')
    assert "Removed" in operator.page.locator("main").inner_text()
    operator.photograph("office-day-offer")


def map_words(operator: Walker) -> None:
    """The first line by one key, the next one under the same key."""
    operator.go("office/mapping/", photograph="office-day-mapping")
    operator.page.locator("main button[name=only]").first.focus()
    with operator.page.expect_navigation():
        operator.page.keyboard.press("Enter")
    assert operator.page.evaluate("document.activeElement.name") == "only"
    with operator.page.expect_navigation():
        operator.page.keyboard.press("Enter")
    assert operator.page.locator("main tbody tr").count() == 1
    operator.page.locator("main tbody input[name^=category]").fill("none of yours")
    operator.press("main button[name=only]")
    operator.photograph("office-day-mapping-refused")
    assert operator.page.locator("main [aria-invalid=true]").count() == 1
    operator.faults = [fault for fault in operator.faults if "422" not in fault]  # the browser's word for a refusal


def set_rule(operator: Walker) -> None:
    day = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=40)
    operator.go("office/rules/", photograph="office-day-rules")
    operator.go("office/rules/export/trade.fee_rate/")
    operator.fill(value="0.025", valid_from=day.strftime("%Y-%m-%dT09:00"), reason="The board of Monday.")
    operator.submit("/set/")
    text = operator.page.locator("main").inner_text()
    assert "What open contracts keep" in text
    assert "The board of Monday." in text
    operator.photograph("office-day-rule")


def read_trail(operator: Walker) -> None:
    operator.go("office/trail/?act=done", photograph="office-day-trail")
    text = operator.page.locator("main").inner_text()
    for act in ("Set a rule", "Mapped a category", "Removed an offer", "Stopped listings", "Decided an issue"):
        assert act in text, act
    with operator.page.expect_download() as taken:
        operator.page.locator('main a[href*="/office/trail.csv"]').click()
    with open(taken.value.path(), encoding="utf-8-sig") as file:
        assert file.readline().startswith("Moment,Who,Actor,Act,Code,About")
        assert "Copies of a brand were offered." in file.read()
