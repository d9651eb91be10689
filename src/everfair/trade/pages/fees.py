"""What a page says of the platform's fees before money moves, and money that a seller gives back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from everfair.base.actor import Actor
from everfair.base.allow import allow
from everfair.base.formats import money
from everfair.base.money import Money
from everfair.base.pages import page
from everfair.base.refused import AlreadyDone, NotVisible, Refused
from everfair.base.writes import once
from everfair.billing.values import Fee, one_sum
from everfair.companies.queries import names
from everfair.companies.roles import MONEY_KEEPING
from everfair.payments.queries import owed_for
from everfair.trade import actions, queries
from everfair.trade.forms import ReturnForm
from everfair.trade.models import Order
from everfair.trade.queries.fees import fee_rows, fees_back, kept_of
from everfair.trade.roles import sellers_purse


def fee_face(found: Order, paid: Money, fees: Iterable[Fee]) -> dict[str, Any]:
    """Each fee by its name, the tax on them, and what is left for the seller."""
    taken = list(fees)
    return {
        "fee_facts": [(name, money(amount)) for name, amount in fee_rows(found.rules, taken, found.currency)],
        "to_seller": paid - one_sum(taken, found.currency),
    }


def may_return(found: Order, stages: Iterable[Any], actor: Actor) -> bool:
    """Whether the seller was paid something that could be given back."""
    return sellers_purse.admits(actor, found) and any(stage.state == "released" or stage.parted_minor for stage in stages)


@require_http_methods(["GET", "POST"])
@allow(MONEY_KEEPING, proof="fresh")
@once
def return_money(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """How much and why; then what moves; then it is done."""
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.order(order_id, actor)
    if not sellers_purse.admits(actor, found):
        raise NotVisible
    kept = kept_of(found)
    form = ReturnForm(request.POST or None, currency=found.currency)
    buyer = names(found.buyer, get_language() or "en")[0]

    def show(status: int) -> HttpResponse:
        return page(request, "trade/return.html", status=status, order=found, form=form, kept=kept, buyer=buyer)

    if request.method != "POST":
        return show(200)
    if not form.is_valid():
        return show(422)
    amount, reason = form.cleaned_data["money"], form.cleaned_data["reason"]
    try:
        if request.POST.get("confirmed") == "1":
            actions.return_money(order_id, amount, reason, by=actor)
            messages.success(
                request,
                _(
                    "It is given back: off what the buyer owes you first, the rest into the buyer's wallet. The fees on it are back with you."
                ),
            )
            return redirect("trade:order", order_id)
        actions.refuse_too_much(found, amount)
    except Refused as refusal:
        if refusal.code == "ledger.short":
            refusal.field = "amount"
        if refusal.field not in form.fields or isinstance(refusal, AlreadyDone):
            raise
        form.add_error(refusal.field, str(refusal.message))
        return show(422)
    not_owed = min(amount, owed_for([stage.pk for stage in queries.stages_of(found)], found.currency))
    cash = amount - not_owed
    back = [Fee(fee.kind, -fee.net, -fee.tax, fee.treatment) for fee in fees_back(found, cash, but=not_owed)] if cash else []
    return page(
        request, "trade/return_confirm.html", order=found, amount=amount, reason=reason, typed=form.cleaned_data["amount"], buyer=buyer,
        fee_facts=fee_face(found, amount, back)["fee_facts"], cost=cash - one_sum(back, found.currency),
        not_owed=not_owed, cash=cash,
    )  # fmt: skip
