"""Who is told of what, and what the clock does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from everfair.base.clock import advance
from everfair.base.deadlines import fire_due
from everfair.base.events import run_all_reactions
from everfair.base.models import Event
from everfair.messaging.models import Notice
from everfair.reviews import actions
from everfair.reviews.models import Invitation, Review
from everfair.reviews.reactions import open_reviews
from everfair.site.front.tags import dropped_by
from tests import make
from tests.reviews.reviewing import grades, write

pytestmark = pytest.mark.usefixtures("committed")


def told(company_id):
    rows = Notice.objects.filter(company_id=company_id, kind__startswith="review.").order_by("created_at", "id")
    return list(rows.values_list("kind", flat=True))


def passing(days):
    """The clock fires, and everybody hears of it."""
    advance(timedelta(days=days, seconds=1))
    while fire_due():
        pass
    run_all_reactions()


def test_completion_invites_both_and_a_week_before_the_end_reminds_who_has_not_written():
    trade = make.trade("completed")
    run_all_reactions()
    buyer_id, seller_id = trade.order.buyer_id, trade.order.seller_id
    assert (told(buyer_id), told(seller_id)) == (["review.invited"], ["review.invited"])
    write(trade, "buyer")
    run_all_reactions()
    assert told(seller_id) == ["review.invited", "review.written"]

    passing(52)
    assert told(seller_id) == ["review.invited", "review.written"]
    passing(1)
    assert (told(buyer_id), told(seller_id)) == (["review.invited"], ["review.invited", "review.written", "review.reminder"])
    passing(7)

    assert told(seller_id) == ["review.invited", "review.written", "review.reminder", "review.published"]
    assert told(buyer_id) == ["review.invited"]


def test_each_step_is_told_to_the_other_side_and_repeated_to_nobody():
    trade = make.trade("completed")
    run_all_reactions()
    mine = write(trade, "buyer")
    write(trade, "seller")
    actions.revise_review(mine.pk, grades("buyer", 5), by=trade.buyer)
    actions.reply_to_review(mine.pk, "Thank you.", by=trade.seller)
    actions.hide_review(mine.pk, "A name in it", by=make.operator())
    run_all_reactions()

    assert told(trade.order.seller_id) == ["review.invited", "review.published", "review.revised", "review.hidden"]
    assert told(trade.order.buyer_id) == ["review.invited", "review.published", "review.replied", "review.hidden"]
    passing(61)
    assert len(told(trade.order.buyer_id)) == 4


def test_an_invitation_heard_twice_is_one():
    trade = make.trade("completed")

    class Fact:
        order_id = trade.order.pk

    open_reviews(Fact)
    open_reviews(Fact)

    assert Invitation.objects.filter(order=trade.order).count() == 1
    assert Event.objects.filter(name="ReviewInvited", subject=trade.order.pk).count() == 1


def test_an_invitation_that_comes_after_the_time_is_none():
    trade = make.trade("completed")
    advance(timedelta(days=61))

    assert actions.invite_to_review(trade.order.pk) is None
    assert Review.objects.count() == 0


def test_what_everybody_sees_is_dropped_from_the_front_cache():
    from everfair.events import reviews as facts

    ids = [make.company().pk for _n in range(4)]
    tag = {f"reviews:{ids[3]}"}
    for fact in (
        facts.ReviewPublished(*ids, "buyer", 5, True), facts.ReviewRevised(*ids, "buyer", 5, True), facts.ReviewReplied(*ids, "buyer"),
        facts.ReviewHidden(*ids, "buyer"), facts.ReviewUnhidden(*ids, "buyer", 5, True),
    ):  # fmt: skip
        assert dropped_by(fact) == tag
    assert dropped_by(facts.ReviewWritten(*ids, "buyer")) == set()
