"""Who is told how a payout ended. Safe to repeat: the payout is the cause."""

from __future__ import annotations

from everfair.base.events import on
from everfair.events.payments import PayoutFailed, PayoutSettled
from everfair.messaging.actions import notify
from everfair.payments.values import payout_reference

KEEPERS = ("owner", "finance")


@on(PayoutSettled, subscriber="payments")
def tell_of_arrival(fact: PayoutSettled) -> None:
    _tell(fact, "payout.settled")


@on(PayoutFailed, subscriber="payments")
def tell_of_failure(fact: PayoutFailed) -> None:
    _tell(fact, "payout.failed")


def _tell(fact: PayoutSettled | PayoutFailed, kind: str) -> None:
    number = payout_reference(fact.payout_id)
    notify(fact.company_id, KEEPERS, kind, "/wallet/payouts/", f"{kind}:{fact.payout_id}", number=number)
