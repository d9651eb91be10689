"""Where the money of a payment is when its payer's bank takes it back: asked of the package that spent it.

Payments do not know orders. Whoever opens payments of a kind registers here what stands behind them; of other kinds the payer alone
answers for what their bank took back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from everfair.base.actor import Actor
from everfair.base.money import Money


@dataclass(frozen=True, slots=True)
class Cover:
    """The verbs of one kind of purpose. Each is called in the transaction of the provider's event, in this order of locks: companies,
    then what `hold` locks, then the chargeback.

    `companies(purpose)`: who is locked first. `hold(purpose, intent, by)`: lock what it was for, and bring there what was captured and
    has not arrived yet; its answer is handed to the others. `take(held, amount, by)`: freeze, and give of escrow up to `amount`: (stage,
    amount). `owing(held, amount)`: who had the rest: (company, amount). `regain(held, stage, amount, by)`: the escrow has it again.
    `ended(held, verb, amount, key, by)`: it was won or lost, or that was reversed; `amount` is what its payee has lost by it.
    """

    companies: Callable[[UUID], list[UUID]]
    hold: Callable[[UUID, UUID, Actor], Any]
    take: Callable[[Any, Money, Actor], list[tuple[UUID, Money]]]
    owing: Callable[[Any, Money], list[tuple[UUID, Money]]]
    regain: Callable[[Any, UUID, Money, str, Actor], None]
    ended: Callable[[Any, str, Money, str, Actor], None]


_covers: dict[str, Cover] = {}


def cover_chargebacks_with(purpose_kind: str, cover: Cover) -> None:
    """For the package that opens payments of this kind."""
    _covers[purpose_kind] = cover


def cover_of(purpose_kind: str) -> Cover | None:
    return _covers.get(purpose_kind)
