"""Asking about an offer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.refused import NotVisible, Refused
from everfair.base.writes import once
from everfair.catalog.queries import published_offers
from everfair.companies.roles import BUYING
from everfair.files.actions import keep_attachment
from everfair.markets.queries import market as market_row
from everfair.sourcing import actions
from everfair.sourcing.forms import InquiryForm
from everfair.sourcing.pages.rows import company_name, warn_of_masked_card
from everfair.sourcing.panels import offer_card


@require_http_methods(["GET", "POST"])
@allow(BUYING)
@once
def ask(request: HttpRequest, market: str, number: int) -> HttpResponse:
    market_row(market)
    offers = published_offers().select_related("company").filter(market=market, number=number) if number < 2**63 else None
    offer = offers.first() if offers is not None else None
    if offer is None:
        raise NotVisible
    actor = request.actor  # type: ignore[attr-defined]

    def show(form: InquiryForm, status: int = 200) -> HttpResponse:
        card, supplier = offer_card(offer, get_language() or "en"), company_name(offer.company)
        return page(request, "sourcing/ask.html", status=status, form=form, offer=offer, card=card, supplier=supplier)

    if request.method != "POST":
        return show(InquiryForm(initial={"quantity": request.GET.get("quantity", "").strip()[:20]}))
    form = InquiryForm(request.POST, request.FILES)
    if not form.is_valid():
        return show(form, 422)
    try:
        kept = [keep_attachment(upload, actor.company_id, by=actor).pk for upload in form.cleaned_data["attachments"]]
        text, quantity = form.cleaned_data["text"], form.cleaned_data["quantity"]
        inquiry = actions.send_inquiry(offer.pk, text, by=actor, quantity=quantity, file_ids=kept)
    except Refused as refusal:
        if refusal.status not in (409, 413, 422):
            raise
        field = {"file": "attachments", "files": "attachments"}.get(refusal.field or "", refusal.field or "")
        form.add_error(field if field in form.fields else None, str(refusal.message))
        return show(form, 422)
    warn_of_masked_card(request, text)
    messages.success(request, _("Your question is with the supplier. The answer comes here and by mail."))
    return redirect("messaging:thread", inquiry.thread_id)
