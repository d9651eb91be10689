"""Letters: what the notices say, by mail, in each person's language, with one button."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from everfair.base.chores import every
from everfair.base.rows import ask, find
from everfair.companies.queries import people_by_id
from everfair.messaging.models import Notice
from everfair.messaging.queries import notice_sentence
from everfair.messaging.values import TOPIC_OF, local_link

log = logging.getLogger(__name__)
MAX_TRIES = 5
BATCH = 20
# A letter about yesterday's news helps nobody; the notice itself stays.
FRESH = timedelta(days=1)


@every(1, "messaging.letters")
def send_letters() -> int:
    """Mail what is new and unread (a warning also when somebody has read it on the pages). Rows are claimed first and mailed outside any transaction: a crash between costs a second letter
    at worst, never a lost one."""
    claimed = _claim()
    if not claimed:
        return 0
    people = people_by_id(notice.person_id for notice in claimed)
    for notice in claimed:
        person = people.get(notice.person_id)
        if person is None or not person.is_active:
            Notice.objects.filter(pk=notice.pk).update(tries=MAX_TRIES)
            continue
        try:
            _letter(notice, person).send()
        except Exception as error:
            log.warning(
                "a letter was not sent", extra={"notice": str(notice.pk), "error": type(error).__name__, "tries": notice.tries}
            )
            continue
        ask("UPDATE messaging_notice SET mailed_at = ef_now() WHERE id = %s", [notice.pk])
    return len(claimed)


_TOPICS = json.dumps(TOPIC_OF)
_CLAIM = """
    UPDATE messaging_notice SET tries = tries + 1, retry_at = ef_now() + make_interval(mins => (2 ^ (tries + 1))::integer)
    WHERE id IN (
        SELECT id FROM messaging_notice
        WHERE mailed_at IS NULL AND (read_at IS NULL OR address <> '') AND tries < %s AND created_at > ef_now() - %s::interval
            AND (retry_at IS NULL OR retry_at <= ef_now())
            AND NOT EXISTS (
                SELECT FROM messaging_letterchoice c JOIN jsonb_each_text(%s::jsonb) AS t (kind, topic) ON t.topic = c.topic
                WHERE c.person_id = messaging_notice.person_id AND t.kind = messaging_notice.kind
            )
        ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
    )
    RETURNING id
"""


def _claim() -> list[Notice]:
    """Rows that nobody else sends now; each try waits longer before the next."""
    claimed = [row[0] for row in ask(_CLAIM, [MAX_TRIES, FRESH, _TOPICS, BATCH])]
    return find(Notice, "id = ANY(%s::uuid[]) ORDER BY id", [claimed]) if claimed else []


def _letter(notice: Notice, person: Any) -> EmailMultiAlternatives:
    languages = [code for code, _name in settings.LANGUAGES]
    language = person.language if person.language in languages else settings.LANGUAGE_CODE
    with translation.override(language):
        sentence = notice_sentence(notice.kind, notice.params)
        words = {
            "name": person.name,
            "sentence": sentence,
            "address": settings.ADDRESS + local_link(notice.link, language, languages),
            "may_end": notice.kind in TOPIC_OF,
        }
        letter = EmailMultiAlternatives(
            subject=_("Everfair: %(sentence)s") % {"sentence": sentence[:150]},
            body=render_to_string("messaging/letter.txt", words),
            to=[notice.address or person.email],
        )
        letter.attach_alternative(render_to_string("messaging/letter.html", words), "text/html")
    return letter
