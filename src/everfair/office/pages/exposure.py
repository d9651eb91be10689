"""Currency exposure: what our own position in each currency is worth by the newest rates, and the door for the next rates."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.writes import once
from everfair.office import actions, forms
from everfair.office.pages.answering import acted
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
