"""The accountant's pages: trial balance, journal and statements, months and their closing, corrections."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.clock import now
from everfair.base.pages import page
from everfair.base.roles import OPERATOR
from everfair.base.writes import once
from everfair.ledger.proofs import ready_to_close
from everfair.ledger.queries import after_month, journal, months, movements, trial_balance
from everfair.ledger.roles import BOOKKEEPER
from everfair.office import actions, forms, queries
from everfair.office.pages.answering import acted, next_address, proof_address
from everfair.office.pages.words import actor_in_words, told
from everfair.office.queries.accounting import Statement, period_in, statement_of
from everfair.office.queries.trail import staff_names

PER_PAGE = 50
# A statement of more accounts than this shows its lines alone.
MOST_ACCOUNTS = 40


@require_safe
@allow(OPERATOR)
def trial(request: HttpRequest) -> HttpResponse:
    """As of the end of a day (`?on=`), or of everything."""
    form = forms.DayForm(request.GET or None)
    wrong = form.is_bound and not form.is_valid()
    on = None if wrong or not form.is_bound else form.cleaned_data["on"]
    found = [] if wrong else trial_balance(on=on)
    currency = request.GET.get("currency", "")
    chosen = next((balance for balance in found if balance.currency == currency), found[0] if found else None)
    return page(
        request, "office/trial.html", status=422 if wrong else 200, form=form, on=on, currencies=[b.currency for b in found],
        balance=chosen,
    )  # fmt: skip


@require_safe
@allow(OPERATOR)
def lines(request: HttpRequest) -> HttpResponse:
    """The journal, or the statement of a company, an order, a provider or an account, between two days. A look at somebody's money is
    noted."""
    form, statement = asked_statement(request)
    if statement is None:
        return page(request, "office/journal.html", status=422, form=form, statement=None)
    actions.note_statement(statement, by=request.actor)  # type: ignore[attr-defined]
    found = journal(
        statement.prefixes,
        from_on=statement.from_on,
        to_on=statement.to_on,
        after=request.GET.get("after", ""),
        limit=PER_PAGE + 1,
    )
    shown, following = next_address(request, found, PER_PAGE, lambda line: line.place)
    moved = []
    if statement.prefixes is not None:
        for movement in movements(statement.prefixes, from_on=statement.from_on, to_on=statement.to_on):
            moved.append(movement)
            if len(moved) > MOST_ACCOUNTS:
                break
    return page(
        request, "office/journal.html", form=form, statement=statement, lines=shown, following=following,
        movements=moved if len(moved) <= MOST_ACCOUNTS else [], query=request.GET.urlencode(),
    )  # fmt: skip


def asked_statement(request: HttpRequest) -> tuple[forms.JournalForm, Statement | None]:
    """What was typed, and the statement it asks for; None where something typed cannot be anything. Without days it is this month's."""
    typed = request.GET if {"of", "what", "from_on", "to_on"} & set(request.GET) else None
    today = now().date()
    form = forms.JournalForm(typed, initial={"from_on": today.replace(day=1), "to_on": today})
    if typed is None:
        return form, statement_of("", "", today.replace(day=1), today)
    if not form.is_valid():
        return form, None
    asked = form.cleaned_data
    found = statement_of(asked["of"], asked["what"], asked["from_on"], asked["to_on"])
    if found is None:
        form.add_error("what", _("There is nothing like this."))
    return form, found


# Months


@require_safe
@allow(OPERATOR)
def periods(request: HttpRequest) -> HttpResponse:
    found = months()
    who = staff_names(label for row in found for label in (row.closed_by, row.confirmed_by))
    return page(request, "office/periods.html", periods=found, who=who)


@require_safe
@allow(OPERATOR)
def period(request: HttpRequest, month: str) -> HttpResponse:
    """One month. Its checks read every transfer there is, so they run when somebody asks (`?run=1`)."""
    return _show_period(request, month, None)


def _show_period(request: HttpRequest, month: str, form: Any) -> HttpResponse:
    row = period_in(month)
    actor = request.actor  # type: ignore[attr-defined]
    return page(
        request, "office/period.html", status=422 if form is not None else 200, period=row, month=month, form=form,
        last=after_month(row.month) - timedelta(days=1),
        who=staff_names([row.closed_by, row.confirmed_by]), moves=row.moves(actor) if row.over else [],
        checks=ready_to_close(row.month) if request.GET.get("run") == "1" or form is not None else None,
        prove=proof_address(request), keeps=BOOKKEEPER.admits(actor),
    )  # fmt: skip


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def move_period(request: HttpRequest, month: str, verb: str) -> HttpResponse:
    """Close, confirm or withdraw. What the checks find is shown on the month's page."""
    row = period_in(month)
    form = forms.NothingForm(request.POST)

    def work() -> HttpResponse:
        actions.move_month(row.month, verb, by=request.actor)  # type: ignore[attr-defined]
        said = {
            "close": _("Another person confirms it now."),
            "confirm": _("The month is closed: nothing is dated into it any more."),
            "withdraw": _("The month is open again."),
        }
        messages.success(request, said[verb])
        return redirect("office:period", month)

    return acted(form, work, lambda: _show_period(request, month, form))


# Corrections


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def correct(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Take an entry back by a new one of today."""
    form = forms.ReasonForm(request.POST)

    def work() -> HttpResponse:
        made = actions.correct_entry(entry_id, form.cleaned_data["reason"], by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("Taken back by this entry, of today."))
        return redirect("office:entry", made)

    return acted(form, work, lambda: show_entry(request, entry_id, form))


def show_entry(request: HttpRequest, entry_id: int, form: Any = None) -> HttpResponse:
    found = queries.entry(entry_id)
    actor = request.actor  # type: ignore[attr-defined]
    may = BOOKKEEPER.admits(actor) and queries.may_be_corrected(found)
    return page(
        request, "office/entry.html", status=422 if form is not None else 200, entry=found, who=actor_in_words(found.actor),
        why=told(found.why), form=(form or forms.ReasonForm()) if may or form is not None else None, prove=proof_address(request),
        corrected_by=queries.corrected_by(found.id),
    )  # fmt: skip
