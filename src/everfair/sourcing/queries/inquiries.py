"""Inquiries an actor may see."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from everfair.base.actor import Actor
from everfair.sourcing.models import Inquiry


def inquiries_visible_to(actor: Actor) -> QuerySet[Inquiry]:
    rows = Inquiry.objects.select_related("offer")
    if actor.kind in ("operator", "system"):
        return rows
    if actor.company_id is None:
        return rows.none()
    return rows.filter(Q(buyer_id=actor.company_id) | Q(seller_id=actor.company_id))
