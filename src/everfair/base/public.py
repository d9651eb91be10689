"""Pages that are the same for everybody, and what each is made of.

`@public("rfqs")` lets the front cache keep a page whole. A tag names something the page shows (`offer:<id>`, `company:<id>`, `rfqs`);
when that changes, every kept page with the tag goes. What is only known while the page is made is told by `made_of`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

TAGS = "Cache-Tag"  # from the view to the front cache, which never passes it on
FRESH_S = 60.0
LIST_FRESH_S = 15.0  # of pages with counts, which are themselves some seconds old


@dataclass(frozen=True, slots=True)
class Public:
    """`params`: what of the query string the page reads; anything else is taken away before the page is asked for.
    `counts`: the part of the address whose views are counted."""

    params: frozenset[str]
    fresh_s: float
    counts: str | None


def public(
    *tags: str, params: tuple[str, ...] = (), fresh_s: float = FRESH_S, counts: str | None = None
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let the answer be kept for everybody, until a tag is dropped or `fresh_s` is over. Stands below `@allow(EVERYONE)`."""

    def mark(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def tagged(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            request.made_of = set(tags)  # type: ignore[attr-defined]
            response = view(request, *args, **kwargs)
            if response.status_code == 200:
                response[TAGS] = " ".join(sorted(request.made_of))  # type: ignore[attr-defined]
            return response

        tagged.public = Public(frozenset(params), fresh_s, counts)  # type: ignore[attr-defined]
        return tagged

    return mark


def made_of(request: HttpRequest, *tags: str) -> None:
    """The page that is being made shows these; nothing on a page that is not kept."""
    found = getattr(request, "made_of", None)
    if found is not None:
        found.update(tags)
