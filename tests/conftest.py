"""What every test may ask for: a database with real privileges (`db`), real commits (`committed`), a superuser's session."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import django
import psycopg
import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from hypothesis import HealthCheck, settings
from psycopg.conninfo import conninfo_to_dict
from pytest_django import DjangoDbBlocker

from tests import cluster

_DATA = Path(tempfile.mkdtemp(prefix="everfair-test-data-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "everfair.site.settings")
os.environ["EVERFAIR_KIND"] = "test"
(_DATA / "static").mkdir()  # WhiteNoise warns of a folder that is not there
os.environ["EVERFAIR_DATA"] = str(_DATA)  # files, index and mail of a test run are thrown away
django.setup()

# A password's hash takes a third of a second on purpose: here it is of the same kind and takes none (`real_hashes` has the true cost).
_REAL_COST = {name: getattr(Argon2PasswordHasher, name) for name in ("time_cost", "memory_cost", "parallelism")}
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1

# How long an example takes says how busy the machine is; and our fixtures may be shared by the examples of a test.
settings.register_profile(
    "everfair", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.load_profile("everfair")


def pytest_unconfigure() -> None:
    shutil.rmtree(_DATA, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Downloads are answered by open files that the test client leaves to the collector. A test that imports the server's own door
    (`site/wsgi.py`) would blind all others of its process."""
    from everfair.base.sight import EVERYTHING, sight

    assert sight() == EVERYTHING
    for item in items:
        if "house/matrix" in item.nodeid or "bad_input" in item.nodeid:
            item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))


@pytest.fixture(scope="session")
def test_database(django_db_blocker: DjangoDbBlocker) -> Iterator[cluster.TestDatabase]:
    """This process's own copy of the migrated database, and Django pointed at it as `ef_app`."""
    from django.db import connections

    with cluster.own_copy() as copy:
        with django_db_blocker.unblock():
            connections.close_all()
            _point_django_at(copy)
        yield copy
        with django_db_blocker.unblock():
            connections.close_all()


@pytest.fixture(scope="session")
def django_db_setup(test_database: cluster.TestDatabase) -> None:
    """In place of pytest-django's own: no database is made as the running login, which may not."""


@pytest.fixture
def real_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords cost what they cost everywhere else, for tests of time."""
    for name, value in _REAL_COST.items():
        monkeypatch.setattr(Argon2PasswordHasher, name, value)


@pytest.fixture
def committed(transactional_db: None) -> Iterator[None]:
    """For tests of several sessions or threads: what they write is really committed, and put back afterwards."""
    from django.db import connections

    yield
    connections.close_all()


@pytest.fixture
def superuser(test_database: cluster.TestDatabase) -> Iterator[psycopg.Connection]:
    """A superuser's session for tests that take a guard away. It is not autocommit, and rolled back at the end, so that the
    guard returns: drop it, `SET LOCAL ROLE ef_app`, try what it should have stopped, and look. It waits 5 s for a lock at most:
    a table that the test's own transaction has read cannot be altered from here."""
    with psycopg.connect(test_database.superuser_url, options="-c lock_timeout=5s -c everfair.sees=everything") as session:
        yield session
        session.rollback()


@pytest.fixture(scope="session", autouse=True)
def _restore_instead_of_flush(request: pytest.FixtureRequest) -> Iterator[None]:
    """Django empties tables with TRUNCATE as the running login, which may not: a superuser puts them back instead."""
    from django.db import connections
    from django.test import TransactionTestCase

    def put_back(_: TransactionTestCase) -> None:
        connections.close_all()
        cluster.restore(request.getfixturevalue("test_database"))

    with ExitStack() as undo:
        patch = undo.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(TransactionTestCase, "_fixture_teardown", put_back)
        yield


def _point_django_at(copy: cluster.TestDatabase) -> None:
    from django.db import connections

    os.environ.update(EVERFAIR_DATABASE_URL=copy.app_url, EVERFAIR_OWNER_URL=copy.owner_url)
    parts = conninfo_to_dict(copy.app_url)
    settings = connections.settings["default"]
    settings.update(
        NAME=copy.name,
        USER=parts.get("user", ""),
        PASSWORD=parts.get("password", ""),
        HOST=parts.get("host", ""),
        PORT=str(parts.get("port", "")),
        CONN_MAX_AGE=0,
    )
    # The pool of a dropped database would go on knocking at it, and log that.
    settings["OPTIONS"] = {name: value for name, value in settings.get("OPTIONS", {}).items() if name != "pool"}
    settings.setdefault("TEST", {})["NAME"] = copy.name
