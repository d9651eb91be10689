"""A quote that stands, ready to be awarded."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.money import Money
from everfair.sourcing.actions import post_rfq, send_quote
from everfair.sourcing.models import Quote
from everfair.sourcing.values import ChargeDraft, LineDraft, QuoteDraft, QuoteLineDraft, RfqDraft
from tests import make


def quote(buyer: Actor | None = None, seller: Actor | None = None, **changes: Any) -> tuple[Quote, Actor, Actor]:
    """1,000 bolts at 0.40 with 25.00 of freight: 425.00."""
    buyer = buyer or _owner()
    seller = seller or _owner()
    rfq = post_rfq(
        RfqDraft(
            market="export",
            title="Hex bolts",
            category="hardware/fasteners",
            currency="USD",
            incoterm="FOB",
            named_place="Ningbo",
            destination="DE",
            closes_at=now() + timedelta(days=10),
            lines=(LineDraft(description="Hex bolt M8", quantity=Decimal(1000), unit="H87"),),
        ),
        by=buyer,
    )
    draft = {
        "lines": (QuoteLineDraft(n=1, unit_price=Decimal("0.40")),),
        "lead_time_days": 20,
        "valid_until": now() + timedelta(days=5),
        "charges": (ChargeDraft("freight", Money(2500, "USD")),),
    } | changes
    return send_quote(rfq.pk, QuoteDraft(**draft), by=seller), buyer, seller


def _owner() -> Actor:
    company = make.company()
    return make.actor(company, "owner", who=make.member(company))
