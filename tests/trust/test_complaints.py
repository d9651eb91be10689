"""Complaints about deals outside the platform, from both sides and from the two who were drawn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from everfair.base.actor import Actor
from everfair.base.clock import advance
from everfair.base.deadlines import fire_due
from everfair.base.money import Money
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.companies.models import Person
from everfair.files.queries import files_by_id
from everfair.trust import actions as trust
from everfair.trust.actions import complaining
from everfair.trust.models import Complaint, Penalty
from everfair.trust.queries.complaints import complaint_count
from tests import make
from tests.trust.disciplining import staff, today
from tests.trust.reviewing import acting, paper, reviewer

pytestmark = pytest.mark.django_db


def buyer() -> Actor:
    return make.actor(make.company(is_seller=False), "buyer")


def seller() -> Actor:
    return make.actor(make.company(is_seller=True), "seller")


def complaint(by: Actor, about: Actor, kind: str = "quality", **more: Any) -> Complaint:
    more.setdefault("deliver_by", today(-10))
    more.setdefault("file_ids", [paper(by)])
    return complaining.make_complaint(about.company_id, kind, Money(500_00, "USD"), "Cups.", "They broke.", by=by, **more)


def fresh(row: Complaint) -> Complaint:
    return Complaint.objects.get(pk=row.pk)


def seat(row: Complaint, name: str) -> Actor:
    return acting(Person.objects.get(pk=getattr(fresh(row), f"{name}_id")))


def found(row: Complaint, finding: str = "founded") -> Complaint:
    complaining.propose_finding(row.pk, finding, "I saw the cups.", by=seat(row, "maker"))
    return complaining.decide_complaint(row.pk, "So did I.", by=seat(row, "checker"))


def test_two_who_were_drawn_find_it_founded_and_points_are_proposed_to_a_person():
    staff()
    me, them = buyer(), seller()
    row = complaint(me, them, "fake")
    complaining.reply_complaint(row.pk, "They are real.", by=them, file_ids=[paper(them)])
    assert complaint_count(them.company_id) == type(complaint_count(them.company_id))(open=1, founded=0)

    found(row)

    now = fresh(row)
    assert (now.state, now.decision_reason, now.maker_id != now.checker_id) == ("founded", "So did I.", True)
    assert (complaint_count(them.company_id).open, complaint_count(them.company_id).founded) == (0, 1)
    assert [(p.offence, p.state, p.reference) for p in Penalty.objects.filter(company_id=them.company_id)] == [
        ("counterfeit", "proposed", f"C-{row.number}")
    ]


def test_an_unfounded_one_proposes_nothing():
    staff()
    them = seller()
    row = complaint(buyer(), them)
    complaining.hear_complaint(row.pk)

    found(row, "unfounded")

    assert (fresh(row).state, complaint_count(them.company_id).founded, Penalty.objects.count()) == ("unfounded", 0, 0)


def test_silence_is_heard_without_an_answer_after_its_time():
    staff()
    them = seller()
    row = complaint(buyer(), them)

    advance(timedelta(days=6, hours=23))
    fire_due()
    assert fresh(row).state == "open"
    advance(timedelta(hours=2))
    fire_due()
    assert fresh(row).state == "reviewing"
    with pytest.raises((Refused, AlreadyDone)):
        complaining.reply_complaint(row.pk, "Late.", by=them)
    assert fresh(row).answer == ""


def test_who_complained_ends_it_when_it_was_made_good():
    staff()
    me, them = buyer(), seller()
    row = complaint(me, them)

    with pytest.raises(Refused):
        complaining.settle_complaint(
            row.pk, "We paid.", by=make.actor(them and Complaint.objects.get(pk=row.pk).against, "owner")
        )
    complaining.settle_complaint(row.pk, "They paid it back.", by=me)

    assert (fresh(row).state, complaint_count(them.company_id).open, complaint_count(them.company_id).founded) == (
        "settled",
        0,
        0,
    )


def test_each_sees_what_the_other_said_and_nobody_else_sees_that_it_is_there():
    staff()
    me, them, stranger = buyer(), seller(), buyer()
    row = complaint(me, them)
    complaining.reply_complaint(row.pk, "No.", by=them, file_ids=[paper(them, "photo.pdf")])
    row = fresh(row)

    papers = [*row.file_ids, *row.answer_file_ids]
    assert [len(files_by_id(papers, who)) for who in (me, them, stranger)] == [2, 2, 0]
    for verb in (complaining.settle_complaint, complaining.reply_complaint):
        with pytest.raises(NotVisible):
            verb(row.pk, "Mine.", by=stranger)
    for role in ("finance", "arbitrator"):
        with pytest.raises((NotVisible, Refused)):
            complaining.propose_finding(row.pk, "founded", "I look.", by=acting(reviewer(role)))


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("deliver_by", {"deliver_by": -91}), ("pay_by", {"deliver_by": None}), ("pay_by", {"deliver_by": None, "pay_by": -91}),
        ("deliver_by", {"deliver_by": 3, "kind": "not_shipped"}), ("kind", {"kind": "rude"}), ("files", {"file_ids": []}),
    ],
)  # fmt: skip
def test_too_late_too_early_without_a_day_or_evidence_is_refused(field: str, more: dict[str, Any]):
    staff()
    given = {key: today(value) if isinstance(value, int) else value for key, value in more.items()}

    with pytest.raises(Refused) as no:
        complaint(buyer(), seller(), **given)

    assert (no.value.field, Complaint.objects.count()) == (field, 0)


def test_the_later_of_the_two_days_counts():
    staff()

    assert complaint(buyer(), seller(), pay_by=today(-300), deliver_by=today(-90)).state == "open"
    assert complaint(buyer(), seller(), pay_by=today(-89), deliver_by=today(-200)).state == "open"


def test_about_oneself_about_who_sells_nothing_and_by_who_only_looks_is_refused():
    staff()
    me = buyer()

    for about in (me, buyer()):
        with pytest.raises(Refused) as no:
            complaint(me, about)
        assert no.value.field == "against"
    viewer = make.actor(make.company(), "viewer")
    with pytest.raises(Refused):
        complaint(viewer, seller())
    assert Complaint.objects.count() == 0


def test_the_fourth_of_a_day_waits_until_tomorrow():
    staff()
    me = buyer()
    for _n in range(3):
        complaint(me, seller())

    with pytest.raises(Refused) as no:
        complaint(me, seller())
    assert (no.value.status, Complaint.objects.count()) == (429, 3)
    advance(timedelta(days=1, minutes=1))
    assert complaint(me, seller()).state == "open"


def test_nobody_is_drawn_who_is_linked_to_one_of_the_two():
    people = [reviewer(name=name) for name in ("Mei", "Otto", "Ana", "Ben")]
    me, them = buyer(), seller()
    trust.declare_link(people[0].pk, me.company_id, "earned", "Commission.", by=acting(people[3]))
    trust.declare_link(people[1].pk, them.company_id, "onboarded", "Brought it.", by=acting(people[3]))

    row = complaint(me, them)
    assert {fresh(row).maker_id, fresh(row).checker_id} == {people[2].pk, people[3].pk}
    trust.declare_link(people[2].pk, them.company_id, "household", "Her brother.", by=acting(people[3]))
    trust.draw_for_complaint(row.pk)

    assert {fresh(row).maker_id, fresh(row).checker_id} == {None, people[3].pk}


def refused(sql: str, *params: Any) -> str:
    with pytest.raises(IntegrityError) as no, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
    name: str = no.value.__cause__.diag.constraint_name  # type: ignore[union-attr]
    return name


def test_the_database_lets_nobody_decide_alone_or_linked_or_change_what_was_said():
    mei, *_ = staff()
    me, them = buyer(), seller()
    row = complaint(me, them)
    complaining.hear_complaint(row.pk)
    end = "UPDATE trust_complaint SET state = 'founded', finding = 'founded', decision_reason = 'x', ended_at = ef_now() WHERE id = %s"

    assert refused(end, row.pk) == "trust_complaint_two_steps"
    complaining.propose_finding(row.pk, "unfounded", "Nothing.", by=seat(row, "maker"))
    assert refused(end, row.pk) == "trust_complaint_two_steps"
    assert (
        refused("UPDATE trust_complaint SET checker_id = maker_id, maker_id = checker_id WHERE id = %s", row.pk)
        == "trust_complaint_two_people"
    )
    for change in ("text = 'else'", "kind = 'fake'", "amount_minor = 1", "answer = 'later'"):
        assert refused(f"UPDATE trust_complaint SET {change} WHERE id = %s", row.pk) == "trust_complaint_stays"
    trust.declare_link(fresh(row).checker_id, me.company_id, "declared", "A friend.", by=mei)
    assert refused(end.replace("'founded'", "'unfounded'"), row.pk) == "trust_complaint_unlinked"
    with pytest.raises(Refused) as no:
        complaining.decide_complaint(row.pk, "Still.", by=seat(row, "checker"))
    assert no.value.code == "trust.linked"
