"""What reviews put into the pages of lower packages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from everfair.base.public import made_of
from everfair.base.slots import panel
from everfair.markets.table import DEFAULT_MARKET
from everfair.reviews import queries
from everfair.reviews.pages.faces import faces
from everfair.reviews.values import ASPECT_WORDS

NEWEST = 3


@panel("trade.order", order=20)
def reviews_of_order(request: HttpRequest, order: Any) -> str | None:
    """On a completed order: the way to review it until when, or to what was said. One query, none before the end."""
    actor = request.actor  # type: ignore[attr-defined]
    closes_at = queries.window_of(order)
    if closes_at is None:
        return None
    found = queries.reviews_of_order(order.pk, actor)
    may_write = queries.may_write(order, actor, found)
    if not found and not may_write:
        return None
    context = {"order": order, "reviews": found, "may_write": may_write, "closes_at": closes_at}
    return render_to_string("reviews/order_panel.html", context, request)


@panel("companies.passport", public=True, order=20)
def reviews_of_supplier(request: HttpRequest, company: Any) -> str:
    """On a supplier's passport: the average and the newest. One query, five where something was said."""
    made_of(request, f"reviews:{company.pk}")
    shown = queries.published_page(subject=company.pk, side="buyer", limit=NEWEST + 1)
    match = request.resolver_match
    context = {
        "company": company,
        "market": match.kwargs.get("market", DEFAULT_MARKET) if match else DEFAULT_MARKET,
        "tally": queries.tally(company.pk, "buyer") if shown else None,
        "aspects": ASPECT_WORDS,
        "faces": faces(shown[:NEWEST]),
        "more": len(shown) > NEWEST,
    }
    return render_to_string("reviews/passport_panel.html", context, request)


@panel("trade.buyer_record")
def reviews_of_buyer(request: HttpRequest, record: Any) -> str:
    """In a buyer's record: what suppliers said, in one line. Two queries."""
    context = {"number_of_buyer": record.number, "tally": queries.tally_of_number(record.number, "seller")}
    return render_to_string("reviews/buyer_line.html", context, request)
