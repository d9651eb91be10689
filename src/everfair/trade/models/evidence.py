"""What was shown, accepted and decided: why a stage was paid out. All of it insert-only."""

from __future__ import annotations

from django.db import models

from everfair.base.models import Row
from everfair.markets.plans import PROOFS
from everfair.trade.models.orders import Order, Stage


class Shown(Row):
    """What the supplier showed for a stage: files and words. Insert-only."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    file_ids = models.JSONField(default=list)
    note = models.TextField(blank=True, default="")
    by = models.CharField(max_length=60)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(kind__in=PROOFS), name="trade_shown_kind")]
        indexes = [models.Index(fields=["order", "id"], name="trade_shown_order")]


class Acceptance(Row):
    """The buyer's word that goods, or what was shown for a stage, are right. Insert-only."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    # None: goods; of the whole order, or with `part` what its lines say.
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+", null=True)
    part = models.BooleanField(default=False, db_default=False)
    by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=models.Q(stage=None, part=False), name="trade_acceptance_once"),
            models.CheckConstraint(condition=models.Q(stage=None) | models.Q(part=False), name="trade_acceptance_of"),
        ]


class AcceptedLine(Row):
    """How much of a line the buyer has accepted before all of it was. Insert-only."""

    acceptance = models.ForeignKey(Acceptance, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    n = models.IntegerField()
    quantity = models.DecimalField(max_digits=18, decimal_places=3)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="trade_acceptedline_quantity"),
            models.UniqueConstraint(fields=["acceptance", "n"], name="trade_acceptedline_once"),
        ]
        indexes = [models.Index(fields=["order", "n"], name="trade_acceptedline_order")]


class StagePart(Row):
    """What of a stage was paid out for goods accepted in part: its evidence is that acceptance (I7). Insert-only."""

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+")
    acceptance = models.ForeignKey(Acceptance, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="trade_stagepart_amount"),
            models.UniqueConstraint(fields=["stage", "acceptance"], name="trade_stagepart_once"),
        ]


class Decision(Row):
    """Why what is held was parted: `buyer_share` (0 to 1) goes back to the buyer. Insert-only.

    `kind`: a ruling, or a settlement both sides agreed to. Where `to_buyer_minor` is given, it is the exact sum.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, default="ruling", db_default="ruling")
    buyer_share = models.DecimalField(max_digits=7, decimal_places=6)
    to_buyer_minor = models.BigIntegerField(null=True)
    reason = models.TextField()
    by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=["ruling", "settlement"]), name="trade_decision_kind"),
            models.CheckConstraint(
                condition=models.Q(to_buyer_minor=None) | models.Q(to_buyer_minor__gte=0), name="trade_decision_to_buyer"
            ),
        ]


EVIDENCES = ("acceptance", "decision", "delivery", "inspection")


def _exactly_one(*columns: str) -> models.Q:
    found = models.Q()
    for one in columns:
        found |= models.Q(**{f"{column}__isnull": column != one for column in columns})
    return found


class Release(models.Model):
    """Why a stage was paid out: exactly one piece of evidence (I7). No stage reaches «released» without it. Insert-only."""

    stage = models.OneToOneField(Stage, on_delete=models.PROTECT, related_name="+", primary_key=True)
    acceptance = models.ForeignKey(Acceptance, on_delete=models.PROTECT, related_name="+", null=True)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+", null=True)
    # The goods arrived, and the buyer said nothing until the announced moment.
    delivery = models.ForeignKey("logistics.ProofOfDelivery", on_delete=models.PROTECT, related_name="+", null=True)
    # The goods passed an inspection, and the buyer said nothing in the time to confirm.
    inspection = models.ForeignKey("trade.Inspection", on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=_exactly_one(*EVIDENCES), name="trade_release_one_evidence")]
