"""Money that leaves, one payout and one bank account at a time: what waits for an operator, and what they do about it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.roles import OPERATOR
from everfair.base.writes import once
from everfair.companies.queries import linked_people, open_stops, people_by_id
from everfair.office import actions, forms
from everfair.office.pages.answering import acted, proof_address
from everfair.office.queries.outgoing import payout_moves
from everfair.payments import queries
from everfair.payments.queries.standing import standing_of
from everfair.payments.values import payout_reference

# Tab → what is in it.
TABS = ("batches", "approve", "held", "doubt", "stopped", "accounts", "debts")


@require_safe
@allow(OPERATOR)
def payouts(request: HttpRequest) -> HttpResponse:
    """One tab of the desk: batches that wait, payouts that wait for a person, bank accounts to look at, what companies owe."""
    which = request.GET.get("which", "")
    which = which if which in TABS else "batches"
    waiting, gone = queries.batches_page() if which == "batches" else ([], [])
    return page(
        request,
        "office/payouts.html",
        which=which,
        batches=waiting,
        gone=gone,
        payouts=queries.payouts_waiting(which) if which in ("approve", "held", "doubt", "stopped") else [],
        accounts=queries.accounts_to_look_at() if which == "accounts" else [],
        debts=queries.debts_page() if which == "debts" else [],
        payout_reference=payout_reference,
    )


# ── one payout ──


@require_safe
@allow(OPERATOR)
def payout(request: HttpRequest, payout_id: UUID) -> HttpResponse:
    return _show_payout(request, payout_id)


def _show_payout(request: HttpRequest, payout_id: UUID, **typed: BaseForm) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.payout(payout_id, actor)
    keepers = queries.keepers_count(found.company_id)
    stopped = any(stop.kind == "payout" for stop in open_stops([found.company_id]))
    shown = {"take_out": forms.ReasonForm, "cancel": forms.ReasonForm, "settle": forms.BankWordForm, "bounce": forms.ReasonForm}
    return page(
        request,
        "office/payout.html",
        status=422 if typed else 200,
        payout=found,
        company=found.company,
        number=payout_reference(found.pk),
        standing=standing_of(found, actor, keepers=keepers, stopped=stopped),
        moves=payout_moves(found, actor, keepers=keepers),
        linked=actor.person_id in linked_people([found.company_id]),
        people=people_by_id([found.requested_by, found.approved_by]),
        forms={verb: typed.get(verb) or form(auto_id=f"{verb}_%s") for verb, form in shown.items()},
        prove=proof_address(request),
    )


def _to(payout_id: UUID, text: str, request: HttpRequest) -> HttpResponse:
    messages.success(request, text)
    return redirect("office:payout", payout_id)


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def approve(request: HttpRequest, payout_id: UUID) -> HttpResponse:
    actions.approve_payout(payout_id, by=request.actor)  # type: ignore[attr-defined]
    return _to(payout_id, _("The payout is approved."), request)


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def readmit(request: HttpRequest, payout_id: UUID) -> HttpResponse:
    actions.readmit_payout(payout_id, by=request.actor)  # type: ignore[attr-defined]
    return _to(payout_id, _("It goes on, through a batch again where it needs one."), request)


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def take_out(request: HttpRequest, payout_id: UUID) -> HttpResponse:
    by, form = request.actor, forms.ReasonForm(request.POST, auto_id="take_out_%s")  # type: ignore[attr-defined]

    def work() -> HttpResponse:
        actions.take_out_payout(payout_id, form.cleaned_data["reason"], by=by)
        return _to(payout_id, _("It is taken out; the money stays on hold until somebody decides."), request)

    return acted(form, work, lambda: _show_payout(request, payout_id, take_out=form))


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def cancel(request: HttpRequest, payout_id: UUID) -> HttpResponse:
    by, form = request.actor, forms.ReasonForm(request.POST, auto_id="cancel_%s")  # type: ignore[attr-defined]

    def work() -> HttpResponse:
        actions.cancel_payout(payout_id, form.cleaned_data["reason"], by=by)
        return _to(payout_id, _("The payout is called off; the money is free again."), request)

    return acted(form, work, lambda: _show_payout(request, payout_id, cancel=form))


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def settle(request: HttpRequest, payout_id: UUID) -> HttpResponse:
    """The bank's statement shows the debit, and nobody imported it."""
    by, form = request.actor, forms.BankWordForm(request.POST, auto_id="settle_%s")  # type: ignore[attr-defined]

    def work() -> HttpResponse:
        done = actions.settle_payout(payout_id, form.cleaned_data["bank_ref"], by=by)
        return _to(payout_id, _("It has arrived.") if done else _("Nothing was changed."), request)

    return acted(form, work, lambda: _show_payout(request, payout_id, settle=form))


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def bounce(request: HttpRequest, payout_id: UUID) -> HttpResponse:
    """The bank did not pay it, or sent it back."""
    by, form = request.actor, forms.ReasonForm(request.POST, auto_id="bounce_%s")  # type: ignore[attr-defined]

    def work() -> HttpResponse:
        done = actions.bounce_payout(payout_id, form.cleaned_data["reason"], by=by)
        return _to(payout_id, _("The money is in the wallet again.") if done else _("Nothing was changed."), request)

    return acted(form, work, lambda: _show_payout(request, payout_id, bounce=form))


# ── one bank account ──


@require_safe
@allow(OPERATOR)
def account(request: HttpRequest, account_id: UUID) -> HttpResponse:
    return _show_account(request, account_id)


def _show_account(request: HttpRequest, account_id: UUID, **typed: BaseForm) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.account_file(account_id, actor)
    return page(
        request,
        "office/bank_account.html",
        status=422 if typed else 200,
        account=found,
        same=queries.same_number(found) if "shared" in found.doubts else [],
        people=people_by_id([found.added_by, found.looked_by, found.confirmed_by]),
        is_first=found.looked_by == actor.person_id,
        forms={
            "look": typed.get("look") or forms.EvidenceForm(auto_id="look_%s"),
            "refuse": typed.get("refuse") or forms.ReasonForm(auto_id="refuse_%s"),
        },
        prove=proof_address(request),
    )


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def look(request: HttpRequest, account_id: UUID) -> HttpResponse:
    by, form = request.actor, forms.EvidenceForm(request.POST, auto_id="look_%s")  # type: ignore[attr-defined]

    def work() -> HttpResponse:
        actions.look_at_bank_account(account_id, form.cleaned_data["evidence"], by=by)
        messages.success(request, _("Your note is kept. A second operator confirms it."))
        return redirect("office:bank_account", account_id)

    return acted(form, work, lambda: _show_account(request, account_id, look=form))


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def confirm(request: HttpRequest, account_id: UUID) -> HttpResponse:
    actions.confirm_bank_account(account_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("The bank account is verified."))
    return redirect("office:bank_account", account_id)


@require_POST
@allow(OPERATOR, proof="fresh")
@once
def refuse(request: HttpRequest, account_id: UUID) -> HttpResponse:
    by, form = request.actor, forms.ReasonForm(request.POST, auto_id="refuse_%s")  # type: ignore[attr-defined]

    def work() -> HttpResponse:
        actions.refuse_bank_account(account_id, form.cleaned_data["reason"], by=by)
        messages.success(request, _("Nothing is paid to this account. The company is told."))
        return redirect("office:bank_account", account_id)

    return acted(form, work, lambda: _show_account(request, account_id, refuse=form))
