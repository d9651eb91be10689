"""The embedded database: it starts, is found, survives a kill and refuses what it must."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from everfair.site import engine
from everfair.site.engine_places import Person, home_of, keeper_of

PROGRAMS = Path(os.environ["EVERFAIR_TEST_PROGRAMS"]) if "EVERFAIR_TEST_PROGRAMS" in os.environ else None
SOURCE = Path(engine.__file__).resolve().parents[2]


@pytest.fixture
def place() -> Iterator[Path]:
    """A short folder that the engine's system user may enter, as pytest's own temporary folders are closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="ef-"))
    folder.chmod(0o711)
    yield folder
    found = engine.running(folder)
    if found:
        found.stop()
    shutil.rmtree(folder, ignore_errors=True)


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as session:
        row = session.execute(question).fetchone()  # type: ignore[arg-type]
    return row and row[0]


@pytest.mark.pg15
def test_a_new_folder_becomes_a_database_with_three_logins(place: Path) -> None:
    running = engine.start(place, bin_dir=PROGRAMS, durable=False)
    try:
        assert ask(running.app_url, "SELECT current_user") == "ef_app"
        assert ask(running.app_url, "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user") is False
        assert (
            ask(running.owner_url, "SELECT datdba::regrole::text FROM pg_database WHERE datname = current_database()")
            == "ef_owner"
        )
        assert ask(running.superuser_url, "SHOW listen_addresses") == ""
        with psycopg.connect(running.owner_url) as session:
            session.execute("CREATE TABLE thing (id bigint GENERATED ALWAYS AS IDENTITY, word text)")
        with psycopg.connect(running.app_url) as app:
            app.execute("INSERT INTO thing (word) VALUES ('a')")
        with psycopg.connect(running.app_url) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DROP TABLE thing")
        assert ask(running.url("ef_read"), "SELECT word FROM thing") == "a"
        with psycopg.connect(running.url("ef_read")) as reader, pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("DELETE FROM thing")
    finally:
        running.stop()


def test_the_socket_folder_is_closed_to_everybody_else(place: Path) -> None:
    running = engine.start(place, durable=False)
    try:
        assert running.socket_dir.stat().st_mode & 0o077 == 0
    finally:
        running.stop()


def test_what_was_committed_is_there_after_a_stop(place: Path) -> None:
    running = engine.start(place)
    with psycopg.connect(running.owner_url) as owner:
        owner.execute("CREATE TABLE thing AS SELECT 42 AS n")
    began_s = time.monotonic()
    running.stop()
    assert time.monotonic() - began_s < 5

    running = engine.start(place)
    try:
        assert ask(running.app_url, "SELECT n FROM thing") == 42
    finally:
        running.stop()
    assert engine.running(place) is None


def test_a_killed_server_comes_back_with_everything_committed(place: Path) -> None:
    running = engine.start(place)
    with psycopg.connect(running.owner_url) as owner:
        owner.execute("CREATE TABLE thing AS SELECT generate_series(1, 20000) AS n")
    # Sessions that are at work when it happens keep the shared memory for a moment.
    busy = [psycopg.connect(running.app_url) for _ in range(4)]
    os.kill(running.pid, signal.SIGKILL)
    assert running.process is not None
    running.process.wait()
    assert not running.is_running()
    running.stop()

    again = engine.start(place)
    try:
        assert again.pid != running.pid
        assert ask(again.app_url, "SELECT count(*) FROM thing") == 20000
    finally:
        again.stop()
        for session in busy:
            session.close()


def test_a_second_start_on_the_same_folder_is_refused(place: Path) -> None:
    running = engine.start(place, durable=False)
    try:
        with pytest.raises(engine.EngineError, match=r"in use by another Everfair.*--data"):
            engine.start(place)
        assert ask(running.app_url, "SELECT 1") == 1
    finally:
        running.stop()


def test_a_folder_with_a_very_long_path_works(place: Path) -> None:
    deep = place / ("long-" * 18) / ("path-" * 18)

    running = engine.start(deep, durable=False)
    try:
        assert len(os.fsencode(running.socket_dir)) <= 90
        assert ask(running.app_url, "SELECT 1") == 1
    finally:
        running.stop()
        shutil.rmtree(running.socket_dir, ignore_errors=True)


def test_a_folder_with_a_comma_and_a_space_in_its_name_works(place: Path) -> None:
    running = engine.start(place / "a, b 100%", durable=False)
    try:
        assert ask(running.app_url, "SELECT 1") == 1
    finally:
        running.stop()
        shutil.rmtree(running.socket_dir, ignore_errors=True)


def test_an_interrupted_first_start_is_begun_again(place: Path) -> None:
    (place / "database.new").mkdir()
    (place / "database.new" / "PG_VERSION").write_text("18\n")

    running = engine.start(place, durable=False)
    running.stop()

    assert (place / "database" / "PG_VERSION").exists()
    assert not (place / "database.new").exists()


def test_a_stale_pid_file_does_not_look_like_a_running_server(place: Path) -> None:
    running = engine.start(place, durable=False)
    running.stop()
    lines = [str(os.getpid()), str(place / "database"), "0", "5432", str(place / "socket"), "", "0 0", "ready"]
    (place / "database" / "postmaster.pid").write_text("\n".join(lines) + "\n")

    assert engine.running(place) is None


def test_the_server_ends_with_the_process_that_started_it(place: Path) -> None:
    program = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom everfair.site import engine\n"
        "running = engine.start(Path(sys.argv[1]), durable=False)\nprint(running.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, str(place)], env={**os.environ, "PYTHONPATH": str(SOURCE)}, capture_output=True, text=True
    )
    pid = int(said.stdout)

    deadline_s = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline_s:
        time.sleep(0.05)
    assert engine.running(place) is None
    again = engine.start(place, durable=False)  # nothing stands in the way
    again.stop()


def test_a_setting_the_server_does_not_know_is_named_in_the_refusal(place: Path) -> None:
    with pytest.raises(engine.EngineError, match="no_such_setting"):
        engine.start(place, durable=False, extra_settings={"no_such_setting": "1"})


def test_a_cluster_of_another_version_is_refused_in_one_sentence(place: Path) -> None:
    running = engine.start(place, durable=False)
    running.stop()
    (place / "database" / "PG_VERSION").write_text("14\n")

    with pytest.raises(engine.EngineError, match=r"made by PostgreSQL 14.*backup"):
        engine.start(place)


def test_the_roles_can_be_made_twice(place: Path) -> None:
    running = engine.start(place, durable=False)
    try:
        engine.run_sql(running.url(engine.SUPERUSER, "postgres"), engine.database_roles_sql(), programs=running.programs)
    finally:
        running.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the database a system user")
def test_root_keeps_the_cluster_out_of_a_folder_its_user_cannot_enter(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)

    running = engine.start(closed / "var", durable=False)
    try:
        assert closed not in running.cluster.parents
        assert running.cluster.stat().st_uid != 0
        assert str(running.cluster.parent) in (closed / "var" / "database-is-elsewhere.txt").read_text()
    finally:
        running.stop()
        shutil.rmtree(running.cluster.parent)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the database a system user")
def test_programs_in_a_closed_folder_are_copied_with_their_libraries(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    installed = engine.bin_dir().parent
    package = installed.parent
    libraries = package.parent / f"{package.name}.libs"
    if not libraries.is_dir():
        pytest.skip("the programs here do not come from the wheel")
    shutil.copytree(installed, closed / package.name / installed.name, symlinks=True)
    shutil.copytree(libraries, closed / libraries.name, symlinks=True)

    running = engine.start(place / "data", bin_dir=closed / package.name / installed.name / "bin", durable=False)
    try:
        assert closed not in running.programs.parents
        assert ask(running.app_url, "SELECT 1") == 1
    finally:
        running.stop()
        shutil.rmtree(running.programs.parents[2])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the database a user")
def test_who_made_the_database_goes_on_with_it(place: Path) -> None:
    made_by = pwd.getpwnam("nobody")
    (place / "database").mkdir()
    (place / "database" / "PG_VERSION").touch()
    os.chown(place / "database", made_by.pw_uid, made_by.pw_gid)
    place.chmod(0o700)
    lent = Person("everfair", 12345, 12345)

    assert keeper_of(place / "database", lent) == Person("nobody", made_by.pw_uid, made_by.pw_gid)
    assert home_of(place, lent) == place, "a new empty database elsewhere would take its place"
