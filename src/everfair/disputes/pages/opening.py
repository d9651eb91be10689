"""Opening a claim from an order, and closing what silence has opened."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.writes import once
from everfair.companies.roles import BUYING
from everfair.disputes import actions, queries
from everfair.disputes.forms import OpenForm
from everfair.disputes.pages.acting import company_name, kept_files, worked
from everfair.disputes.queries.opening import may_open
from everfair.trade.actions import close_issue
from everfair.trade.queries import order as order_of


@require_http_methods(["GET", "POST"])
@allow(BUYING)
@once
def open_claim(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """What is wrong with which goods, what you want, and the sum: what is held freezes with the button."""
    actor = request.actor  # type: ignore[attr-defined]
    order = order_of(order_id, actor)
    held = queries.held_now(order)
    form = OpenForm(
        request.POST or None, request.FILES or None, lines=queries.lines_of_order(order), currency=order.currency,
        initial={"remedy": "refund"},
    )  # fmt: skip

    def work() -> HttpResponse:
        typed = form.cleaned_data
        files = kept_files(request, form)
        claim = actions.open_claim(order_id, form.complaints(), typed["remedy"], typed["amount"], typed["text"], files, by=actor)
        text = (
            _("The money is frozen. The supplier is asked to answer.")
            if claim.held_minor
            else _("The supplier is asked to answer.")
        )
        messages.success(request, text)
        return redirect("disputes:claim", claim.pk)

    def show(status: int) -> HttpResponse:
        return page(
            request, "disputes/open.html", status=status, order=order, form=form, held=held, seller=company_name(order.seller)
        )

    if request.method == "POST":
        return worked(form, work, show)
    if not may_open(order, actor):
        messages.info(request, _("This is not possible in the present state."))
        return redirect("trade:order", order_id)
    return show(200)


@require_POST
@allow(BUYING)
@once
def withdraw(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The goods came after all: the claim is withdrawn, or the issue that silence has opened is closed."""
    actor = request.actor  # type: ignore[attr-defined]
    order = order_of(order_id, actor, sides=False)
    claim = queries.open_claim_of(order.pk)
    if claim is not None:
        actions.withdraw_claim(claim.pk, by=actor)
    else:
        close_issue(order_id, by=actor)
    is_shipped = order.goods == "shipped"  # before, the clock has opened it because nobody paid, showed or shipped
    messages.success(
        request,
        _("The issue is withdrawn. The time to confirm begins again.")
        if is_shipped
        else _("The issue is withdrawn. The order goes on."),
    )
    return redirect("trade:order", order_id)
