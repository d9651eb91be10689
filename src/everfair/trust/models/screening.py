"""Columns and constraints of screening: editions of lists with their parties and names, what was asked, and what was found.

What may be said of a hit, and that nobody unscreened is granted a level, is held by triggers (migration 0006).
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from everfair.base.models import NextNumber, Row
from everfair.trust.states import HIT
from everfair.trust.values.screening import CAUSE_WORDS, LIST_WORDS, PARTY_KINDS, ROLE_WORDS, SOURCES, STRENGTHS


class SanctionList(Row):
    """One edition of one published list. It is `taken` when its rows are here, `current` once its names have their keys; the next
    edition replaces it, and it stays readable. `digest` is the SHA-256 over those of its files, each of which stands in `files` with
    its name, `sha256` and `rows`.
    """

    source = models.CharField(max_length=20)
    edition_on = models.DateField()
    digest = models.CharField(max_length=64)
    files = models.JSONField()
    party_count = models.IntegerField()
    name_count = models.IntegerField()
    state = models.CharField(max_length=10, default="taken")
    imported_by = models.CharField(max_length=60)
    in_force_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(source__in=list(SOURCES)), name="trust_sanctionlist_source"),
            models.CheckConstraint(condition=models.Q(state__in=list(LIST_WORDS)), name="trust_sanctionlist_state"),
            models.UniqueConstraint(
                fields=["source"], condition=models.Q(state="current"), name="trust_sanctionlist_one_current"
            ),
            models.UniqueConstraint(fields=["source"], condition=models.Q(state="taken"), name="trust_sanctionlist_one_taken"),
        ]
        indexes = [models.Index(fields=["source", "-id"], name="trust_sanctionlist_editions")]


class ListedParty(Row):
    """One entry of an edition. `number` is the publisher's; `countries` are ISO codes of what it publishes as places of the party."""

    edition = models.ForeignKey(SanctionList, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    programme = models.CharField(max_length=200, blank=True, default="")
    remarks = models.TextField(blank=True, default="")
    countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    addresses = ArrayField(models.TextField(), default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "number"], name="trust_listedparty_once"),
            models.CheckConstraint(condition=models.Q(kind__in=list(PARTY_KINDS)), name="trust_listedparty_kind"),
        ]


class ListedName(Row):
    """One name of a party. `keys` is null until it is read, and empty again when its edition was replaced: candidates are found by it."""

    edition = models.ForeignKey(SanctionList, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(ListedParty, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=500)
    strength = models.CharField(max_length=8)
    keys = ArrayField(models.TextField(), null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(strength__in=list(STRENGTHS)), name="trust_listedname_strength"),
        ]
        indexes = [
            GinIndex(fields=["keys"], name="trust_listedname_keys"),
            models.Index(fields=["edition"], condition=models.Q(keys=None), name="trust_listedname_unread"),
        ]


class Screening(Row):
    """One company's names compared with all lists in force. It waits while `done_at` is null.

    `asked` is what was compared, as `trust_screened_facts` gave it: {"country", "address", "names": [[role, name], …]}; `lists` are
    the editions. `compared`: how many pairs of names were scored; `found`: how many of them are hits, those already decided too.
    """

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    cause = models.CharField(max_length=20)
    done_at = models.DateTimeField(null=True)
    asked = models.JSONField(null=True)
    lists = ArrayField(models.UUIDField(), default=list, blank=True)
    compared = models.IntegerField(default=0)
    found = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(cause__in=list(CAUSE_WORDS)), name="trust_screening_cause"),
            models.UniqueConstraint(fields=["company"], condition=models.Q(done_at=None), name="trust_screening_one_waits"),
            models.CheckConstraint(
                condition=models.Q(done_at=None) | models.Q(asked__isnull=False), name="trust_screening_asked"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="trust_screening_company"),
            models.Index(fields=["id"], condition=models.Q(done_at=None), name="trust_screening_waiting"),
        ]


class Hit(Row):
    """One name of a company that is like one of a party. `number` is what people say: H-….

    `key` is the SHA-256 of what was compared with what: found again unchanged, it is the same hit with the word that was said of it.
    `parts` is the explanation: [{"ours", "theirs", "how"}, …]. `needs_two` was set by the rule of the day it was found.
    """

    TABLES = (HIT,)

    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("trust_hit_number"))
    screening = models.ForeignKey(Screening, on_delete=models.PROTECT, related_name="+")
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(ListedParty, on_delete=models.PROTECT, related_name="+")
    listed_name = models.ForeignKey(ListedName, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    role = models.CharField(max_length=14)
    name = models.CharField(max_length=500)
    score = models.DecimalField(max_digits=4, decimal_places=3)
    parts = models.JSONField()
    same_country = models.BooleanField(null=True)
    needs_two = models.BooleanField()
    state = HIT.column()
    proposal = models.CharField(max_length=8, default="", blank=True)
    proposal_reason = models.TextField(default="", blank=True)
    proposed_by = models.ForeignKey("companies.Person", on_delete=models.PROTECT, related_name="+", null=True)
    reason = models.TextField(default="", blank=True)
    decided_by = models.ForeignKey("companies.Person", on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            HIT.check("trust_hit"),
            models.UniqueConstraint(fields=["company", "key"], name="trust_hit_once"),
            models.CheckConstraint(condition=models.Q(role__in=list(ROLE_WORDS)), name="trust_hit_role"),
            models.CheckConstraint(condition=models.Q(score__gte=0, score__lte=1), name="trust_hit_score"),
            models.CheckConstraint(condition=models.Q(proposal__in=["", "clear", "confirm"]), name="trust_hit_proposal"),
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "proposed"], decided_by=None, decided_at=None)
                | models.Q(state__in=["cleared", "confirmed"], decided_by__isnull=False, decided_at__isnull=False),
                name="trust_hit_decided",
            ),
            models.CheckConstraint(
                condition=models.Q(proposed_by=None, proposal="") | (models.Q(proposed_by__isnull=False) & ~models.Q(proposal="")),
                name="trust_hit_proposed",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["-score", "id"], condition=models.Q(state__in=["open", "proposed"]), name="trust_hit_queue"),
        ]
