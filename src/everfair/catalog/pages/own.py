"""The supplier's list and editor."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.api import open_cursor, seal_cursor
from everfair.base.pages import page
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.roles import MEMBER
from everfair.base.states import allowed_moves
from everfair.base.writes import once
from everfair.catalog import actions, queries
from everfair.catalog.forms import OfferForm, OwnOffersForm
from everfair.catalog.models import Offer
from everfair.catalog.pages.public import in_language
from everfair.catalog.reading import values_of
from everfair.catalog.refusals import OfferRefused
from everfair.companies.roles import SELLING
from everfair.files.actions import keep_picture
from everfair.files.queries import picture_urls
from everfair.markets.queries import market as market_row
from everfair.markets.table import DEFAULT_MARKET

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
    language = get_language() or "en"
    return page(
        request,
        "catalog/own_offers.html",
        rows=[{**_row(offer, pictures, language, actor), "views": views.get(offer.pk, 0)} for offer in shown],
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


@require_http_methods(["GET", "HEAD", "POST"])
@allow(SELLING)
@once
def new_offer(request: HttpRequest) -> HttpResponse:
    market = market_row(DEFAULT_MARKET)
    if request.method != "POST":
        return _editor(request, OfferForm(market, initial={"unit": "H87", "price_per": "1"}), None)
    return _save(request, OfferForm(market, request.POST, request.FILES), None)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(SELLING)
@once
def edit_offer(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    offer = queries.own_offers(request.actor).filter(pk=offer_id).first()  # type: ignore[attr-defined]
    if offer is None:
        raise NotVisible
    market = market_row(offer.market)
    if request.method != "POST":
        return _editor(request, OfferForm(market, initial=OfferForm.initial_of(values_of(offer))), offer)
    return _save(request, OfferForm(market, request.POST, request.FILES), offer)


def _save(request: HttpRequest, form: OfferForm, offer: Offer | None) -> HttpResponse:
    """Save, then publish when asked. What is wrong stands beside its field, and what was typed stays."""
    actor = request.actor  # type: ignore[attr-defined]
    if not form.is_valid():
        return _editor(request, form, offer, status=422)
    try:
        values = form.values() | _pictures(request, form, offer)
        saved = actions.draft_offer(values, by=actor) if offer is None else actions.change_offer(offer.pk, values, by=actor)
        if request.POST.get("then") == "publish":
            try:
                actions.publish_offer(saved.pk, by=actor)
            except AlreadyDone:
                pass
    except OfferRefused as refusal:
        form.mark(refusal.wrong)
        return _editor(request, form, offer, status=422)
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        form.add_error("new_pictures" if refusal.field == "file" else None, str(refusal.message))
        return _editor(request, form, offer, status=422)
    is_public = request.POST.get("then") == "publish" or (offer is not None and offer.state == "published")
    messages.success(
        request, _("Saved. Everybody sees it now.") if is_public else _("Saved as a draft. Nobody else sees it yet.")
    )
    return redirect("catalog:edit_offer", saved.pk)


def _pictures(request: HttpRequest, form: OfferForm, offer: Offer | None) -> dict[str, Any]:
    """The pictures that stay (ticked), with what is written about them, and the new ones. New ones come after everything else was
    found right, or they would be kept for nothing: the offer is read once before."""
    actor = request.actor  # type: ignore[attr-defined]
    kept = [pk for pk in (offer.pictures if offer else []) if f"keep_{pk}" in request.POST]
    alts = dict(offer.picture_alts) if offer else {}
    language = get_language() or "en"
    for pk in kept:
        alts[str(pk)] = {**alts.get(str(pk), {}), language: request.POST.get(f"alt_{pk}", "")[:300]}
    first = request.POST.get("first", "")
    kept.sort(key=lambda pk: str(pk) != first)
    new = form.cleaned_data["new_pictures"]
    if new:
        _refuse_wrong(form, kept, alts, offer, actor)
    for upload in new:
        file = keep_picture(upload, actor.company_id, actor)
        kept.append(file.pk)
        if said := request.POST.get("new_alt", "").strip():
            alts[str(file.pk)] = {language: said[:300]}
    return {"pictures": kept, "picture_alts": alts}


def _refuse_wrong(form: OfferForm, kept: list[UUID], alts: dict[str, Any], offer: Offer | None, actor: Any) -> None:
    from everfair.catalog.reading import read_offer

    market = market_row(offer.market if offer else DEFAULT_MARKET)
    read_offer({**form.values(), "pictures": kept, "picture_alts": alts}, market, actor.company_id)


def _editor(request: HttpRequest, form: OfferForm, offer: Offer | None, status: int = 200) -> HttpResponse:
    language = get_language() or "en"
    pictures = picture_urls(offer.pictures) if offer else {}
    return page(
        request,
        "catalog/editor.html",
        status=status,
        form=form,
        offer=offer,
        title=in_language(offer.titles, language)[0] if offer else "",
        pictures=[
            {**picture, "id": pk, "alt": offer.picture_alts.get(str(pk), {}).get(language, "")}
            for pk in (offer.pictures if offer else [])
            if (picture := pictures.get(pk)) and offer
        ],
        moves=allowed_moves(offer, request.actor) if offer else [],  # type: ignore[attr-defined]
    )


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
