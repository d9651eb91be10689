"""Every guard of the books, attacked with plain SQL by the login that runs the site; and once more without the guard.

The second half is the proof that the guard, and nothing else, is what refused: a superuser takes it away inside a transaction,
the same attack by the same login succeeds, and everything is rolled back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from everfair.base.actor import SYSTEM
from everfair.base.ids import new_id
from everfair.base.money import Money
from everfair.ledger.actions import post_entry
from everfair.ledger.values import Transfer, clearing, escrow, wallet
from tests import cluster
from tests.ledger.books import post_raw, usd

pytestmark = pytest.mark.pg15

ANNA, BERT = UUID(int=0xA), UUID(int=0xB)
STAGE, OTHER_STAGE = UUID(int=0xC), UUID(int=0xD)
A, B, EUROS = wallet(ANNA, "USD"), wallet(BERT, "USD"), wallet(ANNA, "EUR")
S, S2, CLEARING = escrow(STAGE), escrow(OTHER_STAGE), clearing("sandbox", "USD")
HOLD = UUID(int=0xE)


def seed(session: psycopg.Connection) -> None:
    """Anna has 500 USD of which 50 are held, 300 USD lie in a stage's escrow, Bert has nothing; Anna also has a euro."""
    post_raw(session, "s1", Transfer(CLEARING, A, usd(800)))
    post_raw(session, "s2", Transfer(A, S, usd(300), "fund"))
    post_raw(session, "s3", Transfer(A, B, usd(1)), Transfer(B, A, usd(1)))
    post_raw(session, "s4", Transfer(clearing("sandbox", "EUR"), EUROS, Money(100, "EUR")))
    post_raw(session, "s5", Transfer(A, S2, usd(1), "fund"), Transfer(S2, A, usd(1), "refund"))
    session.execute(
        f"INSERT INTO ledger_hold (id, key, account_id, amount_minor, actor) VALUES ('{HOLD}', 'h1', {account(A)}, 50, 'person')"
    )
    session.execute("SET CONSTRAINTS ALL IMMEDIATE")
    session.execute("SET CONSTRAINTS ALL DEFERRED")


def account(address: str) -> str:
    return f"(SELECT id FROM ledger_account WHERE address = '{address}')"


def entry(key: str = "raw") -> str:
    return f"INSERT INTO ledger_entry (key, kind, digest, actor, why) VALUES ('{key}', 'raw', 'x', 'attacker', '{{}}')"


def transfer(source: str, target: str, amount: int, *, currency: str = "USD", purpose: str = "", key: str = "raw") -> str:
    return (
        "INSERT INTO ledger_transfer (entry_id, source_id, target_id, amount_minor, currency, purpose) VALUES "
        f"((SELECT id FROM ledger_entry WHERE key = '{key}'), {account(source)}, {account(target)}, {amount}, "
        f"'{currency}', '{purpose}')"
    )


def new_account(address: str, currency: str, *, kept: bool, is_escrow: bool = False) -> str:
    return (
        "INSERT INTO ledger_account (address, currency, account_class, kept, escrow) VALUES "
        f"('{address}', '{currency}', 'liability', {kept}, {is_escrow})"
    )


def hold(key: str, address: str, amount: int) -> str:
    return (
        "INSERT INTO ledger_hold (id, key, account_id, amount_minor, actor) VALUES "
        f"(gen_random_uuid(), '{key}', {account(address)}, {amount}, 'attacker')"
    )


def end(how: str, posted: int) -> str:
    return f"INSERT INTO ledger_holdend (hold_id, how, posted_minor, actor) VALUES ('{HOLD}', '{how}', {posted}, 'attacker')"


def balance_of(address: str) -> str:
    return f"SELECT posted_minor FROM ledger_balance WHERE account_id = {account(address)}"


RAW_TRANSFERS = "SELECT count(*) FROM ledger_transfer JOIN ledger_entry e ON e.id = entry_id WHERE e.key = 'raw'"
FAKE_TABLE = "CREATE TEMP TABLE fake (source_id bigint, target_id bigint, amount_minor bigint, currency text, purpose text)"


@dataclass(frozen=True)
class Attack:
    """`by` is the constraint that must refuse; without `guard` the same attack leaves `evidence`: a query and its answer."""

    name: str
    steps: tuple[str, ...]
    by: str
    guard: tuple[str, ...]
    evidence: tuple[str, int]


def drop(table: str, *constraints: str) -> tuple[str, ...]:
    return tuple(f"ALTER TABLE {table} DROP CONSTRAINT {name}" for name in constraints)


def disable(table: str, trigger: str) -> tuple[str, ...]:
    return (f"ALTER TABLE {table} DISABLE TRIGGER {trigger}",)


ATTACKS = (
    Attack(
        "I1 an entry without a transfer",
        (entry(),),
        "ledger_entry_whole",
        disable("ledger_entry", "whole"),
        ("SELECT count(*) FROM ledger_entry WHERE key = 'raw'", 1),
    ),
    Attack(
        "I1 dollars become euros",
        (entry(), transfer(A, EUROS, 5)),
        "ledger_transfer_currency",
        disable("ledger_transfer", "move"),
        (RAW_TRANSFERS, 1),
    ),
    Attack(
        "I1 two currencies that cancel as numbers",
        (entry(), transfer(A, EUROS, 5), transfer(EUROS, A, 5, currency="EUR")),
        "ledger_transfer_currency",
        disable("ledger_transfer", "move"),
        (RAW_TRANSFERS, 2),
    ),
    Attack(
        "I1 a negative amount takes from its target",
        (entry(), transfer(B, A, -5)),
        "ledger_transfer_amount",
        drop("ledger_transfer", "ledger_transfer_amount"),
        (balance_of(B), 5),
    ),
    Attack(
        "I1 an amount of nothing",
        (entry(), transfer(A, B, 0)),
        "ledger_transfer_amount",
        drop("ledger_transfer", "ledger_transfer_amount"),
        (RAW_TRANSFERS, 1),
    ),
    Attack(
        "I1 a transfer to where it came from",
        (entry(), transfer(A, A, 5)),
        "ledger_transfer_two_ends",
        drop("ledger_transfer", "ledger_transfer_two_ends"),
        (RAW_TRANSFERS, 1),
    ),
    Attack(
        "I4 more than is there",
        (entry(), transfer(A, B, 501)),
        "ledger_balance_not_negative",
        drop("ledger_balance", "ledger_balance_not_negative"),
        (balance_of(A), -1),
    ),
    Attack(
        "I4 what is held for something else",
        (entry(), transfer(A, B, 451)),
        "ledger_balance_not_negative",
        drop("ledger_balance", "ledger_balance_not_negative"),
        (balance_of(A), 49),
    ),
    Attack(
        "I4 the same money held twice",
        (hold("raw", A, 451),),
        "ledger_balance_not_negative",
        drop("ledger_balance", "ledger_balance_not_negative"),
        (f"SELECT reserved_minor FROM ledger_balance WHERE account_id = {account(A)}", 501),
    ),
    Attack(
        "I4 a wallet without a floor",
        (new_account(wallet(UUID(int=9), "USD"), "USD", kept=False), entry(), transfer(wallet(UUID(int=9), "USD"), B, 10**9)),
        "ledger_account_chart",
        drop("ledger_account", "ledger_account_chart"),
        (balance_of(B), 10**9),
    ),
    Attack(
        "I4 an address outside the chart of accounts",
        (new_account("slush:fund", "USD", kept=False),),
        "ledger_account_chart",
        drop("ledger_account", "ledger_account_chart"),
        ("SELECT count(*) FROM ledger_account WHERE address = 'slush:fund'", 1),
    ),
    Attack(
        "I1 a wallet that names another currency than it holds",
        (new_account(wallet(UUID(int=9), "EUR"), "USD", kept=True),),
        "ledger_account_currency",
        drop("ledger_account", "ledger_account_currency"),
        (f"SELECT count(*) FROM ledger_account WHERE address = '{wallet(UUID(int=9), 'EUR')}'", 1),
    ),
    Attack(
        "I5 an escrow pays without saying why",
        (entry(), transfer(S, B, 5)),
        "ledger_transfer_purpose",
        disable("ledger_transfer", "move"),
        (RAW_TRANSFERS, 1),
    ),
    Attack(
        "I5 one order's escrow feeds another's",
        (entry(), transfer(S, S2, 5, purpose="release")),
        "ledger_transfer_purpose",
        disable("ledger_transfer", "move"),
        (RAW_TRANSFERS, 1),
    ),
    Attack(
        "I5 an escrow gives more than it holds",
        (entry(), transfer(S, B, 301, purpose="release")),
        "ledger_balance_not_negative",
        (*drop("ledger_balance", "ledger_balance_not_negative"), *drop("ledger_escrow", "ledger_escrow_not_negative")),
        (f"SELECT held_minor FROM ledger_escrow WHERE account_id = {account(S)}", -1),
    ),
    Attack(
        "I9 a second end of a hold",
        (hold("another", A, 60), end("voided", 0), end("expired", 0)),
        "ledger_holdend_pkey",
        drop("ledger_holdend", "ledger_holdend_pkey"),
        (f"SELECT reserved_minor FROM ledger_balance WHERE account_id = {account(A)}", 10),
    ),
    Attack(
        "I9 more posted than was held",
        (end("posted", 51),),
        "ledger_holdend_at_most",
        disable("ledger_holdend", "end_hold"),
        ("SELECT posted_minor FROM ledger_holdend", 51),
    ),
    Attack(
        "I9 a voided hold that posted something",
        (end("voided", 5),),
        "ledger_holdend_how",
        drop("ledger_holdend", "ledger_holdend_how"),
        ("SELECT posted_minor FROM ledger_holdend", 5),
    ),
    Attack(
        "I9 a hold of a negative amount frees what others reserved",
        (hold("raw", A, -50),),
        "ledger_hold_amount",
        drop("ledger_hold", "ledger_hold_amount"),
        (f"SELECT reserved_minor FROM ledger_balance WHERE account_id = {account(A)}", 0),
    ),
    Attack(
        "I9 a hold on an account that keeps no balance",
        (hold("raw", CLEARING, 5),),
        "ledger_hold_kept",
        disable("ledger_hold", "reserve"),
        ("SELECT count(*) FROM ledger_hold WHERE key = 'raw'", 1),
    ),
    Attack(
        "I11 one key, two entries",
        (entry("s1"), transfer(A, B, 5, key="s2")),
        "ledger_entry_key_key",
        (*drop("ledger_entry", "ledger_entry_key_key"), *disable("ledger_entry", "whole")),
        ("SELECT count(*) FROM ledger_entry WHERE key = 's1'", 2),
    ),
    Attack(
        "I11 one key, two holds",
        (hold("h1", A, 5),),
        "ledger_hold_key_key",
        drop("ledger_hold", "ledger_hold_key_key"),
        ("SELECT count(*) FROM ledger_hold WHERE key = 'h1'", 2),
    ),
)


def run(session: psycopg.Connection, steps: tuple[str, ...]) -> None:
    for step in steps:
        session.execute(step)
    session.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.fixture
def runner(test_database: cluster.TestDatabase) -> Iterator[psycopg.Connection]:
    """A session of the login that runs the site, with the books of `seed`; rolled back."""
    with psycopg.connect(test_database.app_url) as session:
        seed(session)
        yield session
        session.rollback()


@pytest.fixture
def unguarded(superuser: psycopg.Connection) -> psycopg.Connection:
    """A superuser's session with the same books; `SET LOCAL ROLE ef_app` before an attack."""
    superuser.execute("SET LOCAL ROLE ef_app")
    seed(superuser)
    superuser.execute("RESET ROLE")
    return superuser


def one(session: psycopg.Connection, query: str) -> object:
    row = session.execute(query).fetchone()
    return row[0] if row else None


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_the_books_refuse(attack: Attack, runner: psycopg.Connection):
    with pytest.raises(psycopg.errors.IntegrityError) as refusal:
        run(runner, attack.steps)

    assert refusal.value.diag.constraint_name == attack.by


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_without_its_guard_it_would_succeed(attack: Attack, unguarded: psycopg.Connection):
    for statement in attack.guard:
        unguarded.execute(statement)
    unguarded.execute("SET LOCAL ROLE ef_app")

    run(unguarded, attack.steps)

    assert one(unguarded, attack.evidence[0]) == attack.evidence[1]


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
    for table in TABLES:
        unguarded.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
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
