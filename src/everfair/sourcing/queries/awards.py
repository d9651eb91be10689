"""A quote as a contract takes it over."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from everfair.base.actor import Actor
from everfair.base.refused import NotVisible
from everfair.sourcing.queries.quotes import quote_lines, quote_with_rfq


@dataclass(frozen=True, slots=True)
class QuotedLine:
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    sku: str
    offer_id: UUID | None
    snapshot: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote as a contract takes it over: everything derived from what the supplier sent."""

    quote_id: UUID
    market: str
    seller_id: UUID
    currency: str
    lines: list[QuotedLine]
    charges: list[dict[str, Any]]
    incoterm: str
    named_place: str
    lead_time_days: int
    payment_plan: str
    deposit_rate: Decimal
    remarks: str


def quote_for_award(quote_id: UUID, actor: Actor) -> Quoted:
    """The quote a buyer is about to award; NotVisible for anyone but its buyer."""
    quote = quote_with_rfq(quote_id, actor)
    if quote.rfq.buyer_id != actor.company_id:
        raise NotVisible
    lines = [
        QuotedLine(
            description=row.rfq_line.description,
            quantity=row.rfq_line.quantity,
            unit=row.rfq_line.unit,
            unit_price=row.unit_price,
            sku=row.offer.sku if row.offer else "",
            offer_id=row.offer_id,
            snapshot={"tiers": row.tiers, "note": row.note, **({"titles": row.offer.titles} if row.offer else {})},
        )
        for row in quote_lines([quote])
    ]
    return Quoted(
        quote_id=quote.pk,
        market=quote.rfq.market,
        seller_id=quote.seller_id,
        currency=quote.currency,
        lines=lines,
        charges=quote.charges,
        incoterm=quote.incoterm,
        named_place=quote.named_place,
        lead_time_days=quote.lead_time_days,
        payment_plan=quote.payment_plan,
        deposit_rate=quote.deposit_rate,
        remarks=quote.remarks,
    )
