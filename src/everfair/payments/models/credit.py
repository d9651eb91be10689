"""Trade credit: lines, their limits, what was drawn, what is to be repaid."""

from __future__ import annotations

from django.db import models

from everfair.base.clock import EfNow
from everfair.base.models import Row
from everfair.base.money import Money
from everfair.payments.models.incoming import Intent
from everfair.payments.states import CREDIT_DUE, CREDIT_LINE

MOST_NET_DAYS = 180


class CreditLine(Row):
    """What one seller lets one buyer owe, in one currency: the limit now, and net days from a payout. `drawn_minor` is what is owed.

    Only one of a pair and currency is open at a time. The database lets `drawn_minor` grow only while it is agreed, and never above
    the limit; a limit may be lowered below it.
    """

    TABLES = (CREDIT_LINE,)
    PARTIES = ("seller_id", "buyer_id")

    seller = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    buyer = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    limit_minor = models.BigIntegerField()
    net_days = models.IntegerField()
    drawn_minor = models.BigIntegerField(default=0)
    state = CREDIT_LINE.column()

    class Meta:
        constraints = [
            CREDIT_LINE.check("payments_creditline"),
            models.CheckConstraint(
                condition=models.Q(limit_minor__gt=0, drawn_minor__gte=0, net_days__gte=1, net_days__lte=MOST_NET_DAYS),
                name="payments_creditline_amounts",
            ),
            models.CheckConstraint(condition=~models.Q(seller=models.F("buyer")), name="payments_creditline_two"),
            models.UniqueConstraint(
                fields=["seller", "buyer", "currency"], condition=~models.Q(state="closed"), name="payments_creditline_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-id"], name="payments_creditline_seller"),
            models.Index(fields=["buyer", "-id"], name="payments_creditline_buyer"),
        ]

    @property
    def limit(self) -> Money:
        return Money(self.limit_minor, self.currency)

    @property
    def drawn(self) -> Money:
        return Money(self.drawn_minor, self.currency)

    @property
    def free(self) -> Money:
        """What could still be drawn; nothing where the limit was lowered below what is owed."""
        return Money(max(self.limit_minor - self.drawn_minor, 0), self.currency)


class CreditLimit(Row):
    """A limit as it was set, by whom and when. Insert-only; the newest is the line's."""

    line = models.ForeignKey(CreditLine, on_delete=models.PROTECT, related_name="+")
    n = models.IntegerField()
    limit_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    by = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "n"], name="payments_creditlimit_once")]

    @property
    def limit(self) -> Money:
        return Money(self.limit_minor, self.currency)


class CreditDraw(models.Model):
    """One payment made on credit; its key is the payment's. What is neither due nor came back is still held for what it paid.

    `limit_minor` and `drawn_minor`: the line's limit when it was drawn, and what was owed by it then, this included.
    """

    intent = models.OneToOneField(Intent, on_delete=models.PROTECT, primary_key=True, related_name="+")
    created_at = models.DateTimeField(db_default=EfNow(), editable=False)
    line = models.ForeignKey(CreditLine, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    due_minor = models.BigIntegerField(default=0)
    came_back_minor = models.BigIntegerField(default=0)
    limit_minor = models.BigIntegerField()
    drawn_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    amount_minor__gt=0, due_minor__gte=0, came_back_minor__gte=0,
                    amount_minor__gte=models.F("due_minor") + models.F("came_back_minor"),
                ),
                name="payments_creditdraw_amounts",
            ),
            models.CheckConstraint(condition=models.Q(drawn_minor__lte=models.F("limit_minor")), name="payments_creditdraw_limit"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["line", "-intent"], name="payments_creditdraw_line")]


class CreditDue(Row):
    """What the buyer has to repay, because the seller has earned it. `fee_minor` is the platform's part of it, taken when it is paid.

    `came_back_minor` is what the seller has given back of it since: `amount_minor` is without that, but for a debt given back whole.
    """

    TABLES = (CREDIT_DUE,)

    line = models.ForeignKey(CreditLine, on_delete=models.PROTECT, related_name="+")
    draw = models.ForeignKey(CreditDraw, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    # What they are made of (`billing.values.kept_fees`), and of what they are charged.
    fees = models.JSONField(default=list)
    fees_subject = models.UUIDField()
    fees_reference = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    due_on = models.DateField()
    came_back_minor = models.BigIntegerField(default=0, db_default=0)
    state = CREDIT_DUE.column()
    paid_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CREDIT_DUE.check("payments_creditdue"),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0, fee_minor__gte=0, fee_minor__lte=models.F("amount_minor")),
                name="payments_creditdue_amounts",
            ),
        ]
        indexes = [models.Index(fields=["line", "due_on"], condition=models.Q(state="open"), name="payments_creditdue_open")]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def fee(self) -> Money:
        return Money(self.fee_minor, self.currency)
