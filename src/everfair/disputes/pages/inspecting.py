"""Ordering an inspection inside a claim: one page for both sides, and the same at the arbitrator's desk."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.roles import OPERATOR
from everfair.base.writes import once
from everfair.companies.queries import inspectors
from everfair.companies.roles import TRADING
from everfair.disputes import actions, queries
from everfair.disputes.forms import InspectForm
from everfair.disputes.pages.acting import company_name, done, not_now, worked
from everfair.disputes.queries.inspecting import contested, payer_of, visit_days
from everfair.trade.queries.inspection_words import WHO_PAYS_IN_CLAIM

METHODS = ["GET", "POST"]


@require_http_methods(METHODS)
@allow(TRADING)
@once
def inspect(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """One side's: whoever orders pays the fee into escrow."""
    return _inspect(request, claim_id)


@require_http_methods(METHODS)
@allow(OPERATOR)
@once
def inspect_case(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """The arbitrator's: the fee is asked of the buyer."""
    return _inspect(request, claim_id)


def _inspect(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    claim = queries.claim(claim_id, actor)
    first, last = visit_days(claim)
    form = InspectForm(request.POST or None, currency=claim.currency, inspectors=inspectors(), first=first)

    def work() -> HttpResponse:
        actions.inspect_claim(claim_id, by=actor, **form.booking())
        return done(request, claim, _("The inspector is asked. The report will lie in the case file."))

    def show(status: int) -> HttpResponse:
        side = "seller" if actor.company_id == claim.seller_id else "buyer"
        payer = claim.seller if payer_of(claim, side) == claim.seller_id else claim.buyer
        lots = contested(claim)
        return page(
            request, "disputes/inspect.html", status=status, claim=claim, form=form, first=first, last=last, who_pays=WHO_PAYS_IN_CLAIM,
            lines=[(row.line, lots[row.line.n]) for row in queries.claim_lines(claim) if row.line.n in lots], payer=company_name(payer),
        )  # fmt: skip

    if request.method == "POST":
        return worked(form, work, show, {"lines": None})
    return show(200) if "inspect" in queries.moves_of(claim, actor) else not_now(request, claim)
