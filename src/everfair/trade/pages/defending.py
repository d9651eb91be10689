"""The seller's page of a chargeback: what happened, until when, what helps, and what was handed in."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.writes import once
from everfair.files.actions import keep_attachment
from everfair.trade import actions, queries
from everfair.trade.defence_forms import DefenceForm
from everfair.trade.roles import DEFENDING

_FIELDS = {"file": "attachments", "files": "attachments"}


@require_http_methods(["GET", "POST"])
@allow(DEFENDING)
@once
def defend(request: HttpRequest, chargeback_id: UUID) -> HttpResponse:
    """Hand something in, or add to it, until the provider's day."""
    actor = request.actor  # type: ignore[attr-defined]
    case = queries.charged(chargeback_id, actor)
    if case.order.seller_id != actor.company_id:
        raise NotVisible
    form = DefenceForm(request.POST or None, request.FILES or None, papers=case.papers, first=not case.sent)

    def show(status: int) -> HttpResponse:
        sent = queries.shown_defences(case.sent, actor)
        return page(request, "trade/defend.html", status=status, case=case, found=case.chargeback, form=form, sent=sent)

    if request.method != "POST":
        return show(200)
    if not form.is_valid():
        return show(422)
    typed = form.cleaned_data
    try:
        with transaction.atomic():
            files = [keep_attachment(upload, actor.company_id, by=actor).pk for upload in typed["attachments"]]
            actions.defend_chargeback(chargeback_id, typed["statement"], typed.get("relies_on", []), files, by=actor)
    except Refused as refusal:
        field = _FIELDS.get(refusal.field or "", refusal.field)
        if isinstance(refusal, AlreadyDone) or field not in form.fields:
            raise
        form.add_error(field, str(refusal.message))
        return show(422)
    messages.success(request, _("It is handed in. The operator answers the bank with it; until the day you can add to it."))
    return redirect("trade:defend", chargeback_id)
