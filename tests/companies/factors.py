"""Somebody with an app that makes codes, at a browser."""

from __future__ import annotations

import re
import time
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from everfair.companies.models import Person
from tests.companies.signing_in import PASSWORD, person

SECURITY = "/en/account/security/"


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
