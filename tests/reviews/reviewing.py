"""Trades that are completed, and what their sides say of each other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from everfair.base.clock import advance
from everfair.base.deadlines import fire_due
from everfair.base.refused import Refused
from everfair.catalog.models import Offer
from everfair.reviews import actions
from everfair.reviews.models import Review
from everfair.reviews.values import ASPECTS
from everfair.trade.actions import draft_order, place_order, sign_order
from tests import make


def completed() -> make.Trade:
    """A completed order whose sides are invited."""
    trade = make.trade("completed")
    actions.invite_to_review(trade.order.pk)
    return trade


def again(former: make.Trade) -> make.Trade:
    """One more completed order of the same pair."""
    offer = Offer.objects.get(company_id=former.order.seller_id)
    terms = draft_order([(offer.pk, Decimal(1000))], incoterm="FOB", named_place="Ningbo", by=former.buyer)
    made = make.Trade(place_order(terms, by=former.buyer), former.buyer, former.seller)
    sign_order(made.order.pk, made.order.terms_hash, by=made.seller)
    for n in (1, 2):
        make.pay(made.stage(n), made.buyer)
    make.deliver(made)
    made.fresh()
    actions.invite_to_review(made.order.pk)
    return made


def grades(side: str, *of: int) -> dict[str, int]:
    """One grade for all aspects, or one for each."""
    given = of * 3 if len(of) == 1 else of
    return dict(zip(ASPECTS[side], given, strict=True))


def write(trade: make.Trade, side: str, *of: int, text: str = "", **more: Any) -> Review:
    by = trade.buyer if side == "buyer" else trade.seller
    return actions.write_review(trade.order.pk, grades(side, *(of or (4,))), text or f"The word of the {side}.", by=by, **more)


def later(days: float) -> None:
    """So many days pass, and the clock does what is due."""
    advance(timedelta(days=days, seconds=1))
    while fire_due():
        pass


def state(review: Review) -> str:
    return Review.objects.get(pk=review.pk).state


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(Refused) as said:
        yield
    assert said.value.code == code
