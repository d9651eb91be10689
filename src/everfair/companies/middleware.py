"""Who is asking: the signed-in person and the company they act for, read once per request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from everfair.companies.queries import actor_of_person

Answer = Callable[[HttpRequest], HttpResponse]


def actor(answer: Answer) -> Answer:
    """Set `request.actor`; roles are read at every request, so an ended membership ends at once."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_of_person(request.user))  # type: ignore[attr-defined]
        return answer(request)

    return middleware
