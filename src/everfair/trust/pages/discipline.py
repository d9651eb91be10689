"""The reviewers' side of discipline: what waits, a company's ledger, points and appeals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.writes import once
from everfair.companies.queries import company_by_number, people_by_id
from everfair.files.actions import keep_attachment
from everfair.files.queries import file_links
from everfair.trust import actions
from everfair.trust.forms import DecisionForm, PointsForm, PointsJudgeForm
from everfair.trust.models import Penalty
from everfair.trust.pages.desk import prove_first
from everfair.trust.pages.faces import company_name, worked
from everfair.trust.queries import discipline
from everfair.trust.queries.complaints import complaints_queue
from everfair.trust.roles import REVIEWER
from everfair.trust.states import APPEAL, PENALTY

_SAID: dict[str, Callable[..., Any]] = {
    "take-up": actions.take_up_points,
    "confirm": actions.confirm_points,
    "drop": actions.drop_points,
}
# The verb of the table behind the word in the address.
_VERBS = {"give": "take-up", "confirm": "confirm", "drop": "drop"}


@require_safe
@allow(REVIEWER)
def desk(request: HttpRequest) -> HttpResponse:
    """Who has waited longest comes first."""
    found = discipline.discipline_desk(request.actor)  # type: ignore[attr-defined]
    return page(request, "trust/discipline.html", desk=found, company_name=company_name,
        complaints=complaints_queue(request.actor),  # type: ignore[attr-defined]
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@allow(REVIEWER, proof="fresh")
@once
def ledger(request: HttpRequest, number: int) -> HttpResponse:
    """All points of a company, and giving it some."""
    actor = request.actor  # type: ignore[attr-defined]
    company = company_by_number(number, actor)
    form = PointsForm(request.POST or None, request.FILES or None)

    def work() -> HttpResponse:
        typed = form.cleaned_data
        papers = [keep_attachment(upload, company.pk, actor).pk for upload in typed["papers"]]
        row = actions.give_points(
            company.pk, typed["offence"], typed["acted_on"], typed["reason"], by=actor, unresolved=typed["unresolved"],
            reference=typed["reference"], file_ids=papers,
        )  # fmt: skip
        messages.success(
            request, _("A second person confirms them.") if row.state == "waiting" else _("The points count from now on.")
        )
        return redirect("trust:judged", row.pk)

    def show(status: int) -> HttpResponse:
        found = discipline.points_ledger(company.pk, actor)
        return page(
            request, "trust/ledger.html", status=status, company=company, name=company_name(company), ledger=found, form=form
        )  # fmt: skip

    return worked(form, work, show) if request.method == "POST" else show(200)


@require_safe
@allow(REVIEWER)
def penalty(request: HttpRequest, penalty_id: UUID) -> HttpResponse:
    return _show(request, discipline.penalty(penalty_id, request.actor))  # type: ignore[attr-defined]


def _show(request: HttpRequest, row: Penalty, *, status: int = 200, typed: dict[str, Any] | None = None) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    moves = [_VERBS[verb] for verb in PENALTY.allowed(row, actor) if verb in _VERBS]
    forms = {verb: (typed or {}).get(verb) or DecisionForm(auto_id=f"{verb}_%s") for verb in moves}
    kind, _colon, subject = row.origin.partition(":")
    return page(
        request, "trust/judged.html", status=status, row=row, name=company_name(row.company), forms=forms, typed=set(typed or {}),
        papers=file_links(row.file_ids, actor), people=people_by_id({i for i in (row.given_by_id, row.confirmed_by_id) if i}),
        counted=discipline.points_of(row.company_id), appeal=discipline.appeal_of(row.pk), prove=prove_first(request),
        claim=UUID(subject) if kind == "claim" else None,
    )  # fmt: skip


@require_POST
@allow(REVIEWER, proof="fresh")
@once
def say(request: HttpRequest, penalty_id: UUID, verb: str) -> HttpResponse:
    """Take up what an event proposed, confirm as the second person, or drop."""
    if verb not in _SAID:
        raise Http404
    actor = request.actor  # type: ignore[attr-defined]
    row = discipline.penalty(penalty_id, actor)
    form = DecisionForm(request.POST, auto_id=f"{verb}_%s")

    def work() -> HttpResponse:
        _SAID[verb](row.pk, form.cleaned_data["reason"], by=actor)
        messages.success(request, _("Done; your reason stands in the audit trail."))
        return redirect("trust:judged", row.pk)

    return worked(form, work, lambda status: _show(request, row, status=status, typed={verb: form}))


@require_http_methods(["GET", "POST"])
@allow(REVIEWER, proof="fresh")
@once
def appeal(request: HttpRequest, appeal_id: UUID) -> HttpResponse:
    """What the company says against its points, and the decision."""
    actor = request.actor  # type: ignore[attr-defined]
    row = discipline.points_appeal(appeal_id, actor)
    form = PointsJudgeForm(request.POST or None)

    def work() -> HttpResponse:
        typed = form.cleaned_data
        left = None if typed["left"] is None else int(typed["left"])
        actions.decide_points_appeal(row.pk, typed["verb"], typed["reason"], by=actor, left=left)
        messages.success(request, _("Decided. The company is told."))
        return redirect("trust:judge", row.pk)

    def show(status: int) -> HttpResponse:
        against = row.penalty
        return page(
            request, "trust/judge.html", status=status, row=row, against=against, name=company_name(row.company), form=form,
            moves=APPEAL.allowed(row, actor), papers=file_links([*row.file_ids, *against.file_ids], actor),
            people=people_by_id({i for i in (against.given_by_id, against.confirmed_by_id, row.decided_by_id) if i}),
        )  # fmt: skip

    return worked(form, work, show) if request.method == "POST" else show(200)
