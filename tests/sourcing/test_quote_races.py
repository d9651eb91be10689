"""Quotes sent, withdrawn and accepted at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection

from everfair.markets.actions import set_rule
from everfair.sourcing.actions import accept_quote, send_quote, withdraw_quote
from everfair.sourcing.models import Quote, Rfq
from tests import make
from tests.sourcing.asking import buyer, quote, quote_draft, rfq, supplier


def together(*calls):
    """Run the calls at once in threads of their own; what each returned or raised."""
    barrier = Barrier(len(calls))

    def run(call):
        try:
            barrier.wait()
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_a_month_of_quotes_is_not_exceeded_by_quotes_sent_at_once(committed):
    set_rule("sourcing.quotes_per_month", "export", Decimal(3), None, "test", make.operator())
    by, draft = supplier(), quote_draft()
    asked = [rfq() for _ in range(8)]

    answers = together(*[lambda one=one: send_quote(one.pk, draft, by=by) for one in asked])

    assert sum(isinstance(answer, Quote) for answer in answers) == 3
    assert {answer.code for answer in answers if not isinstance(answer, Quote)} == {"sourcing.quotes_per_month"}
    assert Quote.objects.filter(seller_id=by.company_id).count() == 3


def test_seats_are_not_exceeded_by_suppliers_at_once(committed):
    set_rule("sourcing.quotes_per_rfq", "export", Decimal(2), None, "test", make.operator())
    asked, draft, suppliers = rfq(), quote_draft(), [supplier() for _ in range(6)]

    answers = together(*[lambda by=by: send_quote(asked.pk, draft, by=by) for by in suppliers])

    assert sum(isinstance(answer, Quote) for answer in answers) == 2
    assert {answer.code for answer in answers if not isinstance(answer, Quote)} == {"sourcing.seats_taken"}
    assert Rfq.objects.get().quote_count == Quote.objects.filter(state="sent").count() == 2


def test_one_supplier_twice_at_once_quotes_once(committed):
    asked, draft, by = rfq(), quote_draft(), supplier()

    answers = together(*[lambda: send_quote(asked.pk, draft, by=by)] * 4)

    assert sum(isinstance(answer, Quote) for answer in answers) == 1
    assert {answer.code for answer in answers if not isinstance(answer, Quote)} == {"sourcing.quote_stands"}


@pytest.mark.parametrize("attempt", range(3))
def test_of_withdrawing_and_accepting_at_once_one_wins(committed, attempt):
    by_buyer, by = buyer(), supplier()
    asked = rfq(by_buyer)
    sent = quote(asked, by)

    answers = together(lambda: accept_quote(sent.pk, by=by_buyer), lambda: withdraw_quote(sent.pk, by=by))

    won = [isinstance(answer, Quote) for answer in answers]
    assert won.count(True) == 1
    (loser,) = [answer for answer in answers if not isinstance(answer, Quote)]
    assert loser.status == 409
    expected = ("accepted", "awarded", 1) if won[0] else ("withdrawn", "open", 0)
    assert (Quote.objects.get().state, Rfq.objects.get().state, Rfq.objects.get().quote_count) == expected


def test_two_awards_at_once_choose_one_quote(committed):
    by_buyer = buyer()
    asked = rfq(by_buyer)
    one, two = quote(asked), quote(asked)

    answers = together(lambda: accept_quote(one.pk, by=by_buyer), lambda: accept_quote(two.pk, by=by_buyer))

    assert sum(isinstance(answer, Quote) for answer in answers) == 1
    assert sorted(Quote.objects.values_list("state", flat=True)) == ["accepted", "declined"]
