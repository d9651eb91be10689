"""What the rails' statements say, and where they and our books differ."""

from __future__ import annotations

from django.db import models

from everfair.base.models import Row
from everfair.base.money import Money
from everfair.payments.states import RAIL_BREAK

# What a rail sent to our own bank, and what our bank did not take: nothing of ours stood in clearing for it.
WITHDRAWALS = ("withdrawal", "withdrawal_returned")

BREAK_KINDS = ("unknown", "amount", "sum", "twice", "changed", "gone", "missing")


class SettledLine(Row):
    """One line of a rail's statement, as it was told first; it never changes. `entry` is what we had booked and it settles, `booking` the
    entry that says so; both empty while a break is open. A withdrawal to our bank settles no entry: it has its booking only."""

    rail = models.CharField(max_length=20)
    ref = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    reference = models.CharField(max_length=120)
    gross_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    settled_at = models.DateTimeField()
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, null=True, related_name="+")
    booking = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rail", "ref"], name="payments_settledline_once")]
        indexes = [models.Index(fields=["rail", "settled_at"], name="payments_settledline_day")]

    @property
    def gross(self) -> Money:
        return Money(self.gross_minor, self.currency)

    @property
    def fee(self) -> Money:
        return Money(self.fee_minor, self.currency)


class RailBreak(Row):
    """A rail's statement and our books differ: one thing, said once (I6). What booking it would write stands here: `gross` settled, `fee`
    taken, `cleared` from clearing.

    `kind`: unknown (a line of something we know nothing of), amount, sum (its own sum is wrong), twice (told, or settled, twice), changed
    (told differently later), gone (told, and later no more), missing (booked by us, not told after days).
    """

    TABLES = (RAIL_BREAK,)

    rail = models.CharField(max_length=20)
    kind = models.CharField(max_length=10)
    # What it is of; the same thing is never said twice.
    about = models.CharField(max_length=200)
    line = models.ForeignKey(SettledLine, on_delete=models.PROTECT, null=True, related_name="+")
    entry = models.ForeignKey("ledger.Entry", on_delete=models.PROTECT, null=True, related_name="+")
    currency = models.CharField(max_length=3)
    gross_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    cleared_minor = models.BigIntegerField()
    state = RAIL_BREAK.column()
    reason = models.CharField(max_length=500, blank=True, default="")
    ended_by = models.CharField(max_length=60, blank=True, default="")
    ended_at = models.DateTimeField(null=True)
    booking = models.ForeignKey("ledger.Entry", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            RAIL_BREAK.check("payments_railbreak"),
            models.UniqueConstraint(fields=["rail", "kind", "about"], name="payments_railbreak_once"),
            models.CheckConstraint(condition=models.Q(kind__in=BREAK_KINDS), name="payments_railbreak_kind"),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="payments_railbreak_state")]

    @property
    def told(self) -> Money:
        return Money(self.gross_minor, self.currency)

    @property
    def booked(self) -> Money:
        return Money(self.cleared_minor, self.currency)

    @property
    def fee(self) -> Money:
        return Money(self.fee_minor, self.currency)


class StatementDay(Row):
    """A rail's statement of a day that is over has been read whole. Insert-only."""

    rail = models.CharField(max_length=20)
    on = models.DateField()
    lines = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rail", "on"], name="payments_statementday_once")]
