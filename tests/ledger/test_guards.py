"""Every guard of the books, attacked with plain SQL by the login that runs the site; and once more without the guard.

The second half is the proof that the guard, and nothing else, is what refused: a superuser takes it away inside a transaction,
the same attack by the same login succeeds, and everything is rolled back.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import psycopg
import pytest

from everfair.ledger.values import wallet
from tests.ledger.attacking import (
    CLEARING,
    EUROS,
    S2,
    A,
    B,
    S,
    account,
    balance_of,
    end,
    entry,
    one,
    run,
    runner,
    transfer,
    unguarded,
)

__all__ = ["runner", "unguarded"]

pytestmark = pytest.mark.pg15


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


RAW_TRANSFERS = "SELECT count(*) FROM ledger_transfer JOIN ledger_entry e ON e.id = entry_id WHERE e.key = 'raw'"


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
