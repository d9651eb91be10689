"""Passkeys in a real browser, with the software authenticator that Chromium brings: added, signed in with, asked for again."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import connections
from django.urls import reverse

from everfair.companies.models import AuditNote, Person
from tests import make
from tests.companies.signing_in import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def aside(act: Callable[[], Any]) -> None:
    """Something happens on our side while the browser waits."""

    def acted() -> None:
        act()
        connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(acted).result()


def owner() -> Person:
    who = make.member(make.company(name="Aster"))
    who.set_password(PASSWORD)
    who.save()
    EmailAddress.objects.create(user=who, email=who.email, verified=True, primary=True)
    return who


def shot(tab: Any, name: str) -> None:
    """Kept where EVERFAIR_SHOTS says, at both widths."""
    if folder := os.environ.get("EVERFAIR_SHOTS"):
        for width in (390, 1440):
            tab.set_viewport_size({"width": width, "height": 900})
            tab.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def sign_in(tab: Any, who: Person, place: str) -> None:
    tab.goto(place)
    tab.get_by_label("E-mail").fill(who.email)
    tab.get_by_label("Password").fill(PASSWORD)
    shot(tab, "sign-in")
    tab.get_by_role("button", name="Sign in", exact=True).click()


def add_a_passkey(tab: Any) -> None:
    shot(tab, "prove")
    tab.get_by_role("link", name="Add a passkey").click()
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Go on").click()
    shot(tab, "add")
    tab.get_by_role("button", name="Add a passkey").click()
    tab.get_by_text("They are shown this one time only").wait_for()
    shot(tab, "codes")


def leave(tab: Any) -> None:
    tab.goto("/en/account/sign-out/")
    tab.get_by_role("main").get_by_role("button", name="Sign out").click()
    tab.wait_for_url(lambda place: "sign-out" not in place)


def test_a_passkey_opens_the_money_and_later_the_account_by_itself(walk: Any) -> None:
    who, place = owner(), reverse("payments:bank_accounts")

    def story(tab: Any) -> None:
        sign_in(tab, who, place)
        tab.get_by_role("heading", name="A second factor first").wait_for()
        add_a_passkey(tab)
        tab.get_by_role("link", name="go on").click()
        tab.wait_for_url(f"**{place}")
        tab.goto("/en/account/security/")
        shot(tab, "security")
        leave(tab)
        tab.goto(place)
        tab.get_by_role("button", name="Sign in with a passkey").click()
        tab.wait_for_url(f"**{place}")  # the passkey is the second factor too, and fresh

    complaints = walk(story)

    key = Authenticator.objects.get(user=who, type="webauthn")
    assert key.wrap().is_passwordless
    assert key.last_used_at is not None
    assert list(AuditNote.objects.filter(subject=who.pk).values_list("act", flat=True)) == ["added second factor"]
    assert complaints == []


def test_after_the_password_and_before_a_removal_the_passkey_is_asked_for(walk: Any) -> None:
    who, place = owner(), reverse("payments:bank_accounts")

    def story(tab: Any) -> None:
        sign_in(tab, who, place)
        add_a_passkey(tab)
        leave(tab)
        sign_in(tab, who, "/en/account/sign-in/")
        tab.get_by_role("heading", name="Your second factor").wait_for()
        shot(tab, "second")
        tab.get_by_role("button", name="Use a passkey").click()
        tab.wait_for_url("**/en/me/**")
        tab.goto("/en/account/security/passkeys/")
        shot(tab, "passkeys")
        tab.get_by_role("link", name="Remove").click()
        tab.get_by_role("heading", name="Your second factor, once more").wait_for()
        shot(tab, "again")
        tab.get_by_role("button", name="Use a passkey").click()
        tab.get_by_role("heading", name="Remove the passkey").wait_for()
        tab.get_by_role("button", name="Remove").click()
        tab.get_by_text("The passkey is removed.").wait_for()

    complaints = walk(story)

    assert Authenticator.objects.filter(user=who).count() == 0
    assert complaints == []


def test_a_device_that_says_no_is_answered_in_words(walk: Any) -> None:
    who = owner()

    def story(tab: Any) -> None:
        tab.device.send("WebAuthn.setUserVerified", {"authenticatorId": tab.device_id, "isUserVerified": False})
        sign_in(tab, who, reverse("payments:bank_accounts"))
        tab.get_by_role("link", name="Add a passkey").click()
        tab.get_by_label("Password").fill(PASSWORD)
        tab.get_by_role("button", name="Go on").click()
        tab.get_by_role("button", name="Add a passkey").click()
        tab.get_by_text("The device gave no passkey.").wait_for()

    walk(story)

    assert Authenticator.objects.count() == 0


def test_a_passkey_that_was_removed_here_opens_nothing(walk: Any) -> None:
    who = owner()

    def story(tab: Any) -> None:
        sign_in(tab, who, reverse("payments:bank_accounts"))
        add_a_passkey(tab)
        leave(tab)
        aside(lambda: Authenticator.objects.filter(user=who).delete())  # the device still has its half
        tab.goto("/en/account/sign-in/")
        tab.get_by_role("button", name="Sign in with a passkey").click()
        tab.get_by_text("This code is not right").wait_for()
        tab.goto("/en/me/account/")
        assert "/account/sign-in/" in tab.url

    walk(story)
