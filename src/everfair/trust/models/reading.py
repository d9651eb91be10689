"""Columns and constraints of what a machine read in papers. Insert-only (migration 0014)."""

from __future__ import annotations

from django.db import models

from everfair.base.models import Row
from everfair.trust.models.verification import Check
from everfair.trust.values.reading import PROBLEM_WORDS


class Reading(Row):
    """One paper of one check, read once. `fields`: {field: {"text", "confidence"}}, confidence from 0 to 1; `lines`: the texts from the
    top. Either something was read, or `problem` says why nothing was."""

    check_row = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="+", db_column="check_id")
    file_id = models.UUIDField()
    fields = models.JSONField(default=dict, blank=True)
    lines = models.JSONField(default=list, blank=True)
    problem = models.CharField(max_length=12, default="", blank=True)
    took_ms = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["check_row", "file_id"], name="trust_reading_once"),
            models.CheckConstraint(condition=models.Q(problem__in=["", *PROBLEM_WORDS]), name="trust_reading_problem"),
            models.CheckConstraint(
                condition=models.Q(problem="") | models.Q(fields={}, lines=[]), name="trust_reading_or_problem"
            ),
        ]
