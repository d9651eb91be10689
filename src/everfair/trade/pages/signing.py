"""A contract that is read whole and then signed: the same page for a sample, a framework contract, a call-off and a group buy."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from everfair.base.pages import page
from everfair.base.refused import Refused
from everfair.base.writes import once
from everfair.trade.models import Order
from everfair.trade.pages.composing import contract_face
from everfair.trade.values import Terms


def once_signed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """As `once`; a look at the contract writes nothing, so that its key is not used up and the browser's way back stays open."""
    kept = once(view)

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        looks = request.method == "POST" and request.POST.get("step") in ("look", "begin")
        return view(request, *args, **kwargs) if looks else kept(request, *args, **kwargs)

    asked.once = True  # type: ignore[attr-defined]
    return asked


def read_and_sign(
    request: HttpRequest,
    form: forms.Form,
    draft: Callable[[dict[str, Any]], Terms],
    sign: Callable[[Terms, dict[str, Any], str], Order],
    *,
    title: str,
    lede: str,
    submit: str,
    done: str,
    typed: dict[str, Any] | None = None,
    **more: Any,
) -> HttpResponse:
    """GET shows the form, with the contract where `typed` is enough for one; POST (step «look») shows the contract that was asked
    for, or signs exactly the one that was shown (by `seen_hash`). A refusal of a field stands beside it; nothing is lost."""
    terms: Terms | None = None

    def show(status: int) -> HttpResponse:
        face = contract_face(terms) if terms is not None else {}
        around = {"rows": (), "calls": (), "framework": None} | face | more
        return page(
            request,
            "trade/sign_terms.html",
            status=status,
            form=form,
            terms=terms,
            title=title,
            lede=lede,
            submit=submit,
            **around,
        )

    if request.method == "GET":
        if typed is not None:
            terms = draft(typed)
        return show(200)
    if not form.is_valid():
        return show(422)
    try:
        terms = draft(form.cleaned_data)
    except Refused as refusal:
        if refusal.status != 422:
            raise
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
        return show(422)
    if request.POST.get("step") == "look":
        return show(200)
    try:
        made = sign(terms, form.cleaned_data, request.POST.get("seen_hash") or "none")
    except Refused as refusal:
        if refusal.code != "trade.other_terms":
            raise
        messages.warning(request, _("Please read the contract as it stands now, then sign it."))
        return show(409)
    messages.success(request, done)
    return redirect("trade:order", made.pk)
