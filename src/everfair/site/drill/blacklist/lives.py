"""What each account would do in two years if nobody stopped it. Only here is it known who is a fraud."""

from __future__ import annotations

import math
from bisect import insort
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from random import Random

from everfair.risk.facts import Listing, Message
from everfair.site.drill.blacklist import texts
from everfair.site.drill.blacklist.constants import CATEGORIES, CONSTANTS, HOT, Constants
from everfair.site.drill.blacklist.people import Ring, Staff, Trait, Traits, gather_rings, hire

FIRST_DAY = date(2009, 1, 1)
_COUNTRIES = ("CN", "CN", "CN", "CN", "CN", "IN", "VN", "TR", "TW", "TH")


def day_of(n: int) -> date:
    return FIRST_DAY + timedelta(days=n)


@dataclass(slots=True)
class Plan:
    """A deal that comes about on `day` unless the supplier is stopped by then. Days are counted from the first.

    `outside` is what the buyer wanted, `talked` that a fraud brought them outside, `dropped` that it let them go who insisted.
    """

    day: int
    buyer: str
    category: str
    value: float
    outside: bool
    talked: bool = False
    dropped: bool = False
    ships_after: int | None = None
    late: int = 0
    complains_after: int | None = None
    complaint: str = ""
    disputed: bool = False
    stars: int = 0


@dataclass(slots=True)
class Life:
    id: str
    country: str
    joins: int
    salesperson: str | None
    traits: frozenset[Trait]
    ring: Ring | None = None
    listings: list[tuple[int, Listing]] = field(default_factory=list)
    messages: list[tuple[int, Message]] = field(default_factory=list)
    deals: list[Plan] = field(default_factory=list)

    @property
    def fraud(self) -> bool:
        return self.ring is not None


@dataclass(slots=True)
class World:
    seed: int
    constants: Constants
    lives: list[Life]
    staff: Staff
    traits: Traits
    photos: list[int]
    reborn: int = 0

    def again(self, life: Life, closed: int) -> Life | None:
        """The same people under a new name, some weeks after an account of theirs was closed; None when they give up."""
        ring = life.ring
        assert ring is not None
        chance = Random(f"{self.seed}:again:{life.id}")  # noqa: S311
        joins = closed + chance.randint(10, 40)
        if chance.random() >= self.constants.again_after_being_closed or joins >= self.constants.days - 30:
            return None
        self.reborn += 1
        return _fraud(
            _name(self.seed, len(self.lives) + self.reborn), joins, ring, _brought_by(ring, self.staff, chance), self, chance
        )


def build(seed: int, suppliers: int, constants: Constants = CONSTANTS) -> World:
    """The same seed gives the same world. `suppliers` is how many there are after two years, frauds included."""
    chance = Random(f"{seed}:world")  # noqa: S311
    staff = hire(constants, chance, suppliers)
    traits = Traits(constants, chance, suppliers)
    world = World(seed, constants, [], staff, traits, [])
    first, second = round(suppliers * constants.there_at_start), round(suppliers * constants.there_after_a_year)
    frauds = [constants.fraud_first_year * second, constants.fraud_second_year * suppliers]
    joins: list[tuple[int, Ring | None]] = []
    helped = dict.fromkeys(sorted(staff.colluding), 0)
    for year, count in enumerate(frauds):
        for gang in gather_rings(constants, chance, helped, round(count)):
            start = chance.randrange(365)
            joins += [(365 * year + min(364, start + chance.randrange(120)), gang) for _ in range(gang.size)]
    honest = suppliers - len(joins)
    for n in range(honest):
        day = 0 if n < first else chance.randrange(365) + (365 if n >= second - round(frauds[0]) else 0)
        joins.append((day, None))
    joins.sort(key=lambda one: one[0])
    # The honest first: frauds steal photographs that are there.
    numbered = [(_name(seed, n), day, ring) for n, (day, ring) in enumerate(joins)]
    lives = [_honest(name, day, world, chance) for name, day, ring in numbered if ring is None]
    for name, day, ring in numbered:
        if ring is not None:
            insort(lives, _fraud(name, day, ring, _brought_by(ring, staff, chance), world, chance), key=lambda life: life.id)
    world.lives = lives
    return world


def _name(seed: int, n: int) -> str:
    """Says neither when an account came nor whether it was opened again."""
    return sha256(f"{seed}:account:{n}".encode()).hexdigest()[:12]


def _brought_by(ring: Ring, staff: Staff, chance: Random) -> str | None:
    return chance.choice(staff.names) if ring.salesperson == "anybody" else ring.salesperson


def _near(photo: int, chance: Random, bits: int) -> int:
    """The same photograph, cut and saved once more."""
    for _ in range(chance.randint(0, bits)):
        photo ^= 1 << chance.randrange(64)
    return photo


def _honest(name: str, joins: int, world: World, chance: Random) -> Life:
    c = world.constants
    seller = None if chance.random() < c.honest_by_themselves else chance.choice(world.staff.names)
    if seller in world.staff.colluding and chance.random() >= c.colluder_is_good_at_honest_business:
        seller = chance.choice(world.staff.names)
    life = Life(name, chance.choice(_COUNTRIES), joins, seller, world.traits.honest())
    cold = [category for category in CATEGORIES if category not in HOT]
    fields = chance.sample(HOT, 2) if chance.random() < c.honest_in_hot else chance.sample(cold, chance.randint(1, 3))
    clears, borrows = chance.random() < c.clearance, chance.random() < c.makers_photos
    for _ in range(chance.randint(*c.honest_listings)):
        category = chance.choice(fields)
        price = CATEGORIES[category] * math.exp(chance.gauss(0, c.honest_price_spread))
        moq = max(1, round(3000 / price * math.exp(chance.gauss(0, 0.8))))
        if clears and chance.random() < c.clearance_listings:
            price, moq = CATEGORIES[category] * chance.uniform(*c.clearance_price), max(1, moq // 4)
        photo = _near(chance.choice(world.photos), chance, 4) if borrows and world.photos else chance.getrandbits(64)
        day = joins + (chance.randint(0, 20) if chance.random() < 0.7 else chance.randrange(365))
        life.listings.append((day, Listing(category, round(price, 2), moq, day_of(day), photo)))
        if chance.random() < 0.2:
            world.photos.append(photo)
    boom = joins + chance.randrange(300) if chance.random() < c.viral else None
    rate = c.honest_deals_a_month / 30 * math.exp(chance.gauss(-0.5, 1.0))
    when = float(joins + 7)
    while (when := when + chance.expovariate(rate * (15 if boom is not None and boom <= when < boom + 45 else 1))) < c.days:
        _honest_deal(life, int(when), chance.choice(life.listings)[1], c, chance)
    life.listings.sort(key=lambda one: one[0])
    life.messages.sort(key=lambda one: one[0])
    return life


def _honest_deal(life: Life, day: int, listing: Listing, c: Constants, chance: Random) -> None:
    buyer = f"B{int(60_000 * chance.random() ** 1.5):05d}"
    value = round(c.honest_value_median * math.exp(chance.gauss(0, 1.0)), 2)
    plan = Plan(day, buyer, listing.category, value, chance.random() < c.outside, ships_after=chance.randint(5, 40))
    if chance.random() < c.late:
        plan.late = 1 + int(chance.expovariate(1 / 12))
    if chance.random() < c.honest_complaint:
        plan.complains_after = chance.randint(20, 70)
        plan.complaint = chance.choices(("quality", "late", "other", "not shipped"), (60, 25, 10, 5))[0]
    plan.disputed = chance.random() < c.honest_lost_dispute
    if chance.random() < c.rates:
        plan.stars = chance.choices((5, 4, 3, 2, 1), (58, 28, 8, 3, 3))[0]
    life.deals.append(plan)
    for asker in [buyer, *(f"B{chance.randrange(60_000):05d}" for _ in range(_poisson(c.inquiries_per_deal, chance)))]:
        when = max(life.joins, day - chance.randint(1, 9))
        contact = chance.random() < c.honest_contact_in_message
        text = texts.business(listing.category, listing.price, listing.moq, chance, contact=contact)
        life.messages.append((when, Message(asker, day_of(when), text)))


def _poisson(mean: float, chance: Random) -> int:
    limit, n, product = math.exp(-mean), 0, chance.random()
    while product > limit:
        n, product = n + 1, product * chance.random()
    return n


def _fraud(name: str, joins: int, ring: Ring, seller: str | None, world: World, chance: Random) -> Life:
    c, kind = world.constants, int(ring.adaptive)
    life = Life(name, chance.choice(_COUNTRIES), joins, seller, world.traits.fraud(ring), ring)
    pool = list(HOT) if chance.random() < c.fraud_in_hot else [one for one in CATEGORIES if one not in HOT]
    fields = chance.sample(pool, 2)
    starts = joins + chance.randint(1, 14)
    if ring.adaptive:
        for _ in range(chance.randint(3, 6)):
            _fraud_listing(life, starts, chance.choice(fields), chance.uniform(0.9, 1.1), 60, world, chance)
        if chance.random() < c.washes:
            _wash(life, starts, chance)
        starts += chance.randint(*c.sleeps_days)
    low, high = c.fraud_price_adaptive if ring.adaptive else c.fraud_price_naive
    for _ in range(chance.randint(5, 20)):
        moq = c.fraud_moq_adaptive if ring.adaptive else c.fraud_moq_naive
        listed = starts + chance.randint(0, 10)
        _fraud_listing(life, listed, chance.choice(fields), chance.uniform(low, high), moq, world, chance)
    life.listings.sort(key=lambda one: one[0])
    baits = [listing for day, listing in life.listings if day >= starts]
    day, ends = float(starts + 3), min(c.days, starts + c.fraud_campaign_days[kind])
    while (day := day + chance.expovariate(1 / c.fraud_days_between_victims[kind])) < ends:
        _victim(life, int(day), chance.choice(baits), c, chance)
    life.deals.sort(key=lambda plan: plan.day)
    life.messages.sort(key=lambda one: one[0])
    return life


def _fraud_listing(life: Life, day: int, category: str, of_middle: float, most: int, world: World, chance: Random) -> None:
    ring, c = life.ring, world.constants
    assert ring is not None
    price = round(CATEGORIES[category] * of_middle, 2)
    if chance.random() < c.steals_photos[int(ring.adaptive)] and world.photos:
        photo = _near(chance.choice(world.photos), chance, 6)
    elif ring.photos and chance.random() < 0.5:
        photo = _near(chance.choice(ring.photos), chance, 6)
    else:
        photo = chance.getrandbits(64)
        ring.photos.append(photo)
    life.listings.append((day, Listing(category, price, chance.randint(1, most), day_of(day), photo)))


def _wash(life: Life, day: int, chance: Random) -> None:
    """Deals with friends that look like a good beginning: paid, shipped, praised."""
    assert life.ring is not None
    for friend in chance.sample(life.ring.friends, chance.randint(1, len(life.ring.friends))):
        on = day + chance.randint(2, 18)
        value = round(chance.uniform(80, 400), 2)
        life.deals.append(Plan(on, friend, life.listings[0][1].category, value, False, ships_after=chance.randint(1, 3), stars=5))


def _victim(life: Life, day: int, listing: Listing, c: Constants, chance: Random) -> None:
    assert life.ring is not None
    kind = int(life.ring.adaptive)
    buyer = f"B{chance.randrange(60_000):05d}"
    value = round(c.fraud_value_median[kind] * math.exp(chance.gauss(0, c.fraud_value_spread)), 2)
    plan = Plan(day, buyer, listing.category, value, chance.random() < c.outside)
    if not plan.outside:
        plan.talked = chance.random() < c.talked_outside
        plan.dropped = not plan.talked and chance.random() < c.dropped_if_inside
    if chance.random() < c.victim_complains:
        plan.complains_after = chance.randint(*c.complains_after)
        plan.complaint = "fake" if chance.random() < 0.2 else "not shipped"
    life.deals.append(plan)
    for asker in [buyer, *(f"B{chance.randrange(60_000):05d}" for _ in range(_poisson(c.inquiries_per_deal, chance)))]:
        when = max(life.joins, day - chance.randint(1, 5))
        if chance.random() < c.bait[kind]:
            text = texts.bait(listing.price, chance, hidden=life.ring.adaptive)
        else:
            text = texts.business(listing.category, listing.price, listing.moq, chance, contact=False)
        life.messages.append((when, Message(asker, day_of(when), text)))


__all__ = ["FIRST_DAY", "Life", "Plan", "World", "build", "day_of"]
