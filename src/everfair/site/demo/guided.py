"""One whole trade, led by the hand: ten clicks from the search to the settlement, on the platform's own pages.

Public pages are the same for everybody and know no session: there the banner stands on the two pages of the way, the search for
QUERY and the one offer that it leads to. From the signature on the session keeps the order's id, and the step is read off the order itself, so that a visitor who
presses the page's own button instead is not lost. On any other installation there is nothing here.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from everfair.base.actor import SYSTEM, Actor
from everfair.base.allow import allow
from everfair.base.clock import now
from everfair.base.jinja import with_query
from everfair.base.pages import page
from everfair.base.refused import NotVisible, Refused
from everfair.base.roles import EVERYONE
from everfair.base.writes import once
from everfair.catalog.queries import least_quantity, published_offers
from everfair.companies.queries import actor_of_person
from everfair.markets.table import DEFAULT_MARKET
from everfair.site.demo import people
from everfair.site.personas import GUIDED, sign_in_as
from everfair.trade import actions
from everfair.trade.models import Order, Stage
from everfair.trade.queries import order as order_of
from everfair.trade.queries import stages_of
from everfair.trade.values import Terms

CLICKS = 10
# What is searched for, in the reader's language.
QUERY = {"en": "vacuum bottle", "zh-hant": "保溫杯", "zh-hans": "保温杯"}
SKU = "VB-41-BLK"
PLACE = "Ningbo"


class Step(NamedTuple):
    """One click: which of the ten it is, whose it is, what the button says and what it does."""

    verb: str
    click: int
    email: str
    text: Any
    why: Any
    icon: str


# fmt: off
STEPS: dict[str, Step] = {step.verb: step for step in (
    Step("sign",    4,  people.SUPPLIER, _("As the supplier: sign the contract"),     _("You have signed as the buyer. Both sides sign the same words, or nothing begins."),                          "signature"),
    Step("deposit", 5,  people.BUYER,    _("As the buyer: pay the deposit"),          _("Both have signed. The provider's page opens next: click 6 is the payment there. The money goes into escrow, not to the supplier."), "lock-keyhole"),
    Step("balance", 7,  people.BUYER,    _("As the buyer: pay the balance"),          _("The deposit is held, and the supplier sees it. Click 8 is again the payment on the provider's page."),         "lock-keyhole"),
    Step("ship",    9,  people.SUPPLIER, _("As the supplier: hand the goods over"),   _("All of the money is held: now the supplier can make and ship the goods without fear."),                        "ship"),
    Step("receive", 10, people.BUYER,    _("As the buyer: the goods have arrived"),   _("The goods are on their way. When the buyer accepts them, the money moves on to the supplier, less the fee."), "package-check"),
)}
# fmt: on


# ── pages ──


@require_safe
@allow(EVERYONE)
def contract(request: HttpRequest) -> HttpResponse:
    """The third click: the contract as it would be signed, and the button that signs it as the buyer."""
    _only_in_a_demo()
    terms = _terms()
    return page(
        request,
        "site/guided_contract.html",
        terms=terms,
        line=terms.lines[0],
        buyer=terms.buyer["name"],
        seller=terms.seller["name"],
        click=3,
        clicks=CLICKS,
    )


@require_POST
@allow(EVERYONE)
@once
def begin(request: HttpRequest) -> HttpResponse:
    """Sign as the buyer; from here on the session knows the order. What was shown is what is signed."""
    _only_in_a_demo()
    terms = _terms()
    person, actor = _who(people.BUYER)
    order = actions.place_order(terms, by=actor, seen_hash=request.POST.get("seen_hash", ""))
    sign_in_as(request, person)
    request.session[GUIDED] = str(order.pk)
    return redirect("trade:order", order.pk)


@require_POST
@allow(EVERYONE)
@once
def go_on(request: HttpRequest) -> HttpResponse:
    """The next click: become who acts now, and act. A step that was taken already only shows where the trade stands."""
    _only_in_a_demo()
    found = _order(request)
    if found is None:
        raise NotVisible
    order, stages = found
    step = step_of(order, stages)
    if step is None or step.verb != request.POST.get("verb"):
        return redirect("trade:order", order.pk)
    person, actor = _who(step.email)
    paid = _act(step, order, stages, actor)
    sign_in_as(request, person)
    if paid is not None:
        return redirect("site:guided_payment", paid)
    return redirect("trade:order", order.pk)


@require_safe
@allow(EVERYONE)
def payment(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """On to the provider by a page and not by a redirect: what a form leads to stays on this site (`form-action`)."""
    _only_in_a_demo()
    return page(request, "site/guided_payment.html", to=reverse("payments:go", args=[payment_id]))


@require_POST
@allow(EVERYONE)
@once
def leave(request: HttpRequest) -> HttpResponse:
    _only_in_a_demo()
    request.session.pop(GUIDED, None)
    return redirect("site:personas")


# ── the banner ──


def invitation(request: HttpRequest, market: str) -> str:
    """On the home page, the same for everybody: how it begins."""
    if settings.KIND != "demo" or market != DEFAULT_MARKET or _offer() is None:
        return ""
    search = with_query(reverse("discovery:search", args=[market]), q=_query())
    return render_to_string("site/guided_invitation.html", {"search": search, "clicks": CLICKS}, request)


def public_banner(request: HttpRequest) -> str:
    """On the search and the offer that lie on the way, for everybody who comes by."""
    match = request.resolver_match
    if settings.KIND != "demo" or match is None or match.view_name not in ("discovery:search", "catalog:offer"):
        return ""
    if match.view_name == "discovery:search" and " ".join(request.GET.get("q", "").lower().split()) != _query():
        return ""
    offer = _offer()
    if offer is None:
        return ""
    if match.view_name == "discovery:search":
        why, href = (
            _("Search finds goods and suppliers in three languages."),
            reverse("catalog:offer", args=[DEFAULT_MARKET, offer.number]),
        )
        return _banner(request, 1, why, link=(_("Open the vacuum bottle"), href))
    if match.kwargs["number"] != offer.number:
        return ""
    why = _("Prices fall with the quantity; nothing is hidden before you ask.")
    return _banner(request, 2, why, link=(_("Read the contract"), reverse("site:guided")))


def personal_banner(request: HttpRequest) -> str:
    """On every other page of somebody who has begun: where the trade stands, and the next click."""
    if settings.KIND != "demo" or GUIDED not in getattr(request, "session", {}):
        return ""
    found = _order(request)
    if found is None:
        return ""
    order, stages = found
    href = reverse("trade:order", args=[order.pk])
    step = step_of(order, stages)
    if step is None:
        if order.agreement == "completed":
            why = _("Settled: the money is in the supplier's wallet, the fee with the platform, and every cent is in the books.")
            return _banner(request, CLICKS, why, done=True, href=href)
        why = _("The trade has left the beaten path. You can go on by the order's own buttons.")
        return _banner(request, CLICKS, why, href=href)
    return _banner(request, step.click, step.why, step=step, href=href)


def _banner(request: HttpRequest, click: int, why: str | Promise, **context: Any) -> str:
    given = {"click": click, "clicks": CLICKS, "why": why, "link": None, "step": None, "done": False, "href": "", **context}
    return render_to_string("site/guided_banner.html", given, request)


# ── what a click does ──


def step_of(order: Order, stages: list[Stage]) -> Step | None:
    """The next step of a trade that goes well; None when it is settled or went another way."""
    if order.agreement == "offered":
        return STEPS["sign"]
    if order.agreement != "agreed" or order.issue != "none":
        return None
    unpaid = [stage for stage in stages if stage.state in ("planned", "due", "paying")]
    if unpaid:
        return STEPS["deposit" if unpaid[0].n == 1 else "balance"]
    return STEPS["ship" if order.goods == "awaiting" else "receive"]


def _act(step: Step, order: Order, stages: list[Stage], actor: Actor) -> UUID | None:
    """Do it by the platform's own verb; the id of the payment that was opened, if one was."""
    if step.verb == "sign":
        actions.sign_order(order.pk, order.terms_hash, by=actor)
    elif step.verb == "ship":
        consignment = {
            "mode": "sea",
            "carrier": "Harbour Line",
            "tracking_number": f"HBL{order.number}",
            "handed_over_on": now().date(),
            "package_count": 25,
            "gross_weight_kg": Decimal("412.5"),
        }
        actions.ship_order(order.pk, consignment, by=actor)
    elif step.verb == "receive":
        actions.receive_order(order.pk, by=actor)
    else:
        return actions.pay_stage(next(stage.pk for stage in stages if stage.state in ("due", "paying")), by=actor)
    return None


def _terms() -> Terms:
    offer = _offer()
    if offer is None:
        raise NotVisible
    _person, buyer = _who(people.BUYER)
    return actions.draft_order([(offer.pk, least_quantity(offer))], incoterm="FOB", named_place=PLACE, by=buyer)


def _offer() -> Any:
    """The supplier's offer that is led to: found by its SKU, one query."""
    supplier = get_user_model().objects.filter(email=people.SUPPLIER).values("current_company_id")[:1]
    return published_offers().filter(sku=SKU, company_id__in=supplier).first()


def _query() -> str:
    return QUERY.get(get_language() or "en", QUERY["en"])


def _who(email: str) -> tuple[Any, Actor]:
    person = get_user_model().objects.filter(email=email, is_active=True).first()
    if person is None:
        raise NotVisible
    return person, actor_of_person(person)


def _order(request: HttpRequest) -> tuple[Order, list[Stage]] | None:
    kept = request.session.get(GUIDED)
    if not kept:
        return None
    try:
        order = order_of(UUID(kept), SYSTEM, sides=False)
    except (NotVisible, ValueError, Refused):
        return None
    return order, stages_of(order)


def _only_in_a_demo() -> None:
    if settings.KIND != "demo":
        raise NotVisible
