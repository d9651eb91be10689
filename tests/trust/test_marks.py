"""The verification mark: a granted verification gives it and nobody else can, whatever door they come through."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, transaction

from everfair.base import clock
from everfair.companies.actions import edit_profile, put_mark, withdraw_verification
from everfair.companies.models import Company
from everfair.companies.queries import linked_people
from everfair.trust.queries import standing_verification
from tests import make
from tests.trust.reviewing import proposed, reviewer, tomorrow

pytestmark = pytest.mark.django_db
MARK = "UPDATE companies_company SET verified_at = ef_now(), verified_until = %s WHERE id = %s"


def refused(act: Any) -> str:
    """The constraint that says no; fails when nothing does."""
    with pytest.raises(IntegrityError) as no, transaction.atomic():
        act()
    name: str = no.value.__cause__.diag.constraint_name  # type: ignore[union-attr]
    return name


def marked(company: Company, **columns: Any) -> Any:
    """A write past every verb."""
    return lambda: Company.objects.filter(pk=company.pk).update(**columns)


def test_no_operator_gives_the_mark_alone() -> None:
    firm, day = make.company(), tomorrow(300)

    assert refused(lambda: put_mark(firm.pk, until=day, note="Trust me.", by=make.staff())) == "trust_mark_granted"
    assert refused(marked(firm, verified_at=clock.now(), verified_until=day)) == "trust_mark_granted"
    assert refused(marked(firm, verified_until=day)) == "trust_mark_granted"
    assert refused(marked(firm, verified_at=clock.now())) == "trust_mark_granted"
    assert refused(lambda: make.company(verified_at=clock.now(), verified_until=day)) == "trust_mark_granted"
    assert refused(lambda: make.company(verified_until=day)) == "trust_mark_granted"


def test_a_proposal_is_no_grant() -> None:
    reviewer(), reviewer()
    row = proposed()

    assert refused(marked(row.company, verified_at=clock.now(), verified_until=tomorrow())) == "trust_mark_granted"


def test_a_mark_ends_with_its_grant_at_the_latest() -> None:
    firm = make.company()
    row = make.verified(firm, tomorrow(100))

    assert (firm.verified_until, row.until) == (tomorrow(100), tomorrow(100))
    assert refused(marked(firm, verified_until=tomorrow(101))) == "trust_mark_granted"
    marked(firm, verified_until=tomorrow(99))()


def test_the_grant_of_one_company_marks_no_other() -> None:
    make.verified(make.company())

    assert refused(marked(make.company(), verified_at=clock.now(), verified_until=tomorrow())) == "trust_mark_granted"


def test_a_mark_that_was_taken_away_returns_only_by_a_newer_grant() -> None:
    firm = make.company()
    row = make.verified(firm)
    clock.advance(timedelta(hours=1))

    withdraw_verification(firm.pk, "The licence was forged.", by=make.staff())

    assert standing_verification(firm.pk, "export") is None, "its passport shows no level either"
    assert refused(marked(firm, verified_at=clock.now(), verified_until=row.until)) == "trust_mark_granted"
    clock.advance(timedelta(hours=1))
    again = make.verified(firm)
    assert (firm.verified_until, standing_verification(firm.pk, "export")) == (again.until, again)


def test_a_grant_says_nothing_of_a_later_name() -> None:
    firm = make.company()
    row = make.verified(firm)
    clock.advance(timedelta(hours=1))

    edit_profile(firm.pk, by=make.actor(firm), name="Somebody Else Ltd.")

    assert standing_verification(firm.pk, "export") is None
    assert refused(marked(firm, verified_at=clock.now(), verified_until=row.until)) == "trust_mark_granted"


def test_both_who_reviewed_are_linked_to_it_from_then_on() -> None:
    firm = make.company()
    row = make.verified(firm)

    assert linked_people([firm.pk]) == {row.maker_id, row.checker_id}


def test_without_the_guard_the_mark_would_stand(superuser: psycopg.Connection) -> None:
    superuser.execute(
        "DROP TRIGGER verified_by_grant ON companies_company; DROP TRIGGER begins_without_mark ON companies_company"
    )
    superuser.execute("SET LOCAL ROLE ef_app")
    superuser.execute(
        "INSERT INTO companies_company (id, name, name_skeleton, skeletons, names, country, registration_kind, registration_number, address,"
        " phone, website, about, kind, languages, is_seller, is_buyer, verified_at, verified_until, verification_note)"
        " VALUES (gen_random_uuid(), 'X', 'x', '{}', '{}', 'DE', 'other', 'X-1', '{}', '', '', '{}', 'trader', '{}', true, true,"
        " now(), '2999-01-01', '')"
    )

    row = superuser.execute("SELECT count(*) FROM companies_company WHERE verified_until = '2999-01-01'").fetchone()
    assert row == (1,)
