"""Inspections inside a claim, for `disputes`: the same inspectors, plans, fees and reports, but neither goods nor money wait for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.deadlines import set_deadline
from everfair.base.events import emit
from everfair.base.formats import plain_day
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.rows import ask, insert
from everfair.base.together import part
from everfair.events.trade import InspectionAsked
from everfair.trade.actions.inspections import end_open_inspection, inspector_for, known_level, lots_to_see, next_n
from everfair.trade.actions.stages import locked_order
from everfair.trade.models import Inspection
from everfair.trade.queries.calendars import due_at, end_of_day
from everfair.trade.queries.inspecting import days_in_claim, lots_of


def ask_inspection_in_claim(
    order_id: UUID,
    claim_id: UUID,
    inspector_id: UUID,
    *,
    payer_id: UUID,
    lines: Mapping[int, Decimal],
    fee: Money,
    wanted_on: date,
    days: int,
    place: str,
    level: str = "II",
    note: str = "",
    by: Actor,
) -> Inspection:
    """Ask an inspector to look at contested goods; who may order one, and in which state of a claim, is the caller's to ask.

    `payer_id` is the side that pays the fee into escrow; `days` the business days from today within which the report is due. Refuses
    a second one beside an open one, an inspector who is linked to a side, and a day whose report would come too late.
    """
    with part():
        order = locked_order(order_id, by=by)
        if ask("SELECT 1 FROM trade_inspection WHERE order_id = %s AND state IN ('asked', 'accepted')", [order.pk]):
            raise Refused("trade.inspection_open", _("An inspection is under way already."))
        inspector = inspector_for(order, inspector_id, fee)
        first, last = days_in_claim(order, days)
        if not first <= wanted_on <= last:
            message = _("Please choose a day between %(first)s and %(last)s: the claim does not wait longer.")
            said = message % {"first": plain_day(first), "last": plain_day(last)}
            raise Refused("trade.inspection_day", said, field="wanted_on", status=422)
        made = Inspection(
            order=order,
            n=next_n(order),
            booked_by_id=payer_id,
            inspector=inspector,
            claim_id=claim_id,
            level=known_level(level),
            lots=lots_of(order, lots_to_see(order, lines), level),
            wanted_on=wanted_on,
            place=place,
            note=note,
            fee_minor=fee.minor,
            currency=fee.currency,
        )
        insert(made)
        # Who has not answered by the day of the visit does not come.
        set_deadline(
            "trade.inspection", order.pk, min(due_at(order, "trade.inspection_answer_days", now()), end_of_day(wanted_on))
        )
        side = {order.buyer_id: "buyer", order.seller_id: "seller"}.get(by.company_id, "operator")  # type: ignore[arg-type]
        emit(InspectionAsked(order.pk, made.pk, side), by=by)
    return made


def end_inspection_in_claim(order_id: UUID, *, by: Actor) -> None:
    """The claim goes on without a report: what is open of it ends, and a fee that is held goes back to whoever paid it."""
    with part():
        end_open_inspection(locked_order(order_id, by=by), by=by)
