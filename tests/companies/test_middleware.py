"""Who is asking, and what the answer costs."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from everfair.companies import actions, queries
from everfair.companies.models import Person
from tests import make
from tests.companies.signing_in import browser, person

pytestmark = pytest.mark.django_db


def test_nobody_costs_no_query(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    client = Client()
    client.get("/en/me/bar/")

    with django_assert_num_queries(0):
        client.get("/en/me/bar/")


def test_somebody_costs_two_queries(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    client = browser(person("lonely@fair.example"))
    client.get("/api/v1/me")

    with django_assert_num_queries(2):
        assert client.get("/api/v1/me").json()["kind"] == "person"


def test_an_ended_membership_ends_in_the_running_session() -> None:
    """B74."""
    company = make.company()
    owner = queries.actor_of_person(make.member(company))
    worker = make.member(company, "viewer")
    client = browser(worker)
    before = client.get("/en/company/").status_code

    actions.end_membership(worker.pk, by=owner)

    after = client.get("/en/company/")
    assert (before, after.status_code, after["Location"]) == (200, 302, "/en/me/start/?next=%2Fen%2Fcompany%2F")


def test_other_roles_count_in_the_running_session() -> None:
    company = make.company()
    owner = queries.actor_of_person(make.member(company))
    worker = make.member(company, "owner")
    client = browser(worker)
    before = client.get("/en/company/keys/").status_code

    actions.change_roles(worker.pk, ["viewer"], by=owner)

    assert (before, client.get("/en/company/keys/").status_code) == (200, 403)


def test_a_closed_account_is_out_at_once() -> None:
    worker = make.member(make.company())
    client = browser(worker)

    Person.objects.filter(pk=worker.pk).update(is_active=False)

    assert client.get("/en/company/").status_code == 302


def test_a_program_is_known_by_its_bearer() -> None:
    company = make.company()
    owner = queries.actor_of_person(make.member(company))
    key, raw = actions.make_api_key("ERP", ["company:read"], by=owner)
    client = Client(headers={"Authorization": f"Bearer {raw}"})

    me = client.get("/api/v1/me").json()
    actions.revoke_api_key(key.pk, by=owner)

    assert (me["kind"], me["company_number"], me["scopes"]) == ("key", company.number, ["company:read"])
    assert client.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize("stated", ["", "Bearer", "Bearer ", "Bearer  ", "bearer ef_test_x", "Basic YTpi", "ef_test_" + "A" * 43])
def test_an_unknown_bearer_is_refused_even_at_an_open_door(stated: str) -> None:
    answer = Client(headers={"Authorization": stated}).get("/api/v1/companies")

    assert answer.status_code == 401
    assert answer.json()["code"] == "companies.key_unknown"
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_bearer_wins_over_a_session_and_needs_no_form_token() -> None:
    """Both at once: what counts is the key, so a page elsewhere cannot ride on the session."""
    first, second = make.company(name="Aster"), make.company(name="Borage")
    _key, raw = actions.make_api_key("ERP", ["company:write"], by=queries.actor_of_person(make.member(second)))
    client = browser(make.member(first), enforce_csrf_checks=True)

    answer = client.patch(
        "/api/v1/company",
        {"phone": "030 901820"},
        "application/json",
        headers={"Authorization": f"Bearer {raw}", "Idempotency-Key": "k"},
    )

    assert (answer.status_code, answer.json()["name"]) == (200, "Borage")


def test_a_sessions_write_needs_the_form_token() -> None:
    company = make.company(name="Aster")
    client = browser(make.member(company), enforce_csrf_checks=True)

    answer = client.patch("/api/v1/company", {"name": "Mine"}, "application/json", headers={"Idempotency-Key": "k"})

    company.refresh_from_db()
    assert (answer.status_code, company.name) == (403, "Aster")


def test_moments_are_shown_in_the_zone_of_the_reader() -> None:
    worker = make.member(make.company(), who=person("taipei@fair.example", timezone="Asia/Taipei"))
    actions.invite_person("new@fair.example", ["viewer"], by=queries.actor_of_person(worker))

    shown = browser(worker).get("/en/company/people/").content.decode()

    until = queries.invitations(queries.actor_of_person(worker))[0].expires_at.astimezone(ZoneInfo("Asia/Taipei"))
    assert f"{until:%H:%M}\u00a0CST" in shown
