"""What reviews do when a trade is completed, and who is told of what. Each may run twice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from everfair.base.deadlines import Reminder
from everfair.base.events import event_seq, on
from everfair.base.rows import ask, find_one
from everfair.events.reviews import (
    ReviewHidden,
    ReviewInvited,
    ReviewPublished,
    ReviewReplied,
    ReviewRevised,
    ReviewUnhidden,
    ReviewWritten,
)
from everfair.events.trade import OrderCompleted
from everfair.messaging.actions import notify
from everfair.reviews.actions import invite_to_review
from everfair.reviews.models import Invitation, Review

NOTICES = "reviews.notices"
_ROLES = {"buyer": ("owner", "buyer"), "seller": ("owner", "seller")}
_OTHER = {"buyer": "seller", "seller": "buyer"}


@on(OrderCompleted, subscriber="reviews")
def open_reviews(fact: OrderCompleted) -> None:
    invite_to_review(fact.order_id)


@on(ReviewInvited, subscriber=NOTICES)
def tell_of_invitation(fact: ReviewInvited) -> None:
    for side in ("buyer", "seller"):
        _tell(fact.order_id, "review.invited", side, f"event:{event_seq()}:{side}", until=f"{fact.closes_at:%Y-%m-%d}")


@on(ReviewWritten, subscriber=NOTICES)
def tell_of_review(fact: ReviewWritten) -> None:
    """Without a word of what it says. Who has written already reads both at once, and is told of that."""
    if not Review.objects.filter(order_id=fact.order_id, side=_OTHER[fact.side]).exists():
        _tell_other(fact, "review.written")


@on(ReviewPublished, subscriber=NOTICES)
def tell_of_publishing(fact: ReviewPublished) -> None:
    _tell_other(fact, "review.published")


@on(ReviewRevised, subscriber=NOTICES)
def tell_of_revision(fact: ReviewRevised) -> None:
    _tell_other(fact, "review.revised")


@on(ReviewReplied, subscriber=NOTICES)
def tell_of_reply(fact: ReviewReplied) -> None:
    _tell(fact.order_id, "review.replied", fact.side, f"event:{event_seq()}:{fact.side}")


@on(ReviewHidden, subscriber=NOTICES)
def tell_of_hiding(fact: ReviewHidden) -> None:
    for side in ("buyer", "seller"):
        _tell(fact.order_id, "review.hidden", side, f"event:{event_seq()}:{side}")


@on(ReviewUnhidden, subscriber=NOTICES)
def tell_of_showing(fact: ReviewUnhidden) -> None:
    for side in ("buyer", "seller"):
        _tell(fact.order_id, "review.unhidden", side, f"event:{event_seq()}:{side}")


def remind(reminder: Reminder) -> None:
    """Who has not written yet, once."""
    invitation = find_one(Invitation, "id = %s AND published_at IS NULL", [reminder.subject])
    if invitation is None:
        return
    written = {row[0] for row in ask("SELECT side FROM reviews_review WHERE order_id = %s", [invitation.order_id])}
    for side in ("buyer", "seller"):
        if side not in written:
            cause = f"reviews:{invitation.pk}:reminder:{side}"
            _tell(invitation.order_id, "review.reminder", side, cause, until=f"{invitation.closes_at:%Y-%m-%d}")


def _tell_other(fact: Any, kind: str) -> None:
    """The reviewed side."""
    to = _OTHER[fact.side]
    _tell(fact.order_id, kind, to, f"event:{event_seq()}:{to}")


def _tell(order_id: UUID, kind: str, side: str, cause: str, **more: str) -> None:
    """One line for the people of this side; the other side's name stands in it."""
    [(number, buyer_id, seller_id, buyer, seller)] = ask(_SIDES, [order_id])
    to, other = (buyer_id, seller) if side == "buyer" else (seller_id, buyer)
    notify(to, _ROLES[side], kind, f"/orders/{order_id}/reviews/", cause, company=other, number=f"EF-{number}", **more)


_SIDES = """
    SELECT o.number, o.buyer_id, o.seller_id, b.name, s.name FROM trade_order o
    JOIN companies_company b ON b.id = o.buyer_id JOIN companies_company s ON s.id = o.seller_id WHERE o.id = %s
"""
