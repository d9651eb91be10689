"""What a list may be narrowed by, as its page shows it: every choice is a link with what it would leave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from everfair.base import formats
from everfair.base.money import Money
from everfair.discovery.forms import Asked
from everfair.discovery.index import Facets
from everfair.reference import queries as reference
from everfair.reference.values import name_in

# More choices of one kind than this are a list nobody reads; the search box finds the rest.
MOST_CHOICES = 12
_TITLES = {
    "hall": gettext_lazy("Hall"),
    "category": gettext_lazy("Category"),
    "moq": gettext_lazy("Minimum order (MOQ)"),
    "lead_time": gettext_lazy("Lead time"),
    "origin": gettext_lazy("Origin of the goods"),
    "mark": gettext_lazy("Supplier and sample"),
    "country": gettext_lazy("Supplier’s country"),
    "verified": gettext_lazy("Verified supplier"),
    "sample": gettext_lazy("Sample available"),
}
_SORTS = {
    "relevance": gettext_lazy("Best match"),
    "newest": gettext_lazy("Newest"),
    "price": gettext_lazy("Lowest price"),
    "moq": gettext_lazy("Lowest MOQ"),
    "lead_time": gettext_lazy("Shortest lead time"),
}


class Choice(NamedTuple):
    """One link of a list that is narrowed or sorted; `counted` as it is written for the reader. Templates take it apart, sixty on a page."""

    text: str
    counted: str
    chosen: bool
    href: str


class Group(NamedTuple):
    title: str
    choices: list[Choice]


def groups(asked: Asked, facets: Facets) -> list[Group]:
    """What there is to choose; groups without a choice are left out."""
    fixed, language = asked.query.fixed, asked.query.language
    title = _titles(language)
    shown = []
    if "hall" not in fixed:
        shown.append(_one_of(asked, "hall", title["hall"], _named(facets.halls, language), also={"category": None}))
    if "category" not in fixed and (asked.query.hall or asked.query.categories or len(facets.halls) == 1):
        shown.append(_any_of(asked, "category", title["category"], _named(facets.categories, language)))
    shown.append(Group(_price_title(asked.query.currency, language), _bands(asked, facets)))
    shown.append(_one_of(asked, "moq", title["moq"], _steps(facets.moqs, _up_to, asked.get("moq"), language)))
    shown.append(
        _one_of(asked, "lead_time", title["lead_time"], _steps(facets.lead_times, _within, asked.get("lead_time"), language))
    )
    origins = [(code, reference.country_name(code, language), count) for code, count in facets.origins]
    shown.append(_any_of(asked, "origin", title["origin"], origins))
    marks = (("verified", facets.verified), ("sample", facets.sample))
    ticked = [_choice(asked, name, "1", title[name], count) for name, count in marks if count or asked.get(name)]
    shown.append(Group(title["mark"], ticked))
    countries = [(code, reference.country_name(code, language), count) for code, count in facets.countries]
    shown.append(_any_of(asked, "country", title["country"], countries))
    return [group for group in shown if group.choices]


def chips(asked: Asked) -> list[dict[str, str]]:
    """What narrows the list now, each with the address of the list without it."""
    language, known, money = asked.query.language, reference.categories(), {"currency": asked.query.currency}
    texts: dict[str, Callable[[str], str]] = {
        "hall": lambda code: name_in(known[code].names, language),
        "category": lambda code: name_in(known[code].names, language),
        "country": lambda code: _("supplier in %(country)s") % {"country": reference.country_name(code, language)},
        "origin": lambda code: _("made in %(country)s") % {"country": reference.country_name(code, language)},
        "price_min": lambda price: _("from %(currency)s %(price)s") % {**money, "price": price},
        "price_max": lambda price: _("up to %(currency)s %(price)s") % {**money, "price": price},
        "moq": lambda moq: _("MOQ up to %(quantity)s") % {"quantity": moq},
        "lead_time": lambda days: f"{_('Lead time')}: {within(int(days))}",
        "sample": lambda _one: _("Sample available"),
        "verified": lambda _one: _("Verified supplier"),
    }
    return [
        {"text": texts[name](value), "href": _without(asked, name, value)}
        for name, value in asked.narrowed_by
        if name not in asked.problems
    ]


def sorts(asked: Asked) -> list[Choice]:
    return [
        Choice(text, "", asked.query.sort == sort, asked.link(sort=None if sort == "relevance" else sort))
        for sort, text in _sort_words(asked.query.language)
    ]


def within(days: int) -> str:
    return ngettext("within %(num)s day", "within %(num)s days", days) % {"num": formats.number(days)}


# Words and figures repeat on every list, so that each is looked up once in a language, which must be the active one.


@lru_cache(maxsize=64)
def _titles(_language: str) -> dict[str, str]:
    return {name: str(text) for name, text in _TITLES.items()}


@lru_cache(maxsize=64)
def _sort_words(_language: str) -> list[tuple[str, str]]:
    return [(name, str(text)) for name, text in _SORTS.items()]


@lru_cache(maxsize=256)
def _price_title(currency: str, _language: str) -> str:
    return _("Price in %(currency)s") % {"currency": currency}


@lru_cache(maxsize=1_024)
def _within(days: int, _language: str) -> str:
    return within(days)


@lru_cache(maxsize=1_024)
def _up_to(quantity: int, _language: str) -> str:
    return _("up to %(quantity)s") % {"quantity": formats.number(quantity)}


@lru_cache(maxsize=4_096)
def _written(count: int, _language: str) -> str:
    return formats.number(count)


@lru_cache(maxsize=1_024)
def _band(low: int, above: int | None, currency: str, _language: str) -> tuple[tuple[str, str], str]:
    """Both ends as they stand in an address, empty where it is open, and in words."""
    ends = (_amount(low, currency) if low else "", "" if above is None else _amount(above - 1, currency))
    if not low:
        return ends, _("under %(price)s") % {"price": _round(above or 0, currency)}
    if above is None:
        return ends, _("%(price)s and more") % {"price": _round(low, currency)}
    return ends, f"{_round(low, currency)} – {_round(above, currency)}"


def _without(asked: Asked, name: str, value: str) -> str:
    kept = tuple(each for each in asked.params[name] if each != value)
    return asked.link(**{name: kept}, **({"category": None} if name == "hall" else {}))


@lru_cache(maxsize=64)
def _names(language: str) -> dict[str, str]:
    return {code: name_in(each.names, language) for code, each in reference.categories().items()}


def _named(counts: Sequence[tuple[str, int]], language: str) -> list[tuple[str, str, int]]:
    names = _names(language)
    return [(code, names[code], count) for code, count in counts if code in names]


def _any_of(asked: Asked, name: str, title: str, counted: Sequence[tuple[str, str, int]]) -> Group:
    """Several may be ticked. What is ticked is always shown, with nought where nothing answers."""
    ticked = asked.params.get(name, ())
    first = [each for each in counted if each[0] in ticked]
    rest = [each for each in counted if each[0] not in ticked][: max(0, MOST_CHOICES - len(first))]
    keep = {each[0] for each in (*first, *rest)}
    return Group(title, [_choice(asked, name, *each) for each in counted if each[0] in keep])


def _one_of(
    asked: Asked, name: str, title: str, counted: Sequence[tuple[str, str, int]], also: dict[str, None] | None = None
) -> Group:
    """Another choice takes the place of the first."""
    chosen, choices = asked.get(name), []
    for code, text, count in counted[:MOST_CHOICES]:
        href = asked.link(**(also or {}), **{name: None if code == chosen else code})
        choices.append(Choice(text, _written(count, asked.query.language), code == chosen, href))
    return Group(title, choices)


def _choice(asked: Asked, name: str, code: str, text: str, count: int) -> Choice:
    return Choice(text, _written(count, asked.query.language), code in asked.params.get(name, ()), asked.toggled(name, code))


def _steps(
    counts: Sequence[tuple[int, int]], text: Callable[[int, str], str], chosen: str, language: str
) -> list[tuple[str, str, int]]:
    """A step that finds nothing, or no more than the one below, helps nobody."""
    shown, before = [], 0
    for top, count in counts:
        if count > before or str(top) == chosen:
            shown.append((str(top), text(top, language), count))
        before = count
    return shown


def _bands(asked: Asked, facets: Facets) -> list[Choice]:
    currency = asked.query.currency
    lows = [low for low, _count in facets.price_bands]
    chosen = (asked.get("price_min"), asked.get("price_max"))
    # An address that says nothing of a currency means the usual one.
    named = asked.params.get("currency")
    shown = []
    for (low, count), above in zip(facets.price_bands, [*lows[1:], None], strict=True):
        ends, text = _band(low, above, currency, asked.query.language)
        if not count and ends != chosen:
            continue
        is_chosen = ends == chosen
        bounds = {"price_min": None, "price_max": None} if is_chosen else {"price_min": ends[0], "price_max": ends[1]}
        shown.append(Choice(text, _written(count, asked.query.language), is_chosen, asked.link(**bounds, currency=named)))
    return shown


def _amount(minor: int, currency: str) -> str:
    return str(Money(minor, currency).amount)


def _round(minor: int, currency: str) -> str:
    return formats.number(int(Money(minor, currency).amount))
