"""Letters carry the notices, in the person's language, without amounts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection

from everfair.base import clock
from everfair.messaging.actions import choose_letters, notify, read_notices
from everfair.messaging.jobs import MAX_TRIES, send_letters
from everfair.messaging.models import Notice
from everfair.messaging.values import NOTICE_WORDS, TOPIC_OF
from tests import make


class NoServer(BaseEmailBackend):
    def send_messages(self, messages):
        raise ConnectionRefusedError("no mail server")


@pytest.fixture
def told(db):
    company = make.company()
    person = make.member(company, who=make.person(language="zh-hant", email="liu@factory.example"))
    notify(company.pk, (), "rfq.matching", "/rfqs/1/", "rfq:1", title="<b>螺絲</b>\nBcc: x")
    return make.actor(company, who=person)


@pytest.mark.django_db
def test_a_letter_goes_out_once_with_one_link_in_the_readers_language(told):
    assert (send_letters(), send_letters()) == (1, 0)

    (letter,) = mail.outbox
    html = letter.alternatives[0].content
    assert letter.to == ["liu@factory.example"]
    assert "\n" not in letter.subject
    assert letter.body.count("http") == 1
    assert "/zh-hant/rfqs/1/" in letter.body
    assert html.count("href=") == 1
    assert "&lt;b&gt;螺絲&lt;/b&gt;" in html
    assert Notice.objects.get().mailed_at is not None


@pytest.mark.django_db
def test_a_letter_that_fails_is_tried_five_times_and_each_time_later(told, settings):
    settings.EMAIL_BACKEND = "tests.messaging.test_jobs.NoServer"

    tried = []
    for _ in range(8):
        tried.append(send_letters())
        clock.advance(timedelta(hours=1))

    assert tried == [1] * MAX_TRIES + [0] * 3
    assert (Notice.objects.get().tries, Notice.objects.get().mailed_at) == (MAX_TRIES, None)


@pytest.mark.django_db
def test_what_was_read_already_and_what_is_old_is_not_mailed(told):
    read_notices(by=told)
    notify(told.company_id, (), "rfq.matching", "/rfqs/2/", "rfq:2", title="Nuts")
    clock.advance(timedelta(days=2))

    assert send_letters() == 0
    assert mail.outbox == []


@pytest.mark.django_db
def test_somebody_who_left_the_platform_gets_no_letter():
    company = make.company()
    person = make.member(company)
    notify(company.pk, (), "rfq.matching", "/rfqs/1/", "rfq:1", title="Nuts")
    person.is_active = False
    person.save()

    assert (send_letters(), send_letters()) == (1, 0)
    assert mail.outbox == []


def test_two_workers_at_once_send_each_letter_once(committed):
    company = make.company()
    make.member(company)
    for n in range(12):
        notify(company.pk, (), "rfq.matching", f"/rfqs/{n}/", f"rfq:{n}", title="Nuts")
    barrier = Barrier(4)

    def work():
        try:
            barrier.wait()
            return send_letters()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        claimed = [future.result() for future in [pool.submit(work) for _ in range(4)]]

    assert sum(claimed) == len(mail.outbox) == 12
    assert Notice.objects.filter(mailed_at=None).count() == 0


@pytest.mark.django_db
def test_who_does_not_want_letters_of_a_topic_gets_none_and_still_the_notice(told):
    choose_letters(["messages", "orders"], by=told)

    assert (send_letters(), mail.outbox) == (0, [])
    assert Notice.objects.count() == 1

    choose_letters(["requests"], by=told)
    assert send_letters() == 1


@pytest.mark.django_db
def test_where_money_is_at_stake_a_letter_always_comes(told):
    choose_letters([], by=told)
    notify(told.company_id, (), "stage.due", "/orders/1/", "stage:1", number="EF-1")

    assert send_letters() == 1
    (letter,) = mail.outbox
    assert "EF-1" in letter.subject


def test_every_topic_names_notices_that_there_are():
    assert set(TOPIC_OF) <= set(NOTICE_WORDS)
    at_stake = {"order.placed", "stage.due", "payment.failed", "issue.reported", "issue.resolved", "payout.failed", "order.late"}
    assert not at_stake & set(TOPIC_OF)
