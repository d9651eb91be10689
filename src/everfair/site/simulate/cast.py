"""Who trades in a simulation: companies of its own, with people, goods and pictures, made new for every run."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.core.files.base import ContentFile
from PIL import Image

from everfair.base.actor import SYSTEM, Actor
from everfair.base.ids import new_id
from everfair.base.money import Money, UnitPrice
from everfair.catalog.actions import import_offers
from everfair.catalog.models import Offer
from everfair.catalog.sheets.draft import OfferDraft
from everfair.companies.actions import make_person
from everfair.companies.models import Company, Membership, Person
from everfair.companies.queries import actor_of_person
from everfair.companies.values import skeleton
from everfair.files.actions import keep_attachment
from everfair.markets.table import DEFAULT_MARKET

# (currency, countries, what a piece costs in main units): the large ones need two people to rule over them.
STALLS = (
    ("USD", "CN", "0.42"), ("USD", "IN", "3.10"), ("EUR", "DE", "1.25"), ("JPY", "JP", "37"), ("USD", "CN", "64.00"), ("KWD", "AE", "0.125"),
)  # fmt: skip
COUNTRIES = ("DE", "US", "BR", "AE", "TW", "KE", "GB", "HK")


@dataclass
class Seller:
    by: Actor
    currency: str
    offers: list[Offer]
    pictures: list[UUID]


@dataclass
class Inspector:
    by: Actor
    pictures: list[UUID]


@dataclass
class Cast:
    """`judges` rule on claims; `operator` looks at silent cases and at carriers' papers."""

    buyers: list[Actor] = field(default_factory=list)
    sellers: list[Seller] = field(default_factory=list)
    inspectors: list[Inspector] = field(default_factory=list)
    judges: dict[UUID, Actor] = field(default_factory=dict)
    operator: Actor = SYSTEM


def gather(seed: int, *, size: int) -> Cast:
    """Make `size` suppliers and twice as many buyers, three inspectors, six arbitrators and an operator."""
    made = Cast()
    chance = random.Random(f"{seed}:cast")  # noqa: S311  a play, no secret
    run = new_id().hex[-10:]
    for n in range(size):
        currency, country, price = STALLS[n % len(STALLS)]
        owner = _owner(f"seller{n}-{run}", country, is_seller=True)
        made.sellers.append(Seller(owner, currency, _offers(owner, currency, Decimal(price), chance), [_picture(owner)]))
    for n in range(size * 2):
        made.buyers.append(_owner(f"buyer{n}-{run}", chance.choice(COUNTRIES)))
    for n in range(3):
        owner = _owner(
            f"inspector{n}-{run}", "CN", is_seller=True, is_inspector=True, kind="inspector", inspector_note="simulated"
        )
        made.inspectors.append(Inspector(owner, [_picture(owner)]))
    for n in range(6):
        judge = actor_of_person(_staff(f"judge{n}-{run}", "arbitrator"))
        made.judges[judge.person_id] = judge  # type: ignore[index]
    made.operator = actor_of_person(_staff(f"operator-{run}", "operator"))
    return made


def _owner(code: str, country: str, **columns: object) -> Actor:
    person = make_person(f"{code}@simulation.everfair.example", code)
    name = f"Simulated {code}"
    company = Company.objects.create(
        name=name, name_skeleton=skeleton(name), country=country, registration_kind="other", registration_number=f"SIM-{code}",
        is_buyer=True, **columns,
    )  # fmt: skip
    Membership.objects.create(person=person, company=company, roles=["owner"])
    Person.objects.filter(pk=person.pk).update(current_company_id=company.pk)
    return actor_of_person(Person.objects.get(pk=person.pk))


def _staff(code: str, role: str) -> Person:
    person = make_person(f"{code}@simulation.everfair.example", code)
    Person.objects.filter(pk=person.pk).update(is_staff_member=True, staff_roles=[role])
    return Person.objects.get(pk=person.pk)


def _offers(owner: Actor, currency: str, price: Decimal, chance: random.Random) -> list[Offer]:
    drafts = []
    for n in range(4):
        first = price * (n + 1)
        drafts.append(
            OfferDraft(
                sku=f"SIM-{n}",
                titles={"en": f"Simulated bolt no. {n}"},
                tiers=((Decimal(100), UnitPrice(first, currency)), (Decimal(1000), UnitPrice(first * Decimal("0.8"), currency))),
                moq=Decimal(100),
                lead_times=((Decimal(1), chance.randrange(5, 30)),),
                sample_price=Money.of(f"{chance.randrange(0, 9)}", currency),
            )
        )
    done = import_offers(owner.company_id, DEFAULT_MARKET, drafts, "all", by=SYSTEM, file_name="simulation.csv")  # type: ignore[arg-type]
    if not done.taken:
        raise RuntimeError(f"the offers of the simulation were refused: {done.errors[0]}")
    return list(Offer.objects.filter(company_id=owner.company_id).order_by("sku"))


def _picture(owner: Actor) -> UUID:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), (180, 60, 40)).save(out, "JPEG")
    return keep_attachment(ContentFile(out.getvalue(), "carton.jpg"), owner.company_id, by=owner).pk  # type: ignore[arg-type]
