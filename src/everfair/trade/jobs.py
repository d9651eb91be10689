"""What the clock does with orders, and who is told on the way there."""

from datetime import timedelta
from fractions import Fraction
from uuid import UUID

from django.db import transaction

from everfair.base.actor import CLOCK_ACTOR
from everfair.base.deadlines import Reminder, on_deadline, on_reminder, set_deadline
from everfair.base.events import emit
from everfair.base.refused import Refused
from everfair.base.rows import find
from everfair.events.trade import ShippingLate
from everfair.messaging.actions import notify
from everfair.trade.actions import (
    call_dated,
    close_group_buy,
    expire_extension,
    hear_silence,
    lapse_amendment,
    lapse_inspection,
    lapse_order,
    mark_overdue,
    open_silent_case,
    run_out_framework,
    settle_order,
    tell_charged_seller,
)
from everfair.trade.models import Order
from everfair.trade.queries.calendars import number
from everfair.trade.queries.reminding import TURN, reminder_cause
from everfair.trade.reactions import BUYERS, PAYERS, SELLERS, plain_moment


@on_deadline("trade.sign")
def nobody_signed(order_id: UUID) -> None:
    lapse_order(order_id, "the seller did not sign in time")


@on_deadline("trade.pay")
def nobody_paid(order_id: UUID) -> None:
    lapse_order(order_id, "the first part was not paid in time")


@on_deadline("trade.balance")
def balance_unpaid(order_id: UUID) -> None:
    open_silent_case(order_id, "the balance was not paid in time")


@on_deadline("trade.date")
def day_has_come(order_id: UUID) -> None:
    call_dated(order_id)


@on_deadline("trade.ship")
def not_shipped(order_id: UUID) -> None:
    """The buyer may take the money back from now on; whether they do is theirs to say. Where nobody does anything, an operator looks."""
    order = Order.objects.get(pk=order_id)
    set_deadline("trade.late", order.pk, timedelta(days=float(number(order, "trade.late_days"))))
    emit(ShippingLate(order.pk, order.buyer_id, order.seller_id, order.number, order.market))


@on_deadline("trade.late")
def nobody_acted(order_id: UUID) -> None:
    open_silent_case(order_id, "nothing was shipped in time, and nobody acted")


@on_deadline("trade.case")
def case_undecided(order_id: UUID) -> None:
    mark_overdue(order_id)


@on_deadline("trade.amend")
def proposal_unanswered(amendment_id: UUID) -> None:
    lapse_amendment(amendment_id)


@on_deadline("trade.confirm")
def nobody_looked(order_id: UUID) -> None:
    open_silent_case(order_id, "the buyer did not look at what was shown in time")


@on_deadline("trade.settle")
def accepted_and_paid(order_id: UUID) -> None:
    """What was due after acceptance is held: the acceptance that stands pays it out; a stop lets it wait a day."""
    try:
        with transaction.atomic():
            settle_order(order_id, by=CLOCK_ACTOR)
    except Refused as no:
        if no.code not in ("companies.stopped", "trade.charged_back"):
            raise
        set_deadline("trade.settle", order_id, timedelta(days=1))


@on_deadline("trade.receive")
def nobody_confirmed(order_id: UUID) -> None:
    """What is proven may pay now; silence with neither proof nor inspection never does (I7). A chargeback lets it wait."""
    try:
        with transaction.atomic():
            hear_silence(order_id)
    except Refused as no:
        if no.code != "trade.charged_back":
            raise
        set_deadline("trade.receive", order_id, timedelta(days=1))


@on_deadline("trade.extension")
def nobody_answered(extension_id: UUID) -> None:
    """No answer is a refusal."""
    expire_extension(extension_id)


# Late enough to be no noise, early enough to act; never fewer than the contract's silence asks for, as long as the span is a week.
POINTS = (Fraction(1, 3), Fraction(2, 3), timedelta(hours=48), timedelta(hours=24))
SHORT = (Fraction(1, 2), timedelta(hours=24))


@on_reminder("trade.receive", *POINTS)
@on_reminder("trade.ship", *POINTS)
@on_reminder("trade.sign", *SHORT)
@on_reminder("trade.pay", *SHORT)
@on_reminder("trade.balance", *SHORT)
@on_reminder("trade.confirm", *SHORT)
def remind(reminder: Reminder) -> None:
    """Tell the people whose turn it is; the notice goes out with the reminder or not at all."""
    [order] = find(Order, "id = %s", [reminder.subject])
    side = TURN[reminder.kind]
    to = order.buyer_id if side == "buyer" else order.seller_id
    roles = PAYERS if reminder.kind in ("trade.pay", "trade.balance") else BUYERS if side == "buyer" else SELLERS
    cause = reminder_cause(reminder.kind, order.pk, reminder.generation, reminder.n)
    notify(
        to, roles, "order.reminder", f"/orders/{order.pk}/", cause, number=order.reference, until=plain_moment(reminder.zero_at)
    )


@on_deadline("trade.defend")
def nobody_defended(chargeback_id: UUID) -> None:
    """The provider's day has passed without a word of the seller."""
    tell_charged_seller(chargeback_id, f"undefended:{chargeback_id}", "order.charge_undefended")


@on_reminder("trade.defend", *POINTS)
def remind_of_defence(reminder: Reminder) -> None:
    tell_charged_seller(reminder.subject, reminder_cause(reminder.kind, reminder.subject, reminder.generation, reminder.n))


@on_deadline("trade.inspection")
def nobody_inspected(order_id: UUID) -> None:
    """The subject is the order, of which one inspection at most is open."""
    lapse_inspection(order_id)


@on_deadline("trade.recheck")
def nobody_rechecked(order_id: UUID) -> None:
    open_silent_case(order_id, "nobody acted on the failed inspection in time")


@on_deadline("trade.framework")
def framework_ran_out(order_id: UUID) -> None:
    run_out_framework(order_id)


@on_deadline("trade.group")
def group_buy_closes(group_id: UUID) -> None:
    """Everything goes on, or everything goes back."""
    close_group_buy(group_id, by=CLOCK_ACTOR)
