"""More time: asking for it, and answering."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from everfair.base.actor import Actor
from everfair.base.allow import allow
from everfair.base.clock import now
from everfair.base.pages import page
from everfair.base.writes import once
from everfair.companies.roles import TRADING
from everfair.trade import actions, queries
from everfair.trade.forms import ExtensionForm
from everfair.trade.models import EXTENSION_KINDS, Extension
from everfair.trade.pages.moves import done_or_errors
from everfair.trade.queries.calendars import due_at
from everfair.trade.queries.extensions import extensions_of, most_days, side_of


@require_http_methods(["GET", "POST"])
@allow(TRADING)
@once
def ask_extension(request: HttpRequest, order_id: UUID, kind: str) -> HttpResponse:
    """How many days are left stands beside the field; the other side's silence refuses."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if kind not in EXTENSION_KINDS:
        raise Http404
    found = queries.order(order_id, actor)
    most = most_days(found, extensions_of(found), kind, side_of(found, actor))
    form = ExtensionForm(request.POST or None, most=most)

    def work() -> HttpResponse:
        asked = form.cleaned_data
        actions.ask_extension(order_id, kind, int(asked["days"]), asked["reason"], by=actor)
        messages.success(request, _("The other side is asked. The clock runs on until they grant it."))
        return redirect("trade:order", order_id)

    def show(status: int) -> HttpResponse:
        until = due_at(found, "trade.extension_answer_days", now())
        return page(request, "trade/extend.html", status=status, order=found, kind=kind, form=form, most=most, until=until)

    if request.method == "POST":
        return done_or_errors(form, work, show)
    if most <= 0:
        messages.info(request, _("No more time can be asked for."))
        return redirect("trade:order", order_id)
    return show(200)


_ANSWERS: dict[str, Callable[..., Extension]] = {
    "grant": actions.grant_extension,
    "refuse": actions.refuse_extension,
    "take_back": actions.take_back_extension,
}


@require_POST
@allow(TRADING)
@once
def answer_extension(request: HttpRequest, order_id: UUID, extension_id: UUID, verb: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    _ANSWERS[verb](queries.extension_in(order_id, extension_id, actor).pk, by=actor)
    said = {
        "grant": _("The time is extended."),
        "refuse": _("The former time holds; the other side is told."),
        "take_back": _("The request is taken back."),
    }
    messages.success(request, said[verb])
    return redirect("trade:order", order_id)
