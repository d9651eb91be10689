"""Loads the base world: people and goods in bulk, then requests and trades by the platform's own verbs."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction

from everfair.base.actor import SYSTEM, Actor
from everfair.base.clock import now
from everfair.base.events import run_reactions
from everfair.base.money import Money
from everfair.billing.actions import issue_invoices, set_issuer
from everfair.catalog.models import Offer
from everfair.companies.actions import accept_operator_invitation, make_person, open_operator_invitation
from everfair.companies.models import Company, Membership, Person
from everfair.companies.queries import actor_of_person
from everfair.markets.actions import set_rule
from everfair.markets.table import DEFAULT_MARKET, MARKETS
from everfair.payments.actions import add_bank_account, request_payout
from everfair.payments.queries import bank_accounts_of
from everfair.site.demo import people, plan
from everfair.site.demo.bulk import found_companies, spread_in_time, stock
from everfair.site.demo.firms import BUYERS, SUPPLIERS, Firm
from everfair.site.demo.requests import post_requests
from everfair.site.demo.settled import tell_the_sandbox
from everfair.site.demo.trades import make_trades
from everfair.site.demo.troubled import trouble
from everfair.site.demo.verified import GRANTED, verify_companies
from everfair.sourcing.models import Quote, Rfq
from everfair.trade.models import Order
from everfair.trust.actions import count_standings
from everfair.trust.facts import FACTS


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
        verify_companies(world)
        trouble(world)
        world.pay_out()
        issue_invoices(world.companies["yongkang"], "USD", now(), by=world.operator)
    tell_the_sandbox()
    count_what_happened()
    return {
        "loaded": True,
        "companies": Company.objects.count(),
        "offers": Offer.objects.count(),
        "rfqs": Rfq.objects.count(),
        "quotes": Quote.objects.count(),
        "orders": Order.objects.count(),
        "seconds": round(time.monotonic() - began, 1),
    }


def count_what_happened() -> int:
    """The facts of the demo's trades, from its events, and how its suppliers stand by them; so that the first look shows it."""
    while run_reactions(FACTS):
        pass
    return sum(count_standings(market) for market in MARKETS)


class World:
    """Who is there, and what stands on their shelves. The parts of the story ask it by the firm's code."""

    def __init__(self) -> None:
        self.stalls = [*plan.cast(), *plan.stalls(0)]
        self.buyers = [*BUYERS, *plan.buyers(0)]
        self.firm: dict[str, Firm] = {firm.code: firm for firm in (*(stall.firm for stall in self.stalls), *self.buyers)}
        self.operator: Actor = SYSTEM
        # Who looks at companies' papers, and at what else is told of them.
        self.reviewers: list[Actor] = []
        self.companies: dict[str, UUID] = {}
        self._actors: dict[str, Actor] = {}
        self._offers: dict[str, list[Offer]] = {}
        # Argon2 is slow on purpose: everybody here shares one hash.
        self._hash = make_password(people.PASSWORD)

    def settle(self) -> None:
        """People, companies, bank accounts, offers."""
        self.operator = self._operator()
        set_issuer(
            name="Everfair Demo GmbH", country="DE", registration_number="HRB 100200", tax_number="DE123456788",
            address={"lines": ["Messeplatz 1"], "city": "Hamburg", "postcode": "20357"}, email=f"billing@{people.DOMAIN}", series="DEMO",
            by=self.operator,
        )  # fmt: skip
        staff = (
            (people.REVIEWER, "Lin Zhiyuan"),
            (people.SECOND_REVIEWER, "Sofia Keller"),
            (people.THIRD_REVIEWER, "Amara Okoye"),
        )
        self.reviewers = [self._reviewer(email, name) for email, name in staff]
        self.companies = found_companies(self.firm.values(), self._hash, by=self.operator, but=dict(GRANTED))
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
        operator = self._staff(link, people.OPERATOR, "Ines Moreau")
        # A trade shall be seen from end to end in one sitting; a live installation cannot set this lower than three days.
        why = "A demonstration: a new bank account can be paid to at once."
        set_rule("payments.payout_wait_hours", DEFAULT_MARKET, Decimal(0), None, why, operator)
        self._staff(
            open_operator_invitation(people.TREASURER, by=operator, roles=["finance"]) or "", people.TREASURER, "Henrik Solberg"
        )
        return operator

    def _reviewer(self, email: str, name: str) -> Actor:
        return self._staff(open_operator_invitation(email, by=self.operator, roles=["reviewer"]) or "", email, name)

    def _staff(self, link: str, email: str, name: str) -> Actor:
        token = link.rstrip("/").rsplit("/", 1)[-1]
        return actor_of_person(accept_operator_invitation(token, email=email, name=name, password=people.PASSWORD))

    def pay_out(self) -> None:
        """One small payout on its way, and an account whose holder an operator shall look at."""
        seller = self.by("yongkang")
        request_payout(bank_accounts_of(seller).values_list("pk", flat=True)[0], Money.of("500.00", "USD"), by=seller)
        add_bank_account(
            holder="Chen Weiming",
            account="622212345678901",
            bic="",
            bank_name="Demo Bank",
            country="CN",
            currency="USD",
            by=seller,
        )

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
