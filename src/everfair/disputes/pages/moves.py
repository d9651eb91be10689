"""The verbs of a claim for its two sides, each a small page or a button."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from everfair.base.allow import allow
from everfair.base.money import Money
from everfair.base.pages import page
from everfair.base.writes import once
from everfair.companies.roles import SELLING, TRADING
from everfair.disputes import actions, queries
from everfair.disputes.forms import AnswerForm, EvidenceForm, OfferForm, ReasonsForm, TrackingForm
from everfair.disputes.pages.acting import act, done, kept_files, not_now
from everfair.disputes.queries.inspecting import is_under_way
from everfair.disputes.queries.split import split_of

METHODS = ["GET", "POST"]


@require_http_methods(METHODS)
@allow(SELLING)
@once
def answer(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """The supplier's answer, with evidence and an offer."""
    actor = request.actor  # type: ignore[attr-defined]
    claim = queries.claim(claim_id, actor)
    form = AnswerForm(request.POST or None, request.FILES or None, currency=claim.currency)

    def work() -> HttpResponse:
        typed = form.cleaned_data
        files = kept_files(request, form)
        actions.answer_claim(claim_id, typed["text"], files, remedy=typed["remedy"], amount=typed["amount"], by=actor)
        return done(request, claim, _("The buyer reads your answer now."))

    lede = _("Say what you found. With an offer that the buyer accepts the claim is over at once.")
    return act(request, claim, "answer", form, work, title=_("Answer the claim"), lede=lede, submit=_("Send the answer"))


@require_http_methods(METHODS)
@allow(TRADING)
@once
def offer(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """What one would settle for; it replaces one's former offer."""
    actor = request.actor  # type: ignore[attr-defined]
    claim = queries.claim(claim_id, actor)
    form = OfferForm(request.POST or None, currency=claim.currency)

    def work() -> HttpResponse:
        typed = form.cleaned_data
        actions.offer_remedy(claim_id, typed["remedy"], typed["amount"], typed["note"], by=actor)
        return done(request, claim, _("The other side can accept your offer now."))

    lede = _("The other side may accept it at any moment. Your former offer ends with this one.")
    return act(request, claim, "offer", form, work, title=_("Offer a settlement"), lede=lede, submit=_("Make this offer"))


@require_http_methods(METHODS)
@allow(TRADING)
@once
def accept(request: HttpRequest, claim_id: UUID, offer_id: UUID) -> HttpResponse:
    """Two steps: what will move stands there before it moves."""
    actor = request.actor  # type: ignore[attr-defined]
    claim = queries.claim(claim_id, actor)
    if request.method == "POST" and request.POST.get("confirmed") == "1":
        accepted = actions.accept_offer(claim_id, offer_id, by=actor)
        if accepted.state == "settled":
            return done(request, claim, _("The claim is settled."))
        return done(request, claim, _("Agreed. The goods travel first."))
    queries.offer(claim, offer_id)
    standing = next((row for row in queries.offers_standing(claim).values() if row.pk == offer_id), None)
    if standing is None or "accept" not in queries.moves_of(claim, actor):
        return not_now(request, claim)
    amount = Money(standing.amount_minor, claim.currency)
    return page(
        request,
        "disputes/accept.html",
        claim=claim,
        offer=standing,
        amount=amount,
        split=split_of(claim.order, amount),
        under_way=is_under_way(claim),
    )


@require_http_methods(METHODS)
@allow(TRADING)
@once
def evidence(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    claim = queries.claim(claim_id, actor)
    form = EvidenceForm(request.POST or None, request.FILES or None)

    def work() -> HttpResponse:
        actions.lay_down_evidence(claim_id, form.cleaned_data["text"], kept_files(request, form), by=actor)
        return done(request, claim, _("It lies in the case file now; both sides see it."))

    lede = _("Words and files stay in the case file as they are. The other side and the arbitrator see them at once.")
    return act(request, claim, "evidence", form, work, title=_("Add evidence"), lede=lede, submit=_("Add it to the file"))


@require_http_methods(METHODS)
@allow(TRADING)
@once
def send(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """Goods handed to a carrier: the buyer's return, or the supplier's new goods."""
    actor = request.actor  # type: ignore[attr-defined]
    claim = queries.claim(claim_id, actor)
    form = TrackingForm(request.POST or None, request.FILES or None)
    is_return = actor.company_id == claim.buyer_id
    verb, action = ("hand_over", actions.hand_over_return) if is_return else ("send_again", actions.send_again)

    def work() -> HttpResponse:
        typed = form.cleaned_data
        action(claim_id, typed["carrier"], typed["number"], typed["note"], kept_files(request, form), by=actor)
        return done(request, claim, _("The other side is told."))

    title = _("Send the goods back") if is_return else _("Send new goods")
    lede = _("Say who carries the goods, and under which number: it is your proof.")
    return act(request, claim, verb, form, work, title=title, lede=lede, submit=_("The goods are handed over"))


@require_http_methods(METHODS)
@allow(TRADING)
@once
def appeal(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    claim = queries.claim(claim_id, actor)
    form = ReasonsForm(request.POST or None)

    def work() -> HttpResponse:
        actions.appeal_ruling(claim_id, form.cleaned_data["reasons"], by=actor)
        return done(request, claim, _("A second arbitrator looks at the case. The money stays frozen."))

    lede = _("Somebody else reads the whole file and rules once more. That ruling is final.")
    return act(request, claim, "appeal", form, work, title=_("Appeal against the ruling"), lede=lede, submit=_("Appeal"))


_STEPS: dict[str, dict[str, Any]] = {
    "take_back": {
        "action": actions.take_back,
        "title": gettext_lazy("The goods are back?"),
        "text": gettext_lazy("The agreed sum goes back to the buyer, the rest is paid to you. This cannot be undone."),
        "submit": gettext_lazy("The goods are back"),
        "done": gettext_lazy("The claim is settled."),
    },
    "take_replacement": {
        "action": actions.take_replacement,
        "title": gettext_lazy("The new goods are right?"),
        "text": gettext_lazy("The supplier is paid, less what both agreed should come back. This cannot be undone."),
        "submit": gettext_lazy("The new goods are right"),
        "done": gettext_lazy("The claim is settled."),
    },
    "escalate": {
        "action": actions.escalate_claim,
        "title": gettext_lazy("Ask for an arbitrator?"),
        "text": gettext_lazy(
            "Somebody who has nothing to do with either side reads the file and rules. Until then nothing is paid."
        ),
        "submit": gettext_lazy("Ask for an arbitrator"),
        "done": gettext_lazy("The claim is with an arbitrator."),
    },
    "withdraw": {
        "action": actions.withdraw_claim,
        "title": gettext_lazy("Withdraw the claim?"),
        "text": gettext_lazy(
            "What is held is no longer frozen, and the time to confirm begins again. A withdrawn claim is over for good."
        ),
        "submit": gettext_lazy("Withdraw the claim"),
        "done": gettext_lazy("The claim is withdrawn."),
    },
    "waive": {
        "action": actions.waive_appeal,
        "title": gettext_lazy("Take the ruling as it is?"),
        "text": gettext_lazy("You will not appeal. When the other side says so too, the money is parted at once."),
        "submit": gettext_lazy("I will not appeal"),
        "done": gettext_lazy("Noted: you will not appeal."),
    },
}


@require_http_methods(METHODS)
@allow(TRADING)
@once
def step(request: HttpRequest, claim_id: UUID, verb: str) -> HttpResponse:
    """One verb without anything to type: its page says what it does, its button does it."""
    actor = request.actor  # type: ignore[attr-defined]
    claim = queries.claim(claim_id, actor)
    words = _STEPS.get(verb)
    if words is None:
        raise Http404

    def work() -> HttpResponse:
        words["action"](claim_id, by=actor)
        return done(request, claim, str(words["done"]))

    form = django_forms.Form(request.POST if request.method == "POST" else None)
    return act(request, claim, verb, form, work, title=words["title"], lede="", text=words["text"], submit=words["submit"])
