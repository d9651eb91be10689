"""What each provider has settled, what it costs, and the breaks between its statement and our books."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.roles import OPERATOR
from everfair.base.writes import once
from everfair.ledger.roles import BOOKKEEPER
from everfair.office import actions, forms
from everfair.office.pages.answering import acted, next_address, proof_address, uuid_or_none
from everfair.office.queries.trail import staff_names
from everfair.payments.queries import rail_accounts, rail_break, rail_breaks, settled_lines, settling_rails

PER_PAGE = 50


@require_safe
@allow(OPERATOR)
def settling(request: HttpRequest) -> HttpResponse:
    """Every provider's accounts, and its breaks: those to be explained, or all (`?which=all`)."""
    which = "all" if request.GET.get("which") == "all" else "open"
    found = rail_breaks(
        state="open" if which == "open" else "", before=uuid_or_none(request.GET.get("after", "")), limit=PER_PAGE + 1
    )
    shown, following = next_address(request, found, PER_PAGE, lambda row: row.pk)
    return page(request, "office/settling.html", accounts=rail_accounts(), breaks=shown, following=following, which=which)


@require_safe
@allow(OPERATOR)
def settled(request: HttpRequest) -> HttpResponse:
    """The lines of one provider's statement (`?rail=`), newest first."""
    rails = [rail.code for rail in settling_rails()]
    rail = request.GET.get("rail", "") if request.GET.get("rail", "") in rails else rails[0]
    found = settled_lines(rail, before=uuid_or_none(request.GET.get("after", "")), limit=PER_PAGE + 1)
    shown, following = next_address(request, found, PER_PAGE, lambda row: row.pk)
    return page(request, "office/settled.html", rails=rails, rail=rail, lines=shown, following=following)


@require_safe
@allow(OPERATOR)
def one_break(request: HttpRequest, break_id: UUID) -> HttpResponse:
    return _show(request, break_id, None)


def _show(request: HttpRequest, break_id: UUID, form: Any) -> HttpResponse:
    found = rail_break(break_id)
    return page(
        request, "office/break.html", status=422 if form is not None else 200, found=found, form=form or forms.BreakForm(),
        who=staff_names([found.ended_by]), prove=proof_address(request), keeps=BOOKKEEPER.admits(request.actor),  # type: ignore[attr-defined]
    )  # fmt: skip


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def end_break(request: HttpRequest, break_id: UUID) -> HttpResponse:
    """Book it or dismiss it, with a reason."""
    rail_break(break_id)  # NotVisible
    form = forms.BreakForm(request.POST)

    def work() -> HttpResponse:
        typed = form.cleaned_data
        actions.end_break(break_id, typed["how"], typed["reason"], by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("Booked.") if typed["how"] == "book" else _("Dismissed; nothing was booked."))
        return redirect("office:break", break_id)

    return acted(form, work, lambda: _show(request, break_id, form))
