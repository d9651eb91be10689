"""Coming in: a company is registered, an invitation accepted, the office opened."""

from __future__ import annotations

from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everfair.base.allow import SignInFirst, allow
from everfair.base.pages import page
from everfair.base.refused import AlreadyDone, NotVisible
from everfair.base.roles import EVERYONE
from everfair.base.writes import once
from everfair.companies import actions, forms, queries
from everfair.companies.pages.answering import or_errors
from everfair.companies.roles import IN_PERSON
from everfair.reference import queries as reference


def _wanted(request: HttpRequest) -> str:
    """The page of ours (`?next=`) that led here because it wants a company; «» without one."""
    address = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return address if is_ours and address.startswith("/") else ""


@require_safe
@allow(IN_PERSON)
def start(request: HttpRequest) -> HttpResponse:
    """After the first sign-in: invitations that wait, or a company to register."""
    actor = request.actor  # type: ignore[attr-defined]
    return page(
        request,
        "companies/start.html",
        invitations=queries.invitations_for(actor),
        roles=forms.role_names,
        back_to=_wanted(request),
        has_company=actor.company_id is not None,
    )


@require_http_methods(["GET", "POST"])
@allow(IN_PERSON)
@once
def register(request: HttpRequest) -> HttpResponse:
    country = (request.POST if request.method == "POST" else request.GET).get("country", "")
    back_to = _wanted(request)
    if country not in reference.COUNTRIES:
        return page(request, "companies/register_country.html", countries=forms.country_choices(), back_to=back_to)
    form = forms.RegisterForm(country, request.POST or None)

    def work() -> HttpResponse:
        try:
            company = actions.register_company(**form.values(), by=request.actor)  # type: ignore[attr-defined]
        except AlreadyDone:
            return redirect(back_to or "companies:settings")
        messages.success(request, _("%(name)s is registered. You are its owner.") % {"name": company.name})
        if queries.is_noted_lookalike(company.pk):
            messages.warning(request, _("The name is very like another company's, so a person will look at it."))
        return redirect(back_to or "companies:settings")

    def show() -> HttpResponse:
        name = reference.country_name(country, get_language() or "en")
        return page(
            request,
            "companies/register.html",
            status=422 if form.errors else 200,
            form=form,
            country_name_shown=name,
            back_to=back_to,
        )

    return or_errors(form, work, show) if request.method == "POST" else show()


@require_http_methods(["GET", "POST"])
@allow(EVERYONE)
@once
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the letter. Who is not signed in is led to sign in or up first, and comes back."""
    actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST":
        if not actor.is_signed_in:
            raise SignInFirst
        try:
            actions.accept_invitation(token, by=actor)
            messages.success(request, _("Welcome to your company."))
        except AlreadyDone:
            pass
        return redirect("companies:settings")
    try:
        found = queries.invitation_by_token(token)
    except NotVisible:
        return page(request, "companies/invitation.html", status=410, invitation=None)
    return page(request, "companies/invitation.html", invitation=found, roles=forms.role_names)


@require_POST
@allow(IN_PERSON)
@once
def accept(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    actions.accept_own_invitation(invitation_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("Welcome to your company."))
    return redirect(_wanted(request) or "companies:settings")


@require_http_methods(["GET", "POST"])
@allow(EVERYONE)
@once
def join_staff(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link that `bin/up --empty` prints: its visitor becomes the operator's first person."""
    try:
        found = queries.invitation_by_token(token, for_staff=True)
    except NotVisible:
        return page(request, "companies/invitation.html", status=410, invitation=None)
    form = forms.StaffForm(request.POST or None, initial={"email": found.email})

    def work() -> HttpResponse:
        person = actions.accept_operator_invitation(token, **form.cleaned_data, language=get_language() or "en")
        login(request, person, backend="everfair.companies.accounts.Backend")
        UserSession.objects.create_from_request(request)  # else nobody could end it
        return redirect("companies:me")

    def show() -> HttpResponse:
        return page(request, "companies/join_staff.html", status=422 if form.errors else 200, form=form)

    return or_errors(form, work, show) if request.method == "POST" else show()
