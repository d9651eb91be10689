"""The mapping desk: the operator says once what a foreign category means."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import EfNow
from everfair.base.refused import Refused
from everfair.base.roles import OPERATOR
from everfair.catalog.models import CategoryMapping, Offer
from everfair.catalog.refusals import refused
from everfair.catalog.values import BATCH_ROWS, SOURCE_CATEGORY_CHARACTERS
from everfair.reference import queries as reference
from everfair.reference.values import UNSORTED


def map_category(source_category: str, category: str, *, by: Actor) -> int:
    """From now on what suppliers call `source_category` is our `category`; returns how many unsorted offers moved there at once.

    Offers that somebody has sorted already stay. Refuses who is no operator, and a category that is none of ours.
    """
    if not (OPERATOR.admits(by) or by.kind == "system"):
        raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
    if not source_category or len(source_category) > SOURCE_CATEGORY_CHARACTERS:
        raise refused("missing", "source_category")
    try:
        known = not reference.category(category).is_hall and category != UNSORTED
    except ValueError:
        known = False
    if not known:
        raise refused("category_unknown", "category")
    CategoryMapping.objects.update_or_create(
        source_category=source_category, defaults={"category": category, "set_by": by.person_id}
    )
    moved = 0
    while part := _move_some(source_category, category):
        moved += part
    return moved


def _move_some(source_category: str, category: str) -> int:
    """At most a thousand in one transaction, so that no cursor waits long."""
    with transaction.atomic():
        waiting = Offer.objects.filter(category=UNSORTED, source_category=source_category).order_by("pk")
        ids = list(waiting.select_for_update(skip_locked=True).values_list("pk", flat=True)[: 2 * BATCH_ROWS])
        return Offer.objects.filter(pk__in=ids).update(category=category, updated_at=EfNow())
