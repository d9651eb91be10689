"""Every page and every endpoint states who may come in."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from everfair.base.roles import Role
from everfair.site.api import api

# Routes of libraries, each with who may use it. Sign-in is for everyone; the library itself asks for a session where one is needed.
THIRD_PARTY = {
    "account_": "allauth: sign-up, sign-in, addresses and passwords of one's own person",
    "usersessions_": "allauth: one's own sessions",
    "mfa_": "allauth: one's own second factors, and showing them",
    "socialaccount_": "allauth: signing in at a provider, and one's own accounts there",
    "openid_connect_": "allauth: the way to that provider and back",
    "api:openapi": "the API's document and its page are public",
    "api:api-root": "leads to the document",
}


def routes(resolver: URLResolver | None = None, prefix: str = "", names: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    """(address pattern, name, pattern) of every page, languages and packages unfolded."""
    for entry in (resolver or get_resolver()).url_patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, address, f"{names}{entry.namespace}:" if entry.namespace else names)
        else:
            yield address, f"{names}{entry.name}", entry


def test_every_page_states_its_permission():
    silent = []
    for address, name, pattern in routes():
        if name.startswith(tuple(THIRD_PARTY)) or "api/v1/" in address:
            continue
        if not isinstance(getattr(pattern.callback, "allow", None), Role):
            silent.append(f"{name} ({address})")
    assert silent == []


def operations() -> Iterator[tuple[str, str, object]]:
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    yield method, f"{prefix}{path}", operation.view_func


def test_every_endpoint_states_its_permission():
    silent = [f"{method} {path}" for method, path, view in operations() if not isinstance(getattr(view, "allow", None), Role)]
    assert silent == []
