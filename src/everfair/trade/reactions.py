"""What trade does when payments report, and who is told of whose turn it is. Each may run twice."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from everfair.base.actor import SYSTEM
from everfair.base.deadlines import clear_deadline
from everfair.base.events import event_seq, on
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask, find_one
from everfair.events.groups import GroupBuyReached
from everfair.events.logistics import ConsignmentDelivered
from everfair.events.payments import (
    ChargebackAnswered,
    ChargebackMoved,
    PaymentCaptured,
    PaymentFailed,
    PaymentPartReceived,
    TransferAwaited,
)
from everfair.events.trade import (
    AmendmentEnded,
    AmendmentProposed,
    ConfirmationAnnounced,
    ExtensionAnswered,
    ExtensionAsked,
    FrameworkEndAsked,
    FrameworkEnded,
    GoodsPacked,
    InspectionAccepted,
    InspectionAsked,
    InspectionCancelled,
    InspectionDeclined,
    InspectionFailed,
    InspectionFeeHeld,
    InspectionLapsed,
    InspectionPassed,
    InspectionWaived,
    IssueReported,
    IssueResolved,
    IssueWithdrawn,
    MoneyReturned,
    OrderAmended,
    OrderCalledOff,
    OrderCancelled,
    OrderChargedBack,
    OrderDeclined,
    OrderLapsed,
    OrderPlaced,
    OrderReceived,
    OrderShipped,
    OrderSigned,
    PartAccepted,
    PartShipped,
    ShippingLate,
    SilenceAccepted,
    StageDue,
    StageFunded,
    WorkConfirmed,
    WorkSentBack,
    WorkShown,
)
from everfair.messaging.actions import notify
from everfair.trade.actions import (
    announce_confirmation,
    await_defence,
    fund_inspection,
    fund_stage,
    reopen_inspection_fee,
    reopen_stage,
    tell_charged_seller,
    wait_for_transfer,
)
from everfair.trade.models import Order, reference_of

BUYERS, SELLERS, PAYERS = ("owner", "buyer"), ("owner", "seller"), ("owner", "buyer", "finance")
# Their own cursor: a letter that cannot be written must never hold up money.
NOTICES = "trade.notices"


@on(PaymentCaptured, subscriber="trade")
def money_arrived(fact: PaymentCaptured) -> None:
    if fact.purpose_kind == "stage":
        fund_stage(fact.purpose, fact.intent_id)
    if fact.purpose_kind == "inspection":
        fund_inspection(fact.purpose, fact.intent_id)


@on(PaymentFailed, subscriber="trade")
def payment_failed(fact: PaymentFailed) -> None:
    reopen = {"stage": reopen_stage, "inspection": reopen_inspection_fee}.get(fact.purpose_kind)
    if reopen is None:
        return
    with suppress(Refused), transaction.atomic():  # paid by another payment, or no longer wanted
        reopen(fact.purpose)


@on(TransferAwaited, PaymentPartReceived, subscriber="trade")
def money_is_on_its_way(fact: TransferAwaited | PaymentPartReceived) -> None:
    if fact.purpose_kind == "stage":
        wait_for_transfer(fact.purpose, fact.until)


@on(ChargebackMoved, ChargebackAnswered, subscriber="trade")
def defence_is_wanted_or_over(fact: ChargebackMoved | ChargebackAnswered) -> None:
    if isinstance(fact, ChargebackMoved) and fact.how == "open":
        await_defence(fact.chargeback_id, by=SYSTEM)
    else:
        clear_deadline("trade.defend", fact.chargeback_id)


# ── notices ──


@on(OrderPlaced, subscriber=NOTICES)
def tell_of_order(fact: OrderPlaced) -> None:
    """A call-off or a part in a group buy that the seller has signed already waits for nobody's signature."""
    _tell(fact, "seller", SELLERS, "order.placed", signed="order.called")


@on(OrderSigned, subscriber=NOTICES)
def tell_of_signature(fact: OrderSigned) -> None:
    _tell(fact, "buyer", BUYERS, "order.signed")


@on(OrderDeclined, subscriber=NOTICES)
def tell_of_refusal(fact: OrderDeclined) -> None:
    _tell(fact, "buyer", BUYERS, "order.declined")


@on(OrderCancelled, subscriber=NOTICES)
def tell_of_cancellation(fact: OrderCancelled) -> None:
    if fact.by == "buyer":
        _tell(fact, "seller", SELLERS, "order.cancelled")
    else:
        _tell(fact, "buyer", BUYERS, "order.cancelled")


@on(OrderCalledOff, subscriber=NOTICES)
def tell_of_calling_off(fact: OrderCalledOff) -> None:
    _tell(fact, "buyer", PAYERS, "order.called_off")
    if fact.by == "buyer":
        _tell(fact, "seller", SELLERS, "order.called_off")


@on(FrameworkEndAsked, subscriber=NOTICES)
def tell_of_asked_end(fact: FrameworkEndAsked) -> None:
    if fact.by == "buyer":
        _tell(fact, "seller", SELLERS, "framework.end_asked")
    else:
        _tell(fact, "buyer", BUYERS, "framework.end_asked")


@on(FrameworkEnded, subscriber=NOTICES)
def tell_of_end(fact: FrameworkEnded) -> None:
    _tell_both(fact, "framework.ended")


@on(GroupBuyReached, subscriber=NOTICES)
def tell_of_threshold(fact: GroupBuyReached) -> None:
    _tell_both(fact, "group.reached")


@on(OrderLapsed, subscriber=NOTICES)
def tell_of_lapse(fact: OrderLapsed) -> None:
    signed = Order.objects.filter(pk=fact.order_id, seller_signed_at__isnull=False).exists()
    _tell_both(fact, "order.unpaid" if signed else "order.lapsed")


@on(StageDue, subscriber=NOTICES)
def tell_of_payment_due(fact: StageDue) -> None:
    """The first payment falls due with the supplier's signature, of which buyers hear anyway: then only the purse is told."""
    _tell(fact, "buyer", ("finance",) if fact.n == 1 else PAYERS, "stage.due")


@on(StageFunded, subscriber=NOTICES)
def tell_of_escrow(fact: StageFunded) -> None:
    _tell(fact, "seller", SELLERS, "stage.funded")


@on(PaymentFailed, subscriber=NOTICES)
def tell_of_failed_payment(fact: PaymentFailed) -> None:
    order = find_one(Order, _WAITS_FOR_MONEY, [fact.purpose]) if fact.purpose_kind == "stage" else None
    if order is not None:
        notify(order.buyer_id, PAYERS, "payment.failed", _link(order), f"payment:{fact.intent_id}:failed", number=order.reference)


_WAITS_FOR_MONEY = "id = (SELECT order_id FROM trade_stage WHERE id = %s AND state IN ('due', 'paying')) AND agreement = 'agreed'"


@on(OrderShipped, subscriber=NOTICES)
def tell_of_shipping(fact: OrderShipped) -> None:
    _tell(fact, "buyer", BUYERS, "order.shipped")


@on(PartShipped, subscriber=NOTICES)
def tell_of_part(fact: PartShipped) -> None:
    _tell(fact, "buyer", BUYERS, "order.part_shipped")


@on(PartAccepted, subscriber=NOTICES)
def tell_of_acceptance(fact: PartAccepted) -> None:
    _tell(fact, "seller", (*SELLERS, "finance"), "order.part_accepted")


@on(MoneyReturned, subscriber=NOTICES)
def tell_of_return(fact: MoneyReturned) -> None:
    _tell(fact, "buyer", PAYERS, "order.returned")


@on(OrderChargedBack, subscriber=NOTICES)
def tell_of_chargeback(fact: OrderChargedBack) -> None:
    """That it is open the seller is told with its day, below."""
    kinds = {"open": "order.charged_back", "win": "order.charge_won", "reinstate": "order.charge_won"}
    for side, roles in (("buyer", PAYERS), ("seller", (*SELLERS, "finance"))):
        if (side, fact.how) != ("seller", "open"):
            _tell(fact, side, roles, kinds.get(fact.how, "order.charge_lost"))


@on(ChargebackMoved, subscriber=NOTICES)
def ask_for_evidence(fact: ChargebackMoved) -> None:
    if fact.how == "open":
        tell_charged_seller(fact.chargeback_id, f"event:{event_seq()}:seller")


@on(ShippingLate, subscriber=NOTICES)
def tell_of_delay(fact: ShippingLate) -> None:
    _tell_both(fact, "order.late")


@on(AmendmentProposed, subscriber=NOTICES)
def tell_of_proposal(fact: AmendmentProposed) -> None:
    if fact.side == "buyer":
        _tell(fact, "seller", SELLERS, "amendment.proposed")
    else:
        _tell(fact, "buyer", BUYERS, "amendment.proposed")


@on(OrderAmended, subscriber=NOTICES)
def tell_of_new_terms(fact: OrderAmended) -> None:
    [(side,)] = ask("SELECT side FROM trade_amendment WHERE id = %s", [fact.amendment_id])
    _tell(fact, side, BUYERS if side == "buyer" else SELLERS, "amendment.signed")


@on(AmendmentEnded, subscriber=NOTICES)
def tell_of_former_terms(fact: AmendmentEnded) -> None:
    _tell_both(fact, "amendment.ended")


@on(WorkShown, subscriber=NOTICES)
def tell_of_work(fact: WorkShown) -> None:
    _tell(fact, "buyer", BUYERS, "work.shown")


@on(WorkConfirmed, subscriber=NOTICES)
def tell_of_confirmation(fact: WorkConfirmed) -> None:
    _tell(fact, "seller", SELLERS, "work.confirmed")


@on(WorkSentBack, subscriber=NOTICES)
def tell_of_sending_back(fact: WorkSentBack) -> None:
    _tell(fact, "seller", SELLERS, "work.sent_back")


@on(OrderReceived, subscriber=NOTICES)
def tell_of_receipt(fact: OrderReceived) -> None:
    _tell(fact, "seller", (*SELLERS, "finance"), "order.received")


@on(IssueReported, subscriber=NOTICES)
def tell_of_issue(fact: IssueReported) -> None:
    if fact.by == "clock":
        _tell_both(fact, "issue.opened")
    else:
        _tell(fact, "seller", SELLERS, "issue.reported")


@on(IssueWithdrawn, subscriber=NOTICES)
def tell_of_withdrawal(fact: IssueWithdrawn) -> None:
    _tell(fact, "seller", SELLERS, "issue.withdrawn")


@on(IssueResolved, subscriber=NOTICES)
def tell_of_ruling(fact: IssueResolved) -> None:
    _tell_both(fact, "issue.resolved")


@on(ConsignmentDelivered, subscriber="trade")
def goods_delivered(fact: ConsignmentDelivered) -> None:
    """When the last consignment is there the buyer is told until when to speak; what belongs to no order is somebody else's."""
    with suppress(NotVisible):
        announce_confirmation(fact.subject)


@on(ConfirmationAnnounced, subscriber=NOTICES)
def tell_of_announcement(fact: ConfirmationAnnounced) -> None:
    _tell(fact, "buyer", BUYERS, "order.confirm_by", until=plain_moment(fact.until))


@on(SilenceAccepted, subscriber=NOTICES)
def tell_of_silence(fact: SilenceAccepted) -> None:
    _tell_both(fact, "order.presumed")


@on(ExtensionAsked, subscriber=NOTICES)
def tell_of_request(fact: ExtensionAsked) -> None:
    to = "buyer" if fact.side == "seller" else "seller"
    _tell(fact, to, BUYERS if to == "buyer" else SELLERS, "extension.asked", until=plain_moment(fact.answer_by))


@on(ExtensionAnswered, subscriber=NOTICES)
def tell_of_answer(fact: ExtensionAnswered) -> None:
    if fact.state in ("granted", "refused", "lapsed"):
        _tell(fact, fact.side, BUYERS if fact.side == "buyer" else SELLERS, f"extension.{fact.state}")


def plain_moment(moment: datetime) -> str:
    """A moment that reads the same in every language and zone: a notice is written once for all its readers."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


@on(InspectionAsked, subscriber=NOTICES)
def tell_inspector(fact: InspectionAsked) -> None:
    _tell_inspection(fact, "inspector", "inspection.asked")


@on(InspectionAccepted, subscriber=NOTICES)
def tell_of_inspector(fact: InspectionAccepted) -> None:
    _tell_inspection(fact, "both", "inspection.accepted")


@on(InspectionDeclined, subscriber=NOTICES)
def tell_of_no_inspector(fact: InspectionDeclined) -> None:
    _tell_inspection(fact, "both", "inspection.declined")


@on(InspectionCancelled, subscriber=NOTICES)
def tell_of_inspection_cancelled(fact: InspectionCancelled) -> None:
    _tell_inspection(fact, "inspector", "inspection.ended")


@on(InspectionLapsed, subscriber=NOTICES)
def tell_of_inspection_lapsed(fact: InspectionLapsed) -> None:
    _tell_inspection(fact, "inspector", "inspection.ended")
    _tell_inspection(fact, "both", "inspection.ended")


@on(InspectionFeeHeld, subscriber=NOTICES)
def tell_of_fee(fact: InspectionFeeHeld) -> None:
    _tell_inspection(fact, "inspector", "inspection.paid")


@on(GoodsPacked, subscriber=NOTICES)
def tell_of_packing(fact: GoodsPacked) -> None:
    _tell_inspection(fact, "inspector", "inspection.packed")


@on(InspectionPassed, subscriber=NOTICES)
def tell_of_pass(fact: InspectionPassed) -> None:
    _tell_inspection(fact, "both", "inspection.passed")


@on(InspectionFailed, subscriber=NOTICES)
def tell_of_fail(fact: InspectionFailed) -> None:
    _tell_inspection(fact, "both", "inspection.failed")


@on(InspectionWaived, subscriber=NOTICES)
def tell_of_waiver(fact: InspectionWaived) -> None:
    _tell(fact, "seller", SELLERS, "inspection.waived")


def _tell_inspection(fact: Any, to: str, kind: str) -> None:
    """To the inspector in the name of whoever booked it; to both sides in the name of the inspector."""
    [(number, buyer_id, seller_id, inspector_id, inspector, customer)] = ask(_INSPECTED, [fact.inspection_id])
    told = [(inspector_id, SELLERS)] if to == "inspector" else [(buyer_id, BUYERS), (seller_id, SELLERS)]
    for company_id, roles in told:
        cause = f"event:{event_seq()}:{company_id.hex[:12]}"
        named = customer if to == "inspector" else inspector
        notify(company_id, roles, kind, f"/inspections/{fact.inspection_id}/", cause, company=named, number=reference_of(number))


_INSPECTED = """
    SELECT o.number, o.buyer_id, o.seller_id, i.inspector_id, c.name, b.name FROM trade_inspection i
    JOIN trade_order o ON o.id = i.order_id JOIN companies_company c ON c.id = i.inspector_id
    JOIN companies_company b ON b.id = i.booked_by_id WHERE i.id = %s
"""


def _tell_both(fact: Any, kind: str) -> None:
    _tell(fact, "buyer", BUYERS, kind)
    _tell(fact, "seller", SELLERS, kind)


def _tell(fact: Any, side: str, roles: tuple[str, ...], kind: str, *, signed: str = "", **more: str) -> None:
    """One line for the people of this side; the other side's name stands in it. `signed`: what is told instead of an order that
    came with its seller's signature."""
    [(number, buyer_id, seller_id, buyer, seller, was_signed)] = ask(_SIDES, [fact.order_id])
    kind = signed if signed and was_signed else kind
    to, other = (buyer_id, seller) if side == "buyer" else (seller_id, buyer)
    # The event's own number: an issue can be reported, withdrawn and reported again, each told once.
    cause = f"event:{event_seq()}:{side}"
    notify(to, roles, kind, f"/orders/{fact.order_id}/", cause, company=other, number=reference_of(number), **more)


_SIDES = """
    SELECT o.number, o.buyer_id, o.seller_id, b.name, s.name, o.kind IN ('call_off', 'group_buy') AND o.seller_signed_at IS NOT NULL
    FROM trade_order o JOIN companies_company b ON b.id = o.buyer_id JOIN companies_company s ON s.id = o.seller_id WHERE o.id = %s
"""


def _link(order: Order) -> str:
    return f"/orders/{order.pk}/"
