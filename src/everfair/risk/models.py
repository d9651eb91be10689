"""Columns and constraints of risk. Who may decide a case is held by triggers (migration 0002)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from everfair.base.models import NextNumber, Row
from everfair.risk.states import RISK_CASE, UNDECIDED


class RiskCase(Row):
    """What speaks against one supplier, for a person to decide. `number` is what people say: R-….

    `findings`: [{signal, points, figures: {name: text}}], the weightiest first, as of `scored_on`. `stops` are the ids of those that
    stand because of it. `held_by` is the person who held it by hand, and decides nothing of it; None: the software, on a high score.
    """

    TABLES = (RISK_CASE,)

    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("risk_case_number"))
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    state = RISK_CASE.column()
    points = models.DecimalField(max_digits=6, decimal_places=1)
    findings = models.JSONField()
    scored_on = models.DateField()
    stops = ArrayField(models.UUIDField(), default=list, blank=True)
    held_by = models.ForeignKey("companies.Person", on_delete=models.PROTECT, related_name="+", null=True)
    lapsed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("companies.Person", on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            RISK_CASE.check("risk_case"),
            models.UniqueConstraint(fields=["company"], condition=models.Q(state__in=list(UNDECIDED)), name="risk_case_one_open"),
            models.CheckConstraint(
                condition=models.Q(state__in=["confirmed", "cleared"], decided_at__isnull=False, decided_by__isnull=False) & ~models.Q(reason="")
                | models.Q(state__in=list(UNDECIDED), decided_at=None, decided_by=None, reason=""),
                name="risk_case_decided",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["state", "-points"], name="risk_case_queue"),
            models.Index(fields=["company", "-number"], name="risk_case_company"),
        ]


class DueLook(Row):
    """A supplier of whom something happened since it was last looked at."""

    company = models.OneToOneField("companies.Company", on_delete=models.CASCADE, related_name="+")


class Sweep(Row):
    """One look over all suppliers: how many, what came of it, and the salespeople who stand out. Insert-only.

    `staff`: [{person, reasons: [[code, {figure: text}]]}].
    """

    looked = models.IntegerField()
    opened = models.IntegerField()
    took_ms = models.IntegerField()
    staff = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["-id"], name="risk_sweep_newest")]
