"""Both sides, a double click and the clock at once: each writes once, both are shown in the same instant, never a fourth that counts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from everfair.base.clock import advance, now
from everfair.base.models import Event
from everfair.base.refused import Refused
from everfair.reviews import actions
from everfair.reviews.models import Invitation, Review, Wording
from tests import make
from tests.base.together import together
from tests.reviews.reviewing import again, completed, grades, write

pytestmark = pytest.mark.usefixtures("committed")


def losers(results):
    """A loser is told so; anything else is a fault."""
    assert all(not isinstance(result, Exception) or isinstance(result, Refused) for result in results), results
    return sum(isinstance(result, Refused) for result in results)


def states(trade):
    return sorted(Review.objects.filter(order=trade.order).values_list("side", "state"))


def test_one_side_twice_at_once_is_one_review():
    for _round in range(5):
        trade = completed()

        results = together([lambda trade=trade: write(trade, "buyer", 5)] * 3)

        assert losers(results) == 2
        assert Wording.objects.filter(review__order=trade.order).count() == 1


def test_both_sides_at_the_same_moment_are_both_shown():
    for _round in range(10):
        trade = completed()

        results = together([lambda trade=trade: write(trade, "buyer"), lambda trade=trade: write(trade, "seller")])

        assert losers(results) == 0
        assert states(trade) == [("buyer", "published"), ("seller", "published")]
        assert Event.objects.filter(name="ReviewPublished", body__order_id=str(trade.order.pk)).count() == 2


def test_the_first_invitation_from_several_at_once_is_one():
    trade = make.trade("completed")

    results = together(
        [lambda: actions.invite_to_review(trade.order.pk), lambda: write(trade, "buyer"), lambda: write(trade, "seller")]
    )

    assert losers(results) == 0
    assert Event.objects.filter(name="ReviewInvited").count() == 1
    assert states(trade) == [("buyer", "published"), ("seller", "published")]


def test_in_the_last_second_a_review_comes_in_time_or_too_late_and_is_shown_either_way():
    for _round in range(5):
        trade = completed()
        write(trade, "buyer")
        invitation = Invitation.objects.get(order=trade.order)
        advance(invitation.closes_at - now() - timedelta(milliseconds=20))

        def end(invitation=invitation):
            advance(timedelta(seconds=1))
            actions.publish_reviews(invitation.pk)

        results = together([end, lambda trade=trade: write(trade, "seller")])

        came = losers(results) == 0
        assert states(trade) == [("buyer", "published"), *([("seller", "published")] if came else [])]


def test_a_revision_twice_at_once_is_one():
    trade = completed()
    mine = write(trade, "buyer")
    write(trade, "seller")

    results = together([lambda n=n: actions.revise_review(mine.pk, grades("buyer", n), by=trade.buyer) for n in (1, 5)])

    assert losers(results) == 1
    assert Wording.objects.filter(review=mine).count() == 2


def test_an_answer_twice_at_once_is_one():
    trade = completed()
    mine = write(trade, "buyer")
    write(trade, "seller")

    results = together([lambda n=n: actions.reply_to_review(mine.pk, f"{n}", by=trade.seller) for n in range(3)])

    assert losers(results) == 2


def test_five_deals_reviewed_at_once_count_three():
    trade = completed()
    trades = [trade, *(again(trade) for _n in range(4))]

    results = together([lambda each=each: write(each, "buyer") for each in trades])

    assert losers(results) == 0
    assert Review.objects.filter(side="buyer", counts=True).count() == 3
