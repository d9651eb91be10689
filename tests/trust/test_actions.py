"""From the first paper to the mark and its end, and everything that is refused on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from everfair.base.clock import advance, now
from everfair.base.deadlines import fire_due
from everfair.base.models import Event
from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.companies.models import AuditNote, Company, Person
from everfair.trust import actions, queries
from everfair.trust.models import Check, Link, Seat, Verification
from everfair.trust.queries import checks_of
from tests import make
from tests.trust.reviewing import (
    acting,
    checker_of,
    fill,
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


@pytest.fixture(autouse=True)
def two() -> list[Person]:
    return [reviewer(name="Mei"), reviewer(name="Otto")]


def events(name: str) -> int:
    return Event.objects.filter(name=name).count()


def code(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return refusal.value.code


def test_a_level_asks_for_its_own_checks_and_those_below() -> None:
    assert [line.check for line in queries.requirements("export", "verified")] == [
        "identity",
        "licence",
        "authority",
        "bank_account",
    ]
    assert [line.check for line in queries.requirements("export", "audited")][4:] == [
        "address",
        "visit",
        "capacity",
        "certificate",
    ]


def test_a_draft_knows_what_the_company_has_said_already_and_is_begun_once() -> None:
    by = make.actor(make.company(name="Shaoxing Cloth"), "owner")

    row = actions.begin_verification("export", "verified", by=by)
    again = actions.begin_verification("export", "verified", by=by)

    assert again.pk == row.pk
    assert checks_of(row.pk)[0].declared["name"] == "Shaoxing Cloth"
    with pytest.raises(Refused) as no:
        actions.begin_verification("export", "audited", by=by)
    assert code(no) == "trust.one_open"


@pytest.mark.parametrize(("market", "level"), [("moon", "verified"), ("export", "registered"), ("export", "")])
def test_a_level_that_is_none_is_not_begun(market: str, level: str) -> None:
    with pytest.raises(Refused) as no:
        actions.begin_verification(market, level, by=make.actor(make.company(), "owner"))

    assert (code(no), Verification.objects.count()) == ("trust.level", 0)


@pytest.mark.parametrize("role", ["buyer", "seller", "finance", "viewer"])
def test_only_an_owner_hands_in(role: str) -> None:
    firm = make.company()
    row = filled(make.actor(firm, "owner"))

    with pytest.raises(Refused):
        actions.submit_verification(row.pk, by=make.actor(firm, role))

    assert fresh(row).state == "draft"


def test_what_is_missing_is_named_and_nothing_is_handed_in() -> None:
    by = make.actor(make.company(), "owner")
    row = actions.begin_verification("export", "verified", by=by)

    with pytest.raises(Refused) as no:
        actions.submit_verification(row.pk, by=by)

    assert (code(no), no.value.field, fresh(row).state) == ("trust.incomplete", "identity", "draft")
    for check in checks_of(row.pk)[:-1]:
        fill(row, check, by)
    actions.fill_check(row.pk, "bank_account", {"holder": "We", "account": "DE1"}, [], by=by)
    with pytest.raises(Refused) as no:
        actions.submit_verification(row.pk, by=by)
    assert (code(no), no.value.field) == ("trust.no_document", "bank_account")


def test_papers_of_another_company_and_bad_dates_change_nothing() -> None:
    by, stranger = make.actor(make.company(), "owner"), make.actor(make.company(), "owner")
    row = actions.begin_verification("export", "verified", by=by)
    before = checks_of(row.pk)[1].declared

    with pytest.raises(Refused) as no:
        actions.fill_check(row.pk, "licence", {}, [paper(stranger)], by=by)
    assert code(no) == "trust.documents"
    for bad, expected in (("2020-01-01", "trust.expired"), ("soon", "trust.date")):
        with pytest.raises(Refused) as no:
            actions.fill_check(row.pk, "licence", {"valid_until": bad}, [], by=by)
        assert (code(no), no.value.field) == (expected, "valid_until")
    with pytest.raises(NotVisible):
        actions.fill_check(row.pk, "licence", {}, [], by=stranger)
    with pytest.raises(NotVisible):
        actions.fill_check(row.pk, "visit", {}, [], by=by)

    assert checks_of(row.pk)[1].declared == before


def test_two_different_people_are_drawn_and_the_draw_stays_written_down() -> None:
    row, _by = submitted()

    assert row.state == "reviewing"
    assert {row.maker_id, row.checker_id} == {person.pk for person in Person.objects.filter(is_staff_member=True)}
    assert [(seat.role, seat.among) for seat in Seat.objects.order_by("id")] == [("maker", 2), ("checker", 1)]


def test_the_lot_falls_on_everybody_and_oftener_on_who_has_less_in_hand() -> None:
    third = reviewer(name="Third")
    makers = {submitted()[0].maker_id for _ in range(12)}

    assert third.pk in makers
    assert len(makers) == 3


def test_with_one_reviewer_it_waits_until_a_second_comes(two: list[Person]) -> None:
    Person.objects.filter(pk=two[0].pk).update(is_active=False)
    row, _by = submitted()
    assert (row.state, row.maker_id) == ("waiting", two[1].pk)

    newcomer = reviewer(name="New")
    assert row.pk in queries.waiting_ids()
    assert actions.draw_reviewers(row.pk)

    assert (fresh(row).state, fresh(row).checker_id) == ("reviewing", newcomer.pk)
    assert queries.waiting_ids() == []


def test_operators_are_drawn_only_where_reviewers_lack() -> None:
    operator = reviewer("operator", name="Op")
    assert operator.pk not in {i for _ in range(6) for i in (lambda v: (v.maker_id, v.checker_id))(submitted()[0])}

    Person.objects.filter(name="Mei").update(is_active=False)
    assert operator.pk in (lambda v: (v.maker_id, v.checker_id))(submitted()[0])


def test_who_is_linked_is_never_drawn_whatever_the_link(two: list[Person]) -> None:
    by_phone, by_word, former = reviewer(phone="+8613800138000"), reviewer(), reviewer()
    firm = make.company(phone="+8613800138000")
    make.member(firm, "buyer", who=former)
    actions.declare_link(by_word.pk, firm.pk, "household", "They are married.", by=acting(two[0]))

    found = queries.candidates(firm.pk)

    assert found.linked == {by_phone.pk: "phone", by_word.pk: "household", former.pk: "member"}
    assert set(found.load) == {person.pk for person in two}


def test_a_link_that_comes_to_light_empties_the_seat_and_what_was_seen_is_looked_at_anew(two: list[Person]) -> None:
    third = reviewer(name="Third")
    row, by = submitted()
    looked_at(row)
    first = fresh(row).maker_id
    actions.propose_verification(row.pk, "grant", "Fine.", by=maker_of(row))

    actions.declare_link(first, by.company_id, "onboarded", "Brought them in March.", by=acting(third))

    now_ = fresh(row)
    assert first not in (now_.maker_id, now_.checker_id)
    assert (now_.state, now_.proposal) == ("reviewing", "")
    assert {check.result for check in checks_of(row.pk)} == {"open"}
    assert AuditNote.objects.filter(act="declared a link").count() == 1


def test_a_link_is_said_once_and_only_by_staff_of_staff(two: list[Person]) -> None:
    firm, clerk = make.company(), make.member(make.company())
    for _ in range(2):
        actions.declare_link(two[0].pk, firm.pk, "earned", "Commission.", by=acting(two[1]))

    assert Link.objects.count() == events("LinkDeclared") == 1
    with pytest.raises(Refused) as no:
        actions.declare_link(clerk.pk, firm.pk, "earned", "x", by=acting(two[1]))
    assert code(no) == "trust.no_staff"
    with pytest.raises(Refused) as no:
        actions.declare_link(two[0].pk, firm.pk, "phone", "x", by=acting(two[1]))
    assert code(no) == "trust.link_kind"
    with pytest.raises(Refused):
        actions.declare_link(two[0].pk, firm.pk, "earned", "x", by=make.actor(firm, "owner"))


def test_one_looks_another_decides_and_the_company_carries_the_mark_until_its_earliest_evidence(two: list[Person]) -> None:
    firm = make.company()
    row, _by = submitted(firm)
    looked_at(row)
    actions.record_check(row.pk, "licence", "passed", {}, "Ends soon.", by=maker_of(row), valid_until=tomorrow(100))

    actions.propose_verification(row.pk, "grant", "All seen.", by=maker_of(row))
    actions.grant_verification(row.pk, "I agree.", by=checker_of(row))

    found = fresh(row)
    assert (found.state, found.until, found.decision_reason) == ("granted", tomorrow(100), "I agree.")
    company = Company.objects.get(pk=firm.pk)
    assert (company.verified_until, company.verification_note) == (tomorrow(100), f"Verified: V-{row.number}")
    assert queries.standing_verification(firm.pk, "export").pk == row.pk
    assert events("VerificationDecided") == events("CompanyVerified") == 1


def test_evidence_counts_a_year_at_most() -> None:
    row, _by = submitted()

    check = actions.record_check(
        row.pk, "licence", "passed", {}, "Valid for ten years.", by=maker_of(row), valid_until=tomorrow(3650)
    )

    assert check.valid_until == tomorrow(365)


def test_nobody_else_records_proposes_or_decides(two: list[Person]) -> None:
    stranger, seller = reviewer(name="Third"), reviewer("operator", name="Op")
    row = proposed()
    third = next(p for p in (*two, stranger) if p.pk not in (row.maker_id, row.checker_id))

    for wrong in (acting(third), acting(seller), maker_of(row), make.actor(row.company, "owner")):
        with pytest.raises((Refused, NotVisible)):
            actions.grant_verification(row.pk, "Looks good.", by=wrong)
        with pytest.raises((Refused, NotVisible)):
            actions.return_verification(row.pk, "No.", by=wrong)
    with pytest.raises(Refused):
        actions.record_check(row.pk, "licence", "passed", {}, "x", by=checker_of(row))

    assert fresh(row).state == "proposed"


def test_who_sells_or_keeps_the_books_does_not_even_see_it() -> None:
    row = proposed()

    for role in ("finance", "arbitrator"):
        with pytest.raises(NotVisible):
            queries.verification(row.pk, acting(reviewer(role)))
    with pytest.raises(NotVisible):
        queries.verification(row.pk, make.actor(make.company(), "owner"))


def test_nothing_is_granted_with_a_failed_or_an_unseen_check() -> None:
    row, _by = submitted()
    with pytest.raises(Refused) as no:
        actions.propose_verification(row.pk, "grant", "Trust me.", by=maker_of(row))
    assert code(no) == "trust.unseen"
    looked_at(row, but="authority")
    with pytest.raises(Refused) as no:
        actions.propose_verification(row.pk, "grant", "Trust me.", by=maker_of(row))
    assert code(no) == "trust.failed"

    actions.propose_verification(row.pk, "refuse", "No power of attorney.", by=maker_of(row))
    with pytest.raises(Refused) as no:
        actions.grant_verification(row.pk, "I like them.", by=checker_of(row))
    assert code(no) == "trust.not_proposed"
    actions.refuse_verification(row.pk, "The power of attorney is of another firm.", by=checker_of(row))

    assert (fresh(row).state, row.company.verified_until) == ("refused", None)


def test_nothing_is_refused_without_a_check_that_failed() -> None:
    row, _by = submitted()
    looked_at(row)

    with pytest.raises(Refused) as no:
        actions.propose_verification(row.pk, "refuse", "I do not like them.", by=maker_of(row))

    assert code(no) == "trust.nothing_failed"


def test_the_second_sends_it_back_and_the_first_looks_again() -> None:
    row = proposed()

    actions.return_verification(row.pk, "The licence is of 2019.", by=checker_of(row))
    actions.record_check(row.pk, "licence", "failed", {}, "Right: of 2019.", by=maker_of(row))
    actions.propose_verification(row.pk, "refuse", "Old licence.", by=maker_of(row))
    actions.refuse_verification(row.pk, "Old licence.", by=checker_of(row))

    assert fresh(row).state == "refused"


def test_a_question_is_answered_and_papers_change_only_meanwhile() -> None:
    row, by = submitted()
    with pytest.raises(Refused) as no:
        actions.fill_check(row.pk, "licence", {}, [], by=by)
    assert code(no) == "trust.handed_in"

    actions.ask_applicant(row.pk, "The scan is cut off.", by=maker_of(row))
    fill(row, checks_of(row.pk)[1], by)
    actions.answer_reviewers(row.pk, "Here is the whole page.", by=by)

    assert (fresh(row).state, fresh(row).answer) == ("reviewing", "Here is the whole page.")


def test_without_an_answer_the_reviewers_go_on() -> None:
    row, _by = submitted()
    actions.ask_applicant(row.pk, "Which factory?", by=maker_of(row))

    advance(timedelta(days=15))
    fire_due()

    assert fresh(row).state == "reviewing"


def test_a_level_lapses_by_itself_the_day_after_its_last() -> None:
    row = granted()
    advance(timedelta(days=365))
    fire_due()
    assert fresh(row).state == "granted"

    advance(timedelta(days=1))
    fire_due()

    assert (fresh(row).state, events("VerificationLapsed")) == ("lapsed", 1)
    assert queries.standing_verification(row.company_id, "export") is None


def test_a_newer_grant_replaces_the_former_whose_end_nobody_waits_for() -> None:
    first = granted()

    second = granted(first.company, "assessed")

    assert (fresh(first).state, second.level) == ("replaced", "assessed")
    assert queries.standing_verification(first.company_id, "export").pk == second.pk


def test_the_company_lets_it_be_and_begins_anew() -> None:
    row, by = submitted()

    actions.withdraw_verification(row.pk, by=by)

    assert fresh(row).state == "withdrawn"
    assert actions.begin_verification("export", "audited", by=by).pk != row.pk
    with pytest.raises((Refused, NotVisible)):
        actions.withdraw_verification(row.pk, by=make.actor(make.company(), "owner"))


def test_everybody_may_know_how_long_the_queue_is() -> None:
    granted()
    submitted()
    filled(make.actor(make.company(), "owner"))

    found = queries.queue("export", now())

    assert (found.waiting, found.in_review, found.decided, found.granted) == (0, 1, 1, 1)
    assert found.median_days is not None


def test_reviewers_write_a_cost_and_what_they_read() -> None:
    row, _by = submitted()

    check = actions.record_check(
        row.pk, "identity", "passed", {"name": "Acme  Ltd", "colour": "red"}, "Extract of today.", by=maker_of(row),
        cost=Money(1250, "USD"),
    )  # fmt: skip

    assert check.found == {"name": "Acme Ltd", "number": "", "legal_person": ""}
    kept = Check.objects.get(pk=check.pk)
    assert (kept.cost_minor, kept.cost_currency, kept.by_id) == (1250, "USD", fresh(row).maker_id)
