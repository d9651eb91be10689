"""Text size and colours: a cookie of the reader's own, with and without scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client

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
