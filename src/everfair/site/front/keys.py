"""From an address to the key under which its page is kept: host, scheme, path and the part of the query that the page reads."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import get_language_from_path

from everfair.base.public import Public

LONGEST_QUERY = 500


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


@lru_cache(maxsize=16_384)
def address_of(host: str, https: bool, path: str, query: str) -> Address | None:
    """None for a page that is not kept. The language stands in the path, so that the key need not name it."""
    if len(query) > LONGEST_QUERY or len(path) > LONGEST_QUERY or not host:
        return None
    language = get_language_from_path(path)
    if language is None:
        return None
    try:
        with translation.override(language):
            match = resolve(path)
    except Resolver404:
        return None
    marked: Public | None = getattr(match.func, "public", None)
    if marked is None:
        return None
    try:
        given = parse_qsl(query, max_num_fields=40)
    except ValueError:
        return None
    read = urlencode(sorted((pair for pair in given if pair[0] in marked.params), key=lambda pair: pair[0]))
    counted = match.kwargs.get(marked.counts) if marked.counts else None
    return Address(Key(host, https, path, read), marked.fresh_s, counted)
