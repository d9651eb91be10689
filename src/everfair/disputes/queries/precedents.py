"""Former rulings, without anybody's name: what an arbitrator looks at before ruling, and what both sides may read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F

from everfair.base.money import exponent
from everfair.disputes.models import Ground, Ruling, RulingCheck
from everfair.disputes.values import band_of


@dataclass(frozen=True, slots=True)
class Precedent:
    """`band`: which of the bands of `BANDS` the sum was in. Neither names, nor reasons in free words, nor exact sums: those are the parties'."""

    place: Any
    ground: Ground
    buyer_share: Decimal
    category: str
    band: int
    currency: str
    on_appeal: bool
    at: datetime


def precedents(*, ground: str = "", category: str = "", band: int | None = None, limit: int = 50) -> list[Precedent]:
    """Rulings that are final, newest first: only the one that counted of each claim."""
    rows = Ruling.objects.filter(claim__state="decided", instance=F("claim__instance")).select_related("ground")
    rows = rows.exclude(pk__in=_sent_back())
    if ground:
        rows = rows.filter(ground__code=ground)
    if category:
        rows = rows.filter(category__startswith=category)
    found = []
    for row in rows.order_by("-id")[: limit * 4]:
        at = band_of(row.held_minor, exponent(row.currency))
        if band is None or at == band:
            found.append(
                Precedent(row.pk, row.ground, row.buyer_share, row.category, at, row.currency, row.instance == 2, row.created_at)
            )
    return found[:limit]


def _sent_back() -> Any:
    return RulingCheck.objects.filter(confirmed=False).values("ruling_id")
