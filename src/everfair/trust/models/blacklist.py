"""Columns and constraints of the blacklist. Who lists, judges and lets in is held by triggers (migration 0010)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from everfair.base.models import NextNumber, Row
from everfair.trust.states import BLACKLIST, REENTRY
from everfair.trust.values.blacklist import TRAIT_WORDS


class BlacklistEntry(Row):
    """One company that nobody should deal with, and why, for everybody to read. `number` is what people say: B-….

    `stop_ids` are the stops that it placed; `judged_by` decided its one appeal.
    """

    TABLES = (BLACKLIST,)

    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("trust_blacklist_number"))
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    public_reason = models.TextField()
    evidence = models.TextField()
    state = BLACKLIST.column()
    proposed_by = models.ForeignKey("companies.Person", on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey("companies.Person", on_delete=models.PROTECT, related_name="+", null=True)
    listed_at = models.DateTimeField(null=True)
    stop_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    appeal = models.TextField(default="", blank=True)
    judged_by = models.ForeignKey("companies.Person", on_delete=models.PROTECT, related_name="+", null=True)
    judgement = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            BLACKLIST.check("trust_blacklist"),
            models.UniqueConstraint(
                fields=["company"], condition=~models.Q(state__in=["removed", "dropped"]), name="trust_blacklist_one"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["proposed", "dropped"], listed_at=None, confirmed_by=None)
                | ~models.Q(state__in=["proposed", "dropped"]) & models.Q(listed_at__isnull=False, confirmed_by__isnull=False),
                name="trust_blacklist_listed",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["-listed_at"], condition=models.Q(state__in=["listed", "appealed", "upheld"]), name="trust_blacklist_public"
            )
        ]  # fmt: skip


class BlacklistTrait(Row):
    """One thing by which a listed company is known again, as a keyed digest (64 hex digits): nobody reads it out of the table."""

    entry = models.ForeignKey(BlacklistEntry, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=list(TRAIT_WORDS)), name="trust_blacklisttrait_kind"),
            models.UniqueConstraint(fields=["entry", "kind", "digest"], name="trust_blacklisttrait_once"),
        ]
        indexes = [models.Index(fields=["digest", "kind"], name="trust_blacklisttrait_digest")]


class Reentry(Row):
    """A company that shares something with a listed one. While it is not cleared by two people, no level is granted to it."""

    TABLES = (REENTRY,)

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(BlacklistEntry, on_delete=models.PROTECT, related_name="+")
    kinds = ArrayField(models.CharField(max_length=12))
    state = REENTRY.column()
    finding = models.CharField(max_length=5, default="", blank=True)
    reason = models.TextField(default="", blank=True)
    judged_by = models.ForeignKey("companies.Person", on_delete=models.PROTECT, related_name="+", null=True)
    decided_by = models.ForeignKey("companies.Person", on_delete=models.PROTECT, related_name="+", null=True)
    decision_reason = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            REENTRY.check("trust_reentry"),
            models.UniqueConstraint(
                fields=["company", "entry"], condition=~models.Q(state="cleared"), name="trust_reentry_one"
            ),
            models.CheckConstraint(condition=models.Q(finding__in=["", "clear", "bar"]), name="trust_reentry_finding"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["company", "state"], name="trust_reentry_company")]
