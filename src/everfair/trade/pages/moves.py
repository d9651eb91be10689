"""The verbs of an order, each a small page or a button."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from everfair.base.actor import Actor
from everfair.base.allow import allow
from everfair.base.money import Money, total
from everfair.base.pages import page
from everfair.base.refused import AlreadyDone, Refused
from everfair.base.writes import once
from everfair.companies.roles import BUYING, MONEY_KEEPING, SELLING, TRADING
from everfair.files.actions import keep_attachment
from everfair.trade import actions, queries
from everfair.trade.forms import ReasonForm
from everfair.trade.models import Order, Stage
from everfair.trade.pages.fees import fee_face
from everfair.trade.pages.reading import company_name
from everfair.trade.queries.fees import fees_on
from everfair.trade.queries.goods_papers import owed_papers
from everfair.trade.queries.shipments import goods_of
from everfair.trade.queries.words import incoterm_name
from everfair.trade.ship_forms import HandOverForm


def done_or_errors(
    form: django_forms.Form,
    work: Callable[[], HttpResponse],
    show: Callable[[int], HttpResponse],
    called: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Do the work; a refusal that belongs to a field is shown beside it, and what was typed stays.

    `called`: fields of refusals that the form calls otherwise.
    """
    if not form.is_valid():
        return show(422)
    try:
        return work()
    except Refused as refusal:
        field = (called or {}).get(refusal.field or "", refusal.field)
        if field not in form.fields or isinstance(refusal, AlreadyDone):
            raise
        form.add_error(field, str(refusal.message))
        return show(422)


@require_POST
@allow(SELLING)
@once
def sign(request: HttpRequest, order_id: UUID) -> HttpResponse:
    actions.sign_order(order_id, request.POST.get("terms_hash", ""), by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("You have signed. The buyer is asked to pay into escrow."))
    return redirect("trade:order", order_id)


@require_POST
@allow(BUYING | MONEY_KEEPING)
@once
def pay(request: HttpRequest, order_id: UUID, n: int) -> HttpResponse:
    """Opens the payment and leads to its page; the same payment again when one is under way."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return redirect("payments:payment", actions.pay_stage(queries.stage_id(order_id, n, actor), by=actor))


_ENDS: dict[str, dict[str, Any]] = {
    "decline": {
        "action": actions.decline_order,
        "title": gettext_lazy("Decline this order?"),
        "text": gettext_lazy("The order closes. Nothing was paid. The buyer may order again on other terms."),
        "submit": gettext_lazy("Decline the order"),
        "done": gettext_lazy("The order is declined."),
    },
    "cancel": {
        "action": actions.cancel_order,
        "title": gettext_lazy("Cancel this order?"),
        "text": gettext_lazy("The order closes. Nothing is held, so nothing moves. It cannot be opened again."),
        "submit": gettext_lazy("Cancel the order"),
        "done": gettext_lazy("The order is cancelled."),
    },
    "call_off": {
        "action": actions.call_off_order,
        "title": gettext_lazy("Call this order off?"),
        "text": gettext_lazy("Everything held in escrow goes back to the buyer's wallet, whole. This cannot be undone."),
        "submit": gettext_lazy("Call the order off"),
        "done": gettext_lazy("The order is called off. What was held is in the buyer's wallet."),
    },
}


@require_http_methods(["GET", "POST"])
@allow(TRADING)
@once
def end_order(request: HttpRequest, order_id: UUID, verb: str) -> HttpResponse:
    """Decline, cancel or call off, with a reason the other side reads."""
    found, parts = found_order(request, order_id)
    end = _ENDS[verb]
    form = ReasonForm(request.POST or None)

    def work() -> HttpResponse:
        end["action"](order_id, form.cleaned_data["reason"], by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, end["done"])
        return redirect("trade:order", order_id)

    def show(status: int) -> HttpResponse:
        back = _held(parts.stages, found) if verb == "call_off" else None
        return page(request, "trade/end.html", status=status, order=found, end=end, form=form, held=back, flow=_flow_back(found))

    return (
        done_or_errors(form, work, show)
        if request.method == "POST"
        else page_if_possible(request, found, parts.stages, verb, show)
    )


@require_http_methods(["GET", "POST"])
@allow(SELLING)
@once
def ship(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The carrier, the packages and the documents that the Incoterm asks of the supplier."""
    found, parts = found_order(request, order_id)
    goods = goods_of(found)
    form = HandOverForm(
        request.POST or None, request.FILES or None, goods=goods, order=found, papers=owed_papers(found, handed_over=True)
    )
    # What was typed for one consignment is no draft for the next.
    sent = str(sum(line.shipped for line in goods)) if found.goods == "part" else ""

    def work() -> HttpResponse:
        papers = _kept_papers(form, request.actor)  # type: ignore[attr-defined]
        last = not form.cleaned_data["more_follows"]
        consignment = form.consignment() | {"papers": papers}
        made = actions.ship_order(order_id, consignment, lines=form.carried(), last=last, by=request.actor)  # type: ignore[attr-defined]
        told = {
            "part": _("A part of the goods is on its way."),
            "shipped": _("The goods are on their way. The buyer is asked to confirm when they arrive."),
        }
        messages.success(request, told[made.goods])
        return redirect("trade:order", order_id)

    def show(status: int) -> HttpResponse:
        return page(
            request, "trade/ship.html", status=status, order=found, form=form, buyer=company_name(found.buyer),
            incoterm=incoterm_name(found.incoterm), sent_already=sent,
        )  # fmt: skip

    return (
        done_or_errors(form, work, show)
        if request.method == "POST"
        else page_if_possible(request, found, parts.stages, "ship", show)
    )


@require_POST
@allow(SELLING)
@once
def finish_shipping(request: HttpRequest, order_id: UUID) -> HttpResponse:
    actions.finish_shipping(order_id, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("The goods are on their way. The buyer is asked to confirm when they arrive."))
    return redirect("trade:order", order_id)


def _kept_papers(form: HandOverForm, actor: Actor) -> dict[str, list[UUID]]:
    """The uploads as files of the company; what is refused stands beside the field it came from."""
    kept: dict[str, list[UUID]] = {}
    for code in form.uploads:
        for upload in form.cleaned_data[f"paper_{code}"]:
            try:
                kept.setdefault(code, []).append(keep_attachment(upload, actor.company_id, by=actor).pk)  # type: ignore[arg-type]
            except Refused as refusal:
                refusal.field = f"paper_{code}"
                raise
    return kept


@require_http_methods(["GET", "POST"])
@allow(BUYING)
@once
def receive(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Two steps: what will move is shown before it moves, because it does not come back."""
    found, parts = found_order(request, order_id)
    if request.method == "POST" and request.POST.get("confirmed") == "1":
        actions.receive_order(order_id, by=request.actor)  # type: ignore[attr-defined]
        messages.success(request, _("The seller is paid. Thank you for trading."))
        return redirect("trade:order", order_id)
    held = _held(parts.stages, found)
    fees = [fee for each in fees_on(found, [(s, s.rest) for s in parts.stages if s.state == "funded"]) for fee in each]

    def show(status: int) -> HttpResponse:
        return page(
            request,
            "trade/receive.html",
            status=status,
            order=found,
            held=held,
            **fee_face(found, held, fees),
            seller=company_name(found.seller),
        )

    return page_if_possible(request, found, parts.stages, "receive", show)


def found_order(request: HttpRequest, order_id: UUID) -> tuple[Order, queries.OrderParts]:
    found = queries.order(order_id, request.actor)  # type: ignore[attr-defined]
    return found, queries.order_parts(found)


def page_if_possible(
    request: HttpRequest, found: Order, stages: list[Stage], verb: str, show: Callable[[int], HttpResponse]
) -> HttpResponse:
    """The page of a move that is no longer open leads back to the order, which says where it stands."""
    if verb in queries.moves_of(found, stages, request.actor):  # type: ignore[attr-defined]
        return show(200)
    messages.info(request, _("This is not possible in the present state."))
    return redirect("trade:order", found.pk)


def _held(stages: list[Stage], found: Order) -> Money:
    return total([stage.rest for stage in stages if stage.state in ("funded", "frozen")], found.currency)


def _flow_back(found: Order) -> tuple[tuple[str, str], tuple[str, str]]:
    return (_("Escrow"), found.reference), (company_name(found.buyer), _("Wallet"))
