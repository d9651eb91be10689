"""The whole demo world on paper, before a row is written: who is there and what they offer. The same at every call.

Wave 0 and the companies written by hand are the base world: 150 companies, 3,000 offers. Every further wave is as large again,
with other names and models. Nothing here knows the database.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from everfair.base.money import Money, UnitPrice
from everfair.catalog.sheets.draft import OfferDraft
from everfair.site.demo import goods
from everfair.site.demo.clusters import CLUSTERS, GIVEN, INDIAN_PEOPLE, SURNAMES, TOWNS, Cluster, buying_sign, sign
from everfair.site.demo.firms import BUYERS, SUPPLIERS, Firm
from everfair.site.demo.kinds import Kind, Variant, Words, attributes, descriptions, kinds, titles, variants

SEED = "everfair-2026"
COMPANIES, OFFERS = 150, 3_000
_SUPPLIERS = sum(cluster.suppliers for cluster in CLUSTERS)
_CENT = Decimal("0.01")
_NOTES = (
    "Licence seen, stall visited; goods on the shelf agree with the offers.",
    "Licence and machine list seen; two reference customers called.",
    "Licence, export record of 24 months and test reports seen.",
)
# Letters of Chinese registration numbers (GB 32100): no I, O, S, V, Z.
_REGISTER = "0123456789ABCDEFGHJKLMNPQRTUWXY"


class Stall(NamedTuple):
    """A supplier and everything it offers."""

    firm: Firm
    offers: tuple[OfferDraft, ...]


def cast() -> Iterator[Stall]:
    """The suppliers written by hand, with the two hundred offers of `goods`."""
    found: dict[str, list[OfferDraft]] = {firm.code: [] for firm in SUPPLIERS}
    origin = {firm.code: firm.country for firm in SUPPLIERS}
    for good, draft in goods.offers():
        found[good.firm].append(draft(origin[good.firm]))
    for firm in SUPPLIERS:
        yield Stall(firm._replace(cluster=firm.code), tuple(found[firm.code]))


def stalls(wave: int) -> Iterator[Stall]:
    """The suppliers of a wave with their offers; all waves but the first are exactly OFFERS large."""
    wanted = OFFERS - goods.OFFERS_TOTAL if wave == 0 else OFFERS
    each, more = divmod(wanted, _SUPPLIERS)
    n = 0
    for cluster in CLUSTERS:
        dealer = _Dealer(cluster.code, wave)
        for i in range(cluster.suppliers):
            firm = _supplier(cluster, wave * cluster.suppliers + i)
            yield Stall(firm, tuple(dealer.deal(firm, i, each + (n < more))))
            n += 1


def buyers(wave: int) -> Iterator[Firm]:
    """The buyers of a wave, so that it has COMPANIES companies in all."""
    count = COMPANIES - _SUPPLIERS - (len(SUPPLIERS) + len(BUYERS) if wave == 0 else 0)
    start = 0 if wave == 0 else COMPANIES - _SUPPLIERS - len(SUPPLIERS) - len(BUYERS) + (wave - 1) * count
    for n in range(start, start + count):
        yield _buyer(n)


class Family(NamedTuple):
    """Variants of one thing at one supplier: sizes and colours of a kind with one feature. They share what a price list says of all of
    them, and `model` where another supplier has the same."""

    group: str
    model: str
    moq: int
    lead_days: int
    on_request: bool
    sample: bool


class _Dealer:
    """Hands the variants of a cluster's kinds to its suppliers, feature by feature, so that what one supplier gets belongs together.
    When a kind has been dealt out, the next round carries models."""

    def __init__(self, cluster: str, wave: int) -> None:
        self.kinds = kinds()[cluster]
        self.chance = random.Random(f"{SEED}:{cluster}:{wave}")  # noqa: S311  a plan, no secret
        self.wave, self.count = wave, 0
        self.left: dict[str, list[Variant]] = {}
        self.rounds: dict[str, int] = {}

    def deal(self, firm: Firm, i: int, count: int) -> Iterator[OfferDraft]:
        own = [self.kinds[(i * 2 + j) % len(self.kinds)] for j in range(min(5, len(self.kinds)))]
        level = Decimal(self.chance.randint(92, 112)) / 100
        families: dict[tuple[str, Words, int], Family] = {}
        for n in range(count):
            self.count += 1
            kind = own[n % len(own)]
            variant, fresh = self._next(kind)
            number = f"{self.wave or ''}{self.count:03d}"
            key = (kind.code, variant.feature, self.rounds[kind.code])
            if key not in families:
                families[key] = self._family(kind, number, fresh)
            yield self._draft(firm, variant, level, number, families[key])

    def _next(self, kind: Kind) -> tuple[Variant, bool]:
        if not self.left.get(kind.code):
            self.left[kind.code] = self._shuffled(kind)
            self.rounds[kind.code] = self.rounds.get(kind.code, -1) + 1
        return self.left[kind.code].pop(), self.wave == 0 and self.rounds[kind.code] == 0

    def _shuffled(self, kind: Kind) -> list[Variant]:
        """Features in some order; within each, one colour after the other in all its sizes: two or three of them make a choice."""
        features, colours = list(kind.features), list(kind.colours)
        self.chance.shuffle(features)
        self.chance.shuffle(colours)
        place = {colour: n for n, colour in enumerate(colours)}
        return sorted(variants(kind), key=lambda one: (features.index(one.feature), place.get(one.colour, 0)))

    def _family(self, kind: Kind, number: str, fresh: bool) -> Family:
        chance = self.chance
        on_request = chance.random() < 0.04
        return Family(
            group=f"{kind.code}-{number}",
            model="" if fresh else f"{kind.code}-{number}",
            moq=max(1, int(kind.moq * chance.choice((Decimal("0.5"), Decimal(1), Decimal(1), Decimal(2))))),
            lead_days=kind.lead_days + chance.randint(-3, 5),
            on_request=on_request,
            sample=not on_request and chance.random() >= 0.2,
        )

    def _draft(self, firm: Firm, variant: Variant, level: Decimal, number: str, family: Family) -> OfferDraft:
        kind, moq = variant.kind, family.moq
        first = _rounded(kind.price * variant.factor * level * Decimal(self.chance.randint(98, 102)) / 100)
        rates = (Decimal(1), Decimal("0.95"), Decimal("0.89"))
        tiers = tuple(
            (Decimal(moq * times), UnitPrice(_rounded(first * rate), "USD"))
            for times, rate in zip((1, 4, 12), rates, strict=True)
        )
        said = attributes(variant.colour, variant.size, kind.material, variant.feature)
        return OfferDraft(
            sku=f"{kind.code}-{number}",
            titles=titles(variant, family.model),
            descriptions=descriptions(variant, family.lead_days),
            category_code=kind.category,
            attributes=said.pop("en"),
            attributes_by_language=said,
            tiers=() if family.on_request else tiers,
            moq=Decimal(moq),
            unit_code=kind.unit,
            lead_times=((Decimal(1), family.lead_days), (Decimal(moq * 4 + 1), family.lead_days + 12)),
            sample_price=Money.of(f"{_rounded(first * 2)}", "USD") if family.sample else None,
            hs_code=kind.hs_code,
            origin=firm.country,
            variant_group=family.group,
        )


def _rounded(price: Decimal) -> Decimal:
    """As a price list writes it: whole dollars from a hundred up, cents below."""
    return price.quantize(Decimal(1)) if price >= 100 else max(price, _CENT).quantize(_CENT)


def _supplier(cluster: Cluster, n: int) -> Firm:
    chance = random.Random(f"{SEED}:supplier:{cluster.code}:{n}")  # noqa: S311
    shown = sign(cluster.code, n)
    code = f"{cluster.code}-{n + 2}"
    kind = "trader" if cluster.code == "yiwu" and n % 3 else "factory"
    founded, staff = chance.randint(1992, 2021), chance.choice((12, 25, 40, 65, 90, 130, 180, 240, 320))
    if cluster.country == "IN":
        name, person = f"{cluster.city.en} {shown.en} {cluster.trade.en} {cluster.form.en}", INDIAN_PEOPLE[n % len(INDIAN_PEOPLE)]
    else:
        name = f"{cluster.city.en} {shown.en} {cluster.trade.en} {cluster.form.en}"
        person = f"{chance.choice(SURNAMES).partition('=')[0]} {chance.choice(GIVEN)}"
    made = kinds()[cluster.code][(n * 2) % len(kinds()[cluster.code])].name
    return Firm(
        code=code,
        name=name,
        hant=f"{cluster.city.hant}{shown.hant}{cluster.trade.hant}{cluster.form.hant}",
        hans=f"{cluster.city.hans}{shown.hans}{cluster.trade.hans}{cluster.form.hans}",
        country=cluster.country,
        city=cluster.city.en,
        region=cluster.region,
        street=f"{chance.randint(1, 399)} {chance.choice(cluster.streets)}",
        postcode=cluster.postcode,
        body=f"91{cluster.district}MA{_in_register(n)}" if cluster.district else f"DEMO-{cluster.country}-{n + 1000}",
        kind=kind,
        founded=founded,
        staff=staff,
        about=f"{made.en} and related goods since {founded}; {staff} people, orders from 3 continents.",
        about_hant=f"自 {founded} 年專營{made.hant}等產品；員工 {staff} 人，訂單來自三大洲。",
        about_hans=f"自 {founded} 年专营{made.hans}等产品；员工 {staff} 人，订单来自三大洲。",
        person=person,
        language=cluster.language,
        timezone=cluster.timezone,
        verified=_NOTES[n % len(_NOTES)] if chance.random() < 0.4 else "",
        cluster=cluster.code,
        website=f"https://{code}.example",
    )


def _in_register(n: int) -> str:
    """Seven letters of the register for a number; they begin with 9, where the companies written by hand do not."""
    found = ""
    for _place in range(6):
        n, at = divmod(n, len(_REGISTER))
        found = _REGISTER[at] + found
    return f"9{found}"


def _buyer(n: int) -> Firm:
    chance = random.Random(f"{SEED}:buyer:{n}")  # noqa: S311
    town, shown = TOWNS[n % len(TOWNS)], buying_sign(n)
    code = f"{town.code}-{n // len(TOWNS) + 1}"
    staff = chance.choice((4, 8, 15, 25, 40, 70))
    wanted = chance.choice(CLUSTERS).trade
    return Firm(
        code=code,
        name=town.pattern.format(shown.en),
        hant=f"{town.city.hant}{shown.hant}貿易公司",
        hans=f"{town.city.hans}{shown.hans}贸易公司",
        country=town.country,
        city=town.city.en,
        region=town.region,
        street=f"{town.street} {chance.randint(2, 240)}",
        postcode=town.postcode,
        body=f"DEMO-{town.country}-B{n + 1000}",
        kind="trader",
        founded=chance.randint(1978, 2022),
        staff=staff,
        about=f"Importer of {wanted.en.lower()} in {town.city.en}; {staff} people.",
        about_hant=f"{town.city.hant}的{wanted.hant}進口商，員工 {staff} 人。",
        about_hans=f"{town.city.hans}的{wanted.hans}进口商，员工 {staff} 人。",
        person=town.people.split("=")[(n // len(TOWNS)) % 3],
        language="zh-hant" if town.country == "TW" else "en",
        timezone=town.timezone,
        sells=False,
        # Numbers that their countries keep for fiction (Ofcom 0161 496 0xxx, NANP 555-01xx).
        phone=f"{town.phone}{n % 100:02d}" if town.phone else "",
        website=f"https://{code}.example",
    )
