"""One order and everybody round it: what they may do at this moment, and with what weight they do it."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from django.db import models

from everfair.base.actor import Actor
from everfair.base.money import Money
from everfair.base.rows import find
from everfair.disputes.models import Claim
from everfair.logistics.models import Consignment, Package
from everfair.payments.models import Intent
from everfair.site.provider_word import provider_says
from everfair.site.simulate.cast import Cast, Seller
from everfair.trade.models import Amendment, Extension, Framework, Inspection, Order, Stage
from everfair.trade.queries import moves_of

ENDED = ("declined", "cancelled", "lapsed", "called_off", "completed")
CLAIM_ENDED = ("settled", "dropped", "decided", "withdrawn")


@dataclass(frozen=True, slots=True)
class Try:
    """One thing somebody may do now; `weight` against the others and against waiting."""

    weight: float
    name: str
    do: Callable[[], object]


@dataclass(eq=False)
class Life:
    """`temper`: how this pair acts. `steps` counts what was tried, so that a fault can be found again."""

    n: int
    order_id: UUID
    buyer: Actor
    seller: Seller
    cast: Cast
    chance: random.Random
    temper: str
    steps: int = 0
    started_round: int = 0
    payments: list[UUID] = field(default_factory=list)
    group_id: UUID | None = None
    # What now stands; read anew before every step (see `look`).
    order: Order = field(init=False)
    stages: list[Stage] = field(init=False)
    claim: Claim | None = field(init=False)
    extensions: list[Extension] = field(init=False)
    amendments: list[Amendment] = field(init=False)
    inspections: list[Inspection] = field(init=False)
    consignments: list[Consignment] = field(init=False)
    packages: dict[UUID, list[Package]] = field(init=False)
    frame: Framework | None = field(init=False)

    @cached_property
    def moves(self) -> dict[str, list[str]]:
        """What both sides may do with the order; asked once after each look."""
        return {
            "buyer": moves_of(self.order, self.stages, self.buyer),
            "seller": moves_of(self.order, self.stages, self.seller.by),
        }

    @property
    def open_claim(self) -> Claim | None:
        return self.claim if self.claim is not None and self.claim.state not in CLAIM_ENDED else None

    @property
    def is_over(self) -> bool:
        """The order has ended, and so has a claim on it; what was decided is carried out."""
        claim = self.claim
        waits = claim is not None and (
            claim.state not in CLAIM_ENDED
            or (claim.held_minor > 0 and claim.state != "withdrawn" and claim.carried_out_at is None)
        )
        return self.order.agreement in ENDED and not waits

    def likely(self, share: float) -> bool:
        return self.chance.random() < share

    def some(self, most: Money, least: int = 0) -> Money:
        return Money(self.chance.randint(min(least, most.minor), most.minor), most.currency)

    # Payments: the wish now, the provider's word on it at a later step.

    def pay(self, wish: Callable[[], UUID]) -> None:
        intent_id = wish()
        if intent_id not in self.payments:
            self.payments.append(intent_id)

    def hear(self, kind: str) -> str:
        intent_id = self.payments.pop(0)
        [intent] = find(Intent, "id = %s", [intent_id])
        return provider_says(intent, f"sim_{intent_id.hex}_{kind}", kind, failure="card_declined" if kind == "failed" else "")


def look(lives: Sequence[Life]) -> None:
    """Read how all of these stand, table by table: a statement for each life would cost as much as what people do."""
    orders = {row.pk: row for row in find(Order, "id = ANY(%s::uuid[])", [[life.order_id for life in lives]])}
    stages = _by_order(Stage, orders, "order_id = ANY(%s::uuid[]) ORDER BY n")
    extensions = _by_order(Extension, orders, "order_id = ANY(%s::uuid[]) ORDER BY id")
    amendments = _by_order(Amendment, orders, "order_id = ANY(%s::uuid[]) AND state = 'proposed'")
    inspections = _by_order(
        Inspection, orders, "order_id = ANY(%s::uuid[]) AND state IN ('asked', 'accepted', 'failed') ORDER BY n"
    )
    frames = _by_order(Framework, orders, "order_id = ANY(%s::uuid[])")
    shipped = {pk: order for pk, order in orders.items() if order.goods != "awaiting"}
    claims = _by_order(Claim, shipped, "order_id = ANY(%s::uuid[]) ORDER BY number")
    travelling = [pk for pk, order in shipped.items() if order.goods == "shipped"]
    consignments, packages = defaultdict(list), defaultdict(list)
    for row in find(Consignment, "subject = ANY(%s::uuid[]) ORDER BY id", [travelling]) if travelling else ():
        consignments[row.subject].append(row)
    sent = [row.pk for rows in consignments.values() for row in rows]
    for package in find(Package, "consignment_id = ANY(%s::uuid[]) ORDER BY n", [sent]) if sent else ():
        packages[package.consignment_id].append(package)
    for life in lives:
        pk = life.order_id
        vars(life).pop("moves", None)
        life.order, life.stages, life.claim = orders[pk], stages[pk], claims[pk][-1] if claims[pk] else None
        life.extensions, life.amendments, life.inspections = extensions[pk], amendments[pk], inspections[pk]
        life.frame = frames[pk][0] if frames[pk] else None
        life.consignments, life.packages = consignments[pk], packages


_Row = TypeVar("_Row", bound=models.Model)


def _by_order(model: type[_Row], orders: Mapping[UUID, Order], where: str) -> dict[UUID, list[_Row]]:
    """Each row knows its order."""
    found: dict[UUID, list[_Row]] = defaultdict(list)
    for row in find(model, where, [list(orders)]) if orders else ():
        row.order = orders[row.order_id]  # type: ignore[attr-defined]
        found[row.order.pk].append(row)  # type: ignore[attr-defined]
    return found


def person_of(staff: Cast, person_id: Any) -> Actor:
    """The simulation's own arbitrator, or whoever of the demonstration was drawn."""
    from everfair.companies.models import Person
    from everfair.companies.queries import actor_of_person

    known = staff.judges.get(person_id)
    return known or actor_of_person(Person.objects.get(pk=person_id))
