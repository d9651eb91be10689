"""What the office puts into the pages of its own people: a banner while payouts are frozen."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from everfair.base.roles import OPERATOR
from everfair.base.slots import panel
from everfair.ledger.queries import frozen


@panel("site.banner")
def payouts_are_frozen(request: HttpRequest, subject: Any) -> str:
    """One query for each page of an operator."""
    actor = getattr(request, "actor", None)
    if actor is None or not OPERATOR.admits(actor, None) or frozen() is None:
        return ""
    return render_to_string("office/frozen.html", {}, request)
