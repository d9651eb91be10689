"""Trade credit on pages: what is granted and owed on either side, one line of it, granting, changing, repaying."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everfair.base.actor import SYSTEM
from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.roles import MEMBER
from everfair.base.states import allowed_moves
from everfair.base.writes import once
from everfair.companies.queries import companies_by_id, company_by_number, names
from everfair.companies.roles import BUYING, MONEY_KEEPING
from everfair.payments import actions, queries
from everfair.payments.credit.forms import GrantForm, LimitForm
from everfair.payments.models import CreditLine
from everfair.payments.queries.credit import AGES
from everfair.payments.values import AGE_WORDS, CREDIT_LINE_WORDS

VERBS = {
    "agree": actions.agree_to_credit,
    "pause": actions.pause_credit,
    "resume": actions.resume_credit,
    "close": actions.close_credit,
}


def _names(company_ids: Iterable[UUID]) -> dict[UUID, str]:
    language = get_language() or "en"
    return {pk: names(company, language)[0] for pk, company in companies_by_id(company_ids).items()}


@require_safe
@allow(MEMBER)
def credits(request: HttpRequest) -> HttpResponse:
    """Both sides of one company: what it grants, with its ageing; what it owes, and by when."""
    actor = request.actor  # type: ignore[attr-defined]
    standing = queries.standing_of(queries.credit_lines(actor))
    given = [row for row in standing if row.line.seller_id == actor.company_id]
    taken = [row for row in standing if row.line.buyer_id == actor.company_id]
    currencies, ages = queries.by_age([row for row in given if row.line.drawn_minor])
    return page(
        request,
        "payments/credits.html",
        given=given,
        taken=taken,
        currencies=currencies,
        ages=ages,
        dues=queries.dues_of([row.line for row in taken if row.line.drawn_minor]),
        names=_names({row.line.seller_id for row in taken} | {row.line.buyer_id for row in given}),
        states=CREDIT_LINE_WORDS,
        may_pay=(BUYING | MONEY_KEEPING).admits(actor),
    )


@require_http_methods(["GET", "POST"])
@allow(MONEY_KEEPING)
@once
def grant(request: HttpRequest) -> HttpResponse:
    """To a buyer the seller has business with: its number is in the address (its record leads here)."""
    actor = request.actor  # type: ignore[attr-defined]
    number = request.GET.get("buyer", "")
    buyer = company_by_number(int(number), SYSTEM) if number.isascii() and number.isdigit() and len(number) < 19 else None
    if buyer is None or not queries.knows_buyer(actor, buyer.pk):
        raise NotVisible
    form = GrantForm(request.POST if request.method == "POST" else None)

    def show(status: int) -> HttpResponse:
        return page(request, "payments/grant_credit.html", status=status, form=form, name=names(buyer, get_language() or "en")[0])

    def work() -> HttpResponse:
        line = actions.grant_credit(buyer.pk, form.cleaned_data["money"], int(form.cleaned_data["net_days"]), by=actor)
        messages.success(request, _("The credit is offered. It holds once the buyer has agreed to its terms."))
        return redirect("payments:credit", line.pk)

    return show(200) if request.method != "POST" else _acted(form, work, lambda: show(422))


@require_safe
@allow(MEMBER)
def credit(request: HttpRequest, line_id: UUID) -> HttpResponse:
    line = queries.credit_line(line_id, request.actor)  # type: ignore[attr-defined]
    return _show(request, line, LimitForm(currency=line.currency), 200)


def _show(request: HttpRequest, line: CreditLine, form: LimitForm, status: int) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    grants = actor.company_id == line.seller_id
    known = _names([line.seller_id, line.buyer_id])
    [standing] = queries.standing_of([line])
    return page(
        request,
        "payments/credit.html",
        status=status,
        line=line,
        standing=standing,
        grants=grants,
        other=known[line.buyer_id if grants else line.seller_id],
        seller=known[line.seller_id],
        buyer=known[line.buyer_id],
        moves=[verb for verb in allowed_moves(line, actor) if verb in VERBS],
        limits=queries.limits_of(line),
        dues=queries.dues_of([line]),
        repaid=queries.dues_of([line], state="paid", limit=25),
        draws=queries.draws_of(line),
        states=CREDIT_LINE_WORDS,
        ages=[(AGE_WORDS[age], standing.ages[age]) for age in AGES],
        form=form if grants and line.state != "closed" and MONEY_KEEPING.admits(actor) else None,
        may_pay=not grants and (BUYING | MONEY_KEEPING).admits(actor),
    )


@require_POST
@allow(MONEY_KEEPING)
@once
def move_credit(request: HttpRequest, line_id: UUID, verb: str) -> HttpResponse:
    """Agree, pause, resume, close: who may do which stands in the table."""
    if verb not in VERBS:
        raise NotVisible
    try:
        VERBS[verb](line_id, by=request.actor)  # type: ignore[attr-defined]
    except AlreadyDone:
        pass
    messages.success(
        request,
        {
            "agree": _("Agreed. You can pay this seller on credit from now on."),
            "pause": _("Paused: nothing new is drawn. What is owed stays owed."),
            "resume": _("The credit is in force again."),
            "close": _("Closed for good. What is owed stays owed."),
        }[verb],
    )
    return redirect("payments:credit", line_id)


@require_POST
@allow(MONEY_KEEPING)
@once
def change_limit(request: HttpRequest, line_id: UUID) -> HttpResponse:
    line = queries.credit_line(line_id, request.actor)  # type: ignore[attr-defined]
    form = LimitForm(request.POST, currency=line.currency)

    def work() -> HttpResponse:
        actions.change_credit_limit(line.pk, form.cleaned_data["money"], by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("The new limit holds from now on."))
        return redirect("payments:credit", line.pk)

    return _acted(form, work, lambda: _show(request, line, form, 422))


@require_POST
@allow(BUYING | MONEY_KEEPING)
@once
def pay_due(request: HttpRequest, due_id: UUID) -> HttpResponse:
    """Opens the payment of a debt and leads to its page, which shows the ways."""
    return redirect("payments:payment", actions.pay_due(due_id, by=request.actor).pk)  # type: ignore[attr-defined]


def _acted(form: Any, work: Callable[[], HttpResponse], show: Callable[[], HttpResponse]) -> HttpResponse:
    """What is wrong is shown beside its field, with what was typed."""
    if not form.is_valid():
        return show()
    try:
        return work()
    except Refused as refusal:
        if refusal.status not in (409, 422) or isinstance(refusal, AlreadyDone):
            raise
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
        return show()
