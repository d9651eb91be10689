"""Everybody's desk: whose turn it is, what is new, what the money does, and the first steps of a new company."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from everfair.base.actor import Actor
from everfair.base.allow import allow
from everfair.base.pages import page
from everfair.base.roles import SIGNED_IN
from everfair.catalog.queries import own_offers
from everfair.companies.queries import company_of, invitations_for, names
from everfair.companies.roles import BUYING, MONEY_KEEPING, OWNER_IN_PERSON, SELLING
from everfair.ledger.queries import Held, wallets
from everfair.messaging.queries import unread_threads
from everfair.payments.queries import DueRow, bank_accounts_of, credit_lines, dues_of
from everfair.sourcing.queries import leads, own_rfqs, quotes_visible_to
from everfair.trade.queries import HeldSum, Turn, held_sums, turns_for

TURNS, LEADS, RFQS, DUES = 8, 5, 5, 5


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """What a new company does before its first trade; `done` when nothing of it is left."""

    profile: bool
    offer: bool
    rfq: bool
    bank_account: bool

    @property
    def trades(self) -> bool:
        return self.offer or self.rfq

    @property
    def done(self) -> bool:
        return self.profile and self.trades and self.bank_account


@dataclass(frozen=True, slots=True)
class Desk:
    company: Any
    name: str
    turns: list[Turn]
    unread: int
    rfqs: list[Any]
    leads: list[Any]
    quotes_waiting: int
    wallets: dict[str, Held]
    held: list[HeldSum]
    credit_offered: list[Any]
    dues: list[DueRow]
    steps: FirstSteps


@require_safe
@allow(SIGNED_IN)
def desk(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    if actor.kind == "operator":
        return redirect("office:overview")
    if actor.kind == "sales":
        return redirect("trust:brought")
    if actor.company_id is None:
        return page(request, "site/desk_without_company.html", invitations=invitations_for(actor))
    return page(
        request,
        "site/desk.html",
        desk=desk_of(actor, get_language() or "en"),
        may_buy=BUYING.admits(actor),
        may_sell=SELLING.admits(actor),
        may_keep_money=MONEY_KEEPING.admits(actor),
        is_owner=OWNER_IN_PERSON.admits(actor),
        to={name: reverse(route) for name, route in _PLACES.items()},
    )


# Where the desk's links lead.
_PLACES = {
    "orders": "trade:orders",
    "messages": "messaging:inbox",
    "wallet": "payments:wallet",
    "bank_accounts": "payments:bank_accounts",
    "credit": "payments:credits",
    "company": "companies:settings",
    "profile": "companies:profile",
    "people": "companies:people",
    "rfqs": "sourcing:my_rfqs",
    "new_rfq": "sourcing:new_rfq",
    "leads": "sourcing:leads",
    "new_offer": "catalog:new_offer",
    "imports": "catalog:imports",
}


def desk_of(actor: Actor, language: str) -> Desk:
    """The same number of queries however much there is."""
    company = company_of(actor)
    sells = company.is_seller and SELLING.admits(actor)
    taken = [line for line in credit_lines(actor) if line.buyer_id == company.pk]
    waiting = own_rfqs(actor, state="open", limit=RFQS) if BUYING.admits(actor) else []
    return Desk(
        company=company,
        name=names(company, language)[0],
        turns=turns_for(actor, limit=TURNS),
        unread=unread_threads(actor),
        rfqs=waiting,
        leads=leads(actor, matching=True, limit=LEADS) if sells else [],
        quotes_waiting=quotes_visible_to(actor).filter(state="sent", rfq__buyer_id=actor.company_id, rfq__state="open").count(),
        wallets=wallets(company.pk) if MONEY_KEEPING.admits(actor) else {},
        held=held_sums(actor),
        credit_offered=[line for line in taken if line.state == "offered"],
        dues=dues_of(taken, limit=DUES),
        steps=FirstSteps(
            profile=bool(company.about and company.phone),
            offer=own_offers(actor).filter(state="published").exists(),
            rfq=bool(waiting) or bool(own_rfqs(actor, limit=1)),
            bank_account=bank_accounts_of(actor).exists(),
        ),
    )
