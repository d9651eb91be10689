"""What each event about payments means in the books: pure functions from facts to transfers."""

from __future__ import annotations

from uuid import UUID

from everfair.base.money import Money
from everfair.ledger.values import Transfer, clearing, received, refund_due, suspense, wallet


def captured(provider: str, intent_id: UUID, amount: Money) -> list[Transfer]:
    """The provider has the payer's money; it waits for what it was paid for."""
    return [Transfer(clearing(provider, amount.currency), received(intent_id), amount)]


def captured_unexpectedly(provider: str, amount: Money) -> list[Transfer]:
    """The provider has money that fits nothing we asked for: to be looked at by a person."""
    return [Transfer(clearing(provider, amount.currency), suspense(amount.currency), amount)]


def returned(intent_id: UUID, company_id: UUID, amount: Money) -> list[Transfer]:
    """What it was paid for is gone: the payer's money goes to their wallet."""
    return [Transfer(received(intent_id), wallet(company_id, amount.currency), amount)]


def captured_late(rail: str, refund_id: UUID, amount: Money) -> list[Transfer]:
    """A second rail has the payer's money too: it is owed back to the payer from this moment."""
    return [Transfer(clearing(rail, amount.currency), refund_due(refund_id), amount)]


def owed_back(intent_id: UUID, refund_id: UUID, amount: Money) -> list[Transfer]:
    """The same of money that stands as received already."""
    return [Transfer(received(intent_id), refund_due(refund_id), amount)]


def refunded(rail: str, refund_id: UUID, amount: Money) -> list[Transfer]:
    """It went back the way it came."""
    return [Transfer(refund_due(refund_id), clearing(rail, amount.currency), amount)]


def refund_kept(refund_id: UUID, company_id: UUID, amount: Money) -> list[Transfer]:
    """The rail would not take it back: it is the payer's in the wallet."""
    return [Transfer(refund_due(refund_id), wallet(company_id, amount.currency), amount)]


def paid_out(provider: str, company_id: UUID, amount: Money) -> list[Transfer]:
    return [Transfer(wallet(company_id, amount.currency), clearing(provider, amount.currency), amount)]
