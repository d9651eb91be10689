"""How a page is answered: a Jinja2 template with the actor, or an error in the same layout."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as django_render

from everfair.base.actor import NOBODY
from everfair.base.refused import Refused

_TEMPLATES = {
    400: "errors/400.html",
    403: "errors/403.html",
    404: "errors/404.html",
    429: "errors/429.html",
    500: "errors/500.html",
}


def page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page for the signed-in: it may show who is looking, so it is never stored by a cache."""
    context.setdefault("actor", getattr(request, "actor", NOBODY))
    context.setdefault("personal", True)
    context.setdefault("key", secrets.token_urlsafe(16))
    response = django_render(request, template, context, status=status)
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def public_page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page that is the same for everyone: free of personal content, so that it can be cached whole."""
    response = django_render(request, template, {"actor": NOBODY, "personal": False, **context}, status=status)
    response.headers.setdefault("Cache-Control", "public, max-age=0, must-revalidate")
    return response


def error_page(request: HttpRequest, status: int, *, refusal: Refused | None = None) -> HttpResponse:
    if request.path.startswith("/api/"):
        from everfair.base.api import problem

        return problem(status, refusal.code if refusal else f"base.http_{status}", str(refusal.message) if refusal else None)
    template = _TEMPLATES.get(status, "errors/refused.html")
    if refusal is not None and status not in (403, 429):
        template = "errors/refused.html"
    return page(request, template, status=status, refusal=refusal)
