"""What claims put into the pages of lower packages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from everfair.base.slots import panel
from everfair.disputes.queries import claims_of
from everfair.disputes.queries.opening import may_close, may_open


@panel("trade.order")
def claims_of_order(request: HttpRequest, order: Any) -> str | None:
    """The order's claims, and the buyer's way to open one; two queries while nothing was shipped."""
    actor = request.actor  # type: ignore[attr-defined]
    if order.goods == "awaiting" and order.issue == "none":
        return None
    claims = claims_of(order.pk, actor)
    context = {
        "order": order,
        "claims": claims,
        "may_open": may_open(order, actor, claims),
        "may_close": may_close(order, actor, claims),
    }
    return render_to_string("disputes/order_panel.html", context, request)


@panel("trade.receive")
def instead_of_receiving(request: HttpRequest, order: Any) -> str | None:
    """Beside «confirm the goods»: the other way."""
    return render_to_string("disputes/receive_panel.html", {"order": order}, request)
