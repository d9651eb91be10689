"""Loads the demo world by the platform's own verbs: companies, offers, requests and quotes, and trades in every state."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from stdnum.cn import uscc

from everfair.base.actor import SYSTEM, Actor
from everfair.base.clock import now
from everfair.base.money import Money
from everfair.catalog.actions import draft_offer, publish_offer
from everfair.catalog.models import Offer
from everfair.companies.actions import (
    accept_operator_invitation,
    make_person,
    open_operator_invitation,
    register_company,
    verify_company,
)
from everfair.companies.models import Company, Membership, Person
from everfair.companies.queries import actor_of_person
from everfair.payments.actions import add_bank_account, request_payout, take_event
from everfair.payments.models import Intent
from everfair.payments.providers.signature import signed_headers, split_secrets
from everfair.payments.queries import bank_accounts_of
from everfair.payments.rails import RECIPIENT, rail
from everfair.site.demo import people
from everfair.site.demo.firms import BUYERS, SUPPLIERS, Firm
from everfair.site.demo.goods import offers
from everfair.sourcing.actions import post_rfq, send_inquiry, send_quote
from everfair.sourcing.models import Quote, Rfq, RfqLine
from everfair.sourcing.values import ChargeDraft, LineDraft, QuoteDraft, QuoteLineDraft, RfqDraft
from everfair.trade.actions import (
    award_quote,
    call_off_order,
    cancel_order,
    decline_order,
    draft_order,
    fund_stage,
    lapse_order,
    pay_stage,
    place_order,
    receive_order,
    report_missing,
    resolve_issue,
    ship_order,
    sign_order,
)
from everfair.trade.models import Order, Stage


def load() -> dict[str, Any]:
    """Fill an empty installation; one that has companies already is left as it is. All or nothing."""
    if Company.objects.exists():
        return {"loaded": False, "companies": Company.objects.count(), "offers": Offer.objects.count()}
    began = time.monotonic()
    with transaction.atomic():
        world = World()
        world.people()
        world.goods()
        world.requests()
        world.trades()
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
    """The actors of the demo, and what they do in order."""

    def __init__(self) -> None:
        self.by: dict[str, Actor] = {}
        self.firm: dict[str, Firm] = {firm.code: firm for firm in (*SUPPLIERS, *BUYERS)}
        self.offers: dict[str, list[Offer]] = {}
        self.operator: Actor = SYSTEM
        self._hash = make_password(people.PASSWORD)
        self._event = 0

    def people(self) -> None:
        link = open_operator_invitation(by=SYSTEM)
        if link is None:
            raise RuntimeError("the installation has an operator but no company")
        token = link.rstrip("/").rsplit("/", 1)[-1]
        staff = accept_operator_invitation(token, email=people.OPERATOR, name="Ines Moreau", password=people.PASSWORD)
        self.operator = actor_of_person(staff)
        for firm in self.firm.values():
            self.by[firm.code] = self._found(firm)
        self._finance_clerk()
        for code in ("hamburg", "santiago"):
            self._bank(code)
        for firm in SUPPLIERS:
            self._bank(firm.code)

    def _found(self, firm: Firm) -> Actor:
        person = make_person(
            f"{firm.code}@{people.DOMAIN}", firm.person, language=firm.language, timezone=firm.timezone, password_hash=self._hash
        )
        number = firm.body + uscc.calc_check_digit(firm.body) if firm.body.startswith("9") else firm.body
        company = register_company(
            name=firm.name,
            names={"zh-hant": firm.hant, "zh-hans": firm.hans},
            country=firm.country,
            registration_kind="cn.uscc" if firm.body.startswith("9") else "other",
            registration_number=number,
            address={"lines": [firm.street], "city": firm.city, "region": firm.region, "postcode": firm.postcode},
            about={"en": firm.about, "zh-hant": firm.about_hant, "zh-hans": firm.about_hans},
            kind=firm.kind,
            founded_year=firm.founded,
            staff_count=firm.staff,
            is_seller=firm.sells,
            is_buyer=not firm.sells,
            by=Actor(kind="person", person_id=person.pk),
        )
        if firm.verified:
            verify_company(company.pk, until=now().date() + timedelta(days=330), note=firm.verified, by=self.operator)
        return self._actor(person)

    def _actor(self, person: Person) -> Actor:
        return actor_of_person(Person.objects.get(pk=person.pk))

    def _finance_clerk(self) -> None:
        clerk = make_person(people.FINANCE, "Jonas Brandt", timezone="Europe/Berlin", password_hash=self._hash)
        Membership.objects.create(person=clerk, company_id=self.by["hamburg"].company_id, roles=["finance"])

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
            by=self.by[code],
        )

    def goods(self) -> None:
        for good, values in offers():
            seller = self.by[good.firm]
            offer = draft_offer(values | {"currency": "USD", "origin": self.firm[good.firm].country}, by=seller)
            publish_offer(offer.pk, by=seller)
            self.offers.setdefault(good.firm, []).append(offer)

    def requests(self) -> None:
        """Open requests with and without quotes, and talks about offers."""
        for buyer, seller, text in (
            ("taipei", "jingdezhen", "我們想要青釉，杯底能燒印我們的店名嗎？"),
            ("sydney", "yongkang", "Can the 500 ml bottle be had with a bamboo lid, and what is the minimum for our own print?"),
            ("nairobi", "wenzhou", "Which sizes are in the carton of 12 pairs?"),
        ):
            send_inquiry(self.offers[seller][0].pk, text, by=self.by[buyer], quantity=Decimal(self.offers[seller][0].moq))
        self._request("santiago", "home/kitchen-appliances", "Electric kettles for winter", [("Electric kettle 1.7 l, EU plug", "2000", "H87", "6.80")],
                      "CIF", "Valparaíso", "CL", [("cixi", "6.95", "0"), ("yongkang", "7.20", "600")])  # fmt: skip
        self._request("dubai", "lighting/indoor-lighting", "LED panels for an office tower", [("LED panel 600 × 600, 4000 K, UGR<19", "1800", "H87", "12.00"), ("Driver, dimmable", "1800", "H87", None)],
                      "FOB", "Zhongshan", "AE", [("zhongshan", "11.90", "450")])  # fmt: skip
        self._request("hongkong", "apparel/tshirts-sweatshirts", "有機棉 T 恤，秋季", [("Organic cotton T-shirt, 180 g, own label", "6000", "H87", "2.70")],
                      "FOB", "Chennai", "HK", [("tiruppur", "2.78", "0"), ("shaoxing", "3.05", "300")])  # fmt: skip
        self._request(
            "saopaulo",
            "home/cookware",
            "Stock pots 20 to 28 cm",
            [("Stainless stock pot 24 cm with lid", "1200", "H87", None)],
            "CFR",
            "Santos",
            "BR",
            [],
        )
        self._request(
            "nairobi",
            "bags/backpacks",
            "School backpacks",
            [("Backpack 25 l, two compartments", "3000", "H87", "7.50")],
            "CIF",
            "Mombasa",
            "KE",
            [],
        )

    def _request(
        self, buyer: str, category: str, title: str, lines: list[tuple[str, str, str, str | None]], incoterm: str, place: str,
        destination: str, quotes: list[tuple[str, str, str]],
    ) -> list[UUID]:  # fmt: skip
        drafts = tuple(LineDraft(text, Decimal(n), unit, Decimal(price) if price else None) for text, n, unit, price in lines)
        rfq = post_rfq(
            RfqDraft(
                market="export", title=title, category=category, currency="USD", incoterm=incoterm, named_place=place,
                destination=destination, closes_at=now() + timedelta(days=21), lines=drafts,
                details="Please quote with carton sizes and the earliest shipping date.",
            ),
            by=self.by[buyer],
        )  # fmt: skip
        return [self._quote(rfq, seller, price, freight) for seller, price, freight in quotes]

    def _quote(self, rfq: Rfq, seller: str, price: str, freight: str) -> UUID:
        count = RfqLine.objects.filter(rfq=rfq).count()
        charges = (ChargeDraft("freight", Money.of(f"{freight}.00", "USD")),) if freight != "0" else ()
        quote = send_quote(
            rfq.pk,
            QuoteDraft(
                lines=tuple(QuoteLineDraft(n, Decimal(price)) for n in range(1, count + 1)),
                lead_time_days=30,
                valid_until=now() + timedelta(days=30),
                charges=charges,
                remarks="Carton and label as you wish.",
            ),
            by=self.by[seller],
        )
        return quote.pk

    # Trades

    def trades(self) -> None:
        """One order in every state a trade can be in, and a few finished ones."""
        order = self._order
        order("santiago", "cixi", 0, "CIF", "Valparaíso")
        self._signed("nairobi", "wenzhou", 2)
        self._paid("dubai", "zhongshan", 0, parts=1)
        self._paid("hamburg", "yongkang", 0, parts=2)
        self._shipped("sydney", "yongkang", 3)
        self._shipped("hamburg", "quanzhou", 0)
        for buyer, seller, index in (("hamburg", "yongkang", 5), ("taipei", "jingdezhen", 0), ("saopaulo", "foshan", 0)):
            receive_order(self._shipped(buyer, seller, index).pk, by=self.by[buyer])
        declined = order("taipei", "tiruppur", 2, "FOB", "Chennai")
        decline_order(declined.pk, "The mill is full until March.", by=self.by["tiruppur"])
        cancelled = self._signed("hongkong", "shaoxing", 1)
        cancel_order(cancelled.pk, "Our customer chose another colour.", by=self.by["hongkong"])
        called_off = self._paid("saopaulo", "foshan", 2, parts=1)
        call_off_order(called_off.pk, "The powder coater is closed.", by=self.by["foshan"])
        missing = self._shipped("nairobi", "quanzhou", 3)
        report_missing(missing.pk, "Only 9 of 12 cartons came, see the carrier's note.", by=self.by["nairobi"])
        ruled = self._shipped("dubai", "zhongshan", 3)
        report_missing(ruled.pk, "A quarter of the strips do not light.", by=self.by["dubai"])
        resolve_issue(ruled.pk, Decimal("0.25"), "Photographs and the buyer's count show 25 % faulty.", by=self.operator)
        lapsed = order("sydney", "cixi", 3, "FOB", "Ningbo")
        lapse_order(lapsed.pk, "the seller did not sign in time")
        won = self._request("taipei", "home/tableware", "茶具禮盒", [("Gongfu tea set, gift box", "60", "SET", "27")], "FOB", "Shanghai", "TW",
                            [("jingdezhen", "26.80", "120")])  # fmt: skip
        award_quote(won[0], by=self.by["taipei"])
        request_payout(self._account("yongkang"), Money.of("500.00", "USD"), by=self.by["yongkang"])

    def _order(self, buyer: str, seller: str, index: int, incoterm: str = "FOB", place: str = "Ningbo") -> Order:
        offer = self.offers[seller][index]
        terms = draft_order([(offer.pk, Decimal(offer.moq) * 2)], incoterm=incoterm, named_place=place, by=self.by[buyer])
        return place_order(terms, by=self.by[buyer])

    def _signed(self, buyer: str, seller: str, index: int) -> Order:
        order = self._order(buyer, seller, index)
        return sign_order(order.pk, order.terms_hash, by=self.by[seller])

    def _paid(self, buyer: str, seller: str, index: int, *, parts: int) -> Order:
        order = self._signed(buyer, seller, index)
        for n in range(1, parts + 1):
            self._pay(Stage.objects.get(order=order, n=n), self.by[buyer])
        return order

    def _shipped(self, buyer: str, seller: str, index: int) -> Order:
        order = self._paid(buyer, seller, index, parts=2)
        consignment = {
            "mode": "sea",
            "carrier": "Harbour Line",
            "tracking_number": f"HBL{order.number}",
            "handed_over_on": now().date(),
            "package_count": 24,
            "gross_weight_kg": Decimal("412.5"),
        }
        return ship_order(order.pk, consignment, by=self.by[seller])

    def _pay(self, stage: Stage, by: Actor) -> None:
        """As if the buyer had paid on the sandbox's page: the same signed event, through the same door."""
        intent = Intent.objects.get(pk=pay_stage(stage.pk, by=by))
        self._event += 1
        event_id = f"evt_demo_{self._event}"
        body = json.dumps(
            {
                "id": event_id,
                "type": "checkout.captured",
                "created_at": datetime.now(UTC).isoformat(),
                "account": rail(intent.provider).account,
                "data": {
                    "id": f"chk_demo_{self._event}", "merchant_reference": str(intent.pk), "amount_minor": intent.amount_minor,
                    "currency": intent.currency, "recipient": RECIPIENT, "state": "captured", "failure_code": "", "version": 2,
                },
            }
        ).encode()  # fmt: skip
        secret = split_secrets(settings.PROVIDERS["sandbox"]["EVERFAIR_SANDBOX_WEBHOOK_SECRET"])[0]
        outcome = take_event("sandbox", signed_headers([secret], event_id, int(time.time()), body), body)
        if outcome != "applied":
            raise RuntimeError(f"the demo's payment was not believed: {outcome}")
        fund_stage(stage.pk, intent.pk)

    def _account(self, code: str) -> UUID:
        return bank_accounts_of(self.by[code]).values_list("pk", flat=True)[0]
