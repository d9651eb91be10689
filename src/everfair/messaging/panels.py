"""The small counts of what is unread, in the bar of everybody who is signed in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from everfair.base.slots import panel
from everfair.messaging.queries import unread_notices, unread_threads


@panel("companies.bar")
def unread(request: HttpRequest, subject: Any) -> str:
    actor = request.actor  # type: ignore[attr-defined]
    if actor.kind not in ("person", "operator"):
        return ""
    counts = {
        "messages_unread": unread_threads(actor),
        "notices_unread": unread_notices(actor),
        "is_member": actor.company_id is not None,
    }
    return render_to_string("messaging/unread.html", counts, request)
