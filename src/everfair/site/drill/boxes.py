"""The two payment sandboxes of a drill: processes that can be struck dumb, killed and brought back with all they remember."""

from __future__ import annotations

import http.client
import os
import secrets
import signal
import subprocess
import sys
from base64 import b64encode
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode, urlsplit

# rail: how the variables of its client begin
RAILS = {"sandbox": "EVERFAIR_SANDBOX", "sandbox2": "EVERFAIR_SANDBOX2"}


def secrets_of_boxes() -> dict[str, str]:
    """New keys for the copy: nothing that opens anything elsewhere."""
    found = {}
    for prefix in RAILS.values():
        found[f"{prefix}_API_KEY"] = secrets.token_urlsafe(32)
        found[f"{prefix}_WEBHOOK_SECRET"] = "whsec_" + b64encode(secrets.token_bytes(32)).decode()
        found[f"{prefix}_CONSOLE_TOKEN"] = secrets.token_urlsafe(24)
    return found


class Box:
    """One sandbox, from the variables that its client reads too."""

    def __init__(self, rail: str, folder: Path) -> None:
        self.rail, self.folder, self.prefix = rail, folder / rail, RAILS[rail]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        port = urlsplit(os.environ[f"{self.prefix}_URL"]).port
        command = [sys.executable, "-m", "everfair.payments.sandbox", "--port", str(port), "--data", str(self.folder)]
        command += ["--account", os.environ[f"{self.prefix}_ACCOUNT"], "--variables", f"{self.prefix}_", "--late-seconds", "20"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)  # noqa: S603 - our own
        if self.process.stdout is None or not self.process.stdout.readline():
            raise RuntimeError(f"the sandbox {self.rail} did not start")

    def fall_silent(self) -> None:
        """It takes calls and says nothing: nobody can tell what it did."""
        self._tell(signal.SIGSTOP)

    def die(self) -> None:
        self._tell(signal.SIGKILL)
        if self.process is not None:
            self.process.wait(10)
            self.process = None

    def stop(self) -> None:
        self._tell(signal.SIGCONT)
        self._tell(signal.SIGTERM)
        if self.process is not None:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(10)

    def _tell(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)


def pay_on_page(url: str, instrument: str = "pays") -> bool:
    """What a payer does on a provider's page; whether the page took it."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        form = urlencode({"instrument": instrument})
        connection.request("POST", parts.path, form, {"Content-Type": "application/x-www-form-urlencoded"})
        return connection.getresponse().status == 303
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
