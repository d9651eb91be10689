"""Which browser somebody signs in with: a random name it keeps for two years, of which we keep a digest.

Two people of whom one judges the other's company shall not sit at one machine unseen. A demonstration, in which one visitor plays
everybody, names no browser.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from everfair.trust.actions import note_device

COOKIE = "ef-device"
_TWO_YEARS_S = 2 * 365 * 24 * 3600


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: Any, **_: Any) -> None:
    if settings.KIND == "demo":
        return
    known = request.COOKIES.get(COOKIE, "")
    device = known if re.fullmatch(r"[\w-]{43}", known) else secrets.token_urlsafe(32)
    request.device = device  # type: ignore[attr-defined]
    note_device(user.pk, device)


def name_the_browser(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The answer to a sign-in carries the name."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        device = getattr(request, "device", "")
        if device:
            response.set_cookie(
                COOKIE, device, max_age=_TWO_YEARS_S, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
            )
        return response

    return middleware
