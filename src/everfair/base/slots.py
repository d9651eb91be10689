"""Slots: a lower package's page has a place where an upper package may put a panel, without knowing whom.

`@panel("sourcing.comparison")` registers `function(request, subject) -> str | None` (safe HTML). Public panels are
cacheable; personal ones (`public=False`) are left out of a page that is shown to nobody in particular.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from markupsafe import Markup

Panel = Callable[[HttpRequest, Any], str | None]
_panels: dict[str, list[tuple[int, bool, Panel]]] = defaultdict(list)


def panel(name: str, *, order: int = 10, public: bool = False) -> Callable[[Panel], Panel]:
    def register(function: Panel) -> Panel:
        _panels[name].append((order, public, function))
        _panels[name].sort(key=lambda row: row[0])
        return function

    return register


def slot(request: HttpRequest, name: str, subject: Any = None, *, public: bool = False) -> Markup:
    """What the upper packages have to show here, in order; empty when nobody has."""
    shown = [function(request, subject) for _, is_public, function in _panels[name] if is_public or not public]
    return Markup("").join(Markup(html) for html in shown if html)  # noqa: S704  panels return rendered templates
