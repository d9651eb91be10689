"""`up`: from a folder, empty or not, to a running installation and one line with its address."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import click

from everfair.site import engine
from everfair.site.cli.asking import ask_database, check_outside
from everfair.site.cli.figures import SIGN_INS
from everfair.site.cli.processes import stale_translations
from everfair.site.cli.surroundings import (
    SOURCE,
    Sentence,
    check_addresses,
    check_keys,
    made_secrets,
    outside_database,
    python_path,
    remember,
    remembered,
)
from everfair.site.supervisor import CannotRun, Child, Supervisor

ACCOUNT = "acct_everfair"
CLI = [sys.executable, "-m", "everfair.site.cli"]


@click.command(help="Start everything: database, payment and carrier sandboxes, worker and web server.")
@click.option(
    "--port", type=click.IntRange(1024, 65532), default=8000, show_default=True, help="The sandboxes take the next three."
)
@click.option("--data", "own_data", type=click.Path(file_okay=False), help="Folder of the installation (default: ./var).")
@click.option("--empty", is_flag=True, help="No demo world: print a one-time link for the first operator.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Web processes; one for each core.")
@click.pass_obj
def up(data: str, port: int, own_data: str | None, empty: bool, workers: int) -> None:
    began_s = time.monotonic()
    folder = Path(os.path.abspath(own_data or data))
    kept = remembered(folder)
    kind = os.environ.get("EVERFAIR_KIND") or kept.get("EVERFAIR_KIND") or ("live" if empty else "demo")
    address = (os.environ.get("EVERFAIR_ADDRESS") or f"http://localhost:{port}").rstrip("/")
    house = Supervisor(folder, say=_say)
    try:
        check_addresses()
        outside = outside_database(folder)
        if outside:
            check_outside(outside["EVERFAIR_DATABASE_URL"], outside["EVERFAIR_OWNER_URL"])
        house.take_data(address)
        house.listen_to_signals()
        for wanted in range(port, port + 4):
            _refuse_taken(wanted, port)
        env = {
            **os.environ,
            **made_secrets(folder),
            "EVERFAIR_KIND": kind,
            "EVERFAIR_DATA": str(folder),
            "EVERFAIR_PORT": str(port),
            "EVERFAIR_ADDRESS": address,
            **_sandboxes_env(port, address),
            "DJANGO_SETTINGS_MODULE": "everfair.site.settings",
            "PYTHONPATH": python_path(),
        }
        check_keys(env)
        env |= outside or _start_database(house, folder)
        remember(folder, env, outside=outside is not None)
        _prepare(house, folder, env, kind)
        code = house.run(
            _table(folder, env, port, workers),
            ready=lambda: _is_ready(port),
            announce=lambda: _announce(env, kind, began_s),
        )
    except KeyboardInterrupt:
        code = 0
    except (CannotRun, engine.EngineError) as refusal:
        raise Sentence(str(refusal)) from refusal
    except OSError as problem:
        if problem.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
            raise
        raise Sentence(
            f"{folder} cannot be written ({problem.strerror}): make room there, or choose another with --data."
        ) from problem
    finally:
        house.stop()
    sys.exit(code)


def _table(folder: Path, env: dict[str, str], port: int, workers: int) -> list[Child]:
    """The processes, in the order in which they are stopped."""
    web = [sys.executable, "-m", "granian", "--interface", "rsgi", "everfair.site.web:application", "--host", "127.0.0.1"]
    web += ["--port", str(port), "--workers", str(workers), "--runtime-mode", "st", "--no-ws"]
    web += ["--no-access-log", "--log-level", "warning", "--respawn-failed-workers", "--workers-kill-timeout", "1"]
    table = [Child("web", web, env, 1.3), Child("worker", [*CLI, "worker"], env, 1.3)]
    for place, box in enumerate(_SANDBOXES, start=1):
        own = port + place
        if env[f"{box.prefix}_URL"] == f"http://localhost:{own}":  # else it runs elsewhere
            command = [sys.executable, "-m", box.module, "--port", str(own), "--data", str(folder / box.name)]
            command += [
                "--account",
                env[f"{box.prefix}_ACCOUNT"],
                "--public-url",
                env.get(f"{box.prefix}_ADDRESS", "").rstrip("/"),
            ]
            table.append(Child(box.name, [*command, *box.more], env, 0.5))
    return table


@dataclass(frozen=True, slots=True)
class _Sandbox:
    """`prefix` of its variables, `hook` where it tells us, `needs` who is told that its port is taken."""

    name: str
    module: str
    prefix: str
    hook: str
    needs: str
    more: tuple[str, ...] = ()


# In the order of their ports, the first on the one after the site's.
_SANDBOXES = (
    _Sandbox("sandbox", "everfair.payments.sandbox", "EVERFAIR_SANDBOX", "/hooks/payments/sandbox", "the payment sandbox"),
    _Sandbox("carrier-sandbox", "everfair.logistics.sandbox", "EVERFAIR_CARRIER_SANDBOX", "/hooks/carriers/sandbox", "the carrier sandbox"),
    _Sandbox(
        "sandbox2", "everfair.payments.sandbox", "EVERFAIR_SANDBOX2", "/hooks/payments/sandbox2", "the second payment sandbox",
        ("--variables", "EVERFAIR_SANDBOX2_"),
    ),
)  # fmt: skip


def _sandboxes_env(port: int, address: str) -> dict[str, str]:
    """Where each is, where it tells us of what happened, and our account there: what the operator says, else ours on this machine,
    which reaches us without the proxy, its name and its certificate."""
    env = {}
    for place, box in enumerate(_SANDBOXES, start=1):
        said = {name: os.environ.get(f"{box.prefix}_{name}") for name in ("URL", "WEBHOOK_URL", "ACCOUNT")}
        env[f"{box.prefix}_URL"] = said["URL"] or f"http://localhost:{port + place}"
        env[f"{box.prefix}_WEBHOOK_URL"] = (
            said["WEBHOOK_URL"] or (address if said["URL"] else f"http://localhost:{port}") + box.hook
        )
        env[f"{box.prefix}_ACCOUNT"] = said["ACCOUNT"] or ACCOUNT
    return env


def _start_database(house: Supervisor, folder: Path) -> dict[str, str]:
    if not (folder / "database").exists() and not (folder / "database-is-elsewhere.txt").exists():
        _say("Making the database …")

    def begin() -> engine.Engine:
        return engine.start(folder)

    running = begin()
    house.database, house.restart_database = running, begin
    return {"EVERFAIR_DATABASE_URL": running.app_url, "EVERFAIR_OWNER_URL": running.owner_url}


def _prepare(house: Supervisor, folder: Path, env: dict[str, str], kind: str) -> None:
    """Bring database, static files and translations up to date; what is unchanged since the last start is left alone."""
    note = folder / "prepared.json"
    try:
        done = json.loads(note.read_text())
    except (OSError, ValueError):
        done = {}
    package = SOURCE / "everfair"
    tables = _mark(package.glob("*/migrations/**/*"))
    applied = ask_database(env["EVERFAIR_DATABASE_URL"], "EVERFAIR_DATABASE_URL").applied
    if done.get("migrations") != tables or not applied or applied != done.get("applied"):
        _say("Bringing the tables up to date …")
        house.run_step(
            [sys.executable, "-m", "django", "migrate", "--no-input"], {**env, "EVERFAIR_AS_OWNER": "1"}, log="migrate"
        )
        done |= {"migrations": tables, "applied": ask_database(env["EVERFAIR_DATABASE_URL"], "EVERFAIR_DATABASE_URL").applied}
        note.write_text(json.dumps(done))
    if stale_translations():
        _say("Compiling translations …")
        house.run_step([*CLI, "compile-translations"], env)
    static = _mark(package.glob("*/static/**/*"))
    if done.get("static") != static or not (folder / "static").is_dir():
        _say("Collecting static files …")
        house.run_step([sys.executable, "-m", "django", "collectstatic", "--no-input", "--clear", "-v", "0"], env)
        note.write_text(json.dumps(done | {"static": static}))
        done["static"] = static
    if kind == "demo" and not done.get("demo"):
        _say("Loading the demo world …")
        house.run_step([*CLI, "demo"], env, log="demo")
        note.write_text(json.dumps(done | {"demo": True}))


def _mark(files: object) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for file in sorted(files):  # type: ignore[call-overload]
        if file.is_file() and file.suffix != ".pyc":
            state = file.stat()
            digest.update(f"{file}:{state.st_size}:{state.st_mtime_ns}\n".encode())
    for lock in sorted(SOURCE.parent.glob("requirements/core.txt")):
        digest.update(lock.read_bytes())
    return digest.hexdigest()


def _refuse_taken(wanted: int, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            free = port + 10 if port < 65000 else 8010
            what = f" ({_SANDBOXES[wanted - port - 1].needs} needs it)" if wanted > port else ""
            raise CannotRun(f"Port {wanted}{what} is taken by another program: choose another with --port {free}.") from None


def _is_ready(port: int) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never by the proxy of http_proxy
    try:
        with direct.open(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError, ValueError):
        return False


def _announce(env: dict[str, str], kind: str, began_s: float) -> None:
    address = env["EVERFAIR_ADDRESS"]
    if kind == "demo":
        line = Path(env["EVERFAIR_DATA"]) / SIGN_INS
        said = f"sign in as {line.read_text().strip()}" if line.exists() else "the demo world is open"
    else:
        asked = subprocess.run([*CLI, "first-operator-link"], env=env, capture_output=True, text=True)  # noqa: S603 - our own
        if asked.returncode == 0:
            said = f"first operator, once: {asked.stdout.strip()}"
        elif asked.returncode == Sentence.exit_code:
            said = "an operator is already there: sign in"
        else:
            said = "the first operator's link could not be made: `bin/everfair first-operator-link` says why"
    click.echo(f"Everfair is open at {address}  ({said})  [{time.monotonic() - began_s:.1f} s]")


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)
