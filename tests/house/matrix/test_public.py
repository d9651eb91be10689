"""Public pages are the same for everybody, and no other page is ever kept for anybody (site/front)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.test import RequestFactory
from pytest_django import DjangoDbBlocker

from everfair.base.public import TAGS
from everfair.site.front.bridge import Answer
from everfair.site.front.gate import kept_of
from everfair.site.front.keys import address_of
from everfair.site.front.short_way import ShortWay
from tests.house.matrix.asking import asked, client_of
from tests.house.matrix.rows import EVERYONE, PAGES, Page
from tests.house.matrix.world import Undone, World
from tests.house.test_doors import routes

ROWS = {row.name: row for row in PAGES}
PUBLIC = sorted({name for _address, name, pattern in routes() if hasattr(pattern.callback, "public")})
# Open to everybody, and yet not kept: each with its reason.
NOT_KEPT = {
    "root": "leads to the visitor's language",
    "front": "leads on",
    "healthz": "tells of this very process",
    "readyz": "tells of this very moment",
    "picture": "a file, kept by browsers for a year",
    "companies:bar": "the personal part",
    "discovery:seen": "what this browser looked at",
    "discovery:seen_strip": "what this browser looked at",
    "site:look": "how pages look to this browser",
    "look-css": "how pages look to this browser",
    "site:styleguide": "for those who build, seldom asked for",
    "site:developers": "for those who build, seldom asked for",
}
LANGUAGES = ("en", "zh-hant", "zh-hans")


@pytest.fixture(autouse=True)
def _database(world: World, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), Undone():
        yield


def taken(response: object) -> Answer:
    """As the front sees it."""
    cookies = [("set-cookie", morsel.OutputString()) for morsel in response.cookies.values()]  # type: ignore[attr-defined]
    headers = [(name.lower(), value) for name, value in response.headers.items()]  # type: ignore[attr-defined]
    body = b"" if response.streaming else response.content  # type: ignore[attr-defined]
    return Answer(response.status_code, headers + cookies, body)  # type: ignore[attr-defined]


def test_there_are_public_pages() -> None:
    assert {"home", "catalog:offer", "companies:supplier", "sourcing:board", "discovery:search"} <= set(PUBLIC)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_page_is_the_same_for_everybody(name: str, language: str, world: World) -> None:
    request = asked(ROWS[name], "GET", world.sides["a"])
    address = f"/{language}" + request.address.removeprefix("/en")

    answers = [client_of(world, side, who).get(address) for side, who in (("a", "owner"), ("b", "owner"), ("a", "nobody"))]
    answers.append(client_of(world, "a", "operator").get(address))
    choosy = client_of(world, "a", "nobody")
    choosy.cookies.load({"ef-theme": "dark", "ef-size": "large", "django_language": "zh-hans"})
    answers.append(choosy.get(address, headers={"Accept-Language": "de", "HX-Request": "true", "User-Agent": "curl"}))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    for answer in answers:
        assert kept_of(taken(answer), 60) is not None, answer.headers
        assert "csrf" not in answer.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PUBLIC)
def test_the_short_way_makes_the_same_page(name: str, language: str, world: World) -> None:
    request = asked(ROWS[name], "GET", world.sides["a"])
    path = f"/{language}" + request.path.removeprefix("/en")
    whole = kept_of(taken(client_of(world, "a", "nobody").get(path, request.query)), 60)
    address = address_of("testserver", False, path, urlencode(request.query, doseq=True))
    assert address is not None

    answer = ShortWay()(RequestFactory().get(path, request.query).environ, address)

    short = kept_of(answer, 60) if answer else None
    assert short is not None
    assert whole is not None
    assert short.body == whole.body
    assert short.tags == whole.tags
    assert sorted(short.headers) == sorted(whole.headers)


@pytest.mark.parametrize("name", PUBLIC)
def test_what_the_page_does_not_read_is_not_in_it(name: str, world: World) -> None:
    request = asked(ROWS[name], "GET", world.sides["a"])
    plain = address_of("testserver", False, request.path, urlencode(request.query, doseq=True))
    assert plain is not None

    found = address_of(
        "testserver", False, request.path, urlencode({**request.query, "token": "secret", "utm_source": "x"}, doseq=True)
    )

    assert found == plain


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in PAGES if row.get and row.name not in PUBLIC])
def test_any_other_page_is_never_kept(row: Page, world: World) -> None:
    request = asked(row, "GET", world.sides["a"])

    answer = request.send(client_of(world, "a", row.get or ""))

    assert address_of("testserver", False, request.path, "") is None
    assert TAGS not in answer.headers
    assert kept_of(taken(answer), 60) is None


def test_what_is_open_to_everybody_and_not_kept_has_a_reason() -> None:
    silent = [
        row.name
        for row in PAGES
        if row.door == EVERYONE
        and row.get == "nobody"
        and row.name not in PUBLIC
        and row.name not in NOT_KEPT
        and not row.name.startswith(("account_", "usersessions_", "mfa_", "socialaccount_", "openid_connect_"))
    ]
    assert silent == []
