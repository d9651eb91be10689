"""The audit trail: found by person, company, act and day; what changed is readable; it can be taken along."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from everfair.companies.actions import note_act
from everfair.companies.models import AuditNote, Person
from everfair.companies.queries import actor_of_person
from everfair.office.pages.words import changes
from tests import make
from tests.office.desk import asked, notes, operator, send, signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> Person:
    return operator(name="Olga Operator")


@pytest.fixture
def office(by: Person) -> Any:
    return signed_in(by)


def found(office: Any, **wanted: str) -> list[str]:
    return [line.act for line, _kept in office.get("/en/office/trail/", wanted).context["lines"]]


def test_a_person_is_chosen_by_name_also_after_they_left(by: Person, office: Any) -> None:
    carl, firm = operator(name="Carl"), make.company()
    signed_in(carl).get(f"/en/office/companies/{firm.number}/")
    office.get(f"/en/office/companies/{firm.number}/")
    send(office, f"/en/office/staff/{carl.pk}/end/", reason="Moved.")

    assert found(office, person=str(carl.pk)) == ["looked at a company"]
    assert found(office, person=str(by.pk)) == ["ended staff", "looked at a company"]
    names = {row["name"] for row in office.get("/en/office/trail/").context["people"]}
    assert {"Carl", "Olga Operator"} <= names


def test_a_company_is_found_with_its_trades_and_offers(office: Any) -> None:
    trade = make.trade("shipped")
    seller = trade.order.seller
    offer = make.offer(seller)
    send(office, f"/en/office/offers/number/{offer.number}/remove/", reason="A copy.")
    office.get(f"/en/office/trades/{trade.order.pk}/")
    office.get(f"/en/office/companies/{make.company().number}/")

    everything = ["looked at an order", "removed an offer"]
    assert found(office, company=f"№{seller.number}") == everything
    assert found(office, company=seller.name) == everything
    assert found(office, company="nobody is called so") == []


def test_looks_and_acts_are_told_apart(office: Any) -> None:
    firm = make.company()
    office.get(f"/en/office/companies/{firm.number}/")
    send(office, f"/en/office/companies/{firm.number}/stop/", kind="listing", reason="Copies.", until="")

    assert found(office, act="done") == ["placed a listing stop"]
    assert found(office, act="looked") == ["looked at a company"]


def test_days_count_in_the_readers_zone(by: Person, office: Any) -> None:
    Person.objects.filter(pk=by.pk).update(timezone="Asia/Taipei")
    note_act("rule set", None, "today", actor_of_person(by))
    moment = AuditNote.objects.get(act="rule set").created_at
    there = (moment + timedelta(hours=8)).date()
    day = timedelta(days=1)

    assert found(office, since=there.isoformat(), until=there.isoformat()) == ["rule set"]
    assert found(office, since=(there + day).isoformat()) == []
    assert found(office, until=(there - day).isoformat()) == []
    assert found(office, since="yesterday") == []


def test_a_change_is_shown_as_what_it_was_and_what_it_is(office: Any) -> None:
    send(office, "/en/office/rules/export/trade.sign_days/set/", value="7", valid_from="", reason="Holidays.")

    ((line, kept),) = office.get("/en/office/trail/", {"act": "rule set"}).context["lines"]

    told = {change.name: (change.before, change.after, change.stayed) for change in kept}
    assert told["Value"] == ("5", "7", False)
    assert told["Market"] == ("Export market", "Export market", True)
    assert told["From"][0] is None
    assert line.who == "Olga Operator"
    page = office.get("/en/office/trail/", {"act": "rule set"}).content.decode()
    assert "<del>5</del>" in page
    assert "<ins>7</ins>" in page


def test_the_file_holds_the_same_lines_and_its_taking_is_noted(by: Person, office: Any) -> None:
    firm = make.company(name="=cmd|' /C calc'!A0")
    note_act("verified", firm.pk, "+Extract seen", actor_of_person(by), after={"verified_until": "2027-01-01"})

    answer = office.get("/en/office/trail.csv", {"act": "verified"})
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    assert answer["Content-Disposition"] == 'attachment; filename="everfair-audit-trail.csv"'
    assert rows[0][1:5] == ["Who", "Actor", "Act", "Code"]
    assert rows[1][1:] == [
        "Olga Operator", f"operator:{by.pk}", "Gave the verification mark", "verified", "'=cmd|' /C calc'!A0", str(firm.pk),
        "'+Extract seen", "", '{"verified_until": "2027-01-01"}',
    ]  # fmt: skip
    assert len(rows) == 2
    assert [note.after for note in notes("exported the audit trail")] == [{"act": "verified"}]


def test_what_a_file_was_asked_for_reads_as_the_form_does(office: Any) -> None:
    for act in ("done", "verified"):
        b"".join(office.get("/en/office/trail.csv", {"act": act}).streaming_content)

    assert [changes(note.before, note.after)[0].after for note in notes("exported the audit trail")] == [
        "Only acts",
        "Gave the verification mark",
    ]


def test_the_trail_asks_as_much_for_many_lines_as_for_few(by: Person, office: Any) -> None:
    firm = make.company()
    note_act("verified", firm.pk, "one", actor_of_person(by))
    office.get("/en/office/trail/")
    few = asked(office, "/en/office/trail/")
    for n in range(60):
        note_act("verified", firm.pk, str(n), actor_of_person(by))

    assert asked(office, "/en/office/trail/") == few == 6  # session, person, the lines, the staff, the freeze, unread notices
    first = office.get("/en/office/trail/").context
    second = office.get(first["following"]).context
    assert [len(first["lines"]), len(second["lines"])] == [50, 11]


def test_each_line_leads_to_what_it_is_about(office: Any) -> None:
    trade, offer = make.trade("offered"), make.offer(make.company(), state="draft")
    office.get(f"/en/office/trades/{trade.order.pk}/")
    office.get(f"/en/office/offers/number/{offer.number}/")

    page = office.get("/en/office/trail/").content.decode()

    assert f'href="/en/office/trades/{trade.order.pk}/">{trade.order.reference}<' in page
    assert f'href="/en/office/offers/number/{offer.number}/">' in page
    assert "Looked at an offer that is not public" in text(office.get("/en/office/trail/"))
