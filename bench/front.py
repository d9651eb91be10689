"""Where should kept pages be answered, and do payment events still get through while browsing saturates?

    .venv/bin/python -m bench.front          # about a minute on two cores; nginx is compared with where it is installed

Each server runs alone on the first core, the one who asks on the second. A rate per core is 1 / (CPU of the server per request), so that it
does not depend on how fast the asking is.
"""

from __future__ import annotations

import os
import selectors
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.measuring import cpu_s, tree

SECONDS = float(os.environ.get("FRONT_SECONDS", "4"))
CONNECTIONS = 16
SOURCE = Path(__file__).resolve().parents[1]
ADDRESS = "/en/export/offers/1/"
LENGTH = 25_638  # front_apps.PAGE


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _on_core(core: int) -> None:
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[min(core, len(cores) - 1)]})


@contextmanager
def _server(command: list[str], port: int, **env: str) -> Iterator[int]:
    folders = f"{SOURCE / 'src'}:{SOURCE}"
    process = subprocess.Popen(
        command,
        env={**os.environ, "PYTHONPATH": folders, "PYTHONWARNINGS": "ignore", **env},
        preexec_fn=lambda: _on_core(0),
        stdout=subprocess.DEVNULL,
    )
    try:
        for _try in range(200):
            if process.poll() is not None:
                raise SystemExit(f"{command} ended")
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                break
            except OSError:
                time.sleep(0.1)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()


def granian(interface: str, port: int) -> list[str]:
    words = [sys.executable, "-m", "granian", "--interface", interface, "bench.front_apps:application", "--host", "127.0.0.1"]
    words += [
        "--port",
        str(port),
        "--workers",
        "1",
        "--runtime-mode",
        "st",
        "--no-ws",
        "--no-access-log",
        "--log-level",
        "warning",
    ]
    return words + (["--blocking-threads", "4"] if interface == "wsgi" else [])


def nginx(folder: Path, port: int) -> list[str]:
    page = folder / "page.html"
    page.write_bytes(b"x" * LENGTH)
    folder.chmod(0o755)
    (folder / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log; user {_name()};\n"
        f"events {{ worker_connections 256; }}\n"
        f"http {{ access_log off; sendfile on; keepalive_requests 1000000000; open_file_cache max=10; default_type text/html;\n"
        f" client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3; uwsgi_temp_path {folder}/4;"
        f" scgi_temp_path {folder}/5;\n server {{ listen 127.0.0.1:{port}; root {folder}; location / {{ try_files /page.html =404; }} }} }}\n"
    )
    return [shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]


def _name() -> str:
    import pwd

    return pwd.getpwuid(os.geteuid()).pw_name


def _ask_until(port: int, path: str, seconds: float, connections: int) -> int:
    """Answers received on so many kept-open connections, each asking again as soon as it is answered."""
    question = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    chosen, done = selectors.DefaultSelector(), 0
    for _ in range(connections):
        each = socket.create_connection(("127.0.0.1", port), 5)
        each.sendall(question)
        answer = each.recv(65_536)
        head = answer.index(b"\r\n\r\n") + 4
        if not answer.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"{path}: {answer[:60]!r}")
        length = head + int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        while len(answer) < length:
            answer += each.recv(65_536)
        each.setblocking(False)
        chosen.register(each, selectors.EVENT_READ, [length, length])
        each.send(question)
    until = time.monotonic() + seconds
    buffer = bytearray(1 << 18)
    while time.monotonic() < until:
        for key, _mask in chosen.select(0.2):
            sock, state = key.fileobj, key.data
            got = sock.recv_into(buffer)  # type: ignore[union-attr]
            if not got:
                raise SystemExit("a connection was closed")
            state[1] -= got
            if state[1] <= 0:
                done += 1
                state[1] = state[0]
                sock.send(question)  # type: ignore[union-attr]
    for key in list(chosen.get_map().values()):
        key.fileobj.close()  # type: ignore[union-attr]
    return done


def hits() -> None:
    rates: dict[str, float] = {}
    variants = [("(a) Django's first middleware", "wsgi", "middleware"), ("(b) WSGI wrapper", "wsgi", "wrapper")]
    variants += [("(c) RSGI shim (ours)", "rsgi", "shim")]
    with tempfile.TemporaryDirectory(prefix="front-") as place:
        if shutil.which("nginx"):
            variants.insert(0, ("nginx, a file", "", ""))
        print(f"A kept page of {LENGTH:,} bytes\n{'':32}{'CPU µs':>8}{'per s and core':>16}{'seen per s':>12}{'of nginx':>10}")
        for name, interface, variant in variants:
            port = _free_port()
            command = granian(interface, port) if interface else nginx(Path(place), port)
            with _server(command, port, FRONT_VARIANT=variant, FRONT_HOST=f"127.0.0.1:{port}", EVERFAIR_DATA=place) as root:
                _ask_until(port, ADDRESS, 0.5, CONNECTIONS)
                pids, before = tree(root), cpu_s(tree(root))
                done = _ask_until(port, ADDRESS, SECONDS, CONNECTIONS)
                cost_s = (cpu_s(pids) - before) / done
            rates[name] = 1 / cost_s
            of_nginx = f"{rates[name] / rates['nginx, a file']:9.0%}" if "nginx, a file" in rates else "        ?"
            print(f"{name:32}{cost_s * 1e6:8.1f}{rates[name]:16,.0f}{done / SECONDS:12,.0f} {of_nginx}")


def _told(port: int, seconds: float) -> tuple[list[float], int]:
    """Payment events, thirty a second on connections of their own: milliseconds of each, and how many failed."""
    took, failed, until = [], 0, time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.monotonic()
        try:
            with socket.create_connection(("127.0.0.1", port), 10) as each:
                each.sendall(
                    b"POST /hooks/payments/x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
                )
                failed += not each.recv(100).startswith(b"HTTP/1.1 200")
            took.append((time.monotonic() - began) * 1000)
        except OSError:
            failed += 1
        time.sleep(0.033)
    return took, failed


def _browse(port: int, until: float, seen: list[int]) -> None:
    """One visitor who asks without pause; a 503 sends him away for a tenth of the time he is told."""
    question = f"GET /en/me/browse/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", port), 30) as each:
        while time.monotonic() < until:
            each.sendall(question)
            status = int(each.recv(65_536)[9:12])
            seen.append(status)
            if status == 503:
                time.sleep(0.1)


def saturation() -> None:
    print(
        f"\nPayment events while 96 visitors ask for pages of 15 ms\n{'':32}{'p50 ms':>8}{'p99 ms':>8}{'failed':>8}{'pages/s':>9}{'503/s':>7}"
    )
    for name, interface, variant, own in (
        ("WSGI, 4 threads", "wsgi", "plain", False),
        ("WSGI, events in an own process", "wsgi", "plain", True),
        ("RSGI gate (ours)", "rsgi", "gate", False),
    ):
        port, second = _free_port(), _free_port()
        with tempfile.TemporaryDirectory(prefix="front-") as place:
            env = {"FRONT_VARIANT": variant, "EVERFAIR_DATA": place, "FRONT_HOST": "x"}
            with _server(granian(interface, port), port, **env), _server(granian(interface, second), second, **env):
                seen: list[int] = []
                until = time.monotonic() + SECONDS + 1
                crowd = [threading.Thread(target=_browse, args=(port, until, seen)) for _ in range(96)]
                for each in crowd:
                    each.start()
                time.sleep(1)
                took, failed = _told(second if own else port, SECONDS)
                for each in crowd:
                    each.join()
        p99 = sorted(took)[int(len(took) * 0.99)] if took else float("nan")
        pages, shed = seen.count(200) / (SECONDS + 1), seen.count(503) / (SECONDS + 1)
        print(f"{name:32}{statistics.median(took) if took else float('nan'):8.0f}{p99:8.0f}{failed:8}{pages:9.0f}{shed:7.0f}")


if __name__ == "__main__":
    _on_core(1)
    hits()
    saturation()
