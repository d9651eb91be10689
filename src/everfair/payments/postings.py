"""What each event about payments means in the books: pure functions from facts to transfers."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from everfair.base.money import Money
from everfair.billing.values import Fee, fee_accounts, one_sum
from everfair.ledger.values import (
    Transfer,
    bank_cash,
    clearing,
    costs,
    credit_fees,
    credit_owed,
    credit_receivable,
    escrow,
    exposure,
    fx_result,
    fx_spread,
    gathered,
    line_suspense,
    losses,
    owed,
    received,
    refund_due,
    reserve_of,
    return_due,
    settled,
    suspense,
    taken_back,
    transit,
    wallet,
)
from everfair.payments.values import Price


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


def paid_back(provider: str, company_id: UUID, amount: Money) -> list[Transfer]:
    """A payout that had arrived came back from the bank."""
    return [Transfer(clearing(provider, amount.currency), wallet(company_id, amount.currency), amount)]


def owe(company_id: UUID, target: str, amount: Money) -> list[Transfer]:
    """`target` has its money (a clearing that a chargeback emptied, a buyer's wallet); the company owes it to us."""
    return [Transfer(owed(company_id, amount.currency), target, amount)]


def net(company_id: UUID, amount: Money) -> list[Transfer]:
    """What the company owes is taken from its wallet."""
    return [Transfer(wallet(company_id, amount.currency), owed(company_id, amount.currency), amount)]


def rail_settled(rail: str, gross: Money, fee: Money) -> list[Transfer]:
    """A line of the rail's statement that fits what we booked: it has settled `gross` (below zero where money left us) and taken `fee`."""
    return rail_told_otherwise(rail, gross, fee, gross)


def rail_told_otherwise(rail: str, gross: Money, fee: Money, cleared: Money) -> list[Transfer]:
    """A line that does not: `cleared` is what stood in clearing for it, and what differs waits in suspense for a person."""
    currency = gross.currency
    ours = settled(rail, currency)
    return [
        *_between(ours, clearing(rail, currency), cleared),
        *_between(ours, suspense(currency), gross - cleared),
        *_between(costs(rail, currency), ours, fee),
    ]


def rail_withdrawn(rail: str, gross: Money, fee: Money) -> list[Transfer]:
    """What the rail sent to our bank (`gross` below zero: it left the rail), or has again because our bank did not take it (above zero)."""
    currency = gross.currency
    ours = settled(rail, currency)
    return [*_between(transit(rail, currency), ours, -gross), *_between(costs(rail, currency), ours, fee)]


def withdrawal_received(line_id: UUID, rail: str, amount: Money) -> list[Transfer]:
    """A line of our bank's statement is what a rail had sent."""
    return [Transfer(line_suspense(line_id), transit(rail, amount.currency), amount)]


def rail_never_settled(rail: str, booked: Money) -> list[Transfer]:
    """The rail's statement will never have what stands in clearing: what it should have had is lost, what it should have paid is owed to
    somebody."""
    currency = booked.currency
    if booked.minor > 0:
        return [Transfer(losses(currency), clearing(rail, currency), booked)]
    return [Transfer(clearing(rail, currency), suspense(currency), -booked)]


def _between(debited: str, credited: str, amount: Money) -> list[Transfer]:
    """Debit the one and credit the other; the other way round below zero."""
    if not amount:
        return []
    return [Transfer(debited, credited, amount)] if amount.minor > 0 else [Transfer(credited, debited, -amount)]


def paid_from_wallet(intent_id: UUID, company_id: UUID, amount: Money) -> list[Transfer]:
    """The payer's own money, with us already: it waits for what it was paid for."""
    return [Transfer(wallet(company_id, amount.currency), received(intent_id), amount)]


# Trade credit. No money of third parties is in it: what a seller will receive stands against what the buyer owes, until it is repaid.


def overpaid(source: str, company_id: UUID, amount: Money) -> list[Transfer]:
    """More was paid than was still owed: it is the payer's in the wallet."""
    return [Transfer(source, wallet(company_id, amount.currency), amount)] if amount.minor else []


def drawn_on_credit(line_id: UUID, intent_id: UUID, amount: Money) -> list[Transfer]:
    """The buyer owes it, and it waits for what it was paid for."""
    return [Transfer(credit_owed(line_id), received(intent_id), amount)]


def draw_undone(line_id: UUID, intent_id: UUID, amount: Money) -> list[Transfer]:
    """What it was paid for is gone: the debt ends, and nobody is paid."""
    return [Transfer(received(intent_id), credit_owed(line_id), amount)]


def due_given_back(line_id: UUID, amount: Money, fee: Money) -> list[Transfer]:
    """The seller gives back what the buyer still owes: the debt and what stood against it (of it `fee`, the platform's) vanish together."""
    parts = ((credit_receivable(line_id), amount - fee), (credit_fees(line_id), fee))
    return [Transfer(source, credit_owed(line_id), part) for source, part in parts if part.minor]


def credit_repaid(source: str, line_id: UUID, seller_id: UUID, amount: Money, fees: Sequence[Fee]) -> list[Transfer]:
    """The debt and what stood against it vanish together: the money is the seller's, less the fees of the payout it stands for."""
    parts = [
        (source, credit_owed(line_id), amount),
        (credit_receivable(line_id), wallet(seller_id, amount.currency), amount - one_sum(fees, amount.currency)),
        *((credit_fees(line_id), earned, part) for earned, part in fee_accounts(fees, amount.currency)),
    ]
    return [Transfer(here, there, moved) for here, there, moved in parts if moved.minor > 0]


# ── bank transfers ──


def bank_received(account: str, line_id: UUID, amount: Money) -> list[Transfer]:
    """Our bank has it; whose it is, is still to be seen."""
    return [Transfer(bank_cash(account, amount.currency), line_suspense(line_id), amount)]


def bank_paid(account: str, amount: Money) -> list[Transfer]:
    """Our bank has given it away; what for, is still to be seen."""
    return [Transfer(suspense(amount.currency), bank_cash(account, amount.currency), amount)]


def bank_reversed(account: str, line_id: UUID, amount: Money) -> list[Transfer]:
    """Our bank took back what it had given, and nobody has had it yet."""
    return [Transfer(line_suspense(line_id), bank_cash(account, amount.currency), amount)]


def line_given(line_id: UUID, intent_id: UUID, amount: Money) -> list[Transfer]:
    return [Transfer(line_suspense(line_id), gathered(intent_id), amount)]


def charges_borne(intent_id: UUID, company_id: UUID, ours: Money, theirs: Money) -> list[Transfer]:
    """What correspondents took of a transfer: a part is our cost, a part the payer's."""
    shares = ((costs("bank", ours.currency), ours), (wallet(company_id, theirs.currency), theirs))
    return [Transfer(source, gathered(intent_id), amount) for source, amount in shares if amount.minor]


def gathered_captured(intent_id: UUID, amount: Money) -> list[Transfer]:
    """All of it has come: it waits for what it was paid for."""
    return [Transfer(gathered(intent_id), received(intent_id), amount)]


def gathered_returned(intent_id: UUID, company_id: UUID, amount: Money) -> list[Transfer]:
    """The rest never came: the parts are the payer's in the wallet."""
    return [Transfer(gathered(intent_id), wallet(company_id, amount.currency), amount)]


def line_overpaid(line_id: UUID, company_id: UUID, amount: Money) -> list[Transfer]:
    """More than was asked for is the payer's in the wallet."""
    return [Transfer(line_suspense(line_id), wallet(company_id, amount.currency), amount)]


def return_owed(line_id: UUID, return_id: UUID, amount: Money) -> list[Transfer]:
    return [Transfer(line_suspense(line_id), return_due(return_id), amount)]


def bank_charge(amount: Money) -> list[Transfer]:
    """What left our account was the bank's own charge."""
    return [Transfer(costs("bank", amount.currency), suspense(amount.currency), amount)]


def payout_shown(amount: Money) -> list[Transfer]:
    """A payout by our bank is in its statement: what stood in clearing for it is settled."""
    return [Transfer(clearing("bank", amount.currency), suspense(amount.currency), amount)]


def payout_came_back(line_id: UUID, came: Money, charges: Money) -> list[Transfer]:
    """A payout that came back is in the statement: `came` of it, and what the bank kept is our cost."""
    there = clearing("bank", came.currency)
    parts = ((line_suspense(line_id), came), (costs("bank", came.currency), charges))
    return [Transfer(source, there, part) for source, part in parts if part.minor]


def return_sent(return_id: UUID, amount: Money) -> list[Transfer]:
    """What left our account was a return that was owed."""
    return [Transfer(return_due(return_id), suspense(amount.currency), amount)]


# Chargebacks. What the provider takes passes through an account of the chargeback's own, so that its line in the statement meets one
# entry; from whom it is taken stands in entries of their own, and nothing is left over.


def charged_back(rail: str, chargeback_id: UUID, amount: Money) -> list[Transfer]:
    """The payer's bank has it: the provider took it out of what it holds for us."""
    return [Transfer(taken_back(chargeback_id), clearing(rail, amount.currency), amount)]


def charge_returned(rail: str, chargeback_id: UUID, amount: Money) -> list[Transfer]:
    """It was won: the provider holds it for us again."""
    return [Transfer(clearing(rail, amount.currency), taken_back(chargeback_id), amount)]


def charge_from_escrow(chargeback_id: UUID, stage_id: UUID, amount: Money) -> list[Transfer]:
    """What is still held for the order: the payer has it back, by their bank."""
    return [Transfer(escrow(stage_id), taken_back(chargeback_id), amount, "refund")]


def charge_from_refund(chargeback_id: UUID, refund_id: UUID, amount: Money) -> list[Transfer]:
    """What was on its way back to the payer anyway."""
    return [Transfer(refund_due(refund_id), taken_back(chargeback_id), amount)]


def charge_from_reserve(chargeback_id: UUID, company_id: UUID, amount: Money) -> list[Transfer]:
    return [Transfer(reserve_of(company_id, amount.currency), taken_back(chargeback_id), amount)]


def charge_to_escrow(chargeback_id: UUID, stage_id: UUID, amount: Money) -> list[Transfer]:
    return [Transfer(taken_back(chargeback_id), escrow(stage_id), amount, "fund")]


def charge_to_reserve(chargeback_id: UUID, company_id: UUID, amount: Money) -> list[Transfer]:
    return [Transfer(taken_back(chargeback_id), reserve_of(company_id, amount.currency), amount)]


def charge_to_wallet(chargeback_id: UUID, company_id: UUID, amount: Money) -> list[Transfer]:
    """What the company had paid of it is in its wallet again."""
    return [Transfer(taken_back(chargeback_id), wallet(company_id, amount.currency), amount)]


def not_owed(source: str, company_id: UUID, amount: Money) -> list[Transfer]:
    """What a company owed came from elsewhere: it owes it no more."""
    return [Transfer(source, owed(company_id, amount.currency), amount)]


def charged_unexpectedly(rail: str, amount: Money) -> list[Transfer]:
    """A chargeback that fits nothing: the provider has the money, and a person looks whose it was."""
    return [Transfer(suspense(amount.currency), clearing(rail, amount.currency), amount)]


def kept_back(company_id: UUID, amount: Money) -> list[Transfer]:
    """Of what a seller was just paid, a part stays with us for a while."""
    return [Transfer(wallet(company_id, amount.currency), reserve_of(company_id, amount.currency), amount)]


def let_go(company_id: UUID, amount: Money) -> list[Transfer]:
    """Its time is over: it is the seller's."""
    return [Transfer(reserve_of(company_id, amount.currency), wallet(company_id, amount.currency), amount)]


def exchanged(company_id: UUID, price: Price) -> list[Transfer]:
    """One currency of a company's wallet becomes another: the platform takes the one and gives the other, and its spread apart."""
    return _exchanged_into(wallet(company_id, price.get.currency), company_id, price)


def paid_exchanged(intent_id: UUID, company_id: UUID, price: Price) -> list[Transfer]:
    """A payment from a wallet of another currency: what comes out of the exchange waits for what it was paid for."""
    return _exchanged_into(received(intent_id), company_id, price)


def _exchanged_into(target: str, company_id: UUID, price: Price) -> list[Transfer]:
    source = wallet(company_id, price.give.currency)
    moves = [
        Transfer(source, exposure(price.give.currency), price.exchanged),
        Transfer(exposure(price.get.currency), target, price.get),
    ]
    return [*moves, Transfer(source, fx_spread(price.give.currency), price.spread)] if price.spread else moves


def covered(sold: Money, bought: Money, result: Money) -> list[Transfer]:
    """Currency exchanged at our bank: our position gives the one and takes the other. That the bank moved both its statements say (what
    they say of it meets this in suspense); what was gained, below zero lost, leaves the position."""
    moves = [
        Transfer(exposure(sold.currency), suspense(sold.currency), sold),
        Transfer(suspense(bought.currency), exposure(bought.currency), bought),
    ]
    return [*moves, *_between(exposure(result.currency), fx_result(result.currency), result)]


def cover_received(line_id: UUID, amount: Money) -> list[Transfer]:
    """What our bank brought is what was bought there."""
    return [Transfer(line_suspense(line_id), suspense(amount.currency), amount)]


# Each kind of entry, and the functions above that make it: the guide lists what they move.
ENTRIES = {
    "payment_captured": captured,
    "payment_mismatch": captured_unexpectedly,
    "payment_returned": returned,
    "refund_owed": (captured_late, owed_back),
    "refund": refunded,
    "refund_kept": refund_kept,
    "payout": paid_out,
    "payout_returned": paid_back,
    "owed": owe,
    "netted": net,
    "payment_from_wallet": paid_from_wallet,
    "credit_drawn": drawn_on_credit,
    "credit_undone": draw_undone,
    "credit_repaid": (credit_repaid, overpaid),
    "credit_given_back": due_given_back,
    "bank_received": bank_received,
    "bank_paid": bank_paid,
    "bank_reversed": bank_reversed,
    "bank_given": (line_given, gathered_captured),
    "bank_charges": charges_borne,
    "bank_overpaid": line_overpaid,
    "bank_part_returned": gathered_returned,
    "bank_return_owed": return_owed,
    "bank_return_sent": return_sent,
    "bank_cost": bank_charge,
    "bank_payout": payout_shown,
    "bank_payout_returned": payout_came_back,
    "chargeback": charged_back,
    "chargeback_returned": charge_returned,
    "chargeback_covered": (charge_from_escrow, charge_from_refund, charge_from_reserve),
    "chargeback_given_back": (charge_to_escrow, charge_to_reserve, charge_to_wallet, not_owed),
    "chargeback_mismatch": (charged_unexpectedly, captured_unexpectedly),
    "reserve_kept": kept_back,
    "reserve_released": let_go,
    "fx_exchanged": exchanged,
    "fx_paid": paid_exchanged,
    "fx_covered": covered,
    "bank_cover": cover_received,
    "rail_settled": rail_settled,
    "rail_withdrawn": rail_withdrawn,
    "bank_withdrawal": withdrawal_received,
    "rail_break_booked": rail_told_otherwise,
    "rail_written_off": rail_never_settled,
}
