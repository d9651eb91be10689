"""The operator's own people."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.refused import NotVisible
from everfair.base.roles import OPERATOR
from everfair.base.writes import once
from everfair.companies.actions import end_staff
from everfair.companies.queries import staff as staff_now
from everfair.office import actions, forms, queries
from everfair.office.pages.answering import acted, proof_address


@require_safe
@allow(OPERATOR)
def staff(request: HttpRequest) -> HttpResponse:
    return _show(request, None)


def _show(request: HttpRequest, typed: forms.StaffForm | None) -> HttpResponse:
    return page(
        request, "office/staff.html", status=422 if typed is not None else 200, form=typed or forms.StaffForm(), people=staff_now(),
        invitations=queries.staff_invitations(), prove=proof_address(request),
    )  # fmt: skip


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def invite(request: HttpRequest) -> HttpResponse:
    """Somebody new on the staff: whoever opens the letter sees everything."""
    form = forms.StaffForm(request.POST)

    def work() -> HttpResponse:
        actions.invite_staff(form.cleaned_data["email"], form.cleaned_data["roles"], by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("A letter is on its way to %(email)s.") % {"email": form.cleaned_data["email"]})
        return redirect("office:staff")

    return acted(form, work, lambda: _show(request, form))


@require_http_methods(["GET", "POST"])
@allow(OPERATOR, proof="fresh")
@once
def end(request: HttpRequest, person_id: UUID) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    person = next((person for person in staff_now() if person.pk == person_id), None)
    if person is None:
        raise NotVisible
    form = forms.ReasonForm(request.POST or None)

    def work() -> HttpResponse:
        end_staff(person_id, form.cleaned_data["reason"], by=actor)
        messages.success(request, _("%(name)s is no longer on the staff.") % {"name": person.name})
        return redirect("office:staff")

    def show() -> HttpResponse:
        return page(request, "office/end_staff.html", status=422 if form.errors else 200, form=form, person=person)

    return acted(form, work, show) if request.method == "POST" else show()
