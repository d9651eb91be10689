"""The seller's statement says what released the money of each stage: a word, what was shown, silence, or the end of a claim."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from everfair.disputes.actions import accept_offer
from everfair.payments.queries import wallet_statement
from everfair.trade.actions import confirm_work, resolve_issue, show_work
from tests import make
from tests.disputes.claiming import claimed, later, ruled
from tests.trade.test_plans import paid_by, photo
from tests.trade.test_silence import pass_time, shipped_and_delivered

pytestmark = pytest.mark.django_db


def accepted() -> Any:
    return make.trade("completed").seller


def confirmed() -> Any:
    trade = paid_by("made_to_order")
    make.pay(trade.stage(1), trade.buyer)
    show_work(trade.order.pk, "production_photo", photo(trade), "", by=trade.seller)
    confirm_work(trade.order.pk, 1, by=trade.buyer)
    return trade.seller


def silent() -> Any:
    trade = shipped_and_delivered()
    pass_time(trade)
    return trade.seller


def settled() -> Any:
    case = claimed("100.00")
    accept_offer(case.claim.pk, case.offer_of("buyer"), by=case.trade.seller)
    return case.trade.seller


def judged() -> Any:
    case = ruled("105.00")
    later(7)
    return case.trade.seller


def decided() -> Any:
    trade = make.trade("shipped")
    pass_time(trade)
    resolve_issue(trade.order.pk, make.Decimal("0.25"), "The papers show it.", by=make.operator())
    return trade.seller


@pytest.mark.parametrize(
    ("trade", "words"),
    [
        (accepted, "Paid for goods the buyer accepted"),
        (confirmed, "Paid for work the buyer confirmed"),
        (silent, "Paid for goods delivered, the buyer said nothing"),
        (settled, "Paid as both sides settled a claim"),
        (judged, "Paid by the ruling on a claim"),
        (decided, "Paid by the operator's decision"),
    ],
)
def test_every_payment_says_what_released_it(trade: Callable[[], Any], words: str) -> None:
    lines = wallet_statement(trade(), "USD")

    assert {line.words for line in lines} == {words}
    assert sum(line.line.amount.minor for line in lines) > 0
