"""What each event of a trade means in the books: pure functions from facts to transfers."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from everfair.base.money import Money
from everfair.ledger.values import Transfer, escrow, fees, wallet


def stage_funded(source: str, stage_id: UUID, amount: Money) -> list[Transfer]:
    return [Transfer(source, escrow(stage_id), amount, "fund")]


def fee_on(amount: Money, fee_rate: Decimal) -> Money:
    """The platform's fee on what a seller receives, by the rate both signed under."""
    return amount.share(fee_rate)


def fee_on_more(before: Money, more: Money, fee_rate: Decimal) -> Money:
    """The fee on what a seller receives of a stage after `before` of it: many small parts cost together what the whole would."""
    return fee_on(before + more, fee_rate) - fee_on(before, fee_rate)


def stage_left(
    stage_id: UUID, *, buyer_id: UUID, seller_id: UUID, to_seller: Money, to_buyer: Money, fee: Money
) -> list[Transfer]:
    """What leaves the escrow: to the seller less the fee, the fee, and back to the buyer."""
    held, currency = escrow(stage_id), to_seller.currency
    parts = [
        (wallet(seller_id, currency), to_seller - fee, "release"),
        (fees(currency), fee, "fee"),
        (wallet(buyer_id, currency), to_buyer, "refund"),
    ]
    return [Transfer(held, target, amount, purpose) for target, amount, purpose in parts if amount.minor > 0]


def debt_taken(seller_id: UUID, buyer_id: UUID, amount: Money) -> Transfer:
    """Of what a seller just received, the fee of a failed inspection that the buyer had paid goes on to the buyer."""
    return Transfer(wallet(seller_id, amount.currency), wallet(buyer_id, amount.currency), amount)


def fee_earned(inspection_id: UUID, inspector_id: UUID, fee: Money) -> list[Transfer]:
    """The fee of an inspection lies in an escrow like a stage's, under the inspection's own id."""
    return [Transfer(escrow(inspection_id), wallet(inspector_id, fee.currency), fee, "release")]


def fee_returned(inspection_id: UUID, payer_id: UUID, fee: Money) -> list[Transfer]:
    return [Transfer(escrow(inspection_id), wallet(payer_id, fee.currency), fee, "refund")]
