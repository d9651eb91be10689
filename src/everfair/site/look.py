"""How a page looks to one reader: text size and colours, kept in a cookie, and with the person who is signed in.

Pages are the same for everybody and kept by caches, so the choice is not written into them: `theme.js` reads the cookie before the
first paint, and without a script `/look.css` carries it. `follow` carries it from one device of a person to the others.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import LazyObject, empty
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

import everfair.base
from everfair.base.allow import allow
from everfair.base.roles import EVERYONE
from everfair.companies.actions import keep_looks

# The cookie's name without its «ef-», and what it may hold; empty is the system's own.
CHOICES = {"size": ("", "large", "larger"), "theme": ("", "light", "dark")}
_YEAR_S = 365 * 24 * 3600


@require_safe
@allow(EVERYONE)
def look(request: HttpRequest) -> HttpResponse:
    """Keep what was chosen (`?size=larger`, `?theme=dark`) and lead back. Nothing is written but the reader's own cookie."""
    response = HttpResponseRedirect(_back(request))
    response["Cache-Control"] = "private, no-store"
    for name, allowed in CHOICES.items():
        if (value := request.GET.get(name)) in allowed:
            _set(response, name, value)
    return response


@require_safe
@allow(EVERYONE)
def look_css(request: HttpRequest) -> HttpResponse:
    """The chosen rules for a browser without scripts: those of choices.css, with the chosen attributes taken off."""
    rules = _choices_css()
    for name, allowed in CHOICES.items():
        value = request.COOKIES.get(f"ef-{name}", "")
        if value and value in allowed:
            rules = rules.replace(f":root:not([data-{name}])", ".never").replace(f'[data-{name}="{value}"]', ":root")
    response = HttpResponse(rules, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Cookie"
    return response


def follow(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a choice made on one device of somebody signed in is found on the others.

    The session remembers what this device had last. What differs from that was chosen here and is kept with the person; else the
    person chose elsewhere, and the cookies are set anew. Only answers made for one reader are touched, never what a cache may keep.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        actor = getattr(request, "actor", None)
        unread = isinstance(actor, LazyObject) and actor._wrapped is empty
        chosen_now = any(f"ef-{name}" in response.cookies for name in CHOICES)
        if actor is None or unread or chosen_now or "private" not in response.get("Cache-Control", ""):
            return response
        if actor.kind in ("person", "operator", "sales") and request.user.is_authenticated:
            _follow(request, response)
        return response

    return middleware


def _follow(request: HttpRequest, response: HttpResponse) -> None:
    person: Any = request.user
    here = [value if (value := request.COOKIES.get(f"ef-{name}", "")) in allowed else "" for name, allowed in CHOICES.items()]
    kept = [person.text_size, person.theme]
    known = request.session.get("look")
    if here == kept:
        now = here
    elif here != known and (known is not None or not any(kept)):
        keep_looks(by=request.actor, text_size=here[0], theme=here[1])  # type: ignore[attr-defined]
        now = here
    else:
        for name, value in zip(CHOICES, kept, strict=True):
            _set(response, name, value)
        now = kept
    if now != (known or ["", ""]):
        request.session["look"] = now


def _set(response: HttpResponse, name: str, value: str) -> None:
    if value:
        response.set_cookie(f"ef-{name}", value, max_age=_YEAR_S, samesite="Lax")
    else:
        response.delete_cookie(f"ef-{name}", samesite="Lax")


@cache
def _choices_css() -> str:
    return (Path(everfair.base.__file__).parent / "static/everfair/choices.css").read_text()


def _back(request: HttpRequest) -> str:
    """The page the choice was made on, without its host."""
    referer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(referer)
        here = f"{parts.path}?{parts.query}" if parts.query else parts.path
        # «//host/…» as a path would lead to that host.
        if url_has_allowed_host_and_scheme(here, allowed_hosts=None) and not parts.path.endswith("/look/"):
            return here
    return f"/{get_language()}/"
