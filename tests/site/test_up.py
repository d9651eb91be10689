"""`bin/up` and the command line as people use them: processes of their own, a folder of their own, a real database."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from click.testing import CliRunner

from everfair.base.money import Money
from everfair.ledger.values import Transfer, clearing, wallet
from everfair.site import engine
from everfair.site.cli.surroundings import made_secrets
from everfair.site.cli.table import COMMANDS, everfair
from everfair.site.supervisor import end_marked
from tests.ledger.books import post_raw

ROOT = Path(engine.__file__).resolve().parents[3]
CLI = [sys.executable, "-m", "everfair.site.cli"]


def surroundings() -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("EVERFAIR_", "DJANGO_"))}
    return {**clean, "PYTHONPATH": str(ROOT / "src")}


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*CLI, *words], env=surroundings(), cwd=ROOT, capture_output=True, text=True)


def four_free_ports() -> int:
    for first in range(20000 + os.getpid() % 10000, 65000, 4):
        try:
            for port in range(first, first + 4):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise AssertionError("no four free ports")


@pytest.fixture
def place() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="ef-up-"))
    folder.chmod(0o711)
    yield folder
    for file in folder.glob("*/up.json"):
        with open(file) as written:
            left = json.loads(written.read() or "{}")
        end_marked(left.get("mark", "none"))
        found = engine.running(file.parent)
        if found:
            found.stop()
    shutil.rmtree(folder, ignore_errors=True)


class Installation:
    def __init__(self, data: Path, port: int) -> None:
        self.data, self.port = data, port
        self.errors = (data.parent / "said.txt").open("a+")
        command = [*CLI, "up", "--empty", "--port", str(port), "--data", str(data)]
        self.process = subprocess.Popen(
            command, env=surroundings(), cwd=ROOT, stdout=subprocess.PIPE, stderr=self.errors, text=True
        )

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()
        self.errors.close()

    def line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        assert line, f"it said: {(self.data.parent / 'said.txt').read_text()}"
        return line

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return bool(json.load(answer)["ready"])
        except (OSError, urllib.error.URLError):
            return False

    def wait_until_ready(self) -> None:
        deadline_s = time.monotonic() + 30
        while not self.ready():
            assert time.monotonic() < deadline_s, (self.data.parent / "said.txt").read_text()
            time.sleep(0.1)

    def pid_of(self, words: str) -> int:
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if parent == self.process.pid and words in command:
                    return int(folder.name)
        raise AssertionError(f"no child of the supervisor is {words}")


def test_an_installation_is_made_survives_every_kill_and_stops_in_time(place: Path) -> None:
    port = four_free_ports()
    first = Installation(place / "var", port)
    try:
        assert re.match(rf"Everfair is open at http://localhost:{port}  \(.+\)", first.line())
        assert first.ready()

        for victim in ("granian", "site.cli worker", "payments.sandbox", "logistics.sandbox", "postgres -D"):
            os.kill(first.pid_of(victim), signal.SIGKILL)
            time.sleep(1)
            first.wait_until_ready()

        second = subprocess.run(
            [*CLI, "up", "--data", str(first.data)], env=surroundings(), cwd=ROOT, capture_output=True, text=True
        )
        assert second.returncode == 2
        assert second.stderr.startswith(
            f"Everfair already runs on {first.data} (process {first.process.pid}, http://localhost:{port})"
        )
        assert second.stderr.count("\n") == 1
    finally:
        first.close()

    again = Installation(place / "var", port)
    try:
        again.line()
        assert again.ready()
        said = (place / "said.txt").read_text()
        assert said.count("Bringing the tables up to date") == 1  # what is unchanged is not done again
        assert said.count("Collecting static files") == 1
    finally:
        began_s = time.monotonic()
        again.process.send_signal(signal.SIGINT)
        code = again.process.wait(10)
        took_s = time.monotonic() - began_s
        again.close()
    assert (code, took_s < 5) == (0, True)
    assert engine.running(again.data) is None
    assert not again.ready()


def test_a_taken_port_is_one_sentence_with_the_mend(place: Path) -> None:
    port = four_free_ports()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()

        done = run("up", "--port", str(port), "--data", str(place / "var"))

    assert done.returncode == 2
    assert done.stderr == f"Port {port} is taken by another program: choose another with --port {port + 10}.\n"


def test_half_of_an_outside_database_is_refused(place: Path) -> None:
    env = {**surroundings(), "EVERFAIR_DATABASE_URL": "postgresql://ef_app@/everfair"}

    done = subprocess.run([*CLI, "up", "--data", str(place / "var")], env=env, capture_output=True, text=True)

    assert done.returncode == 2
    assert done.stderr.startswith("EVERFAIR_OWNER_URL is missing: ")


def test_an_old_python_is_refused_in_one_sentence(place: Path) -> None:
    copy = place / "clone"
    for name in ("bin", "requirements"):
        shutil.copytree(ROOT / name, copy / name)
    tools = place / "tools"
    tools.mkdir()
    for name in ("sh", "dirname", "cat", "cksum", "env"):
        found = shutil.which(name)
        assert found
        (tools / name).symlink_to(found)
    (tools / "python3").write_text("#!/bin/sh\nexit 1\n")  # what an old one answers to the question for its version
    (tools / "python3").chmod(0o755)

    done = subprocess.run(["sh", str(copy / "bin" / "up")], env={"PATH": str(tools)}, capture_output=True, text=True)

    assert done.returncode == 2
    assert done.stderr.startswith("Everfair needs Python 3.11 or later: ")


def test_secrets_are_made_once_and_are_nobody_elses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("EVERFAIR_S", "EVERFAIR_CARRIER_S")):
            monkeypatch.delenv(name)

    first, second = made_secrets(tmp_path), made_secrets(tmp_path)

    assert first == second
    assert len(set(first.values())) == len(first) == 11
    assert first["EVERFAIR_SANDBOX_WEBHOOK_SECRET"].startswith("whsec_")
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "secrets").iterdir()} == {0o600}
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does_in_one_sentence(name: str) -> None:
    done = CliRunner().invoke(everfair, ["--help"])
    sentence = COMMANDS[name][1]

    assert done.exit_code == 0
    assert re.search(rf"^  {name} ", done.output, re.MULTILINE)
    assert sentence.endswith(".")
    if name != "manage":  # it hands --help on to Django
        assert CliRunner().invoke(everfair, [name, "--help"]).exit_code == 0


def test_the_roles_are_printed_for_a_dba() -> None:
    done = CliRunner().invoke(everfair, ["database-roles"])

    assert done.output == engine.database_roles_sql()


def test_a_backup_comes_back_whole_with_its_privileges_and_a_damaged_one_does_not(place: Path) -> None:
    def command(data: str, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*CLI, "--data", str(place / data), *words], env=surroundings(), cwd=ROOT, capture_output=True, text=True
        )

    (place / "one" / "files").mkdir(parents=True)
    (place / "one").chmod(0o711)
    (place / "one" / "files" / "picture").write_bytes(b"\x00picture")
    made = command("one", "migrate")
    assert made.returncode == 0, made.stderr
    running = engine.start(place / "one")
    with psycopg.connect(running.app_url) as session:
        post_raw(session, "s1", Transfer(clearing("sandbox", "USD"), wallet(UUID(int=7), "USD"), Money(800, "USD")))
    running.stop()

    done = command("one", "backup", str(place / "kept"), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["files"] == 1

    back = command("two", "restore", str(place / "kept"))
    assert back.returncode == 0, back.stderr
    assert "BROKEN" not in back.stdout
    signed = json.loads((place / "kept" / "checkpoint.json").read_text())
    assert f"The books are those of the checkpoint of {signed['at']} (seal 1).\n" in back.stderr
    [lines] = (place / "two" / "checkpoints").iterdir()
    assert [(line["seq"], line["restored"]) for line in map(json.loads, lines.read_text().splitlines())] == [(2, True)]
    assert (place / "two" / "files" / "picture").read_bytes() == b"\x00picture"
    grants = """
        SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')
        UNION ALL SELECT proname, proacl::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT nspname, nspacl::text FROM pg_namespace WHERE nspname = 'public'
        UNION ALL SELECT 'default ' || defaclobjtype::text, defaclacl::text FROM pg_default_acl ORDER BY 1, 2"""
    found = []
    for data in ("one", "two"):
        running = engine.start(place / data)
        with psycopg.connect(running.app_url) as session:
            found.append(session.execute(grants).fetchall())
        running.stop()
    assert found[0] == found[1]
    assert ("ledger_transfer",) in [row[:1] for row in found[1]]

    assert command("two", "restore", str(place / "kept")).stderr.startswith("The installation is not empty: ")
    with (place / "kept" / "files" / "picture").open("ab") as file:
        file.write(b"x")
    damaged = command("two", "restore", "--force", str(place / "kept"))
    assert damaged.returncode == 2
    assert damaged.stderr == "The backup is damaged: files/picture is not what was written. Take another one.\n"
