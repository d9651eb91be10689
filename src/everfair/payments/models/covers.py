"""Covering: currency that the platform bought or sold at its bank, so that its own position becomes smaller."""

from __future__ import annotations

from django.db import models

from everfair.base.models import Row
from everfair.base.money import Money
from everfair.payments.states import COVER
from everfair.payments.values import FX_BASE


class FxCover(Row):
    """One exchange at a bank: `sold` left our account, `bought` came; one of them is the base currency. What was typed stays.

    `book_minor`, `result_minor` (of the base currency, when it is booked): by how much the other currency's cost in the books went up
    (below zero: down), and what was gained by it.
    """

    TABLES = (COVER,)

    sold_minor = models.BigIntegerField()
    sold_currency = models.CharField(max_length=3)
    bought_minor = models.BigIntegerField()
    bought_currency = models.CharField(max_length=3)
    traded_on = models.DateField()
    bank_ref = models.CharField(max_length=60)
    by = models.CharField(max_length=60)
    state = COVER.column()
    second = models.CharField(max_length=60, blank=True, default="")
    booked_at = models.DateTimeField(null=True)
    book_minor = models.BigIntegerField(null=True)
    result_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            COVER.check("payments_fxcover"),
            models.CheckConstraint(
                condition=models.Q(sold_minor__gt=0, bought_minor__gt=0)
                & ~models.Q(sold_currency=models.F("bought_currency"))
                & (models.Q(sold_currency=FX_BASE) | models.Q(bought_currency=FX_BASE)),
                name="payments_fxcover_amounts",
            ),
            models.CheckConstraint(
                condition=models.Q(state="booked", booked_at__isnull=False, book_minor__isnull=False, result_minor__isnull=False)
                | (~models.Q(state="booked") & models.Q(booked_at=None, book_minor=None, result_minor=None)),
                name="payments_fxcover_booked",
            ),
            models.CheckConstraint(condition=~models.Q(second=models.F("by")), name="payments_fxcover_two"),
            models.UniqueConstraint(fields=["bank_ref"], condition=~models.Q(state="withdrawn"), name="payments_fxcover_once"),
        ]
        indexes = [models.Index(fields=["-id"], name="payments_fxcover_newest")]

    @property
    def sold(self) -> Money:
        return Money(self.sold_minor, self.sold_currency)

    @property
    def bought(self) -> Money:
        return Money(self.bought_minor, self.bought_currency)

    @property
    def result(self) -> Money | None:
        return None if self.result_minor is None else Money(self.result_minor, FX_BASE)

    @property
    def other(self) -> Money:
        """What moved of the currency beside the base: below zero when it was sold."""
        return self.bought if self.sold_currency == FX_BASE else -self.sold

    @property
    def base(self) -> Money:
        """What moved of the base currency: below zero when it was paid."""
        return -self.sold if self.sold_currency == FX_BASE else self.bought
