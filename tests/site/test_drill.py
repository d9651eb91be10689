"""The bad day is rehearsed on a copy: what the real installation holds is not touched, and it keeps the score."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from everfair.site import engine
from tests.site.test_up import CLI, ROOT, Installation, four_free_ports, surroundings


@pytest.fixture
def place() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="ef-drill-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def drill(data: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [*CLI, "--data", str(data), "drill", "paypal", *words]
    return subprocess.run(command, env={**surroundings(), **env}, cwd=ROOT, capture_output=True, text=True)


def copies() -> set[Path]:
    """Of ours; one that somebody stopped in the middle may lie there."""
    return {folder for folder in Path(tempfile.gettempdir()).glob("everfair-drill-*") if folder.stat().st_uid == os.getuid()}


def test_the_largest_provider_leaves_and_nothing_is_lost(place: Path) -> None:
    own, before = Installation(place / "var", four_free_ports()), copies()
    try:
        own.line()

        done = drill(own.data, "--payments", "36", "--json")

        assert done.returncode == 0, done.stderr + done.stdout
        figures = json.loads(done.stdout)
        assert (figures["clean"], figures["payments_lost"], figures["captured_twice"]) == (True, 0, 0)
        assert (figures["rail"], figures["payments"], figures["proofs_broken"]) == ("sandbox", 42, [])
        assert set(figures["first_try_before"]) == {"paid"}
        assert figures["first_try_after"]["paid"] >= 6
        assert figures["stuck_on_the_dead_rail_minor"]["USD"] > 0
        assert figures["minutes_until_99_percent_succeed"] <= 1
        running = engine.running(own.data)
        with psycopg.connect(running.superuser_url) as session:
            kept = session.execute("SELECT kind, score FROM payments_drill").fetchall()
            orders = session.execute("SELECT count(*) FROM trade_order").fetchone()
        assert kept == [("paypal", figures["score"])]
        assert orders == (0,)  # the day was played on the copy
    finally:
        own.close()
    assert copies() <= before


def test_a_live_key_is_refused_before_anything_is_copied(place: Path) -> None:
    done = drill(place / "var", ACQUIRER_KEY="sk_live_0000")
    assert done.returncode == 2
    assert done.stderr == "ACQUIRER_KEY is a provider's live key: run the drill in a shell that does not know it.\n"
