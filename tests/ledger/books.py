"""Short ways to put money into the books of a test."""

from __future__ import annotations

import json
from uuid import UUID

import psycopg

from everfair.base.actor import SYSTEM
from everfair.base.money import Money
from everfair.ledger.actions import post_entry
from everfair.ledger.values import Transfer, account_kind, clearing, wallet

# Where a fee goes in tests of the ledger alone: the accounts of real fees want a charge of billing, and a proof says so.
EARNED = "platform:losses:USD"


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def put(company: UUID, minor: int, currency: str = "USD") -> str:
    """A wallet with this much in it; returns its address."""
    address = wallet(company, currency)
    seed = [Transfer(clearing("sandbox", currency), address, Money(minor, currency))]
    post_entry(f"seed:{company}:{currency}:{minor}", seed, kind="seed", by=SYSTEM)
    return address


def post_raw(session: psycopg.Connection, key: str, *transfers: Transfer) -> None:
    """The one door, used from a plain session."""
    accounts = {}
    for transfer in transfers:
        for address in (transfer.source, transfer.target):
            kind = account_kind(address)
            accounts[address] = {
                "address": address,
                "currency": transfer.amount.currency,
                "account_class": kind.account_class,
                "kept": kind.kept,
                "escrow": kind.escrow,
            }
    rows = [
        {"source": t.source, "target": t.target, "amount": t.amount.minor, "currency": t.amount.currency, "purpose": t.purpose}
        for t in transfers
    ]
    session.execute(
        "SELECT ledger_post(%s, 'seed', 'd', 'system', '{}', %s::jsonb, %s::jsonb)",
        (key, json.dumps(list(accounts.values())), json.dumps(rows)),
    )
