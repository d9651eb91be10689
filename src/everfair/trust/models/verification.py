"""Columns and constraints of verifications. Who may say what of whom is held by triggers (migration 0002)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from everfair.base.models import NextNumber, Row
from everfair.trust.states import OPEN, VERIFICATION
from everfair.trust.values import CHECK_WORDS, LEVELS, LINK_WORDS

RESULTS = ("open", "passed", "failed")


class Verification(Row):
    """One company asks for one level in one market. `number` is what people say: V-….

    `maker` looks at the evidence and proposes, `checker` decides; both are drawn. `until` is the last day of what was granted: the
    first on which a piece of its evidence is too old.
    """

    TABLES = (VERIFICATION,)

    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("trust_verification_number"))
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    market = models.CharField(max_length=20)
    level = models.CharField(max_length=12)
    state = VERIFICATION.column()
    submitted_at = models.DateTimeField(null=True)
    maker = models.ForeignKey("companies.Person", on_delete=models.PROTECT, related_name="+", null=True)
    checker = models.ForeignKey("companies.Person", on_delete=models.PROTECT, related_name="+", null=True)
    proposal = models.CharField(max_length=8, default="", blank=True)
    # The maker's; and what the reviewers ask, what the company answers, what was decided: in the company's sight.
    proposal_reason = models.TextField(default="", blank=True)
    question = models.TextField(default="", blank=True)
    answer = models.TextField(default="", blank=True)
    decision_reason = models.TextField(default="", blank=True)
    decided_at = models.DateTimeField(null=True)
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            VERIFICATION.check("trust_verification"),
            models.UniqueConstraint(
                fields=["company", "market"], condition=models.Q(state__in=list(OPEN)), name="trust_verification_one_open"
            ),
            models.UniqueConstraint(
                fields=["company", "market"], condition=models.Q(state="granted"), name="trust_verification_one_granted"
            ),
            models.CheckConstraint(condition=models.Q(level__in=list(LEVELS)), name="trust_verification_level"),
            models.CheckConstraint(condition=models.Q(proposal__in=["", "grant", "refuse"]), name="trust_verification_proposal"),
            models.CheckConstraint(
                condition=models.Q(maker=None) | models.Q(checker=None) | ~models.Q(maker=models.F("checker")),
                name="trust_verification_two_people",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["granted", "lapsed", "replaced"]) | models.Q(until__isnull=False, decided_at__isnull=False),
                name="trust_verification_granted",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["company", "-number"], name="trust_verification_company"),
            models.Index(fields=["state", "submitted_at", "number"], name="trust_verification_queue"),
        ]


class Check(Row):
    """One line of its checklist. `declared` is the company's word, `found` what the reviewer read in the evidence, both by field.

    `cost_minor` is what the check cost the platform (a visit, an extract), in `cost_currency`.
    """

    verification = models.ForeignKey(Verification, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    place = models.SmallIntegerField()
    declared = models.JSONField(default=dict, blank=True)
    file_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    found = models.JSONField(default=dict, blank=True)
    result = models.CharField(max_length=6, default="open")
    reason = models.TextField(default="", blank=True)
    by = models.ForeignKey("companies.Person", on_delete=models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField(null=True)
    valid_until = models.DateField(null=True)
    cost_minor = models.BigIntegerField(default=0)
    cost_currency = models.CharField(max_length=3, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["verification", "kind"], name="trust_check_once"),
            models.CheckConstraint(condition=models.Q(kind__in=list(CHECK_WORDS)), name="trust_check_kind"),
            models.CheckConstraint(condition=models.Q(result__in=list(RESULTS)), name="trust_check_result"),
            models.CheckConstraint(
                condition=models.Q(result="open", by=None) | ~models.Q(result="open") & models.Q(by__isnull=False, at__isnull=False),
                name="trust_check_by",
            ),
            models.CheckConstraint(condition=~models.Q(result="passed") | models.Q(valid_until__isnull=False), name="trust_check_valid"),
            models.CheckConstraint(
                condition=models.Q(cost_minor=0, cost_currency="") | models.Q(cost_minor__gt=0) & ~models.Q(cost_currency=""),
                name="trust_check_cost",
            ),
        ]  # fmt: skip


class Seat(Row):
    """One draw: who looks (`maker`) or decides (`checker`), among how many. Insert-only; the newest of a role counts."""

    verification = models.ForeignKey(Verification, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=7)
    person = models.ForeignKey("companies.Person", on_delete=models.PROTECT, related_name="+")
    among = models.SmallIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(role__in=["maker", "checker"]), name="trust_seat_role")]
        indexes = [models.Index(fields=["verification", "-id"], name="trust_seat_verification")]


class Link(Row):
    """Something between one of the staff and a company, as somebody said. Insert-only: who was linked once never reviews it."""

    person = models.ForeignKey("companies.Person", on_delete=models.PROTECT, related_name="+")
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    note = models.TextField(default="", blank=True)
    declared_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=list(LINK_WORDS)), name="trust_link_kind"),
            models.UniqueConstraint(fields=["person", "company", "kind"], name="trust_link_once"),
        ]
        indexes = [models.Index(fields=["company"], name="trust_link_company")]
