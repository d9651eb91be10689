"""The company's checklist, the reviewers' desk and what everybody reads, as people meet them."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from everfair.base.ids import new_id
from everfair.companies.models import AuditNote, Person
from everfair.events.trust import VerificationDecided, VerificationLapsed, VerificationSubmitted
from everfair.site.front.tags import dropped_by
from everfair.trust import actions
from everfair.trust.models import Check, Link, Verification
from everfair.trust.queries import checks_of
from tests import make
from tests.companies.signing_in import browser
from tests.files.uploads import upload
from tests.trade.programs import program, send
from tests.trust.reviewing import (
    PDF,
    checker_of,
    filled,
    fresh,
    granted,
    looked_at,
    maker_of,
    paper,
    proposed,
    reviewer,
    submitted,
    tomorrow,
)

pytestmark = pytest.mark.django_db
IDENTITY = {"name": "Shaoxing Cloth", "number": "91330600", "legal_person": "Lin Mei"}


@pytest.fixture(autouse=True)
def two() -> list[Person]:
    return [reviewer(name="Mei"), reviewer(name="Otto")]


def put(who: Client, address: str, **typed: Any) -> Any:
    typed.setdefault("_key", f"key-{make.next_number()}")
    return who.post(address, typed)


def text_of(answer: Any) -> str:
    main = re.search(r"<main.*</main>", answer.content.decode(), re.S)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main[0] if main else answer.content.decode())))


def owner() -> tuple[Client, Any]:
    firm = make.company(name="Shaoxing Cloth")
    return browser(make.member(firm, "owner")), firm


def holder(row: Verification, seat: str) -> Client:
    return browser(Person.objects.get(pk=getattr(fresh(row), f"{seat}_id")))


def case(row: Verification, place: str = "") -> str:
    return f"/en/office/verifications/{row.pk}/{place}"


def own(row: Verification, place: str = "") -> str:
    return f"/en/verification/{row.pk}/{place}"


def pdf(name: str = "licence.pdf") -> Any:
    return upload(PDF + name.encode(), name, "application/pdf")


def begun() -> tuple[Client, Verification]:
    who, _firm = owner()
    put(who, "/en/verification/begin/", market="export", level="verified")
    return who, Verification.objects.get()


def queries_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as counted:
        assert client.get(address).status_code == 200
    return len(counted)


def test_from_the_first_paper_to_the_seal():
    who, row = begun()
    assert "Asks for all of the above" in text_of(who.get("/en/verification/"))
    for check in checks_of(row.pk):
        typed = dict.fromkeys(check.declared or {}, "Lin") | {
            "name": "Shaoxing Cloth", "number": "913306", "legal_person": "Lin Mei", "person": "Lin", "position": "CEO",
            "holder": "Shaoxing Cloth", "account": "DE1", "valid_until": tomorrow(300).isoformat(),
        }  # fmt: skip
        answer = put(who, own(row, f"checks/{check.kind}/"), **typed, papers=pdf(f"{check.kind}.pdf"))
        assert (answer.status_code, answer["Location"]) == (302, own(row) + f"#{check.kind}")
    assert "4 of 4 checks are filled in" in text_of(who.get(own(row)))
    put(who, own(row, "submit/"))
    assert "Being looked at" in text_of(who.get(own(row)))

    looking, deciding = holder(row, "maker"), holder(row, "checker")
    assert f"V-{row.number}" in text_of(looking.get("/en/office/verifications/"))
    for check in checks_of(row.pk):
        typed = {"result": "passed", "reason": "The extract of today.", "found_name": "SHAOXING CLOTH", "found_number": "913309"}
        assert put(looking, case(row, f"checks/{check.kind}/"), **typed).status_code == 302
    seen = looking.get(case(row)).content.decode()
    assert "<mark>9</mark>" in seen
    assert "/files/" in seen
    put(looking, case(row, "propose/"), proposal="grant", reason="All seen.")
    put(deciding, case(row, "grant/"), reason="I agree.")

    assert "I agree." in text_of(who.get(own(row)))
    shown = Client().get(f"/en/export/suppliers/{row.company.number}/")
    for words in ("Verified", "Licence document", "How we verify"):
        assert words in text_of(shown)
    assert "licence.pdf" not in shown.content.decode()
    assert "91330" not in text_of(shown)


def test_a_wrong_field_is_said_beside_it_and_nothing_is_kept():
    who, row = begun()

    wrong = put(who, own(row, "checks/licence/"), name="Typed", number="7", valid_until="2020-01-01", papers=pdf())

    kept = Check.objects.get(verification=row, kind="licence")
    assert (wrong.status_code, kept.file_ids, kept.declared["name"]) == (422, [], "Shaoxing Cloth")
    assert "not valid any more" in text_of(wrong)
    assert 'value="Typed"' in wrong.content.decode()


def test_papers_stay_until_they_are_unticked():
    who, row = begun()
    put(who, own(row, "checks/licence/"), name="Typed", papers=pdf())
    [paper] = Check.objects.get(verification=row, kind="licence").file_ids

    right = put(who, own(row, "checks/licence/"), name="Typed", valid_until=tomorrow().isoformat(), keep=str(paper))

    assert right.status_code == 302
    assert Check.objects.get(verification=row, kind="licence").file_ids == [paper]
    put(who, own(row, "checks/licence/"), name="Typed", valid_until=tomorrow().isoformat())
    assert Check.objects.get(verification=row, kind="licence").file_ids == []


def test_a_paper_that_is_none_and_a_strangers_paper_change_nothing():
    who, row = begun()
    stranger = paper(make.actor(make.company(), "owner"))

    answer = put(who, own(row, "checks/licence/"), name="Typed", papers=upload(b"MZ\x90", "licence.exe", "application/pdf"))
    assert (answer.status_code, "Typed" in answer.content.decode()) == (422, True)
    answer = put(who, own(row, "checks/licence/"), name="Typed", keep=str(stranger))
    assert answer.status_code in (302, 422)

    assert Check.objects.get(verification=row, kind="licence").file_ids == []
    assert put(who, own(row, "checks/visit/"), name="x").status_code == 404


def test_what_lacks_is_said_on_the_checklist():
    who, row = begun()

    answer = put(who, own(row, "submit/"))

    assert answer["Location"] == own(row) + "#identity"
    assert "Registered identity: please fill in" in text_of(who.get(own(row)))
    assert fresh(row).state == "draft"


def test_the_same_form_sent_twice_is_one_paper():
    who, row = begun()

    answers = [put(who, own(row, "checks/identity/"), **IDENTITY, papers=pdf(), _key="twice") for _time in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert len(Check.objects.get(verification=row, kind="identity").file_ids) == 1


def test_who_may_not_write_reads_and_a_stranger_finds_nothing():
    who, row = begun()
    viewer = browser(make.member(row.company, "viewer"))

    assert viewer.get(own(row)).status_code == 200
    assert "<form" not in re.search(r"<main.*</main>", viewer.get("/en/verification/").content.decode(), re.S)[0]
    for place in ("checks/licence/", "submit/", "withdraw/", "answer/"):
        assert put(viewer, own(row, place), name="x").status_code == 403
    assert browser(make.member(make.company(), "owner")).get(own(row)).status_code == 404
    assert who.get("/en/office/verifications/").status_code == 403


def test_a_question_and_its_answer():
    row, _by = submitted()
    who = browser(make.member(row.company, "owner"))
    looking = holder(row, "maker")
    assert put(looking, case(row, "ask/"), question="").status_code == 422

    put(looking, case(row, "ask/"), question="The scan is cut off.")
    page = who.get(own(row))
    assert "The scan is cut off." in text_of(page)
    assert 'data-deadline="' in page.content.decode()
    assert put(who, own(row, "answer/"), answer="").status_code == 422
    put(who, own(row, "answer/"), answer="Here it is.")

    assert "Here it is." in text_of(looking.get(case(row)))
    assert fresh(row).state == "reviewing"


def test_bad_words_of_a_reviewer_stay_in_their_form():
    row, _by = submitted()
    looking = holder(row, "maker")

    for typed, told in (
        ({"result": "perhaps", "reason": "Half a word"}, "Half a word"),
        ({"result": "passed", "reason": ""}, "This field is required"),
        ({"result": "passed", "reason": "Half a word", "cost": "a lot"}, "digits with a point"),
        ({"result": "passed", "reason": "Half a word", "valid_until": "2020-01-01"}, "not valid any more"),
    ):
        answer = put(looking, case(row, "checks/licence/"), **typed)
        assert (answer.status_code, told in answer.content.decode()) == (422, True), typed
    answer = put(looking, case(row, "propose/"), proposal="grant", reason="Trust me.")
    assert (answer.status_code, "no result yet" in text_of(answer), "Trust me." in answer.content.decode()) == (422, True, True)

    assert {check.result for check in checks_of(row.pk)} == {"open"}
    assert put(looking, case(row, "dance/"), reason="x").status_code == 404
    assert put(looking, case(row, "grant/"), reason="x").status_code in (403, 409)


def test_a_refusal_tells_the_company_which_check_failed_and_not_before():
    row = proposed(but="authority")
    who = browser(make.member(row.company, "owner"))
    assert "Seen." not in text_of(who.get(own(row)))

    put(holder(row, "checker"), case(row, "refuse/"), reason="The power of attorney is another firm's.")

    shown = text_of(who.get(own(row)))
    assert "The power of attorney is another firm's." in shown
    assert "What is wrong:" in shown
    assert fresh(row).state == "refused"


def test_every_look_at_a_case_is_noted():
    row, _by = submitted()
    watcher = browser(reviewer("operator"))

    watcher.get(case(row))
    watcher.get(f"/api/v1/office/verifications/{row.pk}")

    assert AuditNote.objects.filter(act="looked at a verification", subject=row.pk).count() == 2
    assert browser(reviewer("finance")).get(case(row)).status_code == 403


def test_the_desk_says_why_one_waits(two):
    firm = make.company(name="Lonely Cloth")
    actions.declare_link(two[0].pk, firm.pk, "household", "Married.", by=maker_of(proposed()))
    row, _by = submitted(firm)

    shown = text_of(browser(two[1]).get("/en/office/verifications/"))

    assert row.state == "waiting"
    assert "Lonely Cloth" in shown
    assert "Mei: lives with one of its people" in shown


def test_a_link_is_declared_on_a_page_and_stands_in_the_companys_file(two):
    firm = make.company()
    office = browser(reviewer("operator"))
    page = f"/en/office/companies/{firm.number}/links/"

    assert put(office, page, person=str(two[0].pk), kind="", note="x").status_code == 422
    assert put(office, page, person=str(make.member(firm).pk), kind="earned", note="x").status_code == 422
    for _time in range(2):
        assert put(office, page, person=str(two[0].pk), kind="earned", note="Commission.").status_code == 302

    assert Link.objects.count() == 1
    assert "Commission." in text_of(office.get(page))
    assert "Mei: earns on it" in text_of(office.get(f"/en/office/companies/{firm.number}/"))
    assert put(office, "/en/office/companies/999999/links/", person=str(two[0].pk), kind="earned", note="x").status_code == 404


def test_everybody_reads_how_and_how_long():
    granted()
    submitted()

    shown = text_of(Client().get("/en/export/how-we-verify/"))

    for words in ("Audited", "drawn by lot", "Being looked at 1", "Nobody can pay"):
        assert words in shown
    assert Client().get("/en/moon/how-we-verify/").status_code == 404


def test_no_page_asks_more_of_the_database_the_more_there_is():
    row, _by = submitted()
    submitted()  # hands in the same paper, as all do here
    who, looking = browser(make.member(row.company, "owner")), holder(row, "maker")
    before = {
        "/en/verification/": queries_of(who, "/en/verification/"),
        own(row): queries_of(who, own(row)),
        case(row): queries_of(looking, case(row)),
        "/en/office/verifications/": queries_of(looking, "/en/office/verifications/"),
        "/en/export/how-we-verify/": queries_of(Client(), "/en/export/how-we-verify/"),
    }
    for _n in range(3):
        submitted()
    Person.objects.filter(pk=fresh(row).checker_id).update(is_active=False)
    submitted(level="audited")
    submitted(level="audited")

    assert queries_of(who, "/en/verification/") == before["/en/verification/"] <= 6
    assert queries_of(who, own(row)) == before[own(row)] <= 8
    assert queries_of(looking, case(row)) == before[case(row)] <= 14
    # What waits brings the question why, once for all.
    assert queries_of(looking, "/en/office/verifications/") <= before["/en/office/verifications/"] + 2
    assert queries_of(Client(), "/en/export/how-we-verify/") == before["/en/export/how-we-verify/"] <= 5


def test_programs_do_the_same():
    firm = make.company(name="Shaoxing Cloth")
    by, key = make.actor(firm, "owner"), program(firm, "company:read", "company:write")

    made = send(key, "post", "/verifications", {"market": "export", "level": "verified"})
    assert made.status_code == 201
    pk = made.json()["id"]
    for check in made.json()["checks"]:
        said = dict.fromkeys(check["fields"], "We") | (
            {"valid_until": tomorrow(300).isoformat()} if "valid_until" in check["fields"] else {}
        )
        kept = send(key, "post", f"/verifications/{pk}/checks/{check['kind']}", {"declared": said, "files": [str(paper(by))]})
        assert kept.status_code == 200, kept.content
    assert send(key, "post", f"/verifications/{pk}/submit", {}).json()["state"] == "reviewing"

    row = Verification.objects.get()
    looking = holder(row, "maker")
    shown = looking.get(f"/api/v1/office/verifications/{pk}").json()
    assert set(shown["moves"]) >= {"ask", "propose"}
    assert [case_["id"] for case_ in looking.get("/api/v1/office/verifications").json()["to_look"]] == [pk]
    looked_at(row)
    actions.propose_verification(row.pk, "grant", "Seen.", by=maker_of(row))
    actions.grant_verification(row.pk, "Agreed.", by=checker_of(row))

    level = Client().get(f"/api/v1/companies/{row.company.number}/level").json()
    assert (level["level"], [check["kind"] for check in level["checks"]]) == (
        "verified",
        ["identity", "licence", "authority", "bank_account"],
    )
    assert Client().get("/api/v1/verification-levels").json()["granted"] == 1
    assert {check["result"] for check in key.get(f"/api/v1/verifications/{pk}").json()["checks"]} == {"passed"}


def test_a_program_that_says_too_much_or_the_wrong_thing_changes_nothing():
    firm = make.company()
    by, key = make.actor(firm, "owner"), program(firm, "company:write")
    row = filled(by)
    before = checks_of(row.pk)[1].declared

    for body in (
        {"declared": {"colour": "red"}}, {"declared": {"valid_until": "soon"}}, {"files": [str(paper(make.actor(make.company(), "owner")))]},
        {"declared": {"name": "x" * 301}}, {"result": "passed"},
    ):  # fmt: skip
        assert send(key, "post", f"/verifications/{row.pk}/checks/licence", body).status_code == 422, body
    assert send(key, "post", f"/verifications/{row.pk}/checks/visit", {}).status_code == 404

    assert checks_of(row.pk)[1].declared == before


def test_what_is_decided_or_lapses_drops_the_pages_that_show_it():
    company, verification = new_id(), new_id()

    for fact in (
        VerificationDecided(verification, company, "export", "verified", True),
        VerificationLapsed(verification, company, "export", "verified"),
    ):
        assert dropped_by(fact) == {"verifications", "companies", f"company:{company}"}
    assert dropped_by(VerificationSubmitted(verification, company, "export", "verified")) == {"verifications"}
    assert Client().get("/en/export/how-we-verify/")["Cache-Tag"] == "verifications"
