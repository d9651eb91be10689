"""A whole installation, started as a newcomer starts it, and a browser to walk through it."""

from __future__ import annotations

import datetime
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHOTS = Path(os.environ.get("EVERFAIR_SHOTS", ROOT / "shots"))
WIDTHS = (390, 1440)
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


# Of several workers each starts an installation of its own. The files with stories on the fair whose clock moves stay with one of
# them, for it takes a minute to start; and where most time goes comes first, so that nobody is left alone with a long story at the end.
HERE = Path(__file__).parent
LATER = sorted(
    file.stem for file in HERE.glob("test_*.py") if re.search(r"^def \w+\([^)]*\blater\b", file.read_text(), re.MULTILINE)
)
LONGEST = (
    *LATER, "test_office_day", "test_order_kinds", "test_barriers", "test_faces", "test_whole_trade", "test_requests_and_office",
    "test_payment_plans", "test_guided_trade", "test_offer_editor", "test_keyboard", "test_amendment",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(LONGEST)}
    ours = [item for item in items if item.path.parent == HERE]
    in_turn = iter(sorted(ours, key=lambda item: places.get(item.path.stem, -1)))  # a new file's time is not known
    items[:] = [next(in_turn) if item.path.parent == HERE else item for item in items]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """`--dist loadfile` as it is, but for the files that share the later fair."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ByFair(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return "later" if Path(file).stem in LATER else file

    return ByFair(config, log)


@dataclass(frozen=True)
class Fair:
    """A running installation with its demo world."""

    address: str
    data: Path

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`bin/everfair …` on this installation."""
        return subprocess.run(
            [sys.executable, "-m", "everfair.site.cli", "--data", str(self.data), *arguments],
            env=_environment(), cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    def carrier_console(self) -> str:
        """Where somebody plays the carrier of the demo: the third process, beside the platform and the payment provider."""
        port = int(self.address.rsplit(":", 1)[1]) + 2
        token = (self.data / "secrets" / "carrier_sandbox_console_token").read_text().strip()
        return f"http://localhost:{port}/console?token={token}"

    def day(self, days: int = 0) -> datetime.date:
        """So many days from today by this fair's own clock."""
        told = re.search(r"\d{4}-\d\d-\d\d", self.command("clock").stdout)
        assert told
        return datetime.date.fromisoformat(told[0]) + datetime.timedelta(days=days)

    def wait(self, days: int) -> None:
        """The clock goes forward; what falls due on the way happens when the worker sees it, a moment later."""
        moved = self.command("clock", "--advance", f"{days}d")
        assert moved.returncode == 0, moved.stderr

    def wait_until(self, day: datetime.date) -> None:
        self.wait((day - self.day()).days)

    def letters_about(self, path: str) -> int:
        """How many letters lead to this page."""
        return sum(path.strip("/") in file.read_text().replace("=\n", "") for file in (self.data / "mail").glob("*"))

    def wait_for_letters(self, path: str, count: int, *, within_s: float = 40) -> None:
        until = time.monotonic() + within_s
        while self.letters_about(path) < count:
            assert time.monotonic() < until, f"no letter number {count} about {path}"
            time.sleep(0.5)

    def letter_link(self, to: str, *, within_s: float = 20) -> str:
        """The link in the newest letter to this address."""
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            for letter in sorted((self.data / "mail").glob("*"), key=lambda f: f.stat().st_mtime, reverse=True):
                text = letter.read_text()
                if to in text and (found := re.search(r"https?://[^\s]+", text.replace("=\n", ""))):
                    return found[0]
            time.sleep(0.2)
        raise AssertionError(f"no letter for {to}")


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("EVERFAIR_", "DJANGO_", "PYTEST_"))}
    return kept | {"PYTHONPATH": str(ROOT / "src")}


def _free_ports() -> int:
    """A port whose three neighbours are free too: the sandboxes stand beside the platform."""
    for _ in range(50):
        with ExitStack() as stack:
            first = stack.enter_context(socket.socket())
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                for neighbour in range(port + 1, port + 4):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", neighbour))
            except OSError:
                continue
            return port
    raise RuntimeError("no four free ports")


@pytest.fixture(scope="session")
def fair() -> Iterator[Fair]:
    yield from start_fair()


@pytest.fixture(scope="session")
def later() -> Iterator[Fair]:
    """The fair of all stories that move the clock by days and weeks."""
    yield from start_fair()


def start_fair() -> Iterator[Fair]:
    """EVERFAIR_STORY_FAIR=address,data folder: one that runs already, for whoever writes a story."""
    if given := os.environ.get("EVERFAIR_STORY_FAIR"):
        address, _comma, data = given.partition(",")
        yield Fair(address, Path(data))
        return
    folder = Path(tempfile.mkdtemp(prefix="everfair-story-"))
    folder.chmod(0o755)
    port = _free_ports()
    log = (folder / "up.log").open("w")
    up = subprocess.Popen(
        [sys.executable, "-m", "everfair.site.cli", "up", "--port", str(port), "--data", str(folder / "var")],
        env=_environment(), cwd=ROOT, stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip
    made = Fair(f"http://localhost:{port}", folder / "var")
    try:
        _wait_until_ready(made, up, folder / "up.log")
        yield made
    finally:
        up.send_signal(signal.SIGTERM)
        up.wait(timeout=20)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_ready(fair: Fair, up: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 240
    while time.monotonic() < until:
        if up.poll() is not None:
            raise AssertionError(f"bin/up ended by itself:\n{log.read_text()[-3000:]}")
        if "is open at" in log.read_text():
            with urllib.request.urlopen(f"{fair.address}/readyz", timeout=10) as answer:
                assert answer.status == 200
            return
        time.sleep(0.3)
    raise AssertionError(f"bin/up did not get ready:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    # Playwright keeps a loop in this thread, where the next file of this worker may make its database; nobody awaits in it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    program = os.environ.get("EVERFAIR_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()
