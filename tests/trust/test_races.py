"""Several people at once: one draw, one decision, and a link that comes in the same second."""

from __future__ import annotations

from datetime import timedelta

import pytest

from everfair.base.clock import now
from everfair.base.models import Event
from everfair.base.refused import NotVisible, Refused
from everfair.companies.models import Company
from everfair.markets.models import RuleVersion
from everfair.trust import actions
from everfair.trust.jobs import admit_from_the_line
from everfair.trust.models import Admission, Link, Seat, Verification
from tests import make
from tests.base.together import together
from tests.trust.reviewing import acting, checker_of, filled, fresh, looked_at, maker_of, proposed, reviewer, submitted

pytestmark = pytest.mark.usefixtures("committed")


def kinds(results):
    assert all(not isinstance(r, Exception) or isinstance(r, Refused | NotVisible) for r in results), results
    return sum(isinstance(r, Exception) for r in results)


def test_many_workers_draw_once():
    reviewer(), reviewer(), reviewer()
    by = make.actor(make.company(), "owner")
    row = filled(by)

    together([lambda: actions.submit_verification(row.pk, by=by), *[lambda: actions.draw_reviewers(row.pk)] * 5])
    together([lambda: actions.draw_reviewers(row.pk)] * 4)

    assert sorted(Seat.objects.filter(verification=row).values_list("role", flat=True)) == ["checker", "maker"]
    assert fresh(row).state == "reviewing"


def test_many_clocks_and_applicants_admit_each_once_in_order_and_no_more_than_the_day_allows():
    reviewer(), reviewer()
    for name, value in (("begin", 4), ("floor", 1), ("in_hand", 1)):
        RuleVersion.objects.create(
            market="export", name=f"trust.admission_{name}", value=value, valid_from=now() - timedelta(days=1), set_by="test"
        )
    hands = [make.actor(make.company(), "owner") for _n in range(8)]
    rows = [filled(by) for by in hands]

    results = together(
        [lambda row=row, by=by: actions.submit_verification(row.pk, by=by) for row, by in zip(rows, hands, strict=True)]
        + [admit_from_the_line] * 8
    )
    together([admit_from_the_line] * 8)

    assert kinds(results) == 0
    order = list(
        Verification.objects.filter(pk__in=[row.pk for row in rows])
        .order_by("submitted_at", "number")
        .values_list("pk", flat=True)
    )
    assert list(Admission.objects.order_by("created_at", "id").values_list("verification_id", flat=True)) == order[:4]
    assert sorted(Seat.objects.filter(verification__in=order).values_list("role", flat=True)) == ["checker"] * 4 + ["maker"] * 4


def test_one_begins_whoever_clicks_twice():
    by = make.actor(make.company(), "owner")

    results = together([lambda: actions.begin_verification("export", "verified", by=by)] * 6)

    assert len({row.pk for row in results}) == Verification.objects.filter(company_id=by.company_id).count() == 1


def test_one_decision_of_many_clicks():
    reviewer(), reviewer()
    row = proposed()
    checker = checker_of(row)

    results = together(
        [lambda: actions.grant_verification(row.pk, "Agreed.", by=checker)] * 3
        + [lambda: actions.return_verification(row.pk, "Look again.", by=checker)] * 2
    )

    decided = Event.objects.filter(name="VerificationDecided", subject=row.pk).count()
    company = Company.objects.get(pk=row.company_id)
    assert kinds(results) >= 3
    assert (fresh(row).state, decided, company.verified_until is not None) in [("granted", 1, True), ("reviewing", 0, False)]


def test_a_link_and_a_grant_at_once_never_both_by_the_linked():
    for _round in range(8):
        people = [reviewer(), reviewer(), reviewer()]
        row = proposed(make.company())
        checker, sayer = checker_of(row), acting(people[0])

        together(
            [
                lambda row=row, checker=checker: actions.grant_verification(row.pk, "Agreed.", by=checker),
                lambda row=row, checker=checker, sayer=sayer: actions.declare_link(
                    checker.person_id, row.company_id, "earned", "Found out.", by=sayer
                ),
            ]
        )

        link = Link.objects.get(company_id=row.company_id)
        found = fresh(row)
        assert found.state in ("granted", "reviewing", "waiting")
        if found.state == "granted":
            # The grant was first: the link was said after it.
            assert link.created_at >= found.decided_at
        else:
            assert found.checker_id != checker.person_id


def test_a_question_and_a_proposal_at_once_leave_one_state():
    reviewer(), reviewer()
    row, _by = submitted()
    maker = maker_of(row)
    looked_at(row)

    results = together(
        [
            lambda: actions.ask_applicant(row.pk, "Which year?", by=maker),
            lambda: actions.propose_verification(row.pk, "grant", "Fine.", by=maker),
        ]
    )

    assert kinds(results) == 1
    assert fresh(row).state in ("asked", "proposed")
