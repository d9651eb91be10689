"""What a seller lays before the payer's bank when a payment of its order is charged back."""

from __future__ import annotations

from django.db import models

from everfair.base.models import Row

MOST_DEFENCES = 20


class Defence(Row):
    """What the seller says against one chargeback: the first is what it hands in, further ones are added to it. Insert-only, and only
    while the provider can still be answered.

    `papers`: what the platform holds and the seller relies on, {code: sentence in English} as it was then. `files`: [{"id", "sha256",
    "name", "size"}] of its own files as they were then.
    """

    chargeback = models.ForeignKey("payments.Chargeback", on_delete=models.PROTECT, related_name="+")
    # The payee; its own key would lock a company after the chargeback, against the order of locks.
    company_id = models.UUIDField()
    n = models.IntegerField()
    by = models.CharField(max_length=60)
    statement = models.TextField(blank=True, default="")
    papers = models.JSONField(default=dict)
    files = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chargeback", "n"], name="trade_defence_once"),
            models.CheckConstraint(condition=models.Q(n__gte=1, n__lte=MOST_DEFENCES), name="trade_defence_n"),
            models.CheckConstraint(
                condition=~models.Q(statement="") | (models.Q(n__gt=1) & (~models.Q(papers={}) | ~models.Q(files=[]))),
                name="trade_defence_says",
            ),
        ]
