"""Payment rails: what each carries, costs and answers, how near a counterparty is to its ceiling, and opening or closing one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.roles import OPERATOR
from everfair.base.writes import once
from everfair.office import actions, forms
from everfair.office.pages.answering import acted, proof_address
from everfair.office.queries.rails import rail_row
from everfair.office.queries.trail import staff_names
from everfair.payments.queries import alarms_of_shares, drills, rail_orders, rails_face


@require_safe
@allow(OPERATOR)
def rails(request: HttpRequest) -> HttpResponse:
    """Of one currency: the one that carries most, unless another is asked for."""
    face = rails_face(request.GET.get("currency", ""))
    return page(request, "office/rails.html", face=face, alarms=alarms_of_shares(), drills=drills())


@require_safe
@allow(OPERATOR)
def rail(request: HttpRequest, code: str) -> HttpResponse:
    return _show(request, code, None)


def _show(request: HttpRequest, code: str, typed: Any) -> HttpResponse:
    row = rail_row(code)
    said = rail_orders(code)
    initial = {"state": "open" if row.standing.open else "closed", "ends_on": row.standing.ends_on}
    return page(
        request, "office/rail.html", status=422 if typed is not None else 200, row=row, said=said,
        who=staff_names(order.by for order in said), form=typed or forms.RailForm(initial=initial), prove=proof_address(request),
    )  # fmt: skip


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def order_rail(request: HttpRequest, code: str) -> HttpResponse:
    form = forms.RailForm(request.POST)

    def work() -> HttpResponse:
        typed = form.cleaned_data
        actions.order_rail(code, typed["state"] == "open", typed["ends_on"], typed["reason"], by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("From now on payments go by this."))
        return redirect("office:rail", code)

    return acted(form, work, lambda: _show(request, code, form))
