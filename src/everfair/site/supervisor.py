"""Keeps the processes of one installation running, and stops them in order.

It stays small (no Django here: whatever needs it is a process of its own), knows its children from a table, restarts what dies,
and leaves nothing behind: children end with it, and the next start ends what a killed supervisor left.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

RUN_MARK = "EVERFAIR_RUN"  # in every child's environment: how a later start knows an orphan
EARLY_S = 10.0  # a child that ends sooner than this did not really start
EARLY_DEATHS = 4
LONGEST_PAUSE_S = 30.0
LOG_BYTES = 20_000_000


class CannotRun(Exception):
    """One sentence, with the mend."""


@dataclass(frozen=True, slots=True)
class Child:
    """One line of the process table. Stopped in the order of the table; `patience_s` is how long it may take to end by itself."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    patience_s: float = 1.2


class Database(Protocol):
    """What the supervisor needs of the embedded database; an outside one is None."""

    def is_running(self) -> bool: ...
    def stop(self, timeout_s: float = ...) -> None: ...


@dataclass(slots=True)
class _Run:
    child: Child
    process: subprocess.Popen[bytes] | None = None
    started_s: float = 0.0
    early_deaths: int = 0
    pause_s: float = 0.5
    next_start_s: float = 0.0


class Supervisor:
    """Holds the data folder, starts the table's processes and watches them until told to stop."""

    def __init__(self, data: Path, *, say: Callable[[str], None] = print) -> None:
        self.data = data
        self.say = say
        self.mark = uuid.uuid4().hex
        self.database: Database | None = None
        self.restart_database: Callable[[], Database] | None = None
        self._runs: list[_Run] = []
        self._asked_to_stop = False
        self._woken, self._wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._lock: IO[str] | None = None
        self._logs_looked_at_s = time.monotonic()

    # Before the first process

    def take_data(self, address: str) -> None:
        """Make the folder ours alone and end what a killed supervisor left in it. Refuses while another one runs on it."""
        os.umask(0o077)  # files, letters and logs are nobody else's
        try:
            if not self.data.is_dir():
                self.data.mkdir(parents=True)
                self.data.chmod(0o711 if os.geteuid() == 0 else 0o700)  # root's database runs as a user that must pass through
            (self.data / "log").mkdir(exist_ok=True)
            lock = (self.data / "up.json").open("a+")
        except OSError as problem:
            raise CannotRun(
                f"The data folder {self.data} cannot be written ({problem.strerror}): "
                "choose another with --data, or change its rights."
            ) from problem
        lock.seek(0)
        try:
            last = json.loads(lock.read() or "{}")
        except ValueError:
            last = {}
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise CannotRun(
                f"Everfair already runs on {self.data} (process {last.get('pid', '?')}, {last.get('address', '?')}): "
                "stop that one, or choose another folder with --data."
            ) from None
        if last.get("mark"):
            end_marked(last["mark"])
        lock.truncate(0)
        lock.write(json.dumps({"pid": os.getpid(), "mark": self.mark, "address": address}))
        lock.flush()
        self._lock = lock

    def listen_to_signals(self) -> None:
        """From now on SIGTERM and SIGINT mean: stop in order."""
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(sign, self._ask_to_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # only to be woken

    def _ask_to_stop(self, *_: object) -> None:
        self._asked_to_stop = True

    @property
    def asked_to_stop(self) -> bool:
        return self._asked_to_stop

    def run_step(self, command: Sequence[str], env: Mapping[str, str], *, log: str = "setup") -> None:
        """One step of preparation as a process of its own; its output goes to a log and its last line into the refusal."""
        path = self._log_path(log)
        with path.open("ab") as out:
            begin = out.tell()
            process = subprocess.Popen(  # noqa: S603
                command,
                env={**env, RUN_MARK: self.mark},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        while process.poll() is None:
            if self._asked_to_stop:
                _end(process, 2.0)
                raise KeyboardInterrupt
            self._pause(0.2)
        if process.returncode:
            said = path.read_bytes()[begin:].decode(errors="replace").strip().splitlines()
            if not said and shutil.disk_usage(self.data).free < 1_000_000:
                raise CannotRun(f"A step of the start failed: the disk of {self.data} is full.")
            raise CannotRun(f"A step of the start failed: {said[-1] if said else 'it said nothing'} (more in {path}).")

    # Running

    def run(
        self, children: Sequence[Child], *, ready: Callable[[], bool] | None = None, announce: Callable[[], None] | None = None
    ) -> int:
        """Start the table and watch it. Returns 0 after an asked-for stop, 1 when a child cannot be kept running."""
        self._runs = [_Run(child) for child in children]
        try:
            for run in reversed(self._runs):  # what is stopped last is started first
                self._start(run)
            waiting_since_s, told = time.monotonic(), False
            while not self._asked_to_stop:
                self._mend_database()
                for run in self._runs:
                    self._mend(run)
                if announce is not None and (ready is None or ready()):
                    announce()
                    announce = None
                elif announce is not None and not told and time.monotonic() - waiting_since_s > 30:
                    told = True
                    self.say(f"Still not ready after 30 s; the logs in {self.data / 'log'} may say why.")
                self._keep_logs_short()
                self._pause(0.15 if announce is not None else self._rest_s())
            return 0
        except CannotRun as refusal:
            self.say(str(refusal))
            return 1
        finally:
            self.stop()

    def stop(self) -> None:
        """End everything in order: the table from top to bottom, the database last."""
        for run in self._runs:
            if run.process is not None:
                _end(run.process, run.child.patience_s)
        self._runs = []
        if self.database is not None:
            self.database.stop(timeout_s=1.5)
            self.database = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _start(self, run: _Run) -> None:
        with self._log_path(run.child.name).open("ab") as out:
            run.process = subprocess.Popen(  # noqa: S603
                run.child.command,
                env={**os.environ, **run.child.env, RUN_MARK: self.mark},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,  # Ctrl-C in the terminal reaches only us; we pass it on in order
                preexec_fn=_die_with_parent,
            )
        run.started_s = time.monotonic()

    def _mend(self, run: _Run) -> None:
        now_s = time.monotonic()
        if run.process is None:
            if now_s >= run.next_start_s:
                self._start(run)
            return
        code = run.process.poll()
        if code is None:
            if now_s - run.started_s > EARLY_S:
                run.early_deaths, run.pause_s = 0, 0.5
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(run.process.pid, signal.SIGKILL)  # its own children, which may hold the port
        early = now_s - run.started_s < EARLY_S
        run.early_deaths = run.early_deaths + 1 if early else 0
        if run.early_deaths >= EARLY_DEATHS:
            path = self._log_path(run.child.name)
            said = path.read_bytes()[-4000:].decode(errors="replace").strip().splitlines()
            raise CannotRun(
                f"The {run.child.name} ended {run.early_deaths} times right after its start: "
                f"{said[-1][:300] if said else 'it said nothing'} (more in {path})."
            )
        self.say(f"The {run.child.name} ended ({_how(code)}) and is started again.")
        run.process, run.next_start_s = None, now_s + run.pause_s
        run.pause_s = min(run.pause_s * 2, LONGEST_PAUSE_S)

    def _mend_database(self) -> None:
        if self.database is None or self.restart_database is None or self.database.is_running():
            return
        self.say("The database ended and is started again.")
        self.database.stop(timeout_s=0.1)  # lets go of its lock
        try:
            self.database = self.restart_database()
        except Exception as problem:
            raise CannotRun(str(problem)) from problem

    def _rest_s(self) -> float:
        due = [run.next_start_s - time.monotonic() for run in self._runs if run.process is None]
        return max(0.05, min([1.0, *due]))

    def _pause(self, longest_s: float) -> None:
        readable, _, _ = select.select([self._woken], [], [], longest_s)
        if readable:
            with suppress(BlockingIOError):
                os.read(self._woken, 4096)

    def _log_path(self, name: str) -> Path:
        return self.data / "log" / f"{name}.log"

    def _keep_logs_short(self) -> None:
        """A log beyond its size is copied aside and emptied; the writers append, so they need not know."""
        if time.monotonic() - self._logs_looked_at_s < 60:
            return
        self._logs_looked_at_s = time.monotonic()
        for path in (self.data / "log").glob("*.log"):
            if path.stat().st_size > LOG_BYTES:
                shutil.copyfile(path, path.with_suffix(".log.1"))
                os.truncate(path, 0)


def end_marked(mark: str) -> int:
    """End every process of a dead supervisor's run, known by the mark in its environment; returns how many there were."""
    found = [pid for pid in _marked(mark) if pid != os.getpid()]
    for sign, patience_s in ((signal.SIGTERM, 3.0), (signal.SIGKILL, 2.0)):
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, sign)
        deadline_s = time.monotonic() + patience_s
        while any(_alive(pid) for pid in found) and time.monotonic() < deadline_s:
            time.sleep(0.05)
        if not any(_alive(pid) for pid in found):
            break
    return len(found)


def _marked(mark: str) -> list[int]:
    needle = f"{RUN_MARK}={mark}".encode()
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                if needle in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
    return found


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _end(process: subprocess.Popen[bytes], patience_s: float) -> None:
    """Ask it to end, then make it; whatever it started itself goes with it."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience_s)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _how(code: int) -> str:
    if code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"


_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def _die_with_parent() -> None:
    if _LIBC is not None:
        _LIBC.prctl(1, signal.SIGTERM, 0, 0, 0)  # PR_SET_PDEATHSIG
