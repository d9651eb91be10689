"""What each event about payments means in the books: pure functions from facts to transfers."""

from __future__ import annotations

from uuid import UUID

from everfair.base.money import Money
from everfair.ledger.values import Transfer, clearing, received, suspense, wallet


def captured(provider: str, intent_id: UUID, amount: Money) -> list[Transfer]:
    """The provider has the payer's money; it waits for what it was paid for."""
    return [Transfer(clearing(provider, amount.currency), received(intent_id), amount)]


def captured_unexpectedly(provider: str, amount: Money) -> list[Transfer]:
    """The provider has money that fits nothing we asked for: to be looked at by a person."""
    return [Transfer(clearing(provider, amount.currency), suspense(amount.currency), amount)]


def returned(intent_id: UUID, company_id: UUID, amount: Money) -> list[Transfer]:
    """What it was paid for is gone: the payer's money goes to their wallet."""
    return [Transfer(received(intent_id), wallet(company_id, amount.currency), amount)]


def paid_out(provider: str, company_id: UUID, amount: Money) -> list[Transfer]:
    return [Transfer(wallet(company_id, amount.currency), clearing(provider, amount.currency), amount)]
