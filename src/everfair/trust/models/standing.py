"""Columns and constraints of facts and standings. That a fact stays is held by triggers (migration 0008)."""

from __future__ import annotations

from django.db import models

from everfair.base.clock import EfNow
from everfair.trust.values.standing import BUYER_FACTS, FACT_KIND_WORDS, PILLARS, SELLER_FACTS


class Fact(models.Model):
    """One thing that happened to a company, as an event told it: insert-only, and once for each event, company and kind.

    `reference` is what it belongs to (an order, a talk, a review, a verification), `number` the order's. `value` is in the kind's unit:
    days late (nothing or less is on time), stars, the share the buyer got. `answers` is the event of the fact that a granted appeal made
    void, with the `reason`; no fact is ever changed.
    """

    id = models.BigAutoField(primary_key=True)
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+", db_index=False)
    side = models.CharField(max_length=6)
    kind = models.CharField(max_length=16)
    market = models.CharField(max_length=20)
    at = models.DateTimeField()
    reference = models.UUIDField()
    number = models.BigIntegerField(default=0, db_default=0)
    value = models.DecimalField(max_digits=12, decimal_places=4, default=0, db_default=0)
    event_seq = models.BigIntegerField()
    answers = models.BigIntegerField(null=True)
    reason = models.TextField(default="", blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event_seq", "company", "kind"], name="trust_fact_once"),
            models.CheckConstraint(condition=models.Q(kind__in=list(FACT_KIND_WORDS)), name="trust_fact_kind"),
            models.CheckConstraint(
                condition=models.Q(side="seller", kind__in=SELLER_FACTS) | models.Q(side="buyer", kind__in=BUYER_FACTS),
                name="trust_fact_side",
            ),
            models.CheckConstraint(
                condition=models.Q(answers=None, reason="") & ~models.Q(kind="corrected")
                | models.Q(kind="corrected", answers__isnull=False) & ~models.Q(reason=""),
                name="trust_fact_corrected",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["company", "side", "-at"], name="trust_fact_company"),
            models.Index(fields=["market", "side", "at"], name="trust_fact_market"),
            models.Index(fields=["answers"], condition=models.Q(answers__isnull=False), name="trust_fact_answered"),
        ]


class Standing(models.Model):
    """How a supplier stood in a market on a day: four pillars of 0 to 100, the stars that the lowest of them gives, and why.

    `stars` is null while it is new here. `told`: what every point was made of (`values.standing.as_json`), of the newest day only; `whole`: the night counted it with all others.
    """

    id = models.BigAutoField(primary_key=True)
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+", db_index=False)
    market = models.CharField(max_length=20)
    day = models.DateField()
    goods = models.DecimalField(max_digits=5, decimal_places=2)
    delivery = models.DecimalField(max_digits=5, decimal_places=2)
    service = models.DecimalField(max_digits=5, decimal_places=2)
    honesty = models.DecimalField(max_digits=5, decimal_places=2)
    stars = models.SmallIntegerField(null=True)
    told = models.JSONField()
    whole = models.BooleanField(default=False, db_default=False)
    made_at = models.DateTimeField(db_default=EfNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "market", "day"], name="trust_standing_once"),
            models.CheckConstraint(condition=models.Q(stars=None) | models.Q(stars__range=(0, 5)), name="trust_standing_stars"),
            *(
                models.CheckConstraint(condition=models.Q(**{f"{pillar}__range": (0, 100)}), name=f"trust_standing_{pillar}")
                for pillar in PILLARS
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["market", "-day"], name="trust_standing_day")]
