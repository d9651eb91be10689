"""What a pooled session keeps, and when one is taken for dead."""

import os
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime

import pytest
from django.db import DataError, connection

from everfair.base.postgresql.base import DatabaseWrapper

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pooled() -> Iterator[DatabaseWrapper]:
    """A second way to the same database, by a pool of one session."""
    settings = deepcopy(connection.settings_dict)
    settings["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 1, "timeout": 10}
    settings |= {"CONN_HEALTH_CHECKS": False, "CONN_MAX_AGE": 0}
    here = DatabaseWrapper(settings, alias="pooled")
    yield here
    here.close()
    here.close_pool()


def asked(here: DatabaseWrapper, sql: str) -> list[tuple[object, ...]]:
    with here.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_the_session_of_one_request_serves_the_next(pooled):
    [(first,)] = asked(pooled, "SELECT pg_backend_pid()")
    pooled.close()
    [(second,)] = asked(pooled, "SELECT pg_backend_pid()")

    assert second == first


def test_a_session_that_the_server_ended_is_not_handed_out(pooled):
    [(first,)] = asked(pooled, "SELECT pg_backend_pid()")
    pooled.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [first])

    [(second,)] = asked(pooled, "SELECT pg_backend_pid()")

    assert second != first


def test_statements_stay_prepared_after_a_refusal(pooled):
    for _ in range(5):
        asked(pooled, "SELECT 1 AS told_often")
    pooled.set_autocommit(False)
    asked(pooled, "SELECT 1 AS told_often")
    pooled.rollback()
    pooled.set_autocommit(True)
    before = asked(pooled, "SELECT name FROM pg_prepared_statements WHERE statement LIKE '%told_often' ORDER BY 1")

    asked(pooled, "SELECT 1 AS told_often")

    [(runs,)] = asked(
        pooled, "SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement = 'SELECT 1 AS told_often'"
    )
    assert len(before) == 1
    assert runs == 4  # from the fourth time on it is prepared: twice before the refusal, the refused one, and the last


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23 14:41:33+00", datetime(2026, 11, 23, 14, 41, 33, tzinfo=UTC)),
        ("2026-11-23 14:41:33.1+00", datetime(2026, 11, 23, 14, 41, 33, 100_000, tzinfo=UTC)),
        ("2026-11-23 14:41:33.000001+05:30", datetime(2026, 11, 23, 9, 11, 33, 1, tzinfo=UTC)),
        ("0001-01-01 00:00:00+00", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_to_the_microsecond_in_our_own_zone(pooled, text, moment):
    [(read,)] = asked(pooled, f"SELECT timestamptz '{text}'")

    assert (read, read.tzinfo) == (moment, UTC)


@pytest.mark.parametrize("text", ["infinity", "0044-03-15 12:00:00+00 BC", "12026-01-01 00:00:00+00"])
def test_a_moment_that_python_does_not_know_is_refused_not_guessed(pooled, text):
    with pytest.raises(DataError):
        asked(pooled, f"SELECT timestamptz '{text}'")


def test_who_makes_tables_prepares_nothing():
    """A statement that was prepared before speaks of the tables of then."""
    settings = subprocess.run(
        [
            sys.executable,
            "-c",
            "from everfair.site.settings import DATABASES; print(DATABASES['default']['OPTIONS']['prepare_threshold'])",
        ],
        env=os.environ | {"EVERFAIR_AS_OWNER": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert settings.stdout.strip() == "None"
