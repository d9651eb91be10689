"""Second factors through the pages: apps, recovery codes, passkeys, and the doors that ask for them."""

from __future__ import annotations

import html
import re
import time
from pathlib import Path
from typing import Any

import allauth
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from everfair.base.actor import SYSTEM, Actor
from everfair.base.refused import AlreadyDone, Refused
from everfair.companies import actions
from everfair.companies.models import ApiKey, AuditNote, Membership, Person
from everfair.payments.models import BankAccount
from tests import make
from tests.companies.signing_in import PASSWORD, browser, person

pytestmark = pytest.mark.django_db
SECURITY = "/en/account/security/"


@pytest.fixture
def wanted(settings: Any) -> None:
    """Doors ask, as on a live installation."""
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture(autouse=True)
def _letters_and_notes(django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the library does once a transaction is committed, it does at once: a test's own transaction never ends."""
    monkeypatch.setattr("django.db.transaction.on_commit", lambda done, *_, **__: done())


def ada(email: str = "ada@fair.example", **columns: Any) -> Person:
    made = person(email, name="Ada", **columns)
    made.set_password(PASSWORD)
    made.save()
    return made


def sign_in(of: Person, client: Client | None = None) -> Client:
    client = client or Client()
    client.post("/en/account/sign-in/", {"login": of.email, "password": PASSWORD})
    return client


def again(client: Client) -> None:
    """The password once more, as before every change of a factor."""
    assert client.post("/en/account/again/", {"password": PASSWORD}).status_code == 302


def code(secret: str, step: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def key_of(client: Client) -> str:
    """The key that the set-up page shows, as the app reads it."""
    page = client.get(f"{SECURITY}app/").content.decode()
    found = re.search(r'<code class="mono">([A-Z2-7 ]+)</code>', page)
    assert found, page
    return found[1].replace(" ", "")


def set_up(client: Client) -> str:
    """The app is set up with a code it really shows, by a clock half a minute late, so that now's is still good; its key."""
    secret = key_of(client)
    if (left_s := 30 - time.time() % 30) < 2:
        time.sleep(left_s)  # a code of the step before last would be too old
    answer = client.post(f"{SECURITY}app/", {"code": code(secret, -1)})
    assert answer["Location"] == f"{SECURITY}recovery-codes/", answer.content.decode()
    return secret


def with_app(of: Person) -> tuple[Client, str]:
    client = sign_in(of)
    again(client)
    return client, set_up(client)


def acts(of: Person) -> list[str]:
    return list(AuditNote.objects.filter(subject=of.pk).order_by("id").values_list("act", flat=True))


def test_an_app_is_set_up_with_its_code_and_asked_for_at_the_next_sign_in() -> None:
    who = ada()
    client = sign_in(who)
    asked = client.get(f"{SECURITY}app/")
    again(client)
    page = client.get(f"{SECURITY}app/").content.decode()
    wrong = client.post(f"{SECURITY}app/", {"code": "000000"})
    secret = set_up(client)

    other = sign_in(who)
    before = other.get("/en/me/account/").status_code
    no = other.post(f"{SECURITY}code/", {"code": "000000"})
    yes = other.post(f"{SECURITY}code/", {"code": code(secret)})

    assert asked["Location"].startswith("/en/account/again/")
    assert 'src="data:image/svg+xml;base64,' in page
    assert wrong.status_code == 200
    assert (before, no.status_code, yes.status_code) == (302, 200, 302)
    assert other.get("/en/me/account/").status_code == 200
    assert acts(who) == ["added second factor"]
    assert "An app was added to your account" in [letter.subject for letter in mail.outbox]


def test_the_secret_lies_sealed_in_the_table() -> None:
    who = ada()
    _client, secret = with_app(who)

    kept = Authenticator.objects.get(user=who, type="totp").data["secret"]

    assert secret not in kept
    assert kept.startswith("gAAAA")


def test_a_secret_sealed_with_a_lost_key_lets_nobody_in(settings: Any) -> None:
    who = ada()
    _client, secret = with_app(who)
    settings.SECRET_KEY = "another" * 10

    other = sign_in(who)
    answer = other.post(f"{SECURITY}code/", {"code": code(secret)})

    assert answer.status_code == 200
    assert other.get("/en/me/account/").status_code == 302


def test_a_code_counts_once_even_when_the_cache_forgot_it() -> None:
    who = ada()
    _client, secret = with_app(who)
    shown = code(secret)

    first = sign_in(who)
    came = first.post(f"{SECURITY}code/", {"code": shown})
    cache.clear()
    second = sign_in(who)
    replayed = second.post(f"{SECURITY}code/", {"code": shown})

    assert (came.status_code, replayed.status_code) == (302, 200)
    assert "used already" in replayed.content.decode()
    assert second.get("/en/me/account/").status_code == 302


def test_the_code_that_set_the_app_up_has_counted() -> None:
    who = ada()
    client = sign_in(who)
    again(client)
    secret = key_of(client)
    shown = code(secret)
    added = client.post(f"{SECURITY}app/", {"code": shown})
    cache.clear()

    answer = sign_in(who).post(f"{SECURITY}code/", {"code": shown})

    assert (added.status_code, answer.status_code) == (302, 200)


def codes_of(client: Client) -> list[str]:
    page = client.get(f"{SECURITY}recovery-codes/").content.decode()
    return [found.replace(" ", "") for found in re.findall(r"<li>(\d{4} \d{4})</li>", page)]


def test_recovery_codes_are_shown_once_and_open_once() -> None:
    who = ada()
    client, _secret = with_app(who)
    shown, shown_again = codes_of(client), codes_of(client)
    mail.outbox.clear()

    first = sign_in(who)
    came = first.post(f"{SECURITY}code/", {"code": shown[0]})
    letters = [(letter.subject, "Codes left: 9." in letter.body) for letter in mail.outbox]
    twice = sign_in(who).post(f"{SECURITY}code/", {"code": shown[0]})

    assert (len(shown), shown_again) == (10, [])
    assert (came.status_code, twice.status_code) == (302, 200)
    assert letters == [("A recovery code was used", True)]
    assert acts(who) == ["added second factor", "used recovery code"]


def test_new_recovery_codes_end_the_old_ones() -> None:
    who = ada()
    client, _secret = with_app(who)
    old = codes_of(client)

    client.post(f"{SECURITY}recovery-codes/new/")
    new = codes_of(client)

    assert len(new) == 10
    assert not set(old) & set(new)
    assert sign_in(who).post(f"{SECURITY}code/", {"code": old[1]}).status_code == 200
    assert "made recovery codes" in acts(who)


def test_the_first_factor_signs_other_browsers_out_and_the_last_one_too() -> None:
    who = ada()
    old = sign_in(who)
    assert old.get("/en/me/account/").status_code == 200

    client, secret = with_app(who)
    after_adding = old.get("/en/me/account/").status_code
    other = sign_in(who)
    other.post(f"{SECURITY}code/", {"code": code(secret)})
    client.post(f"{SECURITY}app/remove/")

    assert after_adding == 302
    assert other.get("/en/me/account/").status_code == 302
    assert client.get("/en/me/account/").status_code == 200
    assert Authenticator.objects.filter(user=who).count() == 0
    assert acts(who) == ["added second factor", "removed second factor"]
    assert UserSession.objects.filter(user=who).count() == 1


def test_a_password_alone_does_not_take_the_factor_away() -> None:
    who = ada()
    _client, secret = with_app(who)
    thief = sign_in(who)
    thief.post(f"{SECURITY}code/", {"code": code(secret)})

    asked = thief.get(f"{SECURITY}app/remove/")
    with_password = thief.post("/en/account/again/", {"password": PASSWORD})

    assert asked["Location"].startswith(f"{SECURITY}again/")
    assert with_password["Location"].startswith(f"{SECURITY}again/")
    assert thief.post(f"{SECURITY}app/remove/").status_code == 302
    assert Authenticator.objects.filter(user=who, type="totp").exists()


def test_who_has_a_factor_can_still_change_the_address() -> None:
    who = ada()
    client, _secret = with_app(who)

    client.post("/en/account/email/", {"action_add": "1", "email": "lovelace@fair.example"})

    assert mail.outbox[-1].to == ["lovelace@fair.example"]


def test_the_machine_takes_the_factors_of_somebody_who_lost_them() -> None:
    who = ada()
    client, _secret = with_app(who)

    actions.remove_factors("Ada@fair.example", "lost the telephone", by=SYSTEM)

    note = AuditNote.objects.get(act="removed second factor")
    assert Authenticator.objects.filter(user=who).count() == 0
    assert client.get("/en/me/account/").status_code == 302
    assert (note.actor, note.reason, note.subject) == ("system", "lost the telephone", who.pk)
    assert mail.outbox[-1].to == [who.email]
    assert "lost the telephone" in mail.outbox[-1].body
    with pytest.raises(AlreadyDone):
        actions.remove_factors(who.email, "again", by=SYSTEM)


def test_the_first_operators_first_browser_can_be_signed_out_like_every_other() -> None:
    link = str(actions.open_operator_invitation()).removesuffix("/")
    client = Client()
    form = {"_key": "k", "email": "first@fair.example", "name": "Olga", "password": PASSWORD}
    client.post(f"/en/staff/{link.rpartition('/')[2]}/", form)
    again(client)
    set_up(client)
    page = client.get("/en/account/sessions/").content.decode()

    actions.remove_factors("first@fair.example", "lost the telephone", by=SYSTEM)

    assert "This browser" in page
    assert client.get("/en/me/account/").status_code == 302


def test_an_operator_takes_nobodys_factors() -> None:
    who = ada()
    with_app(who)

    with pytest.raises(Refused):
        actions.remove_factors(who.email, "asked nicely", by=Actor("operator", make.person().pk))

    assert Authenticator.objects.filter(user=who, type="totp").exists()


# ── doors ──


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
