"""Which rail carries a payment: pure, and explained. Steering refuses no payer; what operators ordered of the rails may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from everfair.payments.values import BARS


@dataclass(frozen=True, slots=True)
class RailFacts:
    """What is known of a rail that could carry this payment.

    `share`: of what was captured lately in this currency over rails that can stand in for one another, the fraction its counterparty
    carried; `counted`: how many payments that is out of. `cost`: what it takes of this payment, in major units. `barred`: why it may
    not carry it at all.
    """

    code: str
    counterparty: str
    cost: Decimal
    share: Decimal = Decimal(0)
    counted: int = 0
    failing: bool = False
    probing: bool = False
    error_rate: Decimal = Decimal(0)
    latency_ms: int = 0
    ends_on: date | None = None
    open: bool = True
    barred: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A rail with why it stands where it stands: codes, the first the weightiest."""

    code: str
    reasons: tuple[str, ...] = field(default=())


def ranked(
    rails: Sequence[RailFacts], *, today: date, ceiling: Decimal, counted_from: int, tried: frozenset[str] = frozenset()
) -> list[Choice]:
    """The rails in the order in which they should carry this payment, best first.

    One that may not carry it comes last; before it a closed rail, one that has ended, or one that was tried for this payment already,
    in that order; then one that fails; then one whose counterparty carries more than its ceiling (from `counted_from` payments on, and
    where another can stand in for it); then the dearer one; then the slower. A tie is the table's order.
    """
    able = [rail for rail in rails if not rail.barred]
    others = {rail.code: any(other.counterparty != rail.counterparty for other in able) for rail in rails}

    def weight(place: int, rail: RailFacts) -> tuple[tuple[object, ...], Choice]:
        ended = rail.ends_on is not None and rail.ends_on <= today
        over = rail.counted >= counted_from and rail.share > ceiling and others[rail.code]
        told = {
            "closed": not rail.open, "ended": ended, "tried": rail.code in tried, "failing": rail.failing and not rail.probing,
            "over_ceiling": over,
        }  # fmt: skip
        # Errors weigh in steps of a quarter, so that one slip does not move everybody.
        errors = 0 if rail.probing else int(rail.error_rate * 4)
        key = (bool(rail.barred), *told.values(), errors, rail.cost, rail.latency_ms // 250, place)
        reasons = rail.barred + tuple(code for code, is_so in told.items() if is_so)
        return key, Choice(rail.code, reasons or ("probe",) if rail.probing and rail.failing else reasons)

    found = sorted((weight(n, rail) for n, rail in enumerate(rails)), key=lambda pair: pair[0])  # type: ignore[arg-type,return-value]
    return [choice for _key, choice in found]


def is_usable(choice: Choice) -> bool:
    """Whether a payment should be sent there at all, while another way stands open."""
    return not is_barred(choice) and not {"closed", "ended", "tried"} & set(choice.reasons)


def is_barred(choice: Choice) -> bool:
    """Whether the rail may not carry this payment at all, and no other day of its provider would change that."""
    return any(code.partition(":")[0] in BARS for code in choice.reasons)


@dataclass(frozen=True, slots=True)
class Breaker:
    """Open after so many failures among the last calls; after `rest_s` one payment may probe; one success closes it."""

    failures: int
    among: int
    rest_s: float

    def state(self, calls: Sequence[tuple[bool, float]]) -> str:
        """closed, open or probing, of the newest calls first: (failed, seconds ago)."""
        seen = calls[: self.among]
        if not seen or not seen[0][0] or sum(failed for failed, _ago in seen) < self.failures:
            return "closed"
        return "probing" if seen[0][1] >= self.rest_s else "open"
