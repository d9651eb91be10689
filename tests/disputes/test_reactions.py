"""Who is told of what in a claim."""

from __future__ import annotations

import pytest

from everfair.base.events import run_all_reactions
from everfair.disputes.queries import exhibits_of
from everfair.messaging.models import Notice
from tests.disputes.claiming import STATES, escalated, later, ruled
from tests.disputes.inspecting import order_inspection
from tests.trade.inspecting import BAD, report

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


def test_an_inspection_is_told_and_its_report_laid_down_by_the_worker():
    case = escalated()
    report(order_inspection(case, "seller", reached="ready"), BAD)
    order_inspection(case, "judge")
    run_all_reactions()
    run_all_reactions()

    verbs = [row.verb for row in exhibits_of(case.claim) if row.kind == "inspection"]
    assert sorted(verbs) == ["inspect", "inspect", "report"]
    order = case.trade.order
    assert told(order.buyer_id) == ["claim.escalated", "claim.inspection", "claim.inspection_asked"]
    assert told(order.seller_id) == ["claim.opened", "claim.escalated", "claim.inspection_ordered"]
    results = Notice.objects.filter(kind="inspection.failed").values_list("company_id", flat=True)
    assert set(results) == {order.buyer_id, order.seller_id}
