"""Foreign exchange: rates as they were published, quotes as they were given, and what was exchanged by them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import models

from everfair.base.clock import EfNow
from everfair.base.models import Row
from everfair.base.money import Money
from everfair.payments.fx.pricing import WHOLE_BPS
from everfair.payments.models.incoming import Intent
from everfair.payments.values import shown_rate


class RateFile(Row):
    """One file of rates as it was taken: `source` says who published, `created_at` when it was fetched. Insert-only."""

    source = models.CharField(max_length=10)
    name = models.CharField(max_length=140)
    digest = models.CharField(max_length=64)
    by = models.CharField(max_length=60)
    first_on = models.DateField()
    last_on = models.DateField()
    jumps_allowed = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["-id"], name="payments_ratefile_newest")]


class Rate(models.Model):
    """How much of a currency one euro was on a day, by one publisher. Insert-only; a day's rate is never another one later."""

    source = models.CharField(max_length=10)
    published_on = models.DateField()
    currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=17, decimal_places=8)
    file = models.ForeignKey(RateFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "published_on", "currency"], name="payments_rate_once"),
            models.CheckConstraint(condition=models.Q(rate__gt=0) & ~models.Q(currency="EUR"), name="payments_rate_above_zero"),
        ]


class FxLock(Row):
    """A rate that a contract holds for one of its payments until `expires_at`: so much of `give` for all of `get`. Insert-only.

    `purpose` is what the payment is for (a stage); `give_rate`, `get_rate`: what one euro was in either currency on `rated_on`, by `source`.
    """

    PARTIES = ("company_id",)

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    purpose = models.UUIDField(unique=True)
    give_minor = models.BigIntegerField()
    give_currency = models.CharField(max_length=3)
    spread_minor = models.BigIntegerField()
    spread_bps = models.IntegerField()
    get_minor = models.BigIntegerField()
    get_currency = models.CharField(max_length=3)
    give_rate = models.DecimalField(max_digits=17, decimal_places=8)
    get_rate = models.DecimalField(max_digits=17, decimal_places=8)
    rated_on = models.DateField()
    source = models.CharField(max_length=10)
    expires_at = models.DateTimeField()
    by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    spread_minor__gte=0, give_minor__gt=models.F("spread_minor"), get_minor__gt=0, spread_bps__gte=0,
                    spread_bps__lt=WHOLE_BPS,
                )
                & ~models.Q(give_currency=models.F("get_currency")),
                name="payments_fxlock_amounts",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["expires_at"], name="payments_fxlock_ends")]

    @property
    def give(self) -> Money:
        return Money(self.give_minor, self.give_currency)

    @property
    def get(self) -> Money:
        return Money(self.get_minor, self.get_currency)


class FxLockEnd(models.Model):
    """A held rate that nobody needs any more: what it was for is paid, or need not be paid. Insert-only."""

    lock = models.OneToOneField(FxLock, on_delete=models.PROTECT, primary_key=True, related_name="+")
    ended_at = models.DateTimeField(db_default=EfNow(), editable=False)
    by = models.CharField(max_length=60)


class FxQuote(Row):
    """A price for one exchange, good until `expires_at`: what leaves the wallet, the spread in it, what comes out. Insert-only.

    With `intent` it pays that payment and nothing else. A newer quote for the same (or for the wallet alone) takes its place.
    `give_rate`, `get_rate`: what one euro was in either currency on `rated_on`, by `source`; with `lock` those its contract holds.
    """

    PARTIES = ("company_id",)

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    lock = models.ForeignKey(FxLock, on_delete=models.PROTECT, null=True, related_name="+")
    intent = models.ForeignKey(Intent, on_delete=models.PROTECT, null=True, related_name="+")
    give_minor = models.BigIntegerField()
    give_currency = models.CharField(max_length=3)
    spread_minor = models.BigIntegerField()
    spread_bps = models.IntegerField()
    get_minor = models.BigIntegerField()
    get_currency = models.CharField(max_length=3)
    give_rate = models.DecimalField(max_digits=17, decimal_places=8)
    get_rate = models.DecimalField(max_digits=17, decimal_places=8)
    rated_on = models.DateField()
    source = models.CharField(max_length=10)
    # Which side was said: another quote with the same id must say the same.
    fixed = models.CharField(max_length=4)
    expires_at = models.DateTimeField()
    by = models.CharField(max_length=60)

    taken_at: datetime | None
    replaced: bool

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    spread_minor__gte=0, give_minor__gt=models.F("spread_minor"), get_minor__gt=0, spread_bps__gte=0,
                    spread_bps__lt=WHOLE_BPS, fixed__in=["give", "get"],
                )
                & ~models.Q(give_currency=models.F("get_currency")),
                name="payments_fxquote_amounts",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["company", "-id"], name="payments_fxquote_newest")]

    @property
    def give(self) -> Money:
        return Money(self.give_minor, self.give_currency)

    @property
    def spread(self) -> Money:
        return Money(self.spread_minor, self.give_currency)

    @property
    def exchanged(self) -> Money:
        """What becomes the other currency."""
        return self.give - self.spread

    @property
    def get(self) -> Money:
        return Money(self.get_minor, self.get_currency)

    @property
    def rate(self) -> Decimal:
        """How much of the one a unit of the other is, to be shown: six digits. The amounts are reckoned from the two exact rates."""
        return shown_rate(self.give_rate, self.get_rate)


class FxDeal(models.Model):
    """A quote that was taken: once, before it expired. Insert-only."""

    quote = models.OneToOneField(FxQuote, on_delete=models.PROTECT, primary_key=True, related_name="+")
    taken_at = models.DateTimeField(db_default=EfNow(), editable=False)
    by = models.CharField(max_length=60)


class FxAlarm(Row):
    """The position in a currency came near its limit: said once a day. Insert-only."""

    currency = models.CharField(max_length=3)
    position_minor = models.BigIntegerField()
    value_minor = models.BigIntegerField()
    limit_minor = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["currency", "-id"], name="payments_fxalarm_newest")]
