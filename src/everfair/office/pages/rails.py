"""Payment rails: what each carries, costs and answers, how near a counterparty is to its ceiling, and opening or closing one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.formats import plain_money
from everfair.base.money import Money
from everfair.base.pages import page
from everfair.base.roles import OPERATOR
from everfair.base.words import word
from everfair.base.writes import once
from everfair.office import actions
from everfair.office.pages.answering import acted, proof_address
from everfair.office.queries.rails import rail_row
from everfair.office.queries.trail import staff_names
from everfair.office.rail_forms import RailForm, ScopeForm
from everfair.payments.queries import alarms_of_shares, drills, rail_order, rail_orders, rails_face, weighings
from everfair.payments.values import Scope


@require_safe
@allow(OPERATOR)
def rails(request: HttpRequest) -> HttpResponse:
    """Of one currency: the one that carries most, unless another is asked for."""
    face = rails_face(request.GET.get("currency", ""))
    return page(request, "office/rails.html", face=face, alarms=alarms_of_shares(), drills=drills(), limits_of=limits_of)


def limits_of(scope: Scope) -> str:
    """What a rail may carry, in one line; «» when nothing limits it."""
    most = ", ".join(plain_money(Money(minor, currency)) for currency, minor in sorted(scope.most.items()))
    said = {
        ", ".join(word(code, "market") for code in sorted(scope.markets)): bool(scope.markets),
        ", ".join(sorted(scope.currencies)): bool(scope.currencies),
        _("at most %(most)s") % {"most": most}: bool(most),
        _("nothing under watch"): not scope.watched,
    }
    return " · ".join(text for text, is_so in said.items() if is_so)


@require_safe
@allow(OPERATOR)
def rail(request: HttpRequest, code: str) -> HttpResponse:
    return _show(request, code)


def _show(request: HttpRequest, code: str, *, order: Any = None, scope: Any = None) -> HttpResponse:
    """`order`, `scope`: the form that was typed wrongly."""
    row = rail_row(code)
    said = rail_orders(code)
    initial = {"state": "open" if row.standing.open else "closed", "ends_on": row.standing.ends_on}
    return page(
        request, "office/rail.html", status=422 if order or scope else 200, row=row, said=said,
        who=staff_names(each.by for each in said), form=order or RailForm(initial=initial), limits_of=limits_of,
        scope=scope or ScopeForm(scope=row.standing.scope), weighings=weighings(code), prove=proof_address(request),
    )  # fmt: skip


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def order_rail(request: HttpRequest, code: str) -> HttpResponse:
    form = RailForm(request.POST)

    def work() -> HttpResponse:
        typed = form.cleaned_data
        actions.order_rail(code, typed["state"] == "open", typed["ends_on"], typed["reason"], by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("From now on payments go by this."))
        return redirect("office:rail", code)

    return acted(form, work, lambda: _show(request, code, order=form))


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def limit_rail(request: HttpRequest, code: str) -> HttpResponse:
    form = ScopeForm(request.POST, scope=rail_order(code).scope)

    def work() -> HttpResponse:
        actions.limit_rail(code, form.scope(), form.cleaned_data["reason"], by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("From now on payments go by this."))
        return redirect("office:rail", code)

    return acted(form, work, lambda: _show(request, code, scope=form))
