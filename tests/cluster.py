"""The database the tests run on: one throw-away server, one migrated template, one copy for each pytest process.

The server is shared by the pytest runs of this checkout and left running between runs; it forgets everything at a crash
(fsync off), so a server that will not start again is thrown away and made anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from everfair.site import engine

ROOT = Path(__file__).resolve().parents[1]
_BEGUN: list[engine.Engine] = []
KEPT_TEMPLATES = 4  # several people with different migrations may share one server
PUBLIC_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
MIGRATING_PACKAGES = ("Django", "django-allauth", "procrastinate")


@dataclass(frozen=True, slots=True)
class TestDatabase:
    """One pytest process's own copy of the migrated template; `first_xid` marks what was written since it was made."""

    name: str
    superuser_url: str
    owner_url: str
    app_url: str
    first_xid: int


def folder() -> Path:
    """Where the server lives; `bin/test` names its own place, so that it can stop it at the end.

    Of several pytest processes at once each has its own: a transaction that one leaves open for long would hide events from
    the cursors of the other, for a snapshot's oldest transaction is the whole server's.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    return _place(f"-{worker}" if worker else "")


def _place(suffix: str) -> Path:
    named = os.environ.get("EVERFAIR_TEST_CLUSTER")
    if named:
        return Path(named + suffix)
    key = hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:8]
    return Path(tempfile.gettempdir()) / f"everfair-test-{os.geteuid()}-{key}{suffix}"


def server_url() -> str:
    """A superuser's address of the test server, started now if need be; EVERFAIR_TEST_DATABASE_URL may name another server."""
    given = os.environ.get("EVERFAIR_TEST_DATABASE_URL")
    if given:
        return given
    place = folder()
    with _one_at_a_time(place.with_name(place.name + ".lock")):
        found = engine.running(place)
        if found is None:
            programs = os.environ.get("EVERFAIR_TEST_PROGRAMS")
            settings = {"max_connections": "200", "autovacuum": "off", "max_wal_size": "2GB", "shared_buffers": "256MB"}

            def begin() -> engine.Engine:
                own = Path(programs) if programs else None
                return engine.start(place, bin_dir=own, durable=False, extra_settings=settings, detached=True)

            try:
                found = begin()
            except engine.EngineError:
                shutil.rmtree(place, ignore_errors=True)  # without fsync a crash may leave it broken
                found = begin()
            _BEGUN.append(found)  # a process object that is dropped while its process runs on warns, and a warning is an error
            if found.lock is not None:
                found.lock.close()  # it is nobody's: whoever comes next shares it
        return found.url(engine.SUPERUSER, "postgres")


def stop() -> None:
    """End the servers of this place and forget what they held."""
    first = _place("")
    for place in (first, *first.parent.glob(f"{first.name}-gw*")):
        if place.is_dir():
            _stop(place)


def _stop(place: Path) -> None:
    with _one_at_a_time(place.with_name(place.name + ".lock")):
        found = engine.running(place)
        if found is not None:
            found.stop()
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def own_copy() -> Iterator[TestDatabase]:
    """A fresh copy of the migrated template for this process; dropped at the end."""
    server = server_url()
    template = _template(server)
    name = f"test_{os.getpid()}_{uuid.uuid4().hex[:6]}"
    with psycopg.connect(server, autocommit=True) as session:
        words = map(sql.Identifier, (name, engine.OWNER, template))
        session.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(*words))
        row = session.execute("SELECT pg_current_xact_id()::xid::text::bigint").fetchone()
    assert row is not None
    copy = TestDatabase(name, *(_login(server, who, name) for who in ("", engine.OWNER, engine.WRITER)), first_xid=row[0])
    try:
        yield copy
    finally:
        with psycopg.connect(server, autocommit=True) as session:
            session.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def restore(copy: TestDatabase) -> None:
    """Put every table back to what the migrations left: rows that a test committed go, rows it changed or removed return.

    Runs as superuser with triggers off, because insert-only tables refuse to be emptied by anybody else. Sessions a test left
    open are ended first, for they may hold locks.
    """
    with psycopg.connect(copy.superuser_url) as session:
        session.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        session.execute("SET LOCAL session_replication_role = replica")
        kept = {name for (name,) in session.execute("SELECT relname FROM pg_class WHERE relnamespace = 'pristine'::regnamespace")}
        empty = [name for (name,) in session.execute(PUBLIC_TABLES) if name not in kept]
        if empty:
            question = sql.SQL(" UNION ALL ").join(
                sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM public.{})").format(sql.Literal(name), sql.Identifier(name))
                for name in empty
            )
            for (name,) in session.execute(question).fetchall():
                session.execute(sql.SQL("DELETE FROM public.{}").format(sql.Identifier(name)))
        for name in sorted(kept):
            table = sql.Identifier(name)
            changed = session.execute(
                sql.SQL(
                    "SELECT count(*) FILTER (WHERE xmin::text::bigint >= %s) > 0"
                    " OR count(*) <> (SELECT count(*) FROM pristine.{}) FROM public.{}"
                ).format(table, table),
                (copy.first_xid,),
            ).fetchone()
            if changed and changed[0]:
                columns = sql.SQL(", ").join(
                    sql.Identifier(column)
                    for (column,) in session.execute(
                        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass"
                        " AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
                        (f'public."{name}"',),
                    )
                )
                session.execute(sql.SQL("DELETE FROM public.{}").format(table))
                session.execute(
                    sql.SQL("INSERT INTO public.{} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM pristine.{}").format(
                        table, columns, columns, table
                    )
                )


def _template(server: str) -> str:
    """The name of a database with every migration applied; made once for each state of the migration files."""
    mark = _migrations_mark()
    name = f"template_{mark}"
    place = folder()
    with _one_at_a_time(place.with_name(f"{place.name}-template.lock")), psycopg.connect(server, autocommit=True) as session:
        _sweep(session)
        if session.execute("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", (name,)).fetchone():
            return name
        session.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        engine.run_sql(server, engine.database_roles_sql(name), programs=_psql_programs())
        password = conninfo_to_dict(server).get("password")
        if password:  # a server that asks for one: its logins share the superuser's while tests run
            for login in (engine.OWNER, engine.WRITER, engine.READER):
                session.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(login), sql.Literal(password)))
        _migrate(_login(server, engine.OWNER, name), _login(server, engine.WRITER, name))
        with psycopg.connect(_login(server, "", name)) as inside:
            _keep_pristine(inside)
        session.execute(sql.SQL("ALTER DATABASE {} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false").format(sql.Identifier(name)))
    return name


def _migrate(owner_url: str, app_url: str) -> None:
    with tempfile.TemporaryDirectory(prefix="everfair-migrate-") as data:
        surroundings = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "everfair.site.settings"),
            "EVERFAIR_KIND": "test",
            "EVERFAIR_AS_OWNER": "1",
            "EVERFAIR_OWNER_URL": owner_url,
            "EVERFAIR_DATABASE_URL": app_url,
            "EVERFAIR_DATA": data,
            "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH")])),
        }
        command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0", "--no-input", "--skip-checks"]
        done = subprocess.run(command, env=surroundings, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"The migrations do not apply to an empty database:\n{(done.stderr or done.stdout)[-4000:]}")


def _keep_pristine(session: psycopg.Connection) -> None:
    """Remember the rows that migrations put into tables, so that `restore` can tell and undo what a test did to them."""
    session.execute("CREATE SCHEMA pristine")
    for (name,) in session.execute(PUBLIC_TABLES).fetchall():
        table = sql.Identifier(name)
        full = session.execute(sql.SQL("SELECT EXISTS (SELECT FROM public.{})").format(table)).fetchone()
        if full and full[0]:
            session.execute(sql.SQL("CREATE TABLE pristine.{} AS TABLE public.{}").format(table, table))


def _sweep(session: psycopg.Connection) -> None:
    """Drop the copies of pytest processes that are gone, and the oldest templates."""
    for (name,) in session.execute("SELECT datname FROM pg_database WHERE datname ~ '^test_[0-9]+_'").fetchall():
        if not Path(f"/proc/{name.split('_')[1]}").exists():
            with suppress(psycopg.Error):
                session.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    old = session.execute(
        "SELECT datname FROM pg_database WHERE datname ~ '^template_' AND datistemplate ORDER BY oid DESC OFFSET %s",
        (KEPT_TEMPLATES,),
    ).fetchall()
    for (name,) in old:
        with suppress(psycopg.Error):
            session.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE false").format(sql.Identifier(name)))
            session.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _migrations_mark() -> str:
    digest = hashlib.sha256((engine.database_roles_sql() + os.environ.get("DJANGO_SETTINGS_MODULE", "")).encode())
    for file in sorted((ROOT / "src" / "everfair").glob("*/migrations/**/*")):
        if file.is_file() and file.suffix != ".pyc":
            digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    for package in MIGRATING_PACKAGES:
        with suppress(PackageNotFoundError):
            digest.update(f"{package}={version(package)}".encode())
    return digest.hexdigest()[:12]


def _login(server: str, login: str, database: str) -> str:
    """The same server's address for another login ("" keeps the superuser) and database, as a URL."""
    parts = conninfo_to_dict(server)
    user, password = login or str(parts["user"]), parts.get("password")
    name = quote(user, safe="") + (f":{quote(str(password), safe='')}" if password else "")
    where = urlencode({key: value for key in ("host", "port") if (value := parts.get(key))}, safe="/")
    return f"postgresql://{name}@/{quote(database, safe='')}?{where}"


def _psql_programs() -> Path | None:
    try:
        return engine.bin_dir()
    except engine.EngineError:
        return None


@contextmanager
def _one_at_a_time(lock: Path) -> Iterator[None]:
    with lock.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":  # `python -m tests.cluster stop`, for bin/test
    {"stop": stop, "start": lambda: print(server_url())}[sys.argv[1]]()
