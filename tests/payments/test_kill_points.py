"""F1, F2: a process dies at every place where money is half moved. Nothing that was acknowledged is lost, nothing happens twice.

What was acknowledged is kept in a file outside the database. A client that got no answer, and one that did, ask again the same way.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections

from everfair.base import failpoints
from everfair.base.failpoints import FAILPOINTS, KILLED, arm, arm_from_environment, failpoint
from everfair.ledger.proofs import prove
from everfair.ledger.sealing import seal
from everfair.payments.rails import client
from tests import cluster
from tests.payments.killing import SCENARIOS, Scenario, Subject
from tests.payments.running_sandbox import API_KEY, SECRET, running_sandbox

ROOT = Path(__file__).resolve().parents[2]
PLACES = [(point, name) for name, scenario in SCENARIOS.items() for point in scenario.points]
AT_ONCE = 3


@pytest.fixture
def sandbox(committed: None, tmp_path: Path, settings: Any) -> Iterator[dict[str, str]]:
    """The payment sandbox as a process of its own; what others must know to reach it."""
    with running_sandbox(tmp_path / "sandbox") as running:
        known = {
            "EVERFAIR_SANDBOX_URL": running.url, "EVERFAIR_SANDBOX_API_KEY": API_KEY, "EVERFAIR_SANDBOX_WEBHOOK_SECRET": SECRET,
            "EVERFAIR_SANDBOX_ACCOUNT": "acct_everfair", "EVERFAIR_SANDBOX_WEBHOOK_URL": "",
        }  # fmt: skip
        settings.PROVIDERS = {"sandbox": known}
        client.cache_clear()
        cache.clear()
        yield known
    client.cache_clear()


def test_every_place_is_tried_and_there_are_at_least_twelve():
    assert sorted(point for point, _name in PLACES) == sorted(FAILPOINTS)
    assert len(PLACES) >= 12


class Acknowledged:
    """The record outside: one line for each answer that a client has seen."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(self, subject: Subject, answer: str) -> None:
        os.write(self.handle, f"{json.dumps([subject['id'], answer])}\n".encode())

    def ids(self) -> set[str]:
        return {json.loads(line)[0] for line in self.file.read_text().splitlines()}


def in_a_child(scenario: Scenario, point: str, first: Subject | None, dies_at: Subject, record: Acknowledged, hard: bool) -> int:
    """Forked from this warm process: does one write and has its answer noted, then begins another and dies at the place."""
    pid = os.fork()
    if pid:
        return pid
    code = 99
    try:
        if hard:
            failpoints.os = _Killing()  # type: ignore[assignment]
        if first is not None:
            record.note(first, scenario.do(first))
        arm(point)
        record.note(dies_at, scenario.do(dies_at))
        code = 0  # it never came by the place
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(code)


class _Killing:
    """Instead of an exit: the kernel ends the process, as `kill -9` does."""

    @staticmethod
    def _exit(_code: int) -> None:
        os.kill(os.getpid(), signal.SIGKILL)
        signal.pause()


def deaths(scenario: Scenario, point: str, count: int, record: Acknowledged, *, hard: bool = False) -> None:
    """So many processes die, a few at a time; then everything is asked for once more and counted."""
    firsts: list[Any] = [None] * count if scenario.costly else scenario.make(count)
    dying = scenario.make(count)
    every = [subject for subject in (*firsts, *dying) if subject is not None]
    connections.close_all()  # no connection is shared with a child
    running: set[int] = set()
    codes = []
    for first, second in zip(firsts, dying, strict=True):
        running.add(in_a_child(scenario, point, first, second, record, hard))
        while len(running) >= (1 if scenario.alone else AT_ONCE):
            codes.append(_wait(running))
    while running:
        codes.append(_wait(running))
    assert set(codes) == {-signal.SIGKILL if hard else KILLED}

    answered = record.ids()
    there = _effects(scenario, firsts, dying)
    assert [one for one in answered if there[one] != 1] == [], "an answer was given and nothing stands"
    assert {n for one, n in there.items() if one not in answered} <= {0, 1}
    for subject in every:
        scenario.do(subject)
    assert set(_effects(scenario, firsts, dying).values()) == {1}, "lost, or done twice"
    seal()
    assert [proof for proof in prove() if proof.breach] == []


def _effects(scenario: Scenario, *subjects: list[Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in subjects:
        if some and some[0] is not None:
            found |= scenario.effects(some)
    return found


def _wait(running: set[int]) -> int:
    pid, status = os.wait()
    running.discard(pid)
    return os.waitstatus_to_exitcode(status)


@pytest.mark.parametrize(("point", "name"), PLACES, ids=[point for point, _name in PLACES])
def test_fifty_processes_die_here_and_nothing_is_lost_or_done_twice(
    point: str, name: str, sandbox: dict[str, str], tmp_path: Path
):
    record = Acknowledged(tmp_path / "acknowledged")

    deaths(SCENARIOS[name], point, 50, record)

    assert len(record.ids()) == (0 if SCENARIOS[name].costly else 50)


@pytest.mark.long
@pytest.mark.parametrize(("point", "name"), PLACES, ids=[point for point, _name in PLACES])
def test_two_hundred_processes_are_killed_here(point: str, name: str, sandbox: dict[str, str], tmp_path: Path):
    deaths(SCENARIOS[name], point, 200, Acknowledged(tmp_path / "acknowledged"), hard=True)


def test_a_real_process_dies_at_every_place(sandbox: dict[str, str], test_database: cluster.TestDatabase, tmp_path: Path):
    """Begun from nothing, with the place in its environment; all of them at once, a few at a time."""
    subjects = {point: SCENARIOS[name].make(1)[0] for point, name in PLACES}
    connections.close_all()
    surroundings = {
        **os.environ, **sandbox, "EVERFAIR_KIND": "test", "EVERFAIR_DATABASE_URL": test_database.app_url, "EVERFAIR_DATA": str(tmp_path),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }  # fmt: skip
    (tmp_path / "static").mkdir()
    codes = {}
    for begin in range(0, len(PLACES), AT_ONCE):
        begun = {}
        for point, name in PLACES[begin : begin + AT_ONCE]:
            command = [sys.executable, "-m", "tests.payments.killing", name, json.dumps(subjects[point])]
            begun[point] = subprocess.Popen(
                command, env={**surroundings, "EVERFAIR_FAILPOINT": point}, cwd=ROOT, stdout=subprocess.PIPE
            )
        for point, process in begun.items():
            said, _nothing = process.communicate(timeout=120)
            codes[point] = (process.returncode, said)

    assert codes == {point: (KILLED, b"") for point, _name in PLACES}
    for point, name in PLACES:
        scenario, subject = SCENARIOS[name], subjects[point]
        assert scenario.effects([subject])[subject["id"]] in (0, 1)
        scenario.do(subject)
        assert scenario.effects([subject]) == {subject["id"]: 1}, point
    seal()
    assert [proof for proof in prove() if proof.breach] == []


@pytest.fixture
def unarmed() -> Iterator[None]:
    yield
    failpoints._armed = None


def test_a_place_does_nothing_unless_it_was_asked_for(unarmed: None):
    failpoint("ledger.after_post")
    arm("ledger.before_post:3")

    failpoint("ledger.after_post")  # another one
    failpoint("ledger.before_post")
    failpoint("ledger.before_post")

    assert failpoints._armed == ("ledger.before_post", 1)


def test_a_place_that_is_not_there_is_refused(unarmed: None):
    with pytest.raises(ValueError, match="no failpoint"):
        arm("ledger.sometimes")


@pytest.mark.parametrize("kind", ["live", "demo"])
def test_nothing_but_a_test_installation_dies_by_its_environment(kind: str, monkeypatch: pytest.MonkeyPatch, unarmed: None):
    monkeypatch.setenv("EVERFAIR_FAILPOINT", "ledger.after_post")

    with pytest.raises(RuntimeError, match="test installations only"):
        arm_from_environment(kind)

    assert failpoints._armed is None
    arm_from_environment("test")
    assert failpoints._armed == ("ledger.after_post", 1)
