"""Columns and constraints of complaints. Who decides is held by a trigger (migration 0010)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from everfair.base.models import NextNumber, Row
from everfair.trust.states import COMPLAINT
from everfair.trust.values.complaint import KIND_WORDS


class Complaint(Row):
    """What a company says another did in a deal outside the platform. `number` is what people say: C-….

    `pay_by` and `deliver_by` are the agreed days, of which one at least is known; `maker` proposes a finding, `checker` decides.
    """

    TABLES = (COMPLAINT,)

    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("trust_complaint_number"))
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    against = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    pay_by = models.DateField(null=True)
    deliver_by = models.DateField(null=True)
    agreed = models.TextField()
    text = models.TextField()
    file_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    state = COMPLAINT.column()
    answer = models.TextField(default="", blank=True)
    answer_file_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    maker = models.ForeignKey("companies.Person", on_delete=models.PROTECT, related_name="+", null=True)
    checker = models.ForeignKey("companies.Person", on_delete=models.PROTECT, related_name="+", null=True)
    finding = models.CharField(max_length=10, default="", blank=True)
    # The maker's for the checker; and the reason of the end, in both companies' sight.
    finding_reason = models.TextField(default="", blank=True)
    decision_reason = models.TextField(default="", blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            COMPLAINT.check("trust_complaint"),
            models.CheckConstraint(condition=models.Q(kind__in=list(KIND_WORDS)), name="trust_complaint_kind"),
            models.CheckConstraint(condition=~models.Q(company=models.F("against")), name="trust_complaint_two_companies"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0) & ~models.Q(currency=""), name="trust_complaint_amount"),
            models.CheckConstraint(
                condition=models.Q(pay_by__isnull=False) | models.Q(deliver_by__isnull=False), name="trust_complaint_days"
            ),
            models.CheckConstraint(
                condition=models.Q(maker=None) | models.Q(checker=None) | ~models.Q(maker=models.F("checker")),
                name="trust_complaint_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["founded", "unfounded", "settled"], ended_at__isnull=False) & ~models.Q(decision_reason="")
                | ~models.Q(state__in=["founded", "unfounded", "settled"]) & models.Q(ended_at=None),
                name="trust_complaint_ended",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["company", "-created_at"], name="trust_complaint_company"),
            models.Index(fields=["against", "state"], name="trust_complaint_against"),
            models.Index(
                fields=["number"], condition=models.Q(state__in=["open", "reviewing", "proposed"]), name="trust_complaint_queue"
            ),
        ]  # fmt: skip
