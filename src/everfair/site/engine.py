"""The PostgreSQL that Everfair brings along: made, started, found again after a crash and stopped.

Nothing but `initdb`, `postgres` and `psql` of one folder of programs is used, so the wheel they come from can be exchanged in one
place (`bin_dir`). The database listens on no network address; its socket lies in a folder that only its own user may enter, which
is why it asks nobody for a password.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from everfair.site.database_roles import (
    DATABASE,
    OWNER,
    READER,
    SUPERUSER,
    WRITER,
    database_roles_sql,
    database_sql,
    roles_sql,
    run_sql,
)
from everfair.site.engine_places import (
    EngineError,
    Person,
    bin_dir,
    engine_person,
    give,
    home_of,
    keeper_of,
    major_version,
    reachable_programs,
    socket_dir_of,
)

__all__ = [
    "DATABASE",
    "OWNER",
    "READER",
    "SUPERUSER",
    "WRITER",
    "Engine",
    "EngineError",
    "bin_dir",
    "database_roles_sql",
    "database_sql",
    "roles_sql",
    "run_sql",
    "running",
    "start",
]

RESTART_PATIENCE_S = 15.0  # orphaned backends of a killed server hold its shared memory for a while
READY_PATIENCE_S = 300.0  # replaying a long log after a crash is work, not a failure


@dataclass(slots=True)
class Engine:
    """A database server that is ready; `process` is None when an earlier process of ours started it."""

    pid: int
    cluster: Path
    socket_dir: Path
    programs: Path
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    lock: IO[str] | None = field(default=None, repr=False)

    def url(self, login: str, database: str = DATABASE) -> str:
        return f"postgresql://{login}@/{database}?host={quote(str(self.socket_dir), safe='/')}"

    @property
    def owner_url(self) -> str:
        return self.url(OWNER)

    @property
    def app_url(self) -> str:
        return self.url(WRITER)

    @property
    def superuser_url(self) -> str:
        return self.url(SUPERUSER)

    def is_running(self) -> bool:
        if self.process is not None:
            return self.process.poll() is None
        return _serves(self.pid, self.cluster)

    def stop(self, timeout_s: float = 5.0) -> None:
        """Fast shutdown: sessions are ended, what is committed is written. What takes longer is stopped as in a crash."""
        for sign, patience_s in ((signal.SIGINT, timeout_s), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 2.0)):
            if not self.is_running():
                break
            with suppress(ProcessLookupError):
                os.kill(self.pid, sign)
            _wait_until(lambda: not self.is_running(), patience_s)
        if self.lock is not None:
            self.lock.close()
            self.lock = None


def start(
    data: Path,
    *,
    bin_dir: Path | None = None,
    durable: bool = True,
    extra_settings: Mapping[str, str] | None = None,
    detached: bool = False,
) -> Engine:
    """Start the database kept in the folder `data`, making it on the first call; returns when it accepts sessions.

    Refuses while another living process has it open. A server that outlived its starter is stopped and started again. With
    `detached` the server goes on after this process ends (`running` finds it); otherwise it shuts down with this process.
    """
    person = engine_person()
    home = home_of(Path(os.path.abspath(data)), person)
    person = keeper_of(home / "database", person)
    programs = reachable_programs(bin_dir or globals()["bin_dir"](), person)
    lock = _lock(home)
    try:
        cluster = home / "database"
        _end_orphan(cluster)
        if not (cluster / "PG_VERSION").exists():
            _initialize(home, cluster, programs, person, durable)
        kept, ours = int((cluster / "PG_VERSION").read_text()), major_version(programs)
        if kept != ours:
            raise EngineError(
                f"The database in {cluster} was made by PostgreSQL {kept}, but the one found here is {ours}: "
                f"install version {kept}, make a backup with it, and restore that into a new folder."
            )
        socket_dir = socket_dir_of(home, person)
        _write_settings(cluster, socket_dir, durable, extra_settings or {}, person)
        engine = _launch(home, cluster, socket_dir, programs, person, detached)
        engine.lock = lock
        _ensure_roles(engine, person)
        if detached and engine.process is not None:
            engine.process.returncode = 0  # we do not wait for it, and Python need not remind us
            engine.process = None
        return engine
    except BaseException:
        lock.close()
        raise


def running(data: Path) -> Engine | None:
    """The server that already serves the folder `data`, or None."""
    person = engine_person()
    home = home_of(Path(os.path.abspath(data)), person)
    cluster = home / "database"
    lines = _pid_lines(cluster)
    if len(lines) < 8 or lines[7] != "ready" or not _serves(int(lines[0]), cluster):
        return None
    programs = reachable_programs(bin_dir(), keeper_of(cluster, person))
    return Engine(int(lines[0]), cluster, Path(lines[4]), programs, home / "database.log")


def _lock(home: Path) -> IO[str]:
    lock = (home / "database.lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise EngineError(
            f"The database in {home} is in use by another Everfair: stop that one, or choose another --data."
        ) from None
    return lock


def _end_orphan(cluster: Path) -> None:
    """A server whose starter was killed may still run, or be on its way out. We hold the lock, so it is nobody's."""
    lines = _pid_lines(cluster)
    if lines and lines[0].isdigit() and _serves(int(lines[0]), cluster):
        Engine(int(lines[0]), cluster, cluster, cluster, cluster).stop(timeout_s=20.0)


def _initialize(home: Path, cluster: Path, programs: Path, person: Person | None, durable: bool) -> None:
    making = home / "database.new"
    shutil.rmtree(making, ignore_errors=True)  # what an interrupted first start left
    making.mkdir(mode=0o700)
    give(making, person)
    command: list[str | Path] = [
        programs / "initdb",
        "-D",
        making,
        "-U",
        SUPERUSER,
        "-A",
        "trust",
        "-E",
        "UTF8",
        "-k",
        "--no-sync",
        "--locale=C.UTF-8",
    ]
    if major_version(programs) >= 17:
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]  # the order of words is then the same on every host
    done = subprocess.run(command, capture_output=True, text=True, **_as_person(person))  # noqa: S603
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
        why = next((line for line in said if re.search(r"FATAL:|error:|could not", line)), said[-1])
        free_mb = shutil.disk_usage(home).free // 1_000_000
        room = f" ({free_mb} MB are free there)" if free_mb < 100 else ""
        raise EngineError(f"A new database could not be made in {home}: {why.rpartition(':  ')[2]}{room}")
    # Own settings are included, not written by ALTER SYSTEM: one RESET ALL would wipe the socket's place.
    with (making / "postgresql.conf").open("a") as conf:
        conf.write("\ninclude = 'everfair.conf'\n")
    (making / "pg_hba.conf").write_text(
        "# The socket's folder is closed to everybody else; nothing comes over a network.\nlocal all all trust\n"
    )
    if durable:
        if shutil.which("sync"):
            subprocess.run(["sync", "-f", making], check=False)  # noqa: S603, S607
        else:
            os.sync()
    making.rename(cluster)


def _write_settings(cluster: Path, socket_dir: Path, durable: bool, extra: Mapping[str, str], person: Person | None) -> None:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(socket_dir),
        "unix_socket_permissions": "0700",
        "port": "5432",
        "max_connections": "60",
        "shared_buffers": "128MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_min_messages": "warning",
        "max_wal_size": "512MB",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    settings |= extra
    text = "".join(f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in settings.items())
    file = cluster / "everfair.conf"
    file.write_text("# Written at every start; put your own settings into postgresql.conf below the include line.\n" + text)
    give(file, person)


def _launch(home: Path, cluster: Path, socket_dir: Path, programs: Path, person: Person | None, detached: bool) -> Engine:
    log = home / "database.log"
    if log.exists() and log.stat().st_size > 10_000_000:
        log.replace(log.with_suffix(".log.1"))
    deadline = time.monotonic() + RESTART_PATIENCE_S
    while True:
        before = log.stat().st_size if log.exists() else 0
        with log.open("ab") as out:
            process = subprocess.Popen(  # noqa: S603
                [programs / "postgres", "-D", cluster],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,  # a Ctrl-C in the terminal is ours to pass on, in our order
                **_as_person(person, None if detached else _die_with_parent(signal.SIGINT)),
            )
        if _wait_until(partial(_ended_or_ready, cluster, process), READY_PATIENCE_S):
            if process.poll() is None:
                return Engine(process.pid, cluster, socket_dir, programs, log, process)
        else:
            process.send_signal(signal.SIGQUIT)
            raise EngineError(f"The database did not become ready in {READY_PATIENCE_S:.0f} s: see {log}.")
        with log.open("rb") as written:
            written.seek(before)
            said = written.read().decode(errors="replace")
        # After a kill -9 under load the old backends still hold the shared memory; postmaster.pid must never be removed for that.
        leftover = "shared memory" in said or "postmaster.pid" in said
        if not leftover or time.monotonic() > deadline:
            raise EngineError(f"The database in {cluster} did not start: {_reason(said)} (more in {log}).")
        time.sleep(0.25)


def _reason(said: str) -> str:
    """The fatal line, with the one before it, which names the culprit of a wrong setting."""
    lines = [line for line in said.splitlines() if ":  " in line]
    for number, line in enumerate(lines):
        if "FATAL:  " in line or "PANIC:  " in line:
            return "; ".join(found.partition(":  ")[2] for found in lines[max(0, number - 1) : number + 1])
    return said.strip()[-300:] or "it said nothing"


def _ensure_roles(engine: Engine, person: Person | None) -> None:
    sql = database_roles_sql()
    done = engine.cluster / f"everfair-roles-{hashlib.sha256(sql.encode()).hexdigest()[:12]}"
    if not done.exists():
        try:
            run_sql(engine.url(SUPERUSER, "postgres"), sql, programs=engine.programs)
        except EngineError:
            engine.stop()
            raise
        done.touch()
        give(done, person)


def _die_with_parent(sign: int) -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends `sign` when the starting thread ends; asked after a change of user, which resets it."""
    libc = ctypes.CDLL(None, use_errno=True)

    def ask() -> None:
        if hasattr(libc, "prctl"):
            libc.prctl(1, sign, 0, 0, 0)  # PR_SET_PDEATHSIG

    return ask


def _as_person(person: Person | None, before_exec: Callable[[], None] | None = None) -> dict[str, Any]:
    options: dict[str, Any] = {"cwd": "/"}  # the folder we were called in may be closed to that user
    if person:
        options |= {"user": person.uid, "group": person.gid, "extra_groups": []}
        options["env"] = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG", "LD_LIBRARY_PATH")}
    if before_exec:
        options["preexec_fn"] = before_exec
    return options


def _pid_lines(cluster: Path) -> list[str]:
    try:
        return [line.strip() for line in (cluster / "postmaster.pid").read_text().splitlines()]
    except OSError:
        return []


def _is_ready(cluster: Path, pid: int) -> bool:
    """A stale file survives kill -9, so the word `ready` counts only under our own child's number."""
    lines = _pid_lines(cluster)
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7] == "ready"


def _ended_or_ready(cluster: Path, process: subprocess.Popen[bytes]) -> bool:
    return process.poll() is not None or _is_ready(cluster, process.pid)


def _serves(pid: int, cluster: Path) -> bool:
    """Whether the process is a living server of this very folder: numbers are used again after a reboot."""
    try:
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return False
        return Path(f"/proc/{pid}/cwd").resolve() == cluster.resolve()
    except OSError:
        return False


def _wait_until(done: Callable[[], bool], patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    pause_s = 0.01
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause_s)
        pause_s = min(pause_s * 1.5, 0.1)
    return True
