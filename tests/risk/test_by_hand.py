"""A case that a person opens: reason kept whatever scores say, decided like any other; and what the staff says of itself by program."""

from __future__ import annotations

import pytest

from everfair.base.refused import Refused
from everfair.companies.models import AuditNote
from everfair.risk import actions
from everfair.risk.models import RiskCase
from everfair.trust.actions import declare_link
from everfair.trust.models import Link, Trait
from tests import make
from tests.companies.signing_in import browser
from tests.risk.test_cases import DAY, fresh, proposed, standing
from tests.trust.reviewing import acting, reviewer
from tests.trust.test_pages import put, text_of
from tests.trust.test_screening_pages import send

pytestmark = pytest.mark.django_db


def seller(name="Lamp works"):
    return make.company(name=name, is_seller=True)


def test_a_person_opens_a_case_and_a_score_does_not_take_the_reason_away():
    company, by = seller(), acting(reviewer())
    row = actions.open_case(company.number, "The factory is an empty yard.", by=by)
    assert (row.state, standing(company)) == ("open", [])
    assert actions.open_case(company.number, "The factory is an empty yard.", by=by).pk == row.pk
    assert AuditNote.objects.filter(act="opened a risk case").count() == 1
    actions.take_proposal(proposed(company, 50.0, "case"), at=DAY)
    again = fresh(row)
    assert float(again.points) == 50
    assert [kept["signal"] for kept in again.findings] == ["bait", "by_hand"]
    assert again.findings[1]["figures"]["words"] == "The factory is an empty yard."


def test_it_is_held_and_decided_like_any_other():
    company, by, other = seller(), acting(reviewer()), acting(reviewer())
    row = actions.open_case(company.number, "An empty yard.", by=by)
    actions.hold_case(row.pk, "Money would leave tonight.", by=by)
    assert standing(company) == ["listing", "payout"]
    with pytest.raises(Refused) as refusal:
        actions.confirm_fraud(row.pk, "Seen.", by=by)
    assert refusal.value.code == "risk.own_hold"
    actions.confirm_fraud(row.pk, "Seen.", by=other)
    assert fresh(row).state == "confirmed"


def test_who_has_to_do_with_the_company_opens_nothing_and_who_sells_nothing_is_no_supplier():
    company, person = seller(), reviewer()
    declare_link(person.pk, company.pk, "household", "my sister", by=acting(reviewer("operator")))
    with pytest.raises(Refused) as refusal:
        actions.open_case(company.number, "Odd.", by=acting(person))
    assert refusal.value.code == "risk.linked"
    with pytest.raises(Refused) as refusal:
        actions.open_case(make.company(is_seller=False).number, "Odd.", by=acting(reviewer()))
    assert refusal.value.field == "company_number"
    with pytest.raises(Refused):
        actions.open_case(company.number, "Odd.", by=make.actor(company, "owner"))
    assert RiskCase.objects.count() == 0


def test_on_the_desk_and_by_program():
    company, who = seller(), browser(reviewer())
    wrong = put(who, "/en/office/risk/open/", company_number="999999", reason="An empty yard.")
    assert (wrong.status_code, RiskCase.objects.count()) == (422, 0)
    assert "There is no supplier with this number." in text_of(wrong)
    assert put(who, "/en/office/risk/open/", company_number=str(company.number), reason="An empty yard.").status_code == 302
    row = RiskCase.objects.get()
    assert "An empty yard." in text_of(who.get(f"/en/office/risk/{row.pk}/"))
    told = send(who, "/office/risk/cases", {"company_number": seller("Other").number, "reason": "Papers of another firm."})
    assert told.status_code == 201
    assert told.json()["findings"][0]["sentence"] == "Papers of another firm."
    assert send(who, "/office/risk/cases", {"company_number": 999999, "reason": "x"}).status_code == 422


def test_the_staff_says_by_program_whom_it_brought_and_what_is_its_own():
    company = seller()
    sales = browser(make.person(is_staff_member=True, staff_roles=["sales"]))
    assert (
        send(sales, "/office/brought", {"number": company.number, "note": "Met at the fair."}).json()["company_number"]
        == company.number
    )
    assert Link.objects.get().kind == "onboarded"
    assert send(sales, "/office/brought", {"number": 999999, "note": "x"}).status_code == 422
    mine = browser(reviewer())
    kept = send(mine, "/office/own-traits", {"kind": "bank", "value": "DE89 3704 0044 0532 0130 99"})
    assert kept.status_code == 201
    assert {row["kind"] for row in mine.get("/api/v1/office/own-traits").json()} == {"bank", "device"}
    assert "3704" not in kept.content.decode()
    assert Trait.objects.filter(kind="bank").count() == 1
    assert sales.get("/api/v1/office/own-traits").status_code == 403
