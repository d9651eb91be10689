"""From a quote to a contract: read whole, then signed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.refused import Refused
from everfair.base.writes import once
from everfair.companies.roles import BUYING
from everfair.sourcing.queries import quotes_visible_to
from everfair.trade import actions
from everfair.trade.forms import AwardForm
from everfair.trade.pages.composing import contract_face


@require_http_methods(["GET", "POST"])
@allow(BUYING)
@once
def award(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """The contract that awarding this quote makes; POST signs it (by `seen_hash`), or shows it again with another day or remark."""
    actor = request.actor  # type: ignore[attr-defined]
    form = AwardForm(request.POST or None)
    typed = form.cleaned_data if form.is_bound and form.is_valid() else {"ship_by": None, "remarks": "", "pay_in": ""}
    try:
        terms = actions.draft_award(quote_id, by=actor, **typed)
    except Refused as refusal:
        if refusal.field not in form.fields:
            raise
        form.add_error(refusal.field, str(refusal.message))
        terms = actions.draft_award(quote_id, by=actor)

    def show(status: int) -> HttpResponse:
        return page(request, "trade/award.html", status=status, quote_id=quote_id, form=form, terms=terms, **contract_face(terms))

    if request.method == "GET":
        if not quotes_visible_to(actor).filter(pk=quote_id, state="sent").exists():
            messages.info(request, _("This quote can no longer be awarded."))
            return redirect("sourcing:quote", quote_id)
        return show(200)
    if not form.is_valid():
        return show(422)
    try:
        made = actions.award_quote(quote_id, by=actor, seen_hash=request.POST.get("seen_hash") or "none", **typed)
    except Refused as refusal:
        if refusal.code != "trade.other_terms":
            raise
        messages.warning(request, _("Please read the contract as it stands now, then sign it."))
        return show(409)
    messages.success(request, _("You have awarded the quote and signed. The seller is asked to sign too."))
    return redirect("trade:order", made.pk)
