"""What only this kind of order shows on its page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from everfair.trade import queries
from everfair.trade.models import Order
from everfair.trade.queries.words import kind_in_words
from everfair.trade.values import ORDER_KIND_WORDS


def kind_face(found: Order, lines: Sequence[Any]) -> dict[str, Any]:
    """Nothing, and no query, for an ordinary order that rests on nothing."""
    if found.kind in ("spot", "made_to_order") and found.basis_id is None:
        return {"kind_name": "", "kind_facts": []}
    is_frame = found.kind == "framework"
    return {
        "kind_name": ORDER_KIND_WORDS[found.kind],
        "kind_facts": [pair for pair in kind_in_words(found.terms) if pair[1] != ORDER_KIND_WORDS[found.kind]],
        "basis": queries.basis_of(found),
        "resting": queries.resting_on(found) if found.kind in ("framework", "sample") else [],
        "frame": queries.framework_of(found) if is_frame else None,
        "running": queries.running_lines(found, lines) if is_frame else [],
    }


def kind_steps(found: Order) -> list[dict[str, Any]]:
    """Of a framework contract: it has no money and no goods of its own."""
    over = found.agreement in ("declined", "cancelled", "lapsed")
    ended = found.agreement == "completed"
    runs = found.agreement == "agreed"
    signed = found.seller_signed_at is not None
    states = [
        "done",
        "done" if signed else "trouble" if over else "now",
        "done" if ended else "now" if runs else "next",
        "done" if ended else "next",
    ]
    words = [_("Ordered"), _("Signed"), _("Called off in parts"), _("Ended")]
    return [{"text": text, "state": state} for text, state in zip(words, states, strict=True)]
