from django.db import models

from everfair.base.clock import EfNow
from everfair.base.models import NextNumber, Row
from everfair.markets.fees import FeeTerms, lines_of


class FeeSchedule(Row):
    """What the platform takes of a sale in a market, from a moment on. Insert-only: contracts point to the version they were signed under.

    `lines` is what `fees.lines_of` reads. `plan` is a membership's word, «» for everybody.
    """

    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("markets_fee_schedule_number"))
    market = models.CharField(max_length=20)
    plan = models.CharField(max_length=20, blank=True, default="")
    span = models.CharField(max_length=10)
    lines = models.JSONField()
    valid_from = models.DateTimeField(db_default=EfNow())
    set_by = models.CharField(max_length=60)
    reason = models.TextField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(span__in=["order", "stage"]), name="markets_feeschedule_span")]
        indexes = [models.Index(fields=["market", "plan", "-valid_from"], name="markets_fee_lookup")]

    @property
    def terms(self) -> FeeTerms:
        return FeeTerms(lines_of(self.lines), self.span, str(self.number))


class RuleVersion(Row):
    """A number of a rule from a moment on. Insert-only: the newest not later than a moment counts."""

    name = models.CharField(max_length=60)
    market = models.CharField(max_length=20)
    value = models.DecimalField(max_digits=18, decimal_places=6)
    valid_from = models.DateTimeField(db_default=EfNow())
    set_by = models.CharField(max_length=60)
    reason = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["market", "name", "-valid_from"], name="markets_rule_lookup")]
