"""Pages of money: one payment, the wallet, bank accounts, payouts."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.api import open_cursor, seal_cursor
from everfair.base.formats import money
from everfair.base.jinja import with_query
from everfair.base.pages import page
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.writes import once
from everfair.companies.queries import company_of, names
from everfair.companies.roles import BUYING, MONEY_KEEPING
from everfair.ledger.queries import Held, wallets
from everfair.messaging.values import local_link
from everfair.payments import actions, queries
from everfair.payments.forms import BankAccountForm, PayoutForm, hidden_number
from everfair.payments.values import PAYOUT_WORDS, payout_reference
from everfair.reference.queries import CURRENCIES
from everfair.reference.values import LANGUAGES

PER_PAGE = 50
LARGEST_EXPORT = 100_000


def localised(link: str) -> str:
    """A kept address in the reader's language."""
    return local_link(link, get_language() or "en", LANGUAGES)


# ── one payment ──


@require_safe
@allow(BUYING | MONEY_KEEPING)
def payment(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """What is paid, into escrow, and what happens next. It leads on to the provider's page by a link, never by a form."""
    found = queries.intent(payment_id, request.actor)  # type: ignore[attr-defined]
    refunds = queries.refunds_of(found.pk)
    overtaken = any((row.rail, row.checkout_ref) == (found.provider, found.provider_ref) for row in refunds)
    return page(
        request, "payments/payment.html", payment=found, refunds=refunds, overtaken=overtaken, back=localised(found.return_path)
    )


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


# ── the wallet ──


@require_safe
@allow(MONEY_KEEPING)
def wallet(request: HttpRequest) -> HttpResponse:
    """Balances, and the statement of one currency."""
    actor = request.actor  # type: ignore[attr-defined]
    held = wallets(actor.company_id)
    currency = request.GET.get("currency", "") or next(iter(held), "USD")
    if currency not in CURRENCIES:
        raise NotVisible
    after = request.GET.get("after", "")
    lines = queries.wallet_statement(actor, currency, before=open_cursor(after, int)[0] if after else None, limit=PER_PAGE + 1)
    shown = lines[:PER_PAGE]
    more = seal_cursor([shown[-1].line.id]) if len(lines) > PER_PAGE else ""
    return page(
        request,
        "payments/wallet.html",
        held=held,
        currency=currency,
        lines=shown,
        localised=localised,
        first=not after,
        next_url=with_query(request.get_full_path(), after=more) if more else None,
        accounts=list(queries.bank_accounts_of(actor)),
        payouts=queries.payouts_page(actor, limit=10),
        payout_words=PAYOUT_WORDS,
        hidden_number=hidden_number,
        payout_reference=payout_reference,
    )


@require_safe
@allow(MONEY_KEEPING)
def statement_file(request: HttpRequest, currency: str) -> HttpResponse:
    """The whole statement as CSV for a spreadsheet; no cell of it is read as a formula."""
    if currency not in CURRENCIES:
        raise NotVisible
    answer = StreamingHttpResponse(_rows(request.actor, currency, get_language() or "en"), content_type="text/csv; charset=utf-8")  # type: ignore[attr-defined]
    answer["Content-Disposition"] = f'attachment; filename="everfair-{currency}.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer  # type: ignore[return-value]


class _Echo:
    def write(self, text: str) -> str:
        return text


def _rows(actor: Any, currency: str, language: str) -> Iterator[bytes]:
    write = csv.writer(_Echo()).writerow
    before, sent = None, 0
    with override(language):
        head = [_("Moment"), _("What it was"), _("For"), _("Amount"), _("Balance"), _("Currency"), _("Entry")]
        yield "\ufeff".encode() + write(head).encode()
    while sent < LARGEST_EXPORT:
        with override(language):
            lines = queries.wallet_statement(actor, currency, before=before, limit=500)
            told = [
                write(
                    [
                        row.line.posted_at.isoformat(timespec="seconds"),
                        inert(row.words),
                        inert(row.subject),
                        f"{row.line.amount.amount:f}",
                        f"{row.line.balance.amount:f}",
                        currency,
                        row.line.id,
                    ]
                )
                for row in lines
            ]
        yield "".join(told).encode()
        if len(lines) < 500:
            return
        sent, before = sent + len(lines), lines[-1].line.id


def inert(text: str) -> str:
    """Text that a spreadsheet does not take for a formula (full-width signs too). Amounts are numbers and stay what they are."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠") else text


# ── bank accounts ──


@require_http_methods(["GET", "POST"])
@allow(MONEY_KEEPING, proof="fresh")
@once
def bank_accounts(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    form = BankAccountForm(request.POST or None, initial={"holder": company_of(actor).name, "country": company_of(actor).country})
    if form.is_bound and form.is_valid():
        try:
            actions.add_bank_account(by=actor, **form.cleaned_data)
        except Refused as refusal:
            if refusal.field not in form.fields:
                raise
            form.add_error(refusal.field, str(refusal.message))
        else:
            messages.success(request, _("The bank account is kept."))
            return redirect("payments:bank_accounts")
    status = 422 if form.errors else 200
    accounts = list(queries.bank_accounts_of(actor))
    return page(request, "payments/bank_accounts.html", status=status, form=form, accounts=accounts, hidden_number=hidden_number)


@require_POST
@allow(MONEY_KEEPING, proof="fresh")
@once
def remove_bank_account(request: HttpRequest, account_id: UUID) -> HttpResponse:
    actions.remove_bank_account(account_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("The bank account is removed. Payouts under way end as they end."))
    return redirect("payments:bank_accounts")


# ── payouts ──


def free_sums(held: dict[str, Held]) -> list[tuple[str, Any]]:
    """«Free in USD» and how much, for each currency."""
    return [(_("Free in %(currency)s") % {"currency": currency}, money(row.free)) for currency, row in held.items()]


@require_http_methods(["GET", "POST"])
@allow(MONEY_KEEPING, proof="fresh")
@once
def new_payout(request: HttpRequest) -> HttpResponse:
    """First the form (GET), then, with account and amount in the address, what will move (GET); POST asks for it."""
    actor = request.actor  # type: ignore[attr-defined]
    accounts = list(queries.bank_accounts_of(actor))
    typed = request.POST if request.method == "POST" else request.GET
    form = PayoutForm(typed if "amount" in typed else None, accounts=accounts)
    held = wallets(actor.company_id)

    def show(status: int) -> HttpResponse:
        return page(request, "payments/new_payout.html", status=status, form=form, accounts=accounts, free=free_sums(held))

    if not form.is_bound:
        return show(200)
    if not form.is_valid():
        return show(422)
    account, amount = form.accounts[form.cleaned_data["bank_account"]], form.cleaned_data["money"]
    if request.method == "POST" and request.POST.get("confirmed") == "1":
        try:
            actions.request_payout(account.pk, amount, by=actor)
        except Refused as refusal:
            if refusal.status not in (409, 422) or isinstance(refusal, AlreadyDone):
                raise
            form.add_error("amount", str(refusal.message))
            return show(422)
        messages.success(request, _("The payout is asked for. Until it arrives the amount is on hold in the wallet."))
        return redirect("payments:wallet")
    free = held[amount.currency].free if amount.currency in held else None
    if free is None or free < amount:
        form.add_error("amount", _("The wallet holds less than that."))
        return show(422)
    return page(
        request,
        "payments/confirm_payout.html",
        account=account,
        amount=amount,
        typed=form.cleaned_data["amount"],
        left=free - amount,
        company=names(company_of(actor), get_language() or "en")[0],
        hidden_number=hidden_number,
    )


@require_safe
@allow(MONEY_KEEPING)
def payouts(request: HttpRequest) -> HttpResponse:
    after = request.GET.get("after", "")
    before = open_cursor(after, UUID)[0] if after else None
    found = queries.payouts_page(request.actor, before=before, limit=PER_PAGE + 1)  # type: ignore[attr-defined]
    shown = found[:PER_PAGE]
    more = seal_cursor([str(shown[-1].pk)]) if len(found) > PER_PAGE else ""
    return page(
        request,
        "payments/payouts.html",
        payouts=shown,
        payout_words=PAYOUT_WORDS,
        hidden_number=hidden_number,
        payout_reference=payout_reference,
        first=not after,
        next_url=with_query(request.get_full_path(), after=more) if more else None,
    )
