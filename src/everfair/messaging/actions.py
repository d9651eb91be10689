"""Opening a thread, writing in it, telling people: everything that writes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.events import emit
from everfair.base.forms import clean_text
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask, tell
from everfair.companies.queries import WHOM
from everfair.events.sourcing import MessagePosted
from everfair.files.actions import share_file
from everfair.files.queries import files_by_id
from everfair.messaging.models import LetterChoice, Message, Notice, Thread, ThreadRead
from everfair.messaging.queries import notice_by_id, notices_visible_to, thread_by_id, threads_visible_to
from everfair.messaging.values import LETTER_TOPICS, NOTICE_WORDS, local_link, mask_cards

LONGEST_MESSAGE = 5_000
MOST_FILES = 10
_PARAM = re.compile(r"%\((\w+)\)s")


def open_thread(subject_kind: str, subject: UUID, title: str, company_ids: Iterable[UUID], *, by: Actor) -> Thread:
    """The thread of these companies about this subject; opened when there is none yet.

    A person opens threads of their own company only: NotVisible otherwise.
    """
    companies = sorted(set(company_ids))
    if by.kind in ("person", "key", "nobody") and by.company_id not in companies:
        raise NotVisible
    with transaction.atomic():
        with connection.cursor() as cursor:  # two people who open the same talk at once get one
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"thread:{subject_kind}:{subject}"])
        same = Thread.objects.filter(subject_kind=subject_kind, subject=subject, company_ids=companies).first()
        if same is not None:
            return same
        return Thread.objects.create(
            subject_kind=subject_kind, subject=subject, title=title[:300], company_ids=companies, last_message_at=now()
        )


def read_message(text: str, *, field: str = "text") -> str:
    """What somebody wrote, as it is kept: trimmed, NFC, payment card numbers masked.

    Refuses hidden and control characters and more than 5,000 characters.
    """
    if len(text) > 4 * LONGEST_MESSAGE:
        raise _too_long(field)
    try:
        clean = clean_text(text, many_lines=True)
    except ValueError:
        message = _("Please remove hidden or control characters.")
        raise Refused("messaging.hidden_characters", message, field=field, status=422) from None
    if len(clean) > LONGEST_MESSAGE:
        raise _too_long(field)
    return mask_cards(clean)


def _too_long(field: str) -> Refused:
    return Refused("messaging.too_long", _("A message has at most 5,000 characters."), field=field, status=422)


def post_message(thread_id: UUID, text: str, *, by: Actor, file_ids: Iterable[UUID] = ()) -> Message:
    """Write in a thread of one's own company; the other companies may then open the files too.

    Strangers: NotVisible. Refuses an empty message, bad text (see `read_message`) and files that are not the writer's own.
    """
    if by.company_id is None:
        raise NotVisible
    clean = read_message(text)
    files = list(dict.fromkeys(file_ids))
    if not clean and not files:
        raise Refused("messaging.empty", _("Please write something."), field="text", status=422)
    if len(files) > MOST_FILES:
        raise Refused("messaging.too_many_files", _("At most 10 files, please."), field="files", status=422)
    with transaction.atomic():
        thread = threads_visible_to(by).select_for_update().filter(pk=thread_id).first()
        if thread is None:
            raise NotVisible
        show_files(files, thread.company_ids, by=by)
        [(said, theirs)] = ask(_SPOKEN, [by.company_id, thread.pk])
        # No two messages of a thread share a moment, so «read up to here» is exact.
        moment = max(now(), thread.last_message_at + timedelta(microseconds=1))
        message = Message.objects.create(
            thread=thread, company_id=by.company_id, person_id=by.person_id, text=clean, file_ids=files, created_at=moment
        )
        thread.last_message_at = moment
        thread.save(update_fields=["last_message_at"])
        _read_up_to(thread, by.company_id, moment)
        emit(MessagePosted(thread.pk, message.pk, by.company_id, bool(said and not theirs)), by=by)
    return message


_SPOKEN = "SELECT count(*), count(*) FILTER (WHERE company_id = %s) FROM messaging_message WHERE thread_id = %s"


def show_files(file_ids: Iterable[UUID], company_ids: Iterable[UUID], *, by: Actor) -> None:
    """Let these companies open files of the actor's own company; NotVisible for anybody else's file."""
    wanted = list(file_ids)
    if not wanted:
        return
    known = files_by_id(wanted, by)
    if any(file_id not in known or known[file_id].owner_id != by.company_id for file_id in wanted):
        raise NotVisible
    for file_id in wanted:
        for company_id in company_ids:
            if company_id != by.company_id:
                share_file(file_id, company_id, by=by)


def read_thread(thread_id: UUID, up_to: datetime | None = None, *, by: Actor) -> None:
    """Somebody of the company has read the thread, up to the message of this moment (all of it when none is given).

    An operator's look marks nothing. NotVisible for strangers.
    """
    thread = thread_by_id(thread_id, by)
    if by.company_id is not None:
        _read_up_to(thread, by.company_id, min(up_to or thread.last_message_at, thread.last_message_at))


def _read_up_to(thread: Thread, company_id: UUID, moment: datetime) -> None:
    with transaction.atomic():
        place, made = ThreadRead.objects.get_or_create(thread=thread, company_id=company_id, defaults={"read_at": moment})
        if not made:
            ThreadRead.objects.filter(pk=place.pk).update(read_at=Greatest("read_at", moment))


def warn(contacts: Iterable[tuple[UUID, str]], company_id: UUID, kind: str, link: str, cause: str, **params: Any) -> None:
    """As `notify`, to these people under these addresses (person, address), whatever becomes of their accounts meanwhile.

    Written in the transaction of what it warns of; reading it on the pages does not keep its letter back. `cause` is short.
    """
    people, addresses = zip(*contacts, strict=True) if (contacts := list(contacts)) else ((), ())
    to = {"people": list(people), "addresses": list(addresses)}
    _write(_TO_CONTACTS, to, company_id, kind, link, cause, params)


def notify(company_id: UUID, roles: Iterable[str], kind: str, link: str, cause: str, **params: Any) -> None:
    """One line for each person of the company who has one of these roles (anybody when none is said).

    `kind` is a key of `values.NOTICE_WORDS` and `params` fill its sentence: names, titles and numbers, no amounts and no secrets.
    `link` is an address of ours, with or without its language. The same `cause` again tells nobody twice. ValueError for a kind
    without words, a missing parameter or a foreign link: a notice that cannot be shown must not be written.
    """
    _write(_TO_ROLES, {"roles": list(roles)}, company_id, kind, link, cause, params)


def _write(sql: str, to: dict[str, Any], company_id: UUID, kind: str, link: str, cause: str, params: dict[str, Any]) -> None:
    if kind not in NOTICE_WORDS:
        raise ValueError(f"no words for the notice {kind}")
    if missing := set(_PARAM.findall(NOTICE_WORDS[kind])) - set(params):
        raise ValueError(f"the notice {kind} needs {sorted(missing)}")
    there = local_link(link, "", _languages())[1:]  # kept without a language: every reader has their own
    told = {"company": company_id, "kind": kind, "params": json.dumps(_short(params)), "link": there[:300], "cause": cause[:80]}
    tell(sql, told | to)


# The key is a UUIDv7: the milliseconds and what is below them in 4096ths, so that notices stand as they were told, then what is random in
# a UUIDv4.
_TELL = """
    INSERT INTO messaging_notice (id, person_id, company_id, kind, params, link, cause, address)
    SELECT (lpad(to_hex(us / 1000), 12, '0') || '7' || lpad(to_hex(us %% 1000 * 4096 / 1000), 3, '0')
            || substr(replace(gen_random_uuid()::text, '-', ''), 17))::uuid,
        whom.id, %(company)s, %(kind)s, %(params)s::jsonb, %(link)s, whom.cause, whom.address
    FROM ({people}) AS whom (id, cause, address), LATERAL (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint) AS at (us)
    ON CONFLICT (person_id, cause) DO NOTHING
"""
_TO_ROLES = _TELL.format(people=f"SELECT w.id, %(cause)s::varchar, '' FROM ({WHOM}) AS w")  # noqa: S608
_TO_CONTACTS = _TELL.format(
    people="""SELECT c.person, left(%(cause)s || ':' || (c.n - 1), 80), c.address
        FROM unnest(%(people)s::uuid[], %(addresses)s::varchar[]) WITH ORDINALITY AS c (person, address, n)""",
)


def _short(params: dict[str, Any]) -> dict[str, str]:
    return {name: str(value)[:300] for name, value in params.items()}


def _languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def read_notice(notice_id: UUID, *, by: Actor) -> Notice:
    """The person has seen this notice. NotVisible for anybody else's."""
    notice = notice_by_id(notice_id, by)
    if notice.read_at is None:
        notices_visible_to(by).filter(pk=notice.pk, read_at=None).update(read_at=now())
        notice.refresh_from_db()
    return notice


def read_notices(*, by: Actor) -> int:
    """The person has seen all notices; returns how many were new."""
    if by.person_id is None:
        return 0
    return len(
        ask("UPDATE messaging_notice SET read_at = ef_now() WHERE person_id = %s AND read_at IS NULL RETURNING 1", [by.person_id])
    )


def choose_letters(topics: Iterable[str], *, by: Actor) -> None:
    """The person wants exactly these topics by mail; ValueError for an unknown one. The notices themselves always come."""
    if by.person_id is None:
        raise NotVisible
    wanted = set(topics)
    if unknown := wanted - set(LETTER_TOPICS):
        raise ValueError(f"no such topic: {sorted(unknown)}")
    with transaction.atomic():
        LetterChoice.objects.filter(person_id=by.person_id, topic__in=wanted).delete()
        unwanted = [LetterChoice(person_id=by.person_id, topic=topic) for topic in sorted(set(LETTER_TOPICS) - wanted)]
        LetterChoice.objects.bulk_create(unwanted, ignore_conflicts=True)
