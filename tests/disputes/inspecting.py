"""An inspection inside a claim, brought by its real verbs to where a test begins."""

from __future__ import annotations

from typing import Any

from everfair.base.actor import Actor
from everfair.base.clock import advance, now
from everfair.disputes import actions
from everfair.disputes.queries.inspecting import visit_days
from everfair.trade.actions import accept_inspection
from everfair.trade.models import Inspection
from tests.disputes.claiming import Case
from tests.trade.inspecting import FEE, Visit, inspector, make_days, pay_fee

REACHED = ("asked", "accepted", "paid", "ready")


def order_inspection(case: Case, side: str = "buyer", reached: str = "asked", by: Actor | None = None, **more: Any) -> Visit:
    """Ordered by a side or the arbitrator («judge») for the first day there is. «ready»: the day has come."""
    by = by or inspector()
    orders = case.judge() if side == "judge" else getattr(case.trade, side)
    case.fresh()
    booking = {"fee": FEE, "wanted_on": visit_days(case.claim)[0], "place": "Hamburg, shed 4"} | more
    actions.inspect_claim(case.claim.pk, by.company_id, **booking, by=orders)
    made = Inspection.objects.filter(order=case.trade.order).latest("n")
    visit, steps = Visit(case.trade, by, made), REACHED.index(reached)
    if steps >= 1:
        accept_inspection(made.pk, by=by)
    if steps >= 2:
        pay_fee(made.pk, case.trade.seller if side == "seller" else case.trade.buyer)
    if steps >= 3:
        advance(make_days((made.wanted_on - now().date()).days))
    visit.fresh()
    return visit
