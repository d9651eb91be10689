"""Start the sandbox: python -m everfair.payments.sandbox --port 8001 --data DIR"""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from everfair.payments.providers.signature import split_secrets
from everfair.payments.sandbox.server import SandboxServer
from everfair.payments.sandbox.service import Service, Settings
from everfair.payments.sandbox.store import AlreadyRunning

ABOUT = """A stateful fake payment provider. Secrets come from the environment: EVERFAIR_SANDBOX_API_KEY,
EVERFAIR_SANDBOX_WEBHOOK_SECRET (whsec_...; two, newest first, while rotating), and EVERFAIR_SANDBOX_CONSOLE_TOKEN
to open the console to other machines."""


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT. Exit 2 with one sentence when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m everfair.payments.sandbox", description=ABOUT)
    parser.add_argument("--port", type=int, default=8001, help="0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", type=Path, required=True, help="folder of its database")
    parser.add_argument("--webhook-url", default="", help="where events go when the merchant names no address")
    parser.add_argument("--public-url", default="", help="address payers reach it under (default: http://localhost:PORT)")
    parser.add_argument("--account", default="acct_everfair", help="merchant account named in every event")
    parser.add_argument("--merchant", default="Everfair", help="name shown on the hosted page")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same scripted trouble")
    parser.add_argument("--payout-seconds", type=float, default=3, help="how long a payout is pending")
    parser.add_argument("--late-seconds", type=int, default=30, help="how late a late confirmation is")
    asked = parser.parse_args(arguments)
    try:
        settings = Settings(
            api_key=os.environ.get("EVERFAIR_SANDBOX_API_KEY", ""),
            webhook_secrets=split_secrets(os.environ.get("EVERFAIR_SANDBOX_WEBHOOK_SECRET", "")),
            webhook_url=asked.webhook_url,
            account=asked.account,
            merchant=asked.merchant,
            console_token=os.environ.get("EVERFAIR_SANDBOX_CONSOLE_TOKEN", ""),
            seed=asked.seed,
            payout_after_s=asked.payout_seconds,
            late_s=asked.late_seconds,
        )
        server = SandboxServer((asked.host, asked.port))
    except (ValueError, OverflowError) as error:
        return _cannot(str(error))
    except OSError as error:
        return _cannot(f"port {asked.port} on {asked.host}: {error.strerror}")
    port = server.server_address[1]
    shown_host = "localhost" if asked.host in ("127.0.0.1", "0.0.0.0", "::", "::1") else asked.host  # noqa: S104 - compared, not bound
    try:
        server.service = Service(settings, asked.data, asked.public_url or f"http://{shown_host}:{port}")
    except AlreadyRunning:
        return _cannot(f"another sandbox is using {asked.data}")
    except (OSError, RuntimeError) as error:
        return _cannot(str(error))
    server.service.start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown, daemon=True).start())
    sys.stdout.write(f"payment sandbox on {server.service.public_url}\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.5)
    server.socket.close()  # not server_close(): it would wait for lines that a fault keeps silent
    server.service.stop()
    return 0


def _cannot(why: str) -> int:
    sys.stderr.write(f"The payment sandbox cannot start: {why}.\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
