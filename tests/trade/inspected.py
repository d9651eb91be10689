"""What the tests of inspections look at."""

from everfair.ledger.proofs import prove
from everfair.ledger.queries import balance
from everfair.ledger.values import wallet
from everfair.trade.actions import (
    ship_order,
)
from everfair.trade.queries import moves_of, stages_of
from tests import make


def states(trade):
    return [stage.state for stage in stages_of(trade.fresh())]


def may(trade, side):
    found = trade.fresh()
    return set(moves_of(found, stages_of(found), getattr(trade, side)))


def in_wallet(who):
    return balance(wallet(who.company_id, "USD"), "USD").posted.minor


def nothing_is_wrong():
    return [proof for proof in prove() if proof.breach] == []


def ship(trade):
    ship_order(trade.order.pk, make.CONSIGNMENT | {"handed_over_on": make.now().date()}, by=trade.seller)
