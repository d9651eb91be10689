"""A buyer's record, as a supplier sees it who has business with it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.roles import MEMBER, OPERATOR
from everfair.companies.queries import names
from everfair.companies.roles import MONEY_KEEPING
from everfair.trade import queries


@require_safe
@allow(MEMBER | OPERATOR)
def buyer(request: HttpRequest, number: int) -> HttpResponse:
    """Not found for a company that has no business with this buyer."""
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.buyer_by_number(number, actor)
    name, other = names(found, get_language() or "en")
    return page(
        request,
        "trade/buyer.html",
        record=queries.buyer_record(found),
        name=name,
        other_name=other,
        is_own=actor.company_id == found.pk,
        may_grant=MONEY_KEEPING.admits(actor) and actor.company_id != found.pk,
    )
