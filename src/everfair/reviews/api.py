"""Reviews for programs: the same verbs, permissions and refusals as the pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from everfair.base.actor import NOBODY, Actor
from everfair.base.allow import allow
from everfair.base.api import open_cursor, seal_cursor, write
from everfair.base.clock import now
from everfair.base.roles import EVERYONE, MEMBER, OPERATOR
from everfair.companies.queries import company_by_number, is_marked
from everfair.companies.roles import TRADING
from everfair.files.queries import picture_urls
from everfair.reviews import actions, queries
from everfair.reviews.models import Review
from everfair.reviews.pages.faces import published
from everfair.reviews.queries import Said, Tally, grade_of, pictures_in
from everfair.reviews.roles import buyer, seller
from everfair.reviews.schemas import (
    CompanyReviewsOut,
    FormerOut,
    OwnReviewOut,
    OwnReviewPage,
    ReplyIn,
    ReviewIn,
    ReviewOut,
    ReviewReasonIn,
    ReviewReplyOut,
    RevisionIn,
    TradeReviewsOut,
)
from everfair.trade.queries import buyer_by_number
from everfair.trade.queries import order as order_of

router = Router(tags=["Reviews"])


@router.get("/reviews", response=OwnReviewPage)
@allow(MEMBER, scope="orders:read")
def list_reviews(
    request: HttpRequest, box: Literal["received", "written"] = "received",
    cursor: str = Query("", max_length=400), limit: int = Query(25, ge=1, le=100),  # type: ignore[type-arg]
) -> Any:  # fmt: skip
    """What others said of the company, or what it said itself, newest first."""
    actor = request.actor  # type: ignore[attr-defined]
    before = open_cursor(cursor, UUID)[0] if cursor else None
    found = queries.reviews_page(actor, box, before=before, limit=limit + 1)
    rest = seal_cursor([str(found[limit - 1].pk)]) if len(found) > limit else None
    return OwnReviewPage(items=_own(found[:limit], actor), next_cursor=rest)


@router.get("/orders/{uuid:order_id}/reviews", response=TradeReviewsOut)
@allow(MEMBER | OPERATOR, scope="orders:read")
def get_trade_reviews(request: HttpRequest, order_id: UUID) -> Any:
    """What both sides said of one trade, as far as the reader may know it: the other side's word only once both are shown."""
    return _trade(order_id, request.actor)  # type: ignore[attr-defined]


@router.post("/orders/{uuid:order_id}/reviews", response={201: TradeReviewsOut})
@allow(TRADING, scope="orders:write")
@write
def write_review(request: HttpRequest, order_id: UUID, payload: ReviewIn) -> Any:
    """One side's word on a completed trade. It is shown when both have written, or the time is over."""
    actor = request.actor  # type: ignore[attr-defined]
    actions.write_review(order_id, payload.grades, payload.text, payload.pictures, by=actor)
    return 201, _trade(order_id, actor)


@router.post("/reviews/{uuid:review_id}/revise", response=TradeReviewsOut)
@allow(TRADING, scope="orders:write")
@write
def revise_review(request: HttpRequest, review_id: UUID, payload: RevisionIn) -> Any:
    """Once, until the time is over; the former version stays readable."""
    actor = request.actor  # type: ignore[attr-defined]
    review = actions.revise_review(
        review_id, payload.grades, payload.text, payload.pictures, keep_pictures=payload.keep_pictures, by=actor
    )
    return _trade(review.order_id, actor)


@router.post("/reviews/{uuid:review_id}/reply", response=TradeReviewsOut)
@allow(TRADING, scope="orders:write")
@write
def reply_to_review(request: HttpRequest, review_id: UUID, payload: ReplyIn) -> Any:
    """The reviewed side's one answer."""
    actor = request.actor  # type: ignore[attr-defined]
    reply = actions.reply_to_review(review_id, payload.text, by=actor)
    return _trade(reply.review.order_id, actor)


@router.get("/companies/{number}/reviews", response=CompanyReviewsOut)
@allow(EVERYONE)
def list_supplier_reviews(
    request: HttpRequest,
    number: int,
    cursor: str = Query("", max_length=400),
    limit: int = Query(25, ge=1, le=100),  # type: ignore[type-arg]
) -> Any:
    """What buyers said of a supplier, newest first, and what it comes to."""
    company = company_by_number(number, NOBODY)
    return _company(company.pk, "buyer", cursor, limit)


@router.get("/buyers/{number}/reviews", response=CompanyReviewsOut)
@allow(MEMBER | OPERATOR, scope="orders:read")
def list_buyer_reviews(
    request: HttpRequest,
    number: int,
    cursor: str = Query("", max_length=400),
    limit: int = Query(25, ge=1, le=100),  # type: ignore[type-arg]
) -> Any:
    """What suppliers said of a buyer, for those who have business with it."""
    company = buyer_by_number(number, request.actor)  # type: ignore[attr-defined]
    return _company(company.pk, "seller", cursor, limit)


@router.post("/office/reviews/{uuid:review_id}/hide", response=OwnReviewOut)
@allow(OPERATOR, proof="fresh")
@write
def hide_review(request: HttpRequest, review_id: UUID, payload: ReviewReasonIn) -> Any:
    """From everybody's view, with a reason that everybody reads."""
    actor = request.actor  # type: ignore[attr-defined]
    actions.hide_review(review_id, payload.reason, by=actor)
    return _own([queries.review(review_id, actor)], actor)[0]


@router.post("/office/reviews/{uuid:review_id}/unhide", response=OwnReviewOut)
@allow(OPERATOR, proof="fresh")
@write
def unhide_review(request: HttpRequest, review_id: UUID, payload: ReviewReasonIn) -> Any:
    actor = request.actor  # type: ignore[attr-defined]
    actions.unhide_review(review_id, payload.reason, by=actor)
    return _own([queries.review(review_id, actor)], actor)[0]


def _trade(order_id: UUID, actor: Actor) -> TradeReviewsOut:
    order = order_of(order_id, actor, sides=False)
    closes_at = queries.window_of(order)
    found = queries.reviews_of_order(order_id, actor)
    replied = {row.review.pk for row in queries.said(found) if row.reply is not None}
    moves = ["write"] if queries.may_write(order, actor, found) else []
    for review in found:
        review.order = order
        if queries.may_revise(review, closes_at, actor):
            moves.append("revise")
        answers = seller if review.side == "buyer" else buyer
        if review.state == "published" and review.pk not in replied and answers.admits(actor, order):
            moves.append("reply")
    return TradeReviewsOut(order=order_id, closes_at=closes_at, moves=moves, reviews=_own(found, actor))


def _company(subject: UUID, side: str, cursor: str, limit: int) -> CompanyReviewsOut:
    shown, more = published(subject, side, cursor, limit)
    total: Tally = queries.tally(subject, side)
    rows = queries.said(shown)
    pictures, today = picture_urls(pictures_in(rows)), now().date()
    return CompanyReviewsOut(
        count=total.count, counted=total.counted, grade=_text(total.grade), aspects={name: _text(mean) for name, mean in total.aspects},
        items=[ReviewOut(**_body(row, pictures, today, None)) for row in rows], next_cursor=more or None,
    )  # fmt: skip


def _own(reviews: Iterable[Review], actor: Actor) -> list[OwnReviewOut]:
    rows = queries.said(reviews)
    pictures, today = picture_urls(pictures_in(rows)), now().date()
    return [
        OwnReviewOut(
            **_body(row, pictures, today, actor), order=row.review.order_id, author_number=row.review.author.number,
            subject_number=row.review.subject.number,
        )
        for row in rows
    ]  # fmt: skip


def _body(row: Said, pictures: dict[UUID, Any], today: Any, actor: Actor | None) -> dict[str, Any]:
    review, wording, former = row.review, row.wording, row.former
    told = review.state != "hidden" or (actor is not None and (actor.kind == "operator" or actor.company_id == review.author_id))
    return {
        "id": review.pk,
        "side": review.side,
        "country": review.author.country,
        "verified": is_marked(review.author, today),
        "state": review.state,
        "grade": _text(grade_of(wording.grades)) if told else None,
        "grades": wording.grades if told else None,
        "text": wording.text if told else "",
        "pictures": [pictures[pk]["960"] for pk in wording.picture_ids if pk in pictures] if told else [],
        "counts": review.counts,
        "at": review.published_at or review.created_at,
        "revised": FormerOut(grades=former.grades, text=former.text, at=former.created_at) if former and told else None,
        "reply": ReviewReplyOut(text=row.reply.text, at=row.reply.created_at) if row.reply and told else None,
        "hidden_reason": review.hidden_reason,
    }


def _text(grade: Any) -> str | None:
    return None if grade is None else f"{grade:f}"
