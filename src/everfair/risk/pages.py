"""The risk desk: what waits, one case with its reasons and the graph around its supplier."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from everfair.base.allow import allow, is_proven
from everfair.base.deadlines import deadlines_of
from everfair.base.pages import page
from everfair.base.refused import AlreadyDone, Refused
from everfair.base.writes import once
from everfair.companies.queries import companies_by_id, company_by_number, names, people_by_id
from everfair.risk import actions, drawing, queries
from everfair.risk.facts import Finding
from everfair.risk.forms import RiskOpenForm, RiskReasonForm
from everfair.risk.models import RiskCase
from everfair.risk.queries.cases import decided_lately, known_bad
from everfair.risk.queries.facts import neighbourhood
from everfair.risk.roles import REVIEWER
from everfair.risk.sentences import sentence, staff_sentence
from everfair.risk.states import RISK_CASE
from everfair.risk.values import KINDS, settings_at

_SAID: dict[str, Callable[..., RiskCase]] = {
    "hold": actions.hold_case,
    "confirm": actions.confirm_fraud,
    "clear": actions.clear_case,
}
LOOKS = {"escalated": "act", "held": "wait", "confirmed": "act", "cleared": "held"}


@require_safe
@allow(REVIEWER)
def desk(request: HttpRequest) -> HttpResponse:
    """Whose time ran out comes first, then what stands still, then the rest by points."""
    return _desk(request)


@require_POST
@allow(REVIEWER, proof="fresh")
@once
def open_by_hand(request: HttpRequest) -> HttpResponse:
    form = RiskOpenForm(request.POST)
    if not form.is_valid():
        return _desk(request, form, status=422)
    try:
        row = actions.open_case(form.cleaned_data["company_number"], form.cleaned_data["reason"], by=request.actor)  # type: ignore[attr-defined]
    except Refused as refusal:
        if refusal.status != 422:
            raise
        form.add_error(refusal.field, str(refusal.message))
        return _desk(request, form, status=422)
    messages.success(request, _("R-%(number)s is open. It is decided like any other.") % {"number": row.number})
    return redirect("risk:case", row.pk)


def _desk(request: HttpRequest, typed: RiskOpenForm | None = None, *, status: int = 200) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    rows, sweep = queries.queue(actor), queries.newest_sweep()
    people = people_by_id(UUID(row["person"]) for row in (sweep.staff if sweep else []))
    return page(
        request, "risk/desk.html", status=status, form=typed or RiskOpenForm(), typed=typed is not None, prove=_prove(request), rows=rows, done=decided_lately(actor, limit=20), sweep=sweep, name=_name, looks=LOOKS,
        until=deadlines_of([row.pk for row in rows if row.state == "held"]), confirm=actions.CONFIRM, first=_first,
        staff=[(people.get(UUID(row["person"])), [staff_sentence(code, figures) for code, figures in row["reasons"]])
               for row in (sweep.staff if sweep else [])],
    )  # fmt: skip


@require_safe
@allow(REVIEWER)
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    return _show(request, case_id)


@require_POST
@allow(REVIEWER, proof="fresh")
@once
def say(request: HttpRequest, case_id: UUID, verb: str) -> HttpResponse:
    """Hold, confirm, clear."""
    if verb not in _SAID:
        raise Http404
    actor = request.actor  # type: ignore[attr-defined]
    row = queries.case(case_id, actor)
    form = RiskReasonForm(request.POST, auto_id=f"{verb}_%s")
    told = {
        "hold": _("Held. Payouts and listings stand still until a colleague decides."),
        "confirm": _("Confirmed. Payouts and listings stand still."),
        "clear": _("Cleared. What stood still moves again."),
    }
    if not form.is_valid():
        return _show(request, row.pk, status=422, typed={verb: form})
    try:
        _SAID[verb](row.pk, form.cleaned_data["reason"], by=actor)
    except Refused as refusal:
        if refusal.status not in (409, 422) or isinstance(refusal, AlreadyDone):
            raise
        form.add_error("reason" if refusal.field == "reason" else None, str(refusal.message))
        return _show(request, row.pk, status=refusal.status, typed={verb: form})
    messages.success(request, told[verb])
    return redirect("risk:case", row.pk)


_NOTHING: MappingProxyType[str, Any] = MappingProxyType({})


def _show(request: HttpRequest, case_id: UUID, *, status: int = 200, typed: Any = _NOTHING) -> HttpResponse:
    """`?around=<number>` walks: the graph is drawn around another supplier, the case stays."""
    actor = request.actor  # type: ignore[attr-defined]
    row = queries.case(case_id, actor)
    middle = row.company
    around = request.GET.get("around", "")
    if around.isascii() and around.isdigit() and len(around) < 12 and int(around) != middle.number:
        middle = company_by_number(int(around), actor)
    shares = [
        (kind, digest, str(pk))
        for kind, digest, pk in neighbourhood(middle.pk, most=int(settings_at(row.scored_on)["link.common"]))
    ]
    bad = {str(pk) for pk in known_bad()}
    graph = drawing.drawn(str(middle.pk), shares, bad)
    moves = [verb for verb in RISK_CASE.allowed(row, actor) if verb in _SAID]
    return page(
        request, "risk/case.html", status=status, row=row, name=_name, looks=LOOKS, middle=middle, graph=graph, bad=bad,
        companies={str(pk): company for pk, company in companies_by_id({UUID(pk) for _k, _d, pk in shares} | {middle.pk}).items()},
        findings=[_Line(finding) for finding in row.findings], typed=set(typed), prove=_prove(request),
        forms={verb: typed.get(verb) or RiskReasonForm(auto_id=f"{verb}_%s") for verb in moves},
        until=deadlines_of([row.pk]).get((row.pk, actions.CONFIRM)), width=drawing.WIDTH, height=drawing.HEIGHT,
    )  # fmt: skip


class _Line:
    """One finding as it reads: which signal, of which kind, what it says, and how much it weighs."""

    def __init__(self, kept: dict[str, Any]) -> None:
        self.signal, self.points = kept["signal"], kept["points"]
        self.kind = KINDS.get(self.signal, "conduct")
        self.text = sentence(Finding(self.signal, self.points, tuple(kept["figures"].items())))


def _first(row: RiskCase) -> str:
    """The weightiest finding as a sentence: why it stands in the queue."""
    return _Line(row.findings[0]).text if row.findings else ""


def _name(company: Any) -> str:
    return names(company, get_language() or "en")[0]


def _prove(request: HttpRequest) -> str:
    """Where a second factor is shown first, so that nothing is typed in vain; «» when nothing is missing."""
    if not settings.SECOND_FACTOR_REQUIRED or is_proven(request.actor, "fresh"):  # type: ignore[attr-defined]
        return ""
    return f"{resolve_url(settings.PROOF_URL)}?{urlencode({'next': request.get_full_path()})}"
