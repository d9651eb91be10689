"""An inspection that fails, and a second one that passes: buyer, supplier and an inspector who knows neither."""

from __future__ import annotations

import datetime
import re

import pytest

from tests.files import uploads
from tests.stories.conftest import Fair, start_fair
from tests.stories.test_whole_trade import join, order_path, pay, receive, register, ship
from tests.stories.walking import Walker

pytestmark = pytest.mark.browser
INSPECTOR = "wei@third-eye.example"


@pytest.fixture(scope="module")
def later():
    """A fair of its own: this story moves the clock by weeks."""
    yield from start_fair()


def test_a_fail_then_a_pass(later, chromium, tmp_path):
    photo = tmp_path / "carton.jpg"
    photo.write_bytes(uploads.picture())
    buyer, seller, inspector, operator = (Walker(later, chromium, who) for who in ("buyer", "seller", "inspector", "operator"))
    buyer.sign_in("hamburg@demo.everfair.example")
    seller.sign_in("yongkang@demo.everfair.example")
    operator.sign_in("operator@demo.everfair.example")
    join(inspector, INSPECTOR)
    register(inspector, INSPECTOR)
    admit(operator)
    order = agree(buyer, seller)
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
    for walker in (buyer, seller, inspector, operator):
        walker.close()

    assert later.command("proofs").returncode == 0


def admit(operator: Walker) -> None:
    operator.go("office/companies/?search=Newcomer")
    operator.press('main table a[href*="/office/companies/"]')
    operator.page.locator("summary", has_text="Admit as an inspector").click()
    operator.page.fill("#inspector_note", "Accreditation ISO/IEC 17020, seen on paper")
    operator.photograph("inspection-admit")
    operator.submit("/inspector/")
    operator.go("export/inspectors/", photograph="inspection-inspectors")


def agree(buyer: Walker, seller: Walker) -> str:
    buyer.go("export/search/?q=vacuum+bottle")
    buyer.press('main a[href*="/offers/"]')
    buyer.press('main button[formaction*="/order/"]')
    day = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=60)).date().isoformat()
    buyer.fill(named_place="Hamburg", payment_plan="inspected", ship_by=day)
    buyer.press("main button[name=step][value=preview]")
    buyer.submit("/order/place/")
    order = order_path(buyer)
    seller.go(order)
    seller.submit("/sign/")
    return order


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


def wait_for(fair: Fair, day: datetime.date) -> None:
    """The fair's clock goes forward to the day of the visit."""
    told = re.search(r"\d{4}-\d\d-\d\d", fair.command("clock").stdout)
    assert told
    days = (day - datetime.date.fromisoformat(told[0])).days
    assert fair.command("clock", "--advance", f"{days}d").returncode == 0


def visit(
    fair, asker: Walker, seller: Walker, inspector: Walker, booked: tuple[str, datetime.date], photo, *, major: str, shot: str
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
    wait_for(fair, day)
    inspector.go(path)
    inspector.press('main a[href$="/report/"]')
    for box in inspector.page.locator("main [name^=found_]").all():
        box.fill(major if "_major" in (box.get_attribute("name") or "") else "0")
    inspector.page.set_input_files("main [name=attachments]", str(photo))
    inspector.fill(remarks="All cartons opened.")
    inspector.photograph(f"{shot}-report")
    inspector.submit("/report/")
    inspector.photograph(f"{shot}-reported")
