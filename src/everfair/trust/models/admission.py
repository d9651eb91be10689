"""Columns and constraints of admission. That nobody passes another is held by triggers (migration 0014)."""

from __future__ import annotations

from django.db import models

from everfair.base.models import Row
from everfair.trust.models.verification import Verification
from everfair.trust.values.admission import LANES


class Admission(Row):
    """The turn of one application came: from now on reviewers are drawn for it. Insert-only; `day` is the working day it counts to."""

    verification = models.OneToOneField(Verification, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    lane = models.CharField(max_length=7)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(lane__in=list(LANES)), name="trust_admission_lane")]
        indexes = [models.Index(fields=["day", "lane"], name="trust_admission_day")]


class AdmissionDay(Row):
    """What a working day allows and why: the numbers of `values.admission.Allowance`, with what they were counted from.

    `waiting` and `in_hand` are as of the last look of the day.
    """

    day = models.DateField(unique=True)
    on_duty = models.IntegerField()
    measured_days = models.IntegerField()
    capacity = models.DecimalField(max_digits=9, decimal_places=2)
    is_measured = models.BooleanField()
    granted = models.IntegerField()
    bad = models.IntegerField()
    estimate = models.DecimalField(max_digits=7, decimal_places=6)
    factor = models.DecimalField(max_digits=7, decimal_places=6)
    steady = models.IntegerField()
    total = models.IntegerField()
    kept = models.IntegerField()
    beyond = models.IntegerField()
    in_hand_most = models.IntegerField()
    in_hand = models.IntegerField()
    waiting = models.IntegerField()


class ConfirmedFraud(Row):
    """A person confirmed a risk case against a company, as the event told: it counts in the fraud estimate. Insert-only."""

    case_id = models.UUIDField(unique=True)
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["company"], name="trust_confirmedfraud_company")]
