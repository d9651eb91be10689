"""New terms for a signed contract: proposed, read beside the old ones, signed or refused."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.writes import once
from everfair.companies.roles import TRADING
from everfair.trade import actions, queries
from everfair.trade.forms import AmendForm, ReasonForm
from everfair.trade.pages.moves import done_or_errors, found_order, page_if_possible


@require_http_methods(["GET", "POST"])
@allow(TRADING)
@once
def amend(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The form stands on the terms that hold; sending it signs the new ones."""
    found, parts = found_order(request, order_id)
    form = AmendForm(request.POST or None, terms=found.terms)

    def work() -> HttpResponse:
        change = actions.Change(**form.change())
        actions.propose_amendment(order_id, change, form.cleaned_data["note"], by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("You have signed the new terms. They hold when the other side signs them too."))
        return redirect("trade:order", order_id)

    def show(status: int) -> HttpResponse:
        return page(request, "trade/amend.html", status=status, order=found, form=form)

    if request.method == "POST":
        return done_or_errors(form, work, show, {"lines": f"quantity_{found.terms['lines'][0]['n']}"})
    return page_if_possible(request, found, parts.stages, "amend", show)


@require_POST
@allow(TRADING)
@once
def sign_amendment(request: HttpRequest, amendment_id: UUID) -> HttpResponse:
    order = actions.sign_amendment(amendment_id, request.POST.get("terms_hash", ""), by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("You have signed. The new terms hold."))
    return redirect("trade:order", order.pk)


@require_http_methods(["GET", "POST"])
@allow(TRADING)
@once
def refuse_amendment(request: HttpRequest, amendment_id: UUID) -> HttpResponse:
    actor: Any = request.actor  # type: ignore[attr-defined]
    form = ReasonForm(request.POST or None)

    def work() -> HttpResponse:
        order = actions.refuse_amendment(amendment_id, form.cleaned_data["reason"], by=actor)
        messages.success(request, _("The former terms go on holding."))
        return redirect("trade:order", order.pk)

    def show(status: int) -> HttpResponse:
        return page(
            request,
            "trade/refuse_amendment.html",
            status=status,
            order=queries.order_of_amendment(amendment_id, actor),
            form=form,
        )

    return done_or_errors(form, work, show) if request.method == "POST" else show(200)


@require_POST
@allow(TRADING)
@once
def take_back_amendment(request: HttpRequest, amendment_id: UUID) -> HttpResponse:
    order = actions.take_back_amendment(amendment_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("Your proposal is taken back. The former terms go on holding."))
    return redirect("trade:order", order.pk)
