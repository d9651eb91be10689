"""A quote, its form, a supplier's list, the comparison."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everfair.base.actor import Actor
from everfair.base.allow import allow
from everfair.base.clock import now
from everfair.base.formats import day, money, quantity
from everfair.base.pages import page
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.roles import MEMBER, OPERATOR
from everfair.base.states import allowed_moves
from everfair.base.writes import once
from everfair.catalog.queries import own_offers
from everfair.companies.queries import companies_by_id
from everfair.companies.roles import BUYING, SELLING
from everfair.sourcing import actions, queries
from everfair.sourcing.forms import QuoteForm, quote_initial
from everfair.sourcing.models import Quote, Rfq
from everfair.sourcing.pages.rows import (
    PER_PAGE,
    company_name,
    id_cursor,
    incoterm_name,
    is_verified,
    next_page,
    warn_of_masked_card,
)
from everfair.sourcing.queries import Comparison, QuoteView
from everfair.sourcing.values import QuoteDraft
from everfair.sourcing.words import CHARGES, QUOTE_STATES


@require_safe
@allow(MEMBER | OPERATOR)
def quote(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    view = queries.quote_view(quote_id, actor)
    rfq = view.quote.rfq
    companies = companies_by_id([rfq.buyer_id, view.quote.seller_id])
    seller = companies[view.quote.seller_id]
    return page(
        request,
        "sourcing/quote.html",
        view=view,
        quote=view.quote,
        rfq=rfq,
        badge=QUOTE_STATES[view.quote.state],
        seller=seller,
        seller_name=company_name(seller),
        seller_verified=is_verified(seller),
        buyer_name=company_name(companies[rfq.buyer_id]),
        is_buyer=actor.company_id == rfq.buyer_id,
        incoterm=incoterm_name(view.quote.incoterm),
        charges=[(CHARGES[kind], label, amount) for kind, label, amount in view.charges],
        revisions=[(row, QUOTE_STATES[row.state]) for row in queries.revisions_of(view.quote, actor)],
        moves=_moves(view, actor),
    )


def _moves(view: QuoteView, actor: Actor) -> list[dict[str, Any]]:
    verbs = allowed_moves(view.quote, actor)
    moves: list[dict[str, Any]] = []
    if "revise" in verbs and view.quote.rfq.state == "open" and view.quote.rfq.closes_at > now():
        moves.append({"text": _("Revise"), "confirm": reverse("sourcing:revise_quote", args=[view.quote.pk]), "icon": "pencil"})
    if "withdraw" in verbs:
        url = reverse("sourcing:withdraw_quote", args=[view.quote.pk])
        moves.append({"text": _("Withdraw"), "url": url, "icon": "undo-2", "kind": "danger"})
    if "decline" in verbs:
        moves.append(
            {"text": _("Decline"), "url": reverse("sourcing:decline_quote", args=[view.quote.pk]), "icon": "x", "kind": "plain"}
        )
    return moves


@require_http_methods(["GET", "POST"])
@allow(SELLING)
@once
def send_quote(request: HttpRequest, rfq_id: UUID) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    rfq = queries.rfq_by_id(rfq_id, actor)
    if rfq.buyer_id == actor.company_id:
        raise Refused("sourcing.own_rfq", _("This is your own request."), status=403)
    return _quote_form(
        request, rfq, None, lambda draft: actions.send_quote(rfq_id, draft, by=actor), _("Your quote is with the buyer.")
    )


@require_http_methods(["GET", "POST"])
@allow(SELLING)
@once
def revise_quote(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    view = queries.quote_view(quote_id, actor)
    if view.quote.seller_id != actor.company_id:
        raise NotVisible
    return _quote_form(
        request,
        view.quote.rfq,
        view,
        lambda draft: actions.revise_quote(quote_id, draft, by=actor),
        _("Your quote is changed; the buyer sees the new one."),
    )


def _quote_form(
    request: HttpRequest, rfq: Rfq, view: QuoteView | None, work: Callable[[QuoteDraft], Quote], said: str
) -> HttpResponse:
    lines = queries.lines_of(rfq)

    def show(form: QuoteForm, status: int = 200) -> HttpResponse:
        wanted = [quantity(line.quantity.normalize(), line.unit) for line in lines]
        rows = list(zip(form.lines, lines, wanted, strict=True))
        return page(
            request, "sourcing/quote_form.html", status=status, form=form, rfq=rfq, rows=rows, former=view.quote if view else None
        )

    if request.method != "POST":
        initial = quote_initial(view.quote if view else None, list(view.lines) if view else [], rfq)
        return show(QuoteForm(rfq=rfq, lines=lines, initial=initial))
    form = QuoteForm(request.POST, rfq=rfq, lines=lines)
    offers = _offers_named(form, request.actor) if form.is_valid() else {}  # type: ignore[attr-defined]
    if form.errors:
        return show(form, 422)
    draft = form.draft(offers)
    try:
        made = work(draft)
    except AlreadyDone:
        raise
    except Refused as refusal:
        if refusal.status not in (409, 422, 429):
            raise
        form.show_refusal(refusal.field or "", str(refusal.message), draft)
        return show(form, 422)
    warn_of_masked_card(request, form.cleaned_data["remarks"])
    messages.success(request, said)
    return redirect("sourcing:quote", made.pk)


def _offers_named(form: QuoteForm, actor: Actor) -> dict[str, UUID]:
    """SKU → id of the offers that the lines name; an unknown one becomes an error beside its field."""
    skus = {line.cleaned_data["sku"] for line in form.lines if line.cleaned_data["sku"]}
    found = dict(own_offers(actor).filter(sku__in=skus).values_list("sku", "pk")) if skus else {}
    for line in form.lines:
        sku = line.cleaned_data["sku"]
        if sku and sku not in found:
            line.add_error("sku", _("There is no such offer of your company."))
            form.add_error(None, _("Please look at the prices below."))
    return found


@require_POST
@allow(SELLING)
@once
def withdraw_quote(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    actions.withdraw_quote(quote_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("Your quote is withdrawn."))
    return redirect("sourcing:quote", quote_id)


@require_POST
@allow(BUYING)
@once
def decline_quote(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    declined = actions.decline_quote(quote_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("The quote is declined; its supplier is told."))
    return redirect("sourcing:rfq", declined.rfq_id)


@require_safe
@allow(MEMBER)
def my_quotes(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    state = request.GET.get("state", "")
    state = state if state in QUOTE_STATES else ""
    found, after = next_page(queries.own_quotes(actor, state=state, before=id_cursor(request), limit=PER_PAGE + 1))
    buyers = companies_by_id(row.rfq.buyer_id for row in found)
    here = reverse("sourcing:my_quotes")
    tabs = [{"text": _("All"), "href": here, "current": not state}]
    tabs += [
        {"text": QUOTE_STATES[each][1], "href": f"{here}?state={each}", "current": state == each}
        for each in ("sent", "accepted", "declined", "withdrawn")
    ]
    rows = [(row, QUOTE_STATES[row.state], company_name(buyers.get(row.rfq.buyer_id))) for row in found]
    return page(request, "sourcing/my_quotes.html", rows=rows, tabs=tabs, moment=now(), after=after)


@require_safe
@allow(MEMBER | OPERATOR)
def compare(request: HttpRequest, rfq_id: UUID) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    table = queries.comparison(queries.rfq_by_id(rfq_id, actor), actor)
    return page(
        request,
        "sourcing/compare.html",
        rfq=table.rfq,
        table=table,
        heads=grid_heads(table),
        rows=grid_rows(table),
        terms_differ=len({(view.quote.incoterm, view.quote.named_place) for view in table.quotes}) > 1,
        may_choose=table.rfq.state in ("open", "closed") and table.rfq.buyer_id == actor.company_id,
    )


def grid_heads(table: Comparison) -> list[dict[str, Any]]:
    return [
        {
            "title": company_name(table.sellers.get(view.quote.seller_id)),
            "href": reverse("sourcing:quote", args=[view.quote.pk]),
            "view": view,
            "verified": is_verified(table.sellers.get(view.quote.seller_id)),
            "note": _("Quote %(number)s, revision %(revision)s") % {"number": view.quote.number, "revision": view.quote.revision},
        }
        for view in table.quotes
    ]


def grid_rows(table: Comparison) -> list[dict[str, Any]]:
    """Row by row what the grid shows; `best` marks the cells that win."""
    rows: list[dict[str, Any]] = []

    def add(label: Any, key: str, cell: Callable[[QuoteView], tuple[Any, Any]], *, total: bool = False) -> None:
        winners = table.best.get(key, frozenset())
        cells = []
        for view in table.quotes:
            value, note = cell(view)
            cells.append({"value": value, "note": note, "best": view.quote.pk in winners})
        rows.append({"label": label, "cells": cells, "total": total})

    for place, line in enumerate(table.lines):
        label = f"{line.n}. {line.description}, {quantity(line.quantity.normalize(), line.unit)}"
        add(
            label,
            f"line:{line.n}",
            lambda view, at=place: (money(view.unit_price(view.lines[at])), money(view.amount(view.lines[at]))),
        )
    add(_("Goods"), "goods", lambda view: (money(view.goods), ""))
    for kind in table.charge_kinds:
        add(CHARGES[kind], kind, lambda view, kind=kind: (_charge(view, kind), ""))
    add(_("Total"), "total", lambda view: (money(view.total), ""), total=True)
    add(_("Lead time"), "lead_time", lambda view: (_days(view.quote.lead_time_days), ""))
    add(_("Incoterm"), "incoterm", lambda view: (view.quote.incoterm, view.quote.named_place))
    add(_("Deposit"), "deposit", lambda view: (f"{(view.quote.deposit_rate * 100).normalize():f} %", ""))
    add(_("Valid until"), "valid", lambda view: (day(view.quote.valid_until), _("Expired") if view.expired else ""))
    add(_("Remarks"), "remarks", lambda view: (view.quote.remarks[:140] or "—", ""))
    return rows


def _days(n: int) -> str:
    return ngettext("%(num)s day", "%(num)s days", n) % {"num": n}


def _charge(view: QuoteView, kind: str) -> Any:
    return next((money(amount) for charged, _label, amount in view.charges if charged == kind), "—")
