"""What the pages of this package show of requests and companies, put together once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from everfair.base.api import open_cursor, seal_cursor
from everfair.base.clock import now
from everfair.base.formats import quantity
from everfair.companies.queries import names
from everfair.messaging.values import holds_card
from everfair.reference import queries as reference
from everfair.reference.values import name_in
from everfair.sourcing.models import Rfq
from everfair.sourcing.words import RFQ_STATES

PER_PAGE = 30


def cursor_of(request: HttpRequest, *kinds: type) -> list[Any] | None:
    text = request.GET.get("after", "")
    return open_cursor(text, *kinds) if text else None


def id_cursor(request: HttpRequest) -> UUID | None:
    found = cursor_of(request, UUID)
    return found[0] if found else None


def next_page(rows: list[Any]) -> tuple[list[Any], str | None]:
    """The rows of this page out of one more than it holds, and the cursor of the next."""
    shown = rows[:PER_PAGE]
    return shown, seal_cursor([str(shown[-1].pk)]) if len(rows) > PER_PAGE else None


def category_name(code: str) -> str:
    try:
        return name_in(reference.category(code).names, get_language() or "en")
    except ValueError:
        return code


def incoterm_name(code: str) -> str:
    return name_in(reference.incoterm(code).names, get_language() or "en")


def company_name(company: Any) -> str:
    return names(company, get_language() or "en")[0] if company else ""


def is_verified(company: Any) -> bool:
    return company is not None and company.verified_until is not None and company.verified_until >= now().date()


def wanted(rfq: Rfq) -> str:
    """The first line's quantity, as lists show it."""
    return quantity(rfq.first_quantity.normalize(), rfq.first_unit) if rfq.first_quantity is not None else ""  # type: ignore[attr-defined]


def state_badge(rfq: Rfq) -> tuple[str, Any]:
    return RFQ_STATES[rfq.state]


def incoterm_advice(code: str) -> list[str]:
    """What to be careful about under this rule, for goods in a container by sea: the usual journey."""
    language = get_language() or "en"
    return [name_in(each.text, language) for each in reference.advice(code, "sea", container=True)]


def warn_of_masked_card(request: HttpRequest, *texts: str) -> None:
    """Tell people that a card number does not belong here, when one was masked in what they wrote."""
    if holds_card(*texts):
        messages.warning(request, _("What looked like a payment card number was hidden. Never send card numbers in a message."))
