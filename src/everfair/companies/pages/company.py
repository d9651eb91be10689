"""The company's own pages: profile, people, keys."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.writes import once
from everfair.companies import actions, forms, queries
from everfair.companies.pages.answering import or_errors
from everfair.companies.pages.suppliers import register_name
from everfair.companies.roles import MEMBER_IN_PERSON, OWNER_IN_PERSON
from everfair.files.actions import keep_picture

_NEW_KEY = "ef_new_key"  # a cookie that lives for one look: the key itself is never stored on our side


@require_safe
@allow(MEMBER_IN_PERSON)
def settings(request: HttpRequest) -> HttpResponse:
    company = queries.company_of(request.actor)  # type: ignore[attr-defined]
    language = get_language() or "en"
    return page(
        request,
        "companies/settings.html",
        company=company,
        passport=queries.passport(company, language),
        register=register_name(company, language),
        kind=forms.KIND_NAMES[company.kind],
        languages=[forms.spoken(code) for code in company.languages],
        stops=queries.open_stops([company.pk]),
        noted=queries.is_noted_lookalike(company.pk),
    )


@require_http_methods(["GET", "POST"])
@allow(OWNER_IN_PERSON)
@once
def profile(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    company = queries.company_of(actor)
    form = forms.ProfileForm.of(company, request.POST or None, request.FILES or None)

    def work() -> HttpResponse:
        was_verified = company.verified_at is not None
        changes = form.values()
        if upload := form.cleaned_data["logo"]:
            changes["logo_id"] = keep_picture(upload, company.pk, actor).pk
        changed = actions.edit_profile(company.pk, by=actor, **changes)
        messages.success(request, _("The profile is saved."))
        if was_verified and changed.verified_at is None:
            messages.warning(
                request, _("The verification mark spoke of the old name, so it has ended. Ask the operator for a new one.")
            )
        return redirect("companies:settings")

    def show() -> HttpResponse:
        return page(request, "companies/profile.html", status=422 if form.errors else 200, form=form, company=company)

    return or_errors(form, work, show) if request.method == "POST" else show()


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

    return or_errors(form, work, show) if request.method == "POST" else show()


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

    return or_errors(form, work, show) if request.method == "POST" else show()


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
@allow(OWNER_IN_PERSON, proof="fresh")
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

    return or_errors(form, work, show) if request.method == "POST" else show()


@require_POST
@allow(OWNER_IN_PERSON)
@once
def revoke_key(request: HttpRequest, key_id: UUID) -> HttpResponse:
    actions.revoke_api_key(key_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("The key no longer works."))
    return redirect("companies:keys")
