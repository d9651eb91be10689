"""A supplier writes an offer: interrupted, on two devices, with dropped pictures; and once without JavaScript."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.stories.walking import Walker

pytestmark = pytest.mark.browser
DEMO = "demo.everfair.example"
LIST = "Item No.,Product name,Farbe,unit price,MOQ\nST-1,Cup red,red,2.50,100\nST-2,Cup blue,blue,2.40,100\nST-3,Cup green,green,-2,100\n"
DROP = """async (colours) => {
  const drop = new DataTransfer();
  for (const colour of colours) {
    const canvas = Object.assign(document.createElement("canvas"), { width: 800, height: 600 });
    const pen = canvas.getContext("2d");
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 800, 600);
    drop.items.add(new File([await new Promise((done) => canvas.toBlob(done, "image/png"))], `${colour}.png`, { type: "image/png" }));
  }
  return drop;
}"""


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (400, 300), (40, 90, 140)).save(out, "JPEG")
    return out.getvalue()


def kept(walker: Walker) -> None:
    expect(walker.page.locator(".kept")).to_have_text(re.compile("Kept at|已保留"), timeout=10_000)


def focused(walker: Walker) -> str:
    return str(walker.page.evaluate("document.activeElement.getAttribute('aria-label')"))


def test_an_offer_is_written_on_two_devices_and_published(fair, chromium):
    seller = Walker(fair, chromium, "seller")
    seller.sign_in(f"yongkang@{DEMO}")
    seller.go("offers/new/")
    page = seller.page

    # Typing, the keyboard in the grid, and what is wrong beside its cell.
    seller.fill(sku="STORY-1", titles_en="Steel cup", category="hardware/fasteners")
    page.locator("[name=tiers_0]").first.fill("100")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("2.50")
    page.keyboard.press("Enter")
    assert focused(seller) == "From quantity, 2"
    page.keyboard.type("50")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("2.10")
    wrong = page.locator("#id_tiers_1_0_error")
    expect(wrong).to_have_text("The quantities of the price tiers must rise (at 50).")
    assert page.locator("[name=tiers_0]").nth(1).get_attribute("aria-invalid") == "true"
    page.keyboard.press("ArrowLeft")
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    assert focused(seller) == "From quantity, 2"
    page.keyboard.type("500")
    expect(wrong).to_have_count(0)
    for _ in range(12):
        page.keyboard.press("Enter")
    assert page.locator("[name=tiers_0]").count() == 10
    page.locator("#id_tiers [data-remove]").last.click()
    assert page.locator("[name=tiers_0]").count() == 9

    # Pictures dropped together keep their order; the first is the face.
    page.dispatch_event(".upload", "drop", {"dataTransfer": page.evaluate_handle(DROP, ["crimson", "teal", "navy"])})
    expect(page.locator(".shot input[name=picture]")).to_have_count(3, timeout=20_000)
    page.locator(".shot").nth(2).get_by_role("button", name="Show earlier").click()
    page.locator(".shot").nth(1).get_by_role("button", name="Show earlier").click()
    face = page.locator(".shot input[name=picture]").first.input_value()
    page.locator(f"[name=alt_en_{face}]").fill("The cup from the front")
    kept(seller)
    seller.photograph("offer-editor")
    page.wait_for_timeout(1500)

    # Another device, another language: everything is there, and nobody else sees it.
    device = Walker(fair, chromium, "seller", "zh-hant")
    device.sign_in(f"yongkang@{DEMO}")
    device.go("offers/new/", photograph="offer-editor-resumed")
    assert device.page.input_value("[name=titles_en]") == "Steel cup"
    assert device.page.locator(".shot input[name=picture]").first.input_value() == face
    assert device.page.input_value(f"[name=alt_en_{face}]") == "The cup from the front"
    device.fill(titles_zh_hant="鋼杯")
    kept(device)

    # The first window is told, and shows the newer text when asked.
    page.locator("[name=brand]").fill("Too late")
    expect(page.locator(".kept")).to_have_text("Not kept: this offer is being edited in another window or on another device.")
    assert [fault for fault in seller.faults if "409" not in fault] == []
    seller.faults.clear()
    seller.press(".kept-elsewhere a")
    assert page.input_value("[name=titles_zh_hant]") == "鋼杯"

    # A file that is no picture is refused in its place and does no harm.
    page.set_input_files("[name=new_pictures]", {"name": "logo.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"})
    expect(page.locator(".shot.refused")).to_contain_text("This is not a JPEG, PNG, WebP or GIF picture.")
    assert [fault for fault in seller.faults if "422" not in fault] == []
    seller.faults.clear()
    page.locator("[data-dismiss]").click()

    seller.press("main button[value=publish]")
    seller.go("offers/?q=STORY-1", photograph="own-offers")
    assert page.locator(".own-offer").count() == 1
    assert "A new offer waits unsaved" not in page.inner_text("main")
    device.close()
    seller.close()


def test_the_same_is_done_without_javascript(fair, chromium):
    seller = Walker(fair, chromium, "seller", script=False)
    seller.sign_in(f"quanzhou@{DEMO}")
    seller.go("offers/new/")
    seller.fill(sku="STORY-2", titles_en="Plain cup", category="hardware/fasteners")
    rows = seller.page.locator("[name=tiers_0]").count()

    seller.press("main button[value='more:tiers']")
    assert seller.page.locator("[name=tiers_0]").count() > rows
    for n, (quantity, price) in enumerate((("100", "2"), ("500", "1.8"))):
        seller.page.locator("[name=tiers_0]").nth(n).fill(quantity)
        seller.page.locator("[name=tiers_1]").nth(n).fill(price)
    seller.page.set_input_files(
        "[name=new_pictures]", [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": picture()} for n in range(2)]
    )
    seller.press("main button[value='more:attributes']")
    pictures = [box.input_value() for box in seller.page.locator("[name=picture]").all()]
    assert len(pictures) == 2
    seller.press(f"main button[value='later:{pictures[0]}']")
    assert [box.input_value() for box in seller.page.locator("[name=picture]").all()] == pictures[::-1]
    seller.photograph("offer-editor-plain")
    seller.press("main .editor-foot button[value=save]")

    assert "Saved as a draft. Nobody else sees it yet." in seller.page.inner_text("main")
    seller.close()


def test_a_price_list_is_read_as_the_last_one_was(fair, chromium):
    seller = Walker(fair, chromium, "seller", "zh-hant")
    seller.sign_in(f"yongkang@{DEMO}")
    for n in range(2):
        seller.go("offers/imports/")
        seller.page.set_input_files(
            "[name=file]", {"name": f"list-{n}.csv", "mimeType": "text/csv", "buffer": LIST.replace("ST-", f"ST-{n}").encode()}
        )
        seller.press("main form[action*='/imports/'] button.primary")
        choice = seller.page.locator("select[aria-label=Farbe]")
        if n == 0:
            assert choice.input_value() == "attribute:Farbe"
            choice.select_option("brand")
            seller.press("#columns button")
        assert choice.input_value() == "brand"
        seller.photograph(f"import-look-{n + 1}")
        seller.page.check("[name=mode][value=good]")
        seller.press("main form[action*='/start/'] button.primary")
    seller.photograph("import-result")
    with seller.page.expect_download() as download:
        seller.page.locator("main a[href$='errors.csv']").click()
    assert b"unit price" in download.value.path().read_bytes()
    seller.close()
