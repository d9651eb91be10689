"""What the demo's buyers ask for: talks about offers, and sixty requests for quotation, most of them answered."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from everfair.base.clock import now
from everfair.base.money import Money
from everfair.site.demo.clusters import CLUSTERS
from everfair.site.demo.kinds import kinds
from everfair.site.demo.plan import SEED
from everfair.sourcing.actions import close_rfq, post_rfq, send_inquiry, send_quote
from everfair.sourcing.models import Rfq, RfqLine
from everfair.sourcing.values import ChargeDraft, LineDraft, QuoteDraft, QuoteLineDraft, RfqDraft

if TYPE_CHECKING:
    from everfair.site.demo.load import World

RFQS = 60
_BY_HAND = 6  # five here, one that is awarded among the trades
_DAYS_OPEN = (6, 10, 14, 21, 28)
# What is asked, in the buyer's language: title, line, details.
_WORDS = {
    "en": (
        "{name}, {quantity} wanted",
        "{name}, {size}, own label",
        "Please quote with carton sizes and the earliest shipping date.",
    ),
    "zh-hant": ("採購{name}，{quantity}", "{name}，{size}，貼自有品牌", "請註明外箱尺寸與最早出貨日。"),
}


def post_requests(world: World) -> None:
    _talk(world)
    _by_hand(world)
    for n in range(RFQS - _BY_HAND):
        _request_of_plan(world, n)


def _talk(world: World) -> None:
    for buyer, seller, text in (
        ("taipei", "jingdezhen", "我們想要青釉，杯底能燒印我們的店名嗎？"),
        ("sydney", "yongkang", "Can the 500 ml bottle be had with a bamboo lid, and what is the minimum for our own print?"),
        ("nairobi", "wenzhou", "Which sizes are in the carton of 12 pairs?"),
    ):
        offer = world.offers(seller)[0]
        send_inquiry(offer.pk, text, by=world.by(buyer), quantity=Decimal(offer.moq))


def _by_hand(world: World) -> None:
    # fmt: off
    request(world, "santiago", "home/kitchen-appliances", "Electric kettles for winter", [("Electric kettle 1.7 l, EU plug", "2000", "H87", "6.80")],
            "CIF", "Valparaíso", [("cixi", "6.95", "0"), ("yongkang", "7.20", "600")])
    request(world, "dubai", "lighting/indoor-lighting", "LED panels for an office tower", [("LED panel 600 × 600, 4000 K, UGR<19", "1800", "H87", "12.00"), ("Driver, dimmable", "1800", "H87", None)],
            "FOB", "Zhongshan", [("zhongshan", "11.90", "450")])
    request(world, "hongkong", "apparel/tshirts-sweatshirts", "有機棉 T 恤，秋季", [("Organic cotton T-shirt, 180 g, own label", "6000", "H87", "2.70")],
            "FOB", "Chennai", [("tiruppur", "2.78", "0"), ("shaoxing", "3.05", "300")])
    request(world, "saopaulo", "home/cookware", "Stock pots 20 to 28 cm", [("Stainless stock pot 24 cm with lid", "1200", "H87", None)], "CFR", "Santos", [])
    request(world, "nairobi", "bags/backpacks", "School backpacks", [("Backpack 25 l, two compartments", "3000", "H87", "7.50")], "CIF", "Mombasa", [])
    # fmt: on


def _request_of_plan(world: World, n: int) -> None:
    """The n-th request that nobody wrote by hand; every ninth is closed already."""
    chance = random.Random(f"{SEED}:rfq:{n}")  # noqa: S311  a plan, no secret
    buyer = world.buyers[n % len(world.buyers)].code
    cluster = CLUSTERS[n % len(CLUSTERS)]
    kind = chance.choice(kinds()[cluster.code])
    size, factor = chance.choice(kind.sizes)
    price = kind.price * factor
    quantity = kind.moq * chance.choice((2, 3, 5, 8))
    language = world.by(buyer).language if world.by(buyer).language in _WORDS else "en"
    name, shown = (kind.name.en, size.en) if language == "en" else (kind.name.hant, size.hant)
    title, line, _details = (text.format(name=name, size=shown, quantity=f"{quantity:,}") for text in _WORDS[language])
    target = _cents(price * Decimal("0.94")) if chance.random() < 0.7 else None
    quotes = [
        (supplier, _cents(price * Decimal(chance.randint(93, 109)) / 100), chance.choice(("0", "0", "240", "420")))
        for supplier in chance.sample(world.suppliers_in(cluster.code), k=min(4, chance.choice((0, 1, 2, 2, 3, 4))))
    ]
    incoterm = chance.choice(("FOB", "CIF", "CFR"))
    place = cluster.city.en.split()[0] if incoterm == "FOB" else world.firm[buyer].city
    rfq = request(
        world, buyer, kind.category, title, [(line, str(quantity), kind.unit, target)], incoterm, place, quotes,
        days=chance.choice(_DAYS_OPEN), details=_WORDS[language][2],
    )[0]  # fmt: skip
    if n % 9 == 8:
        close_rfq(rfq, by=world.by(buyer))


def _cents(price: Decimal) -> str:
    return f"{max(price, Decimal('0.01')).quantize(Decimal('0.01'))}"


def request(
    world: World, buyer: str, category: str, title: str, lines: list[tuple[str, str, str, str | None]], incoterm: str, place: str,
    quotes: list[tuple[str, str, str]], *, days: int = 21, details: str = _WORDS["en"][2],
) -> tuple[UUID, list[UUID]]:  # fmt: skip
    """Post a request and let these suppliers quote (code, unit price, freight): its id and theirs."""
    drafts = tuple(LineDraft(text, Decimal(n), unit, Decimal(price) if price else None) for text, n, unit, price in lines)
    rfq = post_rfq(
        RfqDraft(
            market="export", title=title, category=category, currency="USD", incoterm=incoterm, named_place=place,
            destination=world.firm[buyer].country, closes_at=now() + timedelta(days=days), lines=drafts, details=details,
        ),
        by=world.by(buyer),
    )  # fmt: skip
    return rfq.pk, [_quote(world, rfq, *quote) for quote in quotes]


def _quote(world: World, rfq: Rfq, seller: str, price: str, freight: str) -> UUID:
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
        by=world.by(seller),
    )
    return quote.pk
