"""What programs send and read about reviews."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field
from pydantic import ConfigDict

from everfair.base.api import Schema, Words
from everfair.reviews.values import ASPECTS

Aspect = Literal[(*ASPECTS["buyer"], *ASPECTS["seller"])]  # type: ignore[valid-type]
Grade = Annotated[int, Field(ge=1, le=5, strict=True)]


class _In(Schema):
    model_config = ConfigDict(extra="forbid")


class ReviewIn(_In):
    """`grades`: a buyer grades goods, delivery and service; a supplier payment, fairness and communication, each from 1 to 5.
    `pictures` are ids of pictures the company has added on the pages."""

    grades: dict[Aspect, Grade] = Field(min_length=3, max_length=3)
    text: Words = Field("", max_length=2000)
    pictures: list[UUID] = Field([], max_length=5)


class RevisionIn(ReviewIn):
    """`keep_pictures`: those of the first version stay beside the new ones."""

    keep_pictures: bool = False


class ReplyIn(_In):
    text: Words = Field(min_length=1, max_length=2000)


class ReviewReasonIn(_In):
    reason: Words = Field(min_length=1, max_length=2000)


class FormerOut(Schema):
    grades: dict[str, int]
    text: str
    at: datetime


class ReviewReplyOut(Schema):
    text: str
    at: datetime


class ReviewOut(Schema):
    """As everybody reads it: who wrote is told by side and country. `grade` is the mean of `grades`; a hidden one has none, nor words.
    `counts`: whether it enters the average. `revised`: the former version, where there is one."""

    id: UUID
    side: str
    country: str
    verified: bool
    state: str
    grade: str | None
    grades: dict[str, int] | None
    text: str
    pictures: list[str]
    counts: bool
    at: datetime
    revised: FormerOut | None
    reply: ReviewReplyOut | None
    hidden_reason: str


class OwnReviewOut(ReviewOut):
    """For its two sides: with the order and the companies. `at` is when it was written until it is shown."""

    order: UUID
    author_number: int
    subject_number: int


class TradeReviewsOut(Schema):
    """`closes_at`: until when both may write and revise; None where there is nothing to review. `moves`: write, revise, reply."""

    order: UUID
    closes_at: datetime | None
    moves: list[str]
    reviews: list[OwnReviewOut]


class OwnReviewPage(Schema):
    items: list[OwnReviewOut]
    next_cursor: str | None


class CompanyReviewsOut(Schema):
    """`count` are shown, `counted` of them enter `grade` and `aspects`."""

    count: int
    counted: int
    grade: str | None
    aspects: dict[str, str | None]
    items: list[ReviewOut]
    next_cursor: str | None
