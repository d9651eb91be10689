"""The board, the composer, a request, a buyer's list, a supplier's leads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everfair.base.actor import SYSTEM, Actor
from everfair.base.allow import allow
from everfair.base.api import seal_cursor
from everfair.base.clock import now
from everfair.base.money import UnitPrice
from everfair.base.pages import page, public_page
from everfair.base.public import public
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.roles import EVERYONE, MEMBER, OPERATOR
from everfair.base.states import allowed_moves
from everfair.base.writes import once
from everfair.catalog.queries import offers_visible_to
from everfair.companies.queries import companies_by_id, companies_visible_to
from everfair.companies.roles import BUYING, SELLING
from everfair.files.actions import keep_attachment
from everfair.files.queries import file_path, files_by_id
from everfair.markets.queries import market as market_row
from everfair.markets.table import DEFAULT_MARKET, MARKETS
from everfair.reference import queries as reference
from everfair.reference.values import name_in
from everfair.sourcing import actions, queries
from everfair.sourcing.forms import RfqForm
from everfair.sourcing.models import Rfq
from everfair.sourcing.pages.rows import (
    PER_PAGE,
    category_name,
    company_name,
    cursor_of,
    id_cursor,
    incoterm_advice,
    incoterm_name,
    is_verified,
    next_page,
    state_badge,
    wanted,
    warn_of_masked_card,
)
from everfair.sourcing.words import MATCHES, NAMED_PLACES, PARTIES, QUOTE_STATES, RFQ_STATES


@require_safe
@allow(EVERYONE)
@public("rfqs", "companies", params=("hall", "after"))
def board(request: HttpRequest, market: str) -> HttpResponse:
    row = market_row(market)
    hall = request.GET.get("hall", "")
    codes = {each.code for each in reference.halls()}
    hall = hall if hall in codes else ""
    found, after = next_page(queries.board(row.code, hall=hall, before=id_cursor(request), limit=PER_PAGE + 1))
    language = get_language() or "en"
    choices = [
        {"value": each.code, "text": name_in(each.names, language), "chosen": each.code == hall}
        for each in reference.halls()
        if not hall or each.code == hall
    ]
    return public_page(
        request,
        "sourcing/board.html",
        nav_current="rfqs",
        market=market,
        rows=[(rfq, category_name(rfq.category), wanted(rfq)) for rfq in found],
        facets=[{"name": "hall", "title": _("Hall"), "choices": choices}],
        moment=now(),
        after=after,
    )


@require_http_methods(["GET", "POST"])
@allow(BUYING)
@once
def new_rfq(request: HttpRequest) -> HttpResponse:
    market = MARKETS[DEFAULT_MARKET]
    if request.method != "POST":
        return _composer(request, RfqForm(market=market, initial=_prefilled(request)))
    form = RfqForm(request.POST, request.FILES, market=market)
    if not form.is_valid():
        return _composer(request, form, 422)
    actor = request.actor  # type: ignore[attr-defined]
    try:
        kept = tuple(keep_attachment(upload, actor.company_id, by=actor).pk for upload in form.cleaned_data["attachments"])
        rfq = actions.post_rfq(form.draft(_offer_ids(form, actor), kept), by=actor)
    except Refused as refusal:
        if refusal.status not in (409, 413, 422, 429):
            raise
        form.show_refusal(refusal.field or "", str(refusal.message))
        return _composer(request, form, 422)
    warn_of_masked_card(request, form.cleaned_data["title"], form.cleaned_data["details"])
    messages.success(request, _("Your request is open. Suppliers who sell such goods are told now."))
    return redirect("sourcing:rfq", rfq.pk)


def _composer(request: HttpRequest, form: RfqForm, status: int = 200) -> HttpResponse:
    language = get_language() or "en"
    terms = [
        (
            term.code,
            name_in(term.names, language),
            NAMED_PLACES[term.named_place],
            PARTIES[term.main_carriage_by],
            PARTIES[term.insurance_by],
            PARTIES[term.import_clearance_by],
            incoterm_advice(term.code),
        )
        for term in reference.INCOTERMS.values()
    ]
    shown = max(2, *(n for n, line in enumerate(form.lines, 1) if line.has_changed() or line.initial), 0)
    return page(request, "sourcing/new_rfq.html", status=status, form=form, terms=terms, shown=shown)


def _prefilled(request: HttpRequest) -> dict[str, Any]:
    """From a search (`?q=…`, `?category=…`) or an offer (`?offer=<number>`), with `?quantity=…`."""
    asked = request.GET
    initial: dict[str, Any] = {"closes_on": (now() + timedelta(days=14)).date()}
    line: dict[str, Any] = {}
    number = asked.get("offer", "")
    if number.isascii() and number.isdigit() and len(number) < 16:
        offer = offers_visible_to(request.actor).filter(number=int(number)).first()  # type: ignore[attr-defined]
        if offer is not None:
            language = get_language() or "en"
            title = offer.titles.get(language) or offer.titles.get("en") or next(iter(offer.titles.values()), "")
            initial |= {"title": title[:200], "category": offer.category, "currency": offer.currency}
            line = {
                "description": title[:300],
                "unit": offer.unit,
                "quantity": f"{offer.moq.normalize():f}",
                "offer": offer.number,
            }
    elif words := asked.get("q", "").strip():
        initial["title"] = words[:200]
        line = {"description": words[:300]}
    if "category" not in initial and asked.get("category", "") in reference.categories():
        initial["category"] = asked["category"]
    if quantity := asked.get("quantity", "").strip():
        line["quantity"] = quantity[:20]
    if line:
        initial["lines"] = [line]
    return initial


def _offer_ids(form: RfqForm, actor: Actor) -> dict[int, UUID]:
    numbers = [line.cleaned_data["offer"] for line in form.used_lines() if line.cleaned_data.get("offer")]
    return dict(offers_visible_to(actor).filter(number__in=numbers).values_list("number", "pk")) if numbers else {}


@require_safe
@allow(MEMBER | OPERATOR)
def rfq(request: HttpRequest, rfq_id: UUID) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.rfq_by_id(rfq_id, actor)
    is_buyer = actor.company_id == found.buyer_id
    quotes = queries.quotes_of(found, actor)
    companies = companies_by_id([found.buyer_id, *(view.quote.seller_id for view in quotes)])
    buyer = companies.get(found.buyer_id)
    files = files_by_id(found.file_ids, SYSTEM)
    return page(
        request,
        "sourcing/rfq.html",
        rfq=found,
        lines=queries.lines_of(found),
        target_price=lambda line: UnitPrice(line.target_price, found.currency),
        badge=state_badge(found),
        category=category_name(found.category),
        incoterm=incoterm_name(found.incoterm),
        advice=incoterm_advice(found.incoterm) if is_buyer else [],
        is_buyer=is_buyer,
        buyer=buyer,
        buyer_name=company_name(buyer),
        buyer_verified=is_verified(buyer),
        quotes=[
            (view, company_name(companies.get(view.quote.seller_id)), is_verified(companies.get(view.quote.seller_id)))
            for view in quotes
        ],
        quote_states=QUOTE_STATES,
        files=[(file.name, reverse("sourcing:rfq_file", args=[found.pk, file.pk]), file.blob.size) for file in files.values()],
        moves=_moves(found, actor),
        may_quote=not is_buyer and not quotes and found.state == "open" and found.closes_at > now() and SELLING.admits(actor),
        is_over=found.closes_at <= now(),
    )


def _moves(rfq: Rfq, actor: Actor) -> list[dict[str, Any]]:
    verbs = allowed_moves(rfq, actor)
    moves = []
    if "close" in verbs:
        moves.append(
            {"text": _("Close now"), "url": reverse("sourcing:close_rfq", args=[rfq.pk]), "icon": "lock", "kind": "plain"}
        )
    if "cancel" in verbs:
        moves.append(
            {"text": _("Cancel the request"), "url": reverse("sourcing:cancel_rfq", args=[rfq.pk]), "icon": "x", "kind": "danger"}
        )
    return moves


@require_safe
@allow(MEMBER | OPERATOR)
def rfq_file(request: HttpRequest, rfq_id: UUID, file_id: UUID) -> FileResponse:
    """An attachment of a request, for everybody who may see the request."""
    rfq = queries.rfq_by_id(rfq_id, request.actor)  # type: ignore[attr-defined]
    file = files_by_id([file_id], SYSTEM).get(file_id) if file_id in rfq.file_ids else None
    if file is None:
        raise NotVisible
    response = FileResponse(file_path(file).open("rb"), as_attachment=True, filename=file.name, content_type=file.blob.media_type)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    return response


@require_POST
@allow(BUYING)
@once
def close_rfq(request: HttpRequest, rfq_id: UUID) -> HttpResponse:
    actions.close_rfq(rfq_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("The request takes no more quotes."))
    return redirect("sourcing:rfq", rfq_id)


@require_POST
@allow(BUYING | OPERATOR)
@once
def cancel_rfq(request: HttpRequest, rfq_id: UUID) -> HttpResponse:
    try:
        actions.cancel_rfq(rfq_id, by=request.actor)  # type: ignore[attr-defined]
    except AlreadyDone:
        pass
    messages.success(request, _("The request is cancelled."))
    return redirect("sourcing:rfq", rfq_id)


@require_safe
@allow(MEMBER)
def my_rfqs(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    state = request.GET.get("state", "")
    state = state if state in RFQ_STATES else ""
    found, after = next_page(queries.own_rfqs(actor, state=state, before=id_cursor(request), limit=PER_PAGE + 1))
    here = reverse("sourcing:my_rfqs")
    tabs = [{"text": _("All"), "href": here, "current": not state}]
    tabs += [
        {"text": RFQ_STATES[each][1], "href": f"{here}?state={each}", "current": state == each}
        for each in ("open", "closed", "awarded", "cancelled")
    ]
    rows = [(rfq, state_badge(rfq), wanted(rfq)) for rfq in found]
    return page(request, "sourcing/my_rfqs.html", rows=rows, tabs=tabs, moment=now(), after=after, may_ask=BUYING.admits(actor))


@require_safe
@allow(MEMBER)
def leads(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    matching = request.GET.get("all") != "1"
    place = cursor_of(request, int, UUID)
    before = (place[0], place[1]) if place else None
    found = queries.leads(actor, matching=matching, before=before, limit=PER_PAGE + 1)
    shown: list[Any] = found[:PER_PAGE]
    here = reverse("sourcing:leads")
    return page(
        request,
        "sourcing/leads.html",
        rows=[
            (rfq, category_name(rfq.category), wanted(rfq), MATCHES.get(rfq.match), QUOTE_STATES.get(rfq.own_quote_state))
            for rfq in shown
        ],
        tabs=[
            {"text": _("What you sell"), "href": here, "current": matching},
            {"text": _("All open requests"), "href": f"{here}?all=1", "current": not matching},
        ],
        sells=companies_visible_to(SYSTEM).filter(pk=actor.company_id, is_seller=True).exists(),
        moment=now(),
        after=seal_cursor([shown[-1].match, str(shown[-1].pk)]) if len(found) > PER_PAGE else None,
    )
