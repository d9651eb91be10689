"""The proofs find what should never be: one amount changed by a superuser, with the guards off."""

from __future__ import annotations

import json

import psycopg
import pytest
from django.db import connection

from everfair.base.actor import SYSTEM
from everfair.base.ids import new_id
from everfair.ledger import proofs
from everfair.ledger.actions import post_entry, post_hold, reserve
from everfair.ledger.commands import run_proofs
from everfair.ledger.proofs import also_prove, prove
from everfair.ledger.values import Transfer, clearing, escrow, wallet
from tests import cluster
from tests.ledger.books import EARNED, put, usd

BALANCE = "every balance is the sum of its transfers"
ESCROW = "every escrow: funded = held + released + refunded + fees + lost"


@pytest.fixture
def books(committed: None) -> dict[str, str]:
    """One funded, partly released stage, and a wallet with a posted and an open hold; returns the addresses."""
    buyer, seller, stage = put(new_id(), 1000), wallet(new_id(), "USD"), new_id()
    post_entry("fund", [Transfer(buyer, escrow(stage), usd(600), "fund")], kind="fund", by=SYSTEM)
    release = [Transfer(escrow(stage), seller, usd(290), "release"), Transfer(escrow(stage), EARNED, usd(10), "fee")]
    post_entry("release", release, kind="release", by=SYSTEM)
    paid = reserve("h1", buyer, usd(50), by=SYSTEM)
    post_hold(paid, "p1", [Transfer(buyer, clearing("sandbox", "USD"), usd(50))], kind="payout", by=SYSTEM)
    reserve("h2", buyer, usd(70), by=SYSTEM)
    return {"buyer": buyer, "seller": seller, "escrow": escrow(stage)}


def tamper(test_database: cluster.TestDatabase, *statements: str) -> None:
    """What only a superuser can do: change the books with every trigger and constraint off."""
    with psycopg.connect(test_database.superuser_url) as session:
        session.execute("SET session_replication_role = replica")
        for statement in statements:
            session.execute(statement)


def broken() -> dict[str, str]:
    return {proof.name: proof.breach for proof in prove() if proof.breach}


def test_sound_books_pass_every_proof_and_say_how_much_was_looked_at(books: dict[str, str]):
    rows = {proof.name: proof.rows for proof in prove()}

    assert broken() == {}
    assert (rows["every entry has a transfer"], rows["every transfer stays in one currency"]) == (4, 5)
    assert (rows[BALANCE], rows[ESCROW], rows["no hold was posted beyond its amount"]) == (3, 1, 1)


def test_one_amount_flipped_in_a_transfer_is_named(books: dict[str, str], test_database: cluster.TestDatabase):
    tamper(test_database, "UPDATE ledger_transfer SET amount_minor = 291 WHERE amount_minor = 290")

    found = broken()

    assert found[BALANCE] == f"account {books['seller']} shows 290, its transfers say 291"
    assert found[ESCROW] == f"account {books['escrow']}"
    assert set(found) == {BALANCE, ESCROW}


@pytest.mark.parametrize(
    ("statement", "name", "breach"),
    [
        (
            "UPDATE ledger_balance SET posted_minor = posted_minor + 1 WHERE account_id = {seller}",
            BALANCE,
            "account {seller_address} shows 291, its transfers say 290",
        ),
        (
            "DELETE FROM ledger_balance WHERE account_id = {seller}",
            BALANCE,
            "account {seller_address} shows nothing, its transfers say 290",
        ),
        (
            "UPDATE ledger_balance SET reserved_minor = 0 WHERE account_id = {buyer}",
            "every reservation is the sum of its open holds",
            "account {buyer_address} reserves 0, its holds say 70",
        ),
        (
            "ALTER TABLE ledger_balance DROP CONSTRAINT ledger_balance_not_negative;"
            "UPDATE ledger_balance SET posted_minor = 1 WHERE account_id = {buyer}",
            "no account holds less than is reserved",
            "account {buyer_address}",
        ),
        ("UPDATE ledger_escrow SET released_minor = 280, refunded_minor = 10", ESCROW, "account {escrow_address}"),
        ("DELETE FROM ledger_escrow", ESCROW, "account {escrow_address}"),
        ("DELETE FROM ledger_transfer WHERE amount_minor = 600", "every entry has a transfer", "entry {fund}"),
        (
            "UPDATE ledger_transfer SET currency = 'EUR' WHERE amount_minor = 600",
            "every transfer stays in one currency",
            "transfer {fund_transfer}",
        ),
        ("UPDATE ledger_holdend SET posted_minor = 51", "no hold was posted beyond its amount", "hold {hold}"),
    ],
)  # fmt: skip
def test_each_proof_names_its_first_breach(
    statement: str, name: str, breach: str, books: dict[str, str], test_database: cluster.TestDatabase
):
    words = {f"{who}_address": address for who, address in books.items()}
    with connection.cursor() as cursor:
        for who, address in books.items():
            cursor.execute("SELECT id FROM ledger_account WHERE address = %s", [address])
            words[who] = cursor.fetchone()[0]
        cursor.execute("SELECT e.id, t.id FROM ledger_entry e JOIN ledger_transfer t ON t.entry_id = e.id WHERE e.key = 'fund'")
        words["fund"], words["fund_transfer"] = cursor.fetchone()
        cursor.execute("SELECT id FROM ledger_hold WHERE key = 'h1'")
        words["hold"] = cursor.fetchone()[0]
    connection.close()  # a constraint can only be dropped when nobody reads
    try:
        tamper(test_database, *statement.format(**words).split(";"))

        assert broken()[name] == breach.format(**words)
    finally:
        if "DROP CONSTRAINT" in statement:
            connection.close()
            tamper(
                test_database,
                "DELETE FROM ledger_balance",
                "ALTER TABLE ledger_balance ADD CONSTRAINT ledger_balance_not_negative"
                " CHECK (reserved_minor >= 0 AND posted_minor >= reserved_minor)",
            )


def test_the_first_of_several_breaches_is_the_oldest(books: dict[str, str], test_database: cluster.TestDatabase):
    for n in range(9, 12):
        post_entry(f"more:{n}", [Transfer(books["buyer"], books["seller"], usd(1))], kind="pay", by=SYSTEM)
    tamper(test_database, "DELETE FROM ledger_transfer WHERE amount_minor = 1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM ledger_entry WHERE key LIKE 'more:%%'")
        oldest = cursor.fetchone()[0]

    assert broken()["every entry has a transfer"] == f"entry {oldest}"


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test adds to the proofs is forgotten after it."""
    monkeypatch.setattr(proofs, "_also", dict(proofs._also))


@pytest.mark.django_db
def test_an_upper_package_adds_a_proof(added: None):
    also_prove("three is below two", "SELECT 3, 'number ' || 2")

    assert [(p.rows, p.breach) for p in prove() if p.name == "three is below two"] == [(3, "number 2")]


def test_a_proof_is_written_once(added: None):
    also_prove("mine", "SELECT 0, NULL::text")

    for name in ("mine", BALANCE):
        with pytest.raises(ValueError, match="twice"):
            also_prove(name, "SELECT 0, NULL::text")


def test_the_command_prints_each_proof_and_ends_well(books: dict[str, str], capsys: pytest.CaptureFixture[str]):
    code = run_proofs(json=False)

    lines = capsys.readouterr().out.splitlines()
    assert code == 0
    assert len(lines) == len(prove())
    assert [line.split()[0] for line in lines] == ["holds"] * len(lines)
    assert next(line for line in lines if BALANCE in line).endswith("3 rows")


def test_the_command_ends_with_1_and_names_the_breach(
    books: dict[str, str], test_database: cluster.TestDatabase, capsys: pytest.CaptureFixture[str]
):
    tamper(test_database, "UPDATE ledger_transfer SET amount_minor = 291 WHERE amount_minor = 290")

    code = run_proofs(json=True)

    answer = json.loads(capsys.readouterr().out)
    assert (code, answer["sound"]) == (1, False)
    found = next(proof for proof in answer["proofs"] if proof["name"] == BALANCE)
    assert found == {"name": BALANCE, "rows": 3, "breach": f"account {books['seller']} shows 290, its transfers say 291"}
