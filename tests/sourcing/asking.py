"""Plain functions that make requests and quotes through their verbs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.money import Money
from everfair.sourcing.actions import post_rfq, send_quote
from everfair.sourcing.models import Quote, Rfq
from everfair.sourcing.values import ChargeDraft, LineDraft, QuoteDraft, QuoteLineDraft, RfqDraft
from tests import make

BOLTS = LineDraft("Hex bolts M8", Decimal(10_000), "C62", Decimal("0.05"))
WIRE = LineDraft("Copper wire 2 mm", Decimal("120.5"), "KGM")


def rfq_draft(**changes: Any) -> RfqDraft:
    draft = RfqDraft(
        market="export",
        title="Bolts and wire",
        category="hardware/fasteners",
        currency="USD",
        incoterm="FOB",
        named_place="Ningbo",
        destination="DE",
        closes_at=now() + timedelta(days=14),
        lines=(BOLTS, WIRE),
    )
    return replace(draft, **changes)


def quote_draft(**changes: Any) -> QuoteDraft:
    draft = QuoteDraft(
        lines=(QuoteLineDraft(1, Decimal("0.0425")), QuoteLineDraft(2, Decimal("9.999"))),
        lead_time_days=30,
        valid_until=now() + timedelta(days=30),
    )
    return replace(draft, **changes)


def usd(text: str) -> Money:
    return Money.of(text, "USD")


def charge(kind: str, text: str) -> ChargeDraft:
    return ChargeDraft(kind, usd(text))


def buyer() -> Actor:
    of = make.company(is_seller=False)
    return make.actor(of, who=make.member(of))


def supplier() -> Actor:
    of = make.company(is_seller=True)
    return make.actor(of, who=make.member(of))


def rfq(by: Actor | None = None, **changes: Any) -> Rfq:
    return post_rfq(rfq_draft(**changes), by=by or buyer())


def quote(to: Rfq, by: Actor | None = None, **changes: Any) -> Quote:
    return send_quote(to.pk, quote_draft(**changes), by=by or supplier())
