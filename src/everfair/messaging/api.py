"""Threads for programs: list, read, write."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from everfair.base.allow import allow
from everfair.base.api import open_cursor, seal_cursor, write
from everfair.base.roles import MEMBER
from everfair.companies.roles import TRADING
from everfair.messaging import actions, queries
from everfair.messaging.models import Message, Thread
from everfair.messaging.schemas import MessageIn, MessageOut, ReadIn, ThreadOut, ThreadsOut, ThreadWithMessagesOut

router = Router(tags=["messages"])


def _thread(thread: Any) -> ThreadOut:
    return ThreadOut(
        id=thread.pk,
        subject_kind=thread.subject_kind,
        subject=thread.subject,
        title=thread.title,
        company_ids=thread.company_ids,
        last_message_at=thread.last_message_at,
        unread=thread.unread,
    )


def _message(message: Message, bait: tuple[str, ...] = ()) -> MessageOut:
    return MessageOut(
        id=message.pk,
        company_id=message.company_id,
        person_id=message.person_id,
        text=message.text,
        file_ids=message.file_ids,
        at=message.created_at,
        bait=list(bait),
    )


@router.get("/threads", response=ThreadsOut)
@allow(MEMBER, scope="messages:read")
def list_threads(
    request: HttpRequest, cursor: str = Query("", max_length=500), limit: int = Query(25, ge=1, le=100)
) -> ThreadsOut:
    """The company's threads, the newest message first."""
    actor = request.actor  # type: ignore[attr-defined]
    before = _place(cursor)
    found = queries.inbox(actor, before=before, limit=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    return ThreadsOut(
        items=[_thread(thread) for thread in found[:limit]],
        next_cursor=seal_cursor([last.last_message_at.isoformat(), str(last.pk)]) if last else None,
    )


def _place(cursor: str) -> tuple[datetime, UUID] | None:
    if not cursor:
        return None
    moment, last_id = open_cursor(cursor, datetime, UUID)
    return moment, last_id


@router.get("/threads/{uuid:thread_id}", response=ThreadWithMessagesOut)
@allow(MEMBER, scope="messages:read")
def read_messages(
    request: HttpRequest, thread_id: UUID, cursor: str = Query("", max_length=500), limit: int = Query(50, ge=1, le=100)
) -> ThreadWithMessagesOut:
    """A thread with its newest messages in the order they were written. Reading here marks nothing as read."""
    actor = request.actor  # type: ignore[attr-defined]
    thread: Thread = queries.thread_with_unread(thread_id, actor)
    before = open_cursor(cursor, UUID)[0] if cursor else None
    shown = queries.messages_of(thread, before=before, limit=limit)
    return ThreadWithMessagesOut(
        thread=_thread(thread),
        messages=[_message(each.message, each.bait) for each in queries.warned(shown, actor)],
        next_cursor=seal_cursor([str(shown[0].pk)]) if len(shown) == limit else None,
    )


@router.post("/threads/{uuid:thread_id}/messages", response={201: MessageOut})
@allow(TRADING, scope="messages:write")
@write
def post_message(request: HttpRequest, thread_id: UUID, payload: MessageIn) -> Any:
    """Write in a thread. Numbers of payment cards are masked."""
    by = request.actor  # type: ignore[attr-defined]
    return 201, _message(actions.post_message(thread_id, payload.text, by=by, file_ids=payload.file_ids))


@router.post("/threads/{uuid:thread_id}/read", response=ThreadOut)
@allow(MEMBER, scope="messages:write")
@write
def read_thread(request: HttpRequest, thread_id: UUID, payload: ReadIn) -> Any:
    """The company has read the thread, up to this message."""
    by = request.actor  # type: ignore[attr-defined]
    up_to = queries.message_of(thread_id, payload.up_to, by).created_at if payload.up_to else None
    actions.read_thread(thread_id, up_to, by=by)
    return _thread(queries.thread_with_unread(thread_id, by))
