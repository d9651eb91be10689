"""What trade puts into the pages of lower packages."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import get_language

from everfair.base.slots import panel
from everfair.companies.roles import BUYING
from everfair.ledger.queries import Line
from everfair.payments.queries import explain_lines_with
from everfair.trade.queries import held_sums
from everfair.trade.queries.orders import orders_of_stages


@panel("catalog.offer_actions", public=True, order=5)
def order_now(request: HttpRequest, offer: Any) -> str | None:
    """The same for everybody: on to the composer with the quantity of the panel."""
    if not offer.tiers:
        return None
    return _order_now(offer.market, get_language() or "en")


@cache
def _order_now(market: str, _language: str) -> str:
    return render_to_string("trade/order_now.html", {"market": market})


@panel("sourcing.quote_actions")
def award_quote(request: HttpRequest, quote: Any) -> str | None:
    """The buyer's button, on a quote that stands."""
    actor = request.actor  # type: ignore[attr-defined]
    if quote.state != "sent" or actor.company_id != quote.rfq.buyer_id or not BUYING.admits(actor):
        return None
    return render_to_string("trade/award_button.html", {"quote": quote}, request)


panel("sourcing.comparison")(award_quote)


@panel("payments.wallet")
def held(request: HttpRequest, subject: Any) -> str:
    """What lies in escrow, on either side."""
    return render_to_string("trade/held.html", {"sums": held_sums(request.actor)}, request)  # type: ignore[attr-defined]


def _explain(lines: list[Line]) -> dict[int, tuple[str, str]]:
    """Statement line → (order, where it is): one query for all of them."""
    stages = {line.id: line.why["stage"] for line in lines if line.why.get("stage")}
    orders = orders_of_stages(set(stages.values()))
    found = {line_id: orders[stage] for line_id, stage in stages.items() if stage in orders}
    return {line_id: (order.reference, f"/orders/{order.pk}/") for line_id, order in found.items()}


explain_lines_with(_explain)
