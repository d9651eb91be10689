"""Pages of companies and their people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from everfair.base import clock
from everfair.base.actor import NOBODY
from everfair.base.allow import SignInFirst, allow
from everfair.base.pages import page, public_page
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.roles import EVERYONE, SIGNED_IN
from everfair.base.writes import once
from everfair.companies import actions, forms, queries
from everfair.companies.models import Company
from everfair.companies.roles import IN_PERSON, MEMBER_IN_PERSON, OWNER_IN_PERSON
from everfair.companies.values import shown_phone
from everfair.markets.queries import market as market_row
from everfair.reference import queries as reference
from everfair.reference.values import name_in

PER_PAGE = 24
_NEW_KEY = "ef_new_key"  # a cookie that lives for one look: the key itself is never stored on our side
Form = django_forms.Form


def _or_errors(form: Form, work: Callable[[], Any], show: Callable[[], HttpResponse]) -> HttpResponse:
    """Do the work and go where it says; a refusal that belongs to a field is shown beside it, with what was typed."""
    if not form.is_valid():
        return show()
    try:
        return work()  # type: ignore[no-any-return]
    except Refused as refusal:
        if refusal.status not in (409, 422) or isinstance(refusal, AlreadyDone):
            raise
        field = _form_field(refusal.field or "")
        form.add_error(field if field in form.fields else None, str(refusal.message))
        return show()


def _form_field(field: str) -> str:
    noun, _dot, language = field.partition(".")
    if language:
        return f"{noun.removesuffix('s')}_{language.replace('-', '_')}"
    return {"address": "line1"}.get(noun, noun)


# ── for everyone ──


@require_GET
@allow(EVERYONE)
def suppliers(request: HttpRequest, market: str) -> HttpResponse:
    market_row(market)
    country, before = request.GET.get("country", ""), request.GET.get("after", "")
    verified = request.GET.get("verified") == "1"
    country = country if country in reference.COUNTRIES else ""
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    found = queries.suppliers(country=country, verified=verified, before=number, limit=PER_PAGE + 1)
    language = get_language() or "en"
    countries = [
        {"value": code, "text": reference.country_name(code, language), "count": None, "chosen": code == country}
        for code in queries.supplier_countries()
    ]
    facets = [
        {
            "name": "verified",
            "title": _("Verification"),
            "choices": [{"value": "1", "text": _("Verified"), "count": None, "chosen": verified}],
        },
        {"name": "country", "title": _("Country"), "choices": _one_of(countries)},
    ]
    return public_page(
        request,
        "companies/suppliers.html",
        cards=[_card(company, language, market) for company in found[:PER_PAGE]],
        facets=facets,
        market=market,
        after=found[PER_PAGE - 1].number if len(found) > PER_PAGE else None,
    )


def _one_of(choices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A company sits in one country: while one is chosen, the others would only empty the list."""
    chosen = [choice for choice in choices if choice["chosen"]]
    return chosen or choices


def _card(company: Company, language: str, market: str) -> dict[str, Any]:
    name, other = queries.names(company, language)
    is_marked = company.verified_until is not None and company.verified_until >= clock.now().date()
    return {
        "name": name,
        "other_name": other,
        "href": reverse("companies:supplier", kwargs={"market": market, "number": company.number}),
        "city": company.address.get("city", ""),
        "country": company.country,
        "verified_on": company.verified_at if is_marked else None,
        "kinds": forms.KIND_NAMES[company.kind],
        "since": str(company.created_at.year),
    }


@require_GET
@allow(EVERYONE)
def supplier(request: HttpRequest, market: str, number: int) -> HttpResponse:
    market_row(market)
    company = queries.companies_visible_to(NOBODY).filter(number=number).first() if number < 2**63 else None
    if company is None:
        raise NotVisible
    language = get_language() or "en"
    return public_page(
        request,
        "companies/supplier.html",
        passport=queries.passport(company, language),
        company=company,
        market=market,
        register=_register_name(company, language),
        kind=forms.KIND_NAMES[company.kind],
    )


def _register_name(company: Company, language: str) -> str:
    return name_in(reference.registration_kind(company.country, company.registration_kind).label, language)


@require_GET
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


# ── coming in ──


@require_GET
@allow(IN_PERSON)
def start(request: HttpRequest) -> HttpResponse:
    """After the first sign-in: invitations that wait, or a company to register."""
    actor = request.actor  # type: ignore[attr-defined]
    return page(request, "companies/start.html", invitations=queries.invitations_for(actor), roles=forms.role_names)


@require_http_methods(["GET", "POST"])
@allow(IN_PERSON)
@once
def register(request: HttpRequest) -> HttpResponse:
    country = (request.POST if request.method == "POST" else request.GET).get("country", "")
    if country not in reference.COUNTRIES:
        return page(request, "companies/register_country.html", countries=forms.country_choices())
    form = forms.RegisterForm(country, request.POST or None)

    def work() -> HttpResponse:
        try:
            company = actions.register_company(**form.values(), by=request.actor)  # type: ignore[attr-defined]
        except AlreadyDone:
            return redirect("companies:settings")
        messages.success(request, _("%(name)s is registered. You are its owner.") % {"name": company.name})
        if queries.is_noted_lookalike(company.pk):
            messages.warning(request, _("The name is very like another company's, so a person will look at it."))
        return redirect("companies:settings")

    def show() -> HttpResponse:
        name = reference.country_name(country, get_language() or "en")
        return page(request, "companies/register.html", status=422 if form.errors else 200, form=form, country_name_shown=name)

    return _or_errors(form, work, show) if request.method == "POST" else show()


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
    return redirect("companies:settings")


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
        return redirect("companies:me")

    def show() -> HttpResponse:
        return page(request, "companies/join_staff.html", status=422 if form.errors else 200, form=form)

    return _or_errors(form, work, show) if request.method == "POST" else show()


# ── the company ──


@require_GET
@allow(MEMBER_IN_PERSON)
def settings(request: HttpRequest) -> HttpResponse:
    company = queries.company_of(request.actor)  # type: ignore[attr-defined]
    language = get_language() or "en"
    return page(
        request,
        "companies/settings.html",
        company=company,
        passport=queries.passport(company, language),
        register=_register_name(company, language),
        kind=forms.KIND_NAMES[company.kind],
        stops=queries.open_stops([company.pk]),
        noted=queries.is_noted_lookalike(company.pk),
    )


@require_http_methods(["GET", "POST"])
@allow(OWNER_IN_PERSON)
@once
def profile(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    company = queries.company_of(actor)
    form = forms.ProfileForm.of(company, request.POST or None)

    def work() -> HttpResponse:
        was_verified = company.verified_at is not None
        changed = actions.edit_profile(company.pk, by=actor, **form.values())
        messages.success(request, _("The profile is saved."))
        if was_verified and changed.verified_at is None:
            messages.warning(
                request, _("The verification mark spoke of the old name, so it has ended. Ask the operator for a new one.")
            )
        return redirect("companies:settings")

    def show() -> HttpResponse:
        return page(request, "companies/profile.html", status=422 if form.errors else 200, form=form, company=company)

    return _or_errors(form, work, show) if request.method == "POST" else show()


@require_http_methods(["GET", "POST"])
@allow(MEMBER_IN_PERSON)
@once
def people(request: HttpRequest) -> HttpResponse:
    """The list for every member; inviting (POST) for owners."""
    actor = request.actor  # type: ignore[attr-defined]
    form = forms.InviteForm(request.POST or None)

    def work() -> HttpResponse:
        sent = actions.invite_person(**form.cleaned_data, by=actor)
        messages.success(request, _("A letter is on its way to %(email)s.") % {"email": sent.email})
        return redirect("companies:people")

    def show() -> HttpResponse:
        is_owner = OWNER_IN_PERSON.admits(actor)
        return page(
            request,
            "companies/people.html",
            status=422 if form.errors else 200,
            form=form,
            members=queries.members(actor),
            invitations=queries.invitations(actor) if is_owner else [],
            is_owner=is_owner,
            roles=forms.role_names,
        )

    return _or_errors(form, work, show) if request.method == "POST" else show()


@require_http_methods(["GET", "POST"])
@allow(OWNER_IN_PERSON)
@once
def person_roles(request: HttpRequest, person_id: UUID) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    membership = queries.member(actor, person_id)
    form = forms.RolesForm(request.POST or None, initial={"roles": membership.roles})

    def work() -> HttpResponse:
        actions.change_roles(person_id, form.cleaned_data["roles"], by=actor)
        messages.success(request, _("The roles are changed. They count from now on."))
        return redirect("companies:people")

    def show() -> HttpResponse:
        return page(request, "companies/roles.html", status=422 if form.errors else 200, form=form, membership=membership)

    return _or_errors(form, work, show) if request.method == "POST" else show()


@require_POST
@allow(MEMBER_IN_PERSON)
@once
def end_membership(request: HttpRequest, person_id: UUID) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    actions.end_membership(person_id, by=actor)
    messages.success(request, _("The membership has ended."))
    return redirect("companies:me" if person_id == actor.person_id else "companies:people")


@require_POST
@allow(OWNER_IN_PERSON)
@once
def withdraw_invitation(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    actions.withdraw_invitation(invitation_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("companies:people")


@require_http_methods(["GET", "POST"])
@allow(OWNER_IN_PERSON)
@once
def keys(request: HttpRequest) -> HttpResponse:
    """The list; making one (POST) shows the key once, on the page that follows."""
    actor = request.actor  # type: ignore[attr-defined]
    form = forms.KeyForm(request.POST or None)

    def work() -> HttpResponse:
        _key, raw = actions.make_api_key(**form.cleaned_data, by=actor)
        answer: HttpResponseRedirect = redirect("companies:keys")
        answer.set_signed_cookie(
            _NEW_KEY,
            raw,
            max_age=120,
            path=reverse("companies:keys"),
            httponly=True,
            samesite="Strict",
            secure=request.is_secure(),
        )
        return answer

    def show() -> HttpResponse:
        fresh = request.get_signed_cookie(_NEW_KEY, default="", max_age=120)
        answer = page(
            request, "companies/keys.html", status=422 if form.errors else 200, form=form, keys=queries.keys(actor), fresh=fresh,
            scope_names=forms.SCOPE_NAMES,
        )  # fmt: skip
        if fresh:
            answer.delete_cookie(_NEW_KEY, path=reverse("companies:keys"), samesite="Strict")
        return answer

    return _or_errors(form, work, show) if request.method == "POST" else show()


@require_POST
@allow(OWNER_IN_PERSON)
@once
def revoke_key(request: HttpRequest, key_id: UUID) -> HttpResponse:
    actions.revoke_api_key(key_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("The key no longer works."))
    return redirect("companies:keys")


# ── the person ──


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

    return _or_errors(form, work, show) if request.method == "POST" else show()


@require_POST
@allow(SIGNED_IN)
@once
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    actions.end_session(session_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("That browser is signed out."))
    return redirect("usersessions_list")
