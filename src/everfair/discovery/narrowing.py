"""What a list may be narrowed by, as its page shows it: every choice is a link with what it would leave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from everfair.base import formats
from everfair.base.money import Money
from everfair.discovery.forms import Asked
from everfair.discovery.index import Facets
from everfair.reference import queries as reference
from everfair.reference.values import name_in

# More choices of one kind than this are a list nobody reads; the search box finds the rest.
MOST_CHOICES = 12


def groups(asked: Asked, facets: Facets) -> list[dict[str, Any]]:
    """The groups with their choices: `title`, `choices` of `text`, `count`, `chosen`, `href`; those without a choice are left out."""
    fixed, language = asked.query.fixed, get_language() or "en"
    shown = []
    if "hall" not in fixed:
        shown.append(_one_of(asked, "hall", _("Hall"), _named(facets.halls, language), also={"category": None}))
    if "category" not in fixed and (asked.query.hall or asked.query.categories or len(facets.halls) == 1):
        shown.append(_any_of(asked, "category", _("Category"), _named(facets.categories, language)))
    shown.append({"title": _("Price in %(currency)s") % {"currency": asked.query.currency}, "choices": _bands(asked, facets)})
    shown.append(_one_of(asked, "moq", _("Minimum order (MOQ)"), _steps(facets.moqs, _up_to, asked.get("moq"))))
    shown.append(_one_of(asked, "lead_time", _("Lead time"), _steps(facets.lead_times, within, asked.get("lead_time"))))
    origins = [(code, reference.country_name(code, language), count) for code, count in facets.origins]
    shown.append(_any_of(asked, "origin", _("Origin of the goods"), origins))
    marks = (("verified", _("Verified supplier"), facets.verified), ("sample", _("Sample available"), facets.sample))
    ticked = [_choice(asked, name, "1", text, count) for name, text, count in marks if count or asked.get(name)]
    shown.append({"title": _("Supplier and sample"), "choices": ticked})
    countries = [(code, reference.country_name(code, language), count) for code, count in facets.countries]
    shown.append(_any_of(asked, "country", _("Supplier’s country"), countries))
    return [group for group in shown if group["choices"]]


def chips(asked: Asked) -> list[dict[str, str]]:
    """What narrows the list now, each with the address of the list without it."""
    language, known, money = get_language() or "en", reference.categories(), {"currency": asked.query.currency}
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


def sorts(asked: Asked) -> list[dict[str, Any]]:
    words = (
        ("relevance", _("Best match")),
        ("newest", _("Newest")),
        ("price", _("Lowest price")),
        ("moq", _("Lowest MOQ")),
        ("lead_time", _("Shortest lead time")),
    )
    return [
        {"text": text, "href": asked.link(sort=None if sort == "relevance" else sort), "current": asked.query.sort == sort}
        for sort, text in words
    ]


def within(days: int) -> str:
    return ngettext("within %(num)s day", "within %(num)s days", days) % {"num": formats.number(days)}


def _up_to(quantity: int) -> str:
    return _("up to %(quantity)s") % {"quantity": formats.number(quantity)}


def _without(asked: Asked, name: str, value: str) -> str:
    kept = tuple(each for each in asked.params[name] if each != value)
    return asked.link(**{name: kept}, **({"category": None} if name == "hall" else {}))


@lru_cache(maxsize=64)
def _names(language: str) -> dict[str, str]:
    return {code: name_in(each.names, language) for code, each in reference.categories().items()}


def _named(counts: Sequence[tuple[str, int]], language: str) -> list[tuple[str, str, int]]:
    names = _names(language)
    return [(code, names[code], count) for code, count in counts if code in names]


def _any_of(asked: Asked, name: str, title: str, counted: Sequence[tuple[str, str, int]]) -> dict[str, Any]:
    """Several may be ticked. What is ticked is always shown, with nought where nothing answers."""
    ticked = asked.params.get(name, ())
    first = [each for each in counted if each[0] in ticked]
    rest = [each for each in counted if each[0] not in ticked][: max(0, MOST_CHOICES - len(first))]
    keep = {each[0] for each in (*first, *rest)}
    return {"title": title, "choices": [_choice(asked, name, *each) for each in counted if each[0] in keep]}


def _one_of(
    asked: Asked, name: str, title: str, counted: Sequence[tuple[str, str, int]], also: dict[str, None] | None = None
) -> dict[str, Any]:
    """Another choice takes the place of the first."""
    chosen, choices = asked.get(name), []
    for code, text, count in counted[:MOST_CHOICES]:
        href = asked.link(**(also or {}), **{name: None if code == chosen else code})
        choices.append({"text": text, "count": count, "chosen": code == chosen, "href": href})
    return {"title": title, "choices": choices}


def _choice(asked: Asked, name: str, code: str, text: str, count: int) -> dict[str, Any]:
    return {"text": text, "count": count, "chosen": code in asked.params.get(name, ()), "href": asked.toggled(name, code)}


def _steps(counts: Sequence[tuple[int, int]], text: Callable[[int], str], chosen: str) -> list[tuple[str, str, int]]:
    """A step that finds nothing, or no more than the one below, helps nobody."""
    shown, before = [], 0
    for top, count in counts:
        if count > before or str(top) == chosen:
            shown.append((str(top), text(top), count))
        before = count
    return shown


def _bands(asked: Asked, facets: Facets) -> list[dict[str, Any]]:
    currency = asked.query.currency
    lows = [low for low, _count in facets.price_bands]
    chosen = (asked.get("price_min"), asked.get("price_max"))
    # An address that says nothing of a currency means the usual one.
    named = asked.params.get("currency")
    shown = []
    for (low, count), above in zip(facets.price_bands, [*lows[1:], None], strict=True):
        ends = (_amount(low, currency) if low else "", "" if above is None else _amount(above - 1, currency))
        if not count and ends != chosen:
            continue
        if not low:
            text = _("under %(price)s") % {"price": _round(above or 0, currency)}
        elif above is None:
            text = _("%(price)s and more") % {"price": _round(low, currency)}
        else:
            text = f"{_round(low, currency)} – {_round(above, currency)}"
        is_chosen = ends == chosen
        bounds = {"price_min": None, "price_max": None} if is_chosen else {"price_min": ends[0], "price_max": ends[1]}
        shown.append({"text": text, "count": count, "chosen": is_chosen, "href": asked.link(**bounds, currency=named)})
    return shown


def _amount(minor: int, currency: str) -> str:
    return str(Money(minor, currency).amount)


def _round(minor: int, currency: str) -> str:
    return formats.number(int(Money(minor, currency).amount))
