"""The doors that ask for a second factor: money and the office on a live installation, and the way there and back."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import allauth
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from everfair.base.actor import Actor
from everfair.companies import actions
from everfair.companies.models import ApiKey, AuditNote, Membership, Person
from everfair.payments.models import BankAccount
from tests import make
from tests.companies.factors import SECURITY, ada, again, code, set_up, sign_in, with_app
from tests.companies.signing_in import PASSWORD, browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def wanted(settings: Any) -> None:
    """Doors ask, as on a live installation."""
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture(autouse=True)
def _letters_and_notes(django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the library does once a transaction is committed, it does at once: a test's own transaction never ends."""
    monkeypatch.setattr("django.db.transaction.on_commit", lambda done, *_, **__: done())


def money_pages() -> list[str]:
    return [reverse(name) for name in ("payments:bank_accounts", "payments:new_payout", "companies:keys")]


def owner() -> Person:
    company = make.company(name="Aster")
    who = make.member(company)
    who.set_password(PASSWORD)
    who.save()
    EmailAddress.objects.create(user=who, email=who.email, verified=True, primary=True)
    return who


def test_a_demonstration_asks_for_nothing() -> None:
    client = browser(owner())

    assert [client.get(address).status_code for address in money_pages()] == [200, 200, 200]


def test_a_live_door_leads_to_a_factor_and_back(wanted: None) -> None:
    client = sign_in(owner())
    place = money_pages()[0]

    led = client.get(place)
    why = client.get(led["Location"])
    again(client)
    set_up(client)
    codes = client.get(f"{SECURITY}recovery-codes/").content.decode()
    onward = html.unescape(re.search(r'href="(/en/me/proof/[^"]*done[^"]*)"', codes)[1])  # type: ignore[index]
    back = client.get(onward)

    assert led["Location"] == f"/en/me/proof/?next={place.replace('/', '%2F')}"
    assert (why.status_code, "stolen password" in why.content.decode()) == (200, True)
    assert back["Location"] == place
    assert [client.get(address).status_code for address in money_pages()] == [200, 200, 200]


def test_a_live_door_wants_the_factor_fresh(wanted: None) -> None:
    client, secret = with_app(owner())
    place = money_pages()[2]
    session = client.session
    session["account_authentication_methods"] = [
        {**row, "at": row["at"] - 301} for row in session["account_authentication_methods"]
    ]
    session.save()

    stale = client.get(place)
    led = client.get(stale["Location"])
    form = client.get(led["Location"]).content.decode()
    shown = client.post(f"{SECURITY}again/", {"code": code(secret), "next": place})

    assert stale["Location"].startswith("/en/me/proof/?next=")
    assert led["Location"].startswith(f"{SECURITY}again/?next=")
    assert f'name="next" value="{place}"' in form
    assert shown["Location"] == place
    assert client.get(place).status_code == 200


def test_a_stale_form_changes_nothing_and_leads_back_to_its_page(wanted: None) -> None:
    client = sign_in(owner())
    place = money_pages()[2]

    answer = client.post(
        place, {"name": "ERP", "scopes": ["offers:read"], "_key": "k"}, headers={"Referer": f"http://testserver{place}"}
    )

    assert answer["Location"] == f"/en/me/proof/?next={place.replace('/', '%2F')}"
    assert ApiKey.objects.count() == 0


def test_another_sites_address_is_no_way_back(wanted: None) -> None:
    client = sign_in(owner())

    client.get("/en/me/proof/?next=https://evil.example/")

    assert "after_factor" not in client.session


def test_a_session_at_the_api_is_asked_too_and_a_key_is_not(wanted: None) -> None:
    who = owner()
    membership = Membership.objects.get(person=who)
    by = Actor("person", who.pk, membership.company_id, frozenset({"owner"}))
    _key, raw = actions.make_api_key("ERP", ["money:write"], by=by)
    client = browser(who)
    client.cookies["csrftoken"] = "t" * 32
    body = {
        "holder": "Aster",
        "account": "DE02120300000000202051",
        "bic": "",
        "bank_name": "Bank",
        "country": "DE",
        "currency": "USD",
    }

    def ask(with_: Client, **headers: str) -> Any:
        return with_.post("/api/v1/bank-accounts", body, "application/json", headers={**headers, "Idempotency-Key": "a"})

    session = ask(client, **{"X-CSRFToken": "t" * 32})
    before = BankAccount.objects.count()
    keyed = ask(Client(), Authorization=f"Bearer {raw}")

    assert (session.status_code, session.json()["code"], before) == (403, "base.proof_first", 0)
    assert (keyed.status_code, BankAccount.objects.count()) == (201, 1)


def test_the_office_wants_a_factor_and_the_operators_own_account_does_not(wanted: None) -> None:
    who = ada("op@fair.example", is_staff_member=True, staff_roles=["operator"])
    client = sign_in(who)
    office = reverse("office:trail")

    led = client.get(office)
    own = client.get("/en/me/account/")
    again(client)
    set_up(client)

    assert led["Location"].startswith("/en/me/proof/?next=")
    assert own.status_code == 200
    assert client.get(office).status_code == 200
    assert "Added a second factor" in client.get(office).content.decode()
    assert AuditNote.objects.get(act="added second factor").actor == f"operator:{who.pk}"


def test_an_old_session_without_the_factor_does_not_pass_because_the_person_has_one(wanted: None) -> None:
    who = ada("op@fair.example", is_staff_member=True, staff_roles=["operator"])
    with_app(who)
    forced = browser(who)  # a session that never showed the factor

    led = forced.get(reverse("office:trail"))

    assert forced.get(led["Location"])["Location"].startswith(f"{SECURITY}again/")


def test_the_proof_costs_no_query(settings: Any) -> None:
    client, _secret = with_app(owner())
    place, counts = money_pages()[2], []
    client.get(place)

    for wanted in (False, True):
        settings.SECOND_FACTOR_REQUIRED = wanted
        with CaptureQueriesContext(connection) as queries:
            assert client.get(place).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_pages_of_security_cost_few_queries(django_assert_max_num_queries: Any) -> None:
    client, _secret = with_app(ada())
    client.get(SECURITY)

    for address, most in ((SECURITY, 5), (f"{SECURITY}passkeys/", 4), ("/en/account/sessions/", 8)):
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200


def test_sessions_show_the_factors() -> None:
    client, _secret = with_app(ada())

    page = client.get("/en/account/sessions/").content.decode()

    assert "Authenticator app" in page


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_every_page_answers_in_every_language(language: str) -> None:
    who = ada()
    client, secret = with_app(who)
    Authenticator.objects.create(user=who, type="webauthn", data={"name": "Lamp", "credential": {}})
    base = f"/{language}/account/security/"
    pages = [
        base,
        f"{base}again/",
        f"{base}app/remove/",
        f"{base}recovery-codes/",
        f"{base}recovery-codes/new/",
        f"{base}passkeys/",
    ]

    for address in pages:
        answer = client.get(address)
        assert (answer.status_code, address) == (200, address)
        assert "mfa/js" not in answer.content.decode() or "'self'" in answer["Content-Security-Policy"]
    assert secret


def test_none_of_the_librarys_own_templates_can_show() -> None:
    theirs = Path(allauth.__file__).parent / "templates"
    ours = Path(__file__).parents[2] / "src/everfair/companies/templates"
    skipped = {"base", "base_manage", "base_entrance", "trust", "download", "signup_form", "login_redirect"}
    names = [
        str(path.relative_to(theirs))
        for folder in ("mfa", "socialaccount")
        for path in (theirs / folder).rglob("*.*")
        if path.stem not in skipped and "snippets" not in path.parts
    ]

    assert len(names) > 30
    assert [name for name in names if not (ours / name).exists()] == []
