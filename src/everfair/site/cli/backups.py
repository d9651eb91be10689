"""Backup and restore: the database in PostgreSQL's own format, the files beside it, and a checksum of each.

A backup does not hold the secrets: keep `secrets/` of the data folder elsewhere, or everybody signs in anew after a restore.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from everfair.site import engine
from everfair.site.cli.figures import WORK, as_json, prove, show, work
from everfair.site.cli.surroundings import Sentence, django, installation, remember

REBASE = (
    "import django; django.setup(); from everfair.base.events import rebase_after_restore as rebase; rebase(); "
    "from everfair.ledger.sealing import rebase_after_restore as rebase; rebase()"
)
DUMP, CHECKPOINT, MANIFEST, FORMAT = "database.dump", "checkpoint.json", "manifest.json", 1


@click.command(help="Write the database and the files into a new folder.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@as_json
@click.pass_obj
def backup(data: str, folder: Path, as_json: bool) -> None:
    """The database is one moment's; files are copied after it, so that every file it names is there: they are never changed."""
    began_s = time.monotonic()
    if folder.exists() and any(folder.iterdir()):
        raise Sentence(f"{folder} is not empty: name a new folder for the backup.")
    os.umask(0o077)
    with django(data) as own:
        folder.mkdir(parents=True, exist_ok=True)
        dump = folder / DUMP
        _sign_books(folder / CHECKPOINT)
        # The owner has a policy by which it sees every row (decision 0042); without this option the program refuses such tables.
        options = ("--format=custom", "--no-owner", "--enable-row-security", f"--file={dump}")
        _run_on(os.environ["EVERFAIR_OWNER_URL"], own, "pg_dump", *options)
        files = Path(data) / "files"
        sums = {DUMP: _sum(dump), CHECKPOINT: _sum(folder / CHECKPOINT)}
        for file in sorted(path for path in files.rglob("*") if path.is_file()):
            name = Path("files") / file.relative_to(files)
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, folder / name)
            sums[str(name)] = _sum(folder / name)
        kind = os.environ.get("EVERFAIR_KIND", "live")
    manifest = {"format": FORMAT, "made_at": datetime.now(UTC).isoformat(timespec="seconds"), "kind": kind, "sha256": sums}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    show({"folder": str(folder), "files": len(sums) - 2, "bytes": size, "seconds": round(time.monotonic() - began_s, 2)}, as_json)


@click.command(help="Bring a backup back into an empty installation, and prove it.")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace what the installation holds.")
@as_json
@click.pass_context
def restore(context: click.Context, folder: Path, force: bool, as_json: bool) -> None:
    began_s = time.monotonic()
    manifest = _checked(folder)
    data = Path(os.path.abspath(context.obj))
    data.mkdir(parents=True, exist_ok=True)
    _refuse_running(data)
    os.environ.setdefault("EVERFAIR_KIND", manifest["kind"])
    with installation(str(data), new=True) as own:
        owner = os.environ["EVERFAIR_OWNER_URL"]
        files = data / "files"
        if (_has_tables(owner) or (files.is_dir() and any(files.iterdir()))) and not force:
            raise Sentence("The installation is not empty: restore into a new --data folder, or replace everything with --force.")
        _empty(owner)
        _run_on(owner, own, "pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(folder / DUMP))
        shutil.rmtree(files, ignore_errors=True)
        if (folder / "files").is_dir():
            shutil.copytree(folder / "files", files)
        # The index is made of the database; the worker, or the next line, builds it anew.
        shutil.rmtree(data / "index", ignore_errors=True)
        # The numbers of transactions begin anew in another server: the events' cursors are put right, which only the owner may.
        _run([sys.executable, "-c", REBASE], {**os.environ, "EVERFAIR_AS_OWNER": "1"})
        _note_prepared(data, manifest["kind"], outside=own is None)
        with django(str(data)):
            if find_spec(WORK["rebuild-index"].partition(":")[0]):
                work("rebuild-index")()
            found = _compare_with_checkpoints(folder / CHECKPOINT)
            holds = prove(as_json) and found["holds"]
    if not as_json:
        click.echo(found["said"], err=True)
        click.echo(f"Restored the backup of {manifest['made_at']} in {time.monotonic() - began_s:.1f} s.", err=True)
    context.exit(0 if holds else 1)


def _sign_books(file: Path) -> None:
    """The newest seal, signed, beside the dump and off this machine: what comes back one day must hold it."""
    from everfair.ledger.checkpoints import NotWritten, write_checkpoint
    from everfair.ledger.sealing import seal

    seal()
    try:
        line = write_checkpoint()
    except NotWritten as problem:
        raise Sentence(f"There is no backup without a checkpoint of the books: {problem}") from problem
    file.write_text(json.dumps(line, ensure_ascii=False) + "\n")


def _compare_with_checkpoints(file: Path) -> dict[str, Any]:
    """Whether the books that came back are those that were signed when the backup was made (I35), and how far behind the newest
    checkpoint elsewhere they are. From here a new line of checkpoints begins."""
    from everfair.ledger.checkpoints import checkpoints, is_signed, missing_seal, write_checkpoint

    line = json.loads(file.read_text()) if file.exists() else None
    if line is None:
        write_checkpoint(restored=True)
        return {"holds": True, "said": "The backup holds no checkpoint of the books: nothing had been sealed."}
    elsewhere = checkpoints(keys=frozenset({line["key"]}))
    newer = max((known["seq"] for known in elsewhere), default=0) - line["seq"]
    holds = is_signed(line) and missing_seal([line, *(known for known in elsewhere if known["seq"] <= line["seq"])]) is None
    write_checkpoint(restored=True)
    said = f"The books are those of the checkpoint of {line['at']} (seal {line['seq']})."
    if not holds:
        said = f"The books are NOT those that were signed as seal {line['seq']} on {line['at']}."
    elif newer > 0:
        said += f" {newer} later seals are known elsewhere: what they hold came after this backup."
    return {"holds": holds, "said": said}


def _checked(folder: Path) -> dict[str, Any]:
    """The manifest, after every file was found whole."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError):
        raise Sentence(f"{folder} holds no backup: it has no readable {MANIFEST}.") from None
    if manifest.get("format") != FORMAT:
        raise Sentence(f"The backup in {folder} has a form this version does not read: restore it with the version that made it.")
    for name, wanted in manifest["sha256"].items():
        file = folder / name
        if not file.is_file():
            raise Sentence(f"The backup is not whole: {name} is missing.")
        if _sum(file) != wanted:
            raise Sentence(f"The backup is damaged: {name} is not what was written. Take another one.")
    return manifest


def _refuse_running(data: Path) -> None:
    lock = data / "up.json"
    if lock.exists():
        with lock.open("a") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Sentence(f"Everfair runs on {data}: stop it before restoring.") from None


def _has_tables(owner_url: str) -> bool:
    import psycopg

    with psycopg.connect(owner_url) as session:
        found = session.execute("SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace)").fetchone()
    return bool(found and found[0])


def _empty(owner_url: str) -> None:
    """Take the schema away with its default privileges: while they stand, each table that comes back would get them on top of its
    own grants, and insert-only tables could be changed. The dump brings them back at its end."""
    import psycopg

    with psycopg.connect(owner_url) as session:
        session.execute("DROP SCHEMA public CASCADE")
        session.execute("CREATE SCHEMA public")
        session.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")  # as in a new database, which the dump counts on


def _note_prepared(data: Path, kind: str, *, outside: bool) -> None:
    """The next start must not load the demo world on top of what came back."""
    (data / "prepared.json").write_text(json.dumps({"demo": True}))
    remember(data, {"EVERFAIR_KIND": kind}, outside=outside)


def _run_on(url: str, own: engine.Engine | None, name: str, *options: str) -> None:
    """One of PostgreSQL's programs on a database. The password goes through the environment: the list of processes is everybody's.

    On a server of the operator's own the system's program comes first, because it speaks TLS; if it refuses (it is older than the
    server, or than the backup), ours is tried.
    """
    import psycopg
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    try:
        parts = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    except psycopg.Error as problem:
        raise Sentence(f"EVERFAIR_OWNER_URL cannot be read: {problem}") from problem
    env = {**os.environ, "PGPASSWORD": parts.pop("password", os.environ.get("PGPASSWORD", ""))}
    programs = _programs(name, own)
    for program in programs:
        try:
            _run([program, *options, "--dbname", make_conninfo(**parts)], env)
            return
        except Sentence as refusal:
            if "transaction_timeout" in refusal.message:
                raise Sentence(
                    "The backup comes from a newer PostgreSQL than this server and cannot be restored here: use a server of "
                    "version 17 or later."
                ) from refusal
            if program == programs[-1]:
                raise


def _programs(name: str, own: engine.Engine | None) -> list[str]:
    if own is not None:
        return [str(own.programs / name)]
    found = [shutil.which(name)]
    try:
        found.append(str(engine.bin_dir() / name))
    except engine.EngineError:
        pass
    usable = [program for program in found if program]
    if not usable:
        raise Sentence(f"{name} was not found: install it with `apt-get install postgresql-client`.")
    return usable


def _run(command: list[str], env: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, env=env, capture_output=True, text=True)  # noqa: S603 - our own programs
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["no reason given"]
        raise Sentence(f"{Path(command[0]).name} failed: {next((line for line in said if 'error' in line.lower()), said[-1])}")


def _sum(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
