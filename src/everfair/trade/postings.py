"""What each event of a trade means in the books: pure functions from facts to transfers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from everfair.base.money import Money
from everfair.billing.values import Fee, fee_accounts, one_sum
from everfair.ledger.values import Transfer, credit_fees, credit_owed, credit_receivable, escrow, tax, wallet
from everfair.ledger.values import fees as earned


def stage_funded(source: str, stage_id: UUID, amount: Money) -> list[Transfer]:
    return [Transfer(source, escrow(stage_id), amount, "fund")]


@dataclass(frozen=True, slots=True)
class Ends:
    """Where what leaves an escrow goes: the accounts of the seller and of the buyer, and the one of all fees where they are not earned
    yet."""

    seller: str
    buyer: str
    fees: str = ""


def money_ends(seller_id: UUID, buyer_id: UUID, currency: str) -> Ends:
    """Of a stage paid with money."""
    return Ends(wallet(seller_id, currency), wallet(buyer_id, currency))


def credit_ends(line_id: UUID) -> Ends:
    """Of a stage paid on trade credit: the seller and the platform will receive it, and what comes back is not owed any more."""
    return Ends(credit_receivable(line_id), credit_owed(line_id), credit_fees(line_id))


def stage_left(stage_id: UUID, ends: Ends, *, to_seller: Money, to_buyer: Money, fees: Sequence[Fee]) -> list[Transfer]:
    """What leaves the escrow: to the seller less the fees, each fee, the tax on them, and back to the buyer."""
    currency = to_seller.currency
    whole = one_sum(fees, currency)
    parts = [(ends.seller, to_seller - whole, "release")]
    if ends.fees:
        parts.append((ends.fees, whole, "fee"))
    else:
        parts += [(address, amount, "fee") for address, amount in fee_accounts(fees, currency)]
    parts.append((ends.buyer, to_buyer, "refund"))
    return [Transfer(escrow(stage_id), target, amount, purpose) for target, amount, purpose in parts if amount.minor > 0]


def money_returned(seller_id: UUID, buyer_id: UUID, amount: Money, fees: Sequence[Fee]) -> list[Transfer]:
    """The seller gives back: first the fees on it come home (they are below zero), then the whole amount goes to the buyer."""
    currency = amount.currency
    return [*_fees_home(seller_id, currency, fees), Transfer(wallet(seller_id, currency), wallet(buyer_id, currency), amount)]


def _fees_home(seller_id: UUID, currency: str, fees: Sequence[Fee]) -> list[Transfer]:
    back: dict[str, Money] = {}
    for fee in fees:
        for address, part in ((earned(currency, fee.kind), -fee.net), (tax(currency), -fee.tax)):
            back[address] = back.get(address, Money.zero(currency)) + part
    own = wallet(seller_id, currency)
    return [Transfer(address, own, part) for address, part in back.items() if part.minor > 0]


def charge_fees_returned(seller_id: UUID, amount: Money, fees_home: Sequence[Fee]) -> list[Transfer]:
    """A chargeback is lost: the fees on what the seller paid of it (they are below zero) come home."""
    return _fees_home(seller_id, amount.currency, fees_home)


def charge_fees_taken(seller_id: UUID, amount: Money, fees: Sequence[Fee]) -> list[Transfer]:
    """It was decided otherwise after the fact: they are taken again."""
    own = wallet(seller_id, amount.currency)
    return [Transfer(own, address, part) for address, part in fee_accounts(fees, amount.currency) if part.minor > 0]


def debt_taken(ends: Ends, amount: Money) -> Transfer:
    """Of what a seller just received, the fee of a failed inspection that the buyer had paid goes on to the buyer."""
    return Transfer(ends.seller, ends.buyer, amount)


def fee_earned(inspection_id: UUID, inspector_id: UUID, fee: Money) -> list[Transfer]:
    """The fee of an inspection lies in an escrow like a stage's, under the inspection's own id."""
    return [Transfer(escrow(inspection_id), wallet(inspector_id, fee.currency), fee, "release")]


def fee_returned(inspection_id: UUID, payer_id: UUID, fee: Money) -> list[Transfer]:
    return [Transfer(escrow(inspection_id), wallet(payer_id, fee.currency), fee, "refund")]


# Each kind of entry, and the functions above that make it: the guide lists what they move.
ENTRIES = {
    "stage_funded": stage_funded,
    "stage_release": (stage_left, debt_taken),
    "stage_part": (stage_left, debt_taken),
    "stage_award": (stage_left, debt_taken),
    "stage_refund": (stage_left, debt_taken),
    "stage_divide": (stage_left, debt_taken),
    "money_returned": money_returned,
    "chargeback_fees_returned": charge_fees_returned,
    "chargeback_fees_taken": charge_fees_taken,
    "chargeback_regained": stage_left,
    "inspection_funded": stage_funded,
    "inspection_earned": fee_earned,
    "inspection_returned": fee_returned,
}
