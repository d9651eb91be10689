"""The short way to a public page: its view is called without the middleware that finds out who is asking.

A public page is asked for by nobody in particular, so there is no session to open, no person to read and no token to check. What every
answer carries (policies, the line in the log) is still put on by the same middleware as everywhere. Whatever is not a page that was
found (a refusal, a redirect, a fault) is left to the whole way, which knows how to say it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.module_loading import import_string

from everfair.base.actor import NOBODY
from everfair.base.public import TAGS
from everfair.site.front.bridge import Answer
from everfair.site.front.keys import Address

# Middleware that looks at cookies, at who asks, or at addresses which are no pages. Any other stays, so that a new one is not forgotten.
LEFT_OUT = frozenset(
    {
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",  # the language stands in the address
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "allauth.account.middleware.AccountMiddleware",
        "allauth.usersessions.middleware.UserSessionsMiddleware",
        "everfair.companies.middleware.actor",
    }
)


class ShortWay:
    """One for a process. Its threads keep their database connections between pages, as many as there are threads."""

    def __init__(self) -> None:
        chain: Callable[[HttpRequest], HttpResponse] = _look
        for name in reversed(settings.MIDDLEWARE):
            if name not in LEFT_OUT:
                chain = import_string(name)(chain)
        self._chain = chain

    def __call__(self, environ: dict[str, Any], address: Address) -> Answer | None:
        """The page, in the present thread; None where only the whole way has an answer."""
        request = WSGIRequest(environ)
        request.resolver_match = address.match
        request.actor = NOBODY  # type: ignore[attr-defined]
        try:
            with translation.override(address.language):
                timezone.deactivate()
                request.LANGUAGE_CODE = address.language  # type: ignore[attr-defined]
                request.get_host()  # refuses a host that is not ours
                response = self._chain(request)
                if response.status_code != 200 or TAGS not in response or response.streaming:
                    return None
                response.headers.setdefault("Content-Language", address.language)
        except Exception:
            # Whatever it is, it happens once more on the whole way, and is told there.
            close_old_connections()
            return None
        headers = [(name.lower(), value) for name, value in response.items()]
        headers += [("set-cookie", cookie.OutputString()) for cookie in response.cookies.values()]
        return Answer(200, headers, response.content)


def _look(request: HttpRequest) -> HttpResponse:
    match = request.resolver_match
    return match.func(request, *match.args, **match.kwargs)  # type: ignore[union-attr, no-any-return]
