"""A review as a template shows it: to its two sides by name, to everybody else without."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from everfair.base.actor import Actor
from everfair.base.api import open_cursor, seal_cursor
from everfair.base.clock import now
from everfair.companies.queries import is_marked, names
from everfair.files.queries import file_links, picture_urls
from everfair.reference.queries import country_name
from everfair.reviews import queries
from everfair.reviews.models import Review, Wording
from everfair.reviews.queries import Said, grade_of, pictures_in
from everfair.reviews.values import ASPECT_WORDS, ASPECTS

PER_PAGE = 20


def company_name(company: Any) -> str:
    return names(company, get_language() or "en")[0]


def faces(reviews: Iterable[Review], actor: Actor | None = None) -> list[dict[str, Any]]:
    """Three queries for many, four where its own writer looks at pictures that are not shown yet.

    With `actor` names are told, and words that are hidden are told to their writer and to staff.
    """
    rows = queries.said(reviews)
    pictures = picture_urls(pictures_in(rows))
    kept_back = [pk for pk in pictures_in(rows) if pk not in pictures] if actor is not None else []
    files = file_links(kept_back, actor) if actor is not None and kept_back else {}
    today = now().date()
    return [_face(row, pictures, files, actor, today) for row in rows]


def _face(row: Said, pictures: dict[UUID, Any], files: dict[UUID, Any], actor: Actor | None, today: Any) -> dict[str, Any]:
    review = row.review
    is_own = actor is not None and actor.company_id == review.author_id
    is_hidden = review.state == "hidden"
    told = not is_hidden or is_own or (actor is not None and actor.kind == "operator")
    named = actor is not None
    return {
        "review": review,
        "own": is_own,
        "who": company_name(review.author) if named else anonymous(review),
        "of": company_name(review.subject) if named else "",
        "verified": is_marked(review.author, today),
        "at": review.published_at or review.created_at,
        "told": told,
        "grade": grade_of(row.wording.grades) if told else None,
        "grades": _grades(review, row.wording) if told else [],
        "text": row.wording.text if told else "",
        "revised_at": row.wording.created_at if row.former is not None and told else None,
        "former": {"text": row.former.text, "grade": grade_of(row.former.grades), "grades": _grades(review, row.former)}
        if row.former is not None and told
        else None,
        "reply": row.reply if told else None,
        "reply_by": company_name(review.subject) if named else _answered(review),
        "pictures": [pictures[pk] for pk in row.wording.picture_ids if pk in pictures] if told else [],
        "files": [files[pk] for pk in row.wording.picture_ids if pk in files] if told else [],
    }


def anonymous(review: Review) -> str:
    """Who trades with whom is nobody's business: the country is all that is told."""
    country = country_name(review.author.country, get_language() or "en")
    return (
        _("A buyer in %(country)s") % {"country": country}
        if review.side == "buyer"
        else _("A supplier in %(country)s") % {"country": country}
    )


def _answered(review: Review) -> str:
    return _("The supplier's answer") if review.side == "buyer" else _("The buyer's answer")


def _grades(review: Review, wording: Wording) -> list[tuple[Any, int]]:
    return [(ASPECT_WORDS[aspect], wording.grades[aspect]) for aspect in ASPECTS[review.side]]


def published(subject: UUID | None, side: str, after: str, limit: int = PER_PAGE) -> tuple[list[Review], str]:
    """A page of what everybody may read, and where the next begins («» at the end)."""
    place: tuple[datetime, UUID] | None = None
    if after:
        moment, ident = open_cursor(after, datetime, UUID)
        place = (moment, ident)
    found = queries.published_page(subject=subject, side=side, after=place, limit=limit + 1)
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    return shown, seal_cursor([last.published_at.isoformat(), str(last.pk)]) if last is not None else ""  # type: ignore[union-attr]
