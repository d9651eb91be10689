"""From an address to the key under which its page is kept: host, scheme, path and the part of the query that the page reads."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from django.urls import Resolver404, ResolverMatch, resolve
from django.urls.resolvers import RoutePattern
from django.utils import translation
from django.utils.translation import get_language_from_path

from everfair.base.public import Public

LONGEST_QUERY = 500
_DIGITS = re.compile(r"(?<=/)[0-9]+(?=/)")


class Key(NamedTuple):
    host: str
    https: bool
    path: str
    query: str


class Address(NamedTuple):
    """A key with what the view says of its page. `counted`: the number whose views are counted."""

    key: Key
    fresh_s: float
    counted: int | None
    language: str
    match: ResolverMatch


@lru_cache(maxsize=16_384)
def address_of(host: str, https: bool, path: str, query: str) -> Address | None:
    """None for a page that is not kept. The language stands in the path, so that the key need not name it."""
    if len(query) > LONGEST_QUERY or len(path) > LONGEST_QUERY or not host:
        return None
    match = _public_page(path)
    if match is None:
        return None
    marked: Public = match.func.public  # type: ignore[attr-defined]
    try:
        given = parse_qsl(query, max_num_fields=40)
    except ValueError:
        return None
    read = urlencode(sorted((pair for pair in given if pair[0] in marked.params), key=lambda pair: pair[0]))
    counted = match.kwargs.get(marked.counts) if marked.counts else None
    return Address(Key(host, https, path, read), marked.fresh_s, counted, get_language_from_path(path) or "", match)


@lru_cache(maxsize=4_096)
def _public_page(path: str) -> ResolverMatch | None:
    """Where the path leads, when a public page is there."""
    shape = _DIGITS.sub("0", path)
    known = _page_of_shape(shape)
    if known is None or path == shape:
        return known
    found = _pattern(known.route).match(path.removeprefix("/"))
    if found is None:  # more digits than it takes
        return None
    apps: list[str | None] = [*known.app_names]
    names: list[str | None] = [*known.namespaces]
    return ResolverMatch(known.func, (), {**known.kwargs, **found[2]}, known.url_name, apps, names, known.route)


@cache
def _pattern(route: str) -> RoutePattern:
    return RoutePattern(route, is_endpoint=True)


@lru_cache(maxsize=4_096)
def _page_of_shape(path: str) -> ResolverMatch | None:
    """The same for a path with 0 in place of each number. Django looks through some hundred patterns for it."""
    language = get_language_from_path(path)
    if language is None:
        return None
    try:
        with translation.override(language):
            match = resolve(path)
    except Resolver404:
        return None
    match.tried = None  # all the patterns that it passed: only a page for programmers shows them
    return match if getattr(match.func, "public", None) is not None else None
