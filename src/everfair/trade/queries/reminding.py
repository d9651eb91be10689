"""Whether the buyer was told often enough that the time to confirm runs out, and whether a question is open."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from everfair.base.rows import ask
from everfair.trade.models import Order

LEAST_REMINDERS = 3


def reminded_enough(order: Order) -> bool:
    """Whether some person of the buyer got at least three notices «order.reminder» about this order since its goods are under
    way: counted are different causes, that is different reminders, not the people who got one."""
    rows = ask(_REMINDERS, [order.buyer_id, f"%orders/{order.pk}/%", order.shipped_at])
    return bool(rows[0][0] >= LEAST_REMINDERS)


_REMINDERS = """
    SELECT count(DISTINCT cause) FROM messaging_notice
    WHERE company_id = %s AND kind = 'order.reminder' AND link LIKE %s AND created_at >= %s
"""


def has_open_question(order: Order, since: datetime) -> bool:
    """Whether the buyer wrote in the order's talk after this moment and the seller has not written since."""
    last: UUID | None = next((row[0] for row in ask(_LAST_WORD, [order.pk, [order.buyer_id, order.seller_id], since])), None)
    return last == order.buyer_id


_LAST_WORD = """
    SELECT m.company_id FROM messaging_message m JOIN messaging_thread t ON t.id = m.thread_id
    WHERE t.subject = %s AND t.subject_kind = 'order' AND m.company_id = ANY(%s::uuid[]) AND m.created_at > %s
    ORDER BY m.created_at DESC, m.id DESC LIMIT 1
"""
