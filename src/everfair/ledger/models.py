"""The books' tables. Entries, transfers and holds are insert-only; triggers move the balances."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from everfair.base.clock import EfNow
from everfair.base.ids import new_id
from everfair.base.models import Row
from everfair.ledger.states import PERIOD

_CLASSES = ["asset", "liability", "income", "expense"]


class Account(models.Model):
    """One address, one currency. `kept` accounts carry a balance that may never fall below what is reserved."""

    id = models.BigAutoField(primary_key=True)
    address = models.CharField(max_length=120, unique=True)
    currency = models.CharField(max_length=3)
    account_class = models.CharField(max_length=10)
    kept = models.BooleanField()
    escrow = models.BooleanField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(account_class__in=_CLASSES), name="ledger_account_class"),
            models.CheckConstraint(condition=models.Q(escrow=False) | models.Q(kept=True), name="ledger_account_escrow_kept"),
        ]


class Balance(models.Model):
    """What a kept account holds (credits less debits) and how much of it is reserved. Moved by triggers only."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, primary_key=True, related_name="+")
    posted_minor = models.BigIntegerField(default=0)
    reserved_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reserved_minor__gte=0) & models.Q(posted_minor__gte=models.F("reserved_minor")),
                name="ledger_balance_not_negative",
            )
        ]


class Escrow(models.Model):
    """An escrow's equation: funded = held + released + refunded + fees + lost. Moved by triggers only (I5)."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, primary_key=True, related_name="+")
    funded_minor = models.BigIntegerField(default=0)
    held_minor = models.BigIntegerField(default=0)
    released_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    fees_minor = models.BigIntegerField(default=0)
    lost_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    funded_minor=models.F("held_minor")
                    + models.F("released_minor")
                    + models.F("refunded_minor")
                    + models.F("fees_minor")
                    + models.F("lost_minor")
                ),
                name="ledger_escrow_equation",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    funded_minor__gte=0, held_minor__gte=0, released_minor__gte=0,
                    refunded_minor__gte=0, fees_minor__gte=0, lost_minor__gte=0,
                ),
                name="ledger_escrow_not_negative",
            ),
        ]  # fmt: skip


class Entry(models.Model):
    """One business event in the books. Its key makes posting it twice harmless."""

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=40)
    # What it says, hashed: the same key with another content is refused.
    digest = models.CharField(max_length=64)
    actor = models.CharField(max_length=60)
    why = models.JSONField(default=dict)
    posted_at = models.DateTimeField(db_default=EfNow())
    # The accounting day: that of posting (UTC) unless said otherwise, never in a closed month. The database fills it in.
    booked_on = models.DateField(editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["booked_on", "id"], name="ledger_entry_booked_on"),
            models.Index(fields=["posted_at"], name="ledger_entry_posted_at"),
        ]


class Transfer(models.Model):
    """Debits `source`, credits `target`, in the one currency of both."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    target = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    purpose = models.CharField(max_length=10, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0, amount_minor__lte=10**15), name="ledger_transfer_amount"
            ),
            models.CheckConstraint(condition=~models.Q(source=models.F("target")), name="ledger_transfer_two_ends"),
        ]
        indexes = [
            models.Index(fields=["source", "-id"], name="ledger_transfer_source"),
            models.Index(fields=["target", "-id"], name="ledger_transfer_target"),
        ]


class Hold(models.Model):
    """An amount of one account set aside until it is posted, voided or expires: exactly one of them, once (I9)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=200, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    actor = models.CharField(max_length=60)
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=EfNow(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0, amount_minor__lte=10**15), name="ledger_hold_amount")
        ]


class HoldEnd(models.Model):
    """How a hold ended. What was posted is at most what was held; the remainder is free again."""

    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, primary_key=True, related_name="+")
    how = models.CharField(max_length=10)
    posted_minor = models.BigIntegerField(default=0)
    actor = models.CharField(max_length=60)
    at = models.DateTimeField(db_default=EfNow())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(how="posted", posted_minor__gt=0) | models.Q(how__in=["voided", "expired"], posted_minor=0),
                name="ledger_holdend_how",
            )
        ]


class Period(Row):
    """A month of the books, once somebody closes it; a month without a row is open. After «closed» nothing about it changes (I37)."""

    TABLES = (PERIOD,)

    month = models.DateField(unique=True)  # its first day
    state = PERIOD.column()
    closed_by = models.CharField(max_length=60, blank=True, default="")
    closed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=60, blank=True, default="")
    confirmed_at = models.DateTimeField(null=True)
    # What the checks had looked at when it was confirmed: [name, rows].
    checks = models.JSONField(default=list)

    class Meta:
        constraints = [
            PERIOD.check("ledger_period"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="ledger_period_month"),
        ]


class Seal(models.Model):
    """One link of the chain over the books: the rows it covers by id, and a hash over them and over the seal before it (I3).

    Written by `ledger_seal_next` alone. Made of what is older than every running transaction, so no late committer is left out;
    `until_tx` (in the database only) says up to where.
    """

    seq = models.BigIntegerField(primary_key=True)
    first_entry = models.BigIntegerField(null=True)
    last_entry = models.BigIntegerField(null=True)
    count = models.IntegerField()
    entries = ArrayField(models.BigIntegerField())
    holds = ArrayField(models.UUIDField())
    ends = ArrayField(models.UUIDField())
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    # Real time, not the platform's clock: it says when the machine did it.
    sealed_at = models.DateTimeField()


class Freeze(Row):
    """Nothing is paid out of the platform from this moment until two operators have said why it may be again. Insert-only."""

    reason = models.CharField(max_length=2000)
    placed_by = models.CharField(max_length=60)


class Thaw(Row):
    """One operator's word that a freeze may end; the second, another person's, ends it. Insert-only."""

    freeze = models.ForeignKey(Freeze, on_delete=models.PROTECT, related_name="+")
    n = models.SmallIntegerField()
    person_id = models.UUIDField()
    reason = models.CharField(max_length=2000)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["freeze", "n"], name="ledger_thaw_two_words"),
            models.UniqueConstraint(fields=["freeze", "person_id"], name="ledger_thaw_two_persons"),
            models.CheckConstraint(condition=models.Q(n__in=[1, 2]), name="ledger_thaw_n"),
        ]


class Watch(models.Model):
    """What the books' watch last saw: when it sealed, checked, walked the whole chain and wrote a checkpoint. Real time."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()
    figures = models.JSONField(default=dict)
