"""Columns and constraints of penalty points, sanctions and appeals. Who may say what is held by triggers (migration 0010)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from everfair.base.models import NextNumber, Row
from everfair.trust.states import APPEAL, PENALTY, SANCTION
from everfair.trust.values.discipline import LADDER, OFFENCES


class Penalty(Row):
    """Points of one company for one act. `number` is what people say: P-….

    `points` is what was given, `counts` what is left of it after an appeal; it counts from `given_at` to the end of the day `until`.
    `origin` names the event that proposed it («claim:…»), empty where a person did.
    """

    TABLES = (PENALTY,)

    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("trust_penalty_number"))
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    offence = models.CharField(max_length=20)
    acted_on = models.DateField()
    points = models.SmallIntegerField()
    counts = models.SmallIntegerField()
    until = models.DateField()
    state = PENALTY.column()
    reason = models.TextField(default="", blank=True)
    # The order, claim or thread it is about, as people say it.
    reference = models.CharField(max_length=80, default="", blank=True)
    file_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    origin = models.CharField(max_length=80, default="", blank=True)
    given_by = models.ForeignKey("companies.Person", on_delete=models.PROTECT, related_name="+", null=True)
    confirmed_by = models.ForeignKey("companies.Person", on_delete=models.PROTECT, related_name="+", null=True)
    given_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            PENALTY.check("trust_penalty"),
            models.CheckConstraint(condition=models.Q(offence__in=list(OFFENCES)), name="trust_penalty_offence"),
            models.CheckConstraint(
                condition=models.Q(points__gt=0, points__lte=1000, counts__gte=0, counts__lte=models.F("points")),
                name="trust_penalty_points",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["given", "struck"], given_by__isnull=False, given_at__isnull=False)
                | ~models.Q(state__in=["given", "struck"]) & models.Q(given_at=None, confirmed_by=None),
                name="trust_penalty_given",
            ),
            models.CheckConstraint(condition=models.Q(until__gte=models.F("acted_on")), name="trust_penalty_until"),
            models.UniqueConstraint(fields=["origin", "offence"], condition=~models.Q(origin=""), name="trust_penalty_once"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["company", "-number"], name="trust_penalty_company"),
            models.Index(
                fields=["number"], condition=models.Q(state__in=["proposed", "waiting"]), name="trust_penalty_queue"
            ),
        ]  # fmt: skip


class Sanction(Row):
    """A rung of the ladder that a company's points reached at `since`, with the stops that it placed."""

    TABLES = (SANCTION,)

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    rung = models.CharField(max_length=10)
    points = models.SmallIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    state = SANCTION.column()
    stop_ids = ArrayField(models.UUIDField(), default=list, blank=True)

    class Meta:
        constraints = [
            SANCTION.check("trust_sanction"),
            models.CheckConstraint(condition=models.Q(rung__in=list(LADDER)), name="trust_sanction_rung"),
            models.UniqueConstraint(
                fields=["company"], condition=models.Q(state="standing"), name="trust_sanction_one_standing"
            ),
            models.UniqueConstraint(
                fields=["company", "rung", "since"], condition=~models.Q(state="lifted"), name="trust_sanction_once"
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["company", "-since"], name="trust_sanction_company")]


class Appeal(Row):
    """The company's one word against points. Decided by somebody who neither gave nor confirmed them; `left` is what they count then."""

    TABLES = (APPEAL,)

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    penalty = models.OneToOneField(Penalty, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    file_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    state = APPEAL.column()
    left = models.SmallIntegerField(null=True)
    decision_reason = models.TextField(default="", blank=True)
    decided_by = models.ForeignKey("companies.Person", on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            APPEAL.check("trust_appeal"),
            models.CheckConstraint(
                condition=models.Q(state="open", decided_by=None, decided_at=None, left=None)
                | ~models.Q(state="open")
                & ~models.Q(decision_reason="")
                & models.Q(decided_by__isnull=False, decided_at__isnull=False, left__isnull=False),
                name="trust_appeal_decided",
            ),
        ]
        indexes = [models.Index(fields=["created_at"], condition=models.Q(state="open"), name="trust_appeal_queue")]
