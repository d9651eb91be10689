"""Companies for programs."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from everfair.base.models import WriteKey
from everfair.companies import actions, queries
from everfair.companies.models import ApiKey, Company, Membership, Person
from tests import make
from tests.companies.signing_in import browser

pytestmark = pytest.mark.django_db
ALL = ("company:read", "company:write")


def program(company: Company, *scopes: str) -> Client:
    owner = queries.actor_of_person(make.member(company))
    _key, raw = actions.make_api_key("ERP", scopes or ALL, by=owner)
    return Client(headers={"Authorization": f"Bearer {raw}"})


def send(client: Client, method: str, path: str, body: Any = None, key: str = "k") -> Any:
    call = getattr(client, method)
    return call(f"/api/v1{path}", body, "application/json", headers={"Idempotency-Key": key})


def test_the_directory_is_open_and_goes_on_by_its_cursor() -> None:
    first, second, third = (make.company() for _n in range(3))
    make.company(is_seller=False)

    page = Client().get("/api/v1/companies?limit=2").json()
    rest = Client().get("/api/v1/companies", {"limit": 2, "cursor": page["next_cursor"]}).json()

    assert [row["number"] for row in page["items"]] == [third.number, second.number]
    assert ([row["number"] for row in rest["items"]], rest["next_cursor"]) == ([first.number], None)
    assert "registration_number" not in page["items"][0]
    assert "phone" not in page["items"][0]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=1e9", "cursor=forged", "country=germany", "country=' OR 1=1"])
def test_a_list_is_asked_for_within_bounds(query: str) -> None:
    """B94."""
    assert Client().get(f"/api/v1/companies?{query}").status_code == 422


def test_one_supplier_is_found_by_number() -> None:
    company, buyer = make.company(name="Aster"), make.company(is_seller=False)

    assert Client().get(f"/api/v1/companies/{company.number}").json()["name"] == "Aster"
    for number in (buyer.number, 0, -1, 10**30):
        assert Client().get(f"/api/v1/companies/{number}").status_code == 404


def test_who_asks_is_told_who_they_are() -> None:
    company = make.company()

    assert Client().get("/api/v1/me").json() == {"kind": "nobody", "name": "", "company_number": None, "roles": [], "scopes": []}
    assert browser(make.member(company, "viewer")).get("/api/v1/me").json()["roles"] == ["viewer"]


def test_a_program_reads_and_changes_its_own_company() -> None:
    company = make.company(name="Aster", country="DE")
    client = program(company)

    changed = send(client, "patch", "/company", {"phone": "030 901820", "about": {"en": "Bolts"}})

    assert (changed.status_code, changed.json()["phone"], changed.json()["about"]) == (200, "+4930901820", {"en": "Bolts"})
    assert client.get("/api/v1/company").json()["phone"] == "+4930901820"


def test_a_write_repeated_with_its_key_answers_the_same() -> None:
    company = make.company()
    client = program(company)

    first, second = (send(client, "patch", "/company", {"name": "Borage"}) for _n in range(2))
    other = send(client, "patch", "/company", {"name": "Chicory"})

    company.refresh_from_db()
    assert first.json() == second.json()
    assert (other.status_code, company.name) == (422, "Borage")


@pytest.mark.parametrize(
    "body",
    [
        {"verified_at": "2030-01-01"},
        {"is_staff_member": True},
        {"country": "CN"},
        {"number": 1},
        {"roles": ["owner"]},
        {"name": ["Aster"]},
        {"name": {"en": "Aster"}},
        {"name": True},
        {"name": "A" * 201},
        {"name": "A\u202eb"},
        {"names": {"xx": "A"}},
        {"staff_count": True},
        {"staff_count": -1},
        {"founded_year": "soon"},
        {"address": {"street": "Kai 1"}},
        {"address": {"lines": ["a"] * 5}},
        {"website": "javascript:alert(1)"},
        {"is_seller": False, "is_buyer": False},
        {"name": None},
        {"is_seller": None},
        {"about": None},
    ],
)
def test_what_may_not_be_said_is_refused_and_changes_nothing(body: Any) -> None:
    """B65, B69."""
    company = make.company(name="Aster")
    client = program(company)
    before = Company.objects.values().get()

    answer = send(client, "patch", "/company", body)

    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert Company.objects.values().get() == before


def test_a_key_without_the_scope_is_refused() -> None:
    client = program(make.company(), "orders:read")

    assert client.get("/api/v1/company").json()["code"] == "base.scope_missing"
    assert send(client, "patch", "/company", {"name": "Mine"}).status_code == 403


def test_only_an_owner_edits_through_a_session() -> None:
    client = browser(make.member(make.company(), "seller"))

    assert send(client, "patch", "/company", {"name": "Mine"}).status_code == 403


def test_owners_see_addresses_of_people_and_others_do_not() -> None:
    company = make.company()
    owner, viewer = make.member(company), make.member(company, "viewer")

    seen = browser(owner).get("/api/v1/company/people").json()
    hidden = browser(viewer).get("/api/v1/company/people").json()

    assert [row["email"] for row in seen] == [owner.email, viewer.email]
    assert [row["email"] for row in hidden] == [None, None]


def test_a_key_is_made_by_an_owners_session_and_shown_once() -> None:
    company = make.company()
    client = browser(make.member(company))

    first, again = (send(client, "post", "/company/keys", {"name": "ERP", "scopes": ["orders:read"]}) for _n in range(2))

    raw = first.json()["key"]
    actor = actions.authenticate_api_key(raw)
    assert (first.status_code, again.status_code, again.json()["key"]) == (201, 201, None)
    assert actor
    assert actor.company_id == company.pk
    assert ApiKey.objects.count() == 1
    assert raw.encode() not in bytes(WriteKey.objects.get().body or b"")
    assert raw not in client.get("/api/v1/company/keys").content.decode()


def test_a_key_neither_makes_nor_sees_nor_revokes_keys() -> None:
    company = make.company()
    client = program(company)
    key = ApiKey.objects.get()

    assert send(client, "post", "/company/keys", {"name": "Child", "scopes": ["orders:read"]}).status_code == 403
    assert client.get("/api/v1/company/keys").status_code == 403
    assert send(client, "delete", f"/company/keys/{key.pk}").status_code == 403
    assert ApiKey.objects.get().revoked_at is None


@pytest.mark.parametrize(
    "body",
    [
        {"name": "", "scopes": ["orders:read"]},
        {"name": "ERP", "scopes": []},
        {"name": "ERP", "scopes": ["*"]},
        {"name": "ERP", "scopes": "orders:read"},
        {"name": "ERP", "scopes": ["orders:read"], "company_id": "x"},
        {"name": "E" * 81, "scopes": ["orders:read"]},
        [],
        None,
    ],
)
def test_a_wrong_key_request_is_refused(body: Any) -> None:
    client = browser(make.member(make.company()))

    assert send(client, "post", "/company/keys", body).status_code == 422
    assert not ApiKey.objects.exists()


def test_a_key_is_revoked_at_once() -> None:
    company = make.company()
    owner = make.member(company)
    key, raw = actions.make_api_key("ERP", ["company:read"], by=queries.actor_of_person(owner))

    answer = send(browser(owner), "delete", f"/company/keys/{key.pk}")

    assert answer.json()["revoked_at"]
    assert Client(headers={"Authorization": f"Bearer {raw}"}).get("/api/v1/company").status_code == 401


def test_the_ids_of_other_companies_are_not_there() -> None:
    """B63."""
    stranger = queries.actor_of_person(make.member(make.company()))
    key, _raw = actions.make_api_key("ERP", ["company:read"], by=stranger)
    client = browser(make.member(make.company()))

    for wrong in (key.pk, Person.objects.first().pk, Membership.objects.first().pk):  # type: ignore[union-attr]
        assert send(client, "delete", f"/company/keys/{wrong}").status_code == 404
    for wrong in ("1", "00000000", "null", "[]"):
        assert send(client, "delete", f"/company/keys/{wrong}").status_code == 422
    key.refresh_from_db()
    assert key.revoked_at is None


def test_nobody_reads_a_company_of_their_own() -> None:
    for path in ("/company", "/company/people", "/company/keys"):
        assert Client().get(f"/api/v1{path}").status_code == 401
