"""Eight clocks, and a person, at the same order at the same moment."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest

from everfair.base import clock
from everfair.base.deadlines import deadlines_of, fire_due, reminders_of
from everfair.base.models import Deadline, Event
from everfair.base.refused import Refused
from everfair.ledger.proofs import prove
from everfair.messaging.jobs import send_letters
from everfair.messaging.models import Notice
from everfair.trade.actions import open_issue, receive_order
from everfair.trade.models import Release
from tests import make
from tests.base.together import together
from tests.trade.test_silence import prove_delivery

pytestmark = pytest.mark.usefixtures("committed")


def nothing_is_wrong() -> bool:
    return [proof for proof in prove() if proof.breach] == []


def to_the_last_hour(trade: make.Trade) -> None:
    """Every reminder said and mailed, by eight clocks at each moment."""
    for reminder in reminders_of(trade.order.pk, "trade.receive"):
        clock.advance(reminder.due_at - clock.now() + timedelta(seconds=1))
        together([fire_due] * 8)
        while send_letters():
            pass
    zero = deadlines_of([trade.order.pk])[trade.order.pk, "trade.receive"]
    clock.advance(zero - clock.now() + timedelta(seconds=1))


def delivered() -> make.Trade:
    trade = make.trade("shipped")
    prove_delivery(trade)
    to_the_last_hour(trade)
    return trade


def test_eight_clocks_remind_and_pay_once():
    trade = delivered()

    results = together([fire_due] * 8)

    assert [r for r in results if isinstance(r, Exception)] == []
    assert trade.fresh().agreement == "completed"
    assert Release.objects.count() == 2
    reminded = Notice.objects.filter(kind="order.reminder", company_id=trade.order.buyer_id, cause__contains="trade.receive")
    assert reminded.count() == 4
    assert set(Counter(reminded.values_list("cause", flat=True)).values()) == {1}
    assert Event.objects.filter(subject=trade.order.pk, name="SilenceAccepted").count() == 1
    assert Counter(
        Deadline.objects.filter(subject=trade.order.pk, kind="trade.receive", generation=2).values_list("state", flat=True)
    ) == {"fired": 5}
    assert nothing_is_wrong()


@pytest.mark.parametrize("speaks", [receive_order, open_issue])
def test_a_buyer_who_speaks_at_the_very_moment_and_the_clock_have_one_winner(speaks):
    trade = delivered()
    said = partial(speaks, trade.order.pk, by=trade.buyer) if speaks is receive_order else partial(
        speaks, trade.order.pk, "wet", by=trade.buyer
    )  # fmt: skip

    results = together([said, *[fire_due] * 7])

    order = trade.fresh()
    assert [r for r in results if isinstance(r, Exception) and not isinstance(r, Refused)] == []
    paid_by_silence = Release.objects.filter(delivery__isnull=False).count()
    paid_by_word = Release.objects.filter(acceptance__isnull=False).count()
    if order.issue == "open":
        assert (paid_by_silence, paid_by_word, order.agreement) == (0, 0, "agreed")
    else:
        assert order.agreement == "completed"
        assert sorted([paid_by_silence, paid_by_word]) == [0, 2]
    assert nothing_is_wrong()
