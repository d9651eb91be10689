"""What every sandbox stands on: its memory, its faults, and when it speaks again."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from everfair.base.sandbox.faults import Faults, Kind
from everfair.base.sandbox.refusals import Refusal
from everfair.base.sandbox.store import SCHEMA, AlreadyRunning, Store

OWN = "create table things (id text primary key) strict;\n"
FAULTS = Faults(operations=("things.make",), in_events={"lies": Kind("s", default=2, least=-5, most=5, never_zero=True)})


def test_what_version_one_wrote_is_taken_over(tmp_path: Path):
    with sqlite3.connect(tmp_path / "sandbox.sqlite3") as old:
        old.executescript(OWN + SCHEMA.replace("reference text", "merchant_reference text"))
        old.execute("insert into events values ('evt_1', 'x', 'order-7', x'7b7d', 1.0)")
        old.execute("pragma user_version = 1")
    old.close()

    store = Store(tmp_path, OWN)

    with store.reading() as db:
        assert db.execute("select reference from events").fetchone()[0] == "order-7"
    store.close()
    Store(tmp_path, OWN).close()  # and it stays so


def test_a_folder_has_one_owner_and_a_version_from_the_future_is_left_alone(tmp_path: Path):
    store = Store(tmp_path, OWN)
    with pytest.raises(AlreadyRunning):
        Store(tmp_path, OWN)
    with store.writing() as db:
        db.execute("insert into things values ('one')")
        db.execute("pragma user_version = 99")
    store.close()

    with pytest.raises(RuntimeError, match="another version"):
        Store(tmp_path, OWN)


def test_what_fails_half_way_leaves_nothing(tmp_path: Path):
    store = Store(tmp_path, OWN)

    def half() -> None:
        with store.writing() as db:
            db.execute("insert into things values ('half')")
            1 / 0

    with pytest.raises(ZeroDivisionError):
        half()

    with store.reading() as db:
        assert db.execute("select count(*) from things").fetchone()[0] == 0
    store.close()


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "unheard_of"}, {"kind": "lies", "value": 0}, {"kind": "lies", "value": 6}, {"kind": "slow", "value": True},
        {"kind": "slow", "on": "things.break"}, {"kind": "lies", "on": "things.make"}, {"kind": "slow", "count": 0},
        {"kind": "slow", "probability_percent": 101}, {"kind": "slow", "merchant_reference": "x"},
    ],
)  # fmt: skip
def test_a_fault_that_makes_no_sense_is_refused(tmp_path: Path, given: dict[str, object]):
    store = Store(tmp_path, OWN)

    with pytest.raises(Refusal), store.writing() as db:
        FAULTS.add(db, given, 1.0)

    store.close()


def test_a_fault_strikes_so_often_and_only_what_it_is_about(tmp_path: Path):
    store = Store(tmp_path, OWN)
    with store.writing() as db:
        FAULTS.add(db, {"kind": "lies", "count": 2, "reference": "a"}, 1.0)

        struck = [FAULTS.firing(db, 1, FAULTS.of_events, {who}) for who in ("b", "a", "a", "a")]

        assert struck == [{}, {"lies": 2}, {"lies": 2}, {}]
        assert FAULTS.switched_on(db) == []
    store.close()
