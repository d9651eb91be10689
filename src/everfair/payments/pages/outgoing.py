"""Pages of money that leaves: bank accounts and payouts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everfair.base import clock
from everfair.base.allow import allow
from everfair.base.api import open_cursor, seal_cursor
from everfair.base.formats import money
from everfair.base.jinja import with_query
from everfair.base.money import Money
from everfair.base.pages import page
from everfair.base.refused import AlreadyDone, Refused
from everfair.base.writes import once
from everfair.companies.queries import company_of, names, open_stops, people_by_id
from everfair.companies.roles import MONEY_KEEPING
from everfair.ledger.queries import Held, wallets
from everfair.markets.queries import rule
from everfair.markets.table import DEFAULT_MARKET
from everfair.payments import actions, queries
from everfair.payments.actions.bank_accounts import LEAST_WAIT_HOURS
from everfair.payments.actions.payouts import payout_way
from everfair.payments.forms import BankAccountForm, PayoutForm, hidden_number
from everfair.payments.queries.standing import moves_of, standing_of
from everfair.payments.values import PAYOUT_WORDS, payout_reference

PER_PAGE = 50


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
            messages.success(request, _("The bank account is kept. Everybody who keeps the company's money is told by mail."))
            return redirect("payments:bank_accounts")
    status = 422 if form.errors else 200
    return page(
        request,
        "payments/bank_accounts.html",
        status=status,
        form=form,
        accounts=list(queries.bank_accounts_of(actor)),
        hidden_number=hidden_number,
        now=clock.now(),
        wait_hours=int(rule("payments.payout_wait_hours", DEFAULT_MARKET)),
        least_hours=LEAST_WAIT_HOURS,
        for_play=settings.KIND != "live",
    )


@require_POST
@allow(MONEY_KEEPING, proof="fresh")
@once
def remove_bank_account(request: HttpRequest, account_id: UUID) -> HttpResponse:
    actions.remove_bank_account(account_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(
        request, _("The bank account is removed. Payouts that had not left are called off; those under way end as they end.")
    )
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
    every = list(queries.bank_accounts_of(actor))
    accounts = queries.ready_accounts(every, clock.now())
    typed = request.POST if request.method == "POST" else request.GET
    form = PayoutForm(typed if "amount" in typed else None, accounts=accounts)
    held, owed = wallets(actor.company_id), queries.open_debts(actor.company_id)

    def show(status: int) -> HttpResponse:
        waiting = [row for row in every if row not in accounts]
        return page(
            request, "payments/new_payout.html", status=status, form=form, accounts=accounts, waiting=waiting, free=free_sums(held),
            owed=[(_("Owed in %(currency)s") % {"currency": row.currency}, money(row.left)) for row in owed], hidden_number=hidden_number,
        )  # fmt: skip

    if not form.is_bound:
        return show(200)
    if not form.is_valid():
        return show(422)
    account, amount = form.accounts[form.cleaned_data["bank_account"]], form.cleaned_data["money"]
    if request.method == "POST" and request.POST.get("confirmed") == "1":
        try:
            asked = actions.request_payout(account.pk, amount, by=actor)
        except Refused as refusal:
            if refusal.status not in (409, 422) or isinstance(refusal, AlreadyDone):
                raise
            form.add_error("amount", str(refusal.message))
            return show(422)
        messages.success(request, _("The payout is asked for. Until it arrives the amount is on hold in the wallet."))
        return redirect("payments:payout", asked.pk)
    free = held[amount.currency].free if amount.currency in held else Money(0, amount.currency)
    for row in owed:  # taken first
        free -= min(row.left, free) if row.currency == amount.currency else Money(0, amount.currency)
    if free < amount:
        form.add_error("amount", _("The wallet holds less than that."))
        return show(422)
    try:
        way = payout_way(amount, account)
    except Refused as refusal:
        form.add_error("amount", str(refusal.message))
        return show(422)
    return page(
        request,
        "payments/confirm_payout.html",
        account=account,
        amount=amount,
        typed=form.cleaned_data["amount"],
        left=free - amount,
        way=way,
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


@require_safe
@allow(MONEY_KEEPING)
def payout(request: HttpRequest, payout_id: UUID) -> HttpResponse:
    """One payout: where it stands, whose turn it is, when it may go."""
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.payout(payout_id, actor)
    keepers = queries.keepers_count(found.company_id) if found.state == "requested" else 0
    stopped = any(stop.kind == "payout" for stop in open_stops([found.company_id]))
    return page(
        request,
        "payments/payout.html",
        payout=found,
        number=payout_reference(found.pk),
        standing=standing_of(found, actor, keepers=keepers, stopped=stopped),
        moves=moves_of(found, actor, keepers=keepers),
        people=people_by_id([found.requested_by, found.approved_by]),
        hidden_number=hidden_number,
    )


@require_POST
@allow(MONEY_KEEPING, proof="fresh")
@once
def approve_payout(request: HttpRequest, payout_id: UUID) -> HttpResponse:
    actions.approve_payout(payout_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("The payout is approved."))
    return redirect("payments:payout", payout_id)


@require_POST
@allow(MONEY_KEEPING)
@once
def cancel_payout(request: HttpRequest, payout_id: UUID) -> HttpResponse:
    actions.cancel_payout(payout_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("The payout is called off; the money is free again."))
    return redirect("payments:payout", payout_id)
