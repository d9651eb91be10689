"""An inspection brought to one of its states by its real verbs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile

from everfair.base.actor import Actor
from everfair.base.clock import advance, now
from everfair.base.money import Money
from everfair.base.rows import insert
from everfair.files.actions import keep_attachment
from everfair.payments.actions import take_event
from everfair.payments.models import Intent
from everfair.trade.actions import (
    accept_inspection,
    ask_inspection,
    declare_packed,
    draft_order,
    pay_inspection,
    place_order,
    report_inspection,
    sign_order,
)
from everfair.trade.actions.inspections import _summarise
from everfair.trade.models import Inspection, InspectionReport, OrderLine
from everfair.trade.queries.inspecting import earliest_day, lots_of
from everfair.trade.reactions import money_arrived
from tests import make
from tests.files.uploads import picture

FEE = Money(30000, "USD")
GOOD = {"1": {"critical": 0, "major": 5, "minor": 7}}  # lot of 1000: letter J, 80 pieces, 5 major and 7 minor are allowed
BAD = {"1": {"critical": 0, "major": 6, "minor": 7}}
REACHED = ("asked", "accepted", "paid", "packed", "ready")


def paid_by(plan: str = "inspected", reached: int = 1) -> make.Trade:
    """A contract under this plan, signed by both, its first `reached` stages paid, with time before the ship-by day."""
    seller, buyer = make.company(), make.company()
    goods = make.offer(seller)
    made = make.Trade(None, make.actor(buyer, who=make.member(buyer)), make.actor(seller, who=make.member(seller)))  # type: ignore[arg-type]
    terms = draft_order(
        [(goods.pk, make.Decimal("1000"))], incoterm="FOB", named_place="Ningbo", payment_plan=plan, by=made.buyer,
        ship_by=now().date() + make_days(60),
    )  # fmt: skip
    made.order = place_order(terms, by=made.buyer)
    sign_order(made.order.pk, made.order.terms_hash, by=made.seller)
    for n in range(1, reached + 1):
        make.pay(made.stage(n), made.buyer)
    made.fresh()
    return made


def make_days(days: int) -> Any:
    from datetime import timedelta

    return timedelta(days=days)


def inspector(**columns: Any) -> Actor:
    company = make.company(is_inspector=True, inspector_note="ISO/IEC 17020", **columns)
    return make.actor(company, who=make.member(company))


@dataclass
class Visit:
    trade: make.Trade
    by: Actor
    inspection: Inspection

    def fresh(self) -> Inspection:
        self.inspection.refresh_from_db()
        return self.inspection


def book(
    trade: make.Trade,
    side: str = "buyer",
    reached: str = "asked",
    by: Actor | None = None,
    lines: Any = None,
    today: bool = False,
) -> Visit:
    """Asked by a side and brought so far. «ready»: the wanted day has come."""
    by = by or inspector()
    asker = getattr(trade, side)
    if today:
        made = _asked_for_today(trade.fresh(), asker, by)
    else:
        day = earliest_day(trade.fresh())
        made = ask_inspection(
            trade.order.pk, by.company_id, fee=FEE, wanted_on=day, place="Yongkang, hall 3", lines=lines, by=asker  # type: ignore[arg-type]
        )  # fmt: skip
    visit = Visit(trade, by, made)
    steps = REACHED.index(reached)
    if steps >= 1:
        accept_inspection(made.pk, by=by)
    if steps >= 2:
        pay_fee(made.pk, asker)
    if steps >= 3:
        declare_packed(made.pk, 85, by=trade.seller)
    if steps >= 4:
        advance(make_days((made.wanted_on - now().date()).days))
    visit.fresh()
    return visit


def _asked_for_today(order: Any, asker: Actor, by: Actor) -> Inspection:
    """Booked a while ago: for worlds whose clock must stand still."""
    lots = lots_of(order, [(line.n, line.quantity) for line in OrderLine.objects.filter(order=order)], "II")
    made = Inspection(
        order=order, n=1, booked_by_id=asker.company_id, inspector_id=by.company_id, lots=lots, wanted_on=now().date(), place="Hall 3",
        fee_minor=FEE.minor, currency="USD",
    )  # fmt: skip
    insert(made)
    _summarise(order)
    return made


def pay_fee(inspection_id: UUID, asker: Actor) -> Intent:
    intent = Intent.objects.get(pk=pay_inspection(inspection_id, by=asker))
    headers, body = make.told(intent)
    assert take_event("sandbox", headers, body) == "applied"
    money_arrived(make.captured(intent))
    return intent


def photo(by: Actor) -> list[UUID]:
    return [keep_attachment(ContentFile(picture(), "carton.jpg"), by.company_id, by=by).pk]  # type: ignore[arg-type]


def report(visit: Visit, defects: Any = None) -> InspectionReport:
    return report_inspection(visit.inspection.pk, defects or GOOD, photo(visit.by), "All cartons opened.", by=visit.by)
