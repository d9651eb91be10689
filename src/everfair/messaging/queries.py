"""Threads, messages and notices an actor may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext

from everfair.base.actor import Actor
from everfair.base.refused import NotVisible
from everfair.base.rows import ask
from everfair.base.words import word
from everfair.companies.queries import people_ids
from everfair.messaging.models import LetterChoice, Message, Notice, Thread, ThreadRead
from everfair.messaging.values import LETTER_TOPICS, NOTICE_WORDS, PARAM_KINDS, find_bait

MESSAGES_SHOWN = 100


def threads_visible_to(actor: Actor) -> QuerySet[Thread]:
    """A company sees the threads it takes part in; operators and commands see all."""
    if actor.kind in ("operator", "system", "clock"):
        return Thread.objects.all()
    if actor.company_id is None:
        return Thread.objects.none()
    return Thread.objects.filter(company_ids__contains=[actor.company_id])


def thread_by_id(thread_id: UUID, actor: Actor) -> Thread:
    thread = threads_visible_to(actor).filter(pk=thread_id).first()
    if thread is None:
        raise NotVisible
    return thread


def thread_with_unread(thread_id: UUID, actor: Actor) -> Thread:
    thread = _with_unread(threads_visible_to(actor), actor).filter(pk=thread_id).first()
    if thread is None:
        raise NotVisible
    return thread


def message_of(thread_id: UUID, message_id: UUID, actor: Actor) -> Message:
    """One message of a thread that the actor may see."""
    message = Message.objects.filter(pk=message_id, thread=thread_by_id(thread_id, actor)).first()
    if message is None:
        raise NotVisible
    return message


def last_word(subject: UUID) -> tuple[UUID, datetime] | None:
    """Which company wrote last about this subject, and when."""
    rows = ask(_LAST_WORD, [subject])
    return rows[0] if rows else None


_LAST_WORD = """
    SELECT m.company_id, m.created_at FROM messaging_message m JOIN messaging_thread t ON t.id = m.thread_id
    WHERE t.subject = %s ORDER BY m.created_at DESC, m.id DESC LIMIT 1
"""


def threads_about(subject: UUID, actor: Actor) -> list[Thread]:
    """The talks about one thing, the liveliest first."""
    return list(threads_visible_to(actor).filter(subject=subject).order_by("-last_message_at", "-id")[:20])


def inbox(actor: Actor, *, before: tuple[datetime, UUID] | None = None, limit: int = 25) -> list[Thread]:
    """The company's threads, the newest message first, each with `.unread`. `before` is the place after which to go on."""
    rows = _with_unread(threads_visible_to(actor), actor)
    if before is not None:
        moment, last_id = before
        rows = rows.filter(Q(last_message_at__lt=moment) | Q(last_message_at=moment, id__lt=last_id))
    return list(rows.order_by("-last_message_at", "-id")[:limit])


def _with_unread(rows: QuerySet[Thread], actor: Actor) -> QuerySet[Thread]:
    if actor.company_id is None:
        return rows.annotate(unread=Value(False, output_field=BooleanField()))
    read_at = ThreadRead.objects.filter(thread=OuterRef("pk"), company_id=actor.company_id).values("read_at")[:1]
    return rows.annotate(
        company_read_at=Subquery(read_at),
        unread=Case(
            When(company_read_at__isnull=True, then=Value(True)),
            When(last_message_at__gt=F("company_read_at"), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        ),
    )


def unread_threads(actor: Actor) -> int:
    """How many threads hold words that nobody of the company has read; 99 stands for more."""
    if actor.company_id is None:
        return 0
    return int(ask(_UNREAD_THREADS, {"company": actor.company_id})[0][0])


_UNREAD_THREADS = """
    SELECT count(*) FROM (
        SELECT FROM messaging_thread t
        LEFT JOIN messaging_threadread r ON r.thread_id = t.id AND r.company_id = %(company)s::uuid
        WHERE t.company_ids @> ARRAY[%(company)s::uuid] AND (r.read_at IS NULL OR t.last_message_at > r.read_at) LIMIT 99
    ) AS unread
"""


def messages_of(thread: Thread, *, before: UUID | None = None, limit: int = MESSAGES_SHOWN) -> list[Message]:
    """The newest messages in the order they were written; `before` is the oldest one seen, to go on backwards."""
    rows = Message.objects.filter(thread=thread)
    if before is not None:
        known = rows.filter(pk=before).values_list("created_at", flat=True).first()
        if known is None:
            raise NotVisible
        rows = rows.filter(created_at__lt=known)
    return list(rows.order_by("-created_at", "-id")[:limit])[::-1]


@dataclass(frozen=True, slots=True)
class Warned:
    """A message with what the reader should be careful about."""

    message: Message
    bait: tuple[str, ...]


def warned(messages: list[Message], actor: Actor) -> list[Warned]:
    """The messages with the warnings for this reader: nobody is warned of their own words."""
    return [Warned(m, () if m.company_id == actor.company_id else find_bait(m.text)) for m in messages]


def notices_visible_to(actor: Actor) -> QuerySet[Notice]:
    """A person's own notices."""
    if actor.person_id is None or actor.kind == "key":
        return Notice.objects.none()
    return Notice.objects.filter(person_id=actor.person_id)


def notices(actor: Actor, *, before: UUID | None = None, limit: int = 30) -> list[Notice]:
    rows = notices_visible_to(actor)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-id")[:limit])


def notice_by_id(notice_id: UUID, actor: Actor) -> Notice:
    notice = notices_visible_to(actor).filter(pk=notice_id).first()
    if notice is None:
        raise NotVisible
    return notice


def delivered_causes(company_id: UUID, causes: list[str]) -> set[str]:
    """Of these causes, those whose notice somebody who works in the company has seen, or whose letter was handed over to the mail."""
    if not causes:
        return set()
    return {row[0] for row in ask(_DELIVERED, [people_ids(company_id), company_id, causes])}


_DELIVERED = """
    SELECT DISTINCT cause FROM messaging_notice
    WHERE person_id = ANY(%s::uuid[]) AND company_id = %s AND cause = ANY(%s) AND (mailed_at IS NOT NULL OR read_at IS NOT NULL)
"""


def unread_notices(actor: Actor) -> int:
    """How many of the person's notices are unread; 99 stands for more."""
    return int(ask(_UNREAD_NOTICES, [actor.person_id])[0][0])


_UNREAD_NOTICES = """
    SELECT count(*) FROM (SELECT FROM messaging_notice WHERE person_id = %s AND read_at IS NULL LIMIT 99) AS unread
"""


def notice_sentence(kind: str, params: dict[str, Any]) -> str:
    """What a notice says, in the active language, on one line."""
    told = {name: word(value, PARAM_KINDS[name]) if name in PARAM_KINDS else value for name, value in params.items()}
    return " ".join((gettext(NOTICE_WORDS[kind]) % told).split())


def letters_wanted(actor: Actor) -> list[str]:
    """The topics that this person wants by mail: all of them until they say otherwise."""
    unwanted = set(LetterChoice.objects.filter(person_id=actor.person_id).values_list("topic", flat=True))
    return [topic for topic in LETTER_TOPICS if topic not in unwanted]
