"""What the platform takes of a sale, as plain values: the lines of a fee schedule, and the one function that counts them (I26, I27).

A contract keeps the whole schedule it was signed under, so that a version set later never touches it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from everfair.base.money import exponent
from everfair.base.words import name_codes

# fmt: off
FEE_WORDS = name_codes("fee", {
    "commission":      _("Commission"),
    "payment_service": _("Payment service"),
    "escrow_service":  _("Escrow service"),
    "trade_service":   _("Trade service"),
})
BASE_WORDS = name_codes("fee base", {
    "released": _("of what is paid out to the seller"),
    "goods":    _("of the goods, without freight and other charges"),
})
SPAN_WORDS = name_codes("fee span", {
    "order": _("Floor and cap count for the whole order"),
    "stage": _("Floor and cap count for each stage"),
})
# fmt: on
MOST_LINES = 6
# Of one sale no more than this goes in fees, tax on them not counted; so many parts can never cost more than they pay.
MOST_RATE = Decimal("0.3")


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One fee: `rate` of its base, never less than the floor nor more than the cap of the order's currency, in minor units.

    A currency that stands in neither has no floor and no cap.
    """

    kind: str
    base: str
    rate: Decimal
    floors: Mapping[str, int]
    caps: Mapping[str, int]

    def due(self, kept: int, goods: Fraction, currency: str) -> int:
        """What this fee comes to when the seller keeps `kept` minor units; `goods` is their share that pays for goods."""
        if kept <= 0:
            return 0
        share = goods if self.base == "goods" else Fraction(1)
        found = max(round(kept * share * Fraction(self.rate)), self.floors.get(currency, 0))
        return min(found, self.caps.get(currency, found))


@dataclass(frozen=True, slots=True)
class FeeTerms:
    """What holds for one contract. `version` names its schedule, «» the platform's one rate. `span`: whether a sale's fees are counted
    over the whole order or stage by stage. `tax_included`: of contracts that name one number for everything."""

    lines: tuple[FeeLine, ...]
    span: str = "order"
    version: str = ""
    tax_included: bool = False

    @classmethod
    def of_rate(cls, rate: Decimal) -> FeeTerms:
        """One commission, stage by stage, tax included: contracts signed where a market has no schedule."""
        return cls((FeeLine("commission", "released", rate, {}, {}),), span="stage", tax_included=True)

    @classmethod
    def from_text(cls, text: str) -> FeeTerms:
        said = json.loads(text)
        return cls(lines_of(said["lines"]), said["span"], said["version"])

    @property
    def text(self) -> str:
        """As a contract keeps it: canonical JSON."""
        said = {"version": self.version, "span": self.span, "lines": lines_document(self.lines)}
        return json.dumps(said, sort_keys=True, separators=(",", ":"))

    def taken(self, kept: int, goods: Fraction, currency: str, tax: Fraction) -> list[tuple[int, int]]:
        """(net, tax) of each line when the seller has been paid `kept` minor units in all, fees included.

        A function of the sum alone, so that any way there costs the same. It never takes more than there is, and of each more cent at
        most that cent: what a floor asks for beyond that is taken from what follows, the first line first.
        """
        gross, before = [], 0
        for n in range(1, len(self.lines) + 1):
            upper = self._within(n, kept, goods, currency, tax)
            gross.append(upper - before)
            before = upper
        return [_parted(amount, tax) for amount in gross]

    def _within(self, n: int, kept: int, goods: Fraction, currency: str, tax: Fraction) -> int:
        """The first `n` lines together, held back so that no cent of `kept` pays more than itself: the least of what was due at some
        smaller sum and everything since. Beyond that sum they grow slower than it does, so only the nearest ones can be the least."""
        near = range(max(0, kept - _NEAR), kept + 1)
        return min(kept, *(self._asked(n, at, goods, currency, tax) + kept - at for at in near))

    def _asked(self, n: int, kept: int, goods: Fraction, currency: str, tax: Fraction) -> int:
        asked = (line.due(kept, goods, currency) for line in self.lines[:n])
        return sum(net if self.tax_included else net + round(net * tax) for net in asked)


# Rounding moves each line and its tax by less than a minor unit, and all of them together grow by less than six tenths of a sum.
_NEAR = 5 * MOST_LINES


def _parted(gross: int, tax: Fraction) -> tuple[int, int]:
    net = round(Fraction(gross) / (1 + tax))
    return net, gross - net


def lines_document(lines: tuple[FeeLine, ...]) -> list[dict[str, object]]:
    """Plain values, as a schedule's row keeps them."""
    return [
        {
            "kind": line.kind,
            "base": line.base,
            "rate": f"{line.rate.normalize():f}",
            "floors": dict(sorted(line.floors.items())),
            "caps": dict(sorted(line.caps.items())),
        }
        for line in lines
    ]


def lines_of(document: list[dict[str, object]]) -> tuple[FeeLine, ...]:
    return tuple(
        FeeLine(str(row["kind"]), str(row["base"]), Decimal(str(row["rate"])), dict(row["floors"]), dict(row["caps"]))  # type: ignore[call-overload]
        for row in document
    )


def problem_of(lines: tuple[FeeLine, ...]) -> str:
    """Why these lines are no schedule: a code of `actions.set_fee_schedule`, «» for a sound one."""
    if not 1 <= len(lines) <= MOST_LINES:
        return "lines"
    if len({line.kind for line in lines}) != len(lines):
        return "twice"
    for line in lines:
        if line.kind not in FEE_WORDS or line.base not in BASE_WORDS:
            return "lines"
        if not (line.rate.is_finite() and 0 <= line.rate <= MOST_RATE) or line.rate != round(line.rate, 6):
            return "rate"
        for currency, amount in (*line.floors.items(), *line.caps.items()):
            if not 0 <= amount <= 10 ** (9 + exponent(currency)):
                return "limit"
        if any(line.caps.get(currency, amount) < amount for currency, amount in line.floors.items()):
            return "limit"
    return "rate" if sum(line.rate for line in lines) > MOST_RATE else ""
