"""Pages of one payment: the ways to pay it, the provider's page, a transfer from a bank."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import urlsplit
from uuid import UUID

import qrcode
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from qrcode.image.svg import SvgPathImage

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.writes import once
from everfair.companies.roles import BUYING, MONEY_KEEPING
from everfair.messaging.values import local_link
from everfair.payments import actions, queries
from everfair.payments.queries.ways import WAYS
from everfair.payments.rails import plays
from everfair.reference.values import LANGUAGES


def localised(link: str) -> str:
    """A kept address in the reader's language."""
    return local_link(link, get_language() or "en", LANGUAGES)


@require_safe
@allow(BUYING | MONEY_KEEPING)
def payment(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """What is paid, where it goes, and the ways that are open. It leads on to a provider's page by a link, never by a form."""
    return _payment(request, payment_id)


def _payment(request: HttpRequest, payment_id: UUID, *, status: int = 200, refusal: str = "") -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.intent(payment_id, actor)
    ways = queries.ways_of(found, actor) if found.state in ("created", "open") else []
    refunds = queries.refunds_of(found.pk)
    overtaken = any((row.rail, row.checkout_ref) == (found.provider, found.provider_ref) for row in refunds)
    back = localised(found.return_path)
    return page(
        request, "payments/payment.html", status=status, payment=found, plays=plays(found.provider), back=back, ways=ways, refunds=refunds, overtaken=overtaken,
        localised=localised, refusal=refusal,
    )  # fmt: skip


@require_POST
@allow(BUYING | MONEY_KEEPING)
@once
def pay(request: HttpRequest, payment_id: UUID, method: str) -> HttpResponse:
    """Pay it at once, from the wallet or on credit; any other way leads on to its page."""
    if method not in WAYS:
        raise NotVisible
    try:
        paid = actions.pay_by(payment_id, method, by=request.actor)  # type: ignore[attr-defined]
    except Refused as refusal:
        if refusal.status != 409 or isinstance(refusal, AlreadyDone):
            raise
        return _payment(request, payment_id, status=409, refusal=str(refusal.message))
    if WAYS[method].leads_to:
        return redirect(WAYS[method].leads_to, payment_id)
    messages.success(request, _("Paid. It goes on by itself within seconds."))
    return redirect(localised(paid.return_path))


@require_safe
@allow(BUYING | MONEY_KEEPING)
def go(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Asks the provider for its page and leads there. No transaction is open while it is asked; asking again is harmless."""
    try:
        target = actions.start_checkout(payment_id, by=request.actor)  # type: ignore[attr-defined]
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect("payments:payment", payment_id)
    if urlsplit(target).scheme not in ("http", "https"):
        messages.error(request, _("The payment provider cannot be reached. Nothing was paid; try again."))
        return redirect("payments:payment", payment_id)
    answer = HttpResponseRedirect(target)
    answer.status_code = 303
    return answer


@require_POST
@allow(BUYING | MONEY_KEEPING)
def give_up(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Back to what is to be paid, where it can be paid in another way."""
    found = queries.intent(payment_id, request.actor)  # type: ignore[attr-defined]
    try:
        actions.give_up(payment_id, by=request.actor)  # type: ignore[attr-defined]
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect("payments:payment", payment_id)
    messages.success(request, _("Nothing was paid. You can pay in another way now."))
    return redirect(localised(found.return_path))


# ── by bank transfer ──


@require_http_methods(["GET", "POST"])
@allow(BUYING | MONEY_KEEPING)
@once
def choose_bank(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """What a transfer means (GET), and choosing it (POST)."""
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.intent(payment_id, actor)
    if request.method == "POST":
        try:
            actions.choose_bank(payment_id, by=actor)
        except Refused as refusal:
            messages.error(request, str(refusal.message))
            return redirect("payments:payment", payment_id)
        return redirect("payments:transfer", payment_id)
    if found.state == "awaiting":
        return redirect("payments:transfer", payment_id)
    if found.state not in ("created", "open") or queries.bank_account_for(found.currency) is None:
        return redirect("payments:payment", payment_id)
    days, expected_on = queries.transfer_times(found.currency)
    return page(request, "payments/choose_bank.html", payment=found, days=days, expected_on=expected_on)


@require_POST
@allow(BUYING | MONEY_KEEPING)
@once
def choose_card(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    actions.choose_card(payment_id, by=request.actor)  # type: ignore[attr-defined]
    return redirect("payments:payment", payment_id)


@require_safe
@allow(BUYING | MONEY_KEEPING)
def transfer(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Where the payer sends the money, for reading and for paper. Nothing of it is kept by caches on the way."""
    face = queries.transfer_face(payment_id, request.actor)  # type: ignore[attr-defined]
    answer = page(
        request, "payments/transfer.html", face=face, payment=face.intent, qr=qr_picture(face.code),
        account=in_fours(face.account.account), back=localised(face.intent.return_path),
    )  # fmt: skip
    answer["Cache-Control"] = "private, no-store"
    return answer


def in_fours(number: str) -> str:
    """An IBAN as people read it."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4)) if number[:2].isalpha() else number


def qr_picture(text: str) -> str:
    """A QR code as an address that an image can show; «» for nothing. EPC069-12 wants error correction M."""
    if not text:
        return ""
    made = qrcode.make(text, image_factory=SvgPathImage, error_correction=qrcode.constants.ERROR_CORRECT_M)
    return f"data:image/svg+xml;base64,{b64encode(made.to_string()).decode()}"
