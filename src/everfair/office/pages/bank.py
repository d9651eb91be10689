"""The bank: statements in, their breaks, and the desk where a person says whose the money is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.formats import NBSP
from everfair.base.forms import read_money
from everfair.base.money import Money
from everfair.base.pages import page
from everfair.base.refused import NotVisible, Refused
from everfair.base.roles import OPERATOR
from everfair.base.writes import once
from everfair.office import actions, forms, values
from everfair.office.pages.answering import acted, next_address, proof_address, uuid_or_none
from everfair.office.pages.deciding import FORMS
from everfair.office.queries.bank import parts_of
from everfair.office.queries.trail import staff_names
from everfair.payments import queries
from everfair.payments.actions import (
    assign_line,
    book_costs,
    bounce_return,
    except_return,
    note_bounced,
    note_cover,
    note_paid,
    note_return_sent,
    note_withdrawal,
    readmit_return,
    return_line,
    second_from,
)
from everfair.payments.roles import cashier
from everfair.payments.states import BANK_RETURN
from everfair.payments.values import payout_reference, return_reference

PER_PAGE = 50


def account_name(code: str) -> str:
    """«USD …0002»; one that the settings name no more by its code."""
    found = queries.bank_account_by_code(code)
    return f"{found.currency}{NBSP}…{found.account[-4:]}" if found else code


@require_http_methods(["GET", "POST"])
@allow(cashier)
@once
def statements(request: HttpRequest) -> HttpResponse:
    """Our accounts with their newest statement, what was imported, and the door for the next file."""
    form = forms.StatementForm(request.POST or None, request.FILES or None) if request.method == "POST" else forms.StatementForm()

    def work() -> HttpResponse:
        file = form.cleaned_data["file"]
        done = actions.take_statement(file.name, file.read(), by=request.actor)  # type: ignore[attr-defined]
        booked = [row for row in done.outcomes if row.outcome == "booked"]
        known = sum(row.outcome == "known" for row in done.outcomes)
        broken = len(done.outcomes) - len(booked) - known
        if booked:
            messages.success(
                request, ngettext("%(n)d statement is booked.", "%(n)d statements are booked.", len(booked)) % {"n": len(booked)}
            )
        if known:
            messages.info(
                request,
                ngettext("%(n)d statement was booked before.", "%(n)d statements were booked before.", known) % {"n": known},
            )
        if broken:
            messages.error(
                request,
                ngettext(
                    "%(n)d statement is not booked: look at its break.",
                    "%(n)d statements are not booked: look at their breaks.",
                    broken,
                )
                % {"n": broken},
            )
            return redirect("office:bank_breaks")
        return redirect("office:bank")

    def show() -> HttpResponse:
        before = uuid_or_none(request.GET.get("after", ""))
        found = queries.statements_page(before=before, limit=PER_PAGE + 1)
        shown, following = next_address(request, found, PER_PAGE, lambda row: row.pk)
        return page(
            request, "office/bank.html", status=422 if form.errors else 200, accounts=queries.account_standings(), statements=shown,
            following=following, form=form, breaks=queries.open_bank_breaks(), account_name=account_name,
        )  # fmt: skip

    return acted(form, work, show) if request.method == "POST" else show()


@require_safe
@allow(cashier)
def statement(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    found = queries.statement_by_id(statement_id)
    after = request.GET.get("after", "")
    rows = queries.lines_of(
        found.pk, after=int(after) if after.isascii() and after.isdigit() and len(after) < 9 else 0, limit=201
    )
    shown, following = next_address(request, rows, 200, lambda row: row.n)
    return page(
        request, "office/bank_statement.html", statement=found, lines=shown, following=following, account_name=account_name
    )


# ── the desk ──


@require_safe
@allow(cashier)
def lines(request: HttpRequest) -> HttpResponse:
    """What nobody has been given yet; `?kept=1` what was left in suspense with a note."""
    kept = request.GET.get("kept") == "1"
    before = uuid_or_none(request.GET.get("after", ""))
    found = queries.desk_lines("kept" if kept else "open", before=before, limit=PER_PAGE + 1)
    shown, following = next_address(request, found, PER_PAGE, lambda row: row.pk)
    return page(
        request, "office/bank_lines.html", lines=shown, kept=kept, following=following, waiting=len(queries.decisions_waiting()),
    )  # fmt: skip


@require_safe
@allow(cashier)
def line(request: HttpRequest, line_id: UUID) -> HttpResponse:
    return _show_line(request, line_id, {})


def _show_line(request: HttpRequest, line_id: UUID, typed: dict[str, Any]) -> HttpResponse:
    face = queries.line_face(line_id)
    pressed = request.GET.get("give", "")
    best = next((row for row in face.candidates if (str(row.intent.pk) == pressed if pressed else row.score >= 60)), None)
    first = (best.intent.reference or str(best.intent.pk)) if best else ""
    sender = {"name": face.line.name, "account": face.line.other_account, "bic": face.line.bic}
    initial = {"assign": {"payments": first}, "return": sender}
    asked = {verb: made(face, initial=initial.get(verb)) for verb, made in FORMS.items()} | typed
    return page(
        request, "office/bank_line.html", status=422 if typed else 200, face=face, line=face.line, forms=asked,
        prove=proof_address(request), second=second_from(face.line.currency), who=staff_names(row.by for row in face.decisions),
        me=request.actor.label, payout_reference=payout_reference, return_reference=return_reference,  # type: ignore[attr-defined]
        charges=Money(face.line.charges_minor, face.line.currency),
    )  # fmt: skip


@require_POST
@allow(cashier, proof="fresh")
@once
def decide(request: HttpRequest, line_id: UUID, verb: str) -> HttpResponse:
    """assign, return, costs, sent, cover, withdrawal, paid, bounced or keep."""
    actor = request.actor  # type: ignore[attr-defined]
    face = queries.line_face(line_id)
    form = _form(verb, request, face)

    def work() -> HttpResponse:
        typed = form.cleaned_data
        reason = typed["reason"]
        if verb == "keep":
            actions.keep_line(line_id, reason, by=actor)
            messages.success(request, _("It stays in suspense, with your note."))
            return redirect("office:bank_lines")
        if verb == "assign":
            parts = _parts(typed["payments"], face)
            made = actions.decide_line(lambda: assign_line(line_id, parts, reason, by=actor), reason, by=actor)
        elif verb == "return":
            to = (typed["name"], typed["account"], typed["bic"])
            made = actions.decide_line(lambda: return_line(line_id, to, reason, by=actor), reason, by=actor)
        elif verb == "costs":
            made = actions.decide_line(lambda: book_costs(line_id, reason, by=actor), reason, by=actor)
        elif verb == "cover":
            which = UUID(typed["cover"])
            made = actions.decide_line(lambda: note_cover(line_id, which, reason, by=actor), reason, by=actor)
        elif verb == "withdrawal":
            which = UUID(typed["withdrawal"])
            made = actions.decide_line(lambda: note_withdrawal(line_id, which, reason, by=actor), reason, by=actor)
        elif verb == "paid":
            ids = [UUID(each) for each in typed["paid"].split(",")]
            made = actions.decide_line(lambda: note_paid(line_id, ids, reason, by=actor), reason, by=actor)
        elif verb == "bounced":
            which, why = UUID(typed["payout"]), typed["why"]
            made = actions.decide_line(lambda: note_bounced(line_id, which, why, reason, by=actor), reason, by=actor)
        else:
            owed = UUID(typed["owed"])
            made = actions.decide_line(lambda: note_return_sent(line_id, owed, reason, by=actor), reason, by=actor)
        if made.state == "proposed":
            messages.info(request, _("A second person has to approve it."))
        else:
            messages.success(request, _("It is done."))
        return redirect("office:bank_line", line_id)

    return acted(form, work, lambda: _show_line(request, line_id, {verb: form}))


def _form(verb: str, request: HttpRequest, face: Any) -> Any:
    if verb not in FORMS:
        raise NotVisible
    return FORMS[verb](face, request.POST)


def _parts(text: str, face: Any) -> list[tuple[UUID, Money]]:
    """What was typed as payments and amounts."""
    rows = [row.partition("=") for row in filter(None, map(str.strip, text.splitlines()))]
    return parts_of(face, [(which, amount.strip()) for which, _equals, amount in rows], read=_typed)


def _typed(amount: str, currency: str) -> Money:
    try:
        return read_money(amount, currency)
    except forms.forms.ValidationError as error:
        raise Refused("base.amount", " ".join(error.messages), field="payments", status=422) from error


@require_safe
@allow(cashier)
def decisions(request: HttpRequest) -> HttpResponse:
    found = queries.decisions_waiting()
    return page(
        request, "office/bank_decisions.html", decisions=found, who=staff_names(row.by for row in found), prove=proof_address(request),
        me=request.actor.label,  # type: ignore[attr-defined]
    )  # fmt: skip


@require_POST
@allow(cashier, proof="fresh")
@once
def answer(request: HttpRequest, decision_id: UUID, verb: str) -> HttpResponse:
    """approve or withdraw."""
    actor = request.actor  # type: ignore[attr-defined]
    if verb == "approve":
        actions.approve_decision(decision_id, by=actor)
        messages.success(request, _("Approved: it is done."))
    elif verb == "withdraw":
        actions.withdraw_decision(decision_id, by=actor)
        messages.success(request, _("Withdrawn: the line waits as before."))
    else:
        raise NotVisible
    return redirect("office:bank_decisions")


# ── breaks and returns ──


@require_safe
@allow(cashier)
def breaks(request: HttpRequest) -> HttpResponse:
    settled = request.GET.get("settled") == "1"
    before = uuid_or_none(request.GET.get("after", ""))
    found = queries.breaks_page(settled=settled, before=before, limit=PER_PAGE + 1)
    shown, following = next_address(request, found, PER_PAGE, lambda row: row.pk)
    return page(
        request,
        "office/bank_breaks.html",
        breaks=shown,
        settled=settled,
        following=following,
        account_name=account_name,
        break_note=queries.break_note,
    )


@require_http_methods(["GET", "POST"])
@allow(cashier)
@once
def one_break(request: HttpRequest, break_id: UUID) -> HttpResponse:
    found = queries.break_by_id(break_id)
    form = forms.ReasonForm(request.POST or None)

    def work() -> HttpResponse:
        actions.settle_break(break_id, form.cleaned_data["reason"], by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("It is settled; your reason stands in the audit trail."))
        return redirect("office:bank_breaks")

    def show() -> HttpResponse:
        who = staff_names([found.settled_by] if found.settled_by else [])
        return page(
            request, "office/bank_break.html", status=422 if form.errors else 200, found=found, form=form, who=who, account_name=account_name, break_note=queries.break_note,
        )  # fmt: skip

    return acted(form, work, show) if request.method == "POST" else show()


@require_safe
@allow(cashier)
def returns(request: HttpRequest) -> HttpResponse:
    """What is owed back to senders, and (`?done=1`) what has been sent."""
    done = request.GET.get("done") == "1"
    return page(request, "office/bank_returns.html", returns=queries.returns_page(done=done), done=done)


@require_safe
@allow(cashier)
def one_return(request: HttpRequest, return_id: UUID) -> HttpResponse:
    return _show_return(request, return_id)


def _show_return(request: HttpRequest, return_id: UUID, **typed: Any) -> HttpResponse:
    found = queries.bank_return(return_id)
    moves = [verb for verb in BANK_RETURN.allowed(found, request.actor) if verb in RETURN_VERBS]  # type: ignore[attr-defined]
    if found.batch_id is not None and "readmit" in moves:
        moves.remove("readmit")
    return page(
        request, "office/bank_return.html", status=422 if typed else 200, found=found, number=return_reference(found.pk), moves=moves,
        forms={verb: typed.get(verb) or forms.ReasonForm(auto_id=f"{verb}_%s") for verb in ("take_out", "bounce")},
        prove=proof_address(request),
    )  # fmt: skip


RETURN_VERBS = ("take_out", "bounce", "readmit")


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def move_return(request: HttpRequest, return_id: UUID, verb: str) -> HttpResponse:
    """take_out, bounce (both with a reason) or readmit."""
    actor = request.actor  # type: ignore[attr-defined]
    if verb not in RETURN_VERBS:
        raise NotVisible
    if verb == "readmit":
        actions.noted(values.RETURN_READMITTED, return_id, "", lambda: readmit_return(return_id, by=actor), by=actor)
        messages.success(request, _("It goes on, through a batch again."))
        return redirect("office:bank_return", return_id)
    form = forms.ReasonForm(request.POST, auto_id=f"{verb}_%s")

    def work() -> HttpResponse:
        why = form.cleaned_data["reason"]
        taken_out = verb == "take_out"
        act, move = (values.RETURN_TAKEN_OUT, except_return) if taken_out else (values.RETURN_BOUNCED, bounce_return)
        actions.noted(act, return_id, why, lambda: move(return_id, why, by=actor), by=actor)
        messages.success(request, _("It is owed as before, and waits for somebody to send it."))
        return redirect("office:bank_return", return_id)

    return acted(form, work, lambda: _show_return(request, return_id, **{verb: form}))
