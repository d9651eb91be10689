"""A month is closed by two persons and then takes no entry (I37): whoever tries, whenever it races, and only because of the guard."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from functools import partial

import psycopg
import pytest
from django.db import DatabaseError, transaction

from everfair.base import clock
from everfair.base.actor import SYSTEM, Actor
from everfair.base.ids import new_id
from everfair.base.models import Event, History
from everfair.base.refused import Refused
from everfair.base.sql import ask
from everfair.ledger.actions import close_month, confirm_month, correct_entry, post_entry, withdraw_closing
from everfair.ledger.models import Entry, Period
from everfair.ledger.queries import balance_at, is_open, months, period_of
from everfair.ledger.values import Transfer, clearing, costs, settled, suspense
from tests import cluster
from tests.base.together import together
from tests.ledger.books import put, usd

ANNA = Actor(kind="operator", person_id=new_id(), staff_roles=frozenset({"finance"}))
BERT = Actor(kind="operator", person_id=new_id(), staff_roles=frozenset({"finance"}))
REVIEWER = Actor(kind="operator", person_id=new_id(), staff_roles=frozenset({"reviewer"}))
FEE = [Transfer(costs("sandbox", "USD"), settled("sandbox", "USD"), usd(7))]


def last_month() -> date:
    """The month before this one by the platform's clock, in which something is booked; this one is far enough on to close it."""
    today = clock.now().date()
    if today.day < 2:
        clock.advance(timedelta(days=1))
        today = clock.now().date()
    first = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    book(first + timedelta(days=9))
    return first


def book(on: date | None, key: str = "") -> int | None:
    return post_entry(key or f"fee:{new_id()}", FEE, kind="cost", by=SYSTEM, booked_on=on)


def closed(month: date) -> date:
    close_month(month, by=ANNA)
    confirm_month(month, by=BERT)
    return month


def refusal(call: object) -> str:
    with pytest.raises(Refused) as refused:
        call()  # type: ignore[operator]
    return refused.value.code


@pytest.mark.django_db
class TestClosing:
    def test_two_persons_close_a_month_and_it_is_told(self):
        month = last_month()

        close_month(month, by=ANNA)
        assert period_of(month).state == "closing"
        assert is_open(month)
        confirm_month(month, by=BERT)

        row = period_of(month)
        assert (row.state, row.entries, row.closed_by, row.confirmed_by) == ("closed", 1, ANNA.label, BERT.label)
        assert row.checks[0][0] == "every proof of the books holds"
        assert not is_open(month + timedelta(days=20))
        assert Event.objects.get(name="PeriodClosed").body["month"] == month.isoformat()
        assert [h.verb for h in History.objects.filter(subject=row.id).order_by("seq")] == ["close", "confirm"]

    def test_nobody_confirms_what_they_closed_and_only_finance_people_do_either(self):
        month = last_month()

        assert refusal(lambda: close_month(month, by=REVIEWER)) == "base.not_your_move"
        assert refusal(lambda: close_month(month, by=SYSTEM)) == "base.not_your_move"
        close_month(month, by=ANNA)
        assert refusal(lambda: confirm_month(month, by=ANNA)) == "base.not_your_move"
        assert refusal(lambda: confirm_month(month, by=REVIEWER)) == "base.not_your_move"
        assert period_of(month).state == "closing"

    def test_a_month_that_runs_or_comes_after_an_open_one_is_not_closed(self):
        month = last_month()
        earlier = (month - timedelta(days=1)).replace(day=1)
        book(earlier)

        assert refusal(lambda: close_month(clock.now().date(), by=ANNA)) == "ledger.not_over"
        assert refusal(lambda: close_month(month, by=ANNA)) == "ledger.earlier_open"
        closed(earlier)
        closed(month)

    def test_before_it_is_confirmed_it_can_be_opened_again_and_afterwards_not(self):
        month = last_month()
        close_month(month, by=ANNA)
        withdraw_closing(month, by=BERT)
        assert (period_of(month).state, period_of(month).closed_by) == ("open", "")
        closed(month)

        assert refusal(lambda: withdraw_closing(month, by=ANNA)) == "base.wrong_state"
        assert refusal(lambda: close_month(month, by=ANNA)) == "base.wrong_state"

    def test_what_is_not_ready_is_not_closed(self, monkeypatch):
        month = last_month()
        monkeypatch.setitem(__import__("everfair.ledger.proofs", fromlist=["x"])._before_closing, "no cost", _NO_COST)

        assert refusal(lambda: close_month(month, by=ANNA)) == "ledger.not_ready"

        assert not Period.objects.exclude(state="open").exists()

    def test_the_months_are_listed_with_what_is_in_them(self):
        month = last_month()
        book(None)

        rows = months()

        assert [(row.month, row.entries, row.over) for row in rows] == [
            (clock.now().date().replace(day=1), 1, False),
            (month, 1, True),
        ]


_NO_COST = (
    "SELECT count(*), min('entry ' || id) FROM ledger_entry WHERE kind = 'cost' AND booked_on BETWEEN %(first)s AND %(last)s"
)


@pytest.mark.django_db
class TestDays:
    def test_an_entry_is_booked_on_the_day_of_its_posting_unless_it_says_another(self):
        today = clock.now().astimezone(UTC).date()
        book(None, "today")
        book(today - timedelta(days=40), "back")

        assert dict(Entry.objects.values_list("key", "booked_on")) == {"today": today, "back": today - timedelta(days=40)}

    def test_nothing_is_booked_on_a_day_to_come(self):
        assert refusal(lambda: book(clock.now().date() + timedelta(days=1))) == "ledger.day_to_come"
        assert not Entry.objects.exists()

    def test_the_day_is_part_of_what_the_key_stands_for(self):
        day = clock.now().date() - timedelta(days=2)
        assert book(day, "one") is not None
        assert book(day, "one") is None
        assert refusal(lambda: book(day - timedelta(days=1), "one")) == "ledger.key_taken"

    def test_a_closed_month_takes_no_entry_from_its_first_day_to_its_last(self):
        month = closed(last_month())
        after = (month + timedelta(days=32)).replace(day=1)

        for day in (month, month + timedelta(days=14), after - timedelta(days=1)):
            assert refusal(lambda day=day: book(day)) == "ledger.closed"
        assert Entry.objects.count() == 1
        assert book(after) is not None
        assert book(None) is not None

    def test_repeating_what_stands_in_a_closed_month_stays_harmless(self):
        month = last_month()
        book(month, "mine")
        closed(month)

        assert book(month, "mine") is None


@pytest.mark.django_db
class TestCorrections:
    def test_what_was_wrong_in_a_closed_month_is_taken_back_today_by_an_entry_that_names_it(self):
        month = last_month()
        wrong = book(month + timedelta(days=3), "wrong")
        closed(month)
        before = balance_at(costs("sandbox", "USD"), clock.now())

        made = correct_entry(wrong, "The fee was charged back.", by=ANNA)

        entry = Entry.objects.get(pk=made)
        assert (entry.kind, entry.why, entry.booked_on) == (
            "correction", {"corrects": "wrong", "reason": "The fee was charged back."}, clock.now().date(),
        )  # fmt: skip
        assert balance_at(costs("sandbox", "USD"), clock.now()) == before + 7
        assert refusal(lambda: correct_entry(wrong, "again", by=BERT)) == "ledger.corrected"
        assert refusal(lambda: correct_entry(made, "back", by=BERT)) == "ledger.is_correction"

    def test_money_of_companies_and_what_a_provider_owes_is_not_corrected_by_hand(self):
        address = put(new_id(), 100)
        of_a_company = Entry.objects.latest("id").pk
        cleared = post_entry("odd", [Transfer(clearing("sandbox", "USD"), suspense("USD"), usd(5))], kind="odd", by=SYSTEM)
        fee = book(None)

        assert refusal(lambda: correct_entry(of_a_company, "x", by=ANNA)) == "ledger.not_ours"
        assert refusal(lambda: correct_entry(cleared, "x", by=ANNA)) == "ledger.settled_by_statement"
        assert refusal(lambda: correct_entry(fee, " ", by=ANNA)) == "ledger.reason"
        assert refusal(lambda: correct_entry(fee, "x", by=REVIEWER)) == "base.not_your_move"
        assert Entry.objects.count() == 3
        assert balance_at(address, clock.now()) == 100


@pytest.mark.usefixtures("committed")
@pytest.mark.pg15
class TestRaces:
    def test_a_posting_into_the_month_and_its_closing_at_the_same_instant_never_both_pass_over_each_other(self):
        """Whatever order they come in: what was posted was seen by the checks, and what came later was refused."""
        for n in range(6):
            clock.advance(timedelta(days=35))
            month = last_month()
            earlier = [row.month for row in months() if row.month < month and row.state == "open"]
            for left in sorted(earlier):
                closed(left)
            close_month(month, by=ANNA)

            results = together(
                [
                    *(
                        partial(post_entry, f"late:{n}:{m}", FEE, kind="late", by=SYSTEM, booked_on=month + timedelta(days=m))
                        for m in range(6)
                    ),
                    partial(confirm_month, month, by=BERT),
                ]
            )

            posted = [r for r in results[:-1] if isinstance(r, int)]
            refused = [r.code for r in results[:-1] if isinstance(r, Refused)]
            assert len(posted) + len(refused) == 6
            assert set(refused) <= {"ledger.closed"}
            assert isinstance(results[-1], Period), results[-1]
            # What the closing looked at is what stands in the month: nothing came in behind its back.
            row = period_of(month)
            counted = ask(
                "SELECT count(*) FROM ledger_entry WHERE booked_on BETWEEN %s AND %s", [month, month + timedelta(days=27)]
            )
            assert (row.state, row.entries) == ("closed", counted[0][0])
            assert ask("SELECT count(*) FROM ledger_entry WHERE key LIKE %s", [f"late:{n}:%"]) == [(len(posted),)]

    def test_the_closing_waits_for_a_posting_under_way_and_the_next_posting_for_the_closing(self, test_database):
        month = last_month()
        close_month(month, by=ANNA)
        with psycopg.connect(test_database.app_url) as session:
            session.execute(_RAW, ("under way", month + timedelta(days=5)))  # not committed yet

            def commit_later() -> None:
                _wait_for_a_waiter(test_database)
                session.commit()

            results = together([partial(confirm_month, month, by=BERT), commit_later])

        assert isinstance(results[0], Period), results
        assert period_of(month).entries == 2
        assert refusal(lambda: book(month)) == "ledger.closed"

    def test_two_who_confirm_at_once_confirm_once(self):
        month = last_month()
        close_month(month, by=ANNA)
        carl = Actor(kind="operator", person_id=new_id(), staff_roles=frozenset({"finance"}))

        results = together([partial(confirm_month, month, by=BERT), partial(confirm_month, month, by=carl)])

        assert sorted(type(r).__name__ for r in results) == ["AlreadyDone", "Period"]
        assert Event.objects.filter(name="PeriodClosed").count() == 1


_RAW = """
    WITH e AS (INSERT INTO ledger_entry (key, kind, digest, actor, why, booked_on) VALUES (%s, 'raw', 'x', 'system', '{}', %s) RETURNING id)
    INSERT INTO ledger_transfer (entry_id, source_id, target_id, amount_minor, currency, purpose)
    SELECT e.id, s.id, t.id, 1, 'USD', '' FROM e, ledger_account s, ledger_account t
    WHERE s.address = 'provider:sandbox:costs:USD' AND t.address = 'provider:sandbox:settled:USD'
"""


def _wait_for_a_waiter(database: cluster.TestDatabase) -> None:
    with psycopg.connect(database.superuser_url, autocommit=True) as watch:
        for _n in range(200):
            if watch.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").fetchone():
                return
            watch.execute("SELECT pg_sleep(0.05)")
    raise AssertionError("nobody waited")


@pytest.mark.django_db
@pytest.mark.pg15
class TestGuards:
    """The database's own word, against plain SQL by the login that runs the site."""

    @pytest.mark.parametrize(
        ("attack", "by"),
        [
            ("UPDATE ledger_period SET state = 'closed', confirmed_by = closed_by", "ledger_period_two"),
            ("UPDATE ledger_period SET state = 'closed', closed_by = 'operator:x', confirmed_by = 'operator:y'", "ledger_period_stays"),
            ("UPDATE ledger_period SET closed_by = 'operator:x'", "ledger_period_stays"),
            ("INSERT INTO ledger_period (id, month, state, closed_by, confirmed_by, checks) VALUES (gen_random_uuid(), '2020-01-01', 'closed', 'a', 'b', '[]')", "ledger_period_two"),
        ],
    )  # fmt: skip
    def test_one_person_alone_closes_nothing_whatever_they_write(self, attack, by):
        close_month(last_month(), by=ANNA)

        with pytest.raises(DatabaseError, match="closed") as refused, transaction.atomic():
            ask(attack)

        assert refused.value.__cause__.diag.constraint_name == by

    def test_a_closed_month_is_not_opened_and_not_forgotten(self):
        closed(last_month())

        for attack in (
            "UPDATE ledger_period SET state = 'open'",
            "UPDATE ledger_period SET month = '2001-01-01'",
            "DELETE FROM ledger_period",
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                ask(attack)

    def test_a_month_that_is_not_over_is_not_closed_by_sql_either(self):
        ask(
            "INSERT INTO ledger_period (id, month, state, closed_by, confirmed_by, checks) VALUES (gen_random_uuid(), %s, 'closing', 'a', '', '[]')",
            [clock.now().date().replace(day=1)],
        )
        with pytest.raises(DatabaseError, match="not over"), transaction.atomic():
            ask("UPDATE ledger_period SET state = 'closed', confirmed_by = 'b'")


@pytest.mark.pg15
@pytest.mark.usefixtures("committed")
def test_without_the_trigger_a_back_dated_entry_comes_in(superuser: psycopg.Connection):
    """Guard removal: the trigger, and nothing else, refuses."""
    month = closed(last_month())

    superuser.execute("SAVEPOINT before")
    superuser.execute("SET LOCAL ROLE ef_app")
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        superuser.execute(_RAW, ("back", month + timedelta(days=5)))
    assert refused.value.diag.constraint_name == "ledger_entry_period_closed"
    superuser.execute("ROLLBACK TO before")
    superuser.execute("ALTER TABLE ledger_entry DISABLE TRIGGER day")
    superuser.execute("SET LOCAL ROLE ef_app")
    superuser.execute(_RAW, ("back", month + timedelta(days=5)))

    found = superuser.execute("SELECT booked_on FROM ledger_entry WHERE key = 'back'").fetchone()
    assert found == (month + timedelta(days=5),)
