"""Every page × every id × strangers, former members, small roles, nobody, foreign and revoked keys (reliability.md §5.2, S1, S14, S19)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from pytest_django import DjangoDbBlocker

from everfair.base.actor import Actor
from tests.house.matrix.asking import asked, client_of, moved, swaps
from tests.house.matrix.rows import EVERYONE, OPERATOR, PAGES, SALES, Page
from tests.house.matrix.world import Still, Undone, World, forbidden_words
from tests.house.test_doors import routes

ROWS = {row.name: row for row in PAGES}
# Libraries' own routes inside the API, and what is there only in a demonstration (its tests are tests/site's).
ELSEWHERE = ("api:", "site:personas", "site:become", "site:guided")
ROLES = ("viewer", "buyer", "seller", "finance")


@pytest.fixture(autouse=True)
def _database(world: World, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), Undone():
        yield


def known() -> dict[str, object]:
    return {name: pattern.callback for _address, name, pattern in routes() if not name.startswith(ELSEWHERE)}


def methods(row: Page) -> list[str]:
    return [method for method, who in (("GET", row.get), ("POST", row.post)) if who]


def cases(method: str = "") -> list[object]:
    return [pytest.param(row, m, id=f"{m} {row.name}") for row in PAGES for m in methods(row) if method in ("", m)]


def pages() -> list[object]:
    return [pytest.param(row, id=row.name) for row in PAGES]


def who(row: Page, method: str) -> str:
    found = row.get if method == "GET" else row.post
    assert found
    return found


def is_refused(response: object, world: World, side: str = "a") -> None:
    """Not let in: a refusal or the way to the sign-in page, and no word of the other company's."""
    status = response.status_code  # type: ignore[attr-defined]
    if status == 302:
        assert "/account/sign-in/" in response["Location"]  # type: ignore[index]
    else:
        assert status in (401, 403, 404), status
    assert no_word(response, world, side)


def is_led_to_a_company(response: object, address: str) -> None:
    """Sent to register or join a company, and back to this very page afterwards."""
    assert response.status_code == 302  # type: ignore[attr-defined]
    assert response["Location"] == f"/en/me/start/?{urlencode({'next': address})}"  # type: ignore[index]


def body(response: object) -> str:
    if getattr(response, "streaming", False):
        return b"".join(response.streaming_content).decode("utf-8", "replace")  # type: ignore[attr-defined]
    return response.content.decode("utf-8", "replace")  # type: ignore[attr-defined]


def no_word(response: object, world: World, side: str = "a") -> bool:
    found = forbidden_words(world, side).search(body(response))
    assert found is None, found
    return True


def test_every_page_has_a_row() -> None:
    """Add a row to tests/house/matrix/rows.py: who may, which thing of the company each id is."""
    assert sorted(set(known()) - set(ROWS)) == []
    assert sorted(set(ROWS) - set(known())) == []


@pytest.mark.parametrize("row", pages())
def test_the_row_says_the_door_and_every_id(row: Page) -> None:
    callback = known().get(row.name)

    assert row.door == callback.allow.name  # type: ignore[union-attr]
    assert (row.proof or ("factor" if row.door in (OPERATOR, SALES) else "")) == callback.proof  # type: ignore[union-attr]
    for address, name, pattern in routes():
        if name == row.name and (ids := pattern.pattern.converters.keys() | set(re.findall(r"\?P<(\w+)>", address))):
            assert set(row.path) == ids


@pytest.mark.parametrize("row", pages())
def test_the_row_says_every_method(row: Page, world: World) -> None:
    """A method that no page knows is answered 405 with those it knows, and the row names them."""
    if row.name.startswith(("account_", "usersessions_", "mfa_", "socialaccount_", "openid_connect_")):
        pytest.skip("a library's page")
    request = asked(row, "GET", world.sides["a"])

    answer = client_of(world, "a", "owner").generic("PROPFIND", request.path, headers={"X-CSRFToken": "t" * 32})

    allowed = set(answer.get("Allow", "").replace(" ", "").split(",")) - {"HEAD", "OPTIONS", ""}
    if row.name in (
        "companies:join_staff",
        "provider-event",
        "carrier-event",
    ):  # no valid request here: an operator's token, a signature
        assert answer.status_code == 405
    else:
        assert (answer.status_code, allowed) == (405, set(methods(row)))


@pytest.mark.parametrize(("row", "method"), cases())
def test_the_right_person_comes_in(row: Page, method: str, world: World) -> None:
    """Without this every refusal below could be an accident. A GET changes nothing (S19), a POST does."""
    client, still = client_of(world, "a", who(row, method)), Still()

    answer = asked(row, method, world.sides["a"]).send(client)

    text = "" if answer.status_code < 300 else body(answer)[-800:]
    if answer.status_code == 302 and who(row, method) != "nobody":
        assert "/account/sign-in/" not in answer["Location"]
    if method == "GET":
        assert answer.status_code in row.shows, text
        assert set(still.changed()) <= set(row.looks)
    else:
        assert answer.status_code in row.answers, text
        assert bool(set(still.changed()) - {"base_writekey"}) == row.writes


@pytest.mark.parametrize(("row", "method"), cases())
def test_nobody_is_sent_to_sign_in(row: Page, method: str, world: World) -> None:
    if row.door == EVERYONE and who(row, method) == "nobody":
        pytest.skip("open to everybody")
    request, still = asked(row, method, world.sides["a"]), Still()

    for client in (world.who("nobody"), world.who("a key"), world.who("b key"), world.who("a revoked")):
        answer = request.send(client)
        if row.door == EVERYONE and not swaps(row, method):
            # An invitation names its company to whoever holds the token: that is what it is for.
            assert row.open or no_word(answer, world)
            assert answer.status_code in (200, 302, 410, 422)
        else:
            is_refused(answer, world)

    assert still.changed() == []


@pytest.mark.parametrize(("row", "method"), cases())
def test_another_companys_id_is_not_there(row: Page, method: str, world: World) -> None:
    """One id at a time in an otherwise valid request of the other company's owner: 404, never 403."""
    if row.open:
        pytest.skip(row.open)
    a, b = world.sides["a"], world.sides["b"]
    by = who(row, method)
    if by in ("operator", "sales"):
        pytest.skip("the operator sees all companies, who sells names one; others are refused below")
    places, still = swaps(row, method), Still()

    for place in places:
        answer = asked(row, method, b, a, place).send(client_of(world, "b", by))
        expected = (404,) if place[0] != 2 else (404, 422)
        assert answer.status_code in expected, (place, answer.status_code)
        no_word(answer, world)
        assert still.changed() == [], place
    if not places and method == "GET":
        no_word(asked(row, method, b).send(client_of(world, "b", by)), world)


@pytest.mark.parametrize(("row", "method"), cases())
def test_who_left_the_company_stays_outside(row: Page, method: str, world: World) -> None:
    """The session is older than the end of the membership (B74): what is done for a company begins with having one again."""
    if row.door == EVERYONE and not swaps(row, method):
        pytest.skip("open to everybody")
    if row.open:
        pytest.skip(row.open)
    still = Still()

    request = asked(row, method, world.sides["a"])
    answer = request.send(world.who("a ex"))

    door = known()[row.name].allow  # type: ignore[attr-defined]
    alone = Actor("person", world.sides["a"].people["ex"].pk)
    with_a_company = replace(alone, company_id=world.sides["a"].company.pk, company_roles=frozenset({"owner"}))
    if method == "GET" and door.admits(with_a_company) and not door.admits(alone):
        is_led_to_a_company(answer, request.address)
        no_word(answer, world)
        assert still.changed() == []
    elif row.door in ("signed in", "in person") and not swaps(row, method):
        no_word(answer, world)
    else:
        is_refused(answer, world)
        assert still.changed() == []


@pytest.mark.parametrize(("row", "method"), cases())
def test_a_role_too_small_is_refused(row: Page, method: str, world: World) -> None:
    door, a = known()[row.name].allow, world.sides["a"]  # type: ignore[attr-defined]
    small = [role for role in ROLES if not door.admits(Actor("person", a.people[role].pk, a.company.pk, frozenset({role})))]
    still = Still()

    for role in small:
        answer = asked(row, method, a).send(client_of(world, "a", role))
        assert answer.status_code == 403, role
        assert still.changed() == [], role


@pytest.mark.parametrize(("row", "method"), cases())
def test_the_operator_does_not_act_for_companies(row: Page, method: str, world: World) -> None:
    door = known()[row.name].allow  # type: ignore[attr-defined]
    if door.admits(Actor("operator", world.operator.pk, staff_roles=frozenset({"operator"}))):
        pytest.skip("the operator may")
    still = Still()

    answer = asked(row, method, world.sides["a"]).send(world.who("operator"))

    is_refused(answer, world)
    assert still.changed() == []


@pytest.mark.parametrize(("row", "method"), cases("POST"))
def test_a_form_from_elsewhere_is_refused(row: Page, method: str, world: World) -> None:
    """Without the form token 403; without the form's own key 422 (B77), unless the page writes nothing."""
    client, request, still = client_of(world, "a", who(row, method)), asked(row, method, world.sides["a"]), Still()

    forged = request.send(client, form_token=False)
    keyless = asked(row, method, world.sides["a"]).send(client, key=None)

    assert forged.status_code == 403
    if not row.keyless:
        assert keyless.status_code == 422
        assert still.changed() == []


@pytest.mark.parametrize("row", pages())
def test_other_ways_in_give_nothing(row: Page, world: World) -> None:
    """HEAD, OPTIONS, method override, a missing or doubled slash, path parameters (B75)."""
    if row.name in ("provider-event", "carrier-event"):
        pytest.skip("signed events only: tests/payments, tests/logistics")
    a, client = world.sides["a"], client_of(world, "b", "owner")
    private = (
        bool(row.path) and any(isinstance(word, str) and word.startswith("@") for word in row.path.values()) and not row.open
    )
    request, still = asked(row, "GET", a), Still()
    address = request.path

    for method in ("HEAD", "OPTIONS"):
        answer = client.generic(method, address)
        assert row.open or no_word(answer, world)
        if private:
            assert answer.status_code in (403, 404, 405)
    for override in ({"X-HTTP-Method-Override": "POST"}, {"X-HTTP-Method": "DELETE"}, {"X-Method-Override": "PATCH"}):
        assert row.open or no_word(client.get(address, headers=override), world)
    assert row.open or no_word(client.get(f"{address}?_method=POST"), world)
    ways = [address.rstrip("/"), address + "/", address.replace("/en/", "/en//"), f"{address};x", address.replace("/en/", "/EN/")]
    for path in ways:
        answer = moved(request, path).send(client)
        assert row.open or no_word(answer, world)
        assert answer.status_code in (*row.shows, 301, 302, 400, 403, 404, 405, 410)
        if private:
            assert answer.status_code in (301, 302, 403, 404, 405), path
    assert still.changed() == []


def test_ids_in_forms_are_in_the_table(world: World) -> None:
    """A hidden field, choice or link target of a form that carries somebody's id must be tried with another company's."""
    id_shaped = re.compile(
        r'<(?:input|option|select|button)[^>]*?\bvalue="([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"'
    )
    silent = []
    for row in PAGES:
        if not row.get:
            continue
        answer = asked(row, "GET", world.sides["a"]).send(client_of(world, "a", row.get))
        if answer.status_code != 200 or getattr(answer, "streaming", False):
            continue
        known_ids = {str(value) for side in world.sides.values() for value in side.of.values()}
        for found in id_shaped.findall(body(answer)):
            given = [*row.form.values(), *row.query.values()]
            stated = any(isinstance(value, str) and value.startswith("@") for value in given)
            if not stated and found not in known_ids:
                silent.append((row.name, found))
            elif not stated:
                silent.append((row.name, next(name for name, value in world.sides["a"].of.items() if str(value) == found)))
    assert silent == []


def test_no_row_stands_twice() -> None:
    assert len(ROWS) == len(PAGES)
