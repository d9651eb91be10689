"""Letters: what the notices say, by mail, in each person's language, with one button."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from everfair.base.chores import every
from everfair.base.clock import EfNow, now
from everfair.companies.queries import people_by_id
from everfair.messaging.models import Notice
from everfair.messaging.queries import notice_sentence
from everfair.messaging.values import local_link

log = logging.getLogger(__name__)
MAX_TRIES = 5
BATCH = 20
# A letter about yesterday's news helps nobody; the notice itself stays.
FRESH = timedelta(days=1)


@every(5, "messaging.letters")
def send_letters() -> int:
    """Mail what is new and unread. Rows are claimed first and mailed outside any transaction: a crash between costs a second letter
    at worst, never a lost one."""
    claimed = _claim()
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
        Notice.objects.filter(pk=notice.pk).update(mailed_at=EfNow())
    return len(claimed)


def _claim() -> list[Notice]:
    """Rows that nobody else sends now; each try waits longer before the next."""
    with transaction.atomic():
        moment = now()
        due = Q(retry_at=None) | Q(retry_at__lte=moment)
        rows = Notice.objects.filter(due, mailed_at=None, read_at=None, tries__lt=MAX_TRIES, created_at__gt=moment - FRESH)
        claimed = list(rows.order_by("id").select_for_update(skip_locked=True)[:BATCH])
        for notice in claimed:
            notice.tries += 1
            notice.retry_at = moment + timedelta(minutes=2**notice.tries)
        Notice.objects.bulk_update(claimed, ["tries", "retry_at"])
    return claimed


def _letter(notice: Notice, person: Any) -> EmailMultiAlternatives:
    languages = [code for code, _name in settings.LANGUAGES]
    language = person.language if person.language in languages else settings.LANGUAGE_CODE
    with translation.override(language):
        sentence = notice_sentence(notice.kind, notice.params)
        words = {
            "name": person.name,
            "sentence": sentence,
            "address": settings.ADDRESS + local_link(notice.link, language, languages),
        }
        letter = EmailMultiAlternatives(
            subject=_("Everfair: %(sentence)s") % {"sentence": sentence[:150]},
            body=render_to_string("messaging/letter.txt", words),
            to=[person.email],
        )
        letter.attach_alternative(render_to_string("messaging/letter.html", words), "text/html")
    return letter
