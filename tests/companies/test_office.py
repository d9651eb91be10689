"""What the operator does: stops, the mark, opening the office."""

from __future__ import annotations

import re
from datetime import timedelta
from threading import Event as Signal
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from everfair.base import clock
from everfair.base.actor import SYSTEM, Actor
from everfair.base.models import Event
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.companies import actions, queries
from everfair.companies.directory import Narrowing, suppliers
from everfair.companies.models import AuditNote, Company, Person, Stop
from everfair.markets.rules import RULES
from tests import make

OPERATOR = make.operator()


def today() -> Any:
    return clock.now().date()


@pytest.mark.django_db
def test_a_stop_refuses_its_kind_for_its_company_until_lifted() -> None:
    company, other = make.company(), make.company()

    stop = actions.place_stop(company.pk, "payout", "Bank account under question", by=OPERATOR)

    with pytest.raises(Refused) as refused:
        queries.refuse_stopped([other.pk, company.pk], "payout")
    assert (refused.value.code, refused.value.status) == ("companies.stopped", 403)
    queries.refuse_stopped([company.pk], "deposit")
    queries.refuse_stopped([other.pk], "payout")

    actions.lift_stop(stop.pk, "Papers seen", by=OPERATOR)

    queries.refuse_stopped([company.pk], "payout")
    assert list(Event.objects.order_by("seq").values_list("name", flat=True)) == ["StopPlaced", "StopLifted"]
    assert [note.act for note in queries.audit_notes(company.pk)] == ["lifted a payout stop", "placed a payout stop"]


@pytest.mark.django_db
def test_a_stop_with_an_end_ends_by_itself() -> None:
    company = make.company()
    actions.place_stop(company.pk, "listing", "Seven days", by=OPERATOR, until=clock.now() + timedelta(days=7))
    hidden = suppliers()

    clock.advance(timedelta(days=7, seconds=1))

    assert (hidden, suppliers()) == ([], [company])


@pytest.mark.django_db
def test_a_stop_is_lifted_once() -> None:
    stop = actions.place_stop(make.company().pk, "deposit", "Why", by=OPERATOR)
    actions.lift_stop(stop.pk, "Because", by=OPERATOR)

    with pytest.raises(AlreadyDone):
        actions.lift_stop(stop.pk, "Because", by=OPERATOR)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "reason", "hours", "code"),
    [
        ("everything", "Why", None, "companies.unknown_stop"),
        ("payout", " ", None, "companies.missing"),
        ("payout", "Why", -1, "companies.past"),
    ],
)
def test_a_wrong_stop_is_refused(kind: str, reason: str, hours: int | None, code: str) -> None:
    until = clock.now() + timedelta(hours=hours) if hours else None

    with pytest.raises(Refused) as refused:
        actions.place_stop(make.company().pk, kind, reason, by=OPERATOR, until=until)

    assert refused.value.code == code
    assert not Stop.objects.exists()


@pytest.mark.django_db
def test_only_the_platform_stops_and_verifies() -> None:
    company = make.company()
    stop = actions.place_stop(company.pk, "payout", "Why", by=SYSTEM)

    for by in (make.actor(company), Actor(kind="key", company_id=company.pk), Actor()):
        for act in (
            lambda by=by: actions.place_stop(company.pk, "payout", "Why", by=by),
            lambda by=by: actions.lift_stop(stop.pk, "Why", by=by),
            lambda by=by: actions.put_mark(company.pk, until=today() + timedelta(days=9), note="Me", by=by),
            lambda by=by: actions.withdraw_verification(company.pk, "Why", by=by),
            lambda by=by: actions.open_operator_invitation(by=by),
        ):
            with pytest.raises(Refused) as refused:
                act()
            assert refused.value.code == "companies.operator_only"


@pytest.mark.usefixtures("committed")
def test_a_stop_waits_for_the_move_that_came_first() -> None:
    """A move holds the share lock of `refuse_stopped` to its end: the stop is placed after it, never beside it."""
    company = make.company()
    checked, finish, order = Signal(), Signal(), []

    def move() -> None:
        with transaction.atomic():
            queries.refuse_stopped([company.pk], "payout")
            checked.set()
            finish.wait(10)
            order.append("moved")
        connection.close()

    def stop() -> None:
        checked.wait(10)
        actions.place_stop(company.pk, "payout", "Why", by=OPERATOR)
        order.append("stopped")
        connection.close()

    threads = [Thread(target=move), Thread(target=stop)]
    for thread in threads:
        thread.start()
    checked.wait(10)
    threads[1].join(0.4)
    waited = threads[1].is_alive()
    finish.set()
    for thread in threads:
        thread.join(10)

    assert waited
    assert order == ["moved", "stopped"]


@pytest.mark.django_db
def test_the_mark_carries_day_note_and_who_decided() -> None:
    company = make.company()

    granted = make.verified(company, today() + timedelta(days=300))

    shown = queries.passport(company)
    assert (shown.verification_note, shown.verified_until) == (f"Verified: V-{granted.number}", today() + timedelta(days=300))
    assert company.verified_by == granted.checker_id
    assert Event.objects.filter(name="CompanyVerified").count() == 1


@pytest.mark.django_db
def test_a_mark_past_its_day_is_no_mark() -> None:
    company = make.company()
    make.verified(company, today() + timedelta(days=1))
    clock.advance(timedelta(days=2))
    company.refresh_from_db()

    assert queries.passport(company).verified_on is None
    assert suppliers(Narrowing(verified=True)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("days", [0, -1, 3 * 366 + 1])
def test_a_mark_lasts_from_a_day_to_three_years(days: int) -> None:
    company = make.company()

    with pytest.raises(Refused) as refused:
        actions.put_mark(company.pk, until=today() + timedelta(days=days), note="Seen", by=OPERATOR)

    assert refused.value.field == "until"


@pytest.mark.django_db
def test_a_withdrawn_mark_leaves_its_reason() -> None:
    company = make.company()
    make.verified(company)

    actions.withdraw_verification(company.pk, "The licence was forged", by=OPERATOR)

    company.refresh_from_db()
    assert company.verified_at is None
    assert queries.audit_notes(company.pk)[0].reason == "The licence was forged"
    with pytest.raises(AlreadyDone):
        actions.withdraw_verification(company.pk, "Again", by=OPERATOR)


@pytest.mark.django_db
def test_what_is_not_there_is_not_visible() -> None:
    nowhere = make.person().pk

    with pytest.raises(NotVisible):
        actions.place_stop(nowhere, "payout", "Why", by=OPERATOR)
    with pytest.raises(NotVisible):
        actions.lift_stop(nowhere, "Why", by=OPERATOR)


def _token(link: str | None) -> str:
    found = re.search(r"/staff/([\w-]+)/$", link or "")
    assert found
    return found[1]


STAFF = {"email": "first@fair.example", "name": "Olga", "password": "eleven ships in the harbour"}


@pytest.mark.django_db
def test_the_first_operator_comes_in_by_a_link_that_works_once() -> None:
    link = actions.open_operator_invitation()
    client, address = Client(), f"/en/staff/{_token(link)}/"

    assert client.get(address).status_code == 200
    answer = client.post(address, {"_key": "k", **STAFF})

    assert answer["Location"] == "/en/me/account/"
    person = Person.objects.get()
    assert (person.is_staff_member, person.staff_roles, person.check_password(STAFF["password"])) == (True, ["operator"], True)
    assert "You work for the operator" in client.get("/en/me/account/").content.decode()
    assert Client().get(address).status_code == 410
    with pytest.raises(Refused):
        actions.accept_operator_invitation(_token(link), **STAFF | {"email": "second@fair.example"})
    assert actions.open_operator_invitation() is None


@pytest.mark.django_db
def test_a_newer_link_replaces_the_older_one() -> None:
    older = _token(actions.open_operator_invitation())
    actions.open_operator_invitation()

    with pytest.raises(Refused) as refused:
        actions.accept_operator_invitation(older, **STAFF)

    assert refused.value.code == "companies.invitation_over"


@pytest.mark.django_db
def test_a_link_nobody_followed_in_time_is_dead() -> None:
    link = actions.open_operator_invitation()
    days = float(RULES["companies.invitation_days"].default)

    clock.advance(timedelta(days=days, minutes=1))

    assert Client().get(f"/en/staff/{_token(link)}/").status_code == 410
    with pytest.raises(Refused) as refused:
        actions.accept_operator_invitation(_token(link), **STAFF)
    assert refused.value.code == "companies.invitation_over"
    assert not Person.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": ""}, "password"),
        ({"email": "nobody"}, "email"),
        ({"name": "\u202e"}, "name"),
    ],
)
def test_a_wrong_first_operator_is_refused_and_the_link_stays_good(wrong: dict[str, str], field: str) -> None:
    token = _token(actions.open_operator_invitation())

    with pytest.raises(Refused) as refused:
        actions.accept_operator_invitation(token, **STAFF | wrong)
    assert refused.value.field == field
    assert not Person.objects.exists()

    assert actions.accept_operator_invitation(token, **STAFF).is_staff_member


@pytest.mark.django_db
def test_an_operator_invites_the_next_one_by_address() -> None:
    actions.accept_operator_invitation(_token(actions.open_operator_invitation()), **STAFF)
    token = _token(actions.open_operator_invitation("next@fair.example", by=OPERATOR, roles=["reviewer"]))

    with pytest.raises(Refused) as refused:
        actions.accept_operator_invitation(token, **STAFF | {"email": "other@fair.example"})
    assert refused.value.field == "email"
    person = actions.accept_operator_invitation(token, **STAFF | {"email": "Next@fair.example"})

    assert person.staff_roles == ["reviewer"]
    assert AuditNote.objects.filter(act="joined the staff").count() == 2


@pytest.mark.django_db
def test_a_staff_link_is_no_company_invitation_and_the_reverse() -> None:
    token = _token(actions.open_operator_invitation())
    company = make.company()

    with pytest.raises(Refused):
        actions.accept_invitation(token, by=make.actor(company, who=make.member(company)))
    assert Client().get(f"/en/invitations/{token}/").status_code == 410
    assert Company.objects.count() == 1
