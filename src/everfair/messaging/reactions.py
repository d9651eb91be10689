"""Who is told that somebody wrote. Safe to repeat: the message is the cause."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse

from everfair.base.events import on
from everfair.companies.queries import companies_by_id
from everfair.events.sourcing import MessagePosted
from everfair.messaging.actions import notify
from everfair.messaging.models import Message


@on(MessagePosted, subscriber="messaging")
def message_arrived(fact: MessagePosted) -> None:
    """Tell the other companies. The words a thread was opened with are announced by whoever opened it."""
    message = Message.objects.select_related("thread").filter(pk=fact.message_id).first()
    if message is None or message.created_at - message.thread.created_at <= timedelta(microseconds=1):
        return
    writer = companies_by_id([message.company_id]).get(message.company_id)
    link = reverse("messaging:thread", args=[message.thread_id])
    for company_id in message.thread.company_ids:
        if company_id != message.company_id and writer is not None:
            notify(
                company_id,
                ("owner", "buyer", "seller"),
                "message.received",
                link,
                f"message:{message.pk}",
                company=writer.name,
                title=message.thread.title,
            )
