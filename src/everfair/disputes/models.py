"""Columns and constraints of claims. What was said, shown, offered and ruled is insert-only: triggers hold that."""

from __future__ import annotations

from django.db import models

from everfair.base.models import NextNumber, Row
from everfair.base.money import Money
from everfair.disputes.states import CLAIM, ENDED

REASONS = ("not_received", "late", "short", "wrong", "defective", "counterfeit", "documents")
REMEDIES = ("refund", "discount", "return", "replace")
EXHIBITS = (
    "opening",
    "answer",
    "note",
    "chat",
    "snapshot",
    "tracking",
    "offer",
    "move",
    "ruling",
    "appeal",
    "late",
    "inspection",
)
SIDES = ("buyer", "seller", "arbitrator", "inspector", "clock")


class Claim(Row):
    """A buyer's complaint about lines of one order, and where it stands. At most one open per order.

    `held_minor` is what froze when it opened; 0 where the money had been paid out already: then a claim is against the seller's good
    will and standing only. `instance` 2 is the appeal.
    """

    TABLES = (CLAIM,)

    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("disputes_claim_number"))
    order = models.ForeignKey("trade.Order", on_delete=models.PROTECT, related_name="+")
    buyer = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    seller = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    held_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    remedy = models.CharField(max_length=10)
    state = CLAIM.column()
    instance = models.IntegerField(default=1)
    arbitrator_id = models.UUIDField(null=True)
    # How often an arbitrator let the deadline pass: reported to the operator.
    missed = models.IntegerField(default=0)
    offer = models.ForeignKey("disputes.Offer", on_delete=models.PROTECT, related_name="+", null=True)
    waived_by = models.CharField(max_length=10, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Until when the report of its first inspection is due: the ruling is not due before. Null while none was ordered.
    report_by = models.DateTimeField(null=True)
    # What goes to the buyer, once it is agreed or final, and when the ledger did it (a stop on release may keep it waiting).
    to_buyer_minor = models.BigIntegerField(null=True)
    carried_out_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CLAIM.check("disputes_claim"),
            models.CheckConstraint(condition=models.Q(remedy__in=REMEDIES), name="disputes_claim_remedy"),
            models.CheckConstraint(condition=models.Q(instance__in=[1, 2]), name="disputes_claim_instance"),
            models.CheckConstraint(condition=models.Q(amount_minor__gte=0, held_minor__gte=0), name="disputes_claim_amounts"),
            models.UniqueConstraint(fields=["order"], condition=~models.Q(state__in=list(ENDED)), name="disputes_claim_one_open"),
        ]
        indexes = [
            models.Index(fields=["buyer", "-number"], name="disputes_claim_buyer"),
            models.Index(fields=["seller", "-number"], name="disputes_claim_seller"),
            models.Index(fields=["arbitrator_id"], condition=~models.Q(state__in=list(ENDED)), name="disputes_claim_arbiter"),
        ]

    @property
    def reference(self) -> str:
        return f"CL-{self.number}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def held(self) -> Money:
        return Money(self.held_minor, self.currency)

    @property
    def to_buyer(self) -> Money | None:
        return None if self.to_buyer_minor is None else Money(self.to_buyer_minor, self.currency)


class ClaimLine(models.Model):
    """One line of the contract, what is wrong with it, and what it is worth with its part of the charges. Insert-only."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey("trade.OrderLine", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20)
    quantity = models.DecimalField(max_digits=18, decimal_places=3)
    worth_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "line"], name="disputes_claimline_once"),
            models.CheckConstraint(condition=models.Q(reason__in=REASONS), name="disputes_claimline_reason"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="disputes_claimline_quantity"),
        ]


class Exhibit(Row):
    """One leaf of the case file: gapless numbers, insert-only. `files`: [{"id", "sha256", "name"}] as they were when shown."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="+")
    n = models.IntegerField()
    side = models.CharField(max_length=10)
    by = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    verb = models.CharField(max_length=20, blank=True, default="")
    text = models.TextField(blank=True, default="")
    files = models.JSONField(default=list)
    body = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "n"], name="disputes_exhibit_once"),
            models.CheckConstraint(condition=models.Q(kind__in=EXHIBITS), name="disputes_exhibit_kind"),
            models.CheckConstraint(condition=models.Q(side__in=SIDES), name="disputes_exhibit_side"),
        ]


class Offer(Row):
    """What one side would settle for. Each side's last one stands; the other side may accept it at any moment. Insert-only."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10)
    remedy = models.CharField(max_length=10)
    amount_minor = models.BigIntegerField()
    note = models.TextField(blank=True, default="")
    by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(remedy__in=REMEDIES), name="disputes_offer_remedy"),
            models.CheckConstraint(condition=models.Q(side__in=["buyer", "seller"]), name="disputes_offer_side"),
            models.CheckConstraint(condition=models.Q(amount_minor__gte=0), name="disputes_offer_amount"),
        ]
        indexes = [models.Index(fields=["claim", "id"], name="disputes_offer_claim")]


class Assignment(Row):
    """Who was given a case. Insert-only."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="+")
    instance = models.IntegerField()
    person_id = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["claim", "id"], name="disputes_assignment_claim")]


class Ground(Row):
    """Why a ruling falls as it does, in three languages. A change is a new version; the last one counts. Insert-only."""

    code = models.CharField(max_length=40)
    version = models.IntegerField()
    titles = models.JSONField()
    texts = models.JSONField()
    retired = models.BooleanField(default=False)
    by = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="disputes_ground_once")]


class Ruling(Row):
    """What an arbitrator found. `file_hash` is the case file they had before them. Insert-only."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="+")
    instance = models.IntegerField()
    person_id = models.UUIDField()
    ground = models.ForeignKey(Ground, on_delete=models.PROTECT, related_name="+")
    held_minor = models.BigIntegerField()
    to_buyer_minor = models.BigIntegerField()
    buyer_share = models.DecimalField(max_digits=7, decimal_places=6)
    reasons = models.TextField()
    file_hash = models.CharField(max_length=64)
    # What a precedent is found by, kept so that later changes of an offer do not move it.
    category = models.CharField(max_length=120, blank=True, default="")
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_buyer_minor__gte=0, to_buyer_minor__lte=models.F("held_minor")),
                name="disputes_ruling_within_held",
            ),
            models.CheckConstraint(condition=models.Q(buyer_share__gte=0, buyer_share__lte=1), name="disputes_ruling_share"),
        ]
        indexes = [models.Index(fields=["claim", "id"], name="disputes_ruling_claim")]


class RulingCheck(Row):
    """The second person's word on a proposed ruling: never the one who made it (I16). Insert-only."""

    ruling = models.OneToOneField(Ruling, on_delete=models.PROTECT, related_name="+")
    made_by = models.UUIDField()
    checked_by = models.UUIDField()
    confirmed = models.BooleanField()
    note = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(made_by=models.F("checked_by")), name="disputes_maker_not_checker")
        ]


class Appeal(Row):
    """One side asks a second, different arbitrator. Once per claim. Insert-only."""

    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10)
    reasons = models.TextField()
    by = models.CharField(max_length=60)
