"""What claims put into the pages of lower packages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from everfair.base.slots import panel
from everfair.disputes.queries import claims_of, claims_visible_to
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


@panel("trade.inspection")
def claim_of_inspection(request: HttpRequest, inspection: Any) -> str | None:
    """Why it was ordered; the claim itself is for its two sides and staff."""
    if inspection.claim_id is None:
        return None
    claim = claims_visible_to(request.actor).filter(pk=inspection.claim_id).first()  # type: ignore[attr-defined]
    return render_to_string("disputes/inspection_panel.html", {"claim": claim}, request)


@panel("trade.receive")
def instead_of_receiving(request: HttpRequest, order: Any) -> str | None:
    """Beside «confirm the goods»: the other way."""
    return render_to_string("disputes/receive_panel.html", {"order": order}, request)
