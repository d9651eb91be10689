"""A sample: one button on the offer, one contract to read and sign."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from everfair.base.allow import allow
from everfair.base.refused import NotVisible
from everfair.catalog.queries import published_offer, refuse_withdrawn
from everfair.companies.queries import companies_by_id
from everfair.companies.roles import BUYING
from everfair.markets.queries import market as market_row
from everfair.trade import actions
from everfair.trade.kind_forms import SampleForm
from everfair.trade.models import Order
from everfair.trade.pages.composing import title_of
from everfair.trade.pages.signing import once_signed, read_and_sign
from everfair.trade.values import Terms


@require_http_methods(["GET", "POST"])
@allow(BUYING)
@once_signed
def sample(request: HttpRequest, market: str, number: int) -> HttpResponse:
    """Delivered to the buyer's own town where nothing else is said."""
    actor = request.actor  # type: ignore[attr-defined]
    market_row(market)
    if number >= 2**63:
        raise NotVisible
    try:
        offer = published_offer(number)
    except NotVisible:
        refuse_withdrawn(numbers=[number])
        raise
    if offer.market != market:
        raise NotVisible
    town = companies_by_id([actor.company_id])[actor.company_id].address.get("city", "")
    usual = {"quantity": 1, "incoterm": "DAP", "named_place": town, "remarks": ""}
    form = SampleForm(request.POST or None, initial=usual)

    def draft(typed: dict[str, Any]) -> Terms:
        return actions.draft_sample(offer.pk, by=actor, **typed | {"quantity": int(typed["quantity"])})

    def sign(terms: Terms, _typed: dict[str, Any], seen: str) -> Order:
        return actions.order_sample(terms, by=actor, seen_hash=seen)

    return read_and_sign(
        request,
        form,
        draft,
        sign,
        title=_("Order a sample"),
        lede=_("%(offer)s: paid in advance into escrow, and credited when you order more.") % {"offer": title_of(offer)},
        submit=_("Sign and order the sample"),
        done=_("You have signed. The seller is asked to sign too."),
        typed=usual if town else None,
    )
