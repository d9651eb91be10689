"""Who is asking: the signed-in person and the company they act for, or a program with a key; read once per request.

An anonymous request costs no query, a signed-in one two (the session; the person with their memberships), a program's one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from everfair.base.actor import Actor
from everfair.base.api import problem
from everfair.base.sight import NOTHING, see_as, seeing
from everfair.companies.actions.keys import authenticate_api_key
from everfair.companies.queries import actor_of_person
from everfair.companies.second_factor import proven_at

Answer = Callable[[HttpRequest], HttpResponse]
_SEEN_EVERY_S = 600


def actor(answer: Answer) -> Answer:
    """Set `request.actor`. Roles are read at every request, so an ended membership or a revoked key ends at once.

    From then on the database holds back what is not theirs to see (`base.sight`). Under /api/ a bearer wins over a session; an unknown one is 401 even where the door is open. (That a session's write
    carries the form token is asked by the API's own door, `site.api.KeyOrSession`.)
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        timezone.deactivate()
        request.actor = SimpleLazyObject(lambda: _person(request))  # type: ignore[attr-defined]
        stated = request.headers.get("Authorization") if request.path.startswith("/api/") else None
        if stated is not None:
            program = _program(stated)
            if program is None:
                return _unknown_key()
            request.actor = program  # type: ignore[attr-defined]
        try:
            with seeing(NOTHING):
                if stated is not None:
                    see_as(request.actor)  # type: ignore[attr-defined]
                return answer(request)
        finally:
            timezone.deactivate()

    return middleware


def _program(stated: str) -> Actor | None:
    kind, _space, raw = stated.partition(" ")
    return authenticate_api_key(raw.strip()) if kind.lower() == "bearer" else None


def _unknown_key() -> HttpResponse:
    response = problem(401, "companies.key_unknown", _("This key is not known, or it has been revoked."))
    response["WWW-Authenticate"] = "Bearer"
    return response


def _person(request: HttpRequest) -> Actor:
    found = actor_of_person(request.user)
    if found.is_signed_in:
        timezone.activate(ZoneInfo(request.user.timezone))  # type: ignore[union-attr]
        _note_seen(request)
        see_as(found)
        return replace(found, proven_at=proven_at(request))
    return found


def _note_seen(request: HttpRequest) -> None:
    """Every ten minutes at most: when and from where this browser was last here, for the person's list of sessions."""
    now = int(time.time())
    if now - request.session.get("seen", 0) < _SEEN_EVERY_S:
        return
    request.session["seen"] = now
    UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=timezone.now())
