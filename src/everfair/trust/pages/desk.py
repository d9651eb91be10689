"""The reviewers' desk: what is theirs, one case with its evidence, and who is linked to whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everfair.base.allow import allow, is_proven
from everfair.base.deadlines import deadlines_of
from everfair.base.pages import page
from everfair.base.roles import OPERATOR
from everfair.base.writes import once
from everfair.companies.queries import company_by_number, people_by_id, staff
from everfair.trust import actions, queries
from everfair.trust.actions.applying import ANSWER
from everfair.trust.comparing import compare
from everfair.trust.forms import DecisionForm, LinkForm, ProposalForm, QuestionForm, RecordForm, ReturnForm
from everfair.trust.models import Verification
from everfair.trust.pages.faces import Line, company_name, lines_of, linked_staff, look_of, people_names, since, worked
from everfair.trust.pages.reading import read_lines, screening_face
from everfair.trust.roles import REVIEWER
from everfair.trust.states import VERIFICATION

NOTHING: Mapping[str, Any] = MappingProxyType({})
# What is said of a whole case: its form, the action, and what the reviewer reads afterwards.
_SAID: dict[str, tuple[type[Any], Callable[..., Any], Any]] = {
    "ask": (QuestionForm, lambda pk, typed, by: actions.ask_applicant(pk, typed["question"], by=by), "asked"),
    "propose": (ProposalForm, lambda pk, typed, by: actions.propose_verification(pk, typed["proposal"], typed["reason"], by=by), "proposed"),
    "return": (ReturnForm, lambda pk, typed, by: actions.return_verification(pk, typed["reason"], by=by), "returned"),
    "grant": (DecisionForm, lambda pk, typed, by: actions.grant_verification(pk, typed["reason"], by=by), "granted"),
    "refuse": (DecisionForm, lambda pk, typed, by: actions.refuse_verification(pk, typed["reason"], by=by), "refused"),
}  # fmt: skip


@require_safe
@allow(REVIEWER)
def desk(request: HttpRequest) -> HttpResponse:
    """Who has waited longest comes first."""
    found = queries.desk(request.actor)  # type: ignore[attr-defined]
    return page(
        request, "trust/desk.html", desk=found, company_name=company_name, since=since, look_of=look_of,
        linked=linked_staff(found.waiting),
    )  # fmt: skip


@require_safe
@allow(REVIEWER)
def review(request: HttpRequest, verification_id: UUID) -> HttpResponse:
    return _show(request, verification_id)


def _show(request: HttpRequest, verification_id: UUID, *, status: int = 200, typed: Mapping[str, Any] = NOTHING) -> HttpResponse:
    """The evidence, and the forms of what may be said now; the one that was typed wrongly as it was typed."""
    actor = request.actor  # type: ignore[attr-defined]
    row = queries.verification(verification_id, actor)
    moves = [verb for verb in VERIFICATION.allowed(row, actor) if verb in _SAID]
    moves = [verb for verb in moves if verb not in ("grant", "refuse") or verb == row.proposal]
    records = row.state == "reviewing" and row.maker_id == actor.person_id
    shown = lines_of(row, actor)
    lines: list[dict[str, Any]] = [
        {
            "line": line,
            "fields": compare(line.asks.fields, line.check.declared, line.check.found),
            "form": (typed.get(f"record_{line.check.kind}") or _record_form(line)) if records else None,
        }
        for line in shown
    ]
    reads = read_lines(shown, row.company)
    forms = {verb: typed.get(verb) or _SAID[verb][0](auto_id=f"{verb}_%s") for verb in moves}
    return page(
        request, "trust/review.html", status=status, row=row, lines=lines, forms=forms, records=records, name=company_name(row.company), reads=reads,
        can_read=actions.can_read(), screening=screening_face(row.company_id, actor),
        people=people_by_id({i for i in (row.maker_id, row.checker_id, *(line.check.by_id for line in shown)) if i}),
        seats=queries.seats_of(row.pk), links=queries.links_of(row.company_id), shared=[(one.kind, one.company, company_name(one.company)) for one in queries.shared_traits(row.company_id)], look_of=look_of, typed=set(typed), prove=prove_first(request),
        until=deadlines_of([row.pk]).get((row.pk, ANSWER)) if row.state == "asked" else None,
    )  # fmt: skip


def _record_form(line: Line, *given: Any) -> RecordForm:
    check = line.check
    started: dict[str, Any] = {f"found_{name}": value for name, value in check.found.items()}
    started |= {"reason": check.reason, "valid_until": check.valid_until, "currency": check.cost_currency or "USD"}
    if check.result != "open":
        started["result"] = check.result
    return RecordForm(*given, line=line.asks, initial=started)


def prove_first(request: HttpRequest) -> str:
    """Where a second factor is shown first, so that nothing is typed in vain; «» when nothing is missing."""
    if not settings.SECOND_FACTOR_REQUIRED or is_proven(request.actor, "fresh"):  # type: ignore[attr-defined]
        return ""
    return f"{resolve_url(settings.PROOF_URL)}?{urlencode({'next': request.get_full_path()})}"


@require_POST
@allow(REVIEWER, proof="fresh")
@once
def record(request: HttpRequest, verification_id: UUID, kind: str) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    row = queries.verification(verification_id, actor)
    line = next((line for line in lines_of(row, actor) if line.check.kind == kind), None)
    if line is None:
        raise Http404
    form = _record_form(line, request.POST)

    def work() -> HttpResponse:
        typed = form.cleaned_data
        actions.record_check(
            row.pk,
            kind,
            typed["result"],
            form.found(),
            typed["reason"],
            by=actor,
            valid_until=typed["valid_until"],
            cost=form.cost(),
        )
        messages.success(request, _("Recorded: %(check)s.") % {"check": line.title})
        return redirect(f"{reverse('trust:review', args=[row.pk])}#{kind}")

    return worked(form, work, lambda status: _show(request, row.pk, status=status, typed={f"record_{kind}": form}))


@require_POST
@allow(REVIEWER, proof="fresh")
@once
def say(request: HttpRequest, verification_id: UUID, verb: str) -> HttpResponse:
    """Ask, propose, return, grant, refuse."""
    if verb not in _SAID:
        raise Http404
    kind, act, done = _SAID[verb]
    row: Verification = queries.verification(verification_id, request.actor)  # type: ignore[attr-defined]
    form = kind(request.POST, auto_id=f"{verb}_%s")
    told = {
        "asked": _("The company is asked."),
        "proposed": _("Proposed. The second reviewer decides."),
        "returned": _("Sent back to who looked first."),
        "granted": _("Granted. The company is told."),
        "refused": _("Refused. The company is told why."),
    }

    def work() -> HttpResponse:
        act(row.pk, form.cleaned_data, request.actor)  # type: ignore[attr-defined]
        messages.success(request, told[done])
        return redirect("trust:review", row.pk)

    return worked(form, work, lambda status: _show(request, row.pk, status=status, typed={verb: form}))


@require_http_methods(["GET", "POST"])
@allow(OPERATOR, proof="fresh")
@once
def links(request: HttpRequest, number: int) -> HttpResponse:
    """Who of the staff has to do with a company, and saying so, of oneself or of another."""
    actor = request.actor  # type: ignore[attr-defined]
    company = company_by_number(number, actor)
    form = LinkForm(request.POST or None, people=people_names(staff()), initial={"person": str(actor.person_id)})

    def work() -> HttpResponse:
        typed = form.cleaned_data
        actions.declare_link(UUID(typed["person"]), company.pk, typed["kind"], typed["note"], by=actor)
        messages.success(request, _("Written down. This person never reviews the company."))
        return redirect("trust:links", number)

    def show(status: int) -> HttpResponse:
        return page(
            request, "trust/links.html", status=status, company=company, name=company_name(company), form=form,
            links=queries.links_of(company.pk),
        )  # fmt: skip

    return worked(form, work, show) if request.method == "POST" else show(200)
