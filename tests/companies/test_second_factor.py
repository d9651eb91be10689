"""Second factors through the pages: apps, recovery codes, passkeys, and the doors that ask for them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.cache import cache
from django.test import Client

from everfair.base.actor import SYSTEM, Actor
from everfair.base.refused import AlreadyDone, Refused
from everfair.companies import actions
from everfair.companies.models import AuditNote, Person
from tests import make
from tests.companies.factors import SECURITY, ada, again, code, key_of, set_up, sign_in, with_app
from tests.companies.signing_in import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _letters_and_notes(django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the library does once a transaction is committed, it does at once: a test's own transaction never ends."""
    monkeypatch.setattr("django.db.transaction.on_commit", lambda done, *_, **__: done())


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
