"""How the rails stand: what they answered, what an operator said of them, what was rehearsed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from everfair.base.clock import EfNow
from everfair.base.models import Row
from everfair.payments.values import Scope


class RailCall(models.Model):
    """A provider was asked: whether it failed to answer, and how long it took. Kept for a month; health is read from the newest."""

    rail = models.CharField(max_length=20)
    at = models.DateTimeField(db_default=EfNow())
    failed = models.BooleanField()
    latency_ms = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["rail", "-id"], name="payments_railcall_rail")]


class RailOrder(Row):
    """What an operator said of a rail; the newest of each rail holds. Insert-only.

    `ends_on`: from this day on it carries nothing new, because the provider or we have ended it. The rest is its `scope`: what is
    empty is no limit; `most` is in minor units by currency.
    """

    rail = models.CharField(max_length=20)
    open = models.BooleanField()
    ends_on = models.DateField(null=True)
    markets = ArrayField(models.CharField(max_length=20), default=list, db_default=[])
    currencies = ArrayField(models.CharField(max_length=3), default=list, db_default=[])
    most = models.JSONField(default=dict, db_default={})
    watched = models.BooleanField(default=True, db_default=True)
    reason = models.CharField(max_length=500)
    by = models.CharField(max_length=60)

    class Meta:
        indexes = [models.Index(fields=["rail", "-id"], name="payments_railorder_rail")]

    @property
    def scope(self) -> Scope:
        return Scope(frozenset(self.markets), frozenset(self.currencies), self.most, self.watched)


class ShareAlarm(Row):
    """One counterparty carried more than its ceiling; said once a day. Insert-only."""

    counterparty = models.CharField(max_length=60)
    currency = models.CharField(max_length=3)
    share = models.DecimalField(max_digits=7, decimal_places=6)
    counted = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["counterparty", "currency", "-id"], name="payments_sharealarm_who")]


class Drill(Row):
    """A bad day that was rehearsed on a copy of the installation: its figures, and 0 to 100 for how it went. Insert-only."""

    kind = models.CharField(max_length=20)
    score = models.IntegerField()
    figures = models.JSONField(default=dict)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(score__gte=0, score__lte=100), name="payments_drill_score")]
