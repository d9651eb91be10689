"""People: invited, joining, changing roles, leaving."""

from __future__ import annotations

import re
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection, transaction

from everfair.base import clock
from everfair.base.actor import Actor
from everfair.base.models import Event
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.companies import actions, queries
from everfair.companies.models import Company, Invitation, Membership, Person
from tests import make
from tests.companies.signing_in import person


def actor_of(who: Person) -> Actor:
    return queries.actor_of_person(who)


def letter_token() -> str:
    found = re.search(r"/invitations/([\w-]+)/", str(mail.outbox[-1].body))
    assert found
    return found[1]


@pytest.fixture
def owner(db: None) -> Actor:
    return actor_of(make.member(make.company(name="Aster & Söhne"), who=person("owner@fair.example", name="Ada <b>")))


def invite(owner: Actor, email: str = "new@fair.example", *roles: str, capture: Any) -> str:
    with capture(execute=True):
        actions.invite_person(email, roles or ("buyer",), by=owner)
    return letter_token()


def test_the_letter_carries_one_link_and_nothing_that_renders(owner: Actor, django_capture_on_commit_callbacks: Any) -> None:
    token = invite(owner, capture=django_capture_on_commit_callbacks)

    letter = mail.outbox[-1]
    assert letter.subject == "Aster & Söhne invites you to Everfair"
    assert letter.to == ["new@fair.example"]
    assert "Ada <b> invites you to work for Aster & Söhne" in letter.body
    assert str(letter.body).count("http") == 1
    assert token not in str(list(Invitation.objects.values()))


def test_the_letter_leaves_only_after_the_commit(owner: Actor) -> None:
    actions.invite_person("new@fair.example", ["buyer"], by=owner)

    assert mail.outbox == []


def test_the_invited_joins_with_the_roles_of_the_invitation(owner: Actor, django_capture_on_commit_callbacks: Any) -> None:
    token = invite(owner, "New@Fair.example", "viewer", "buyer", capture=django_capture_on_commit_callbacks)
    newcomer = person("new@fair.example")

    actions.accept_invitation(token, by=actor_of(newcomer))

    newcomer.refresh_from_db()
    assert actor_of(newcomer).company_id == owner.company_id
    assert actor_of(newcomer).company_roles == {"buyer", "viewer"}
    assert Event.objects.order_by("-seq").values_list("name", flat=True)[0] == "MembershipChanged"


def test_a_link_works_once(owner: Actor, django_capture_on_commit_callbacks: Any) -> None:
    token = invite(owner, capture=django_capture_on_commit_callbacks)
    newcomer = person("new@fair.example")
    actions.accept_invitation(token, by=actor_of(newcomer))

    with pytest.raises(AlreadyDone):
        actions.accept_invitation(token, by=actor_of(newcomer))
    actions.end_membership(newcomer.pk, by=owner)
    with pytest.raises(Refused) as refused:
        actions.accept_invitation(token, by=actor_of(newcomer))

    assert refused.value.code == "companies.invitation_over"
    assert not Membership.objects.filter(person=newcomer, ended_at=None).exists()


def test_a_link_is_nothing_in_the_hands_of_another(owner: Actor, django_capture_on_commit_callbacks: Any) -> None:
    """B70: the invitation is bound to its address, and only a confirmed one counts."""
    token = invite(owner, capture=django_capture_on_commit_callbacks)
    thief = person("thief@fair.example")
    EmailAddress.objects.create(user=thief, email="new@fair.example", verified=False)

    with pytest.raises(Refused) as refused:
        actions.accept_invitation(token, by=actor_of(thief))

    assert refused.value.code == "companies.invited_another"
    assert not Membership.objects.filter(person=thief).exists()


def test_a_link_dies_with_its_time_and_by_withdrawal_and_by_a_newer_one(
    owner: Actor, django_capture_on_commit_callbacks: Any
) -> None:
    newcomer = actor_of(person("new@fair.example"))
    replaced = invite(owner, capture=django_capture_on_commit_callbacks)
    withdrawn = invite(owner, capture=django_capture_on_commit_callbacks)
    actions.withdraw_invitation(queries.invitations(owner)[0].pk, by=owner)
    old = invite(owner, capture=django_capture_on_commit_callbacks)
    clock.advance(timedelta(days=7, seconds=1))

    codes = set()
    for token in (replaced, withdrawn, old, "never-written", ""):
        with pytest.raises(Refused) as refused:
            actions.accept_invitation(token, by=newcomer)
        codes.add((refused.value.code, str(refused.value.message)))

    assert len(codes) == 1
    assert queries.invitations_for(newcomer) == []


def test_an_invitation_waits_for_its_person_without_the_letter(owner: Actor) -> None:
    newcomer = actor_of(person("new@fair.example"))
    actions.invite_person("new@fair.example", ["seller"], by=owner)

    waiting = queries.invitations_for(newcomer)
    actions.accept_own_invitation(waiting[0].pk, by=newcomer)

    assert [row.roles for row in queries.companies_of(newcomer)] == [["seller"]]


def test_nobody_takes_the_invitation_of_another_by_its_id(owner: Actor) -> None:
    invitation = actions.invite_person("new@fair.example", ["seller"], by=owner)

    with pytest.raises(NotVisible):
        actions.accept_own_invitation(invitation.pk, by=actor_of(person("thief@fair.example")))


@pytest.mark.django_db
def test_an_invitation_looks_the_same_whether_the_address_has_an_account(owner: Actor) -> None:
    """B72."""
    person("known@fair.example")

    known = actions.invite_person("known@fair.example", ["viewer"], by=owner)
    unknown = actions.invite_person("unknown@fair.example", ["viewer"], by=owner)

    same = ("roles", "for_staff", "company_id", "accepted_at", "withdrawn_at")
    assert [getattr(known, name) for name in same] == [getattr(unknown, name) for name in same]


@pytest.mark.parametrize(
    ("email", "roles", "code"),
    [
        ("nobody", ["viewer"], "companies.email"),
        ("a@b@c.de", ["viewer"], "companies.email"),
        ("a\r\nBcc: all@fair.example", ["viewer"], "companies.email"),
        ("a@" + "a." * 3000 + "com", ["viewer"], "companies.email"),
        ("a@apрle.com", ["viewer"], "companies.email_homograph"),
        ("a@b.de", [], "companies.no_role"),
        ("a@b.de", ["operator"], "companies.unknown_role"),
        ("OWNER@fair.example", ["viewer"], "companies.member_already"),
    ],
)
def test_a_wrong_invitation_is_refused(owner: Actor, email: str, roles: list[str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.invite_person(email, roles, by=owner)

    assert refused.value.code == code
    assert not Invitation.objects.exists()


def test_a_company_is_not_a_mailing_list(owner: Actor) -> None:
    for n in range(50):
        actions.invite_person(f"a{n}@fair.example", ["viewer"], by=owner)

    with pytest.raises(Refused) as refused:
        actions.invite_person("one-more@fair.example", ["viewer"], by=owner)

    assert (refused.value.code, refused.value.status) == ("companies.too_many_invitations", 429)


@pytest.mark.parametrize("roles", [["viewer"], ["buyer", "seller", "finance"]])
def test_only_owners_invite_change_and_remove(owner: Actor, roles: list[str]) -> None:
    company = Company.objects.get(pk=owner.company_id)
    member = actor_of(make.member(company, *roles))
    program = Actor(kind="key", company_id=company.pk, scopes=frozenset({"company:write"}))

    for by in (member, program):
        for act in (
            lambda by=by: actions.invite_person("x@fair.example", ["owner"], by=by),
            lambda by=by: actions.change_roles(owner.person_id, ["viewer"], by=by),
            lambda by=by: actions.end_membership(owner.person_id, by=by),
        ):
            with pytest.raises(Refused) as refused:
                act()
            assert refused.value.code == "companies.owners_only"


def test_other_roles_count_from_the_next_request(owner: Actor) -> None:
    member = make.member(Company.objects.get(pk=owner.company_id), "viewer")

    actions.change_roles(member.pk, ["finance", "buyer"], by=owner)

    assert actor_of(member).company_roles == {"buyer", "finance"}


def test_the_last_owner_stays(owner: Actor) -> None:
    assert owner.person_id
    for act in (
        lambda: actions.change_roles(owner.person_id, ["viewer"], by=owner),
        lambda: actions.end_membership(owner.person_id, by=owner),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "companies.last_owner"

    make.member(Company.objects.get(pk=owner.company_id), "owner")
    actions.change_roles(owner.person_id, ["viewer"], by=owner)

    assert Membership.objects.get(person_id=owner.person_id).roles == ["viewer"]


def test_a_member_leaves_of_their_own_will(owner: Actor) -> None:
    member = make.member(Company.objects.get(pk=owner.company_id), "viewer")

    actions.end_membership(member.pk, by=actor_of(member))

    assert actor_of(member).company_id is None
    assert [row.person_id for row in queries.members(owner)] == [owner.person_id]


def test_who_left_can_come_back(owner: Actor, django_capture_on_commit_callbacks: Any) -> None:
    member = make.member(Company.objects.get(pk=owner.company_id), "seller", who=person("new@fair.example"))
    actions.end_membership(member.pk, by=owner)

    actions.accept_invitation(invite(owner, capture=django_capture_on_commit_callbacks), by=actor_of(member))

    assert actor_of(member).company_roles == {"buyer"}


def test_the_operators_staff_join_no_company(owner: Actor, django_capture_on_commit_callbacks: Any) -> None:
    token = invite(owner, capture=django_capture_on_commit_callbacks)
    staff = person("new@fair.example", is_staff_member=True)

    with pytest.raises(Refused) as refused:
        actions.accept_invitation(token, by=actor_of(staff))

    assert refused.value.status == 403


@pytest.mark.usefixtures("committed")
def test_accepting_twice_at_the_same_moment_makes_one_membership() -> None:
    company = make.company()
    owner = actor_of(make.member(company, who=person("owner@fair.example")))
    newcomer = actor_of(person("new@fair.example"))
    actions.invite_person("new@fair.example", ["buyer"], by=owner)
    token, start, outcomes = letter_token(), Barrier(6), []

    def accept() -> None:
        start.wait()
        try:
            actions.accept_invitation(token, by=newcomer)
            outcomes.append("joined")
        except AlreadyDone:
            outcomes.append("already")
        finally:
            connection.close()

    together(accept, 6)

    assert sorted(outcomes) == ["already"] * 5 + ["joined"]
    assert Membership.objects.filter(person_id=newcomer.person_id).count() == 1


@pytest.mark.usefixtures("committed")
def test_two_owners_cannot_take_each_other_away() -> None:
    company = make.company()
    first, second = make.member(company), make.member(company)
    start, outcomes = Barrier(2), []
    pairs = [(actor_of(first), second.pk), (actor_of(second), first.pk)]

    def put_out() -> None:
        by, other = pairs.pop()
        start.wait()
        try:
            actions.end_membership(other, by=by)
            outcomes.append("ended")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    together(put_out, 2)

    assert sorted(outcomes) == ["companies.last_owner", "ended"]
    assert Membership.objects.filter(company=company, ended_at=None).count() == 1


def together(function: Any, times: int) -> None:
    threads = [Thread(target=function) for _n in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)


@pytest.mark.django_db
def test_one_mailbox_is_one_person_however_it_is_written() -> None:
    """B42."""
    actions.make_person("Info@Straße.de", "Ada")

    with pytest.raises(Refused) as refused, transaction.atomic():
        actions.make_person("INFO@strasse.DE", "Another Ada")

    assert refused.value.code == "companies.email_taken"
    assert Person.objects.get().email == "info@strasse.de"


@pytest.mark.django_db
def test_people_of_a_company_are_found_by_role() -> None:
    company = make.company()
    owner, seller = make.member(company), make.member(company, "seller", "viewer")
    make.member(company, "seller", who=make.person(is_active=False))

    assert queries.people_of(company.pk, "owner", "seller") == [owner, seller]
    assert queries.people_of(company.pk, "finance") == []
    assert queries.people_of(company.pk) == [owner, seller]
