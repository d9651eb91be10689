"""Inspections before shipping: booked by a side, carried out by a stranger to both, and what their verdict lets go on. Those of a
claim begin in `claim_inspections.py` and take the same steps from there on.

Lock order: companies, then the order, then its stages, then the inspection, then accounts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import CLOCK_ACTOR, Actor
from everfair.base.clock import EfNow, now
from everfair.base.deadlines import clear_deadline, set_deadline
from everfair.base.events import emit
from everfair.base.money import Money
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask, find, find_one, insert
from everfair.base.states import stepping
from everfair.base.together import part
from everfair.companies.queries import companies_by_id
from everfair.events.trade import (
    GoodsPacked,
    InspectionAccepted,
    InspectionAsked,
    InspectionCancelled,
    InspectionDeclined,
    InspectionFailed,
    InspectionLapsed,
    InspectionPassed,
    InspectionWaived,
)
from everfair.files.actions import share_file
from everfair.files.queries import files_by_id
from everfair.trade.actions.inspection_fees import earn_fee, end_fee, locked_inspection
from everfair.trade.actions.stages import locked_order, locked_stages, resume
from everfair.trade.models import Inspection, InspectionDebt, InspectionReport, Order, OrderLine
from everfair.trade.queries.calendars import due, end_of_day
from everfair.trade.queries.inspecting import (
    LEVELS,
    earliest_day,
    is_ready,
    lots_of,
    may_ask,
    refuse_linked,
    report_by,
    rule_of,
    verdicts,
)
from everfair.trade.roles import buyer

MOST_PHOTOS = 20


def ask_inspection(
    order_id: UUID,
    inspector_id: UUID,
    *,
    fee: Money,
    wanted_on: date,
    place: str,
    lines: Mapping[int, Decimal] | None = None,
    level: str = "II",
    note: str = "",
    by: Actor,
) -> Inspection:
    """Ask an inspector to look at the goods (all lines whole when none is named) on a day, for a fee in the order's currency.

    The buyer may, any time before shipping; the seller where a payment waits for an inspection, or after a fail. An inspection
    after a fail repeats the failed one, with its lots. Refuses an inspector who is linked to a side, a day too near, and, for the
    buyer's first inspection, one whose report could come after the ship-by day: nobody is made late by the other side.
    """
    with part():
        order = locked_order(order_id, by=by)
        if not may_ask(order, by):
            raise Refused("trade.inspection_not_now", _("No inspection can be booked now."), status=409)
        inspector = inspector_for(order, inspector_id, fee)
        former = find_one(Inspection, "order_id = %s AND state = 'failed' AND claim_id IS NULL", [order.pk])
        _refuse_day(order, wanted_on, by, again=former is not None)
        made = Inspection(
            order=order,
            n=next_n(order),
            booked_by_id=by.company_id,
            inspector=inspector,
            former=former,
            level=former.level if former else known_level(level),
            lots=former.lots if former else lots_of(order, lots_to_see(order, lines), level),
            wanted_on=wanted_on,
            place=place,
            note=note,
            fee_minor=fee.minor,
            currency=fee.currency,
        )
        insert(made)
        _summarise(order)
        set_deadline("trade.inspection", order.pk, due(order, "trade.inspection_answer_days"))
        emit(InspectionAsked(order.pk, made.pk, "buyer" if by.company_id == order.buyer_id else "seller"), by=by)
    return made


def inspector_for(order: Order, inspector_id: UUID, fee: Money) -> Any:
    """Who may be booked for a locked order, at this fee: admitted, and a stranger to both sides."""
    inspector = companies_by_id([inspector_id]).get(inspector_id)
    if inspector is None or not inspector.is_inspector:
        raise Refused("trade.no_inspector", _("Please choose an inspector from the list."), field="inspector", status=422)
    refuse_linked(order, inspector_id)
    if fee.minor <= 0 or fee.currency != order.currency:
        raise Refused("trade.inspection_fee", _("Please give a fee above zero."), field="fee", status=422)
    return inspector


def next_n(order: Order) -> int:
    return int(ask("SELECT count(*) + 1 FROM trade_inspection WHERE order_id = %s", [order.pk])[0][0])


def known_level(level: str) -> str:
    if level not in LEVELS:
        raise Refused("trade.inspection_level", _("Please choose one of the general levels."), field="level", status=422)
    return level


def lots_to_see(order: Order, lines: Mapping[int, Decimal] | None) -> Sequence[tuple[int, Decimal]]:
    whole = {line.n: line.quantity for line in find(OrderLine, "order_id = %s ORDER BY n", [order.pk])}
    wanted = dict(lines) if lines else whole
    if not wanted or any(n not in whole or not 0 < quantity <= whole[n] for n, quantity in wanted.items()):
        raise Refused(
            "trade.inspection_lines", _("Please name lines of the contract, and no more than their quantity."), field="lines", status=422
        )  # fmt: skip
    return sorted(wanted.items())


def _refuse_day(order: Order, wanted_on: date, by: Actor, *, again: bool) -> None:
    if wanted_on < earliest_day(order):
        raise Refused(
            "trade.inspection_too_soon",
            _("An inspection is booked ahead: on %(day)s at the earliest.") % {"day": date_format(earliest_day(order))},
            field="wanted_on", status=422,
        )  # fmt: skip
    if wanted_on > now().date() + timedelta(days=366):
        raise Refused("trade.inspection_too_late", _("Please choose a day within a year."), field="wanted_on", status=422)
    if by.company_id == order.buyer_id and not again and report_by(order, wanted_on) > order.ship_by:
        raise Refused(
            "trade.inspection_too_late",
            _("The report would come after the ship-by day %(day)s, and make the supplier late.") % {"day": date_format(order.ship_by)},
            field="wanted_on", status=422,
        )  # fmt: skip


def accept_inspection(inspection_id: UUID, *, by: Actor) -> Inspection:
    """The inspector will come. Refuses when a link to one of the two sides has come to be since."""
    with part():
        found = locked_inspection(inspection_id, by=by)
        with stepping(found, "accept", by=by):
            refuse_linked(found.order, found.inspector_id)
            late = end_of_day(report_by(found.order, found.wanted_on, claim=found.claim_id is not None))
            set_deadline("trade.inspection", found.order_id, late)
            emit(InspectionAccepted(found.order_id, found.pk), by=by)
    return found


def decline_inspection(inspection_id: UUID, reason: str, *, by: Actor) -> Inspection:
    """The inspector will not come, also after having accepted; a fee that is held goes back."""
    with part():
        found = locked_inspection(inspection_id, by=by)
        with stepping(found, "decline", by=by, reason=reason):
            found.ended_at = EfNow()
            emit(InspectionDeclined(found.order_id, found.pk), by=by)
        _ended_without_report(found, by=by)
    return found


def cancel_inspection(inspection_id: UUID, reason: str, *, by: Actor) -> Inspection:
    """Whoever booked it steps back before the report; a fee that is held goes back."""
    with part():
        found = locked_inspection(inspection_id, by=by)
        with stepping(found, "cancel", by=by, reason=reason):
            found.ended_at = EfNow()
            side = "buyer" if by.company_id == found.order.buyer_id else "seller"
            emit(InspectionCancelled(found.order_id, found.pk, side), by=by)
        _ended_without_report(found, by=by)
    return found


def lapse_inspection(order_id: UUID) -> None:
    """The inspector did not answer, or nothing was reported in time: the booking ends, and the fee goes back."""
    with part():
        order = locked_order(order_id, by=CLOCK_ACTOR)
        end_open_inspection(order, by=CLOCK_ACTOR)
        _go_on(order, by=CLOCK_ACTOR)


def close_inspections(order: Order, *, by: Actor) -> None:
    """An open inspection of a locked order ends with the order itself. No query where there is none; a claim's ends with its claim."""
    if order.inspection in ("open", "again"):
        end_open_inspection(order, by=by)


def end_open_inspection(order: Order, *, by: Actor) -> None:
    """The open inspection of a locked order, of whatever purpose, ends without a report; a fee that is held goes back."""
    found = find_one(Inspection, "order_id = %s AND state IN ('asked', 'accepted') FOR UPDATE", [order.pk])
    if found is None:
        return
    found.order = order
    with stepping(found, "lapse", by=by):
        found.ended_at = EfNow()
        emit(InspectionLapsed(order.pk, found.pk), by=by)
    clear_deadline("trade.inspection", order.pk)
    end_fee(found, by=by)
    _summarise(order)


def _ended_without_report(found: Inspection, *, by: Actor) -> None:
    clear_deadline("trade.inspection", found.order_id)
    end_fee(found, by=by)
    _summarise(found.order)
    _go_on(found.order, by=by)


def declare_packed(inspection_id: UUID, percent: int, *, by: Actor) -> Inspection:
    """The seller says how much of the goods is packed. Refuses less than the contract asks for before an inspection begins."""
    with part():
        found = locked_inspection(inspection_id, by=by)
        _refuse_in_claim(found)
        if found.state != "accepted":
            raise Refused("trade.inspection_not_accepted", _("No inspector has accepted yet."))
        least = int(rule_of(found.order, "trade.inspection_packed_share") * 100)
        if not least <= percent <= 100:
            raise Refused(
                "trade.not_packed", _("At least %(least)s %% are packed before an inspection begins.") % {"least": least},
                field="percent", status=422,
            )  # fmt: skip
        with stepping(found, "declare", by=by):
            found.packed_percent = percent
            emit(GoodsPacked(found.order_id, found.pk), by=by)
    return found


def _refuse_in_claim(found: Inspection) -> None:
    if found.claim_id is not None:
        raise Refused(
            "trade.inspection_in_claim", _("This inspection was ordered inside a claim: its report is laid down there.")
        )


def report_inspection(
    inspection_id: UUID, defects: Mapping[str, Mapping[str, int]], file_ids: Sequence[UUID], remarks: str = "", *, by: Actor
) -> InspectionReport:
    """The inspector's count, per line and class of defects, on the sample of the frozen plan, with photos that both sides see.

    The verdict follows from the counts. The fee goes to the inspector. After a pass the order goes on; after a fail goods are not
    shipped and the balance is not paid until a re-inspection passes or the buyer waives it, and a fee that the buyer had paid is
    the seller's debt. Inside a claim it moves nothing but its fee, and no goods are packed for it. Refuses before the wanted day, while
    the fee is not held or the goods are not declared packed, counts that do not fit the plan, and a report without photos. It is final.
    """
    with part():
        found = locked_inspection(inspection_id, by=by)
        order = found.order
        locked_stages(order)  # before accounts, because a verdict may call one of them
        if found.state == "accepted" and not is_ready(found):
            packed = _("The fee must be held and the goods declared packed before the report.")
            held = _("The fee must be held before the report.")
            raise Refused("trade.inspection_not_ready", packed if found.claim_id is None else held)
        if found.state == "accepted" and now().date() < found.wanted_on:
            raise Refused("trade.inspection_not_yet", _("The inspection is wanted on a later day."))
        counted = _counted(found, defects)
        passed = all(verdict.passed for verdict in verdicts(found, counted).values())
        with stepping(found, "pass" if passed else "fail", by=by):
            _share_photos(file_ids, order, by)
            kept = [str(file_id) for file_id in dict.fromkeys(file_ids)]
            report = InspectionReport(
                inspection=found, defects=counted, remarks=remarks, file_ids=kept, passed=passed, by=by.label
            )
            insert(report)
            if found.former_id is not None:
                _replace(found, by=by)
            found.ended_at = EfNow()
            if passed:
                emit(InspectionPassed(order.pk, found.pk), by=by)
            else:
                emit(InspectionFailed(order.pk, found.pk), by=by)
        clear_deadline("trade.inspection", order.pk)
        earn_fee(found, by=by)
        if not passed and found.booked_by_id == order.buyer_id:
            insert(InspectionDebt(inspection=found, order=order, amount_minor=found.fee_minor, currency=found.currency))
        if found.claim_id is None:
            _summarise(order)
            _go_on(order, by=by)
    return report


def _replace(found: Inspection, *, by: Actor) -> None:
    """A report on the same lots stands in the place of the failed one."""
    former = find_one(Inspection, "id = %s FOR UPDATE", [found.former_id])
    if former is not None and former.state == "failed":
        former.order = found.order
        with stepping(former, "replace", by=by):
            pass


def _counted(found: Inspection, defects: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    """Exactly one count for each class of each lot, none above its sample."""
    counted: dict[str, dict[str, int]] = {}
    if set(defects) != {str(lot["line"]) for lot in found.lots}:
        raise _bad_count()
    for lot in found.lots:
        given = defects[str(lot["line"])]
        if set(given) != set(lot["limits"]):
            raise _bad_count()
        for name, limit in lot["limits"].items():
            count = given[name]
            if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= limit["sample_size"]:
                raise _bad_count()
        counted[str(lot["line"])] = {name: given[name] for name in lot["limits"]}
    return counted


def _bad_count() -> Refused:
    return Refused(
        "trade.inspection_count",
        _("Please count every class of defects of every line, and no more pieces than were drawn."), field="defects", status=422,
    )  # fmt: skip


def _share_photos(file_ids: Sequence[UUID], order: Order, by: Actor) -> None:
    wanted = list(dict.fromkeys(file_ids))
    if not 1 <= len(wanted) <= MOST_PHOTOS:
        raise Refused("trade.inspection_photos", _("Please add between 1 and 20 photos."), field="files", status=422)
    known = files_by_id(wanted, by)
    if any(file_id not in known or known[file_id].owner_id != by.company_id for file_id in wanted):
        raise NotVisible
    if any(not known[file_id].blob.media_type.startswith("image/") for file_id in wanted):
        raise Refused("trade.shown_pictures", _("Pictures, please: JPEG, PNG or WebP."), field="files", status=422)
    for file_id in wanted:
        share_file(file_id, [order.buyer_id, order.seller_id], by=by)


def waive_inspection(inspection_id: UUID, reason: str, *, by: Actor) -> Inspection:
    """The buyer takes the goods although they failed, in writing: the order goes on. The fee stays the seller's debt."""
    with part():
        found = locked_inspection(inspection_id, by=by)
        locked_stages(found.order)
        if not buyer.admits(by, found):
            raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
        _refuse_in_claim(found)
        if found.order.agreement != "agreed" or found.order.inspection == "again":
            raise Refused("trade.inspection_open", _("A new inspection is booked. Cancel it first, or wait for its report."))
        with stepping(found, "waive", by=by, reason=reason):
            emit(InspectionWaived(found.order_id, found.pk), by=by)
        _summarise(found.order)
        _go_on(found.order, by=by)
    return found


def _summarise(order: Order) -> None:
    """The order's own word on its inspections, by which its moves are judged without another query."""
    order.inspection = ask(_SUMMARY, {"order": order.pk})[0][0]


_SUMMARY = """
    UPDATE trade_order SET inspection = (
        SELECT CASE
            WHEN bool_or(state IN ('asked', 'accepted')) AND bool_or(state = 'failed') THEN 'again'
            WHEN bool_or(state IN ('asked', 'accepted')) THEN 'open'
            WHEN bool_or(state = 'failed') THEN 'failed'
            ELSE coalesce((array_agg(state ORDER BY n DESC) FILTER (WHERE state IN ('passed', 'waived')))[1], 'none')
        END FROM trade_inspection WHERE order_id = %(order)s::uuid AND claim_id IS NULL
    ) WHERE id = %(order)s::uuid RETURNING inspection
"""


def _go_on(order: Order, *, by: Actor) -> None:
    """What the order waits for, after a verdict or the end of a booking: money and shipping, or somebody's answer to a fail."""
    if order.agreement != "agreed" or order.issue == "open" or order.goods != "awaiting":
        return
    if order.inspection in ("failed", "again"):
        clear_deadline("trade.balance", order.pk)
        if order.inspection == "failed":
            set_deadline("trade.recheck", order.pk, due(order, "trade.inspection_settle_days"))
        return
    clear_deadline("trade.recheck", order.pk)
    stages = locked_stages(order)
    if stages[0].state not in ("due", "paying"):
        resume(order, by=by)
