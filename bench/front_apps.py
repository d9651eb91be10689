# ruff: noqa: E402  Django is set up before anything of ours is imported
"""What `bench/front.py` serves: one page of one size, kept in three places, and a site whose pages cost time. No database."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("EVERFAIR_KIND", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "everfair.site.settings")

import django
from django.conf import settings

PAGE = b"<!doctype html><title>Offer</title>" + b"<p>" + b"0123456789abcde\n" * 1_600
ADDRESS = "/en/export/offers/1/"
LENGTH = ("Content-Length", str(len(PAGE)))
HEADERS = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "public, max-age=0, must-revalidate")]
VARIANT = os.environ.get("FRONT_VARIANT", "")


class Middleware:
    """(a) The first middleware of Django."""

    def __init__(self, answer: Callable[[Any], Any]) -> None:
        self.answer = answer

    def __call__(self, request: Any) -> Any:
        from django.http import HttpResponse

        found = store.get((request.get_host(), request.path, request.META["QUERY_STRING"]))
        return HttpResponse(found[0].body, headers=dict([*HEADERS, LENGTH])) if found else self.answer(request)


if VARIANT == "middleware":
    settings.MIDDLEWARE.insert(0, f"{__name__}.Middleware")
django.setup()

from django.core.wsgi import get_wsgi_application

from everfair.base.store import Store
from everfair.site.front.gate import SWITCH_S, Gate
from everfair.site.front.keys import address_of
from everfair.site.front.store import Kept

store = Store(clock=lambda: 0.0)
store.looked()
pages = get_wsgi_application()


def keep(host: str) -> None:
    kept = Kept(PAGE, [(name.lower(), value) for name, value in HEADERS], frozenset(["offer:1"]), 1e9)
    found = address_of(host, False, ADDRESS, "")
    assert found is not None
    for key in (found.key, (host, ADDRESS, "")):
        store.keep(key, kept, store.now())


keep(os.environ.get("FRONT_HOST", ""))
if VARIANT in ("shim", "gate"):
    sys.setswitchinterval(SWITCH_S)


def wrapped(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """(b) Before Django, in the thread that the server took."""
    if environ["REQUEST_METHOD"] == "GET":
        found = store.get((environ["HTTP_HOST"], environ["PATH_INFO"], environ["QUERY_STRING"]))
        if found:
            start_response("200 OK", [*found[0].headers, LENGTH])
            return [found[0].body]
    return pages(environ, start_response)


def dear(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """A page costs 15 ms of one core, a payment event 3 ms, half of it waiting."""
    cost_s = 0.0015 if environ["PATH_INFO"].startswith("/hooks/") else 0.015
    until = time.thread_time() + cost_s
    while time.thread_time() < until:
        sum(range(200))
    time.sleep(0.0015)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"done\n"]


application = {"middleware": pages, "wrapper": wrapped, "shim": Gate(pages, store), "plain": dear, "gate": Gate(dear, Store())}[
    VARIANT or "shim"
]
