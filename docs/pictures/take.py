"""Takes every picture of the guide and of the README: starts an installation of its own, and walks through it as people do.

    .venv/bin/python -m docs.pictures.take             # all of them
    .venv/bin/python -m docs.pictures.take finance     # those of the money alone; or of trust: reviewing

The walk is the same each time: the demo world, whose firms and goods never change, and the steps below. Days, and the numbers of the
orders made on the way, are those of the run. Takes about six minutes; needs the environment that `bin/test` makes, and Chromium.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import os
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from tests.files import uploads
from tests.payments.statements import Bank
from tests.stories.conftest import FLAGS, Fair, start_fair
from tests.stories.walking import Walker

FOLDER = Path(__file__).resolve().parent
WIDTH, HEIGHT = 1200, 900
MOST_BYTES = 120_000
SECRET = "a-long-enough-secret"  # noqa: S105  of people who live for one run
DEMO = "demo.everfair.example"
YOURS = 'main .card:has(h2:text-is("Yours to rule"))'
PACKING = "Goods and packing list"
PAYER = "DE44500105175407324931"
READ_STATEMENTS = "from everfair.payments.jobs import read_statements; read_statements()"
PREVIEW = "main button[name=step][value=preview]"


class Photographer(Walker):
    """A walker who takes only the pictures that are asked for, of the part that matters."""

    def __init__(self, fair: Fair, browser: Browser, email: str = "") -> None:
        super().__init__(fair, browser, email)
        self.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        if email:
            self.sign_in(f"{email}@{DEMO}")

    def photograph(self, name: str) -> None:
        """The stories' own pictures are not taken here."""

    def take(self, name: str, *, part: str = "main", until: str = "", most: int = 1600, whole: bool = False) -> None:
        """Keep this page as `name`.png: the `part` that a selector names, down to the end of `until`, but at `most` so many pixels
        high; or what stands on the screen, `whole`."""
        self.look()
        self.page.evaluate("() => { document.activeElement?.blur(); window.scrollTo(0, 0); }")
        clip = {"x": 0.0, "y": 0.0, "width": WIDTH, "height": HEIGHT}
        if not whole:
            box = self.page.locator(part).first.bounding_box()
            end = self.page.locator(until).first.bounding_box() if until else box
            if box is None or end is None:
                raise AssertionError(f"{self.page.url} has no {until or part}")
            margin = 16
            height = end["y"] + end["height"] - box["y"] + 2 * margin
            clip = {
                "x": box["x"] - margin,
                "y": box["y"] - margin,
                "width": box["width"] + 2 * margin,
                "height": min(height, most),
            }
        keep(name, self.page.screenshot(clip=clip, full_page=True, animations="disabled", caret="hide"))  # type: ignore[arg-type]


def keep(name: str, shot: bytes) -> None:
    """In as few colours as the size asks for: a page of words needs few."""
    whole = Image.open(io.BytesIO(shot)).convert("RGB")
    for colours in (128, 64, 32):
        file = io.BytesIO()
        whole.quantize(colours, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
        if file.tell() <= MOST_BYTES:
            break
    else:
        raise AssertionError(f"{name} is {file.tell()} bytes even in {colours} colours: take less of the page")
    (FOLDER / f"{name}.png").write_bytes(file.getvalue())


class Trip:
    """The people and what they carry with them from one picture to the next."""

    def __init__(self, fair: Fair, browser: Browser, luggage: Path) -> None:
        self.fair, self.browser, self.luggage = fair, browser, luggage
        self.photo = luggage / "carton-17.jpg"
        self.photo.write_bytes(uploads.picture())
        self.buyer, self.seller = Photographer(fair, browser, "hamburg"), Photographer(fair, browser, "yongkang")
        self.maker, self.operator = Photographer(fair, browser, "quanzhou"), Photographer(fair, browser, "operator")
        self.inspector, self.treasurer = Photographer(fair, browser), Photographer(fair, browser, "treasurer")
        self.judges = [Photographer(fair, browser), Photographer(fair, browser)]

    def everything(self) -> None:
        market(self)
        offer = find(self)
        trade(self, offer)
        claim = complain(self)
        visit = book_inspection(self, offer)
        for judge, name in zip(self.judges, ("Amina Diallo", "Paolo Conti"), strict=True):
            invite(self, judge, name)
        advance(self.fair, visit[1])
        inspect(self, visit[0])
        arbitrate(self, claim)
        office(self)
        reviewing(self)
        finance(self)


# What everybody sees, and a trade that goes right


def market(trip: Trip) -> None:
    guest = Photographer(trip.fair, trip.browser)
    guest.go("export/")
    guest.take("home", whole=True)
    wait_until_drawn(guest, "export/search/?q=vacuum+bottle")
    guest.take("search", whole=True)
    guest.close()
    asker = Photographer(trip.fair, trip.browser, "santiago")
    asker.go("rfqs/")
    asker.press('main a:has-text("Electric kettles")')
    asker.press('main a[href*="/compare/"]')
    asker.take("buyer-compare", until="main .table-box")
    asker.close()


def wait_until_drawn(guest: Photographer, path: str) -> None:
    """The worker draws what the demo's offers show in the first minutes."""
    until = time.monotonic() + 240
    while time.monotonic() < until:
        guest.go(path)
        if guest.page.locator("main .cards img, main li img, main article img").count() >= 3:
            return
        time.sleep(2)
    raise AssertionError("the demo's pictures were not drawn")


def find(trip: Trip) -> str:
    """The offer of the supplier who is signed in that stands first."""
    trip.buyer.go("export/search/?q=vacuum+bottle")
    trip.buyer.press('main a[href*="/offers/"]')
    trip.buyer.take("buyer-offer", most=1300)
    return trip.buyer.page.url


def place(trip: Trip, offer: str, **terms: str) -> str:
    buyer = trip.buyer
    buyer.go(offer)
    buyer.press('main button[formaction*="/order/"]')
    buyer.fill(named_place="Ningbo", **terms)
    buyer.press(PREVIEW)
    if not terms.get("payment_plan"):
        buyer.take("buyer-contract", most=1200)
    buyer.submit("/order/place/")
    order = path_of(buyer, "orders")
    trip.seller.go(order)
    trip.seller.submit("/sign/")
    return order


def trade(trip: Trip, offer: str) -> None:
    """Signed, paid, shipped in two consignments and a little short, received."""
    buyer, seller = trip.buyer, trip.seller
    order = place(trip, offer)
    pay(buyer, order)
    buyer.go(order)
    buyer.take("order", whole=True)
    pay(buyer, order)
    ask_for_time(trip, order)
    propose(trip, order)

    seller.go(order)
    seller.press('main a[href$="/ship/"]')
    handed_over = {"carrier": "Harbour Line", "count_of_1": "3", "gross_weight_kg_of_1": "14.5", "marks_of_1": "HH 1-3"}
    seller.fill(tracking_number="HBL 4711", quantity_1="300", **handed_over)
    seller.page.check("main [name=more_follows]")
    seller.take("supplier-ship", until="main fieldset fieldset")
    seller.take(
        "supplier-part", part=f'main fieldset:has(> legend:text-is("{PACKING}"))', until="main .field:has([name=more_follows])"
    )
    seller.submit("/ship/")
    seller.press('main a[href$="/ship/"]')
    seller.fill(tracking_number="HBL 4733", quantity_1=short_of(seller), **handed_over)
    seller.submit("/ship/")
    seller.take("supplier-sent", part='main .card:has(h2:text-is("What was sent"))')

    for _package in range(6):
        buyer.go(order)
        buyer.press("main button[name=condition][value=good]")
    buyer.go(order)
    buyer.take("buyer-delivered", until="main .status")
    buyer.press('main a[href$="/receive/"]')
    buyer.submit("/receive/")
    seller.go("wallet/")
    seller.take("supplier-wallet", most=760)


def pay(payer: Photographer, path: str) -> None:
    """What is due now, on the provider's page and back, until the money is held."""
    payer.go(path)
    payer.submit("/pay/")
    payer.press('main a[href*="/go/"]')
    payer.press("button >> nth=0")
    until = time.monotonic() + 60
    while time.monotonic() < until:
        payer.go(path)
        if not payer.page.locator("meta[http-equiv=refresh]").count() and "is being checked" not in payer.page.inner_text("main"):
            return
        time.sleep(0.3)
    raise AssertionError("the provider's word did not come")


def short_of(seller: Photographer) -> str:
    """Ten fewer than are left: within the contract's tolerance of counted goods."""
    left = seller.page.locator("main [name=quantity_1]").input_value()
    return str(int(left) - 10)


def ask_for_time(trip: Trip, order: str) -> None:
    trip.seller.go(order)
    trip.seller.press('main a[href*="/more-time/shipping/"]')
    trip.seller.fill(days="5", reason="The powder coater is closed until Monday.")
    trip.seller.submit("/more-time/")
    trip.buyer.go(order)
    trip.buyer.submit("/grant/")


def propose(trip: Trip, order: str) -> None:
    trip.seller.go(order)
    trip.seller.press('main a[href$="/amend/"]')
    trip.seller.fill(remarks="Own label on the lid; cartons marked HH.", note="As we said on the telephone.")
    trip.seller.submit("/amend/")
    trip.buyer.go(order)
    trip.buyer.take("new-terms", part='main .card:has(form[action*="/amendments/"])')
    trip.buyer.submit("/amendments/")


# A claim


def complain(trip: Trip) -> str:
    """Goods of the demo that are on their way to the buyer come, and are not right."""
    buyer, maker = trip.buyer, trip.maker
    buyer.go("orders/")
    buyer.press('main tr:has-text("Quanzhou") a[href*="/orders/"]')
    buyer.press('main a[href$="/report/"]')
    buyer.fill(reason_1="defective", quantity_1="60", text="On 60 of them the seam beside the zip is open. Cartons 4 to 6.")
    buyer.page.check("main [name=remedy][value=refund]")
    buyer.fill(amount="240.00")
    buyer.page.set_input_files("main [name=attachments]", str(trip.photo))
    buyer.take("buyer-claim", until="main form")
    buyer.press('main form[action*="/report/"] button.danger')
    claim = path_of(buyer, "claims")
    maker.go(claim)
    maker.take("supplier-claim", until='main .card:has(h2:text-is("Offers that stand"))')
    maker.press('main a[href$="/answer/"]')
    maker.fill(text="We see the photograph: the seams of one carton were not locked.", remedy="discount", amount="80.00")
    maker.submit("/answer/")
    return claim


# An inspection


def book_inspection(trip: Trip, offer: str) -> tuple[str, datetime.date]:
    day = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=60)
    order = place(trip, offer, payment_plan="inspected", ship_by=day.isoformat())
    pay(trip.buyer, order)
    found_inspector(trip)
    buyer, inspector = trip.buyer, trip.inspector
    buyer.go(order)
    buyer.press('main a[href$="/inspect/"]')
    buyer.fill(fee="300.00", place="Yongkang, Bottle Road 88, hall 3; ask for Ms Chen")
    wanted_on = datetime.date.fromisoformat(buyer.page.locator("main [name=wanted_on]").input_value())
    buyer.take("inspector-booking", until="main form", most=1500)
    buyer.submit("/inspect/")
    visit = path_of(buyer, "inspections")
    inspector.go(visit)
    inspector.take("inspector-asked")
    inspector.submit("/accept/")
    pay(buyer, visit)
    trip.seller.go(visit)
    trip.seller.press('main a[href$="/packed/"]')
    trip.seller.fill(percent="90")
    trip.seller.submit("/packed/")
    return visit, wanted_on


def found_inspector(trip: Trip) -> None:
    inspector, operator = trip.inspector, trip.operator
    join(inspector, "wei@third-eye.example", "Wei Lin")
    inspector.go("company/register/?country=SG")
    inspector.fill(name="Third Eye Inspection", registration_kind="other", registration_number="TEI-2231", line1="Anson Road 10")
    inspector.fill(city="Singapore")
    inspector.page.check("main [name=is_seller]")
    inspector.press("main form button.primary")
    operator.go("office/companies/?search=Third+Eye")
    operator.press('main table a[href*="/office/companies/"]')
    operator.page.locator("summary", has_text="Admit as an inspector").click()
    operator.page.fill("#inspector_note", "Accreditation ISO/IEC 17020 and insurance, seen on paper")
    operator.submit("/inspector/")
    operator.go("export/inspectors/")
    operator.take("inspector-list", most=620)


def inspect(trip: Trip, visit: str) -> None:
    inspector = trip.inspector
    inspector.go(visit)
    inspector.press('main a[href$="/report/"]')
    for box in inspector.page.locator("main [name^=found_]").all():
        box.fill("20" if "_major" in (box.get_attribute("name") or "") else "0")
    inspector.page.set_input_files("main [name=attachments]", str(trip.photo))
    inspector.fill(remarks="20 lids leak when turned over. All cartons opened.")
    inspector.take("inspector-report", until="main form", most=1300)
    inspector.submit("/report/")
    trip.buyer.go(visit)
    trip.buyer.take("inspector-failed", most=1100)


# The arbitrators, and the office


def invite(trip: Trip, judge: Photographer, name: str) -> None:
    email = f"{name.split()[0].lower()}@fair.example"
    operator = trip.operator
    operator.go("office/staff/")
    operator.fill(email=email)
    for box in operator.page.locator("main [name=roles]").all():
        box.set_checked(box.get_attribute("value") == "arbitrator")
    if judge is trip.judges[0]:
        operator.take("operator-staff", part='main .card:has(h2:text-is("Invite a colleague"))')
    operator.submit("/invite/")
    judge.go(trip.fair.letter_link(email))
    judge.fill(name=name, email=email, password=SECRET)
    judge.press("main form button.primary")
    if "sign-in" in judge.page.url:
        judge.sign_in(email, SECRET)


def arbitrate(trip: Trip, claim: str) -> None:
    """The claim has gone to one of the two by itself. Then a case of the demo that is so large that the other looks at the ruling."""
    judge = wait_for_case(trip, f'a[href$="/{claim}"]')
    judge.take("arbitrator-desk", until='main .card:has(h2:text-is("With others"))')
    judge.go(claim)
    judge.take("arbitrator-file", most=1100)
    rule(
        judge, "160.00", "Defective goods", "The photograph shows open seams in three cartons. A third of them can be sewn again."
    )
    judge.take("arbitrator-split")
    judge.press("main button[name=step][value=rule]")
    trip.buyer.go(claim)
    trip.buyer.take("arbitrator-ruled", until='main .card:has(h2:text-is("Ruling"))')

    judge = wait_for_case(trip, 'tr:has-text("11,256.00") a')
    judge.press(f'{YOURS} tr:has-text("11,256.00") a')
    large = path_of(judge, "claims")
    rule(judge, "2251.20", "Fewer goods than ordered", "The delivery note names five cartons fewer.")
    judge.press("main button[name=step][value=rule]")
    other = trip.judges[1 - trip.judges.index(judge)]
    other.go(large)
    other.press('main a[href*="/check/"]')
    other.take("arbitrator-check", until="main form")


def rule(judge: Photographer, amount: str, ground: str, reasons: str) -> None:
    judge.press('main a[href$="/rule/"]')
    judge.fill(amount=amount, reasons=reasons)
    judge.page.locator("main select[name=ground]").select_option(label=ground)
    judge.press("main button[name=step][value=preview]")


def wait_for_case(trip: Trip, link: str) -> Photographer:
    """Whose desk this case has come to."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        for judge in trip.judges:
            judge.go("office/claims/")
            if judge.page.locator(f"{YOURS} {link}").count():
                return judge
        time.sleep(1)
    raise AssertionError("the claim came to nobody")


def office(trip: Trip) -> None:
    trip.operator.go("office/")
    trip.operator.take("operator-office")
    trip.operator.go("office/issues/")
    trip.operator.press('main tbody a[href*="/office/trades/"]')
    trip.operator.take("operator-issue", most=1350)


# What reviewers find on their desks, and what is read of it


def reviewing(trip: Trip) -> None:
    guest = Photographer(trip.fair, trip.browser)
    guest.go("export/how-we-verify/")
    guest.take("verify-public", most=1200)
    guest.go("export/blacklist/")
    guest.take("blacklist-public")
    guest.go("export/suppliers/?q=Dakeng")
    guest.press('main a[href*="/suppliers/"]:has-text("Dakeng")')
    guest.take("passport", most=1100)
    guest.close()
    trip.seller.go("standing/")
    trip.seller.take("supplier-standing", most=1400)

    staff = [Photographer(trip.fair, trip.browser, name) for name in ("reviewer", "second.reviewer", "third.reviewer")]
    looks = next(each for each in staff if is_theirs(each, "verifications", "Yours to look at"))
    looks.take("reviewer-desk")
    looks.press('main .card:has(h2:text-is("Yours to look at")) a[href*="/office/verifications/"]')
    looks.take("reviewer-case", most=1500)
    looks.go("office/discipline/")
    looks.take("reviewer-discipline")
    judges = staff[-1]
    judges.go("office/discipline/")
    judges.press('main .card:has(h2:text-is("Appeals against points")) tbody a')
    judges.take("reviewer-appeal", until="main .split")
    judges.go("office/discipline/")
    judges.press('main .card:has(h2:text-is("Complaints")) tbody a')
    judges.take("reviewer-complaint", until="main .split")
    for each in staff:
        each.close()


def is_theirs(reviewer: Photographer, desk: str, heading: str) -> bool:
    reviewer.go(f"office/{desk}/")
    return reviewer.page.locator(f'main .card:has(h2:text-is("{heading}")) a').count() > 0


# The money, from the ways to pay to the closed month


def finance(trip: Trip) -> None:
    buyer, operator, treasurer = trip.buyer, trip.operator, trip.treasurer
    buyer.go("export/search/?q=vacuum+bottle")
    buyer.press('main a[href*="/offers/"]')
    buyer.press('main button[formaction*="/order/"]')
    buyer.fill(named_place="Ningbo")
    buyer.press(PREVIEW)
    buyer.submit("/order/place/")
    order = path_of(buyer, "orders")
    trip.seller.go(order)
    trip.seller.submit("/sign/")
    buyer.go(order)
    buyer.submit("/pay/")
    buyer.take("finance-ways")
    buyer.press('main a[href$="/bank/"]')
    buyer.press("main form button.primary")
    buyer.take("finance-transfer")
    asked = buyer.page.locator("main .facts dd").first.inner_text()

    came = int(re.sub(r"[^\d]", "", asked)) + 1500
    bank = Bank("usd").credit(
        came, "BOTTLES, OUR ORDER OF NOVEMBER", name="HANSEKONTOR WARENHANDEL GMBH", account=PAYER, ref="NB4471"
    )
    bank.debit(1250, "ACCOUNT CHARGES", code="NCHG")
    file = trip.luggage / "statement.sta"
    file.write_bytes(bank.mt940())
    treasurer.go("office/bank/")
    treasurer.page.set_input_files("main input[type=file]", str(file))
    treasurer.press('main form[enctype="multipart/form-data"] button.primary')
    treasurer.take("finance-bank", most=760)
    treasurer.go("office/bank/lines/")
    treasurer.press('main tbody a[href*="/bank/lines/"]')
    treasurer.take("finance-line", most=980)
    operator.go("office/rails/")
    operator.take("finance-rails", most=900)

    trip.seller.go("wallet/payouts/new/")
    trip.seller.fill(amount="1500.00")
    trip.seller.press("main form button.primary")
    trip.seller.press('main form[method="post"] button.primary')
    payout = trip.seller.page.url.split("/wallet/")[1]
    wait_for_link(operator, f"office/{payout}", 'main a[href*="/batches/"]')
    operator.press('main a[href*="/batches/"]')
    operator.press('main form[action$="/prepare/"] button')
    treasurer.go(operator.page.url)
    treasurer.take("finance-batch", until="main .table-box")

    today = trip.fair.day()
    trip.fair.wait_until((today.replace(day=1) + datetime.timedelta(days=32)).replace(day=3))
    assert trip.fair.command("manage", "shell", "-c", READ_STATEMENTS).returncode == 0
    operator.go("office/books/periods/")
    operator.press("main tr:has(.badge:text-is('Open')) >> nth=-1 >> a")
    operator.press('main a[href$="?run=1"]')
    operator.take("finance-month", until="main .split")
    operator.go("office/books/trial/")
    operator.take("finance-trial", until="main .table-box")


def wait_for_link(walker: Photographer, path: str, link: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        walker.go(path)
        if walker.page.locator(link).count():
            return
        time.sleep(0.5)
    raise AssertionError(f"{path} has no {link}")


# What several walks need


def path_of(walker: Photographer, noun: str) -> str:
    found = re.search(rf"/({noun}/[0-9a-f-]{{36}}/)", walker.page.url)
    assert found, f"{walker.page.url} is none of {noun}"
    return found[1]


def join(walker: Photographer, email: str, name: str) -> None:
    walker.go("account/join/")
    walker.fill(email=email, name=name, password1=SECRET)
    walker.press("main form button.primary")
    walker.go(walker.fair.letter_link(email))
    walker.press("main form button.primary")
    if "sign-in" in walker.page.url:
        walker.sign_in(email, SECRET)


def advance(fair: Fair, day: datetime.date) -> None:
    """The fair's clock goes forward to this day."""
    told = re.search(r"\d{4}-\d\d-\d\d", fair.command("clock").stdout)
    assert told
    days = (day - datetime.date.fromisoformat(told[0])).days
    assert fair.command("clock", "--advance", f"{days}d").returncode == 0


def take(fair: Fair, part: str) -> None:
    with tempfile.TemporaryDirectory() as luggage, sync_playwright() as playwright:
        program: Any = os.environ.get("EVERFAIR_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        trip = Trip(fair, browser, Path(luggage))
        {"finance": lambda: finance(trip), "reviewing": lambda: reviewing(trip)}.get(part, trip.everything)()
        browser.close()


if __name__ == "__main__":
    # The bank's statement is written for the accounts that a demonstration has.
    os.environ |= {"DJANGO_SETTINGS_MODULE": "everfair.site.settings", "EVERFAIR_KIND": "demo"}
    with contextlib.contextmanager(start_fair)() as fair:
        take(fair, "".join(sys.argv[1:]))
