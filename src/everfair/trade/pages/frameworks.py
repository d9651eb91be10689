"""Framework contracts: made from price tiers or a quote, called off in parts, ended together."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from everfair.base.allow import allow
from everfair.base.refused import NotVisible, Refused
from everfair.base.writes import once
from everfair.companies.roles import BUYING, TRADING
from everfair.markets.queries import market as market_row
from everfair.trade import actions, queries
from everfair.trade.kind_forms import CallForm, FrameForm, FrameworkForm
from everfair.trade.models import Order
from everfair.trade.pages.composing import composer_rows
from everfair.trade.pages.signing import once_signed, read_and_sign
from everfair.trade.values import Terms


def _frame(typed: dict[str, Any]) -> actions.Frame:
    return actions.Frame(typed["valid_until"], typed["least"] or Decimal(0), typed["seller_confirms"])


@require_http_methods(["GET", "POST"])
@allow(BUYING)
@once_signed
def frame(request: HttpRequest, market: str) -> HttpResponse:
    """From the composer's lines: the quantities become the most that can be called off."""
    market_row(market)
    actor = request.actor  # type: ignore[attr-defined]
    typed = request.POST if request.method == "POST" else request.GET
    begins = request.method == "GET" or request.POST.get("step") == "begin"
    rows = composer_rows(market, typed.getlist("offer"), typed.getlist("quantity"), bound=not begins)
    if not rows:
        raise Refused("trade.no_lines", _("An order has between 1 and 100 lines."), status=422)
    form = FrameworkForm(initial=request.POST.dict() | {"seller_confirms": True}) if begins else FrameworkForm(request.POST)

    def draft(chosen: dict[str, Any]) -> Terms:
        if not all(row.form.is_valid() for row in rows):
            raise Refused("trade.quantity", _("Please give a quantity above zero."), status=422)
        lines = [(row.offer.pk, row.form.cleaned_data["quantity"]) for row in rows]
        delivery = {name: chosen[name] for name in ("incoterm", "named_place", "payment_plan", "remarks")}
        return actions.draft_framework(lines, _frame(chosen), by=actor, **delivery)

    def sign(terms: Terms, _chosen: dict[str, Any], seen: str) -> Order:
        return actions.place_framework(terms, by=actor, seen_hash=seen)

    if begins:
        request.method = "GET"
    return read_and_sign(
        request,
        form,
        draft,
        sign,
        title=_("Framework contract"),
        lede=_("Agree once on quantities and prices, and call off what you need, when you need it."),
        submit=_("Sign and send to the seller"),
        done=_("You have signed. The seller is asked to sign too."),
        rows=rows,
    )


@require_http_methods(["GET", "POST"])
@allow(BUYING)
@once_signed
def award_frame(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """The framework contract that awarding this quote makes."""
    actor = request.actor  # type: ignore[attr-defined]
    if request.method == "GET":
        actions.draft_award(quote_id, by=actor)  # NotVisible for all but the quote's buyer
    form = FrameForm(request.POST or None)

    def draft(chosen: dict[str, Any]) -> Terms:
        return actions.draft_framework_award(quote_id, _frame(chosen), by=actor, remarks=chosen["remarks"])

    def sign(_terms: Terms, chosen: dict[str, Any], seen: str) -> Order:
        return actions.award_framework(quote_id, _frame(chosen), by=actor, remarks=chosen["remarks"], seen_hash=seen)

    return read_and_sign(
        request,
        form,
        draft,
        sign,
        title=_("Award this quote as a framework contract?"),
        lede=_("Its quantities become the most that you can call off, its prices hold. The other quotes are declined."),
        submit=_("Award, sign and send to the seller"),
        done=_("You have awarded the quote and signed. The seller is asked to sign too."),
    )


@require_http_methods(["GET", "POST"])
@allow(BUYING)
@once_signed
def call(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """How much of which line, then the order that this makes."""
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.order(order_id, actor)
    if found.kind != "framework":
        raise NotVisible
    if "call" not in queries.moves_of(found, [], actor):
        messages.info(request, _("This is not possible in the present state."))
        return redirect("trade:order", order_id)
    lines = queries.running_lines(found, queries.order_parts(found).lines)
    form = CallForm(request.POST or None, lines=lines)

    def draft(typed: dict[str, Any]) -> Terms:
        return actions.draft_call_off(
            order_id, form.quantities(typed), by=actor, ship_by=typed["ship_by"], remarks=typed["remarks"]
        )

    def sign(_terms: Terms, typed: dict[str, Any], seen: str) -> Order:
        return actions.call_off_goods(
            order_id, form.quantities(typed), by=actor, ship_by=typed["ship_by"], remarks=typed["remarks"], seen_hash=seen
        )

    return read_and_sign(
        request,
        form,
        draft,
        sign,
        title=_("Call goods off"),
        lede=_("From the framework contract %(number)s, at its prices.") % {"number": found.reference},
        submit=_("Sign the call-off"),
        done=_("The goods are called off."),
        calls=form.rows(),
        framework=found,
    )


@require_POST
@allow(TRADING)
@once
def end_frame(request: HttpRequest, order_id: UUID) -> HttpResponse:
    ended = actions.end_framework(order_id, by=request.actor)  # type: ignore[attr-defined]
    over = ended.agreement == "completed"
    messages.success(
        request, _("The framework contract has ended.") if over else _("The other side is asked whether it agrees to the end.")
    )
    return redirect("trade:order", order_id)


@require_POST
@allow(TRADING)
@once
def keep_frame(request: HttpRequest, order_id: UUID) -> HttpResponse:
    actions.keep_framework(order_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("The framework contract goes on."))
    return redirect("trade:order", order_id)
