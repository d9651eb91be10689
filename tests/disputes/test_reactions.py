"""Who is told of what in a claim."""

from __future__ import annotations

import pytest

from everfair.base.events import run_all_reactions
from everfair.messaging.models import Notice
from tests.disputes.claiming import STATES, later, ruled

pytestmark = pytest.mark.usefixtures("committed")


def told(company_id):
    rows = Notice.objects.filter(company_id=company_id, kind__startswith="claim.").order_by("created_at", "id")
    return list(rows.values_list("kind", flat=True))


def test_both_sides_are_told_of_each_step():
    case = ruled()
    later(7)
    run_all_reactions()

    assert told(case.trade.order.seller_id) == ["claim.opened", "claim.escalated", "claim.ruled", "claim.decided"]
    assert told(case.trade.order.buyer_id) == ["claim.escalated", "claim.ruled", "claim.decided"]


def test_who_accepts_is_not_told_of_it():
    case = STATES["returned"]()
    run_all_reactions()

    assert told(case.trade.order.seller_id) == ["claim.opened", "claim.agreed", "claim.goods"]
    assert told(case.trade.order.buyer_id) == ["claim.answered", "claim.offer"]
