"""Events of payment providers and of carriers that fit nothing: what came, word for word, and what was done about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
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
from everfair.office.values import CARRIER_EVENT_SETTLED, LOOKED_AT_CARRIER_EVENT, LOOKED_AT_EVENT, SETTLED

PER_PAGE = 50
_SHOWN_BYTES = 20_000


@dataclass(frozen=True, slots=True)
class _Source:
    """Whose events: `name` is that of one event's page and template, its plural that of the list."""

    name: str
    rows: Callable[..., list[Any]]
    row: Callable[[UUID], Any]
    settle: Callable[..., None]
    looked_at: str
    settled: str
    also: Callable[[Any], dict[str, Any]] = lambda found: {}


_PROVIDERS = _Source("event", queries.misfits_page, queries.misfit, actions.settle_event, LOOKED_AT_EVENT, SETTLED)
_CARRIERS = _Source(
    "carrier_event", queries.carrier_misfits_page, queries.carrier_misfit, actions.settle_carrier_event,
    LOOKED_AT_CARRIER_EVENT, CARRIER_EVENT_SETTLED, lambda found: {"is_known": queries.is_consignment(found.consignment_id)},
)  # fmt: skip


@require_safe
@allow(OPERATOR)
def events(request: HttpRequest) -> HttpResponse:
    return _list(request, _PROVIDERS)


@require_safe
@allow(OPERATOR)
def carrier_events(request: HttpRequest) -> HttpResponse:
    return _list(request, _CARRIERS)


@require_http_methods(["GET", "POST"])
@allow(OPERATOR)
@once
def event(request: HttpRequest, event_id: UUID) -> HttpResponse:
    return _one(request, _PROVIDERS, event_id)


@require_http_methods(["GET", "POST"])
@allow(OPERATOR)
@once
def carrier_event(request: HttpRequest, event_id: UUID) -> HttpResponse:
    return _one(request, _CARRIERS, event_id)


def _list(request: HttpRequest, source: _Source) -> HttpResponse:
    settled = request.GET.get("settled") == "1"
    before = uuid_or_none(request.GET.get("after", ""))
    found = source.rows(settled=settled, before=before, limit=PER_PAGE + 1)
    shown, following = next_address(request, found, PER_PAGE, lambda row: row.pk)
    return page(request, f"office/{source.name}s.html", events=shown, settled=settled, following=following)


def _one(request: HttpRequest, source: _Source, event_id: UUID) -> HttpResponse:
    """The body is shown as text and nothing else: what a stranger wrote must not act on our page."""
    actor = request.actor  # type: ignore[attr-defined]
    found = source.row(event_id)
    form = forms.ReasonForm(request.POST or None)

    def work() -> HttpResponse:
        source.settle(event_id, form.cleaned_data["reason"], by=actor)
        messages.success(request, _("It is settled; your reason stands in the audit trail."))
        return redirect(f"office:{source.name}s")

    def show() -> HttpResponse:
        body = bytes(found.body[:_SHOWN_BYTES]).decode("utf-8", "backslashreplace")
        settled = [note for note in audit_notes(found.pk) if note.act == source.settled]
        return page(
            request, f"office/{source.name}.html", status=422 if form.errors else 200, event=found, body=body, form=form,
            settled=settled, **source.also(found),
        )  # fmt: skip

    if request.method == "POST":
        return acted(form, work, show)
    note_act(source.looked_at, found.pk, "", actor)
    return show()
