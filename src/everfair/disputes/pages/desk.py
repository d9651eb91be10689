"""The arbitrator's desk: cases, ruling in two steps, the second look, precedents, grounds."""

from __future__ import annotations

from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.money import Money
from everfair.base.pages import page
from everfair.base.roles import OPERATOR
from everfair.base.writes import once
from everfair.disputes import actions, queries
from everfair.disputes.forms import CheckForm, GroundForm, RulingForm
from everfair.disputes.pages.acting import act, company_name, done, not_now, worked
from everfair.disputes.queries.grounds import ground_text, ground_title
from everfair.disputes.queries.inspecting import is_under_way
from everfair.disputes.queries.split import split_of
from everfair.disputes.values import BANDS
from everfair.trade.queries.words import STAGE_NAMES

METHODS = ["GET", "POST"]


@require_safe
@allow(OPERATOR)
def desk(request: HttpRequest) -> HttpResponse:
    """Who has waited longest comes first."""
    return page(request, "disputes/desk.html", desk=queries.desk(request.actor), company_name=company_name)  # type: ignore[attr-defined]


@require_POST
@allow(OPERATOR)
@once
def take(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """A case for which nobody could be drawn."""
    claim = actions.take_case(claim_id, by=request.actor)  # type: ignore[attr-defined]
    return done(request, claim, _("The case is yours."))


@require_http_methods(METHODS)
@allow(OPERATOR, proof="fresh")
@once
def rule(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """Type the sum and look at the division (`step=preview`, nothing is written); then rule. The sums always make up what is held."""
    actor = request.actor  # type: ignore[attr-defined]
    claim = queries.claim(claim_id, actor)
    form = RulingForm(
        request.POST or None, currency=claim.currency,
        initial={"seen": len(queries.exhibits_of(claim)), "amount": f"{claim.amount.amount}"},
    )  # fmt: skip
    is_preview = request.POST.get("step") == "preview"

    def work() -> HttpResponse:
        typed = form.cleaned_data
        if is_preview:
            return show(200)
        ruled = actions.rule_claim(claim_id, typed["ground"], typed["amount"], typed["reasons"], seen=typed["seen"], by=actor)
        if ruled.state == "proposed":
            return done(request, claim, _("So much is held that a second person looks at the ruling first."))
        return done(request, claim, _("Ruled. Both sides are told, with your reasons."))

    def show(status: int) -> HttpResponse:
        amount = form.cleaned_data.get("amount") if form.is_bound and form.is_valid() else claim.amount
        held = queries.held_now(claim.order)
        return page(
            request, "disputes/rule.html", status=status, claim=claim, form=form, held=held, stage_names=STAGE_NAMES,
            split=split_of(claim.order, min(amount or claim.amount, held)), previewed=is_preview and status == 200,
            under_way=is_under_way(claim),
        )  # fmt: skip

    if request.method == "POST":
        return worked(form, work, show)
    return show(200) if "rule" in queries.moves_of(claim, actor) else not_now(request, claim)


@require_http_methods(METHODS)
@allow(OPERATOR, proof="fresh")
@once
def check(request: HttpRequest, claim_id: UUID, ruling_id: UUID) -> HttpResponse:
    """The second person's word on a proposed ruling."""
    actor = request.actor  # type: ignore[attr-defined]
    claim = queries.claim(claim_id, actor)
    form = CheckForm(request.POST or None)
    rulings = queries.rulings_of(claim)

    def work() -> HttpResponse:
        typed = form.cleaned_data
        actions.check_ruling(claim_id, ruling_id, typed["confirmed"] == "yes", typed["note"], by=actor)
        return done(request, claim, _("Your word is noted."))

    amount = Money(rulings[-1].to_buyer_minor, claim.currency) if rulings else claim.amount
    return act(
        request, claim, "confirm", form, work, title=_("Look at the proposed ruling"), lede="", submit=_("Give your word"),
        text=rulings[-1].reasons if rulings else "", split=split_of(claim.order, amount), stage_names=STAGE_NAMES,
    )  # fmt: skip


@require_safe
@allow(OPERATOR)
def precedents(request: HttpRequest) -> HttpResponse:
    """Former rulings by ground, category and size, without names."""
    ground, category = request.GET.get("ground", "")[:40], request.GET.get("category", "").strip()[:120]
    band = request.GET.get("band", "")
    chosen = int(band) if band.isdecimal() and band.isascii() and int(band) <= len(BANDS) else None
    return page(
        request, "disputes/precedents.html", found=queries.precedents(ground=ground, category=category, band=chosen), ground=ground,
        category=category, band=chosen, bands=BANDS, grounds=queries.grounds(retired=True), title_of=ground_title,
    )  # fmt: skip


@require_safe
@allow(OPERATOR)
def grounds(request: HttpRequest) -> HttpResponse:
    return page(
        request, "disputes/grounds.html", grounds=queries.grounds(retired=True), title_of=ground_title, text_of=ground_text
    )


@require_http_methods(METHODS)
@allow(OPERATOR, proof="fresh")
@once
def set_ground(request: HttpRequest) -> HttpResponse:
    """A new ground, or a new version of the one named by `?code=`."""
    actor = request.actor  # type: ignore[attr-defined]
    code = request.GET.get("code", "")[:40]
    known = next((row for row in queries.grounds(retired=True) if row.code == code), None)
    begun = {"code": code}
    if known is not None:
        begun |= {f"title_{k.replace('-', '_')}": v for k, v in known.titles.items()}
        begun |= {f"text_{k.replace('-', '_')}": v for k, v in known.texts.items()}
    form: django_forms.Form = GroundForm(request.POST or None, initial=begun)

    def work() -> HttpResponse:
        assert isinstance(form, GroundForm)
        typed = form.cleaned_data
        actions.set_ground(typed["code"], form.words("title"), form.words("text"), retired=typed["retired"], by=actor)
        messages.success(request, _("The ground counts for rulings from now on."))
        return redirect("disputes:grounds")

    def show(status: int) -> HttpResponse:
        return page(request, "disputes/ground.html", status=status, form=form)

    return worked(form, work, show) if request.method == "POST" else show(200)
