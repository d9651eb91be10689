"""One batch of payouts: who put it forward, who lets it go, its file for our bank."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.refused import Refused
from everfair.base.roles import OPERATOR
from everfair.base.writes import once
from everfair.companies.queries import linked_people, people_by_id
from everfair.office import actions, forms
from everfair.office.pages.answering import acted, proof_address, whole
from everfair.payments import queries
from everfair.payments.values import payout_reference, return_reference


@require_safe
@allow(OPERATOR)
def batch(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    return _show(request, batch_id)


def _show(request: HttpRequest, batch_id: UUID, form: BaseForm | None = None) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.batch_file(batch_id)
    who = [found.batch.prepared_by, found.batch.released_by, *(taking.by for taking in found.takings)]
    return page(
        request,
        "office/batch.html",
        status=422 if form else 200,
        found=found,
        batch=found.batch,
        people=people_by_id(who),
        is_maker=found.batch.prepared_by == actor.person_id,
        linked=found.batch.state == "prepared" and actor.person_id in linked_people({row.company_id for row in found.payouts}),
        form=form or forms.ReasonForm(),
        prove=proof_address(request),
        payout_reference=payout_reference,
        return_reference=return_reference,
    )


def _to(batch_id: UUID, text: str, request: HttpRequest) -> HttpResponse:
    messages.success(request, text)
    return redirect("office:batch", batch_id)


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def prepare(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    actions.prepare_batch(batch_id, by=request.actor)  # type: ignore[attr-defined]
    return _to(batch_id, _("It is put forward. Another operator lets it go."), request)


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def reopen(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    actions.reopen_batch(batch_id, by=request.actor)  # type: ignore[attr-defined]
    return _to(batch_id, _("It is open again."), request)


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def release(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """The form carries the total that was shown."""
    seen = whole(request.POST.get("seen", ""))
    if seen is None:
        raise Refused("payments.batch_changed", _("The batch has changed since you looked. Please look again."))
    actions.release_batch(batch_id, seen, by=request.actor)  # type: ignore[attr-defined]
    return _to(batch_id, _("It is let go. What had to stay behind is shown under «Taken out»."), request)


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def file(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Makes the file and hands it over in the same answer: that is the one time without a reason."""
    return file_answer(actions.take_file(batch_id, by=request.actor))  # type: ignore[attr-defined]


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def file_again(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    form = forms.ReasonForm(request.POST)

    def work() -> HttpResponse:
        return file_answer(actions.take_file_again(batch_id, form.cleaned_data["reason"], by=request.actor))  # type: ignore[attr-defined]

    return acted(form, work, lambda: _show(request, batch_id, form))


def file_answer(made: Any) -> HttpResponse:
    answer = HttpResponse(bytes(made.body), content_type="application/xml")
    answer["Content-Disposition"] = f'attachment; filename="{made.message_id}.xml"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def hand_over(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    actions.hand_over_batch(batch_id, by=request.actor)  # type: ignore[attr-defined]
    return _to(batch_id, _("The bank has the file; its statement ends each payout."), request)
