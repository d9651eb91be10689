"""No event is lost, none is passed over, and one that cannot be digested holds up no other."""

from __future__ import annotations

import dataclasses
import json
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from types import SimpleNamespace
from typing import Any, get_args, get_type_hints
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction

import everfair.events.catalog
import everfair.events.companies
import everfair.events.payments
import everfair.events.sourcing
import everfair.events.trade  # noqa: F401  all of them, so that the catalogue is whole
from everfair.base import events
from everfair.base.events import (
    MAX_TRIES,
    catalogue,
    emit,
    event,
    on,
    read_fact,
    rebase_after_restore,
    run_all_reactions,
    run_reactions,
    run_unread_reactions,
)
from everfair.base.ids import new_id
from everfair.base.models import Cursor, DeadReaction, Event
from everfair.base.money import Money
from everfair.companies.models import Company
from tests import cluster, make
from tests.base.together import together


@pytest.fixture
def rang(monkeypatch: pytest.MonkeyPatch) -> type[Any]:
    """An event of this test only, and no reactions but those the test registers."""
    monkeypatch.setattr(events, "_catalogue", dict(events._catalogue))
    monkeypatch.setattr(events, "_reactions", defaultdict(lambda: defaultdict(list)))
    monkeypatch.setattr(events, "_tries", defaultdict(int))
    monkeypatch.setattr(events, "_not_before", {})

    @event
    class BellRang:
        bell_id: UUID
        n: int = 0

    return BellRang


def ring(rang: type[Any], *numbers: int) -> None:
    for n in numbers:
        with transaction.atomic():
            emit(rang(new_id(), n))


def read_until(heard: list[int], count: int, subscriber: str = "porter", *, patience_s: float = 15) -> None:
    """Other tests' transactions on the same server delay what may be read."""
    until = time.monotonic() + patience_s
    while len(heard) < count and time.monotonic() < until:
        run_reactions(subscriber)


def insert(session: psycopg.Connection, n: int) -> None:
    session.execute(
        "INSERT INTO base_event (name, subject, body, actor) VALUES ('BellRang', %s, %s, 'system')",
        (new_id(), json.dumps({"bell_id": str(new_id()), "n": n})),
    )


def test_an_event_belongs_to_a_transaction(committed: None, rang: type[Any]):
    with pytest.raises(RuntimeError, match="transaction"):
        emit(rang(new_id()))

    assert not Event.objects.exists()


def test_what_is_rolled_back_was_never_said(committed: None, rang: type[Any]):
    heard: list[int] = []
    on(rang, subscriber="porter")(lambda fact: heard.append(fact.n))
    with transaction.atomic():
        emit(rang(new_id(), 1))
        transaction.set_rollback(True)
    ring(rang, 2)

    read_until(heard, 1)

    assert heard == [2]


def test_everybody_who_listens_hears_everything_once_and_in_order(committed: None, rang: type[Any]):
    heard: dict[str, list[int]] = {"porter": [], "guest": []}
    for name, numbers in heard.items():
        on(rang, subscriber=name)(lambda fact, numbers=numbers: numbers.append(fact.n))
    ring(rang, *range(10))

    passed = run_all_reactions()
    again = run_all_reactions()

    assert heard == {"porter": list(range(10)), "guest": list(range(10))}
    assert (passed, again) == (20, 0)


def test_who_does_not_hear_an_event_passes_over_it_in_the_common_turn(committed: None, rang: type[Any]):
    heard: list[int] = []
    on(rang, subscriber="porter")(lambda fact: heard.append(fact.n))
    events._reactions["deaf"] = {}
    ring(rang, 0)
    run_all_reactions()  # both have a cursor now
    ring(rang, 1, 2, 3)
    while events._something_is_hidden():  # another test's transaction on the same server holds it back for a moment
        time.sleep(0.02)

    passed = run_unread_reactions()
    places = dict(Cursor.objects.filter(name__in=["porter", "deaf"]).values_list("name", "seq"))

    assert heard == [0, 1, 2, 3]
    assert passed == 6
    assert places["deaf"] == places["porter"] == Event.objects.latest("seq").seq
    assert run_unread_reactions() == 0


def test_the_common_turn_waits_for_nobody_who_works_on_a_cursor(
    committed: None, rang: type[Any], test_database: cluster.TestDatabase
):
    events._reactions["deaf"] = {}
    ring(rang, 0)
    run_all_reactions()
    ring(rang, 1)
    with psycopg.connect(test_database.app_url) as other:
        other.execute("SELECT FROM base_cursor WHERE name = 'deaf' FOR UPDATE")

        run_unread_reactions()
        before = Cursor.objects.get(name="deaf").seq

    run_all_reactions()

    assert before < Cursor.objects.get(name="deaf").seq == Event.objects.latest("seq").seq


@pytest.mark.pg15
def test_an_event_with_a_lower_number_that_commits_later_is_not_passed_over(
    committed: None, rang: type[Any], test_database: cluster.TestDatabase
):
    heard: list[int] = []
    on(rang, subscriber="porter")(lambda fact: heard.append(fact.n))
    with psycopg.connect(test_database.app_url) as slow, psycopg.connect(test_database.app_url) as fast:
        insert(slow, 1)
        insert(fast, 2)
        fast.commit()
        passed_while_one_is_open = run_reactions("porter")
        heard_while_one_is_open = list(heard)
        slow.commit()

        read_until(heard, 2)

    assert (passed_while_one_is_open, heard_while_one_is_open) == (0, [])
    assert heard == [1, 2]


@pytest.mark.pg15
def test_an_older_transaction_that_speaks_last_is_not_passed_over(
    committed: None, rang: type[Any], test_database: cluster.TestDatabase
):
    heard: list[int] = []
    on(rang, subscriber="porter")(lambda fact: heard.append(fact.n))
    with psycopg.connect(test_database.app_url) as old, psycopg.connect(test_database.app_url) as young:
        old.execute("SELECT pg_current_xact_id()")
        insert(young, 1)
        young.commit()
        run_reactions("porter")
        insert(old, 2)
        old.commit()

        read_until(heard, 2)

    assert heard == [2, 1]


@pytest.mark.pg15
def test_without_waiting_for_older_transactions_an_event_would_be_lost(
    committed: None, rang: type[Any], test_database: cluster.TestDatabase, monkeypatch: pytest.MonkeyPatch
):
    """Guard removal: the same interleaving, read without the condition on the snapshot."""
    monkeypatch.setattr(events, "_READ", events._READ.replace("AND tx < pg_snapshot_xmin(pg_current_snapshot())", ""))
    heard: list[int] = []
    on(rang, subscriber="porter")(lambda fact: heard.append(fact.n))
    with psycopg.connect(test_database.app_url) as slow, psycopg.connect(test_database.app_url) as fast:
        insert(slow, 1)
        insert(fast, 2)
        fast.commit()
        run_reactions("porter")
        slow.commit()
        run_reactions("porter")

    assert heard == [2]


@pytest.fixture
def patient_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets the pause after a failed try pass at once."""
    moment = [0.0]
    monkeypatch.setattr(events, "time", SimpleNamespace(monotonic=lambda: moment[0], sleep=time.sleep))

    def tick() -> None:
        moment[0] += 60

    return tick


def wait_until_visible() -> None:
    until = time.monotonic() + 15
    while events._something_is_hidden() and time.monotonic() < until:
        time.sleep(0.02)


def test_a_reaction_that_fails_is_tried_again_and_its_writes_are_undone(
    committed: None, rang: type[Any], patient_clock: Callable[[], None]
):
    tries: list[int] = []

    @on(rang, subscriber="porter")
    def fail_twice(fact: Any) -> None:
        make.company(name=f"try {len(tries)}")
        tries.append(fact.n)
        if len(tries) < 4:
            raise ConnectionError("not now")

    ring(rang, 1)
    wait_until_visible()

    passed = [run_reactions("porter"), run_reactions("porter")]
    for _ in range(2):
        patient_clock()
        passed.append(run_reactions("porter"))

    assert passed == [0, 0, 0, 1]
    # With its whole batch, then by itself; the second look came too early to try.
    assert tries == [1, 1, 1, 1]
    assert list(Company.objects.values_list("name", flat=True)) == ["try 3"]
    assert not DeadReaction.objects.exists()


def test_one_bad_event_is_put_aside_with_its_reason_and_the_rest_goes_on(
    committed: None, rang: type[Any], patient_clock: Callable[[], None]
):
    heard: list[int] = []

    @on(rang, subscriber="porter")
    def choke_on_two(fact: Any) -> None:
        heard.append(fact.n)
        if fact.n == 2:
            raise ValueError("the bell of anna@fair.example is cracked")

    ring(rang, 1, 2, 3)
    wait_until_visible()

    for _ in range(MAX_TRIES):
        run_reactions("porter")
        patient_clock()

    dead = DeadReaction.objects.get()
    bad = Event.objects.get(body__n=2)
    # The whole batch first, which is undone; then event by event.
    assert heard == [1, 2, 1, *[2] * MAX_TRIES, 3]
    assert (dead.subscriber, dead.event_seq, dead.settled_at) == ("porter", bad.seq, None)
    assert dead.reason == "ValueError: the bell of ••• is cracked"
    assert run_reactions("porter") == 0


def test_an_event_that_cannot_be_read_any_more_is_put_aside_too(
    committed: None, rang: type[Any], patient_clock: Callable[[], None]
):
    heard: list[int] = []
    on(rang, subscriber="porter")(lambda fact: heard.append(fact.n))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO base_event (name, subject, body, actor) VALUES ('BellRang', gen_random_uuid(), '{}', 'system')"
        )
    ring(rang, 5)
    wait_until_visible()

    for _ in range(MAX_TRIES):
        run_reactions("porter")
        patient_clock()

    assert heard == [5]
    assert DeadReaction.objects.get().reason.startswith("TypeError")


@pytest.mark.pg15
def test_two_workers_never_run_the_same_event(committed: None, rang: type[Any]):
    heard: list[int] = []

    @on(rang, subscriber="porter")
    def listen(fact: Any) -> None:
        time.sleep(0.005)
        heard.append(fact.n)

    ring(rang, *range(20))
    Cursor.objects.create(name="porter")
    wait_until_visible()

    passed = together([partial(run_reactions, "porter", batch=20)] * 4)
    read_until(heard, 20)

    assert heard == list(range(20))
    assert sorted(passed)[:-1] == [0, 0, 0]


def test_a_restored_database_forgets_the_transaction_numbers_but_no_event(committed: None, rang: type[Any]):
    heard: dict[str, list[int]] = {"behind": [], "upto_date": [], "new": []}
    for name, numbers in heard.items():
        on(rang, subscriber=name)(lambda fact, numbers=numbers: numbers.append(fact.n))
    ring(rang, 1, 2, 3)
    wait_until_visible()
    run_reactions("behind", batch=1)
    run_reactions("upto_date")

    as_owner(rebase_after_restore)
    after_rebase = [int(tx) for tx in Event.objects.order_by("seq").values_list("tx", flat=True)]
    ring(rang, 4)
    run_all_reactions()

    assert after_rebase == [0, 0, 0]
    assert heard == {"behind": [1, 2, 3, 4], "upto_date": [1, 2, 3, 4], "new": [1, 2, 3, 4]}
    with connection.cursor() as cursor, pytest.raises(Exception, match="permission denied"):
        cursor.execute("UPDATE base_event SET tx = '0'::xid8")


def as_owner(work: Callable[[], None]) -> None:
    """Restoring is the owner's work; the site's login may not touch events."""
    user = connection.settings_dict["USER"]
    connection.close()
    connection.settings_dict["USER"] = "ef_owner"
    try:
        work()
    finally:
        connection.close()
        connection.settings_dict["USER"] = user


def sample(kind: Any) -> Any:
    options = [option for option in get_args(kind) or (kind,) if option is not type(None)]
    if options[0] == dict[str, int]:
        return {"quality": 4}
    return {
        UUID: new_id(), Money: Money(1250, "USD"), str: "text", int: 7, bool: True, Decimal: Decimal("1.50"),
        datetime: datetime(2028, 2, 29, 12, tzinfo=UTC), date: date(2028, 2, 29),
    }[options[0]]  # fmt: skip


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_fact_reads_as_it_was_said(name: str):
    kind = catalogue()[name]
    fact = kind(**{field.name: sample(get_type_hints(kind)[field.name]) for field in dataclasses.fields(kind)})
    body = json.loads(json.dumps({f.name: events._plain(getattr(fact, f.name)) for f in dataclasses.fields(fact)}))

    assert read_fact(name, body) == fact


def test_a_fact_of_an_older_version_reads_with_defaults_and_without_what_is_gone(rang: type[Any]):
    bell = new_id()

    assert read_fact("BellRang", {"bell_id": str(bell), "loudness": 3}) == rang(bell, 0)


def test_an_event_is_declared_once(rang: type[Any]):
    with pytest.raises(ValueError, match="twice"):

        @event
        class BellRang:
            bell_id: UUID


@pytest.mark.parametrize("statement", ["UPDATE base_event SET name = ''", "DELETE FROM base_event", "TRUNCATE base_event"])
def test_events_are_never_changed_or_removed(statement: str, test_database: cluster.TestDatabase):
    with psycopg.connect(test_database.app_url) as session, pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute(statement)
