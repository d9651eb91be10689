"""Behind a reverse proxy the socket's other end is the proxy; who called stands in a header the proxy wrote."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from everfair.site.addresses import last_hop

Answer = Callable[[HttpRequest], HttpResponse]


def caller_address(answer: Answer) -> Answer:
    """Put the caller's address where a direct caller's stands, for limits and the list of sessions. Only with
    EVERFAIR_BEHIND_PROXY=1: without a proxy anybody could write the header."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if caller := last_hop(request.META.get("HTTP_X_FORWARDED_FOR", "")):
            request.META["REMOTE_ADDR"] = caller
        return answer(request)

    return middleware
