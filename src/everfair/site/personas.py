"""A demonstration can be seen with other eyes: one click signs the visitor in as somebody of the demo world.

On any other installation there is nothing here: every address answers 404.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.refused import NotVisible
from everfair.base.roles import EVERYONE
from everfair.base.writes import once
from everfair.site.demo import people

# In the session of somebody who is led through a trade: the order's id.
GUIDED = "guided"
# Who stands in the switch: address, role, what to see with these eyes.
PERSONAS: tuple[tuple[str, Any, Any], ...] = (
    (people.BUYER, _("Buyer"), _("Find suppliers, compare quotes, pay into escrow, receive.")),
    (people.SUPPLIER, _("Supplier"), _("Answer requests, sign, ship, be paid.")),
    (people.FINANCE, _("Finance clerk"), _("Wallet, statements, payouts of the buyer's company.")),
    (people.OPERATOR, _("Operator"), _("Verify companies, decide issues, prove the books.")),
    (people.REVIEWER, _("Reviewer"), _("Look at what companies declare; propose or decide, as the lot has it.")),
    (people.SECOND_REVIEWER, _("Second reviewer"), _("Nobody decides alone who carries a level.")),
    (people.THIRD_REVIEWER, _("Third reviewer"), _("What two decided may be appealed against: a third one judges.")),
    (people.TREASURER, _("Treasurer"), _("The second pair of eyes on money that leaves.")),
)


@require_safe
@allow(EVERYONE)
def personas(request: HttpRequest) -> HttpResponse:
    _only_in_a_demo()
    return page(request, "site/personas.html", personas=PERSONAS, current=_address_of(request))


@require_POST
@allow(EVERYONE)
@once
def become(request: HttpRequest) -> HttpResponse:
    """Sign in as a person of the demo world, and only of it."""
    _only_in_a_demo()
    email = request.POST.get("person", "").strip().lower()
    if not email.endswith(f"@{people.DOMAIN}"):
        raise NotVisible
    person = get_user_model().objects.filter(email=email, is_active=True).first()
    if person is None:
        raise NotVisible
    sign_in_as(request, person)
    return redirect("site:desk")


def sign_in_as(request: HttpRequest, person: Any) -> None:
    """Another person's session begins anew; of the old one only the guided trade goes on (see `demo.guided`)."""
    led = request.session.get(GUIDED)
    login(request, person, backend="everfair.companies.accounts.Backend")
    if led is not None:
        request.session[GUIDED] = led


def switch_context(request: HttpRequest) -> dict[str, Any]:
    return {"personas": PERSONAS, "current": _address_of(request)}


def _address_of(request: HttpRequest) -> str:
    return getattr(request.user, "email", "")


def _only_in_a_demo() -> None:
    if settings.KIND != "demo":
        raise NotVisible
