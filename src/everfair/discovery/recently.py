"""What a browser looked at last: public numbers in a cookie of its own, on no server."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE = "seen"
MOST_KEPT = 12
SHOWN = 6
_KEPT_S = 90 * 24 * 3600


def numbers(request: HttpRequest) -> list[int]:
    """The offers' numbers, the last one first; what is not a number is left out."""
    parts = request.COOKIES.get(COOKIE, "")[:400].split(".")
    found = [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 16]
    return list(dict.fromkeys(found))[:MOST_KEPT]


def keep(response: HttpResponse, seen: Sequence[int]) -> HttpResponse:
    """Note these numbers; none is no cookie."""
    if seen:
        response.set_cookie(
            COOKIE,
            ".".join(str(number) for number in seen[:MOST_KEPT]),
            max_age=_KEPT_S,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def forget(response: HttpResponse) -> HttpResponse:
    response.delete_cookie(COOKIE, samesite="Lax")
    return response
