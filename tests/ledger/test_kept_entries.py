"""What is written in the books stays: nobody changes a row, adds to a closed entry, or calls what moves balances.

As in test_guards, with plain SQL, and once more without the guard."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from everfair.base.actor import SYSTEM
from everfair.base.ids import new_id
from everfair.ledger.actions import post_entry
from everfair.ledger.values import Transfer, wallet
from tests import cluster
from tests.ledger.attacking import CLEARING, B, S, account, balance_of, end, entry, one, run, runner, transfer, unguarded
from tests.ledger.books import usd

__all__ = ["runner", "unguarded"]

pytestmark = pytest.mark.pg15
FAKE_TABLE = "CREATE TEMP TABLE fake (source_id bigint, target_id bigint, amount_minor bigint, currency text, purpose text)"
TABLES = ("ledger_account", "ledger_entry", "ledger_transfer", "ledger_hold", "ledger_holdend")
CHANGES = {
    "UPDATE ledger_account": "UPDATE ledger_account SET kept = kept",
    "UPDATE ledger_entry": "UPDATE ledger_entry SET actor = 'nobody'",
    "UPDATE ledger_transfer": "UPDATE ledger_transfer SET amount_minor = amount_minor + 1",
    "UPDATE ledger_hold": "UPDATE ledger_hold SET amount_minor = 1",
    "UPDATE ledger_holdend": "UPDATE ledger_holdend SET how = 'expired'",
    **{f"DELETE {table}": f"DELETE FROM {table}" for table in TABLES},
    **{f"TRUNCATE {table}": f"TRUNCATE {table} CASCADE" for table in TABLES},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_is_written_stays(change: str, runner: psycopg.Connection):
    """I2, first guard: the running login has no right to."""
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        runner.execute(change)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_is_written_stays_even_for_those_who_had_the_right(change: str, unguarded: psycopg.Connection):
    """I2, second guard: the trigger stands when the right was given by mistake."""
    unguarded.execute("GRANT UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA public TO ef_app")
    unguarded.execute("SET LOCAL ROLE ef_app")

    with pytest.raises(psycopg.errors.RestrictViolation):
        unguarded.execute(change)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_without_right_and_trigger_nothing_would_keep_it(change: str, unguarded: psycopg.Connection):
    unguarded.execute(end("voided", 0))
    unguarded.execute("SET CONSTRAINTS ALL IMMEDIATE")
    unguarded.execute("GRANT UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA public TO ef_app")
    others = unguarded.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only'").fetchall()
    for table in {*TABLES, *(name for [name] in others)}:  # what refers to a journal is emptied with it
        unguarded.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
    if change.startswith("DELETE"):  # rows that others point to fall with their constraints, not with I2
        for table, name in unguarded.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint"
            " WHERE contype = 'f' AND confrelid = ANY (%s::regclass[])",
            (list(TABLES),),
        ).fetchall():
            unguarded.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.Identifier(table), sql.Identifier(name)))
    unguarded.execute("SET LOCAL ROLE ef_app")

    changed = unguarded.execute(change)

    assert changed.rowcount > 0 or change.startswith("TRUNCATE")


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE ledger_transfer DISABLE TRIGGER ALL",
        "ALTER TABLE ledger_balance DROP CONSTRAINT ledger_balance_not_negative",
        "DROP TRIGGER move ON ledger_transfer",
        "DROP TABLE ledger_transfer",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION ledger_move() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "UPDATE ledger_balance SET posted_minor = 10",
        "INSERT INTO ledger_balance VALUES (1, 1, 0)",
        "DELETE FROM ledger_balance",
        "UPDATE ledger_escrow SET held_minor = 0",
        "DELETE FROM ledger_escrow",
        "GRANT UPDATE ON ledger_transfer TO ef_app",
        "SET ROLE ef_owner",
    ],
)
def test_the_running_login_may_not_take_guards_away(statement: str, runner: psycopg.Connection):
    try:
        runner.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        return
    # PostgreSQL grants nothing with only a warning: then the right is still missing.
    assert statement.startswith("GRANT")
    assert one(runner, "SELECT has_table_privilege('ledger_transfer', 'UPDATE')") is False


def test_the_equation_of_an_escrow_holds_for_whoever_may_change_it(unguarded: psycopg.Connection):
    """I5: were the numbers writable, the equation would still refuse a lie; without it nothing does."""
    lie = f"UPDATE ledger_escrow SET released_minor = released_minor + 1 WHERE account_id = {account(S)}"
    unguarded.execute("GRANT UPDATE ON ledger_escrow TO ef_app")
    unguarded.execute("SET LOCAL ROLE ef_app")
    with pytest.raises(psycopg.errors.CheckViolation) as refusal, unguarded.transaction():
        unguarded.execute(lie)
    unguarded.execute("RESET ROLE")
    unguarded.execute("ALTER TABLE ledger_escrow DROP CONSTRAINT ledger_escrow_equation")
    unguarded.execute("SET LOCAL ROLE ef_app")

    unguarded.execute(lie)

    assert refusal.value.diag.constraint_name == "ledger_escrow_equation"
    assert one(unguarded, f"SELECT released_minor FROM ledger_escrow WHERE account_id = {account(S)}") == 1


def test_an_escrow_gives_no_more_than_it_holds_even_if_its_balance_let_it(unguarded: psycopg.Connection):
    unguarded.execute("ALTER TABLE ledger_balance DROP CONSTRAINT ledger_balance_not_negative")
    unguarded.execute("SET LOCAL ROLE ef_app")

    with pytest.raises(psycopg.errors.CheckViolation) as refusal:
        run(unguarded, (entry(), transfer(S, B, 301, purpose="release")))

    assert refusal.value.diag.constraint_name == "ledger_escrow_not_negative"


MOVE_BY_HAND = (
    FAKE_TABLE,
    "CREATE TRIGGER fake AFTER INSERT ON fake FOR EACH ROW EXECUTE FUNCTION ledger_move()",
    f"INSERT INTO fake VALUES ({account(CLEARING)}, {account(B)}, 777, 'USD', '')",
)


def test_the_trigger_that_moves_balances_cannot_be_hung_on_a_table_of_ones_own(runner: psycopg.Connection):
    """It runs with the owner's rights, so whoever could call it would move balances without a transfer."""
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="ledger_move"):
        run(runner, MOVE_BY_HAND)


def test_with_the_right_to_call_it_balances_would_move_without_a_transfer(unguarded: psycopg.Connection):
    unguarded.execute("GRANT EXECUTE ON FUNCTION ledger_move() TO ef_app")
    unguarded.execute("SET LOCAL ROLE ef_app")

    run(unguarded, MOVE_BY_HAND)

    assert one(unguarded, balance_of(B)) == 777


def test_no_trigger_function_of_the_ledger_with_the_owners_rights_can_be_called(runner: psycopg.Connection):
    callable_ones = runner.execute(
        "SELECT proname FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace AND prosecdef AND prorettype = 'trigger'::regtype"
        " AND proname LIKE 'ledger%' AND has_function_privilege(oid, 'EXECUTE')"
    ).fetchall()

    assert callable_ones == []


@pytest.fixture
def closed_entry(committed: None) -> int:
    """An entry of a transaction that is over."""
    made = post_entry("closed", [Transfer(CLEARING, wallet(new_id(), "USD"), usd(500))], kind="seed", by=SYSTEM)
    assert made is not None
    return made


def late_transfer(entry_id: int) -> str:
    return (
        "INSERT INTO ledger_transfer (entry_id, source_id, target_id, amount_minor, currency, purpose)"
        f" SELECT entry_id, source_id, target_id, 1, currency, '' FROM ledger_transfer WHERE entry_id = {entry_id}"
    )


def test_nobody_adds_a_transfer_to_a_closed_entry(closed_entry: int, test_database: cluster.TestDatabase):
    with psycopg.connect(test_database.app_url) as session:
        with pytest.raises(psycopg.errors.CheckViolation) as refusal:
            session.execute(late_transfer(closed_entry))
        session.rollback()

    assert refusal.value.diag.constraint_name == "ledger_entry_closed"


def test_without_its_guard_a_closed_entry_would_grow(closed_entry: int, superuser: psycopg.Connection):
    superuser.execute("ALTER TABLE ledger_transfer DISABLE TRIGGER closed")
    superuser.execute("SET LOCAL ROLE ef_app")

    superuser.execute(late_transfer(closed_entry))

    assert one(superuser, f"SELECT count(*) FROM ledger_transfer WHERE entry_id = {closed_entry}") == 2


FORGED = (
    "INSERT INTO ledger_entry (key, kind, digest, actor, why, tx) VALUES ('raw', 'raw', 'x', 'attacker', '{}', '99999999'::xid8)"
)
IS_OURS = "SELECT tx = pg_current_xact_id() FROM ledger_entry WHERE key = 'raw'"


def test_an_entry_cannot_be_left_open_for_a_later_transaction(runner: psycopg.Connection):
    runner.execute(FORGED)

    assert one(runner, IS_OURS) is True


def test_without_its_guard_an_entry_could_name_a_later_transaction(unguarded: psycopg.Connection):
    unguarded.execute("ALTER TABLE ledger_entry DISABLE TRIGGER tx")
    unguarded.execute("SET LOCAL ROLE ef_app")

    unguarded.execute(FORGED)

    assert one(unguarded, IS_OURS) is False


def test_money_is_counted_in_whole_numbers_everywhere(superuser: psycopg.Connection):
    """I25: every column that says it is money is a bigint, and no table has a floating number at all."""
    columns = superuser.execute(
        "SELECT table_name || '.' || column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
    ).fetchall()

    assert [name for name, kind in columns if name.endswith("_minor") and kind != "bigint"] == []
    assert [name for name, kind in columns if kind in ("real", "double precision", "money")] == []
    assert len([name for name, _ in columns if name.startswith("ledger_") and name.endswith("_minor")]) >= 10
