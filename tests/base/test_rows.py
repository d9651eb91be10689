"""Rows read and written without a queryset are the rows a queryset sees."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from everfair.base.clock import EfNow, now
from everfair.base.deadlines import set_deadline
from everfair.base.ids import new_id
from everfair.base.models import Deadline, History, WriteKey
from everfair.base.rows import as_it_is, ask, find, find_one, insert, save_changes
from everfair.base.together import all_or_nothing, part
from everfair.markets.models import RuleVersion
from everfair.messaging.models import Notice

pytestmark = pytest.mark.django_db


def a_notice(**values: object) -> Notice:
    fixed = {"person_id": new_id(), "kind": "order.placed", "params": {"company": "Zhōu"}, "link": "/x/", "cause": "c"}
    return Notice(**fixed | values)


def test_what_is_inserted_is_read_back_the_same_both_ways():
    notice = a_notice()

    insert(notice)

    by_queryset = Notice.objects.get(pk=notice.pk)
    by_sql = find_one(Notice, "id = %s", [notice.pk])
    assert by_sql is not None
    for name in (field.attname for field in Notice._meta.concrete_fields):
        assert getattr(by_sql, name) == getattr(by_queryset, name) == getattr(notice, name), name
    assert notice.created_at == now()  # filled in by the database


def test_a_key_made_by_the_database_is_read_back():
    line = History(subject=new_id(), kind="t", axis="state", verb="go", from_state="a", to_state="b", actor="x", door="page")

    insert(line)

    assert History.objects.get(pk=line.seq).verb == "go"


def test_several_rows_are_one_statement_and_none_is_no_statement():
    with CaptureQueriesContext(
        connection,
    ) as asked:
        insert(*(a_notice(cause=str(n)) for n in range(3)))
        insert()

    assert len(asked) == 1
    assert Notice.objects.count() == 3


def test_a_moment_of_the_database_is_said_as_an_expression():
    notice = a_notice(read_at=EfNow())

    insert(notice)

    assert notice.read_at == Notice.objects.get().read_at == now()


def test_only_what_changed_is_written():
    notice = a_notice()
    insert(notice)
    before = as_it_is(notice)
    Notice.objects.update(link="/elsewhere/")  # somebody else's column
    notice.tries, notice.read_at = 2, EfNow()

    save_changes(notice, before)

    kept = Notice.objects.get()
    assert (kept.tries, kept.link, kept.read_at) == (2, "/elsewhere/", now())
    assert notice.read_at == now()


def test_a_list_changed_in_place_is_a_change():
    notice = a_notice()
    insert(notice)
    before = as_it_is(notice)
    notice.params["company"] = "Wang"

    save_changes(notice, before)

    assert Notice.objects.get().params == {"company": "Wang"}


def test_nothing_changed_is_no_statement():
    notice = a_notice()
    insert(notice)
    before = as_it_is(notice)

    with CaptureQueriesContext(connection) as asked:
        save_changes(notice, before)

    assert len(asked) == 0


def test_numbers_and_moments_come_as_querysets_give_them():
    RuleVersion.objects.create(market="export", name="trade.fee_rate", value=Decimal("0.0125"), valid_from=now(), reason="x")

    [row] = find(RuleVersion, "market = %s ORDER BY id", ["export"])

    assert (row.value, row.valid_from) == (Decimal("0.0125"), now())


def test_values_go_as_parameters():
    insert(a_notice(cause="'; DROP TABLE messaging_notice; --"))

    assert find_one(Notice, "cause = %s", ["'; DROP TABLE messaging_notice; --"]) is not None
    assert ask("SELECT count(*) FROM messaging_notice WHERE cause = %s", ["' OR true"]) == [(0,)]


def test_bytes_and_wide_rows_survive():
    insert(WriteKey(owner="o", route="r", key="k", request_hash="h", status=201, body=b"\x00\xff", content_type="t"))

    kept = find_one(WriteKey, "owner = 'o'")
    assert kept is not None
    assert bytes(kept.body or b"") == b"\x00\xff"


def break_off_in_a_part(whole: Callable[[], AbstractContextManager[None]]) -> None:
    with whole(), part():
        insert(a_notice(cause="second"))
        raise ZeroDivisionError


def test_a_part_of_a_whole_makes_no_savepoint_and_undoes_everything():
    with CaptureQueriesContext(connection) as asked, pytest.raises(ZeroDivisionError):
        break_off_in_a_part(all_or_nothing)

    savepoints = [query["sql"] for query in asked if query["sql"].startswith("SAVEPOINT")]
    assert len(savepoints) == 1  # the test's own transaction is outside of it
    assert not Notice.objects.exists()


def test_a_refusal_caught_in_a_whole_without_a_savepoint_is_loud():
    def go_on() -> None:
        with all_or_nothing():
            with suppress(IntegrityError), part():
                raise IntegrityError("not this")
            Notice.objects.exists()

    with pytest.raises(transaction.TransactionManagementError):
        go_on()


def test_a_part_by_itself_is_a_transaction_that_can_be_gone_on_from():
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError):
            break_off_in_a_part(nullcontext)
        insert(a_notice(cause="kept"))

    assert Notice.objects.get().cause == "kept"


def test_a_deadline_for_so_long_from_now_is_at_that_moment():
    subject = new_id()
    set_deadline("trade.sign", subject, timedelta(hours=5))
    set_deadline("trade.sign", subject, timedelta(hours=6))

    found = Deadline.objects.filter(subject=subject, reminder=0).order_by("generation")
    rows = [(row.generation, row.state, row.due_at) for row in found]
    assert rows == [(1, "cleared", now() + timedelta(hours=5)), (2, "waiting", now() + timedelta(hours=6))]
