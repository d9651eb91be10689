"""The supervisor with tiny children of its own: what it restarts, refuses and leaves behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import everfair.site
from everfair.site.supervisor import CannotRun, Supervisor, end_marked

SOURCE = Path(everfair.site.__file__).resolve().parents[2]

# A supervisor in a process of its own, with the table given as JSON: name, program text.
HOUSE = """
import json, sys
from pathlib import Path
from everfair.site.supervisor import CannotRun, Child, Supervisor
house = Supervisor(Path(sys.argv[1]), say=lambda line: print(line, flush=True))
try:
    house.take_data("http://localhost:1")
except CannotRun as refusal:
    print(refusal, flush=True); sys.exit(2)
house.listen_to_signals()
table = [Child(name, [sys.executable, "-c", text]) for name, text in json.loads(sys.argv[2])]
sys.exit(house.run(table, announce=lambda: print("open", flush=True)))
"""
SLEEPER = "import os, time; open({file!r}, 'a').write(f'{{os.getpid()}}\\n'); time.sleep(600)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SLEEPER


class House:
    def __init__(self, data: Path, table: list[tuple[str, str]]) -> None:
        self.data = data
        command = [sys.executable, "-c", HOUSE, str(data), json.dumps(table)]
        self.process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(SOURCE)}, stdout=subprocess.PIPE, text=True)

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@pytest.fixture
def houses(tmp_path: Path) -> Iterator[list[House]]:
    begun: list[House] = []
    yield begun
    for house in begun:
        house.process.kill()
        house.process.communicate()
        file = house.data / "up.json"
        if file.exists() and file.read_text():
            end_marked(json.loads(file.read_text())["mark"])


def pids(file: Path, count: int) -> list[int]:
    """The numbers the sleepers wrote, once there are so many."""
    deadline_s = time.monotonic() + 15
    while time.monotonic() < deadline_s:
        found = [int(line) for line in file.read_text().split()] if file.exists() else []
        if len(found) >= count:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{file} has not {count} lines")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pid: int, within_s: float = 5.0) -> bool:
    deadline_s = time.monotonic() + within_s
    while alive(pid) and time.monotonic() < deadline_s:
        time.sleep(0.02)
    return not alive(pid)


def test_sigterm_stops_everything_within_five_seconds_though_a_child_will_not(tmp_path: Path, houses: list[House]) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    house = House(tmp_path / "data", [("web", STUBBORN.format(file=str(bad))), ("worker", SLEEPER.format(file=str(good)))])
    houses.append(house)
    [stubborn], [sleeper] = pids(bad, 1), pids(good, 1)

    began_s = time.monotonic()
    house.process.send_signal(signal.SIGTERM)
    code = house.process.wait(10)

    assert time.monotonic() - began_s < 5
    assert code == 0
    assert gone(stubborn, 0.5)
    assert gone(sleeper, 0.5)


def test_children_are_stopped_in_the_order_of_the_table(tmp_path: Path, houses: list[House]) -> None:
    file = tmp_path / "order"
    text = (
        "import signal, sys, time\n"
        "def end(*_):\n    open({file!r}, 'a').write({name!r} + '\\n'); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end); open({file!r} + {name!r}, 'w').write('1 '); time.sleep(600)"
    )
    names = ["web", "worker", "sandbox"]
    house = House(tmp_path / "data", [(name, text.format(file=str(file), name=name)) for name in names])
    houses.append(house)
    for name in names:
        pids(Path(str(file) + name), 1)

    house.process.send_signal(signal.SIGINT)
    house.process.wait(10)

    assert file.read_text().split() == names


def test_a_killed_child_is_started_again(tmp_path: Path, houses: list[House]) -> None:
    file = tmp_path / "pids"
    house = House(tmp_path / "data", [("worker", SLEEPER.format(file=str(file)))])
    houses.append(house)
    [first] = pids(file, 1)

    os.kill(first, signal.SIGKILL)

    second = pids(file, 2)[1]
    assert second != first
    assert alive(second)
    assert house.line() == "open"
    assert house.line() == "The worker ended (signal SIGKILL) and is started again."


def test_what_a_dead_child_started_does_not_outlive_it(tmp_path: Path, houses: list[House]) -> None:
    file = tmp_path / "pids"
    parent = (
        "import os, subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(file)!r}, 'a').write(f'{{os.getpid()}} {{child.pid}}\\n'); time.sleep(600)"
    )
    houses.append(House(tmp_path / "data", [("web", parent)]))
    mother, daughter = pids(file, 2)

    os.kill(mother, signal.SIGKILL)

    assert gone(daughter)


def test_a_child_that_never_really_starts_ends_it_all_with_its_last_words(tmp_path: Path, houses: list[House]) -> None:
    file = tmp_path / "pids"
    house = House(
        tmp_path / "data", [("worker", SLEEPER.format(file=str(file))), ("web", "raise SystemExit('the port is not mine')")]
    )
    houses.append(house)

    assert house.process.wait(20) == 1
    said = house.process.stdout.read() if house.process.stdout else ""
    assert "The web ended 4 times right after its start: the port is not mine (more in " in said
    assert gone(pids(file, 1)[0], 0.5)


def test_a_second_one_on_the_same_folder_is_refused_and_the_first_goes_on(tmp_path: Path, houses: list[House]) -> None:
    file = tmp_path / "pids"
    houses.append(House(tmp_path / "data", [("worker", SLEEPER.format(file=str(file)))]))
    [first] = pids(file, 1)

    second = House(tmp_path / "data", [])
    houses.append(second)

    assert second.process.wait(10) == 2
    assert second.line() == (
        f"Everfair already runs on {tmp_path / 'data'} (process {houses[0].process.pid}, http://localhost:1): "
        "stop that one, or choose another folder with --data."
    )
    assert alive(first)


def test_children_of_a_killed_supervisor_end_with_it(tmp_path: Path, houses: list[House]) -> None:
    file = tmp_path / "pids"
    houses.append(House(tmp_path / "data", [("worker", SLEEPER.format(file=str(file)))]))
    [child] = pids(file, 1)

    houses[0].process.kill()

    assert gone(child)


def test_the_next_start_ends_what_a_killed_supervisor_left(tmp_path: Path, houses: list[House]) -> None:
    file = tmp_path / "pids"
    houses.append(House(tmp_path / "data", [("web", STUBBORN.format(file=str(file)))]))
    [orphan] = pids(file, 1)
    houses[0].process.kill()
    houses[0].process.wait()
    assert alive(orphan)  # it does not listen to SIGTERM

    houses.append(House(tmp_path / "data", [("web", SLEEPER.format(file=str(file)))]))

    assert houses[1].line() == "open"
    assert gone(orphan, 0.5)
    assert alive(pids(file, 2)[1])


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(CannotRun, match=r"cannot be written .*--data"):
        Supervisor(tmp_path / "file" / "var").take_data("http://localhost:1")


def test_a_failed_step_is_told_with_its_last_line(tmp_path: Path) -> None:
    house = Supervisor(tmp_path / "data")
    house.take_data("http://localhost:1")

    with pytest.raises(CannotRun, match=r"A step of the start failed: no such table \(more in .*setup\.log\)"):
        house.run_step([sys.executable, "-c", "raise SystemExit('first line\\nno such table')"], dict(os.environ))
    house.stop()
