"""Points, complaints and the blacklist as people meet them: pages, notices, and what a program gets."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from everfair.base.money import Money
from everfair.companies.models import AuditNote, Person
from everfair.trust.actions import blacklisting, complaining
from everfair.trust.models import Appeal, Complaint, Penalty
from tests import make
from tests.companies.signing_in import browser
from tests.files.uploads import upload
from tests.trust.disciplining import confirmed, points, staff, today
from tests.trust.reviewing import PDF, paper

pytestmark = pytest.mark.django_db


def put(who: Client, address: str, **typed: Any) -> Any:
    typed.setdefault("_key", f"key-{make.next_number()}")
    return who.post(address, typed)


def text_of(answer: Any) -> str:
    main = re.search(r"<main.*</main>", answer.content.decode(), re.S)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main[0] if main else answer.content.decode())))


def pdf(name: str = "proof.pdf") -> Any:
    return upload(PDF + name.encode(), name, "application/pdf")


def desk_of(actor: Any) -> Client:
    return browser(Person.objects.get(pk=actor.person_id))


def queries_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as counted:
        assert client.get(address).status_code == 200
    return len(counted)


def test_from_the_act_to_the_appeal_that_strikes_it():
    mei, otto, ana = staff()
    firm = make.company(name="Shaoxing Cloth")
    owner = browser(make.member(firm, "owner"))
    giving, second, judge = desk_of(mei), desk_of(otto), desk_of(ana)

    ledger = f"/en/office/companies/{firm.number}/points/"
    answer = put(
        giving, ledger, offence="false_papers", acted_on=today(-3).isoformat(), reason="The seal is drawn.", papers=pdf()
    )
    row = Penalty.objects.get()
    assert (answer.status_code, row.state, len(row.file_ids)) == (302, "waiting", 1)
    assert "No points" in text_of(owner.get("/en/points/"))
    assert owner.get(f"/en/points/{row.pk}/").status_code == 404
    assert f"P-{row.number}" in text_of(second.get("/en/office/discipline/"))
    assert "Confirm" not in text_of(giving.get(f"/en/office/points/{row.pk}/")).replace("Confirmed by", "")
    put(second, f"/en/office/points/{row.pk}/confirm/", reason="I see it too.")
    shown = text_of(owner.get("/en/points/"))
    assert "No new orders In force from" in shown
    assert "You may appeal" in shown

    assert put(owner, f"/en/points/{row.pk}/appeal/", text=" ").status_code == 422
    assert put(owner, f"/en/points/{row.pk}/appeal/", text="It is our seal.", papers=pdf("seal.pdf")).status_code == 302
    appeal = Appeal.objects.get()
    case = f"/en/office/points-appeals/{appeal.pk}/"
    assert "You gave or confirmed these points" in text_of(giving.get(case))
    assert put(giving, case, verb="uphold", reason="I was right.").status_code == 403
    assert put(judge, case, verb="reduce", left="12", reason="Half.").status_code == 422
    assert put(judge, case, verb="strike_down", reason="The seal is theirs.").status_code == 302

    page = text_of(owner.get(f"/en/points/{row.pk}/"))
    assert "The seal is theirs." in page
    assert "In force from" not in text_of(owner.get("/en/points/"))
    assert AuditNote.objects.filter(act="looked at penalty points").exists()


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("offence", "loitering"), ("acted_on", "yesterday"), ("acted_on", "2020-01-01"), ("reason", ""), ("reason", "x" * 2001), ("reference", "\u202e"),
     ("reference", "x" * 81)],
)  # fmt: skip
def test_a_wrong_field_of_the_points_is_said_beside_it_and_nothing_is_given(field: str, wrong: str):
    mei, *_ = staff()
    firm = make.company()
    typed = {"offence": "bait", "acted_on": today().isoformat(), "reason": "Seen.", "reference": "EF-1"} | {field: wrong}

    answer = put(desk_of(mei), f"/en/office/companies/{firm.number}/points/", **typed)

    assert (answer.status_code, Penalty.objects.count()) == (422, 0)
    assert f'id="id_{field}_error"' in answer.content.decode()


def test_a_complaint_from_the_form_to_the_count_on_the_passport():
    staff()
    other = make.company(name="Buyer Ltd", is_seller=False)
    firm = make.company(name="Cups Ltd", is_seller=True)
    me, them, stranger = (
        browser(make.member(other, "buyer")),
        browser(make.member(firm, "seller")),
        browser(make.member(make.company(), "owner")),
    )
    typed = {
        "against": str(firm.number), "kind": "quality", "amount": "500.00", "currency": "USD", "agreed": "Cups.", "text": "They broke.",
        "pay_by": today(-20).isoformat(), "deliver_by": today(-10).isoformat(),
    }  # fmt: skip

    for field, wrong in (("against", "999999999"), ("against", str(other.number)), ("amount", "-3"), ("currency", "XXX"), ("kind", "rude"),
                         ("deliver_by", today(-91).isoformat()), ("agreed", ""), ("text", "")):  # fmt: skip
        answer = put(me, "/en/complaints/new/", **typed | {field: wrong, "pay_by": today(-99).isoformat()}, papers=pdf())
        assert (field, answer.status_code, Complaint.objects.count()) == (field, 422, 0)
    assert put(me, "/en/complaints/new/", **typed).status_code == 422
    assert put(me, "/en/complaints/new/", **typed, papers=pdf()).status_code == 302
    row = Complaint.objects.get()
    here = f"/en/complaints/{row.pk}/"
    assert (stranger.get(here).status_code, put(stranger, here + "reply/", answer="Mine.").status_code) == (404, 404)
    assert "Yours: answer it." in text_of(them.get(here))
    assert put(them, here + "reply/", answer="Your carrier did it.", papers=pdf("photo.pdf")).status_code == 302
    assert "Your carrier did it." in text_of(me.get(here))

    row.refresh_from_db()
    maker, checker = (browser(Person.objects.get(pk=pk)) for pk in (row.maker_id, row.checker_id))
    case = f"/en/office/complaints/{row.pk}/"
    assert put(checker, case + "decide/", reason="Mine.").status_code in (403, 409)
    assert put(maker, case + "propose/", finding="founded", reason="The photos show it.").status_code == 302
    assert put(checker, case + "decide/", reason="They do.").status_code == 302
    assert "They do." in text_of(them.get(here))
    passport = Client().get(f"/en/export/suppliers/{firm.number}/").content.decode()
    assert "0 open, 1 founded" in passport
    answer = Client().get(f"/api/v1/companies/{firm.number}/complaints")
    assert answer.json() == {"company_number": firm.number, "open": 0, "founded": 1}


def test_everybody_finds_a_listed_company_and_it_reads_why():
    mei, otto, _ana = staff()
    firm = make.company(name="Air Trading")
    entry = blacklisting.propose_blacklisting(firm.pk, "Took money and sent air.", "P-1001.", by=mei)
    assert "Nobody is listed" in text_of(Client().get("/en/export/blacklist/"))
    put(desk_of(otto), f"/en/office/blacklist/{entry.pk}/confirm/", reason="Agreed.")

    found = text_of(Client().get("/en/export/blacklist/", {"q": "air"}))
    assert "Took money and sent air." in found
    assert "P-1001" not in found
    assert "Took money" not in text_of(Client().get("/en/export/blacklist/", {"q": "cloth"}))
    owner = browser(make.member(firm, "owner"))
    assert put(owner, f"/en/listing/{entry.pk}/appeal/", text="It was another firm.").status_code == 302
    assert "It was another firm." in text_of(owner.get("/en/listing/"))
    assert browser(make.member(make.company(), "owner")).get("/en/office/blacklist/").status_code in (403, 404)


def test_pages_ask_no_more_when_there_is_more():
    mei, otto, _ana = staff()
    firm = make.company()
    owner, desk = browser(make.member(firm, "owner")), desk_of(mei)
    confirmed(firm, "late_delivery", mei, otto)
    complaining.make_complaint(make.company(is_seller=True).pk, "other", Money(100, "USD"), "a", "b", by=(by := make.actor(firm, "owner")),
                               deliver_by=today(), file_ids=[paper(by)])  # fmt: skip
    addresses = [
        (owner, "/en/points/"),
        (owner, "/en/complaints/"),
        (desk, "/en/office/discipline/"),
        (desk, "/en/office/blacklist/"),
    ]
    few = [queries_of(*one) for one in addresses]

    for _n in range(3):
        confirmed(firm, "late_delivery", mei, otto)
        points(make.company(), "false_papers", mei)
        blacklisting.propose_blacklisting(make.company().pk, "a", "b", by=mei)
    for _n in range(2):
        complaining.make_complaint(
            make.company(is_seller=True).pk, "other", Money(100, "USD"), "a", "b", by=by, deliver_by=today(), file_ids=[paper(by)]
        )

    assert [queries_of(*one) for one in addresses] == few
