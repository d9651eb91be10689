"""A person's own pages, and the corner of the masthead that says who is signed in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.refused import NotVisible
from everfair.base.roles import EVERYONE, SIGNED_IN
from everfair.base.writes import once
from everfair.companies import actions, forms, queries
from everfair.companies.pages.answering import or_errors
from everfair.companies.roles import MEMBER_IN_PERSON
from everfair.companies.values import shown_phone


@require_safe
@allow(EVERYONE)
def bar(request: HttpRequest) -> HttpResponse:
    """The personal corner of pages that are made for nobody in particular; it arrives by htmx."""
    return page(request, "companies/bar.html", **bar_of(request))


def bar_of(request: HttpRequest) -> dict[str, Any]:
    actor = request.actor  # type: ignore[attr-defined]
    language = get_language() or "en"
    links: list[tuple[str, str, str]] = []
    name = ""
    if actor.is_signed_in:
        links = [(_("My desk"), f"/{language}/me/", "layout-dashboard"), (_("My account"), reverse("companies:me"), "user")]
        if actor.company_id:
            name = queries.names(queries.company_of(actor), language)[0]
            links += [
                (_("Company"), reverse("companies:settings"), "building-2"),
                (_("People"), reverse("companies:people"), "users"),
            ]
        if len(getattr(request.user, "open_memberships", ())) > 1:
            links.append((_("Switch company"), reverse("companies:switch"), "arrow-left-right"))
    return {"links": links, "company_name": name}


@require_http_methods(["GET", "POST"])
@allow(MEMBER_IN_PERSON)
@once
def switch(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST":
        try:
            company_id = UUID(request.POST.get("company", ""))
        except ValueError:
            raise NotVisible from None
        actions.switch_company(company_id, by=actor)
        return redirect("companies:settings")
    return page(request, "companies/switch.html", memberships=queries.companies_of(actor), roles=forms.role_names)


@require_http_methods(["GET", "POST"])
@allow(SIGNED_IN)
@once
def me(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    person = queries.person_of(actor)
    initial = {"name": person.name, "language": person.language, "timezone": person.timezone, "phone": shown_phone(person.phone)}
    form = forms.MeForm(request.POST or None, initial=initial)

    def work() -> HttpResponse:
        actions.edit_person(by=actor, **form.cleaned_data)
        messages.success(request, _("Your account is saved."))
        return redirect("companies:me")

    def show() -> HttpResponse:
        return page(
            request, "companies/me.html", status=422 if form.errors else 200, form=form, person=person,
            memberships=queries.companies_of(actor), roles=forms.role_names,
        )  # fmt: skip

    return or_errors(form, work, show) if request.method == "POST" else show()


@require_POST
@allow(SIGNED_IN)
@once
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    actions.end_session(session_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("That browser is signed out."))
    return redirect("usersessions_list")
