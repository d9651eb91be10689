"""Alive and ready, for people and balancers."""

from __future__ import annotations

from datetime import timedelta

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from everfair.base.allow import allow
from everfair.base.models import Heartbeat
from everfair.base.roles import EVERYONE
from everfair.ledger.queries import state_of_the_books

FRESH = timedelta(seconds=20)
PARTS = ("worker", "clock", "index")


@require_safe
@allow(EVERYONE)
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("alive\n", content_type="text/plain")


@require_safe
@allow(EVERYONE)
def readyz(request: HttpRequest) -> HttpResponse:
    """Each part by itself; 503 when one is missing. Books that do not hold freeze payouts and nothing else: what reads stays up."""
    parts: dict[str, str] = {}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        parts["database"] = "ready"
        books = state_of_the_books()
        parts["books"], parts["checkpoints"] = books.standing, books.checkpoints
        beats = {beat.part: beat for beat in Heartbeat.objects.filter(part__in=PARTS)}
        for part in PARTS:
            beat = beats.get(part)
            fresh = beat is not None and timezone.now() - beat.at < FRESH
            parts[part] = (beat.note or "ready") if beat and fresh else "silent"
    except DatabaseError:
        parts["database"] = "unreachable"
    ready = parts.get("database") == "ready" and all(parts.get(p) == "ready" for p in PARTS)
    return JsonResponse({"ready": ready, "parts": parts}, status=200 if ready else 503)
