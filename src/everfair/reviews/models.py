"""Columns and constraints of reviews. What was said stays: triggers hold that, and who may say it of what."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from everfair.base.models import Row
from everfair.reviews.states import REVIEW
from everfair.reviews.values import SIDES


class Invitation(Row):
    """Both sides of one completed order may write until `closes_at`. What they wrote is shown from `published_at` on.

    `month` is the first day of the calendar month (UTC) in which the deal was completed: by it the deals of one pair are counted.
    """

    order = models.OneToOneField("trade.Order", on_delete=models.PROTECT, related_name="+")
    buyer = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    seller = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    completed_at = models.DateTimeField()
    month = models.DateField()
    closes_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(closes_at__gt=models.F("completed_at")), name="reviews_invitation_time"),
        ]
        indexes = [
            models.Index(fields=["buyer", "closes_at"], name="reviews_invitation_buyer"),
            models.Index(fields=["seller", "closes_at"], name="reviews_invitation_seller"),
        ]


class Review(Row):
    """What one side of an order says of the other. `version` names the wording that counts.

    `counts` says whether its grades enter the average: only the first few deals of a pair in a month do.
    """

    TABLES = (REVIEW,)

    order = models.ForeignKey("trade.Order", on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10)
    author = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    counts = models.BooleanField()
    state = REVIEW.column()
    version = models.SmallIntegerField(default=1)
    published_at = models.DateTimeField(null=True)
    # Public, while it is hidden; who hid it and when stands in its history and in the audit trail.
    hidden_reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            REVIEW.check("reviews_review"),
            models.UniqueConstraint(fields=["order", "side"], name="reviews_review_once"),
            models.CheckConstraint(condition=models.Q(side__in=SIDES), name="reviews_review_side"),
            models.CheckConstraint(condition=~models.Q(author=models.F("subject")), name="reviews_review_other"),
            models.CheckConstraint(condition=models.Q(version__in=[1, 2]), name="reviews_review_version"),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "written"], published_at=None)
                | models.Q(state__in=["published", "hidden"], published_at__isnull=False),
                name="reviews_review_published",
            ),
            models.CheckConstraint(
                condition=models.Q(state="hidden") & ~models.Q(hidden_reason="")
                | ~models.Q(state="hidden") & models.Q(hidden_reason=""),
                name="reviews_review_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["subject", "side", "-published_at", "-id"], condition=models.Q(published_at__isnull=False),
                name="reviews_review_subject",
            ),
            models.Index(fields=["author", "-id"], name="reviews_review_author"),
            models.Index(fields=["author", "subject", "side", "month"], name="reviews_review_pair"),
            models.Index(
                fields=["-published_at", "-id"], condition=models.Q(published_at__isnull=False), name="reviews_review_newest"
            ),
        ]  # fmt: skip


class Wording(Row):
    """One version of what was said: the first, or the one revision. `grades`: aspect → 1 to 5. Insert-only."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="+")
    n = models.SmallIntegerField()
    grades = models.JSONField()
    text = models.TextField(blank=True, default="")
    picture_ids = ArrayField(models.UUIDField(), default=list)
    by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "n"], name="reviews_wording_once"),
            models.CheckConstraint(condition=models.Q(n__in=[1, 2]), name="reviews_wording_n"),
        ]


class Reply(Row):
    """The one answer of the reviewed side. Insert-only."""

    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    by = models.CharField(max_length=60)
