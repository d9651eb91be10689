"""Alibaba, 2011: who earned on letting suppliers in also let them in. Played again: every step past the verbs, then at every door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from everfair.base.actor import Actor
from everfair.base.ids import new_id
from everfair.base.refused import NotVisible, Refused
from everfair.companies.actions import lift_stop, open_operator_invitation, place_stop, put_mark
from everfair.companies.models import AuditNote, Company, Person, Stop
from everfair.disputes.actions import rule_claim, take_case
from everfair.disputes.models import Claim
from everfair.disputes.queries.desk import drawn_arbitrator, may_judge
from everfair.payments.actions import add_bank_account
from everfair.payments.models import BankAccount
from everfair.trust import actions
from everfair.trust.models import Link, Verification
from tests import make
from tests.disputes.claiming import escalated, usd
from tests.trust.reviewing import acting, reviewer, submitted, tomorrow

pytestmark = pytest.mark.django_db


def sales() -> Person:
    return make.person(is_staff_member=True, staff_roles=["sales"], name="Vera")


@dataclass
class Stage:
    """A salesperson, the firm they brought, and what they would like to change about it."""

    vera: Person
    by: Actor
    firm: Company
    case: Verification
    stop: Stop
    account: BankAccount


@pytest.fixture
def stage() -> Stage:
    vera, firm = sales(), make.company()
    actions.bring_company(firm.number, "Met them in Yiwu.", by=acting(vera))
    reviewer(), reviewer()
    owner = make.actor(firm, "owner", who=make.member(firm))
    stop = place_stop(firm.pk, "payout", "Complaints of three buyers.", by=make.staff())
    account = add_bank_account(holder="Somebody Else", **make.BANK, by=owner)
    case, _by = submitted(firm)
    return Stage(vera, acting(vera), firm, case, stop, account)


def refused(sql: str, *params: Any) -> str:
    """The constraint that says no to this statement of ef_app; fails when nothing does."""
    with pytest.raises(IntegrityError) as no, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
    name: str = no.value.__cause__.diag.constraint_name  # type: ignore[union-attr]
    return name


def test_who_sells_says_what_they_brought_and_it_stays(stage: Stage) -> None:
    again = actions.bring_company(stage.firm.number, "Again.", by=stage.by)

    assert Link.objects.get() == again
    assert (again.person_id, again.company_id, again.kind) == (stage.vera.pk, stage.firm.pk, "onboarded")
    with pytest.raises(Refused) as nobody:
        actions.bring_company(10**9, "Met.", by=stage.by)
    with pytest.raises(Refused) as operator:
        actions.bring_company(stage.firm.number, "Mine.", by=make.staff())
    assert (nobody.value.field, operator.value.status) == ("number", 403)


@pytest.mark.parametrize(
    ("roles", "name"),
    [
        (["sales", "reviewer"], "companies_person_sales_alone"),
        (["sales", "operator"], "companies_person_sales_alone"),
        (["sales", "arbitrator"], "companies_person_sales_alone"),
        (["arbitrator", "reviewer", "operator"], "companies_person_reviewer_or_arbitrator"),
    ],
)
def test_nobody_sells_and_decides(roles: list[str], name: str) -> None:
    vera = sales()

    assert refused("UPDATE companies_person SET staff_roles = %s WHERE id = %s", roles, vera.pk) == name
    with pytest.raises(Refused) as apart:
        open_operator_invitation("x@fair.example", by=make.staff(), roles=roles)
    assert apart.value.field == "roles"


def test_they_verify_nothing(stage: Stage) -> None:
    seat = "INSERT INTO trust_seat (id, verification_id, role, person_id, among) VALUES (%s, %s, 'maker', %s, 1)"
    seen = "UPDATE trust_check SET result = 'passed', by_id = %s, at = ef_now(), valid_until = %s WHERE verification_id = %s"

    assert refused(seat, new_id(), stage.case.pk, stage.vera.pk) == "trust_seat_reviewer"
    assert refused(seen, stage.vera.pk, tomorrow(), stage.case.pk) == "trust_check_maker"
    assert refused(
        "UPDATE trust_verification SET maker_id = %s WHERE id = %s", stage.vera.pk, stage.case.pk
    ) == "trust_verification_drawn"  # fmt: skip
    assert refused(
        "UPDATE companies_company SET verified_at = ef_now(), verified_until = %s WHERE id = %s", tomorrow(), stage.firm.pk
    ) == "trust_mark_granted"  # fmt: skip
    with pytest.raises(NotVisible):
        actions.grant_verification(stage.case.pk, "Mine.", by=stage.by)
    with pytest.raises(Refused):
        put_mark(stage.firm.pk, until=tomorrow(), note="Mine.", by=stage.by)


def test_they_lift_no_stop_and_place_none(stage: Stage) -> None:
    lift = "UPDATE companies_stop SET lifted_at = ef_now(), lifted_by = %s WHERE id = %s"

    assert refused(lift, f"sales:{stage.vera.pk}", stage.stop.pk) == "trust_stop_unlinked"
    assert refused(lift, f"operator:{stage.vera.pk}", stage.stop.pk) == "trust_stop_unlinked"
    assert refused(lift, "", stage.stop.pk) == "trust_stop_stays"
    assert refused("UPDATE companies_stop SET until = ef_now() WHERE id = %s", stage.stop.pk) == "trust_stop_stays"
    assert refused(
        "INSERT INTO companies_stop (id, company_id, kind, reason, placed_by, lifted_by) VALUES (%s, %s, 'payout', 'x', %s, '')",
        new_id(), make.company().pk, f"operator:{stage.vera.pk}",
    ) == "trust_stop_unlinked"  # fmt: skip
    with pytest.raises(Refused):
        lift_stop(stage.stop.pk, "A good firm.", by=stage.by)
    assert Stop.objects.get().lifted_at is None


def test_an_operator_who_once_brought_it_lifts_no_stop_either(stage: Stage) -> None:
    olga = make.staff()
    assert olga.person_id is not None
    actions.declare_link(olga.person_id, stage.firm.pk, "earned", "Commission in March.", by=olga)

    with pytest.raises(IntegrityError, match="lifts none"), transaction.atomic():
        lift_stop(stage.stop.pk, "A good firm.", by=olga)
    lift_stop(stage.stop.pk, "The buyers were paid.", by=make.staff())


def test_they_close_no_claim() -> None:
    case = escalated()
    vera, judge = sales(), case.judge()
    actions.bring_company(case.trade.order.seller.number, "Met them in Yiwu.", by=acting(vera))

    assert (
        refused("UPDATE disputes_claim SET arbitrator_id = %s WHERE id = %s", vera.pk, case.claim.pk) == "disputes_claim_unlinked"
    )
    with pytest.raises((Refused, NotVisible)):
        take_case(case.claim.pk, by=acting(vera))
    with pytest.raises((Refused, NotVisible)):
        rule_claim(case.claim.pk, "defective_goods", usd("0.00"), "Nothing.", seen=1, by=acting(vera))
    assert Claim.objects.get().arbitrator_id == judge.person_id


def test_an_arbitrator_who_has_to_do_with_a_side_is_not_drawn_and_does_not_rule() -> None:
    case = escalated()
    judge = case.judge()
    assert judge.person_id is not None
    actions.declare_link(judge.person_id, case.trade.order.seller_id, "household", "My brother.", by=judge)

    assert not may_judge(case.fresh(), judge.person_id)
    assert drawn_arbitrator(case.claim) not in (None, judge.person_id)
    assert refused(
        "INSERT INTO disputes_ruling (id, claim_id, instance, person_id, ground_id, held_minor, to_buyer_minor, buyer_share, reasons,"
        " file_hash, category, currency) SELECT %s, id, 1, %s, (SELECT id FROM disputes_ground LIMIT 1), 1, 0, 0, '', '', '', 'USD'"
        " FROM disputes_claim",
        new_id(), judge.person_id,
    ) == "disputes_claim_unlinked"  # fmt: skip


def test_they_change_no_account_that_money_goes_to(stage: Stage) -> None:
    assert refused(
        "UPDATE payments_bankaccount SET state = 'looked', evidence = 'x', looked_by = %s WHERE id = %s", stage.vera.pk, stage.account.pk
    ) == "trust_account_unlinked"  # fmt: skip
    assert refused(
        "INSERT INTO payments_bankaccount (id, company_id, holder, account, bank_name, country, currency, added_by)"
        " VALUES (%s, %s, 'Vera', '123456789', 'Bank', 'CN', 'USD', %s)",
        new_id(), stage.firm.pk, stage.vera.pk,
    ) == "trust_account_unlinked"  # fmt: skip
    with pytest.raises(NotVisible):
        add_bank_account(holder="Vera", **make.BANK, by=stage.by)


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="everfair.companies.accounts.Backend")
    return client


def test_at_every_door_they_are_refused_and_the_office_reads_of_it(stage: Stage) -> None:
    vera, office = browser(stage.vera), browser(Person.objects.get(pk=make.staff().person_id))
    doors = [
        f"/en/office/verifications/{stage.case.pk}/grant/",
        f"/en/office/companies/{stage.firm.number}/stops/{stage.stop.pk}/lift/",
        f"/en/office/companies/{stage.firm.number}/withdraw/",
        f"/en/office/claims/{new_id()}/rule/",
        f"/en/office/payouts/accounts/{stage.account.pk}/look/",
        "/en/wallet/bank-accounts/",
    ]
    before = office.get("/en/office/").content.decode()

    answers = [vera.post(door, {"_key": f"k{n}", "reason": "A good firm."}).status_code for n, door in enumerate(doors)]
    seen = vera.get(f"/en/office/verifications/{stage.case.pk}/").status_code
    by_api = vera.get("/api/v1/office/verifications").status_code

    assert (answers, seen, by_api) == ([403] * len(doors), 403, 403)
    assert "Somebody tried what is not theirs" not in before
    assert "Somebody tried what is not theirs" in office.get("/en/office/").content.decode()
    tried = AuditNote.objects.filter(act="tried what is not theirs", actor=f"sales:{stage.vera.pk}")
    assert [note.after["door"] for note in tried.order_by("id")][:2] == [f"POST {doors[0]}", f"POST {doors[1]}"]
    assert tried.count() == len(doors) + 2
    assert Stop.objects.get().lifted_at is None


@pytest.mark.django_db(transaction=True)
def test_what_the_database_stopped_is_told_too(committed: None) -> None:
    olga = Person.objects.get(pk=make.staff().person_id)
    firm = make.company()
    stop = place_stop(firm.pk, "payout", "Complaints.", by=make.staff())
    actions.declare_link(olga.pk, firm.pk, "earned", "Commission in March.", by=acting(olga))

    answer = browser(olga).post(
        f"/en/office/companies/{firm.number}/stops/{stop.pk}/lift/", {"_key": "k", "reason": "A good firm."}
    )

    assert answer.status_code == 403
    note = AuditNote.objects.get(act="tried what is not theirs")
    assert (note.actor, note.after["guard"]) == (f"operator:{olga.pk}", "trust_stop_unlinked")
    assert Stop.objects.get().lifted_at is None


def test_who_sells_has_one_page_and_it_is_where_they_land(stage: Stage) -> None:
    vera, other = browser(stage.vera), make.company()

    landed = vera.get("/en/me/", follow=True)
    said = vera.post("/en/office/brought/", {"_key": "b", "number": other.number, "note": "Met them at the fair."}, follow=True)
    wrong = vera.post("/en/office/brought/", {"_key": "c", "number": 10**9, "note": "Met them."})

    assert landed.redirect_chain[-1][0] == "/en/office/brought/"
    assert f"№{other.number}" in said.content.decode()
    assert (wrong.status_code, "There is no company with this number." in wrong.content.decode()) == (422, True)
    assert Link.objects.filter(person=stage.vera).count() == 2
    assert browser(reviewer()).get("/en/office/brought/").status_code == 403
