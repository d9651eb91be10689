"""What one trade, one search and one import cost: `python -m bench.run`, from the top of the repository. See README.md beside it."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from bench import finding, world  # noqa: E402
from bench.calls import Caller  # noqa: E402
from bench.installation import Installation  # noqa: E402
from bench.trading import OrderFlow, RfqFlow  # noqa: E402

PARTS = ("web", "worker", "database")
PARTS_OF_RUN = ("order", "rfq", "import", "search", "memory")


class Report:
    """Rows of figures: what, the target, what was measured, and how many times better than asked (1 or more is met)."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.notes: list[str] = []

    def add(
        self, name: str, unit: str, measured: float, target: float | None = None, *, more_is_better: bool = False, **also: Any
    ) -> None:
        ratio = None
        if target is not None and measured:
            ratio = measured / target if more_is_better else target / measured
        row = {"name": name, "unit": unit, "target": target, "measured": round(measured, 2)}
        self.rows.append(row | {"ratio": round(ratio, 2) if ratio else None} | also)

    def text(self) -> str:
        lines = [f"{'':52}{'target':>10}{'measured':>12}{'ratio':>8}"]
        for row in self.rows:
            target = "" if row["target"] is None else f"{row['target']:g}"
            ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}"
            lines.append(f"{row['name'] + ', ' + row['unit']:52}{target:>10}{row['measured']:>12.2f}{ratio:>8}")
            if "parts" in row:
                lines.append("    " + " · ".join(f"{name} {value:.2f}" for name, value in row["parts"].items()))
            if "steps" in row:
                lines += [f"    {step:40}{ms:>8.2f}" for step, ms in row["steps"].items()]
        return "\n".join([*lines, *self.notes])


def measure(place: Installation, once: Callable[[int], Any], warm: int, times: int, idle: dict[str, float]) -> dict[str, float]:
    """CPU milliseconds of one time, by process; what the worker does afterwards is waited for and counted.

    What the installation spends while nobody asks (`idle`, ms per second) is taken off: a slow client would count as a dear trade.
    """
    for n in range(warm):
        once(n)
    place.wait_for_reactions()
    meter, began_s = place.meter(), time.monotonic()
    for n in range(warm, warm + times):
        once(n)
    place.wait_for_reactions()
    spent, took_s = meter.lap_ms(), time.monotonic() - began_s
    return {name: (spent[name] - idle[name] * took_s) / times for name in PARTS}


def steps_of(place: Installation, flow: OrderFlow | RfqFlow, times: int) -> dict[str, float]:
    """Where the time of a trade goes. Rougher than the sum: the kernel counts in hundredths of a second."""
    meter, spent = place.meter(), defaultdict(float)

    def lap(step: str) -> None:
        spent[step] += sum(meter.lap_ms(look_again=False).values())

    flow.lap = lap
    for _ in range(times):
        flow.run()
    flow.lap = lambda step: None
    return {step: round(ms / times, 2) for step, ms in spent.items()}


def run(parts: set[str], *, orders: int, steps: bool) -> Report:
    report = Report()
    with Installation() as place:
        print(f"open after {place.open_after_s:.1f} s at {place.address}", file=sys.stderr)
        report.add("new installation, environment ready, to /readyz", "s", place.open_after_s)
        traders = world.make()
        place.wait_for_reactions()
        if "memory" in parts:
            time.sleep(2)
            _memory(place, report)
        idle = _idle(place, report)
        trades: list[tuple[str, OrderFlow | RfqFlow, str, float]] = [
            ("order", OrderFlow(place, traders, until="held"), "order placed, signed, paid, confirmed in escrow", 60),
            ("order", OrderFlow(place, traders), "order to its settlement: both stages, shipped, received", 60),
            ("rfq", RfqFlow(place, traders), "RFQ → 3 quotes → award", 80),
        ]
        for name, flow, title, target in trades:
            if name in parts:
                print(f"{title} …", file=sys.stderr)
                spent = measure(place, lambda n, flow=flow: flow.run(), 20, orders, idle)  # type: ignore[misc]
                asked = sum(flow.requests.values()) / (20 + orders)
                also: dict[str, Any] = {"parts": spent, "requests": asked}
                if steps:
                    also["steps"] = steps_of(place, flow, 40)
                report.add(f"{title} ({asked:.0f} requests)", "CPU ms", sum(spent.values()), target, **also)
        if {"import", "search"} & parts:
            _goods(place, traders, parts, report, idle)
    return report


def _goods(place: Installation, traders: world.World, parts: set[str], report: Report, idle: dict[str, float]) -> None:
    if not (finding.GOODS / "products.jsonl.gz").is_file():
        report.notes.append(f"Import and search were left out: {finding.MISSING}.")
        return
    goods = finding.products(finding.GOODS)
    print(f"import of {len(goods)} offers …", file=sys.stderr)
    brought = finding.bring_in(place, traders.importer, traders, goods)
    rate = brought["offers"] / brought["found_s"]
    report.add("import, until the search finds the last one", "offers/s", rate, 1000, more_is_better=True)
    report.add("import, until the rows are in", "offers/s", brought["offers"] / brought["taken_s"])
    if "search" not in parts:
        return
    print("search …", file=sys.stderr)
    caller = Caller(place.address)
    asked = finding.questions(finding.GOODS, goods, 220)
    asked = asked[-20:] + asked[:-20]  # the judged ones are measured, others warm up
    if len(asked) < 220:
        raise SystemExit(f"only {len(asked)} questions were found")
    spent = measure(place, lambda n: finding.search_page(caller, asked[n]), 20, 200, idle)
    report.add("search page over 6,764 real offers, no card drawn before", "CPU ms", sum(spent.values()), parts=spent)
    spent = measure(place, lambda n: finding.search_page(caller, asked[n], again=True), 20, 200, idle)
    report.add("search page over 6,764 real offers", "CPU ms", sum(spent.values()), 4, parts=spent)
    keys = [party.key for party in (*traders.buyers, *traders.suppliers)]
    spent = measure(place, lambda n: finding.search_api(caller, keys[n % len(keys)], asked[n]), 20, 200, idle)
    report.add("search through the API", "CPU ms", sum(spent.values()), parts=spent)
    offers = finding.numbers(place, traders.importer, 220)
    spent = measure(place, lambda n: finding.offer_page(caller, offers[n]), 20, 200, idle)
    report.add("offer page, not kept by the front cache", "CPU ms", sum(spent.values()), 3, parts=spent)
    addresses = finding.halls(place, 220)
    spent = measure(place, lambda n: finding.hall_page(caller, addresses[n]), 20, 200, idle)
    report.add("hall of 24 with all facets, not kept by the front cache", "CPU ms", sum(spent.values()), 4, parts=spent)


def _memory(place: Installation, report: Report) -> None:
    found = place.memory_mib()
    if not found["database"]:
        report.notes.append("The database's memory cannot be read by this user: run as the one that started it.")
    report.add("idle memory (PSS) without the sandboxes", "MiB", sum(found.values()), 500, parts=found)


def _idle(place: Installation, report: Report) -> dict[str, float]:
    meter = place.meter()
    time.sleep(10)
    spent = {name: ms / 10 for name, ms in meter.lap_ms().items()}
    report.add("idle", "CPU ms/s", sum(spent.values()), parts=spent)
    return spent


def machine() -> str:
    model = next(
        (line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), ""
    )
    return f"{os.cpu_count()} cores, {model or platform.machine()}, Python {platform.python_version()}"


def main() -> None:
    reading = argparse.ArgumentParser(prog="bench", description=__doc__)
    reading.add_argument("--json", action="store_true", help="print the figures as JSON")
    reading.add_argument("--only", choices=PARTS_OF_RUN, action="append", help="measure only this (may be given several times)")
    reading.add_argument("--orders", type=int, default=100, help="how many trades of each kind are measured")
    reading.add_argument("--steps", action="store_true", help="also show what each step of a trade costs")
    said = reading.parse_args()
    began_s = time.monotonic()
    report = run(set(said.only or PARTS_OF_RUN), orders=said.orders, steps=said.steps)
    head = {
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": machine(),
        "took_s": round(time.monotonic() - began_s),
    }
    if said.json:
        print(json.dumps(head | {"figures": report.rows, "notes": report.notes}, ensure_ascii=False))
    else:
        print(f"{head['at']} · {head['machine']} · {head['took_s']} s\n{report.text()}")


if __name__ == "__main__":
    main()
