"""Loads the base world: people and goods in bulk, then requests and trades by the platform's own verbs."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction

from everfair.base.actor import SYSTEM, Actor
from everfair.base.money import Money
from everfair.catalog.models import Offer
from everfair.companies.actions import accept_operator_invitation, make_person, open_operator_invitation
from everfair.companies.models import Company, Membership, Person
from everfair.companies.queries import actor_of_person
from everfair.payments.actions import add_bank_account, request_payout
from everfair.payments.queries import bank_accounts_of
from everfair.site.demo import people, plan
from everfair.site.demo.bulk import found_companies, spread_in_time, stock
from everfair.site.demo.firms import BUYERS, SUPPLIERS, Firm
from everfair.site.demo.requests import post_requests
from everfair.site.demo.trades import make_trades
from everfair.sourcing.models import Quote, Rfq
from everfair.trade.models import Order


def load() -> dict[str, Any]:
    """Fill an empty installation; one that has companies already is left as it is. All or nothing."""
    if Company.objects.exists():
        return {"loaded": False, "companies": Company.objects.count(), "offers": Offer.objects.count()}
    began = time.monotonic()
    with transaction.atomic():
        world = World()
        world.settle()
        post_requests(world)
        make_trades(world)
        account = bank_accounts_of(world.by("yongkang")).values_list("pk", flat=True)[0]
        request_payout(account, Money.of("500.00", "USD"), by=world.by("yongkang"))
    return {
        "loaded": True,
        "companies": Company.objects.count(),
        "offers": Offer.objects.count(),
        "rfqs": Rfq.objects.count(),
        "quotes": Quote.objects.count(),
        "orders": Order.objects.count(),
        "seconds": round(time.monotonic() - began, 1),
    }


class World:
    """Who is there, and what stands on their shelves. The parts of the story ask it by the firm's code."""

    def __init__(self) -> None:
        self.stalls = [*plan.cast(), *plan.stalls(0)]
        self.buyers = [*BUYERS, *plan.buyers(0)]
        self.firm: dict[str, Firm] = {firm.code: firm for firm in (*(stall.firm for stall in self.stalls), *self.buyers)}
        self.operator: Actor = SYSTEM
        self.companies: dict[str, UUID] = {}
        self._actors: dict[str, Actor] = {}
        self._offers: dict[str, list[Offer]] = {}
        # Argon2 is slow on purpose: everybody here shares one hash.
        self._hash = make_password(people.PASSWORD)

    def settle(self) -> None:
        """People, companies, bank accounts, offers."""
        self.operator = self._operator()
        self.companies = found_companies(self.firm.values(), self._hash, by=self.operator)
        clerk = make_person(people.FINANCE, "Jonas Brandt", timezone="Europe/Berlin", password_hash=self._hash)
        Membership.objects.create(person=clerk, company_id=self.companies["hamburg"], roles=["finance"])
        for code in ("hamburg", "santiago", *(firm.code for firm in SUPPLIERS)):
            self._bank(code)
        stock(self.stalls, self.companies)
        spread_in_time()

    def _operator(self) -> Actor:
        link = open_operator_invitation(by=SYSTEM)
        if link is None:
            raise RuntimeError("the installation has an operator but no company")
        token = link.rstrip("/").rsplit("/", 1)[-1]
        staff = accept_operator_invitation(token, email=people.OPERATOR, name="Ines Moreau", password=people.PASSWORD)
        return actor_of_person(staff)

    def by(self, code: str) -> Actor:
        if code not in self._actors:
            self._actors[code] = actor_of_person(Person.objects.get(email=f"{code}@{people.DOMAIN}"))
        return self._actors[code]

    def offers(self, code: str) -> list[Offer]:
        """What this firm offers, in the order of the plan."""
        if code not in self._offers:
            self._offers[code] = list(Offer.objects.filter(company_id=self.companies[code]).order_by("number"))
        return self._offers[code]

    def suppliers_in(self, cluster: str) -> list[str]:
        return [stall.firm.code for stall in self.stalls if stall.firm.cluster == cluster]

    def _bank(self, code: str) -> None:
        firm = self.firm[code]
        iban = {"hamburg": "DE89370400440532013000"}.get(code, f"6222{sum(map(ord, code)):012d}")
        add_bank_account(
            holder=firm.name[:140],
            account=iban,
            bic="",
            bank_name="Demo Bank",
            country=firm.country,
            currency="USD",
            by=self.by(code),
        )
