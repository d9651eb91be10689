"""Reviews an actor may see, what everybody sees of a company, and the average."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from everfair.base.actor import Actor
from everfair.base.refused import NotVisible
from everfair.base.rows import ask, seen_as
from everfair.reviews.models import Reply, Review, Wording
from everfair.reviews.values import ASPECTS

SHOWN = ("published", "hidden")


def reviews_visible_to(actor: Actor) -> QuerySet[Review]:
    """A company sees its own and those of it that are shown, staff all that are shown, the worker's actors all. What everybody sees
    goes by `published_page` alone, which names nobody."""
    if actor.kind in ("clock", "system"):
        return seen_as(Review, Review.objects.all)
    if actor.kind == "operator":
        return seen_as(Review, lambda: Review.objects.filter(published_at__isnull=False), "published_at IS NOT NULL")
    own = actor.company_id
    if own is None:
        return seen_as(Review, Review.objects.none, "false")
    rows = "(author_id = %s OR (subject_id = %s AND published_at IS NOT NULL))"
    return seen_as(
        Review, lambda: Review.objects.filter(Q(author_id=own) | Q(subject_id=own, published_at__isnull=False)), rows, own, own
    )


def review(review_id: UUID, actor: Actor) -> Review:
    """With its order and both companies: one query."""
    found = reviews_visible_to(actor).filter(pk=review_id).select_related("order", "author", "subject").first()
    if found is None:
        raise NotVisible
    return found


def reviews_of_order(order_id: UUID, actor: Actor) -> list[Review]:
    """What this actor may see of the two: one query."""
    return list(reviews_visible_to(actor).filter(order_id=order_id).select_related("author", "subject").order_by("side"))


def reviews_page(actor: Actor, box: str, *, before: UUID | None = None, limit: int = 25) -> list[Review]:
    """The company's own (`written`) or those of it (`received`), newest first; `before` is an id (keyset)."""
    rows = reviews_visible_to(actor).select_related("order", "author", "subject")
    rows = rows.filter(author_id=actor.company_id) if box == "written" else rows.filter(subject_id=actor.company_id)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-id")[:limit])


def published_page(
    *, subject: UUID | None = None, side: str = "", after: tuple[datetime, UUID] | None = None, limit: int = 25
) -> list[Review]:
    """What everybody may read of a company, as it was seen by buyers or by suppliers (`side` is who wrote), newest first; of all companies
    for the operator. Hidden ones stand among them with their reason. Keyset by the moment they were shown."""
    rows = Review.objects.filter(published_at__isnull=False).select_related("author", "subject")
    if subject is not None:
        rows = rows.filter(subject_id=subject, side=side)
    if after is not None:
        moment, ident = after
        rows = rows.filter(Q(published_at__lt=moment) | Q(published_at=moment, id__lt=ident))
    return list(rows.order_by("-published_at", "-id")[:limit])


@dataclass(frozen=True, slots=True)
class Said:
    """A review with its words: those that count, the former ones where it was revised, and the answer."""

    review: Review
    wording: Wording
    former: Wording | None
    reply: Reply | None


def said(reviews: Iterable[Review]) -> list[Said]:
    """Two queries for many."""
    rows = list(reviews)
    ids = [row.pk for row in rows]
    wordings = {(w.review_id, w.n): w for w in Wording.objects.filter(review_id__in=ids)} if ids else {}
    replies = {reply.review_id: reply for reply in Reply.objects.filter(review_id__in=ids)} if ids else {}
    return [
        Said(
            row,
            wordings[row.pk, row.version],
            wordings.get((row.pk, 1)) if row.version > 1 else None,
            replies.get(row.pk),
        )
        for row in rows
    ]


def grade_of(grades: Mapping[str, int]) -> Decimal:
    """The mean of the aspects, to two decimals."""
    return (Decimal(sum(grades.values())) / len(grades)).quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Tally:
    """`count` reviews are shown, `counted` of them enter the average; `grade` and each of `aspects` to one decimal, None with nothing
    to count."""

    count: int
    counted: int
    grade: Decimal | None
    aspects: tuple[tuple[str, Decimal | None], ...]


def tally(subject: UUID, side: str) -> Tally:
    """What the reviews of a company come to, as `side` wrote them: one query."""
    aspects = ASPECTS[side]
    count, counted, *sums = ask(_TALLY, [*aspects, subject, side])[0]
    means = [_mean(total, counted) for total in sums]
    return Tally(count, counted, _mean(sum(sums), counted * len(aspects)), tuple(zip(aspects, means, strict=True)))


_TALLY = """
    SELECT count(*), count(*) FILTER (WHERE r.counts),
        coalesce(sum((w.grades ->> %s)::int) FILTER (WHERE r.counts), 0), coalesce(sum((w.grades ->> %s)::int) FILTER (WHERE r.counts), 0),
        coalesce(sum((w.grades ->> %s)::int) FILTER (WHERE r.counts), 0)
    FROM reviews_review r JOIN reviews_wording w ON w.review_id = r.id AND w.n = r.version
    WHERE r.subject_id = %s AND r.side = %s AND r.state = 'published'
"""


def _mean(total: int, of: int) -> Decimal | None:
    return (Decimal(total) / of).quantize(Decimal("0.1"), ROUND_HALF_UP) if of else None


def pictures_in(rows: Sequence[Said]) -> list[Any]:
    """The ids of all pictures that these show."""
    return [pk for row in rows for pk in row.wording.picture_ids]


def tally_of_number(number: int, side: str) -> Tally:
    """The same for a company by the number that people see: one query."""
    found = ask("SELECT id FROM companies_company WHERE number = %s", [number])
    return tally(found[0][0], side) if found else Tally(0, 0, None, ())
