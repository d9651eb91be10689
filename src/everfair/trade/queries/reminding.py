"""Which reminders of an order's deadlines reached somebody."""

from __future__ import annotations

from uuid import UUID

from everfair.base.deadlines import ReminderState, reminders_of
from everfair.messaging.queries import delivered_causes
from everfair.trade.models import Order
from everfair.trade.queries.calendars import number

# Whose turn it is at each deadline that reminds.
TURN = {
    "trade.sign": "seller", "trade.pay": "buyer", "trade.balance": "buyer", "trade.ship": "seller", "trade.confirm": "buyer",
    "trade.receive": "buyer",
}  # fmt: skip


def reminder_cause(kind: str, order_id: UUID, generation: int, n: int) -> str:
    """What makes its notice one: a repeated firing tells nobody twice."""
    return f"reminder:{kind}:{order_id}:{generation}:{n}"


def delivered_reminders(order: Order, kind: str = "trade.receive") -> int:
    """How many reminders of the newest generation of this deadline were seen, or handed over as a letter."""
    company = order.buyer_id if TURN[kind] == "buyer" else order.seller_id
    fired = [reminder for reminder in reminders_of(order.pk, kind) if reminder.state == "fired"]
    return len(delivered_causes(company, [reminder_cause(kind, order.pk, each.generation, each.n) for each in fired]))


def reminded_enough(order: Order, kind: str = "trade.receive") -> bool:
    """Whether so many reminders were delivered that the contract lets silence count (I7)."""
    return delivered_reminders(order, kind) >= number(order, "trade.silence_reminders")


def reminders_shown(order: Order) -> list[ReminderState]:
    """What the page tells of the reminders of what runs now: one query."""
    return [reminder for reminder in reminders_of(order.pk, running=True) if reminder.state in ("waiting", "fired")]
