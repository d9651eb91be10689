"""The carrier sandbox as its own process on a free port."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from everfair.logistics.carriers.sandbox.client import SandboxCarrier
from tests.payments.running_sandbox import API_KEY, SECRET, RunningSandbox


@dataclass
class RunningCarrier(RunningSandbox):
    module: str = "everfair.logistics.sandbox"
    prefix: str = "EVERFAIR_CARRIER_SANDBOX"

    def drive(self, shipment_id: str, code: str, **asked: Any) -> dict[str, Any]:
        """What somebody at the carrier does with the goods."""
        reply = self.call("POST", f"/v1/shipments/{shipment_id}/scans", {"code": code, **asked})
        assert reply.status == 200, reply.text
        return reply.json

    def client(self, **changes: Any) -> SandboxCarrier:
        return SandboxCarrier(self.url, API_KEY, [SECRET], "acct_everfair", webhook_url=self.webhook_url, **changes)


@contextmanager
def running_carrier(folder: Path, webhook_url: str = "", *options: str, **environment: str) -> Iterator[RunningCarrier]:
    carrier = RunningCarrier(folder, webhook_url, options, environment)
    carrier.start()
    try:
        yield carrier
    finally:
        carrier.stop()
