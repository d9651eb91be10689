"""A throw-away installation, started by the real supervisor; only the payment sandbox is ours (see provider.py)."""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import psycopg
from bench.measuring import Meter, pss_mib, tree
from bench.provider import Provider

SOURCE = Path(__file__).resolve().parents[1] / "src"


class Installation:
    """Use as a context; inside it Django is set up on its database, as the login that runs."""

    def __enter__(self) -> Installation:
        began_s = time.monotonic()
        self.folder = Path(tempfile.mkdtemp(prefix="everfair-bench-"))
        self.folder.chmod(0o711)  # root's database runs as another user, who must pass through
        self.data = self.folder / "var"
        secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        self.provider = Provider(secret)
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        os.environ.update(
            EVERFAIR_KIND="live",
            EVERFAIR_DATA=str(self.data),
            EVERFAIR_ADDRESS=self.address,
            EVERFAIR_SANDBOX_URL=self.provider.url,
            EVERFAIR_SANDBOX_WEBHOOK_SECRET=secret,
            EVERFAIR_SANDBOX2_URL="http://127.0.0.1:9",  # nobody: the bench plays one provider
            EVERFAIR_CARRIER_SANDBOX_URL="http://127.0.0.1:9",  # nobody: the bench books no carrier
            EVERFAIR_LOG="WARNING" if os.environ.get("EVERFAIR_BENCH_QUIET") else "INFO",
            PYTHONPATH=str(SOURCE),
            DJANGO_SETTINGS_MODULE="everfair.site.settings",
        )
        for name in ("EVERFAIR_DATABASE_URL", "EVERFAIR_OWNER_URL"):
            os.environ.pop(name, None)
        command = [sys.executable, "-m", "everfair.site.cli", "up", "--empty", "--port", str(self.port), "--data", str(self.data)]
        self.up = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, start_new_session=True
        )  # the line with the address
        try:
            self._wait_until_open()
            self.open_after_s = time.monotonic() - began_s
            self._wait_for_its_word()
            self._find_processes()
            self._look_inside()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self.up.poll() is None:
            self.up.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.up.wait(15)
        self.provider.close()
        if os.environ.get("EVERFAIR_BENCH_KEEP"):
            print(f"kept: {self.folder}", file=sys.stderr)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _wait_until_open(self) -> None:
        until = time.monotonic() + 120
        while time.monotonic() < until:
            if self.up.poll() is not None:
                raise SystemExit("The installation did not start; its reason stands above.")
            with suppress(OSError), urllib.request.urlopen(f"{self.address}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
            time.sleep(0.1)
        raise SystemExit("The installation was not ready after 120 s.")

    def _wait_for_its_word(self) -> None:
        """It ends its start by making the first operator's link; ours, made before, would be void."""
        if self.up.stdout is None or not self.up.stdout.readline():
            raise SystemExit("The installation said nothing.")

    def _find_processes(self) -> None:
        self.roots = {}
        for pid in tree(self.up.pid) - {self.up.pid}:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
            if parent != self.up.pid:
                continue
            if b"granian" in words:
                self.roots["web"] = pid
            elif b"worker" in words:
                self.roots["worker"] = pid
            elif words[0].endswith(b"/postgres"):
                self.roots["database"] = pid
        if set(self.roots) != {"web", "worker", "database"}:
            raise SystemExit(f"Not all processes were found: {self.roots}")

    def _look_inside(self) -> None:
        """Django in this process, and one session for looking; what both cost the database is left out of the figures."""
        from everfair.site import engine

        found = engine.running(self.data)
        if found is None:
            raise SystemExit("The database was not found.")
        os.environ.update(EVERFAIR_DATABASE_URL=found.app_url, EVERFAIR_POOL="1")
        os.environ["EVERFAIR_SECRET_KEY"] = (self.data / "secrets" / "secret_key").read_text().strip()
        self.superuser_url = found.superuser_url
        import django

        django.setup()
        from django.db import connection

        connection.ensure_connection()
        self.session = psycopg.connect(found.app_url, autocommit=True)
        own = connection.connection.info.backend_pid
        connection.close()  # back into the pool, which keeps it open
        self.own_backends = {own, self.session.info.backend_pid}

    def meter(self) -> Meter:
        return Meter(self.roots, without=self.own_backends)

    def memory_mib(self) -> dict[str, float]:
        found = {name: pss_mib(pid) for name, pid in self.roots.items()}
        found["supervisor"] = pss_mib(self.up.pid) - sum(found.values())
        return found

    def ask(self, query: str, *arguments: object) -> object:
        row = self.session.execute(query, arguments).fetchone()
        return row[0] if row else None

    def wait_until(self, query: str, *arguments: object, patience_s: float = 20) -> None:
        until = time.monotonic() + patience_s
        while not self.ask(query, *arguments):
            if time.monotonic() > until:
                wrong = [line for line in (self.data / "log" / "worker.log").read_text().splitlines() if '"error"' in line]
                raise SystemExit(f"It did not come true in {patience_s} s: {query} {arguments}\n{wrong[-1] if wrong else ''}")
            time.sleep(0.01)

    def wait_for_reactions(self) -> None:
        self.wait_until(
            "SELECT NOT EXISTS (SELECT FROM base_cursor c, base_event e WHERE (e.tx, e.seq) > (c.tx::text::xid8, c.seq))",
            patience_s=60,
        )


def _free_port() -> int:
    """One whose neighbours are free too: the supervisor keeps them for the sandboxes."""
    while True:
        with socket.socket() as one, socket.socket() as two, socket.socket() as three, socket.socket() as four:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            with suppress(OSError, OverflowError):
                two.bind(("127.0.0.1", port + 1))
                three.bind(("127.0.0.1", port + 2))
                four.bind(("127.0.0.1", port + 3))
                if 1024 < port < 65000:
                    return port
