"""Who trades in the bench: a few buyers and suppliers with keys, and offers with price tiers, made by the platform's own verbs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

BUYERS, SUPPLIERS = 12, 6  # so many that no company meets its limit of requests a minute
CATEGORY = "hardware/fasteners"


@dataclass
class Party:
    """One company and its key."""

    company_id: UUID
    name: str
    key: str
    offers: list[UUID] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)


@dataclass
class World:
    buyers: list[Party]
    suppliers: list[Party]
    importer: Party


def make() -> World:
    from everfair.base.actor import SYSTEM, Actor
    from everfair.companies.actions import accept_operator_invitation, open_operator_invitation
    from everfair.companies.queries import actor_of_person
    from everfair.markets.actions import set_rule
    from everfair.payments.actions import order_rail

    link = open_operator_invitation(by=SYSTEM)
    if link is None:
        raise SystemExit("This installation has an operator already: the bench wants an empty one.")
    token = link.rstrip("/").rsplit("/", 1)[-1]
    staff = accept_operator_invitation(token, email="operator@bench.example", name="Operator", password="a long bench password")
    operator: Actor = actor_of_person(staff)
    # Twelve companies ask and quote here what hundreds do elsewhere.
    for name in ("sourcing.rfqs_per_day", "sourcing.quotes_per_month"):
        set_rule(name, "export", Decimal(1000), None, "bench", by=operator)
    order_rail("sandbox2", open_=False, ends_on=None, reason="the bench plays one provider", by=operator)
    suppliers = [_party(f"Bench Supplier {n}", is_seller=True) for n in range(SUPPLIERS)]
    buyers = [_party(f"Bench Buyer {n}", is_seller=False) for n in range(BUYERS)]
    importer = _party("Bench Importer", is_seller=True)
    for n in range(2):
        email = f"reviewer{n}@bench.example"
        token = (open_operator_invitation(email, by=operator, roles=["reviewer"]) or "").rstrip("/").rsplit("/", 1)[-1]
        accept_operator_invitation(token, email=email, name=f"Reviewer {n}", password="a long bench password")
    for party in suppliers:
        _verify(party)
    return World(buyers, suppliers, importer)


def _verify(party: Party) -> None:
    """The level «verified», by every verb of the company and of the two who are drawn."""
    from django.core.files.base import ContentFile

    from everfair.base.actor import Actor
    from everfair.base.clock import now
    from everfair.companies.queries import actor_of_person
    from everfair.files.actions import keep_attachment
    from everfair.trust import actions
    from everfair.trust.queries import checks_of, requirement

    owner = Actor(kind="person", company_id=party.company_id, company_roles=frozenset({"owner"}))
    paper = keep_attachment(ContentFile(party.name.encode(), name="extract.txt"), party.company_id, owner).pk
    row = actions.begin_verification("export", "verified", by=owner)
    for check in checks_of(row.pk):
        said = dict.fromkeys(requirement(check, "export").fields, "bench")
        if "valid_until" in said:
            said["valid_until"] = f"{now().date() + timedelta(days=900)}"
        actions.fill_check(row.pk, check.kind, said, [paper], by=owner)
    row = actions.submit_verification(row.pk, by=owner)
    maker, checker = actor_of_person(row.maker), actor_of_person(row.checker)
    for check in checks_of(row.pk):
        actions.record_check(row.pk, check.kind, "passed", check.declared, "bench", by=maker)
    actions.propose_verification(row.pk, "grant", "bench", by=maker)
    actions.grant_verification(row.pk, "bench", by=checker)


def _party(name: str, *, is_seller: bool) -> Party:
    from everfair.base.actor import Actor
    from everfair.catalog.actions import draft_offer, publish_offer
    from everfair.companies.actions import make_api_key, make_person, register_company
    from everfair.companies.models import Person
    from everfair.companies.queries import actor_of_person
    from everfair.companies.values import SCOPES

    person = make_person(f"{name.lower().replace(' ', '.')}@bench.example", f"Owner of {name}")
    company = register_company(
        name=name,
        country="DE",
        registration_kind="other",
        registration_number=name,
        address={"lines": ["Messeplatz 1"], "city": "Hamburg", "region": "", "postcode": "20357"},
        is_seller=is_seller,
        is_buyer=not is_seller,
        by=Actor(kind="person", person_id=person.pk),
    )
    owner = actor_of_person(Person.objects.get(pk=person.pk))
    party = Party(company.pk, name, make_api_key("bench", SCOPES, by=owner)[1])
    for n in range(6 if is_seller and name != "Bench Importer" else 0):
        offer = draft_offer(_offer(n), by=owner)
        publish_offer(offer.pk, by=owner)
        offer.refresh_from_db()
        party.offers.append(offer.pk)
        party.numbers.append(offer.number)
    return party


def _offer(n: int) -> dict[str, Any]:
    return {
        "sku": f"BENCH-{n}",
        "titles": {
            "en": f"Hex bolt M{6 + 2 * n} x 40, zinc plated",
            "zh-hant": f"六角螺栓 M{6 + 2 * n}",
            "zh-hans": f"六角螺栓 M{6 + 2 * n}",
        },
        "descriptions": {"en": "Steel 8.8, DIN 933, in cartons of one hundred pieces."},
        "category": CATEGORY,
        "attributes": [["material", "steel 8.8"], ["norm", "DIN 933"], ["finish", "zinc plated"]],
        "currency": "USD",
        "tiers": [["100", "0.50"], ["1000", "0.42"], ["10000", "0.36"]],
        "price_per": Decimal(1),
        "moq": Decimal(100),
        "unit": "H87",
        "lead_times": [["5000", 15], ["", 30]],
        "hs_code": "731815",
        "origin": "DE",
        "sample_price": "1.50",
    }
