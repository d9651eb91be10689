"""Names of facts, and the arithmetic of standing: exact decimals, no database.

A standing has four pillars of 0 to 100; each is a weighted mean of a few measures. A measure of few facts says little, so each is drawn to
what is usual in its market: with `n` facts of sum `s`, the market's average `m` and the weight `k` of the prior (rule `trust.prior_facts`)

    drawn = (s + k·m) / (n + k)

For a rate this is the posterior mean of a beta-binomial with the prior Beta(k·m, k·(1 − m)), and for hours and stars that of a normal mean
with known variance, where `k` is the variance of one fact over the variance between companies (Gelman et al., Bayesian Data Analysis, 3rd
ed., 2.4 and 2.5; that the prior comes from all companies together is empirical Bayes, Efron and Morris 1975). `m` itself is drawn to the
rule `trust.prior_rate`, `_hours` or `_stars` in the same way, for a market that is young.

Stars are given at 60, 70, 80, 85 and 90 points and the lowest pillar decides (rule 11002943 of Alibaba.com for sellers, 2020); every number
is a dated rule of the market. What a company pays is nowhere in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from everfair.base.words import name_codes

Rules = Mapping[str, Decimal]
PILLARS = ("goods", "delivery", "service", "honesty")
# fmt: off
PILLAR_WORDS = name_codes("trust pillar", {
    "goods": pgettext_lazy("pillar", "Goods"), "delivery": pgettext_lazy("pillar", "Delivery"),
    "service": pgettext_lazy("pillar", "Service"), "honesty": pgettext_lazy("pillar", "Honesty"),
})
FACT_KIND_WORDS = name_codes("trust fact", {
    "accepted": _("Order settled"), "shipped": _("Order shipped"), "late": _("Not shipped by its day"),
    "undelivered": _("Never shipped; the buyer took the money back"), "disputed": _("Claim opened"),
    "lost": _("Claim lost"), "misdescribed": _("Goods were not what was described"), "won": _("Claim won"),
    "settled": _("Claim settled between both"), "withdrawn": _("Claim withdrawn"), "asked": _("Question received"),
    "answered": _("Question answered"), "claim_answered": _("Claim answered in time"), "claim_silent": _("Claim not answered in time"),
    "rated_goods": _("Rated for goods"), "rated_delivery": _("Rated for delivery"), "rated_service": _("Rated for service"),
    "unrated": _("Review no longer counts"), "proven": _("Verification granted"), "lapsed": _("Verification lapsed"),
    "cancelled": _("Stepped back after both had signed"), "complained": _("Complaint about a deal outside found true"), "paid": _("Stage paid"), "unpaid": _("Signed and never paid"),
    "corrected": _("Corrected by an appeal"),
})
MEASURE_WORDS = name_codes("trust measure", {
    "orders": _("Orders without a claim lost"), "goods_stars": _("Stars for goods"), "on_time": _("Shipped on time"),
    "delivery_stars": _("Stars for delivery"), "hours": _("Hours to the first answer"), "claims": _("Claims answered in time"),
    "calm": _("Orders without a claim that stood"), "service_stars": _("Stars for service"), "kept": _("Agreements kept"),
    "papers": _("Verification kept up"),
})
# fmt: on
BUYER_FACTS = ("paid", "unpaid", "won", "lost", "settled", "withdrawn", "cancelled", "corrected")
SELLER_FACTS = tuple(kind for kind in FACT_KIND_WORDS if kind not in ("paid", "unpaid"))
# Of these a company and everybody who looks it up should read at once, not tomorrow.
HEAVY = ("lost", "cancelled", "complained", "undelivered", "lapsed", "corrected")
# Grounds of a ruling by which a seller had said what was not so.
UNTRUE = ("not_as_described", "counterfeit_goods")
ZERO, HUNDRED, CENT = Decimal(0), Decimal(100), Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is counted. `unit`: rate (0 to 1), hours or stars (1 to 5). `weight`: its rule; the first of a pillar has the rest."""

    name: str
    pillar: str
    unit: str = "rate"
    weight: str = ""


MEASURES = (
    Measure("orders", "goods"),
    Measure("goods_stars", "goods", "stars", "trust.weight_goods_stars"),
    Measure("on_time", "delivery"),
    Measure("delivery_stars", "delivery", "stars", "trust.weight_delivery_stars"),
    Measure("hours", "service", "hours"),
    Measure("claims", "service", weight="trust.weight_claims"),
    Measure("calm", "service", weight="trust.weight_calm"),
    Measure("service_stars", "service", "stars", "trust.weight_service_stars"),
    Measure("kept", "honesty"),
    Measure("papers", "honesty", weight="trust.weight_papers"),
)
WINDOWS = ("quarter", "year")


@dataclass(frozen=True, slots=True)
class Tally:
    """`n` facts of one measure, and the sum of their values (of a rate: how many were good; half where a claim was settled)."""

    n: Decimal = ZERO
    total: Decimal = ZERO

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.n + other.n, self.total + other.total)


NOTHING = Tally()
Tallies = Mapping[str, Tally]


@dataclass(frozen=True, slots=True)
class Mark:
    """What one measure gave: `drawn` to the `average`, `points` of 100, and the `weight` it has in its pillar (0 to 1)."""

    measure: str
    n: Decimal
    total: Decimal
    average: Decimal
    drawn: Decimal
    points: Decimal
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Pillar:
    name: str
    points: Decimal
    marks: tuple[Mark, ...]


def averages_of(market: Tallies, rules: Rules) -> dict[str, Decimal]:
    """What is usual in a market, by measure: its own totals, drawn to the rule while they are few."""
    return {
        m.name: draw(market.get(m.name, NOTHING), rules[f"trust.prior_{m.unit}"], rules["trust.prior_facts"]) for m in MEASURES
    }


def draw(tally: Tally, average: Decimal, weight: Decimal) -> Decimal:
    """The posterior mean; the average itself where nothing is known. To eight decimals, downwards."""
    if not tally.n + weight:
        return average
    return ((tally.total + weight * average) / (tally.n + weight)).quantize(Decimal("1e-8"), ROUND_FLOOR)


def points_of(unit: str, drawn: Decimal, rules: Rules) -> Decimal:
    """0 to 100: of a rate its per cent; of stars 0 for one and 100 for five; of hours 100 to `answer_full_hours` and 0 from `answer_none_hours`."""
    if unit == "rate":
        points = drawn * 100
    elif unit == "stars":
        points = (drawn - 1) * 25
    else:
        full, none = rules["trust.answer_full_hours"], rules["trust.answer_none_hours"]
        points = (none - drawn) * 100 / max(none - full, Decimal(1))
    return min(max(points, ZERO), HUNDRED)


def weights_of(pillar: str, rules: Rules) -> dict[str, Decimal]:
    """By measure, together 1: the first has what the others leave."""
    first, *others = [m for m in MEASURES if m.pillar == pillar]
    found = {m.name: rules[m.weight] for m in others}
    found[first.name] = max(1 - sum(found.values(), ZERO), ZERO)
    whole = sum(found.values(), ZERO)
    return {name: weight / whole for name, weight in found.items()}


def pillar_of(name: str, tallies: Tallies, averages: Mapping[str, Decimal], rules: Rules) -> Pillar:
    weights = weights_of(name, rules)
    marks = tuple(
        _mark(m, tallies.get(m.name, NOTHING), averages[m.name], weights[m.name], rules) for m in MEASURES if m.pillar == name
    )
    points = sum((mark.points * mark.weight for mark in marks), ZERO)
    return Pillar(name, min(points, HUNDRED).quantize(CENT, ROUND_FLOOR), marks)


def _mark(measure: Measure, tally: Tally, average: Decimal, weight: Decimal, rules: Rules) -> Mark:
    drawn = draw(tally, average, rules["trust.prior_facts"])
    return Mark(measure.name, tally.n, tally.total, average, drawn, points_of(measure.unit, drawn, rules), weight)


def pillars_of(tallies: Tallies, averages: Mapping[str, Decimal], rules: Rules) -> dict[str, Pillar]:
    return {name: pillar_of(name, tallies, averages, rules) for name in PILLARS}


def cuts_of(rules: Rules) -> list[Decimal]:
    """From how many points on there is a star, two, …, five."""
    return [rules[f"trust.star_{n}"] for n in range(1, 6)]


def stars_of(points: Mapping[str, Decimal], rules: Rules) -> int:
    """The lowest pillar decides."""
    least = min(points.values())
    return sum(least >= cut for cut in cuts_of(rules))


@dataclass(frozen=True, slots=True)
class Counted:
    """The facts of one company in one window: `orders` that were shipped or came to an end, and the tallies by measure."""

    orders: int
    tallies: Tallies


def window_of(counted: Mapping[str, Counted], rules: Rules) -> str:
    """The quarter decides when it has enough orders, else the year."""
    return "quarter" if counted["quarter"].orders >= rules["trust.least_orders"] else "year"


@dataclass(frozen=True, slots=True)
class Marked:
    """A standing, not yet written: `stars` is None where fewer than `least` orders were decided. `days` is how long each window is."""

    window: str
    pillars: dict[str, dict[str, Pillar]]
    stars: int | None
    orders: dict[str, int]
    days: dict[str, int]
    least: int

    @property
    def points(self) -> dict[str, Decimal]:
        return {name: pillar.points for name, pillar in self.pillars[self.window].items()}


def mark_company(counted: Mapping[str, Counted], averages: Mapping[str, Decimal], rules: Rules) -> Marked:
    pillars = {window: pillars_of(counted[window].tallies, averages, rules) for window in WINDOWS}
    window = window_of(counted, rules)
    points = {name: pillar.points for name, pillar in pillars[window].items()}
    known = counted[window].orders >= rules["trust.least_orders"]
    orders = {name: counted[name].orders for name in WINDOWS}
    days = {name: int(rules[f"trust.{name}_days"]) for name in WINDOWS}
    return Marked(window, pillars, stars_of(points, rules) if known else None, orders, days, int(rules["trust.least_orders"]))


@dataclass(frozen=True, slots=True)
class Raise:
    """`more` good facts of a measure bring the lowest pillar to `points`, where `stars` begin."""

    measure: str
    more: int
    points: Decimal
    stars: int


# What one more good fact adds, by unit: a rate counts one, an answer is as quick as full points ask, a review gives five.
MOST = 500


def raises_of(pillar: Pillar, rules: Rules, *, most: int = MOST) -> list[Raise]:
    """For each measure of a pillar that alone can lift it to its next star: with how many good facts, the fewest first."""
    cut = next((cut for cut in cuts_of(rules) if cut > pillar.points), None)
    if cut is None:
        return []
    stars = cuts_of(rules).index(cut) + 1
    found = []
    for mark in pillar.marks:
        more = _fewest(lambda n, mark=mark: _lifted(pillar, mark, n, rules) >= cut, most)  # type: ignore[misc]
        if more is not None:
            found.append(Raise(mark.measure, more, cut, stars))
    return sorted(found, key=lambda each: each.more)


def _fewest(enough: Any, most: int) -> int | None:
    if not enough(most):
        return None
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low


def _lifted(pillar: Pillar, mark: Mark, more: int, rules: Rules) -> Decimal:
    measure = next(m for m in MEASURES if m.name == mark.measure)
    best = {"rate": Decimal(1), "stars": Decimal(5), "hours": ZERO}[measure.unit]
    tally = Tally(mark.n, mark.total) + Tally(Decimal(more), best * more)
    lifted = points_of(measure.unit, draw(tally, mark.average, rules["trust.prior_facts"]), rules)
    points = sum((lifted if each is mark else each.points) * each.weight for each in pillar.marks)
    return Decimal(points).quantize(CENT, ROUND_FLOOR)


def as_json(marked: Marked, averages: Mapping[str, Decimal]) -> dict[str, Any]:
    """What `Standing.told` keeps: numbers as strings, by window and pillar; `averages` are the market's of that day."""
    return {
        "window": marked.window,
        "orders": marked.orders,
        "days": marked.days,
        "least": marked.least,
        "averages": {name: str(value) for name, value in averages.items()},
        "windows": {
            window: {
                name: {
                    "points": str(pillar.points),
                    "marks": [
                        [m.measure, *(str(v) for v in (m.n, m.total, m.average, m.drawn, m.points, m.weight))]
                        for m in pillar.marks
                    ],
                }
                for name, pillar in pillars.items()
            }
            for window, pillars in marked.pillars.items()
        },
    }


def from_json(told: Mapping[str, Any]) -> Marked:
    """As it was marked; stars are the row's."""
    pillars = {
        window: {
            name: Pillar(
                name, Decimal(body["points"]), tuple(Mark(m, *(Decimal(v) for v in values)) for m, *values in body["marks"])
            )
            for name, body in found.items()
        }
        for window, found in told["windows"].items()
    }
    return Marked(told["window"], pillars, None, dict(told["orders"]), dict(told["days"]), told["least"])


@dataclass(frozen=True, slots=True)
class Credibility:
    """Of a buyer: `paid` and `fair` of 100 points, each with the facts behind it; None where nothing is known.

    `fair`: of its claims that ended, those it won or both settled; one that was lost or taken back was not.
    """

    paid: int | None
    paid_in_time: int
    to_pay: int
    fair: int | None
    fair_claims: int
    ended_claims: int
    stepped_back: int
