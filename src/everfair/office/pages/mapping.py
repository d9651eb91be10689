"""The mapping desk: foreign categories become ours, the most frequent first."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.roles import OPERATOR
from everfair.base.writes import once
from everfair.office import actions, forms, queries
from everfair.office.pages.answering import acted

SHOWN = 50


@require_safe
@allow(OPERATOR)
def mapping(request: HttpRequest) -> HttpResponse:
    shown, in_all = queries.unmapped(get_language() or "en", request.actor, limit=SHOWN)  # type: ignore[attr-defined]
    rows = [(row, forms.category_name(row.guess.code) if row.guess else "") for row in shown]
    return page(request, "office/mapping.html", rows=rows, in_all=in_all)


@require_http_methods(["GET", "POST"])
@allow(OPERATOR)
@once
def map_one(request: HttpRequest) -> HttpResponse:
    """One foreign category (`?source=`): choose ours."""
    actor = request.actor  # type: ignore[attr-defined]
    typed = request.POST if request.method == "POST" else request.GET
    row = queries.unmapped_one(typed.get("source", "")[:300], get_language() or "en", actor)
    guess = row.guess.code if row.guess else ""
    form = forms.MapForm(request.POST or None, initial={"source": row.source, "category": guess})

    def work() -> HttpResponse:
        moved = actions.map_source(row.source, form.cleaned_data["category"], by=actor)
        name = forms.category_name(form.cleaned_data["category"])
        told = ngettext("%(num)s offer moved to %(category)s.", "%(num)s offers moved to %(category)s.", moved)
        messages.success(request, told % {"num": moved, "category": name})
        return redirect("office:mapping")

    def show() -> HttpResponse:
        name = forms.category_name(guess) if guess else ""
        return page(request, "office/map_one.html", status=422 if form.errors else 200, form=form, row=row, guess_name=name)

    return acted(form, work, show) if request.method == "POST" else show()
