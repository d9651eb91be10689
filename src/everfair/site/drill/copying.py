"""A copy of the installation, made by backup and restore and started by itself: what happens in it reaches nobody outside."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from everfair.base.refused import Refused
from everfair.site.cli.surroundings import GIVEN, python_path, secret_file
from everfair.site.drill.boxes import RAILS, secrets_of_boxes

_CLI = [sys.executable, "-m", "everfair.site.cli"]
_OURS = ("EVERFAIR_", "DJANGO_")
_LIVE_KEYS = ("sk_live_", "rk_live_")
_PATIENCE_S = 180

Say = Callable[[str], None]


def refuse_live_keys(data: str) -> None:
    """A drill has no business near a key that moves real money, even though the copy would not get it: neither from the environment
    nor from the installation's own `secrets/`."""
    named = sorted(name for name, value in os.environ.items() if value.startswith(_LIVE_KEYS))
    if named:
        raise Refused(
            "site.live_keys",
            f"{', '.join(named)} is a provider's live key: run the drill in a shell that does not know it.",
        )
    for file in (secret_file(Path(data), name) for name in GIVEN):
        if file.is_file() and file.read_text().strip().startswith(_LIVE_KEYS):
            raise Refused(
                "site.live_keys",
                f"secrets/{file.name} is a provider's live key: run the drill where a backup of this installation is restored.",
            )


@contextmanager
def copied(data: str, say: Say) -> Iterator[dict[str, str]]:
    """The environment of a running copy of this installation, deleted at the end."""
    refuse_live_keys(data)
    folder = Path(tempfile.mkdtemp(prefix="everfair-drill-"))
    folder.chmod(0o711)  # root's database runs as another user, who must pass through
    try:
        say("Copying the installation …")
        _run([*_CLI, "--data", data, "backup", str(folder / "backup"), "--json"], dict(os.environ))
        copy, port = folder / "copy", _free_ports(6)
        env = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)} | {
            "PYTHONPATH": python_path(),
            "EVERFAIR_KIND": "demo",  # its clock and its people are its own
            "EVERFAIR_DATA": str(copy),
            **secrets_of_boxes(),
        }
        for n, prefix in enumerate(RAILS.values(), start=4):
            env[f"{prefix}_URL"] = f"http://127.0.0.1:{port + n}"
            env[f"{prefix}_ACCOUNT"] = "acct_everfair"
        for rail, prefix in RAILS.items():
            env[f"{prefix}_WEBHOOK_URL"] = f"http://127.0.0.1:{port}/hooks/payments/{rail}"
        _run([*_CLI, "--data", str(copy), "restore", str(folder / "backup"), "--json"], env)
        shutil.rmtree(folder / "backup")
        say("Starting the copy …")
        with _running(copy, port, env):
            yield env | {"EVERFAIR_DRILL": str(folder)}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(copy: Path, port: int, env: dict[str, str]) -> Iterator[None]:
    up = subprocess.Popen(  # noqa: S603 - our own commands
        [*_CLI, "--data", str(copy), "up", "--port", str(port)], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        _wait_until_ready(up, port)
        yield
    finally:
        up.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            up.wait(20)


def _wait_until_ready(up: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + _PATIENCE_S
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < until and up.poll() is None:
        with suppress(OSError), direct.open(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            if answer.status == 200:
                return
        time.sleep(0.2)
    raise Refused("site.drill", "The copy of the installation did not start: is there room for it?")


def _free_ports(count: int) -> int:
    """The first of so many free ones in a row."""
    for _ in range(100):
        with ExitStack() as stack:
            first = stack.enter_context(socket.socket())
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                for n in range(1, count):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", port + n))
            except (OSError, OverflowError):
                continue
            return port
    raise Refused("site.drill", "There are no free ports for a copy of the installation.")


def _run(command: list[str], env: dict[str, str]) -> None:
    done = subprocess.run(command, env=env, capture_output=True, text=True)  # noqa: S603 - our own commands
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["no reason given"]
        raise Refused("site.drill", f"The installation could not be copied: {said[-1]}")
