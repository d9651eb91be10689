"""Rules: every number with its unit and source, its versions, and a new one from a moment on."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.roles import OPERATOR
from everfair.base.writes import once
from everfair.markets.table import DEFAULT_MARKET, MARKETS
from everfair.office import actions, forms, queries
from everfair.office.pages.answering import acted, proof_address


@require_safe
@allow(OPERATOR)
def rules(request: HttpRequest) -> HttpResponse:
    market = request.GET.get("of", DEFAULT_MARKET)
    return page(request, "office/rules.html", rows=queries.rules_now(market), of=market, markets=list(MARKETS))


@require_safe
@allow(OPERATOR)
def rule(request: HttpRequest, of: str, name: str) -> HttpResponse:
    """One rule: what holds, since when and by whom, every version, and which numbers open contracts keep."""
    return _show(request, of, name, None)


def _show(request: HttpRequest, of: str, name: str, typed: forms.RuleForm | None) -> HttpResponse:
    row, versions = queries.rule_history(name, of)
    return page(
        request, "office/rule.html", status=422 if typed is not None else 200, row=row, versions=versions, of=of,
        form=typed or forms.RuleForm(row.rule), kept=queries.kept_numbers(name, of), prove=proof_address(request),
    )  # fmt: skip


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def set_rule(request: HttpRequest, of: str, name: str) -> HttpResponse:
    row, _versions = queries.rule_history(name, of)
    form = forms.RuleForm(row.rule, request.POST)

    def work() -> HttpResponse:
        actions.change_rule(name, of, **form.cleaned_data, by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("The number is set."))
        return redirect("office:rule", of, name)

    return acted(form, work, lambda: _show(request, of, name, form))
