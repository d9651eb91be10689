"""Pages of the wallet: balances and statement."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from everfair.base.allow import allow
from everfair.base.api import open_cursor, seal_cursor
from everfair.base.jinja import with_query
from everfair.base.pages import page
from everfair.base.refused import NotVisible
from everfair.companies.roles import MONEY_KEEPING
from everfair.ledger.queries import wallets
from everfair.payments import queries
from everfair.payments.forms import hidden_number
from everfair.payments.pages.paying import localised
from everfair.payments.values import PAYOUT_WORDS, payout_reference
from everfair.reference.queries import CURRENCIES

PER_PAGE = 50
LARGEST_EXPORT = 100_000


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
