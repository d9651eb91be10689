"""How many journals a second the books take: `python -m bench.ledger`, from the top of the repository. See README.md beside it.

A journal is one `post_entry`: one transaction, committed and on the disk before the next one begins. Each client is a process with one
session, and plays sales: the provider has the money, the escrow holds it, the seller gets it less a fee. The seals are made meanwhile, as
by the worker. In turns with it, several times: the same with a fee account of its own for each client, and pgbench's TPC-B on the same server.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from bench.database import Database  # noqa: E402

LEAST, MOST_MS, MOST_DEARER = 300, 100, 1.10
LANES = "abcdefghijklmnop"


def sales(lane: str, whose: str, until_s: float) -> list[float]:
    """Seconds that each journal took."""
    from everfair.base.actor import SYSTEM
    from everfair.base.ids import new_id
    from everfair.base.money import Money
    from everfair.ledger.actions import post_entry
    from everfair.ledger.values import Transfer, clearing, costs, escrow, received, wallet

    total, fee = Money(12_600, "USD"), Money(252, "USD")
    took = []

    def post(key: str, kind: str, *transfers: Transfer) -> None:
        began_s = time.perf_counter()
        if post_entry(key, transfers, kind=kind, by=SYSTEM, why={"sale": key}) is None:
            raise SystemExit(f"{key} stood already")
        took.append(time.perf_counter() - began_s)

    seller = wallet(UUID(int=LANES.index(lane) + 1), "USD")
    earned = costs(whose, "USD")  # an account of the whole platform, as fees are; those have a charge for every cent
    while time.monotonic() < until_s:
        sale = new_id()
        post(f"{sale}:paid", "payment_captured", Transfer(clearing("sandbox", "USD"), received(sale), total))
        post(f"{sale}:held", "stage_funded", Transfer(received(sale), escrow(sale), total, "fund"))
        out = Transfer(escrow(sale), seller, total - fee, "release"), Transfer(escrow(sale), earned, fee, "fee")
        post(f"{sale}:done", "stage_release", *out)
    return took


def client(lane: str, whose: str, until_s: float, said: Any) -> None:
    from django.db import connection

    took = sales(lane, whose, until_s)
    connection.close()
    said.send((took, sum(os.times()[:2])))


def seal_until(until_s: float) -> None:
    from everfair.ledger.sealing import seal

    while time.monotonic() < until_s:
        time.sleep(1)
        seal()


def journals(clients: int, seconds: float, *, shared: bool) -> dict[str, float]:
    """One turn: journals a second, how long they took, and the CPU of client and database for each."""
    made = multiprocessing.get_context("fork")
    began_s, until_s = time.monotonic(), time.monotonic() + seconds
    sealer = made.Process(target=seal_until, args=(until_s,))
    sealer.start()
    running = []
    for lane in LANES[:clients]:
        here, there = made.Pipe(duplex=False)
        process = made.Process(target=client, args=(lane, "all" if shared else lane, until_s, there))
        process.start()
        there.close()
        running.append((process, here))
    answers = [here.recv() for _process, here in running]
    for process in (*(process for process, _here in running), sealer):
        process.join()
    took = sorted(s for each, _cpu in answers for s in each)
    return {
        "per_s": len(took) / (time.monotonic() - began_s),
        "median_ms": took[len(took) // 2] * 1000,
        "p99_ms": took[int(len(took) * 0.99)] * 1000,
        "client_cpu_ms": sum(cpu for _took, cpu in answers) * 1000 / len(took),
    }


class TpcB:
    """PostgreSQL's own bench, in a database of its own on the same server."""

    def __init__(self, place: Database, clients: int) -> None:
        self.program = place.server.programs / "pgbench"
        self.url = place.server.superuser_url.replace("/everfair?", "/pgbench?")
        self.clients = clients
        if self.program.exists():
            subprocess.run(
                [place.server.programs / "createdb", "--maintenance-db", place.server.superuser_url, "pgbench"], check=True
            )
            subprocess.run([self.program, "-i", "-q", "-s", "10", self.url], check=True, capture_output=True)

    def per_s(self, seconds: float) -> float | None:
        """Transactions a second; None where the server came without pgbench."""
        if not self.program.exists():
            return None
        command = [self.program, "-n", "-M", "prepared", "-c", str(self.clients), "-j", "2", "-T", str(int(seconds)), self.url]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        found = re.search(r"tps = ([0-9.]+)", said)
        return float(found[1]) if found else None


def run(place: Database, clients: int, seconds: float, turns: int) -> dict[str, Any]:
    rival = TpcB(place, clients)
    journals(clients, 2, shared=True)  # warm
    shared, apart, tpc_b = [], [], []
    for _turn in range(turns):
        shared.append(journals(clients, seconds, shared=True))
        apart.append(journals(clients, seconds, shared=False))
        tpc_b.append(rival.per_s(seconds))
    from everfair.ledger.proofs import prove

    figures: dict[str, Any] = {name: statistics.median(turn[name] for turn in shared) for name in shared[0]}
    # Of each turn by itself: what else the machine does meanwhile is the same for both.
    figures["shared_is_dearer"] = statistics.median(a["per_s"] / s["per_s"] for a, s in zip(apart, shared, strict=True))
    beside = [s["per_s"] / t for s, t in zip(shared, tpc_b, strict=True) if t]
    figures["tpc_b_per_s"] = statistics.median(t for t in tpc_b if t) if beside else None
    figures["of_tpc_b"] = statistics.median(beside) if beside else None
    figures["breaches"] = [f"{proof.name}: {proof.breach}" for proof in prove() if proof.breach]
    figures |= {"clients": clients, "turns": turns, "load": os.getloadavg()[0], "cpus": len(os.sched_getaffinity(0))}
    return figures


def text(found: dict[str, Any]) -> str:
    lines = [
        f"journals a second, {found['clients']} clients   {found['per_s']:8.0f}   at least {LEAST}",
        f"the slowest of a hundred, ms      {found['p99_ms']:8.1f}   at most {MOST_MS} (half within {found['median_ms']:.1f})",
        f"with a fee account of each client {found['shared_is_dearer']:8.3f}   times as many; at most {MOST_DEARER}",
        f"CPU of the client for each, ms    {found['client_cpu_ms']:8.2f}",
    ]
    if found["of_tpc_b"]:
        lines.append(f"of pgbench's TPC-B                {found['of_tpc_b']:8.3f}   ({found['tpc_b_per_s']:.0f} a second)")
    else:
        lines.append("this server came without pgbench: there is nothing to compare with")
    lines.append(f"{found['cpus']} CPUs, load {found['load']:.1f}; proofs broken: {found['breaches'] or 'none'}")
    return "\n".join(lines)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clients", type=int, default=8)
    options.add_argument("--seconds", type=float, default=8)
    options.add_argument("--turns", type=int, default=3)
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    with Database() as place:
        found = run(place, asked.clients, asked.seconds, asked.turns)
    print(json.dumps(found) if asked.json else text(found))
    met = found["per_s"] >= LEAST and found["p99_ms"] <= MOST_MS and found["shared_is_dearer"] <= MOST_DEARER
    sys.exit(0 if met and not found["breaches"] else 1)


if __name__ == "__main__":
    main()
