"""Rows of the books in plain SQL, and the two who write them: the running login, and a superuser who took a guard away."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest

from everfair.base.money import Money
from everfair.ledger.values import Transfer, clearing, escrow, wallet
from tests import cluster
from tests.ledger.books import post_raw, usd

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


def end(how: str, posted: int) -> str:
    return f"INSERT INTO ledger_holdend (hold_id, how, posted_minor, actor) VALUES ('{HOLD}', '{how}', {posted}, 'attacker')"


def balance_of(address: str) -> str:
    return f"SELECT posted_minor FROM ledger_balance WHERE account_id = {account(address)}"


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
