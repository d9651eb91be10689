from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import override_settings

from everfair.base import clock
from everfair.base.actor import Actor
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.companies import actions, queries
from everfair.companies.models import ApiKey, AuditNote, Company
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> Actor:
    return queries.actor_of_person(make.member(make.company()))


def test_a_key_speaks_for_its_company_with_its_scopes_and_no_more(owner: Actor) -> None:
    _key, raw = actions.make_api_key("ERP", ["orders:write", "orders:read"], by=owner)

    actor = actions.authenticate_api_key(raw)

    assert actor is not None
    assert (actor.kind, actor.company_id, actor.person_id, actor.door) == ("key", owner.company_id, None, "api")
    assert actor.scopes == {"orders:read", "orders:write"}
    assert actor.company_roles == actor.staff_roles == frozenset()
    assert AuditNote.objects.get().act == "made an API key"


def test_only_the_hash_of_a_key_is_kept(owner: Actor) -> None:
    key, raw = actions.make_api_key("ERP", ["orders:read"], by=owner)

    assert raw.startswith("ef_test_")
    assert raw not in str(ApiKey.objects.values().get())
    assert key.prefix == raw[:12]


def test_a_live_house_makes_live_keys(owner: Actor) -> None:
    with override_settings(KIND="live"):
        _key, raw = actions.make_api_key("ERP", ["orders:read"], by=owner)

    assert raw.startswith("ef_live_")


@pytest.mark.parametrize(
    "raw", ["", " ", "ef_test_", "ef_live_" + "A" * 43, "ef_test_" + "A" * 10_000, "Bearer", "\u0000" * 30, "é" * 30]
)
def test_what_is_no_key_opens_nothing(owner: Actor, raw: str) -> None:
    """B64."""
    actions.make_api_key("ERP", ["orders:read"], by=owner)

    assert actions.authenticate_api_key(raw) is None


def test_a_revoked_key_opens_nothing_from_now_on(owner: Actor) -> None:
    key, raw = actions.make_api_key("ERP", ["orders:read"], by=owner)

    actions.revoke_api_key(key.pk, by=owner)

    assert actions.authenticate_api_key(raw) is None
    with pytest.raises(AlreadyDone):
        actions.revoke_api_key(key.pk, by=owner)


def test_the_last_use_is_noted_once_a_minute(owner: Actor, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    key, raw = actions.make_api_key("ERP", ["orders:read"], by=owner)

    with django_assert_num_queries(2):
        actions.authenticate_api_key(raw)
    key.refresh_from_db()
    first = key.last_used_at
    with django_assert_num_queries(1):
        actions.authenticate_api_key(raw)
    clock.advance(timedelta(seconds=61))
    actions.authenticate_api_key(raw)

    key.refresh_from_db()
    assert first is not None
    assert key.last_used_at is not None
    assert key.last_used_at - first >= timedelta(seconds=61)


@pytest.mark.parametrize(
    ("name", "scopes", "code"),
    [
        ("", ["orders:read"], "companies.missing"),
        ("a\u202eb", ["orders:read"], "companies.hidden_characters"),
        ("ERP", [], "companies.unknown_scope"),
        ("ERP", ["*"], "companies.unknown_scope"),
        ("ERP", ["orders:read", "admin"], "companies.unknown_scope"),
    ],
)
def test_a_key_without_name_or_with_unknown_scopes_is_refused(owner: Actor, name: str, scopes: list[str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.make_api_key(name, scopes, by=owner)

    assert refused.value.code == code
    assert not ApiKey.objects.exists()


def test_a_key_never_makes_or_revokes_keys(owner: Actor) -> None:
    key, raw = actions.make_api_key("ERP", ["company:write"], by=owner)
    program = actions.authenticate_api_key(raw)
    assert program

    with pytest.raises(Refused):
        actions.make_api_key("Another", ["orders:read"], by=program)
    with pytest.raises(Refused):
        actions.revoke_api_key(key.pk, by=program)

    assert ApiKey.objects.get().revoked_at is None


def test_only_an_owner_makes_keys(owner: Actor) -> None:
    company = Company.objects.get(pk=owner.company_id)
    member = queries.actor_of_person(make.member(company, "buyer", "seller", "finance", "viewer"))

    with pytest.raises(Refused) as refused:
        actions.make_api_key("ERP", ["orders:read"], by=member)

    assert refused.value.status == 403


def test_the_key_of_another_company_is_not_there(owner: Actor) -> None:
    stranger = queries.actor_of_person(make.member(make.company()))
    key, _raw = actions.make_api_key("ERP", ["orders:read"], by=stranger)

    with pytest.raises(NotVisible):
        actions.revoke_api_key(key.pk, by=owner)
    assert queries.keys(owner) == []


def test_a_company_has_twenty_living_keys_at_most(owner: Actor) -> None:
    made = [actions.make_api_key(f"Key {n}", ["orders:read"], by=owner)[0] for n in range(20)]

    with pytest.raises(Refused) as refused:
        actions.make_api_key("One more", ["orders:read"], by=owner)
    actions.revoke_api_key(made[0].pk, by=owner)
    actions.make_api_key("One more", ["orders:read"], by=owner)

    assert refused.value.code == "companies.too_many_keys"
