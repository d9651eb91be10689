"""How the forms of a claim are worked off: a refusal stands beside its field, and what was typed stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from everfair.base.pages import page
from everfair.base.refused import AlreadyDone, Refused
from everfair.companies.queries import names
from everfair.disputes import queries
from everfair.disputes.models import Claim
from everfair.files.actions import keep_attachment

FIELDS = {"file": "attachments", "files": "attachments", "lines": None, "reason": "text"}


def company_name(company: Any) -> str:
    return names(company, get_language() or "en")[0]


def kept_files(request: HttpRequest, form: django_forms.Form) -> list[UUID]:
    actor = request.actor  # type: ignore[attr-defined]
    return [keep_attachment(upload, actor.company_id, by=actor).pk for upload in form.cleaned_data["attachments"]]


def worked(
    form: django_forms.Form,
    work: Callable[[], HttpResponse],
    show: Callable[[int], HttpResponse],
    called: Mapping[str, Any] = FIELDS,
) -> HttpResponse:
    """Do the work; what belongs to a field is said there. `called`: what the form calls a refusal's field (None: the whole form)."""
    if not form.is_valid():
        return show(422)
    try:
        return work()
    except Refused as refusal:
        field = called.get(refusal.field or "", refusal.field)
        if isinstance(refusal, AlreadyDone) or not refusal.field or (field is not None and field not in form.fields):
            raise
        form.add_error(field, str(refusal.message))
        return show(422)


def act(
    request: HttpRequest,
    claim: Claim,
    verb: str,
    form: django_forms.Form,
    work: Callable[[], HttpResponse],
    **words: Any,
) -> HttpResponse:
    """A page with one form for one verb: `title`, `lede`, `submit`, and more for the template."""

    def show(status: int) -> HttpResponse:
        shown = {"text": "", "split": None, "stage_names": {}} | words
        return page(request, "disputes/act.html", status=status, claim=claim, form=form, **shown)

    if request.method == "POST":
        return worked(form, work, show)
    if verb not in queries.moves_of(claim, request.actor):  # type: ignore[attr-defined]
        return not_now(request, claim)
    return show(200)


def not_now(request: HttpRequest, claim: Claim) -> HttpResponse:
    messages.info(request, _("This is not possible in the present state."))
    return redirect("disputes:claim", claim.pk)


def done(request: HttpRequest, claim: Claim, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("disputes:claim", claim.pk)
