"""Starting and stopping the process of a sandbox: what all of them take from the command line and the environment."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from everfair.base.sandbox.server import SandboxServer
from everfair.base.sandbox.service import Product, Service
from everfair.base.sandbox.store import AlreadyRunning
from everfair.base.signature import split_secrets


def arguments_of(module: str, about: str, port: int) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=about)
    parser.add_argument("--port", type=int, default=port, help="0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", type=Path, required=True, help="folder of its database")
    parser.add_argument("--webhook-url", default="", help="where events go when the customer names no address")
    parser.add_argument("--public-url", default="", help="address people reach it under (default: http://localhost:PORT)")
    parser.add_argument("--account", default="acct_everfair", help="the customer's account, named in every event")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same scripted trouble")
    return parser


def common(prefix: str, asked: argparse.Namespace) -> dict[str, Any]:
    """What every Settings takes; the secrets come from the environment, so that no list of processes shows them."""
    return {
        "prefix": prefix,
        "api_key": os.environ.get(f"{prefix}API_KEY", ""),
        "webhook_secrets": split_secrets(os.environ.get(f"{prefix}WEBHOOK_SECRET", "")),
        "webhook_url": asked.webhook_url,
        "account": asked.account,
        "console_token": os.environ.get(f"{prefix}CONSOLE_TOKEN", ""),
        "seed": asked.seed,
    }


def serve(name: str, product: Product, asked: argparse.Namespace, settings: Callable[[], Any]) -> int:
    """Serve until SIGTERM or SIGINT. Exit 2 with one sentence when it cannot start."""

    def cannot(why: str) -> int:
        sys.stderr.write(f"The {name} cannot start: {why}.\n")
        return 2

    try:
        chosen = settings()
        server = SandboxServer((asked.host, asked.port))
    except (ValueError, OverflowError) as error:
        return cannot(str(error))
    except OSError as error:
        return cannot(f"port {asked.port} on {asked.host}: {error.strerror}")
    port = server.server_address[1]
    shown_host = "localhost" if asked.host in ("127.0.0.1", "0.0.0.0", "::", "::1") else asked.host  # noqa: S104 - compared, not bound
    try:
        server.service = Service(product, chosen, asked.data, asked.public_url or f"http://{shown_host}:{port}")
    except AlreadyRunning:
        return cannot(f"another sandbox is using {asked.data}")
    except (OSError, RuntimeError) as error:
        return cannot(str(error))
    server.service.start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown, daemon=True).start())
    sys.stdout.write(f"{name} on {server.service.public_url}\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.5)
    server.socket.close()  # not server_close(): it would wait for lines that a fault keeps silent
    server.service.stop()
    return 0
