"""How a page looks to one reader: text size and colours, kept in a cookie.

Pages are the same for everybody and kept by caches, so the choice is not written into them: `theme.js` reads the cookie before the
first paint, and without a script `/look.css` carries it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

import everfair.base
from everfair.base.allow import allow
from everfair.base.roles import EVERYONE

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
        value = request.GET.get(name)
        if value == "":
            response.delete_cookie(f"ef-{name}", samesite="Lax")
        elif value in allowed:
            response.set_cookie(f"ef-{name}", value, max_age=_YEAR_S, samesite="Lax")
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
