"""Who is told how a payout ended, and of money that came twice. Safe to repeat: the payout or the refund is the cause."""

from __future__ import annotations

from everfair.base.events import on
from everfair.events.payments import PayoutFailed, PayoutSettled, RefundFailed, RefundOwed, RefundSettled
from everfair.messaging.actions import notify
from everfair.payments.queries import refund
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


@on(RefundOwed, subscriber="payments")
def tell_of_second_payment(fact: RefundOwed) -> None:
    _tell_payer(fact, "refund.owed")


@on(RefundSettled, subscriber="payments")
def tell_of_return(fact: RefundSettled) -> None:
    _tell_payer(fact, "refund.settled")


@on(RefundFailed, subscriber="payments")
def tell_of_failed_return(fact: RefundFailed) -> None:
    _tell_payer(fact, "refund.failed")


def _tell_payer(fact: RefundOwed | RefundSettled | RefundFailed, kind: str) -> None:
    """Whoever pays and whoever keeps the money: either may wonder at their bank statement."""
    of = refund(fact.refund_id).intent
    notify(fact.company_id, (*KEEPERS, "buyer"), kind, f"/payments/{of.pk}/", f"{kind}:{fact.refund_id}", title=of.description)
