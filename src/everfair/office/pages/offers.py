"""Offers of all companies: the list, the file of one, and taking one away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.roles import OPERATOR
from everfair.base.writes import once
from everfair.catalog.actions import remove_offer
from everfair.catalog.values import OFFER_WORDS
from everfair.companies.actions import note_act
from everfair.office import forms, queries
from everfair.office.pages.answering import acted, next_address, proof_address, whole
from everfair.office.queries.companies import whole_number
from everfair.office.queries.offers import STATES
from everfair.office.values import LOOKED_AT_OFFER

PER_PAGE = 50
_KINDS = {"published": "held", "draft": "calm", "withdrawn": "plain", "removed": "act"}


@require_safe
@allow(OPERATOR)
def offers(request: HttpRequest) -> HttpResponse:
    typed = {name: request.GET.get(name, "").strip()[:200] for name in ("search", "state", "company")}
    typed["state"] = typed["state"] if typed["state"] in STATES else ""
    company = whole_number(typed["company"])
    nobody = bool(typed["company"]) and company is None
    found = [] if nobody else queries.offers_list(
        request.actor, search=typed["search"], state=typed["state"], company=company,  # type: ignore[attr-defined]
        before=whole(request.GET.get("after", "")), limit=PER_PAGE + 1,
    )  # fmt: skip
    shown, following = next_address(request, found, PER_PAGE, lambda row: row.number)
    return page(
        request, "office/offers.html", offers=shown, typed=typed, states=STATES, words=OFFER_WORDS, kinds=_KINDS,
        stops=queries.stopped_now([row.company_id for row in shown]), title=_title, following=following,
    )  # fmt: skip


def _title(offer: Any) -> str:
    language = get_language() or "en"
    return offer.titles.get(language) or offer.titles.get("en") or next(iter(offer.titles.values()), "") or offer.sku


@require_safe
@allow(OPERATOR)
def offer(request: HttpRequest, number: int) -> HttpResponse:
    return _show(request, number, None)


def _show(request: HttpRequest, number: int, form: forms.ReasonForm | None) -> HttpResponse:
    """What the public cannot see is looked at by privilege, so the look is noted."""
    actor = request.actor  # type: ignore[attr-defined]
    file = queries.offer_file(number, actor)
    if file.offer.state != "published" and request.method != "POST":
        note_act(LOOKED_AT_OFFER, file.offer.pk, "", actor)
    return page(
        request, "office/offer.html", status=422 if form is not None else 200, file=file, offer=file.offer, words=OFFER_WORDS,
        title=_title(file.offer), category=forms.category_name(file.offer.category), kinds=_KINDS,
        form=form or forms.ReasonForm(), prove=proof_address(request), typed=form is not None,
    )  # fmt: skip


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """For good: the supplier may not publish it again."""
    actor = request.actor  # type: ignore[attr-defined]
    form = forms.ReasonForm(request.POST)

    def work() -> HttpResponse:
        remove_offer(queries.offer_file(number, actor).offer.pk, form.cleaned_data["reason"], by=actor)
        messages.success(request, _("The offer is taken away. Its supplier reads why."))
        return redirect("office:offer", number)

    return acted(form, work, lambda: _show(request, number, form))
