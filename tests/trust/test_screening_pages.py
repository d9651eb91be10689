"""The desk of screening as the staff meets it, over pages and API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from everfair.base.clock import now
from everfair.companies.models import AuditNote, Person, Stop
from everfair.trust import actions
from everfair.trust.models import Hit, SanctionList
from tests import make
from tests.companies.signing_in import browser
from tests.trust.listing import PARTIES, in_force, made_hit, ofac
from tests.trust.reviewing import acting, reviewer
from tests.trust.test_pages import put, queries_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two() -> list[Person]:
    return [reviewer(name="Mei"), reviewer(name="Otto")]


def hit_of(name: str = "Red Shiping", **columns: Any) -> Hit:
    return made_hit(make.company(name=name, country="DE"), "RED SHIPPING DRAGON", **columns)


def page(hit: Hit, place: str = "") -> str:
    return f"/en/office/hits/{hit.pk}/{place}"


def send(who: Client, address: str, body: Any) -> Any:
    key = f"key-{make.next_number()}"
    return who.post(f"/api/v1{address}", body, content_type="application/json", headers={"Idempotency-Key": key})


def edition(parties: Any = PARTIES, name: str = "sdn.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, ofac(parties), "text/csv")


def operator() -> Client:
    return browser(make.person(is_staff_member=True, staff_roles=["operator"], name="Ola"))


def test_the_desk_shows_the_likeliest_first_and_one_hit_both_sides_part_by_part(two):
    near, far = hit_of("Red Shipping Dragon", score="0.91", needs_two=True, same_country=False), hit_of("Dragon Foods")
    who = browser(two[0])

    desk = text_of(who.get("/en/office/hits/"))
    assert desk.index(f"H-{near.number}") < desk.index(f"H-{far.number}")
    assert "No sanction list is in force" in desk
    shown = text_of(who.get(page(near)))

    for words in (
        "«Red Shipping Dragon» is 91 % like «RED SHIPPING DRAGON», its first name of entry 7 (OFAC: Specially Designated Nationals): "
        "1 part is the same, 1 is taken for the same, 1 stands alone.",
        "Taken for the same", "Only on the list", "Other country", "Iran", "Linked To: OTHERS.", "Two different people decide.",
    ):  # fmt: skip
        assert words in shown
    assert AuditNote.objects.filter(act="looked at a hit", subject=near.pk).count() == 1


def test_two_people_confirm_on_the_pages_and_the_company_is_stopped(two):
    hit = hit_of(score="0.9", needs_two=True)
    first, second = browser(two[0]), browser(two[1])
    assert page(hit, "clear/") not in first.get(page(hit)).content.decode()

    wrong = put(first, page(hit, "propose/"), proposal="confirm", reason="")
    assert (wrong.status_code, Hit.objects.get(pk=hit.pk).state) == (422, "open")
    assert put(first, page(hit, "propose/"), proposal="confirm", reason="Same register.").status_code == 302
    assert page(hit, "confirm/") not in first.get(page(hit)).content.decode()
    told = put(second, page(hit, "confirm/"), reason="I saw it too.")

    assert (told.status_code, Hit.objects.get(pk=hit.pk).state, Stop.objects.count()) == (302, "confirmed", 4)
    assert "I saw it too." in text_of(second.get(page(hit)))
    put(second, page(hit, "reopen/"), reason="Another register.")
    assert "Open hits" in text_of(second.get("/en/office/hits/"))


def test_a_refusal_stands_in_the_form_and_changes_nothing(two):
    hit = hit_of(needs_two=True)

    answer = put(browser(two[0]), page(hit, "clear/"), reason="Sure.")

    assert answer.status_code in (409, 422)
    assert Hit.objects.get(pk=hit.pk).state == "open"
    assert put(browser(two[0]), page(hit, "forget/"), reason="Sure.").status_code == 404


def test_nobody_else_comes_in(two):
    hit = hit_of()
    owner = browser(make.member(hit.company, "owner"))

    for who in (owner, browser(reviewer("finance")), browser(reviewer("arbitrator"))):
        for address in ("/en/office/hits/", page(hit), "/en/office/sanction-lists/"):
            assert who.get(address).status_code in (302, 403, 404)
    assert browser(two[0]).get("/en/office/sanction-lists/").status_code == 403


def test_the_operator_brings_a_list_and_sees_its_age():
    who = operator()
    assert "Not brought yet" in text_of(who.get("/en/office/sanction-lists/"))
    day = now().date() - timedelta(days=40)

    answer = put(who, "/en/office/sanction-lists/", source="ofac-sdn", edition_on=day.isoformat(), edition_files=edition())

    assert answer.status_code == 302
    row = SanctionList.objects.get()
    assert (row.state, row.party_count, row.edition_on, row.imported_by.startswith("operator")) == ("taken", 3, day, True)
    assert "Being read" in text_of(who.get("/en/office/sanction-lists/"))
    in_force(edition_on=day)
    shown = text_of(who.get("/en/office/sanction-lists/"))
    assert "Too old" in shown
    assert "40 days" in shown
    assert "is 40 days old" in text_of(who.get("/en/office/hits/"))


def test_a_file_that_is_none_is_said_beside_its_field_with_row_and_column():
    who = operator()
    bad = SimpleUploadedFile("bad.csv", b'1,"N",person,x,x,x,x,x,x,x,x,x\n', "text/csv")

    answer = put(who, "/en/office/sanction-lists/", source="ofac-sdn", edition_files=bad)

    assert (answer.status_code, SanctionList.objects.count()) == (422, 0)
    assert "bad.csv, row 1, column 3: there is no kind «person»." in text_of(answer)
    assert "This field is required" in text_of(put(who, "/en/office/sanction-lists/", source="ofac-sdn"))


def test_the_same_over_the_api(two):
    hit, who = hit_of(), browser(two[0])

    desk = who.get("/api/v1/office/hits").json()
    assert [row["number"] for row in desk["open"]] == [hit.number]
    one = who.get(f"/api/v1/office/hits/{hit.pk}").json()
    assert (one["parts"][1], one["moves"]) == ({"ours": "shiping", "theirs": "shipping", "how": "alike"}, ["propose", "clear"])
    done = send(who, f"/office/hits/{hit.pk}/clear", {"reason": "Another street."})
    assert (done.status_code, done.json()["state"]) == (200, "cleared")
    problem = send(who, f"/office/hits/{hit.pk}/confirm", {"reason": "No."})
    assert (problem.status_code, problem.json()["code"]) == (409, "base.wrong_state")

    boss = operator()
    form = {"source": "ofac-sdn", "files": edition()}
    taken = boss.post("/api/v1/office/sanction-lists", form, headers={"Idempotency-Key": "list-1"})
    assert (taken.status_code, taken.json()["entries"], taken.json()["is_new"]) == (201, 3, True)
    standing = {row["source"]: row for row in boss.get("/api/v1/office/sanction-lists").json()}
    assert (standing["ofac-sdn"]["being_read"], standing["bis-dpl"]["edition_on"]) == (True, None)


def test_the_desk_costs_the_same_however_many_wait(two):
    who = browser(two[0])
    hit = hit_of()
    actions.propose_hit(hit_of("Firm").pk, "clear", "Another.", by=acting(two[0]))
    few = (queries_of(who, "/en/office/hits/"), queries_of(who, page(hit)))

    for n in range(6):
        made_hit(hit.company, f"OTHER {n}")
        actions.propose_hit(hit_of(f"Firm {n}").pk, "clear", "Another.", by=acting(two[n % 2]))

    assert (queries_of(who, "/en/office/hits/"), queries_of(who, page(hit))) == few
