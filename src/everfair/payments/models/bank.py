"""Bank transfers: what the bank says of our accounts, and what became of it."""

from __future__ import annotations

from django.db import models

from everfair.base.models import Row
from everfair.base.money import Money
from everfair.payments.statements.read import LINE_KINDS
from everfair.payments.states import BANK_RETURN, DECISION, LINE


class StatementFile(Row):
    """A file as it came, once for ever (by its hash). Insert-only."""

    name = models.CharField(max_length=140)
    hash = models.CharField(max_length=64, unique=True)
    body = models.BinaryField()
    by = models.CharField(max_length=60)


class BankStatement(Row):
    """One statement of one of our accounts: it adds up, and begins where the one before it ended. Insert-only."""

    file = models.ForeignKey(StatementFile, on_delete=models.PROTECT, related_name="+")
    account = models.CharField(max_length=20)
    # Our own count for each account, without a gap.
    sequence = models.IntegerField()
    kind = models.CharField(max_length=20)
    number = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3)
    opening_on = models.DateField(null=True)
    closing_on = models.DateField()
    opening_minor = models.BigIntegerField()
    closing_minor = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "sequence"], name="payments_bankstatement_sequence"),
            models.UniqueConstraint(fields=["account", "digest"], name="payments_bankstatement_once"),
        ]

    @property
    def opening(self) -> Money:
        return Money(self.opening_minor, self.currency)

    @property
    def closing(self) -> Money:
        return Money(self.closing_minor, self.currency)


class BankLine(Row):
    """One line of a statement. What it says stays; `state` is whether its money still stands in suspense."""

    TABLES = (LINE,)

    statement = models.ForeignKey(BankStatement, on_delete=models.PROTECT, related_name="+")
    n = models.IntegerField()
    account = models.CharField(max_length=20)
    # The bank's own reference with day and amount, or its place in its statement: once for each account.
    key = models.CharField(max_length=140)
    kind = models.CharField(max_length=20)
    # Above zero when our account received.
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    booked_on = models.DateField()
    value_on = models.DateField()
    bank_ref = models.CharField(max_length=60, blank=True)
    their_ref = models.CharField(max_length=60, blank=True)
    type_code = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=140, blank=True)
    other_account = models.CharField(max_length=40, blank=True)
    bic = models.CharField(max_length=11, blank=True)
    text = models.CharField(max_length=1000, blank=True)
    # Of a batch that the bank booked as one: the order's id (PmtInfId) and how many payments it held.
    batch_ref = models.CharField(max_length=35, blank=True, default="", db_default="")
    batch_count = models.IntegerField(null=True)
    # Why a payment came back, in the bank's code (ISO 20022), and what the bank counted into the amount for itself.
    reason = models.CharField(max_length=35, blank=True, default="", db_default="")
    charges_minor = models.BigIntegerField(default=0, db_default=0)
    state = LINE.column()
    # When it was last compared with what waits; null: not yet.
    looked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            LINE.check("payments_bankline"),
            models.CheckConstraint(condition=models.Q(kind__in=LINE_KINDS), name="payments_bankline_kind"),
            models.UniqueConstraint(fields=["statement", "n"], name="payments_bankline_place"),
            models.UniqueConstraint(fields=["account", "key"], name="payments_bankline_once"),
        ]
        indexes = [
            models.Index(fields=["-id"], condition=~models.Q(state="settled"), name="payments_bankline_open"),
            models.Index(fields=["other_account"], condition=~models.Q(other_account=""), name="payments_bankline_other"),
        ]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class Match(Row):
    """Where (a part of) a line's money went, and why. Insert-only.

    `target`: intent (towards a payment), wallet (over what was asked), return (back to its sender), reversal (the bank took it back),
    costs (the bank's own charge), sent (a return that was owed), payout (it left by this line), returned (it came back by this line),
    cover (one side of an exchange at the bank), withdrawal (what a provider had sent to our bank, by `settled_line`). `how`: reference, chopped, name, batch, desk, bank.
    """

    line = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="+")
    target = models.CharField(max_length=10)
    intent = models.ForeignKey("payments.Intent", on_delete=models.PROTECT, null=True, related_name="+")
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, null=True, related_name="+")
    cover = models.ForeignKey("payments.FxCover", on_delete=models.PROTECT, null=True, related_name="+")
    payout = models.ForeignKey("payments.Payout", on_delete=models.PROTECT, null=True, related_name="+")
    bank_return = models.ForeignKey("payments.BankReturn", on_delete=models.PROTECT, null=True, related_name="+")
    settled_line = models.OneToOneField("payments.SettledLine", on_delete=models.PROTECT, null=True, related_name="+")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    how = models.CharField(max_length=10)
    by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="payments_match_amount"),
            models.CheckConstraint(
                condition=models.Q(
                    target__in=[
                        "intent",
                        "wallet",
                        "return",
                        "reversal",
                        "costs",
                        "sent",
                        "payout",
                        "returned",
                        "cover",
                        "withdrawal",
                    ]
                ),
                name="payments_match_target",
            ),
            models.UniqueConstraint(fields=["cover", "currency"], name="payments_match_cover_side"),
            # A payout leaves once and comes back once, and a return leaves once, however often a bank tells it.
            models.UniqueConstraint(
                fields=["payout", "target"], condition=models.Q(payout__isnull=False), name="payments_match_payout_once"
            ),
            models.UniqueConstraint(
                fields=["bank_return", "target"], condition=models.Q(bank_return__isnull=False), name="payments_match_return_once"
            ),
        ]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class LineDecision(Row):
    """What a person decided about a line: `verb` assign, return, costs, sent, cover, paid or bounced. Above a rule's amount a second
    person approves it."""

    TABLES = (DECISION,)

    line = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=10)
    # assign: [[intent id, minor units], …]; return: [name, account, bic]; sent: [return id]; cover: [cover id]; costs: []; paid: [payout
    # ids and return ids]; bounced: [payout id, why].
    plan = models.JSONField(default=list)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    by = models.CharField(max_length=60)
    state = DECISION.column()
    second = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints = [
            DECISION.check("payments_linedecision"),
            models.CheckConstraint(condition=~models.Q(second=models.F("by")), name="payments_linedecision_two"),
            models.UniqueConstraint(fields=["line"], condition=models.Q(state="proposed"), name="payments_linedecision_one_open"),
        ]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.line.currency)


class BankReturn(Row):
    """Money that goes back to whom it came from by bank: owed until a line of a statement shows that it left.

    It leaves in a batch of our bank, as payouts do. `exception` is why it does not: a code of `EXCEPTION_WORDS`, or an operator's words.
    """

    TABLES = (BANK_RETURN,)

    line = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="+")
    intent = models.ForeignKey("payments.Intent", on_delete=models.PROTECT, null=True, related_name="+")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    to_name = models.CharField(max_length=140, blank=True)
    to_account = models.CharField(max_length=40, blank=True)
    to_bic = models.CharField(max_length=11, blank=True)
    reason = models.CharField(max_length=500)
    batch = models.ForeignKey("payments.Batch", on_delete=models.PROTECT, null=True, related_name="+")
    exception = models.CharField(max_length=500, blank=True, default="", db_default="")
    state = BANK_RETURN.column()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            BANK_RETURN.check("payments_bankreturn"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="payments_bankreturn_amount"),
        ]
        indexes = [
            models.Index(fields=["batch", "id"], condition=models.Q(batch__isnull=False), name="payments_bankreturn_batch"),
            models.Index(fields=["id"], condition=models.Q(state="requested"), name="payments_bankreturn_waiting"),
        ]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class BankBreak(Row):
    """A statement that was not booked, or a line that undoes another or fits nothing we sent, and why: for a person to look into.

    `facts` is what was found: `note` a code of `NOTE_WORDS`, and its values (money as [minor units, currency], days as ISO 8601). `note`
    holds the text of breaks from before.
    """

    file = models.ForeignKey(StatementFile, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(BankLine, on_delete=models.PROTECT, null=True, related_name="+")
    # Which statement of the file, from 1.
    n = models.IntegerField()
    account = models.CharField(max_length=40, blank=True)
    number = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=20)
    note = models.CharField(max_length=300, blank=True, default="", db_default="")
    facts = models.JSONField(default=dict, db_default={})
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=60, blank=True, default="")
    settled_note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["-id"], condition=models.Q(settled_at=None), name="payments_bankbreak_open")]
        constraints = [
            models.UniqueConstraint(fields=["file", "n", "kind"], condition=models.Q(line=None), name="payments_bankbreak_once"),
            models.UniqueConstraint(
                fields=["line", "kind"], condition=models.Q(line__isnull=False), name="payments_bankbreak_line"
            ),
        ]
