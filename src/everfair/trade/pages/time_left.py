"""What an order's page says of time: who is reminded when, who asked for more, and the buttons."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from everfair.base.actor import Actor
from everfair.trade.models import EXTENSION_KINDS, Extension, Order
from everfair.trade.queries.calendars import ship_day
from everfair.trade.queries.extensions import extension_moves, extensions_of
from everfair.trade.queries.reminding import reminders_shown

_VERBS = ("grant", "refuse", "take_back")


def time_face(found: Order, actor: Actor, names: dict[str, str]) -> dict[str, Any]:
    """What the page says of time: reminders of what runs, requests for more, and the buttons. Two queries, and the clock."""
    extensions = extensions_of(found)
    moves = extension_moves(found, extensions, actor)
    asked = next((row for row in extensions if row.state == "asked"), None)
    return {
        "reminders": reminders_shown(found),
        "ship_day": ship_day(found) if found.ship_extended_days else None,
        "extensions": [{"row": row, "who": names[row.asked_by]} for row in extensions],
        "asking": [
            {
                "text": _("Ask for more time to ship") if kind == "shipping" else _("Ask for more time to confirm"),
                "confirm": reverse("trade:ask_extension", args=[found.pk, kind]),
                "kind": "plain",
            }
            for kind in EXTENSION_KINDS
            if f"extend_{kind}" in moves
        ],
        "answers": [_answer(verb, found, asked) for verb in _VERBS if asked is not None and f"{verb}_extension" in moves],
    }


def _answer(verb: str, found: Order, asked: Extension) -> dict[str, Any]:
    words = {"grant": _("Grant the time"), "refuse": _("Refuse"), "take_back": _("Take the request back")}
    return {
        "text": words[verb],
        "url": reverse(f"trade:{verb}_extension", args=[found.pk, asked.pk]),
        "kind": "primary" if verb == "grant" else "plain",
    }
