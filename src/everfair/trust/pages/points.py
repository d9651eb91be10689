"""The company's side of discipline: what counts, what it led to, and the one appeal."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.refused import NotVisible
from everfair.base.roles import MEMBER
from everfair.base.writes import once
from everfair.companies.roles import OWNING
from everfair.files.actions import keep_attachment
from everfair.files.queries import file_links
from everfair.trust import actions
from everfair.trust.forms import PointsAppealForm
from everfair.trust.pages.faces import worked
from everfair.trust.queries import discipline


@require_safe
@allow(MEMBER)
def points(request: HttpRequest) -> HttpResponse:
    """What counts of the company's points, what is in force because of them, and what more would lead to."""
    actor = request.actor  # type: ignore[attr-defined]
    return page(request, "trust/points.html", ledger=discipline.points_ledger(actor.company_id, actor))


@require_safe
@allow(MEMBER)
def penalty(request: HttpRequest, penalty_id: UUID) -> HttpResponse:
    """Why the points were given, and the appeal against them."""
    return _show(request, penalty_id)


def _show(request: HttpRequest, penalty_id: UUID, *, status: int = 200, typed: PointsAppealForm | None = None) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    row = discipline.penalty(penalty_id, actor)
    if row.company_id != actor.company_id:
        raise NotVisible
    ledger = discipline.points_ledger(row.company_id, actor)
    appeal, until = ledger.appeals.get(row.pk), ledger.appeal_until(row)
    return page(
        request, "trust/penalty.html", status=status, row=row, appeal=appeal, until=until, now_counts=ledger.points,
        papers=file_links([*row.file_ids, *(appeal.file_ids if appeal else [])], actor),
        form=(typed or PointsAppealForm()) if until is not None and OWNING.admits(actor) else None,
    )  # fmt: skip


@require_POST
@allow(OWNING)
@once
def appeal(request: HttpRequest, penalty_id: UUID) -> HttpResponse:
    """Once, within the time of the rule."""
    actor = request.actor  # type: ignore[attr-defined]
    form = PointsAppealForm(request.POST, request.FILES)

    def work() -> HttpResponse:
        papers = [keep_attachment(upload, actor.company_id, actor).pk for upload in form.cleaned_data["papers"]]
        actions.appeal_points(penalty_id, form.cleaned_data["text"], by=actor, file_ids=papers)
        messages.success(request, _("Your appeal is with somebody who gave none of these points."))
        return redirect("trust:penalty", penalty_id)

    return worked(form, work, lambda status: _show(request, penalty_id, status=status, typed=form))
