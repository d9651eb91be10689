"""Carriers' events that fit no consignment: what came, word for word, and what was done about it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.roles import OPERATOR
from everfair.base.writes import once
from everfair.companies.actions import note_act
from everfair.companies.queries import audit_notes
from everfair.office import actions, forms, queries
from everfair.office.pages.answering import acted, next_address, uuid_or_none
from everfair.office.values import CARRIER_EVENT_SETTLED, LOOKED_AT_CARRIER_EVENT

PER_PAGE = 50
_SHOWN_BYTES = 20_000


@require_safe
@allow(OPERATOR)
def carrier_events(request: HttpRequest) -> HttpResponse:
    settled = request.GET.get("settled") == "1"
    before = uuid_or_none(request.GET.get("after", ""))
    found = queries.carrier_misfits_page(settled=settled, before=before, limit=PER_PAGE + 1)
    shown, following = next_address(request, found, PER_PAGE, lambda row: row.pk)
    return page(request, "office/carrier_events.html", events=shown, settled=settled, following=following)


@require_http_methods(["GET", "POST"])
@allow(OPERATOR)
@once
def carrier_event(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """The body is shown as text and nothing else: what a stranger wrote must not act on our page."""
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.carrier_misfit(event_id)
    form = forms.ReasonForm(request.POST or None)

    def work() -> HttpResponse:
        actions.settle_carrier_event(event_id, form.cleaned_data["reason"], by=actor)
        messages.success(request, _("It is settled; your reason stands in the audit trail."))
        return redirect("office:carrier_events")

    def show() -> HttpResponse:
        body = bytes(found.body[:_SHOWN_BYTES]).decode("utf-8", "backslashreplace")
        settled = [note for note in audit_notes(found.pk) if note.act == CARRIER_EVENT_SETTLED]
        return page(
            request, "office/carrier_event.html", status=422 if form.errors else 200, event=found, body=body, form=form, settled=settled,
            is_known=queries.is_consignment(found.consignment_id),
        )  # fmt: skip

    if request.method == "POST":
        return acted(form, work, show)
    note_act(LOOKED_AT_CARRIER_EVENT, found.pk, "", actor)
    return show()
