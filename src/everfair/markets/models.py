from django.db import models

from everfair.base.clock import EfNow
from everfair.base.models import Row


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
