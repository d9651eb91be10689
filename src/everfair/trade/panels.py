"""What trade puts into the pages of lower packages."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import get_language

from everfair.base.public import made_of
from everfair.base.slots import panel
from everfair.companies.queries import companies_by_id
from everfair.companies.roles import BUYING
from everfair.ledger.queries import Line
from everfair.payments.queries import explain_lines_with, know_buyers_with
from everfair.sourcing.queries import has_heard_of
from everfair.trade.pages.groups import faces
from everfair.trade.queries import buyer_record, group_buy_of_offer, has_business_with, held_sums
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


@panel("catalog.offer_actions", public=True, order=6)
def order_sample(request: HttpRequest, offer: Any) -> str | None:
    """The same for everybody: one button, where the supplier gives samples."""
    if offer.sample_price_minor is None:
        return None
    return _order_sample(offer.market, offer.number, get_language() or "en")


@lru_cache(maxsize=4096)
def _order_sample(market: str, number: int, _language: str) -> str:
    return render_to_string("trade/sample_button.html", {"market": market, "number": number})


@panel("catalog.offer_below", public=True, order=1)
def group_buy_of(request: HttpRequest, offer: Any) -> str | None:
    """What runs for this offer: one query, and one more where something runs."""
    found = group_buy_of_offer(offer.pk)
    if found is None:
        return None
    made_of(request, f"offer:{offer.pk}")
    found.offer = offer
    [face] = faces([found])
    return render_to_string("trade/group_buy_card.html", {"face": face, "group": found})


@panel("discovery.halls", public=True, order=5)
def group_buys_of_market(request: HttpRequest, market: Any) -> str:
    """On to what runs."""
    return render_to_string("trade/group_buys_link.html", {"market": getattr(market, "code", market), "hall": ""})


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


@panel("sourcing.buyer")
def record_of_buyer(request: HttpRequest, buyer: Any) -> str | None:
    """Beside a request: what its buyer's record says, for who may see it."""
    if buyer is None or not has_business_with(request.actor, buyer.pk):  # type: ignore[attr-defined]
        return None
    return buyer_card(request, buyer)


@panel("messaging.thread", order=20)
def record_of_who_asks(request: HttpRequest, thread: Any) -> str | None:
    """Beside a talk about an offer, for its supplier: who asks."""
    own = request.actor.company_id  # type: ignore[attr-defined]
    asking = [company_id for company_id in thread.company_ids if company_id != own]
    if thread.subject_kind != "offer" or own is None or len(asking) != 1:
        return None
    buyer = companies_by_id(asking).get(asking[0])
    if buyer is None or not has_heard_of(request.actor, buyer.pk):  # type: ignore[attr-defined]
        return None
    return buyer_card(request, buyer, folded=True)


def buyer_card(request: HttpRequest, buyer: Any, *, folded: bool = False) -> str:
    return render_to_string("trade/buyer_card.html", {"record": buyer_record(buyer), "folded": folded}, request)


def _explain(lines: list[Line]) -> dict[int, tuple[str, str]]:
    """Statement line → (order, where it is, or where its inspection is): one query for all of them."""
    stages = {line.id: line.why["stage"] for line in lines if line.why.get("stage")}
    orders = orders_of_stages(set(stages.values()))
    found = {line_id: orders[stage] for line_id, stage in stages.items() if stage in orders}
    told = {line_id: (order.reference, f"/orders/{order.pk}/") for line_id, order in found.items()}
    visits = {line.id: line.why for line in lines if line.why.get("inspection")}
    return told | {line_id: (why["order"], f"/inspections/{why['inspection']}/") for line_id, why in visits.items()}


explain_lines_with(_explain)
know_buyers_with(has_business_with)
