"""Pages of the wallet: balances and statement."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from everfair.base.actor import Actor
from everfair.base.allow import allow
from everfair.base.api import open_cursor, seal_cursor
from everfair.base.jinja import with_query
from everfair.base.pages import page
from everfair.base.refused import NotVisible
from everfair.base.sheets import Cell, csv_pieces
from everfair.companies.roles import MONEY_KEEPING
from everfair.ledger.queries import wallets
from everfair.payments import queries
from everfair.payments.forms import DaysForm, hidden_number
from everfair.payments.pages.paying import localised
from everfair.payments.values import PAYOUT_WORDS, payout_reference
from everfair.reference.queries import CURRENCIES

PER_PAGE = 50
LARGEST_EXPORT = 100_000


@require_safe
@allow(MONEY_KEEPING)
def wallet(request: HttpRequest) -> HttpResponse:
    """Balances, and the statement of one currency: of all days, or between two of them."""
    actor = request.actor  # type: ignore[attr-defined]
    held = wallets(actor.company_id)
    currency = request.GET.get("currency", "") or next(iter(held), "USD")
    if currency not in CURRENCIES:
        raise NotVisible
    after = request.GET.get("after", "")
    form = DaysForm(request.GET)
    days = form.cleaned_data if form.is_valid() else {}
    before = open_cursor(after, int)[0] if after else None
    lines = queries.wallet_statement(actor, currency, before=before, limit=PER_PAGE + 1, **days) if form.is_valid() else []
    shown = lines[:PER_PAGE]
    more = seal_cursor([shown[-1].line.id]) if len(lines) > PER_PAGE else ""
    return page(
        request,
        "payments/wallet.html",
        status=200 if form.is_valid() else 422,
        form=form,
        held=held,
        currency=currency,
        days={name: day.isoformat() for name, day in days.items() if day},
        lines=shown,
        localised=localised,
        first=not after,
        next_url=with_query(request.get_full_path(), after=more) if more else None,
        accounts=list(queries.bank_accounts_of(actor)),
        debts=queries.debts_due(queries.open_debts(actor.company_id)),
        payouts=queries.payouts_page(actor, limit=10),
        payout_words=PAYOUT_WORDS,
        hidden_number=hidden_number,
        reserves=(kept := queries.reserves_of(actor.company_id)),
        reserve_sums=queries.reserve_sums(actor.company_id) if kept else [],
        payout_reference=payout_reference,
    )


@require_safe
@allow(MONEY_KEEPING)
def statement_file(request: HttpRequest, currency: str) -> HttpResponse:
    """The statement of the same days as on the page, or the whole."""
    if currency not in CURRENCIES:
        raise NotVisible
    days = DaysForm(request.GET)
    if not days.is_valid():
        return redirect(f"{resolve_url('payments:wallet')}?{request.GET.urlencode()}")
    return statement_answer(request.actor, currency, **days.cleaned_data)  # type: ignore[attr-defined]


def statement_answer(actor: Actor, currency: str, *, from_on: date | None, to_on: date | None) -> HttpResponse:
    """CSV for a spreadsheet, newest first, in the reader's language; no cell of it is read as a formula."""
    language = get_language() or "en"
    head = [_("Moment"), _("What it was"), _("For"), _("Amount"), _("Balance"), _("Currency"), _("Entry")]
    pieces = csv_pieces(head, _rows(actor, currency, language, from_on, to_on))
    answer = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="everfair-{currency}.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer  # type: ignore[return-value]


def _rows(actor: Actor, currency: str, language: str, from_on: date | None, to_on: date | None) -> Iterator[list[Cell]]:
    lines = queries.whole_wallet_statement(actor, currency, from_on=from_on, to_on=to_on, most=LARGEST_EXPORT)
    while True:
        with override(language):  # the answer is read after the request has ended
            row = next(lines, None)
        if row is None:
            return
        yield [
            row.line.posted_at.isoformat(timespec="seconds"), row.words, row.subject, row.line.amount.amount, row.line.balance.amount,
            currency, row.line.id,
        ]  # fmt: skip
