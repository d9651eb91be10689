"""Every scope that is said twice, as a queryset and in plain SQL, means the same rows for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import QuerySet
from pytest_django import DjangoDbBlocker

from everfair.base.actor import CLOCK_ACTOR, NOBODY, RAIL_ACTOR, SYSTEM, Actor
from everfair.base.rows import find
from everfair.companies.queries import actor_of_person
from everfair.disputes.queries import claims_visible_to
from everfair.logistics.queries import consignments_visible_to
from everfair.payments.queries import intents_visible_to
from everfair.payments.queries.credit import credit_lines_visible_to
from everfair.sourcing.queries import quotes_visible_to, rfqs_visible_to
from everfair.trade.queries import orders_visible_to
from tests.house.matrix.world import World

SCOPES: list[Callable[[Actor], QuerySet[Any]]] = [
    orders_visible_to, intents_visible_to, rfqs_visible_to, quotes_visible_to, consignments_visible_to, claims_visible_to,
    credit_lines_visible_to,
]  # fmt: skip


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: scope.__name__)
def test_a_scope_in_sql_shows_what_its_queryset_shows(
    scope: Callable[[Actor], QuerySet[Any]], world: World, django_db_blocker: DjangoDbBlocker
):
    with django_db_blocker.unblock():
        sides = list(world.sides.values())
        people = [person for side in sides for person in side.people.values()]
        actors = (
            [side.by for side in sides] + [side.partner_by for side in sides] + [actor_of_person(person) for person in people]
        )
        actors += [actor_of_person(world.operator), NOBODY, SYSTEM, RAIL_ACTOR, CLOCK_ACTOR]
        seen = []
        for actor in actors:
            rows = scope(actor)
            where, params = rows.seen_as  # type: ignore[attr-defined]
            asked = {row.pk for row in rows}
            assert {row.pk for row in find(rows.model, where, params)} == asked, actor
            seen.append(len(asked))

    assert min(seen) == 0  # somebody sees nothing
    assert len({*seen}) > 1
