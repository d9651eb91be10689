"""Eighty trades, some in every state that a trade can be in, each brought there by the verbs people use."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.disputes.actions import Complaint, accept_offer, offer_remedy, open_claim
from everfair.disputes.models import Claim
from everfair.payments.models import Intent
from everfair.site.demo.plan import SEED
from everfair.site.demo.requests import request
from everfair.site.provider_word import provider_says
from everfair.trade.actions import (
    award_quote,
    call_off_order,
    cancel_order,
    decline_order,
    draft_order,
    fund_stage,
    lapse_order,
    open_silent_case,
    pay_stage,
    place_order,
    receive_order,
    ship_order,
    sign_order,
)
from everfair.trade.models import Order, Stage

if TYPE_CHECKING:
    from everfair.site.demo.load import World

_BUSY = 5
_CARRIERS = ("Harbour Line", "Blue Meridian Shipping", "Silk Rail Freight", "Lantern Air Cargo")


def make_trades(world: World) -> None:
    trades = _Trades(world)
    trades.by_hand()
    trades.of_plan()


class _Trades:
    """The steps of a trade, each ending where the next begins."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.events = 0

    def by_hand(self) -> None:
        """Sixteen trades of the companies written by hand: what the signed-in personas see first."""
        by = self.world.by
        self.order("santiago", "cixi", 0, "CIF", "Valparaíso")
        self.signed("nairobi", "wenzhou", 2)
        self.paid("dubai", "zhongshan", 0, parts=1)
        self.paid("hamburg", "yongkang", 0, parts=2)
        self.shipped("sydney", "yongkang", 3)
        self.shipped("hamburg", "quanzhou", 0)
        for buyer, seller, index in (("hamburg", "yongkang", 5), ("taipei", "jingdezhen", 0), ("saopaulo", "foshan", 0)):
            self.received(buyer, seller, index)
        declined = self.order("taipei", "tiruppur", 2, "FOB", "Chennai")
        decline_order(declined.pk, "The mill is full until March.", by=by("tiruppur"))
        cancelled = self.signed("hongkong", "shaoxing", 1)
        cancel_order(cancelled.pk, "Our customer chose another colour.", by=by("hongkong"))
        called_off = self.paid("saopaulo", "foshan", 2, parts=1)
        call_off_order(called_off.pk, "The powder coater is closed.", by=by("foshan"))
        missing = self.shipped("nairobi", "quanzhou", 3)
        claim(missing, "short", "Only 9 of 12 cartons came, see the carrier's note.", "0.25", by=by("nairobi"))
        ruled = self.shipped("dubai", "zhongshan", 3)
        made = claim(ruled, "defective", "A quarter of the strips do not light.", "0.25", by=by("dubai"))
        offer = offer_remedy(made.pk, "discount", made.amount, "Photographs and your count show it.", by=by("zhongshan"))
        accept_offer(made.pk, offer.pk, by=by("dubai"))
        lapsed = self.order("sydney", "cixi", 3, "FOB", "Ningbo")
        lapse_order(lapsed.pk, "the seller did not sign in time")
        _rfq, won = request(self.world, "taipei", "home/tableware", "茶具禮盒", [("Gongfu tea set, gift box", "60", "SET", "27")], "FOB", "Shanghai",
                            [("jingdezhen", "26.80", "120")])  # fmt: skip
        award_quote(won[0], by=by("taipei"))

    def of_plan(self) -> None:
        """Sixty-four more between the other companies: how many of each kind, and how far they come."""
        ends: tuple[tuple[int, Callable[[str, str, int], object]], ...] = (
            (12, self.received),
            (10, self.shipped),
            (8, lambda b, s, i: self.paid(b, s, i, parts=2)),
            (6, lambda b, s, i: self.paid(b, s, i, parts=1)),
            (2, self.paying),
            (6, self.signed),
            (6, self.order),
            (2, self.declined),
            (2, self.cancelled),
            (2, self.lapsed),
            (2, self.called_off),
            (1, self.reported),
            (3, self.silent),
            (2, self.ruled),
        )
        ended = (self.received, self.shipped, self.called_off, self.reported, self.silent, self.ruled)
        chance = random.Random(f"{SEED}:trades")  # noqa: S311  a plan, no secret
        buyers = [firm.code for firm in self.world.buyers]
        sellers = [stall.firm.code for stall in self.world.stalls if stall.firm.code != stall.firm.cluster]
        chance.shuffle(sellers)
        n = 0
        for count, end in ends:
            for _each in range(count):
                # A few sellers have most of what came to an end, so that there is something to count of them.
                seller = sellers[n % (_BUSY if end in ended else len(sellers))]
                priced = [i for i, offer in enumerate(self.world.offers(seller)) if offer.tiers]
                end(buyers[n * 5 % len(buyers)], seller, chance.choice(priced))
                n += 1

    # How far a trade comes

    def order(self, buyer: str, seller: str, index: int, incoterm: str = "FOB", place: str = "Ningbo") -> Order:
        offer = self.world.offers(seller)[index]
        by = self.world.by(buyer)
        terms = draft_order([(offer.pk, Decimal(offer.moq) * 2)], incoterm=incoterm, named_place=place, by=by)
        return place_order(terms, by=by)

    def signed(self, buyer: str, seller: str, index: int) -> Order:
        order = self.order(buyer, seller, index)
        return sign_order(order.pk, order.terms_hash, by=self.world.by(seller))

    def paying(self, buyer: str, seller: str, index: int) -> Order:
        order = self.signed(buyer, seller, index)
        pay_stage(Stage.objects.get(order=order, n=1).pk, by=self.world.by(buyer))
        return order

    def paid(self, buyer: str, seller: str, index: int, *, parts: int) -> Order:
        order = self.signed(buyer, seller, index)
        for n in range(1, parts + 1):
            self._pay(Stage.objects.get(order=order, n=n), self.world.by(buyer))
        return order

    def shipped(self, buyer: str, seller: str, index: int) -> Order:
        order = self.paid(buyer, seller, index, parts=2)
        consignment = {
            "mode": "sea",
            "carrier": _CARRIERS[order.number % len(_CARRIERS)],
            "tracking_number": f"DEMO{order.number}",
            "handed_over_on": now().date(),
            "package_count": 24,
            "gross_weight_kg": Decimal("412.5"),
        }
        return ship_order(order.pk, consignment, by=self.world.by(seller))

    def received(self, buyer: str, seller: str, index: int) -> None:
        receive_order(self.shipped(buyer, seller, index).pk, by=self.world.by(buyer))

    def declined(self, buyer: str, seller: str, index: int) -> None:
        decline_order(self.order(buyer, seller, index).pk, "All lines are booked for this month.", by=self.world.by(seller))

    def cancelled(self, buyer: str, seller: str, index: int) -> None:
        cancel_order(self.signed(buyer, seller, index).pk, "The season's budget was cut.", by=self.world.by(buyer))

    def lapsed(self, buyer: str, seller: str, index: int) -> None:
        lapse_order(self.order(buyer, seller, index).pk, "the seller did not sign in time")

    def called_off(self, buyer: str, seller: str, index: int) -> None:
        order = self.paid(buyer, seller, index, parts=1)
        call_off_order(order.pk, "A machine is down; we cannot keep the day.", by=self.world.by(seller))

    def reported(self, buyer: str, seller: str, index: int) -> Order:
        order = self.shipped(buyer, seller, index)
        claim(order, "short", "Two cartons are wet and three are missing.", "0.2", by=self.world.by(buyer))
        return order

    def silent(self, buyer: str, seller: str, index: int) -> None:
        open_silent_case(self.shipped(buyer, seller, index).pk, "the buyer said nothing, and no delivery is proven")

    def ruled(self, buyer: str, seller: str, index: int) -> None:
        order = self.shipped(buyer, seller, index)
        made = claim(order, "short", "Five of 24 cartons are missing.", "0.2", by=self.world.by(buyer))
        offer = offer_remedy(made.pk, "refund", made.amount, "The carrier's note shows it.", by=self.world.by(seller))
        accept_offer(made.pk, offer.pk, by=self.world.by(buyer))

    def _pay(self, stage: Stage, by: Actor) -> None:
        """As if the buyer had paid on the sandbox's page: the same signed event, through the same door."""
        intent = Intent.objects.get(pk=pay_stage(stage.pk, by=by))
        self.events += 1
        outcome = provider_says(intent, f"demo_{self.events}")
        if outcome != "applied":
            raise RuntimeError(f"the demo's payment was not believed: {outcome}")
        fund_stage(stage.pk, intent.pk)


def claim(order: Order, reason: str, text: str, share: str, *, by: Actor) -> Claim:
    """On its first line, for this share of what is held."""
    return open_claim(order.pk, [Complaint(1, reason)], "refund", order.total.share(Decimal(share)), text, by=by)
