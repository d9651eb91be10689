"""The supplier's list, and what it does with an offer in one press."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.api import open_cursor, seal_cursor
from everfair.base.pages import page
from everfair.base.roles import MEMBER
from everfair.base.states import allowed_moves
from everfair.base.writes import once
from everfair.catalog import actions, queries
from everfair.catalog.forms import OwnOffersForm
from everfair.catalog.models import Offer
from everfair.catalog.pages.public import in_language
from everfair.companies.roles import SELLING
from everfair.files.queries import picture_urls

PER_PAGE = 25
STATES = ("draft", "published", "withdrawn", "removed")


@require_safe
@allow(MEMBER)
def own_offers(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    filters = OwnOffersForm(request.GET)
    wanted = filters.cleaned_data if filters.is_valid() else {"q": "", "state": ""}
    state = wanted["state"] if wanted["state"] in STATES else ""
    cursor = open_cursor(request.GET["after"]) if request.GET.get("after") else [None]
    before = cursor[0] if len(cursor) == 1 and isinstance(cursor[0], int) else None
    found = queries.list_own(actor, state=state, q=wanted["q"], before=before, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    pictures = picture_urls(offer.pictures[0] for offer in shown if offer.pictures)
    views = queries.views_of(shown)
    unsaved = queries.unsaved_since(actor) if SELLING.admits(actor) else {}
    language = get_language() or "en"
    return page(
        request,
        "catalog/own_offers.html",
        rows=[
            {**_row(offer, pictures, language, actor), "views": views.get(offer.pk, 0), "unsaved": unsaved.get(offer.pk)}
            for offer in shown
        ],
        unsaved_new=unsaved.get(None),
        counts=queries.count_own(actor),
        states=STATES,
        state=state,
        q=wanted["q"],
        after=seal_cursor([shown[-1].number]) if len(found) > PER_PAGE else None,
        may_sell=SELLING.admits(actor),
    )


def _row(offer: Offer, pictures: dict[UUID, dict[str, Any]], language: str, actor: Any) -> dict[str, Any]:
    tiers = queries.price_tiers(offer)
    return {
        "offer": offer,
        "title": in_language(offer.titles, language)[0],
        "picture": pictures.get(offer.pictures[0], {}).get("320") if offer.pictures else None,
        "price": tiers[-1][1] if tiers else None,
        "least": queries.least_quantity(offer),
        "moves": allowed_moves(offer, actor),
    }


@require_POST
@allow(SELLING)
@once
def publish_offer(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    actions.publish_offer(offer_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("The offer is published."))
    return redirect("catalog:offers")


@require_POST
@allow(SELLING)
@once
def withdraw_offer(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    actions.withdraw_offer(offer_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("The offer is withdrawn. You can publish it again."))
    return redirect("catalog:offers")
