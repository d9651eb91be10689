"""Text size and colours: a cookie of the reader's own, with and without scripts; somebody signed in finds it on every device."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make

# WhiteNoise warns at its first request when nothing has been collected, and warnings are errors here.
Path(django_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


def test_a_choice_is_kept_in_a_cookie_and_leads_back():
    answer = Client().get("/en/look/?size=larger", headers={"referer": "http://testserver/en/export/search/?q=tea"})

    assert answer.status_code == 302
    assert answer["Location"] == "/en/export/search/?q=tea"
    assert answer.cookies["ef-size"].value == "larger"
    assert answer.cookies["ef-size"]["samesite"] == "Lax"
    assert "no-store" in answer["Cache-Control"]


def test_the_usual_look_takes_the_cookie_away():
    visitor = Client()
    visitor.get("/en/look/?theme=dark")

    assert visitor.get("/en/look/?theme=").cookies["ef-theme"]["max-age"] == 0


@pytest.mark.parametrize("query", ["size=huge", "theme=large", "size=%22%3E", "colour=red", ""])
def test_an_unknown_choice_is_not_kept(query):
    answer = Client().get(f"/en/look/?{query}")

    assert answer.status_code == 302
    assert not answer.cookies


@pytest.mark.parametrize(
    "referer",
    [
        "",
        "https://elsewhere.example/en/",
        "http://testserver//elsewhere.example/",
        "http://testserver/\\elsewhere.example",
        "javascript:1",
    ],
)
def test_it_leads_nowhere_else(referer):
    answer = Client().get("/en/look/?size=large", headers={"referer": referer} if referer else {})

    assert answer["Location"].startswith("/")
    assert "elsewhere" not in answer["Location"].lstrip("/").split("/")[0]
    assert not answer["Location"].startswith(("//", "/\\"))


def test_without_a_script_the_stylesheet_carries_the_choice():
    plain, chosen = Client(), Client()
    chosen.cookies["ef-size"] = "larger"
    chosen.cookies["ef-theme"] = "dark"

    usual, large = plain.get("/look.css").content.decode(), chosen.get("/look.css").content.decode()

    assert '[data-size="larger"] { font-size: 150%; }' in usual
    assert ":root { font-size: 150%; }" in large
    assert ":root { color-scheme: dark; }" in large
    assert '[data-theme="light"] { color-scheme: light; }' in large


def test_what_a_cookie_claims_is_not_written_into_the_stylesheet():
    visitor = Client()
    visitor.cookies["ef-size"] = "x}body{display:none"

    answer = visitor.get("/look.css")

    assert "display:none" not in answer.content.decode()
    assert answer["Cache-Control"] == "private, no-cache"
    assert "Cookie" in answer["Vary"]
    assert answer["Content-Type"].startswith("text/css")


def device(who: Any, **cookies: str) -> Client:
    """A browser in which somebody is signed in, with what it kept of its own."""
    found = Client()
    found.force_login(who, backend="everfair.companies.accounts.Backend")
    for name, value in cookies.items():
        found.cookies[f"ef-{name}"] = value
    return found


def looks(at: Client) -> tuple[str, str]:
    """What the next page is seen in."""
    at.get("/en/me/account/")
    return tuple(at.cookies[name].value if name in at.cookies else "" for name in ("ef-size", "ef-theme"))  # type: ignore[return-value]


@pytest.mark.django_db
def test_what_was_chosen_on_one_device_is_found_on_another():
    who = make.person()
    desk, phone = device(who), device(who)
    looks(desk)

    desk.get("/en/look/?size=larger")
    desk.get("/en/look/?theme=dark")
    looks(desk)

    assert looks(phone) == ("larger", "dark")
    assert looks(device(who)) == ("larger", "dark")
    assert looks(device(make.person())) == ("", "")


@pytest.mark.django_db
def test_the_last_choice_counts_on_whichever_device_it_was_made():
    who = make.person()
    desk, phone = device(who), device(who)
    desk.get("/en/look/?theme=dark")
    looks(desk)
    looks(phone)

    phone.get("/en/look/?theme=light")
    looks(phone)

    assert looks(desk) == ("", "light")

    desk.get("/en/look/?theme=")
    looks(desk)

    assert looks(phone) == ("", "")


@pytest.mark.django_db
def test_a_device_with_a_choice_of_its_own_takes_over_that_of_the_person_who_signs_in():
    who = make.person()
    looks(device(who, size="large"))

    assert looks(device(who, size="larger", theme="dark")) == ("large", "")


@pytest.mark.django_db
def test_what_was_chosen_before_signing_in_is_kept_with_the_person():
    who = make.person()
    looks(device(who, theme="dark"))

    who.refresh_from_db()

    assert (who.text_size, who.theme) == ("", "dark")


@pytest.mark.django_db
def test_what_a_cookie_claims_is_not_kept_with_the_person():
    who = make.person()
    looks(device(who, theme="x}body{display:none"))

    who.refresh_from_db()

    assert (who.text_size, who.theme) == ("", "")


@pytest.mark.django_db
def test_a_page_for_everybody_sets_no_cookie_and_asks_for_nobody():
    who = make.person()
    looks(device(who, theme="dark"))

    answer = device(who).get("/en/export/suppliers/")

    assert answer.status_code == 200
    assert not answer.cookies


@pytest.mark.django_db
def test_whoever_changes_nothing_costs_no_writing():
    who = make.person()
    visitor = device(who, theme="dark")
    looks(visitor)
    with CaptureQueriesContext(connection) as asked:
        looks(visitor)

    assert [row["sql"] for row in asked if not row["sql"].lstrip().startswith("SELECT")] == []
