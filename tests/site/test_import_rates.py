"""`everfair import-rates FILE`, as a person types it: a process of its own on a database of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from everfair.payments.fx import ecb, sandbox
from everfair.payments.models import Rate, RateFile
from tests.payments.rates import file_of, publication_day, today

pytestmark = pytest.mark.usefixtures("committed")
SAMPLE = Path(ecb.__file__).parent / "sample" / "eurofxref-daily.xml"


@pytest.fixture
def run(test_database: Any, tmp_path: Path) -> Any:
    urls = {"EVERFAIR_DATABASE_URL": test_database.app_url, "EVERFAIR_OWNER_URL": test_database.owner_url}

    def command(file: Path | bytes, *options: str) -> subprocess.CompletedProcess[str]:
        if isinstance(file, bytes):
            (tmp_path / "rates.xml").write_bytes(file)
            file = tmp_path / "rates.xml"
        typed = [sys.executable, "-m", "everfair.site.cli", "--data", str(tmp_path / "data"), "import-rates", str(file), *options]
        return subprocess.run(typed, env={**os.environ, **urls}, capture_output=True, text=True, timeout=120)

    return command


def test_the_sample_that_ships_is_taken_and_taken_again_is_harmless(run):
    done = run(SAMPLE, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"source": "sandbox", "from": "2026-11-20", "to": "2026-11-20", "new": 30, "known": 0}
    assert Rate.objects.count() == 30

    again = run(SAMPLE)
    assert again.returncode == 0
    assert "30" in again.stdout
    assert (Rate.objects.count(), RateFile.objects.count()) == (30, 1)


def bomb() -> bytes:
    layers = "".join(f'<!ENTITY l{n} "{"".join([f"&l{n - 1};"] * 10)}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">{layers}]><a>&l9;</a>'.encode()


def test_bad_files_are_refused_in_a_sentence_and_change_nothing(run, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("told to nobody")
    reads = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]><a>&x;</a>'.encode()
    day = publication_day()
    assert run(file_of({day: {"USD": "1.2500"}})).returncode == 0
    bad = {
        "is no envelope": b"<a/>",
        "not well-formed": b"<gesmes:Envelope>",
        "document type": bomb(),
        "document type ": reads,
        "has not come yet": file_of({today() + timedelta(days=1): {"USD": "1.25"}}),
        "no rate of USD": file_of({day: {"USD": "-1.25"}}),
        "since its publication": file_of({day: {"USD": "1.2600"}}),
        "went from": file_of({day - timedelta(days=1): {"USD": "2.5"}}),
        "Bank of Nowhere": file_of({day: {"USD": "1.25"}}, "Bank of Nowhere"),
    }
    for reason, body in bad.items():
        no = run(body)
        assert no.returncode == 2, reason
        assert "cannot be taken as exchange rates" in no.stderr, no.stderr
        assert reason.strip() in no.stderr
        assert "Traceback" not in no.stderr
        assert "told to nobody" not in no.stdout + no.stderr
        assert len(no.stderr.strip().splitlines()) == 1
    assert (Rate.objects.count(), RateFile.objects.count()) == (1, 1)

    assert run(file_of({day - timedelta(days=1): {"USD": "2.5"}}), "--allow-jumps").returncode == 0
    assert Rate.objects.count() == 2


def test_a_file_that_is_not_there_is_said(run, tmp_path):
    no = run(tmp_path / "nothing.xml")
    assert no.returncode == 2
    assert "does not exist" in no.stderr


def test_the_sample_is_of_the_sender_that_live_installations_refuse():
    assert sandbox.SENDER in SAMPLE.read_text()
