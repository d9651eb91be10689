"""The books as files: journal, statements and trial balance as CSV or workbook, and the journal as plain text for other programs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from everfair.base.allow import allow
from everfair.base.clock import now
from everfair.base.pages import page
from everfair.base.refused import NotVisible, Refused
from everfair.base.roles import OPERATOR
from everfair.base.sheets import Cell, csv_pieces, write_workbook
from everfair.base.words import word
from everfair.companies.actions import note_act
from everfair.ledger.queries import JournalLine, TrialBalance, journal_in_text, journal_of, trial_balance
from everfair.office import actions, forms
from everfair.office.pages.accounting import asked_statement
from everfair.office.values import BOOKS_EXPORTED

# A workbook is made whole before it is sent; CSV is not.
LARGEST_WORKBOOK = 200_000


@require_safe
@allow(OPERATOR)
def journal_file(request: HttpRequest, ending: str) -> HttpResponse:
    """The lines of the same question as on the page."""
    form, statement = asked_statement(request)
    if statement is None:
        return page(request, "office/journal.html", status=422, form=form, statement=None)
    actions.note_statement(statement, by=request.actor)  # type: ignore[attr-defined]
    language = get_language() or "en"
    head = [
        _("Day"), _("Moment"), _("Entry"), _("Entry key"), _("Kind"), _("Code"), _("Debits"), _("Credits"), _("Amount"), _("Currency"),
        _("Purpose"), _("Actor"),
    ]  # fmt: skip
    lines = journal_of(statement.prefixes, from_on=statement.from_on, to_on=statement.to_on)
    return _table(request, ending, "journal", head, (_line(line, language) for line in lines))


def _line(line: JournalLine, language: str) -> list[Cell]:
    with override(language):
        kind, purpose = word(line.kind, "entry"), word(line.purpose, "purpose")
    return [
        line.booked_on, line.posted_at.isoformat(timespec="seconds"), line.entry, line.key, kind, line.kind, line.source, line.target,
        line.amount.amount, line.amount.currency, purpose, line.actor,
    ]  # fmt: skip


@require_safe
@allow(OPERATOR)
def trial_file(request: HttpRequest, ending: str) -> HttpResponse:
    form = forms.DayForm(request.GET or None)
    if form.is_bound and not form.is_valid():
        return page(request, "office/trial.html", status=422, form=form, on=None, currencies=[], balance=None)
    on = form.cleaned_data["on"] if form.is_bound else None
    head = [
        _("Account"), _("Name"), _("Class"), _("Accounts"), _("Currency"), _("Debits"), _("Credits"), _("Debit balance"),
        _("Credit balance"),
    ]  # fmt: skip
    return _table(request, ending, "trial-balance", head, list(_trial(trial_balance(on=on))))


def _trial(balances: Sequence[TrialBalance]) -> Iterator[list[Cell]]:
    for balance in balances:
        for row in balance.rows:
            sides = [side.amount if side else None for side in (row.debit_balance, row.credit_balance)]
            yield [
                row.address, str(row.row.name), word(row.row.account_class, "account class"), row.accounts, balance.currency,
                row.debits.amount, row.credits.amount, *sides,
            ]  # fmt: skip


@require_safe
@allow(OPERATOR)
def plain_text(request: HttpRequest) -> HttpResponse:
    """The journal between two days (this month without them), as beancount reads it."""
    form, statement = asked_statement(request)
    if statement is None:
        return page(request, "office/journal.html", status=422, form=form, statement=None)
    to_on = statement.to_on or now().date()
    from_on = statement.from_on or date(2000, 1, 1)
    _note(request, "plain text")
    pieces = (line.encode() for line in journal_in_text(from_on, to_on))
    return _attached(StreamingHttpResponse(pieces, content_type="text/plain; charset=utf-8"), "journal.beancount")


def _table(request: HttpRequest, ending: str, name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    if ending not in ("csv", "xlsx"):
        raise NotVisible
    _note(request, f"{name}.{ending}")
    if ending == "csv":
        return _attached(StreamingHttpResponse(csv_pieces(head, rows), content_type="text/csv; charset=utf-8"), f"{name}.csv")
    whole = list(islice(rows, LARGEST_WORKBOOK + 1))
    if len(whole) > LARGEST_WORKBOOK:
        raise Refused("office.too_many_lines", _("Too many lines for a workbook: take the CSV file, or fewer days."), status=422)
    target = tempfile.TemporaryFile()  # noqa: SIM115 – the answer closes it
    write_workbook(name, head, whole, target)
    target.seek(0)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _attached(FileResponse(target, content_type=kind), f"{name}.xlsx")


def _note(request: HttpRequest, what: str) -> None:
    asked = {name: value for name, value in request.GET.items() if value}
    note_act(BOOKS_EXPORTED, None, "", request.actor, after={"name": what, **asked})  # type: ignore[attr-defined]


def _attached(answer: StreamingHttpResponse, name: str) -> HttpResponse:
    answer["Content-Disposition"] = f'attachment; filename="everfair-{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer  # type: ignore[return-value]
