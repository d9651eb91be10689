"""The mapping desk: foreign categories become ours, the most frequent first."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.refused import AlreadyDone
from everfair.base.roles import OPERATOR
from everfair.base.writes import once
from everfair.catalog.queries import unmapped_categories
from everfair.office import actions, forms, queries
from everfair.office.pages.answering import acted

SHOWN = 50
# From this confidence on a suggestion is ticked when the operator asks for the sure ones.
SURE = 0.8


@require_safe
@allow(OPERATOR)
def mapping(request: HttpRequest) -> HttpResponse:
    """The desk: take one suggestion with one key, or tick several (`?sure=1` ticks the sure ones) and map them together."""
    return _desk(request, ticked=request.GET.get("sure") == "1")


def _desk(
    request: HttpRequest, *, ticked: bool = False, typed: dict[str, Row] | None = None, refused: bool = False
) -> HttpResponse:
    shown, in_all = queries.unmapped(get_language() or "en", request.actor, limit=SHOWN)  # type: ignore[attr-defined]
    rows = []
    for item in shown:
        guess = item.guess.code if item.guess else ""
        sure = item.guess is not None and item.guess.confidence >= SURE
        name = forms.category_name(guess) if guess else ""
        rows.append((item, name, (typed or {}).get(item.source, Row(name, ticked and sure))))
    wrong = any(row.error for row in (typed or {}).values())
    return page(
        request, "office/mapping.html", status=422 if wrong or refused else 200, rows=rows, in_all=in_all, wrong=wrong, ticked=ticked,
        choices=[name for name in _codes() if " › " in name] if rows else [], sure=sum(1 for item in shown if item.guess and item.guess.confidence >= SURE),
        goes_on=request.GET.get("on") == "1",
    )  # fmt: skip


def _codes() -> dict[str, str]:
    """What the line's field may hold («Hardware › Fasteners», or the code itself) → our category."""
    names = {f"{hall} › {name}": code for hall, inner in forms.category_choices() for code, name in inner}
    return names | {code: code for code in names.values()}


@dataclass(frozen=True, slots=True)
class Row:
    """What stands in one line of the desk."""

    category: str
    ticked: bool
    error: str = ""


@require_POST
@allow(OPERATOR)
@once
def map_many(request: HttpRequest) -> HttpResponse:
    """The line whose button was pressed (`only`), else every ticked line, each to the category that stands in it."""
    only = request.POST.get("only", "")
    codes = _codes()
    typed, pairs = {}, []
    for n in range(SHOWN):
        source, said = request.POST.get(f"source-{n}", "")[:300], request.POST.get(f"category-{n}", "").strip()[:120]
        ticked = request.POST.get(f"take-{n}") == "on"
        if not source or not (only == str(n) or (not only and ticked)):
            if source:
                typed[source] = Row(said, ticked)
            continue
        code = codes.get(said, "")
        typed[source] = Row(said, ticked, "" if code else _("This is none of our categories: choose one from the list."))
        pairs.append((source, code))
    if not pairs:
        messages.warning(request, _("Tick at least one line first."))
        return _desk(request, typed=typed, refused=True)
    if not {source for source, _code in pairs} <= {row["source_category"] for row in unmapped_categories()}:
        raise AlreadyDone("office.mapped", _("Somebody has mapped this word already. Look at the list again."))
    if any(row.error for row in typed.values()):
        return _desk(request, typed=typed)
    moved = actions.map_sources(pairs, by=request.actor)  # type: ignore[attr-defined]
    told = ngettext("%(num)s category is mapped;", "%(num)s categories are mapped;", len(pairs)) % {"num": len(pairs)}
    went = ngettext("%(num)s offer moved into its hall.", "%(num)s offers moved into their halls.", moved) % {"num": moved}
    messages.success(request, f"{told} {went}")
    return redirect(reverse("office:mapping") + "?on=1")


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
