"""Each staff role, who was suspended and whose session is over, at every door there is (reliability.md §5.2, S14).

A door asks before anything is looked up, so the ids may be anybody's: who is refused is refused whatever stands behind it. Who may come in
is read off the door itself; the matrix's table only says which methods there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from everfair.base.actor import Actor
from everfair.base.roles import EVERYONE
from everfair.companies.models import STAFF_ROLES, Person
from everfair.site import api
from tests import make
from tests.house.matrix.rows import PAGES
from tests.house.test_doors import operations, routes

TOKEN = "t" * 32
_BACKEND = "everfair.companies.accounts.Backend"
# What an id in an address may look like.
_LIKE = ("00000000-0000-7000-8000-000000000000", "1001", "abcdefgh", "en")


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    for limiter in (api.WITH_KEY, api.SIGNED_IN, api.NOBODY):
        monkeypatch.setattr(limiter, "rate", 1e9)
        monkeypatch.setattr(limiter, "burst", 1e9)
        limiter._buckets.clear()


def doors() -> Iterator[tuple[str, str, str, Any]]:
    """(name, method, address, role) of every page's method and every operation."""
    views = {name: pattern.callback for _address, name, pattern in routes()}
    for row in PAGES:
        if not hasattr(views.get(row.name), "allow"):
            continue
        for method in [method for method, who in (("GET", row.get), ("POST", row.post)) if who]:
            yield row.name, method, address_of(row.name, row.path), views[row.name].allow
    paths = {f"{method} {path}": view for method, path, view in operations()}
    for call, view in paths.items():
        method, _space, path = call.partition(" ")
        yield call, method, "/api/v1" + _filled(path), view.allow


def address_of(name: str, path: Any) -> str:
    for values in product(_LIKE, repeat=len(path)):
        given = {
            key: word.removeprefix("~") if isinstance(word, str) and word.startswith("~") and "@" not in word else value
            for (key, word), value in zip(path.items(), values, strict=True)
        }
        try:
            return reverse(name, kwargs=given)
        except NoReverseMatch:
            continue
    raise AssertionError(f"{name}: what do its ids look like?")


def _filled(path: str) -> str:
    parts = []
    for part in path.split("/"):
        if "{" in part:
            before, _brace, rest = part.partition("{")
            kind = rest.partition(":")[0] if ":" in rest else ""
            name = rest.rpartition(":")[2].partition("}")[0]
            by_number = kind == "int" or name in ("number", "n", "seq") or name.endswith("_number")
            part = before + (_LIKE[1] if by_number else _LIKE[0]) + rest.partition("}")[2]
        parts.append(part)
    return "/".join(parts)


def browser(person: Person) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person, backend=_BACKEND)
    client.cookies["csrftoken"] = TOKEN
    return client


def ask(client: Client, method: str, address: str) -> Any:
    headers = {"X-CSRFToken": TOKEN, "Idempotency-Key": "door"}
    if address.startswith("/api/"):
        return client.generic(method, address, b"{}", "application/json", headers=headers)
    return client.get(address) if method == "GET" else client.post(address, {"_key": "door"}, headers=headers)


@pytest.mark.django_db
@pytest.mark.parametrize("role", STAFF_ROLES)
def test_a_staff_role_is_refused_where_the_door_says_so(role: str) -> None:
    person = make.person(is_staff_member=True, staff_roles=[role])
    who = Actor("sales" if role == "sales" else "operator", person.pk, staff_roles=frozenset({role}))
    client, others = browser(person), [Actor("operator", person.pk, staff_roles=frozenset({one})) for one in STAFF_ROLES[:-1]]
    tried, let_in = 0, []

    for name, method, address, door in doors():
        # A door for companies alone is closed to all staff alike: one role of the operator's and the salespeople try it.
        if door.admits(who) or (role not in ("operator", "sales") and not any(door.admits(one) for one in others)):
            continue
        tried += 1
        answer = ask(client, method, address)
        if answer.status_code != 403:
            let_in.append((name, method, answer.status_code))

    assert let_in == []
    assert tried > 30


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["suspended", "session over"])
@pytest.mark.parametrize("who", ["owner", "operator"])
def test_who_was_shut_out_is_nobody_at_once(who: str, how: str) -> None:
    """The browser still has its session: the next request is nobody's."""
    company = make.company()
    person = make.member(company) if who == "owner" else make.person(is_staff_member=True, staff_roles=["operator"])
    client = browser(person)
    assert client.get(reverse("site:desk")).status_code == 200
    if how == "suspended":
        Person.objects.filter(pk=person.pk).update(is_active=False)
    else:
        session = client.cookies["sessionid"].value
        Session.objects.filter(pk=session).update(expire_date=timezone.now() - timedelta(seconds=1))
    let_in = []

    for name, method, address, door in doors():
        alone = Actor("person", person.pk, company.pk, frozenset({"owner"}))
        if door is EVERYONE or door.admits(Actor()) or (who == "owner" and not door.admits(alone)):
            continue
        answer = ask(client, method, address)
        sent_away = answer.status_code == 302 and "/account/sign-in/" in answer["Location"]
        if answer.status_code != 401 and not sent_away:
            let_in.append((name, method, answer.status_code))

    assert let_in == []
