"""Trade credit as the operator sees it: who owes whom how much, and how late it is. It is the sellers' risk; the fee on it is ours."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.roles import OPERATOR
from everfair.companies.queries import companies_by_id, names
from everfair.payments.queries import by_age, exposure


@require_safe
@allow(OPERATOR)
def credit(request: HttpRequest) -> HttpResponse:
    """Sums of each currency by age, then the lines, the largest debts first."""
    rows = exposure()
    currencies, ages = by_age(rows)
    language = get_language() or "en"
    known = companies_by_id({side for row in rows for side in (row.line.seller_id, row.line.buyer_id)})
    return page(
        request,
        "office/credit.html",
        rows=rows,
        currencies=currencies,
        ages=ages,
        companies={pk: (company.number, names(company, language)[0]) for pk, company in known.items()},
    )
