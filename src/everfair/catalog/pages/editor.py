"""The offer editor: what is typed is kept by itself and changes nothing until it is saved."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.states import allowed_moves
from everfair.base.writes import once
from everfair.catalog import actions, queries
from everfair.catalog.forms import LANGUAGE_NAMES, TRANSLATED, GridField, OfferForm
from everfair.catalog.models import Offer, UnsavedOffer
from everfair.catalog.pages.public import in_language
from everfair.catalog.reading import read_offer, values_of, version_of
from everfair.catalog.refusals import OfferRefused
from everfair.catalog.values import LANGUAGES, TITLE_CHARACTERS
from everfair.companies.roles import SELLING
from everfair.files.actions import keep_picture
from everfair.files.queries import picture_urls
from everfair.markets.queries import market as market_row
from everfair.markets.table import DEFAULT_MARKET

_BLANK = {"unit": "H87", "price_per": "1"}
_MORE_ROWS = 6


@require_http_methods(["GET", "HEAD", "POST"])
@allow(SELLING)
@once
def new_offer(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(SELLING)
@once
def edit_offer(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    return _edit(request, _own(request, offer_id))


@require_POST
@allow(SELLING)
@once
def keep_offer(request: HttpRequest, offer_id: UUID | None = None) -> HttpResponse:
    """Keep what is typed, as the editor asks every few seconds; the answer says what is wrong with it so far."""
    offer = _own(request, offer_id) if offer_id else None
    form = OfferForm(_market(offer), request.POST)
    try:
        row = _keep(request, form, offer)
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        elsewhere = refusal.code == "catalog.unsaved_elsewhere"
        return JsonResponse({"message": str(refusal.message), "elsewhere": elsewhere}, status=refusal.status)
    _judge(form, offer, request, unfinished="strict" not in request.POST)
    errors = {field.auto_id: form.below(field.name) for field in form if form.below(field.name)}
    cells = [
        [form[name].auto_id, *cell, message]
        for name, beside in form.beside.items()
        for cell, found in beside.items()
        for message in found[:1]
    ]
    changed = offer is not None and row.seen != version_of(offer)
    said = _("Somebody else has saved this offer meanwhile. When you save, you see what is different.") if changed else ""
    return JsonResponse({"version": row.version, "errors": errors, "cells": cells, "warning": said})


@require_POST
@allow(SELLING)
@once
def discard_offer(request: HttpRequest, offer_id: UUID | None = None) -> HttpResponse:
    """Put aside what was typed, or (`back`) bring it back."""
    offer = _own(request, offer_id) if offer_id else None
    if "back" in request.POST:
        actions.restore_unsaved(offer_id, by=request.actor)  # type: ignore[attr-defined]
    else:
        actions.close_unsaved(offer_id, by=request.actor, discarded=True)  # type: ignore[attr-defined]
        messages.success(request, _("Discarded. For a week you can bring it back here."))
    return redirect(_place(offer))


@require_POST
@allow(SELLING)
@once
def add_picture(request: HttpRequest) -> HttpResponse:
    """One picture that was dropped in the editor: the piece of the page that shows it, or why it is not taken."""
    actor = request.actor  # type: ignore[attr-defined]
    upload = request.FILES.get("new_pictures")
    name = upload.name if isinstance(upload, UploadedFile) else ""
    try:
        if not isinstance(upload, UploadedFile):
            raise Refused("catalog.missing", _("Please choose a picture."), field="file", status=422)
        file = keep_picture(upload, actor.company_id, actor)
    except Refused as refusal:
        if refusal.status == 403:
            raise
        return page(request, "catalog/picture_refused.html", status=refusal.status, name=name, message=refusal.message)
    return page(request, "catalog/picture.html", picture=_shown([file.pk], {})[0])


def _own(request: HttpRequest, offer_id: UUID) -> Offer:
    offer = queries.own_offers(request.actor).filter(pk=offer_id).first()  # type: ignore[attr-defined]
    if offer is None:
        raise NotVisible
    return offer


def _market(offer: Offer | None) -> Any:
    return market_row(offer.market if offer else DEFAULT_MARKET)


def _place(offer: Offer | None) -> str:
    return reverse("catalog:edit_offer", args=[offer.pk]) if offer else reverse("catalog:new_offer")


def _edit(request: HttpRequest, offer: Offer | None) -> HttpResponse:
    market = _market(offer)
    if request.method == "POST":
        form = OfferForm(market, request.POST, request.FILES)
        then = request.POST.get("then", "save")
        return _save(request, form, offer) if then in ("save", "publish") else _arrange(request, form, offer, then)
    row = queries.unsaved_offer(offer.pk if offer else None, request.actor)  # type: ignore[attr-defined]
    if row is None or row.closed_at is not None:
        form = OfferForm(market, initial=OfferForm.initial_of(values_of(offer)) if offer else _BLANK)
        return _editor(request, form, offer, row=row)
    form = OfferForm(market, _query(row.typed))
    _judge(form, offer, request, unfinished=True)
    return _editor(request, form, offer, row=row, is_changed=offer is not None and row.seen != version_of(offer))


def _query(typed: dict[str, list[str]]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, values in typed.items():
        data.setlist(name, values)
    return data


def _judge(form: OfferForm, offer: Offer | None, request: HttpRequest, *, unfinished: bool) -> None:
    """Mark what is wrong with what is typed; nothing is written."""
    company_id = request.actor.company_id  # type: ignore[attr-defined]
    known = set(form.errors)
    try:
        read_offer(form.values() | {"pictures": form.pictures(), "picture_alts": form.picture_alts()}, _market(offer), company_id)
    except OfferRefused as refusal:
        form.mark([each for each in refusal.wrong if each.field not in known], unfinished=unfinished)
    if unfinished:
        form.forgive_unfinished()


def _keep(request: HttpRequest, form: OfferForm, offer: Offer | None, typed: dict[str, list[str]] | None = None) -> UnsavedOffer:
    post = request.POST
    return actions.keep_unsaved(
        offer.pk if offer else None,
        form.typed() if typed is None else typed,
        by=request.actor,  # type: ignore[attr-defined]
        seen=post.get("seen", "")[:32],
        window=post.get("window", ""),
        version=_whole(post.get("version", "")),
        force="force" in post,
    )


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


def _arrange(request: HttpRequest, form: OfferForm, offer: Offer | None, then: str) -> HttpResponse:
    """A button without JavaScript that saves nothing: more rows, or a picture moved or taken out. What was typed is kept."""
    verb, _colon, what = then.partition(":")
    typed = form.typed()
    order = typed.get("picture", [])
    if what in order and verb in ("earlier", "later", "drop"):
        place = order.index(what)
        order.pop(place)
        if verb != "drop":
            order.insert(max(0, place - 1) if verb == "earlier" else place + 1, what)
    try:
        for file in _taken(request, form):
            order.append(str(file))
        _keep(request, form, offer, typed | {"picture": order})
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        form.add_error("new_pictures" if refusal.field == "file" else None, str(refusal.message))
        return _editor(request, form, offer, status=refusal.status)
    more = f"?more={what}#id_{what}" if verb == "more" and isinstance(form.fields.get(what), GridField) else "#pictures"
    return redirect(_place(offer) + more)


def _taken(request: HttpRequest, form: OfferForm) -> list[UUID]:
    """The pictures that came with the form itself, kept."""
    actor = request.actor  # type: ignore[attr-defined]
    return [keep_picture(upload, actor.company_id, actor).pk for upload in request.FILES.getlist("new_pictures")]


def _save(request: HttpRequest, form: OfferForm, offer: Offer | None) -> HttpResponse:
    """Save, then publish when asked. What is wrong stands beside its field, and what was typed stays."""
    actor = request.actor  # type: ignore[attr-defined]
    if not form.is_valid():
        _judge(form, offer, request, unfinished=False)
        return _editor(request, form, offer, status=422)
    try:
        values = form.values() | _pictures(request, form, offer)
        if offer is None:
            saved = actions.draft_offer(values, by=actor)
        else:
            saved = actions.change_offer(offer.pk, values, by=actor, seen=request.POST.get("seen", ""))
        if request.POST.get("then") == "publish":
            try:
                actions.publish_offer(saved.pk, by=actor)
            except AlreadyDone:
                pass
        window, version = request.POST.get("window", ""), _whole(request.POST.get("version", ""))
        actions.close_unsaved(offer.pk if offer else None, by=actor, window=window, version=version)
    except OfferRefused as refusal:
        form.mark(refusal.wrong)
        return _editor(request, form, offer, status=422)
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        if offer and refusal.code == "catalog.changed_meanwhile":
            return _editor(request, form, _own(request, offer.pk), status=409, is_changed=True)
        form.add_error("new_pictures" if refusal.field == "file" else None, str(refusal.message))
        return _editor(request, form, offer, status=422)
    is_public = request.POST.get("then") == "publish" or (offer is not None and offer.state == "published")
    messages.success(
        request, _("Saved. Everybody sees it now.") if is_public else _("Saved as a draft. Nobody else sees it yet.")
    )
    return redirect("catalog:edit_offer", saved.pk)


def _pictures(request: HttpRequest, form: OfferForm, offer: Offer | None) -> dict[str, Any]:
    """The pictures in their order, with what is written about them, and new ones behind. Those are kept after everything else
    was found right, or they would be kept for nothing: the offer is read once before."""
    pictures, alts = form.pictures(), form.picture_alts()
    if form.cleaned_data["new_pictures"]:
        company_id = request.actor.company_id  # type: ignore[attr-defined]
        read_offer(form.values() | {"pictures": pictures, "picture_alts": alts}, _market(offer), company_id)
        said = request.POST.get("new_alt", "").strip()[:TITLE_CHARACTERS]
        for pk in _taken(request, form):
            pictures.append(pk)
            if said:
                alts[str(pk)] = {get_language() or "en": said}
    return {"pictures": pictures, "picture_alts": alts}


def _editor(
    request: HttpRequest,
    form: OfferForm,
    offer: Offer | None,
    *,
    status: int = 200,
    row: UnsavedOffer | None = None,
    is_changed: bool = False,
) -> HttpResponse:
    more = form.fields.get(request.GET.get("more", ""))
    if isinstance(more, GridField):
        more.rows = max(more.rows, len(form[request.GET["more"]].value() or [])) + _MORE_ROWS
    if status != 200:
        row = queries.unsaved_offer(offer.pk if offer else None, request.actor)  # type: ignore[attr-defined]
    return page(
        request,
        "catalog/editor.html",
        status=status,
        form=form,
        offer=offer,
        title=in_language(offer.titles, get_language() or "en")[0] if offer else "",
        pictures=_shown(form.pictures(), form.picture_alts()),
        moves=allowed_moves(offer, request.actor) if offer else [],  # type: ignore[attr-defined]
        row=row if status == 200 else None,
        version=row.version if row else 0,
        seen=version_of(offer) if offer else "",
        is_changed=is_changed,
        differences=_differences(form, offer) if is_changed and offer else [],
        keep_url=reverse("catalog:keep_offer", args=[offer.pk]) if offer else reverse("catalog:keep_new_offer"),
        discard_url=reverse("catalog:discard_offer", args=[offer.pk]) if offer else reverse("catalog:discard_new_offer"),
        strict=status == 422,
        zone="" if timezone.get_current_timezone_name() == "UTC" else timezone.get_current_timezone_name(),
    )


def _shown(ids: list[UUID], alts: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    """What the template needs of each picture, the reader's own language first."""
    urls, own = picture_urls(ids), get_language() or "en"
    languages = sorted(LANGUAGES, key=lambda code: code != own)
    return [
        {
            **urls[pk],
            "id": pk,
            "alts": [
                (f"alt_{code.replace('-', '_')}_{pk}", code, LANGUAGE_NAMES[code], alts.get(str(pk), {}).get(code, ""))
                for code in languages
            ],
        }
        for pk in ids
        if pk in urls
    ]


def _differences(form: OfferForm, offer: Offer) -> list[tuple[str, str]]:
    """(field, what is saved now) for each field where the saved offer says something else than what is typed."""
    market = _market(offer)
    saved = OfferForm(market, initial=OfferForm.initial_of(values_of(offer)))
    typed = form
    try:
        # As it would be saved: «0.50» and «0.5» are one price.
        columns = read_offer(form.values() | {"pictures": form.pictures()}, market, offer.company_id)
        typed = OfferForm(market, initial=OfferForm.initial_of(values_of(Offer(market=offer.market, **columns))))
    except OfferRefused:
        pass
    found = []
    for field in saved:
        mine, theirs = _text(typed[field.name].value()), _text(field.value())
        if field.name != "new_pictures" and mine != theirs:
            language = next((name for code, name in LANGUAGE_NAMES.items() if field.name.endswith(code.replace("-", "_"))), "")
            is_text = field.name.startswith(TRANSLATED)
            found.append((f"{field.label} ({language})" if is_text else str(field.label), theirs or "—"))
    if form.pictures() != saved.pictures():
        found.append((_("Pictures"), str(len(saved.pictures()))))
    return found


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(": ".join(str(cell) for cell in line if cell != "") for line in value)
    return "\n".join(str(value or "").strip().splitlines())
