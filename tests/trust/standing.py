"""Events as trades would emit them, and what trust makes of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from everfair.base.clock import now
from everfair.base.events import emit, react, subscribers
from everfair.base.ids import new_id
from everfair.base.models import Event
from everfair.base.money import Money
from everfair.events import disputes, reviews, sourcing, trade
from everfair.trust.facts import FACTS
from everfair.trust.models import Fact
from everfair.trust.values.standing import Tally

USD = Money(0, "USD")


class Trade:
    """One order between two companies; each verb is the event it would emit, `days_ago`."""

    def __init__(self, buyer: UUID, seller: UUID, *, days_ago: int = 1) -> None:
        self.order, self.sides, self.days_ago = new_id(), (buyer, seller), days_ago
        self.named: tuple[int, str] = (7, "export")

    def shipped(self, *, late_days: int = 0) -> Trade:
        promised = (now() - timedelta(days=self.days_ago + late_days)).date()
        return self._tell(trade.OrderShipped(self.order, new_id(), *self.sides, promised, *self.named))

    def late(self) -> Trade:
        return self._tell(trade.ShippingLate(self.order, *self.sides, *self.named))

    def completed(self) -> Trade:
        return self._tell(trade.OrderCompleted(self.order, *self.sides, *self.named))

    def cancelled(self, by: str, *, signed: bool = True) -> Trade:
        return self._tell(trade.OrderCancelled(self.order, *self.sides, by, signed, *self.named))

    def called_off(self, by: str) -> Trade:
        return self._tell(trade.OrderCalledOff(self.order, *self.sides, by, *self.named))

    def paid(self, *, late_days: int = 0) -> Trade:
        due = now() - timedelta(days=self.days_ago + late_days) + timedelta(hours=1)
        return self._tell(trade.StageFunded(self.order, new_id(), USD, self.sides[0], due, *self.named))

    def lapsed(self) -> Trade:
        return self._tell(trade.OrderLapsed(self.order, *self.sides, True, *self.named))

    def claim(self, end: str, *, share: str = "0", ground: str = "defective_goods") -> Trade:
        claim = (new_id(), self.order, *self.sides)
        self._tell(disputes.ClaimOpened(*claim, "defective", USD, USD, *self.named))
        if end == "ruled":
            to_buyer = Money(int(Decimal(share) * 100), "USD")
            return self._tell(disputes.ClaimRuled(*claim, ground, Decimal(share), to_buyer, *self.named))
        if end == "settled":
            return self._tell(disputes.ClaimSettled(*claim, "refund", Money(5, "USD"), *self.named))
        if end == "withdrawn":
            return self._tell(disputes.ClaimWithdrawn(*claim, *self.named))
        if end == "unanswered":
            return self._tell(disputes.ClaimUnanswered(*claim, *self.named))
        return self

    def reviewed(
        self, goods: int, delivery: int = 5, service: int = 5, *, review: UUID | None = None, counts: bool = True
    ) -> UUID:
        buyer, seller = self.sides
        grades = {"goods": goods, "delivery": delivery, "service": service}
        pk = review or new_id()
        self._tell(reviews.ReviewPublished(pk, self.order, buyer, seller, "buyer", Decimal(goods), counts, grades, *self.named))
        return pk

    def hidden(self, review: UUID) -> None:
        buyer, seller = self.sides
        self._tell(reviews.ReviewHidden(review, self.order, buyer, seller, "buyer", *self.named))

    def _tell(self, fact: Any) -> Trade:
        tell(fact, days_ago=self.days_ago)
        return self


def tell(fact: Any, *, days_ago: float = 0) -> int:
    """The event, that long ago, and trust's reaction to it; its number."""
    with transaction.atomic():
        emit(fact)
        told = Event.objects.latest("seq")
        transaction.set_rollback(True)  # events are never changed: it is told at its own moment instead
    with connection.cursor() as cursor:
        cursor.execute(_TELL, [told.name, told.subject, json.dumps(told.body), days_ago * 86400])
        seq = int(cursor.fetchone()[0])
    if _digests[-1]:
        digest([seq])
    return seq


_TELL = """
    INSERT INTO base_event (name, subject, body, actor, at)
    VALUES (%s, %s, %s, 'system', ef_now() - make_interval(secs => %s)) RETURNING seq
"""
_digests = [True]


@contextmanager
def only_told() -> Iterator[None]:
    """Events are told, and nobody hears them yet."""
    _digests.append(False)
    try:
        yield
    finally:
        _digests.pop()


def digest(seqs: Iterable[int]) -> None:
    """Trust hears these events again, in this order."""
    by_event = subscribers()[FACTS]
    for seq in seqs:
        row = Event.objects.get(seq=seq)
        react(row.seq, by_event.get(row.name, []), row.name, row.body)


def question(buyer: UUID, seller: UUID, *, days_ago: float = 2) -> UUID:
    thread = new_id()
    tell(sourcing.InquirySent(new_id(), new_id(), buyer, seller, thread, "export"), days_ago=days_ago)
    return thread


def answer(thread: UUID, seller: UUID, *, days_ago: float = 1) -> None:
    tell(sourcing.MessagePosted(thread, new_id(), seller, True), days_ago=days_ago)


def kept(company: UUID) -> list[tuple[Any, ...]]:
    names = ("side", "kind", "market", "at", "reference", "number", "value", "event_seq", "answers", "reason")
    return sorted(Fact.objects.filter(company_id=company).values_list(*names), key=str)


def tally(n: int, total: float | str | Decimal) -> Tally:
    return Tally(Decimal(n), Decimal(total))
