"""What trade does when payments report. Each may run twice."""

from everfair.base.events import on
from everfair.base.refused import Refused
from everfair.events.payments import PaymentCaptured, PaymentFailed
from everfair.trade.actions import fund_stage, reopen_stage


@on(PaymentCaptured, subscriber="trade")
def money_arrived(fact: PaymentCaptured) -> None:
    if fact.purpose_kind == "stage":
        fund_stage(fact.purpose, fact.intent_id)


@on(PaymentFailed, subscriber="trade")
def payment_failed(fact: PaymentFailed) -> None:
    if fact.purpose_kind != "stage":
        return
    try:
        reopen_stage(fact.purpose)
    except Refused:
        return  # paid by another payment, or no longer wanted
