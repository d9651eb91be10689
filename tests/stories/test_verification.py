"""A company shows who it is, two reviewers who were drawn look and decide, and everybody sees the seal."""

from __future__ import annotations

import re

import pytest

from tests.stories.conftest import WIDTHS
from tests.stories.trading import RUN, join, part_ways, register, signed_in
from tests.stories.walking import Walker
from tests.trust.reviewing import PDF

pytestmark = pytest.mark.browser
OWNER = f"noor-{RUN}@dubai.example"
SAID = {
    "name": "Newcomer Trading", "number": "DXB-1", "legal_person": "Noor Haddad", "person": "Noor Haddad", "position": "Sole proprietor, Dubai",
    "holder": "Newcomer Trading", "account": "AE07 0331 2345 6789 0123 456", "valid_until": "2031-05-01",
}  # fmt: skip


def test_from_the_first_paper_to_the_seal(fair, chromium, tmp_path):
    owner = Walker(fair, chromium, "owner")
    join(owner, OWNER)
    register(owner, OWNER)
    reviewers = [signed_in(fair, chromium, who) for who in ("reviewer", "second.reviewer", "third.reviewer")]

    case = apply(owner, tmp_path / "paper.pdf")
    number = re.findall(r"V-(\d+)", owner.page.locator("h1").inner_text())[0]
    looks = next(each for each in reviewers if holds(each, number, "Yours to look at"))
    question(looks, owner, case)
    look_through(looks, case)
    decides = next(each for each in reviewers if each is not looks and holds(each, number, "Yours to decide"))
    decides.photograph("verification-to-decide")
    decides.go(desk_of(case), photograph="verification-decide")
    say(decides, "grant", reason="Read anew: every paper agrees.")
    decides.photograph("verification-granted")

    owner.go("verification/", photograph="verification-carried")
    owner.go(case, photograph="verification-decided")
    assert owner.page.locator("main .seal", has_text="Verified").count() == 1
    for place in ("discipline", "blacklist", "hits"):
        looks.go(f"office/{place}/", photograph=f"desk-{place}")
    visitor = Walker(fair, chromium, "visitor")
    visitor.go("export/how-we-verify/", photograph="how-we-verify")
    visitor.go("export/suppliers/?q=Dakeng")
    visitor.press('main a[href*="/suppliers/"]:has-text("Dakeng")')
    visitor.photograph("passport-level")
    assert visitor.page.locator("main .seal", has_text="Assessed").count() == 1
    assert "Licence document" in visitor.text()
    part_ways(fair, owner, visitor, *reviewers)


def apply(owner: Walker, paper) -> str:
    """On a telephone: each check with its paper, one wrong date on the way, then in."""
    paper.write_bytes(PDF)
    owner.go("verification/", photograph="verification-levels")
    narrow(owner)
    owner.press('main form[action*="/verification/begin/"] button.primary')
    found = re.search(r"/(verification/[0-9a-f-]{36}/)", owner.page.url)
    assert found, owner.page.url
    case = found[1]
    owner.photograph("verification-checklist")
    narrow(owner)
    for kind in ("identity", "licence", "authority", "bank_account"):
        fill(owner, kind, str(paper), valid_until="2020-05-01" if kind == "licence" else "")
        if kind == "licence":
            assert [fault for fault in owner.faults if "422" not in fault] == []  # the browser's word for a refusal
            owner.faults.clear()
            owner.photograph("verification-wrong-date")
            narrow(owner)
            fill(owner, kind, str(paper), valid_until=SAID["valid_until"])
    owner.go(case, photograph="verification-ready")
    narrow(owner)
    owner.submit("/submit/")
    owner.go(case, photograph="verification-handed-in")
    return case


def desk_of(case: str) -> str:
    return case.replace("verification/", "office/verifications/")


def narrow(walker: Walker) -> None:
    walker.page.set_viewport_size({"width": WIDTHS[0], "height": 900})


def fill(owner: Walker, kind: str, paper: str, *, valid_until: str = "") -> None:
    form = owner.page.locator(f'main form[action*="/checks/{kind}/"]')
    for name, value in (SAID | ({"valid_until": valid_until} if valid_until else {})).items():
        box = form.locator(f"[name={name}]")
        if box.count():
            box.fill(value)
    form.locator("[name=papers]").set_input_files(paper)
    with owner.page.expect_navigation():
        form.locator("button.primary").click()
    owner.look()


def holds(reviewer: Walker, number: str, heading: str) -> bool:
    """Whether they were drawn for it, and it is their turn."""
    reviewer.go("office/verifications/")
    own = reviewer.page.locator("main .card", has=reviewer.page.get_by_role("heading", name=heading))
    return own.get_by_role("link", name=f"V-{number}", exact=True).count() == 1


def question(looks: Walker, owner: Walker, case: str) -> None:
    looks.go("office/verifications/", photograph="verification-desk")
    looks.go(desk_of(case), photograph="verification-case")
    say(looks, "ask", question="Is there a second page of the licence?")
    owner.go(case, photograph="verification-asked")
    owner.fill(answer="No, it is one page, both sides on the scan.")
    owner.submit("/answer/")


def look_through(looks: Walker, case: str) -> None:
    for kind in ("identity", "licence", "authority", "bank_account"):
        looks.go(desk_of(case))
        form = looks.page.locator(f'main form[action*="/checks/{kind}/"]')
        for box in form.locator("[name^=found_]").all():
            name = (box.get_attribute("name") or "").removeprefix("found_")
            box.fill(SAID[name].upper() if name != "number" else "DXB-7")
        form.locator("[name=result][value=passed]").check()
        form.locator("[name=reason]").fill("The extract of today.")
        with looks.page.expect_navigation():
            form.locator("button.primary").click()
    looks.photograph("verification-recorded")
    say(looks, "propose", proposal="grant", reason="Every paper agrees with the register.")


def say(walker: Walker, verb: str, *, proposal: str = "", **typed: str) -> None:
    form = walker.page.locator(f'main form[action$="/{verb}/"]')
    if not form.is_visible():
        walker.page.locator(f"main details:has(form[action$='/{verb}/']) summary").click()
    for name, value in typed.items():
        form.locator(f"[name={name}]").fill(value)
    if proposal:
        form.locator(f"[name=proposal][value={proposal}]").check()
    with walker.page.expect_navigation():
        form.locator("button:is(.primary, .danger)").click()
    walker.look()
