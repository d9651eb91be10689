"""Standings in sentences: every point with the facts it was made of, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from everfair.base.formats import number
from everfair.trust.models import Fact, Standing
from everfair.trust.values.standing import (
    FACT_KIND_WORDS,
    MEASURE_WORDS,
    MEASURES,
    PILLAR_WORDS,
    PILLARS,
    Mark,
    Marked,
    Pillar,
    Rules,
    from_json,
    raises_of,
)

_UNITS = {measure.name: measure.unit for measure in MEASURES}
PLACES = {"rate": 0, "hours": 1, "stars": 1}


@dataclass(frozen=True, slots=True)
class Reason:
    """One measure of a pillar: `points` of 100, its part of the pillar as a fraction, and the sentence."""

    measure: str
    title: str
    points: int
    weight: Decimal
    sentence: str


@dataclass(frozen=True, slots=True)
class PillarFace:
    """`history`: its points of the days that are kept, the oldest first."""

    name: str
    title: str
    points: int
    is_lowest: bool
    reasons: list[Reason]
    history: list[float]


@dataclass(frozen=True, slots=True)
class StandingFace:
    """`stars` is None while it is new here: then `orders` of `least` are known. `days` is the window that counts."""

    row: Standing
    stars: int | None
    days: int
    orders: int
    least: int
    verdict: str
    pillars: list[PillarFace]
    year: list[PillarFace]
    history: list[Standing]

    @property
    def lowest(self) -> PillarFace:
        return next(pillar for pillar in self.pillars if pillar.is_lowest)


def face_of(history: Sequence[Standing]) -> StandingFace | None:
    """Of the newest of these days; None where there is none."""
    if not history:
        return None
    row = history[0]
    marked = from_json(row.told)
    days = marked.days[marked.window]
    orders = marked.orders[marked.window]
    pillars = _pillars(marked, marked.window, history)
    year = _pillars(marked, "year", []) if marked.window != "year" else []
    lowest = next(pillar for pillar in pillars if pillar.is_lowest)
    return StandingFace(
        row,
        row.stars,
        days,
        orders,
        marked.least,
        _verdict(row.stars, lowest, orders, marked.least),
        pillars,
        year,
        list(history),
    )


def _verdict(stars: int | None, lowest: PillarFace, orders: int, least: int) -> str:
    if stars is None:
        return ngettext(
            "New here: %(num)s order has been shipped or has ended, and stars begin with %(least)s.",
            "New here: %(num)s orders have been shipped or have ended, and stars begin with %(least)s.",
            orders,
        ) % {"num": number(orders), "least": number(least)}
    return _("The lowest of the four decides: %(pillar)s, %(points)s points.") % {
        "pillar": lowest.title,
        "points": number(lowest.points),
    }


def _pillars(marked: Marked, window: str, history: Sequence[Standing]) -> list[PillarFace]:
    found = marked.pillars[window]
    lowest = min(PILLARS, key=lambda name: found[name].points)
    return [
        PillarFace(
            name, str(PILLAR_WORDS[name]), int(found[name].points), name == lowest,
            [_reason(mark, marked.days[window]) for mark in found[name].marks],
            [float(getattr(row, name)) for row in reversed(history)] if len(history) > 1 else [],
        )
        for name in PILLARS
    ]  # fmt: skip


def _reason(mark: Mark, days: int) -> Reason:
    return Reason(mark.measure, str(MEASURE_WORDS[mark.measure]), int(mark.points), mark.weight, sentence_of(mark, days))


def sentence_of(mark: Mark, days: int) -> str:
    """What was counted, and what it was drawn to."""
    average = _value(mark.measure, mark.average)
    if not mark.n:
        return _("Nothing is known of %(days)s days yet; the market's average of %(average)s stands in.") % {
            "days": number(days), "average": average}  # fmt: skip
    return _("%(facts)s; small numbers are drawn to the market's average of %(average)s.") % {
        "facts": _facts(mark, days),
        "average": average,
    }


def _value(measure: str, value: Decimal) -> str:
    """A rate in points of 100, hours and stars as they are."""
    unit = _UNITS[measure]
    shown = number(int(value * 100)) if unit == "rate" else number(value, PLACES[unit])
    return _("%(hours)s hours") % {"hours": shown} if unit == "hours" else shown


def _facts(mark: Mark, days: int) -> str:
    n = int(mark.n)
    words = {"num": number(n), "days": number(days), "good": _short(mark.total), "mean": number(mark.total / mark.n, 1)}
    match mark.measure:
        case "orders":
            text = ngettext(
                "%(good)s of %(num)s order in %(days)s days without a claim lost, one that both settled counting in part",
                "%(good)s of %(num)s orders in %(days)s days without a claim lost, one that both settled counting in part",
                n,
            )
        case "on_time":
            text = ngettext(
                "%(good)s of %(num)s order shipped on time in %(days)s days",
                "%(good)s of %(num)s orders shipped on time in %(days)s days",
                n,
            )
        case "hours":
            text = ngettext(
                "%(num)s question in %(days)s days, answered after %(mean)s hours",
                "%(num)s questions in %(days)s days, answered after %(mean)s hours on average",
                n,
            )
        case "claims":
            text = ngettext(
                "%(good)s of %(num)s claim answered in time in %(days)s days",
                "%(good)s of %(num)s claims answered in time in %(days)s days",
                n,
            )
        case "calm":
            text = ngettext(
                "%(good)s of %(num)s order in %(days)s days without a claim that stood",
                "%(good)s of %(num)s orders in %(days)s days without a claim that stood",
                n,
            )
        case "kept":
            text = ngettext(
                "%(good)s of %(num)s agreement kept in %(days)s days",
                "%(good)s of %(num)s agreements kept in %(days)s days",
                n,
            )
        case "papers":
            text = ngettext(
                "%(good)s of %(num)s verification kept up in %(days)s days",
                "%(good)s of %(num)s verifications kept up in %(days)s days",
                n,
            )
        case _:
            text = ngettext(
                "%(mean)s of 5 stars in %(num)s review of %(days)s days",
                "%(mean)s of 5 stars in %(num)s reviews of %(days)s days",
                n,
            )
    return text % words  # fmt: skip


def _short(value: Decimal) -> str:
    return number(int(value)) if value == int(value) else number(value, 1)


def hints_of(row: Standing, rules: Rules) -> list[str]:
    """What would raise the lowest pillar to its next star, the least effort first; empty at five stars' height."""
    marked = from_json(row.told)
    pillar = min(marked.pillars[marked.window].values(), key=lambda each: each.points)
    return [_hint(each.measure, each.more, pillar, int(each.points), each.stars) for each in raises_of(pillar, rules)]


def _hint(measure: str, more: int, pillar: Pillar, points: int, stars: int) -> str:
    match measure:
        case "orders" | "calm":
            text = ngettext("%(num)s more order without a claim", "%(num)s more orders without a claim", more)
        case "on_time":
            text = ngettext("%(num)s more order shipped by its day", "%(num)s more orders shipped by their day", more)
        case "hours":
            text = ngettext("%(num)s more question answered at once", "%(num)s more questions answered at once", more)
        case "claims":
            text = ngettext("%(num)s more claim answered in time", "%(num)s more claims answered in time", more)
        case "kept":
            text = ngettext("%(num)s more agreement kept", "%(num)s more agreements kept", more)
        case "papers":
            text = ngettext("%(num)s more verification kept up", "%(num)s more verifications kept up", more)
        case _:
            text = ngettext("%(num)s more review of five stars", "%(num)s more reviews of five stars", more)
    return ngettext(
        "%(what)s would bring %(pillar)s to %(points)s points: %(num)s star.",
        "%(what)s would bring %(pillar)s to %(points)s points: %(num)s stars.",
        stars,
    ) % {
        "what": text % {"num": number(more)},
        "pillar": PILLAR_WORDS[pillar.name],
        "points": number(points),
        "num": number(stars),
    }


def fact_words(fact: Fact) -> str:
    """One fact in a line, with what it says beyond its kind."""
    word = str(FACT_KIND_WORDS[fact.kind])
    if fact.kind == "shipped":
        late = int(fact.value)
        if late <= 0:
            return _("Order shipped by its day")
        return ngettext("Order shipped %(num)s day late", "Order shipped %(num)s days late", late) % {"num": number(late)}
    if fact.kind.startswith("rated"):
        return _("Rated %(stars)s of 5 for the goods") % {"stars": number(fact.value, 0)}
    return f"{word}: {fact.reason}" if fact.kind == "corrected" else word


def days_shown(history: Sequence[Any], *, most: int = 12) -> list[Any]:
    """The newest, and then one a week: enough to see how it went."""
    shown: list[Any] = []
    for row in history:
        if not shown or (shown[-1].day - row.day).days >= 7:
            shown.append(row)
    return shown[:most]
