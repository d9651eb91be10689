"""Currency exposure: what our own position in each currency is worth by the newest rates, what covers it, and the door for rates."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.clock import now
from everfair.base.ids import new_id
from everfair.base.pages import page
from everfair.base.refused import NotVisible
from everfair.base.writes import once
from everfair.office import actions, forms
from everfair.office.pages.answering import acted, proof_address
from everfair.office.queries.trail import staff_names
from everfair.payments import queries
from everfair.payments.queries import currency_exposure, newest_alarms, rate_files
from everfair.payments.roles import cashier
from everfair.payments.values import FX_BASE, RATE_SOURCE_WORDS


@require_http_methods(["GET", "POST"])
@allow(cashier)
@once
def exposure(request: HttpRequest) -> HttpResponse:
    form = forms.RatesForm(request.POST or None, request.FILES or None) if request.method == "POST" else forms.RatesForm()

    def work() -> HttpResponse:
        file = form.cleaned_data["file"]
        done = actions.take_rates(file.name, file.read(), form.cleaned_data["allow_jumps"], by=request.actor)  # type: ignore[attr-defined]
        if done.new:
            messages.success(request, ngettext("%(n)d rate is new.", "%(n)d rates are new.", done.new) % {"n": done.new})
        else:
            messages.info(request, _("All of these rates stood already."))
        return redirect("office:exposure")

    def show() -> HttpResponse:
        return page(
            request, "office/exposure.html", status=422 if form.errors else 200, form=form, seen=currency_exposure(),
            alarms=newest_alarms(), files=rate_files(), base=FX_BASE, sources=RATE_SOURCE_WORDS,
        )  # fmt: skip

    return acted(form, work, show) if request.method == "POST" else show()


@require_safe
@allow(cashier)
def covers(request: HttpRequest) -> HttpResponse:
    """Exchanges at our bank: the form for a new one, those that wait for a second person, and those that are booked."""
    first = {"sold_currency": FX_BASE, "bought_currency": "USD", "traded_on": now().date()}
    return _show_covers(request, forms.CoverForm(initial=first))


def _show_covers(request: HttpRequest, form: forms.CoverForm) -> HttpResponse:
    found = queries.covers()
    return page(
        request, "office/covers.html", status=422 if form.errors else 200, form=form, found=found, seen=currency_exposure(),
        base=FX_BASE, prove=proof_address(request), who=staff_names(name for row in found for name in (row.by, row.second) if name),
        me=request.actor.label,  # type: ignore[attr-defined]
    )  # fmt: skip


@require_POST
@allow(cashier, proof="fresh")
@once
def note_cover(request: HttpRequest) -> HttpResponse:
    form = forms.CoverForm(request.POST)

    def work() -> HttpResponse:
        typed = form.cleaned_data
        actions.note_cover(
            new_id(),
            sold=typed["sold_money"],
            bought=typed["bought_money"],
            traded_on=typed["traded_on"],
            bank_ref=typed["bank_ref"],
            by=request.actor,  # type: ignore[attr-defined]
        )
        messages.info(request, _("Noted. A second person has to approve it."))
        return redirect("office:covers")

    return acted(form, work, lambda: _show_covers(request, form))


@require_POST
@allow(cashier, proof="fresh")
@once
def answer_cover(request: HttpRequest, cover_id: UUID, verb: str) -> HttpResponse:
    """book or withdraw."""
    if verb not in ("book", "withdraw"):
        raise NotVisible
    actions.answer_cover(cover_id, verb, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("Booked: the position is smaller.") if verb == "book" else _("Withdrawn: nothing was booked."))
    return redirect("office:covers")
