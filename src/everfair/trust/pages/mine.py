"""What one of the staff says of themselves: the companies they brought, and what is theirs."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.roles import SALES
from everfair.base.writes import once
from everfair.trust import actions, queries
from everfair.trust.forms import BroughtForm, OwnTraitForm
from everfair.trust.pages.faces import company_name, worked
from everfair.trust.roles import REVIEWER


@require_http_methods(["GET", "POST"])
@allow(SALES)
@once
def brought(request: HttpRequest) -> HttpResponse:
    """Who sells sees what they brought, and says what they bring; nothing else of the office is theirs."""
    actor = request.actor  # type: ignore[attr-defined]
    form = BroughtForm(request.POST or None)

    def work() -> HttpResponse:
        actions.bring_company(form.cleaned_data["number"], form.cleaned_data["note"], by=actor)
        messages.success(request, _("Written down. You never decide anything about this company."))
        return redirect("trust:brought")

    def show(status: int) -> HttpResponse:
        rows = [(link, company_name(link.company)) for link in queries.links_of_person(actor.person_id)]
        return page(request, "trust/brought.html", status=status, form=form, rows=rows)

    return worked(form, work, show) if request.method == "POST" else show(200)


@require_http_methods(["GET", "POST"])
@allow(REVIEWER)
@once
def own_traits(request: HttpRequest) -> HttpResponse:
    """A reviewer's own account, address, telephone: what a company shares with them keeps them from it."""
    actor = request.actor  # type: ignore[attr-defined]
    form = OwnTraitForm(request.POST or None)

    def work() -> HttpResponse:
        actions.note_own_trait(form.cleaned_data["kind"], form.cleaned_data["value"], by=actor)
        messages.success(request, _("Kept. A company that has the same is never drawn for you."))
        return redirect("trust:own_traits")

    def show(status: int) -> HttpResponse:
        return page(request, "trust/own_traits.html", status=status, form=form, traits=queries.traits_of_person(actor.person_id))

    return worked(form, work, show) if request.method == "POST" else show(200)
