"""Offers as the operator sees them: all companies', in every state, and the file of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from everfair.base.actor import Actor
from everfair.catalog.queries import offer_by_number, offers_visible_to, price_tiers, views_of
from everfair.companies.queries import companies_visible_to, open_stops
from everfair.office.queries.companies import whole_number
from everfair.office.queries.sql import rows
from everfair.office.queries.trail import TrailLine, staff_names, trail

STATES = ("published", "draft", "withdrawn", "removed")


def offers_list(
    by: Actor, *, search: str = "", state: str = "", company: int | None = None, before: int | None = None, limit: int = 50
) -> list[Any]:
    """Newest first, each with its company; `before` is the number of the last one seen.

    `search` is an offer's number, the beginning of an SKU, or words of a title in any language; `company` a company's number.
    """
    found = offers_visible_to(by).select_related("company")
    if company is not None:
        found = found.filter(company_id__in=companies_visible_to(by).filter(number=company).values("pk"))
    if state in STATES:
        found = found.filter(state=state)
    if text := search.strip():
        number = whole_number(text)
        wanted = Q(number=number) if number is not None else Q()
        if not text.startswith("№"):
            found = found.annotate(words=Cast("titles", TextField()))
            wanted |= Q(sku__istartswith=text) | Q(words__icontains=text)
        found = found.filter(wanted)
    if before is not None:
        found = found.filter(number__lt=before)
    return list(found.order_by("-number")[:limit])


@dataclass(frozen=True, slots=True)
class OfferFile:
    """One offer, what became of it, and what the platform did about it. `orders` counts contracts with it as a line."""

    offer: Any
    tiers: list[Any]
    views: int
    orders: int
    stops: list[Any]
    history: list[dict[str, Any]]
    notes: list[TrailLine]

    @property
    def is_hidden(self) -> bool:
        """Published, and shown to nobody, because its company is stopped from listing."""
        return self.offer.state == "published" and any(stop.kind == "listing" for stop in self.stops)


_HISTORY = """
    SELECT verb, from_state, to_state, actor, reason, at FROM base_history WHERE subject = %(offer)s ORDER BY seq DESC LIMIT 30"""


def offer_file(number: int, by: Actor) -> OfferFile:
    """NotVisible when there is no offer of this number. A fixed number of queries."""
    offer = offer_by_number(number if number < 2**63 else 0, by)
    history = rows(_HISTORY, {"offer": offer.pk})
    names = staff_names(row["actor"] for row in history)
    counted = rows("SELECT count(DISTINCT order_id) AS n FROM trade_orderline WHERE offer_id = %(offer)s", {"offer": offer.pk})
    return OfferFile(
        offer=offer,
        tiers=price_tiers(offer),
        views=views_of([offer]).get(offer.pk, 0),
        orders=counted[0]["n"],
        stops=open_stops([offer.company_id]),
        history=[row | {"who": names.get(row["actor"], "")} for row in history],
        notes=trail(subjects=[offer.pk], limit=12),
    )
