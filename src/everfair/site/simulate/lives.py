"""One order and everybody round it: what they may do at this moment, and with what weight they do it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from everfair.base.actor import Actor
from everfair.base.money import Money
from everfair.base.rows import find
from everfair.disputes.models import Claim
from everfair.payments.models import Intent
from everfair.site.provider_word import provider_says
from everfair.site.simulate.cast import Cast, Seller
from everfair.trade.models import Order, Stage
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
    # What now stands; read anew before every step.
    order: Order = field(init=False)
    stages: list[Stage] = field(init=False)
    claim: Claim | None = field(init=False, default=None)
    moves: dict[str, list[str]] = field(init=False)

    def read(self) -> None:
        self.order = find(Order, "id = %s", [self.order_id])[0]
        self.stages = find(Stage, "order_id = %s ORDER BY n", [self.order_id])
        for stage in self.stages:
            stage.order = self.order
        self.claim = None
        if self.order.goods != "awaiting":
            claims = Claim.objects.select_related("order", "buyer", "seller").filter(order_id=self.order_id)
            self.claim = claims.order_by("-number").first()
        self.moves = {
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
        intent = Intent.objects.get(pk=intent_id)
        return provider_says(intent, f"sim_{intent_id.hex}_{kind}", kind, failure="card_declined" if kind == "failed" else "")


def person_of(staff: Cast, person_id: Any) -> Actor:
    """The simulation's own arbitrator, or whoever of the demonstration was drawn."""
    from everfair.companies.models import Person
    from everfair.companies.queries import actor_of_person

    known = staff.judges.get(person_id)
    return known or actor_of_person(Person.objects.get(pk=person_id))
