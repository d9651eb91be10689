"""Showing work for a stage, and the buyer's word on it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.writes import once
from everfair.companies.roles import BUYING, SELLING
from everfair.files.actions import keep_attachment
from everfair.trade import actions
from everfair.trade.forms import ReasonForm, ShowForm
from everfair.trade.pages.fees import fee_face
from everfair.trade.pages.moves import done_or_errors, found_order, page_if_possible
from everfair.trade.pages.reading import company_name, shown_work
from everfair.trade.queries.fees import fees_on
from everfair.trade.queries.moves import presented_stage, waited_for
from everfair.trade.queries.words import STAGE_NAMES


@require_http_methods(["GET", "POST"])
@allow(SELLING)
@once
def show(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Pictures of production, or a copy of the shipping document."""
    actor = request.actor  # type: ignore[attr-defined]
    found, parts = found_order(request, order_id)
    form = ShowForm(request.POST or None, request.FILES or None, kinds=waited_for(found, parts.stages))

    def work() -> HttpResponse:
        kept = [keep_attachment(upload, actor.company_id, by=actor).pk for upload in form.cleaned_data["attachments"]]
        actions.show_work(order_id, form.cleaned_data["kind"], kept, form.cleaned_data["note"], by=actor)
        messages.success(request, _("The buyer can see it now."))
        return redirect("trade:order", order_id)

    def shown(status: int) -> HttpResponse:
        return page(request, "trade/show.html", status=status, order=found, form=form, buyer=company_name(found.buyer))

    if request.method == "POST":
        return done_or_errors(form, work, shown, {"file": "attachments", "files": "attachments"})
    return page_if_possible(request, found, parts.stages, "show", shown)


@require_http_methods(["GET", "POST"])
@allow(BUYING)
@once
def confirm(request: HttpRequest, order_id: UUID, n: int) -> HttpResponse:
    """Two steps: what was shown and what will move stand before the buyer, because it does not come back."""
    found, parts = found_order(request, order_id)
    if request.method == "POST" and request.POST.get("confirmed") == "1":
        actions.confirm_work(order_id, n, by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("This stage is paid to the supplier."))
        return redirect("trade:order", order_id)

    def shown(status: int) -> HttpResponse:
        stage = presented_stage(parts.stages)
        assert stage is not None
        [fees] = fees_on(found, [(stage, stage.rest)])
        return page(
            request, "trade/confirm.html", status=status, order=found, stage=stage,
            **fee_face(found, stage.rest, fees), seller=company_name(found.seller), stage_name=STAGE_NAMES[stage.name],
            shown=shown_work(request, found, stage.ends_on),
        )  # fmt: skip

    return page_if_possible(request, found, parts.stages, "confirm", shown)


@require_http_methods(["GET", "POST"])
@allow(BUYING)
@once
def send_back(request: HttpRequest, order_id: UUID, n: int) -> HttpResponse:
    found, parts = found_order(request, order_id)
    form = ReasonForm(request.POST or None)

    def work() -> HttpResponse:
        actions.send_work_back(order_id, n, form.cleaned_data["reason"], by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("The supplier is asked to show more."))
        return redirect("trade:order", order_id)

    def shown(status: int) -> HttpResponse:
        return page(request, "trade/send_back.html", status=status, order=found, form=form)

    if request.method == "POST":
        return done_or_errors(form, work, shown)
    return page_if_possible(request, found, parts.stages, "send_back", shown)
