"""An inspection that fails, and a second one that passes: buyer, supplier and an inspector who knows neither."""

from __future__ import annotations

import datetime
import re

import pytest

from tests.files import uploads
from tests.stories.conftest import Fair
from tests.stories.trading import RUN, agree, join, part_ways, pay, receive, register, ship, signed_in
from tests.stories.walking import Walker

pytestmark = pytest.mark.browser
INSPECTOR = f"wei-{RUN}@third-eye.example"


def test_a_fail_then_a_pass(later, chromium, tmp_path):
    photo = tmp_path / "carton.jpg"
    photo.write_bytes(uploads.picture())
    buyer, seller, operator = (signed_in(later, chromium, who) for who in ("hamburg", "yongkang", "operator"))
    inspector = Walker(later, chromium, "inspector", "zh-hant")
    join(inspector, INSPECTOR)
    register(inspector, INSPECTOR)
    admit(operator)
    order = agree(buyer, seller, payment_plan="inspected", ship_by=later.day(60).isoformat())
    pay(buyer, order)

    first = book(buyer, order, "inspection-book")
    visit(later, buyer, seller, inspector, first, photo, major="20", shot="inspection-fail")
    buyer.go(order, photograph="inspection-failed-order")
    assert buyer.page.locator('form[action*="/pay/"]').count() == 0
    assert seller.page.goto(seller.at(order)) is not None
    assert seller.page.locator('a[href$="/ship/"]').count() == 0

    second = book(seller, order, "inspection-again")
    visit(later, seller, seller, inspector, second, photo, major="0", shot="inspection-pass")
    buyer.go(first[0], photograph="inspection-replaced")
    pay(buyer, order)
    ship(seller, order)
    receive(buyer, order)
    seller.go("wallet/", photograph="inspection-seller-wallet")
    inspector.go("wallet/", photograph="inspection-fees")
    part_ways(later, buyer, seller, inspector, operator)


def admit(operator: Walker) -> None:
    operator.go(f"office/companies/?search=wei-{RUN}")
    operator.press('main table a[href*="/office/companies/"]')
    operator.page.locator("summary", has_text="Admit as an inspector").click()
    operator.page.fill("#inspector_note", "Accreditation ISO/IEC 17020, seen on paper")
    operator.photograph("inspection-admit")
    operator.submit("/inspector/")
    operator.go("export/inspectors/", photograph="inspection-inspectors")


def book(asker: Walker, order: str, shot: str) -> tuple[str, datetime.date]:
    asker.go(order)
    asker.press('main a[href$="/inspect/"]')
    asker.fill(fee="300.00", place="Yongkang, hall 3")
    day = datetime.date.fromisoformat(asker.page.locator("main [name=wanted_on]").input_value())
    asker.photograph(shot)
    asker.submit("/inspect/")
    found = re.search(r"/(inspections/[0-9a-f-]{36}/)", asker.page.url)
    assert found, asker.page.url
    return found[1], day


def visit(
    fair: Fair,
    asker: Walker,
    seller: Walker,
    inspector: Walker,
    booked: tuple[str, datetime.date],
    photo,
    *,
    major: str,
    shot: str,
) -> None:
    path, day = booked
    inspector.go("inspections/", photograph=f"{shot}-desk")
    inspector.go(path)
    inspector.submit("/accept/")
    pay(asker, path)
    seller.go(path)
    seller.press('main a[href$="/packed/"]')
    seller.fill(percent="90")
    seller.photograph(f"{shot}-packed")
    seller.submit("/packed/")
    inspector.go(path, photograph=f"{shot}-ready")
    fair.wait_until(day)
    inspector.go(path)
    inspector.press('main a[href$="/report/"]')
    for box in inspector.page.locator("main [name^=found_]").all():
        box.fill(major if "_major" in (box.get_attribute("name") or "") else "0")
    inspector.page.set_input_files("main [name=attachments]", str(photo))
    inspector.fill(remarks="All cartons opened.")
    inspector.photograph(f"{shot}-report")
    inspector.submit("/report/")
    inspector.photograph(f"{shot}-reported")
