"""Rules: every number with its unit and source, its versions, and a new one from a moment on."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.roles import OPERATOR
from everfair.base.writes import once
from everfair.markets.table import DEFAULT_MARKET, MARKETS
from everfair.office import actions, forms, queries
from everfair.office.pages.answering import acted


@require_safe
@allow(OPERATOR)
def rules(request: HttpRequest) -> HttpResponse:
    market = request.GET.get("of", DEFAULT_MARKET)
    return page(request, "office/rules.html", rows=queries.rules_now(market), of=market, markets=list(MARKETS))


@require_http_methods(["GET", "POST"])
@allow(OPERATOR)
@once
def rule(request: HttpRequest, of: str, name: str) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    row, versions = queries.rule_history(name, of)
    form = forms.RuleForm(row.rule, request.POST or None)

    def work() -> HttpResponse:
        actions.change_rule(name, of, **form.cleaned_data, by=actor)
        messages.success(request, _("The number is set."))
        return redirect("office:rule", of, name)

    def show() -> HttpResponse:
        status = 422 if form.errors else 200
        return page(request, "office/rule.html", status=status, row=row, versions=versions, form=form, of=of)

    return acted(form, work, show) if request.method == "POST" else show()
