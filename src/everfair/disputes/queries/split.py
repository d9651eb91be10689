"""What a sum back to the buyer means stage by stage: the same division and roundings as trade posts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from everfair.base.money import Money, total
from everfair.billing.values import one_sum
from everfair.trade.queries import credit_of_held, credits_over, debts_left, fees_on, stages_of


@dataclass(frozen=True, slots=True)
class SplitStage:
    n: int
    name: str
    held: Money
    to_buyer: Money
    to_seller: Money
    fee: Money
    debt: Money


@dataclass(frozen=True, slots=True)
class Split:
    """`to_seller` is what reaches the supplier's wallet, after the fee and after `debt`: what failed inspections cost the buyer, which
    goes on to the buyer. All four sum to `held`, to the smallest unit."""

    stages: tuple[SplitStage, ...]
    held: Money
    to_buyer: Money
    to_seller: Money
    fee: Money
    debt: Money


def split_of(order: Any, to_buyer: Money) -> Split | None:
    """None where nothing is held, or not so much. What a lower total gives back is the buyer's already and not counted."""
    stages = [stage for stage in stages_of(order) if stage.state in ("funded", "frozen")]
    credit = credits_over([stage.rest.minor for stage in stages], credit_of_held(order).minor)
    rests = [stage.rest - Money(back, order.currency) for stage, back in zip(stages, credit, strict=True)]
    held = total(rests, order.currency)
    if not held or to_buyer > held:
        return None
    parts = to_buyer.split([rest.minor for rest in rests])
    rows, owed = [], debts_left(order)
    fees = fees_on(order, [(stage, rest - back) for stage, rest, back in zip(stages, rests, parts, strict=True)])
    for stage, rest, back, taken in zip(stages, rests, parts, fees, strict=True):
        sellers, fee = rest - back, one_sum(taken, order.currency)
        debt = min(owed, sellers - fee)
        owed = owed - debt
        rows.append(SplitStage(stage.n, stage.name, rest, back, sellers - fee - debt, fee, debt))
    return Split(
        stages=tuple(rows),
        held=held,
        to_buyer=to_buyer,
        to_seller=total([row.to_seller for row in rows], order.currency),
        fee=total([row.fee for row in rows], order.currency),
        debt=total([row.debt for row in rows], order.currency),
    )
