"""A part of the goods is right: what it pays is shown before it moves."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from everfair.base.allow import allow
from everfair.base.formats import quantity
from everfair.base.pages import page
from everfair.companies.roles import BUYING
from everfair.trade import actions
from everfair.trade.forms import AcceptForm
from everfair.trade.pages.fees import fee_face
from everfair.trade.pages.moves import done_or_errors, found_order, page_if_possible
from everfair.trade.pages.reading import company_name
from everfair.trade.pages.signing import once_signed
from everfair.trade.queries.accepted import acceptable, kept_for_goods, part_payable, parts_of
from everfair.trade.queries.fees import fees_on


@require_http_methods(["GET", "POST"])
@allow(BUYING)
@once_signed
def accept(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """How much of which line; then what moves; then it is done, for good."""
    found, parts = found_order(request, order_id)
    goods = acceptable(found)
    form = AcceptForm(request.POST or None, goods=goods)

    def show(status: int) -> HttpResponse:
        return page(request, "trade/accept.html", status=status, order=found, form=form, seller=company_name(found.seller))

    def work() -> HttpResponse:
        lines = form.accepted()
        if request.POST.get("confirmed") == "1":
            actions.accept_goods(order_id, lines, by=request.actor)  # type: ignore[attr-defined]
            messages.success(request, _("The goods you confirmed are paid. The rest stays in escrow."))
            return redirect("trade:order", order_id)
        actions.refuse_quantities(goods, lines)
        paid = part_payable(found, parts.stages, goods, lines)
        parts_paid = parts_of(kept_for_goods(parts.stages), paid)
        fees = [fee for each in fees_on(found, parts_paid) for fee in each]
        return page(
            request, "trade/accept_confirm.html", order=found, rows=[{"description": line.description, "quantity": quantity(lines[line.n], line.unit)} for line in goods if line.n in lines],
            fields={f"quantity_{n}": f"{number.normalize():f}" for n, number in lines.items()}, paid=paid,
            **fee_face(found, paid, fees), seller=company_name(found.seller),
        )  # fmt: skip

    if request.method == "POST":
        return done_or_errors(form, work, show)
    return page_if_possible(request, found, parts.stages, "accept_part", show)
