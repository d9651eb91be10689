"""Exchanging on pages: the amount, the price with its spread as a line of its own, and the exchange itself; the same for a payment."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.ids import new_id
from everfair.base.pages import page
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.writes import once
from everfair.companies.roles import MONEY_KEEPING
from everfair.ledger.queries import wallets
from everfair.messaging.values import local_link
from everfair.payments import actions, queries
from everfair.payments.fx.forms import ExchangeForm
from everfair.payments.models import FxQuote
from everfair.payments.queries.fx import fx_quote, newest_rates, standing_of_quote
from everfair.payments.values import RATE_SOURCE_WORDS
from everfair.reference.values import LANGUAGES


@require_http_methods(["GET", "POST"])
@allow(MONEY_KEEPING)
@once
def exchange(request: HttpRequest) -> HttpResponse:
    """What to exchange; the answer is a price on a page of its own."""
    actor = request.actor  # type: ignore[attr-defined]
    held, rates = wallets(actor.company_id), newest_rates()
    rated = sorted(rates.rates) if rates else []
    first = {"give": request.GET.get("from", ""), "into": request.GET.get("into", ""), "amount": request.GET.get("amount", "")}
    form = ExchangeForm(request.POST if request.method == "POST" else None, held=held, rated=rated, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            quote = actions.quote_exchange(new_id(), give=form.cleaned_data["money"], into=form.cleaned_data["into"], by=actor)
            return redirect("payments:fx_quote", quote.pk)
        except Refused as refusal:
            if refusal.status not in (409, 422) or isinstance(refusal, AlreadyDone):
                raise
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
    return page(
        request, "payments/exchange.html", status=422 if form.errors else 200, form=form, held=held, rates=rates,
        sources=RATE_SOURCE_WORDS, any_free=any(row.free.minor > 0 for row in held.values()),
    )  # fmt: skip


@require_safe
@allow(MONEY_KEEPING)
def quote(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """The price: what leaves, the spread, what comes; it can be taken while its clock runs."""
    return _show(request, fx_quote(quote_id, request.actor), 200)  # type: ignore[attr-defined]


def _show(request: HttpRequest, found: FxQuote, status: int, refusal: str = "") -> HttpResponse:
    payment = queries.intent(found.intent_id, request.actor) if found.intent_id else None  # type: ignore[attr-defined]
    return page(
        request, "payments/fx_quote.html", status=status, quote=found, standing=standing_of_quote(found), payment=payment,
        sources=RATE_SOURCE_WORDS, refusal=refusal,
    )  # fmt: skip


@require_POST
@allow(MONEY_KEEPING)
@once
def take(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """Exchange by it, or pay the payment it is for."""
    actor = request.actor  # type: ignore[attr-defined]
    found = fx_quote(quote_id, actor)
    try:
        if found.intent_id is not None:
            paid = actions.pay_by_quote(quote_id, by=actor)
            messages.success(request, _("Paid. It goes on by itself within seconds."))
            return redirect(local_link(paid.return_path, get_language() or "en", LANGUAGES))
        actions.take_quote(quote_id, by=actor)
    except Refused as refusal:
        if refusal.status != 409 or isinstance(refusal, AlreadyDone):
            raise
        return _show(request, fx_quote(quote_id, actor), 409, str(refusal.message))
    messages.success(request, _("Exchanged."))
    return redirect("payments:fx_quote", quote_id)


@require_http_methods(["GET", "POST"])
@allow(MONEY_KEEPING)
@once
def pay(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """The wallet's other currencies, each of which could pay it; choosing one gives a price locked to this payment."""
    actor = request.actor  # type: ignore[attr-defined]
    payment = queries.intent(payment_id, actor)
    refusal = ""
    if request.method == "POST":
        currency = request.POST.get("currency", "")
        if currency not in wallets(actor.company_id):
            raise NotVisible
        try:
            return redirect("payments:fx_quote", actions.quote_payment(new_id(), payment.pk, currency, by=actor).pk)
        except Refused as no:
            if no.status not in (409, 422) or isinstance(no, AlreadyDone):
                raise
            refusal = str(no.message)
    elif payment.state not in ("created", "open"):
        return redirect("payments:payment", payment.pk)
    return page(
        request, "payments/pay_exchanged.html", status=409 if refusal else 200, payment=payment,
        held=queries.other_wallets(payment), lock=queries.lock_for(payment), refusal=refusal,
    )  # fmt: skip
