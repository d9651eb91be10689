"""Columns and constraints of traits. Nothing of one ever changes but when it was last seen (migration 0004)."""

from __future__ import annotations

from django.db import models

from everfair.base.clock import EfNow
from everfair.base.models import Row
from everfair.trust.values import TRAIT_WORDS


class Trait(Row):
    """Something a company or a person has, as a digest that can be compared and not read.

    `bits` is the perceptual hash of a picture (64 bits, signed): near pictures differ in few of them.
    """

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+", null=True)
    person = models.ForeignKey("companies.Person", on_delete=models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=12)
    digest = models.CharField(max_length=64)
    bits = models.BigIntegerField(null=True)
    first_seen = models.DateTimeField(db_default=EfNow(), editable=False)
    last_seen = models.DateTimeField(db_default=EfNow())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=list(TRAIT_WORDS)), name="trust_trait_kind"),
            models.CheckConstraint(
                condition=models.Q(company=None, person__isnull=False) | models.Q(company__isnull=False, person=None),
                name="trust_trait_of",
            ),
            models.UniqueConstraint(
                fields=["company", "person", "kind", "digest"], nulls_distinct=False, name="trust_trait_once"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["kind", "digest"], name="trust_trait_shared"),
            models.Index(fields=["person"], condition=models.Q(person__isnull=False), name="trust_trait_person"),
        ]
