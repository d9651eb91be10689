"""The fee of an inspection: paid into an escrow of its own, to the inspector with the report, else back to whoever paid."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from everfair.base.actor import RAIL_ACTOR, SYSTEM, Actor
from everfair.base.events import emit
from everfair.base.refused import NotVisible, Refused
from everfair.base.rows import ask, find_one
from everfair.base.states import stepping
from everfair.base.together import part
from everfair.companies.queries import refuse_stopped
from everfair.events.trade import InspectionFeeHeld
from everfair.ledger.actions import post_entry
from everfair.ledger.queries import balance
from everfair.ledger.values import received
from everfair.payments.actions import open_intent, return_received, spend_received
from everfair.trade import postings
from everfair.trade.actions.stages import locked_order
from everfair.trade.models import Inspection
from everfair.trade.queries.inspecting import inspections_visible_to
from everfair.trade.roles import customers_purse


def locked_inspection(inspection_id: UUID, *, by: Actor) -> Inspection:
    """The inspection and, before it, its order, both locked. An inspector may lock the order without seeing it."""
    where, params = inspections_visible_to(by).seen_as  # type: ignore[attr-defined]
    rows = ask(f"SELECT order_id FROM trade_inspection WHERE id = %s AND {where}", [inspection_id, *params])  # noqa: S608
    if not rows:
        raise NotVisible
    order = locked_order(rows[0][0], by=SYSTEM)
    found = find_one(Inspection, "id = %s FOR UPDATE", [inspection_id])
    assert found is not None
    found.order = order
    order.inspected_by_id = found.inspector_id  # type: ignore[attr-defined]
    return found


def pay_inspection(inspection_id: UUID, *, by: Actor) -> UUID:
    """Whoever booked it wishes to pay the fee into escrow: returns the payment's id. Repeating returns the same payment."""
    with part():
        where, params = inspections_visible_to(by).seen_as  # type: ignore[attr-defined]
        asked = f"SELECT booked_by_id, inspector_id FROM trade_inspection WHERE id = %s AND {where}"  # noqa: S608
        sides = ask(asked, [inspection_id, *params])
        if not sides:
            raise NotVisible
        refuse_stopped(list(sides[0]), "deposit")
        found = locked_inspection(inspection_id, by=by)
        if not customers_purse.admits(by, found):
            raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
        if found.state != "accepted":
            raise Refused("trade.inspection_not_accepted", _("The fee is paid when the inspector has accepted."))
        if found.fee != "paying":
            with stepping(found, "pay", by=by):
                pass
        intent = open_intent(
            company_id=found.booked_by_id,
            purpose_kind="inspection",
            purpose=found.pk,
            amount=found.fee_amount,
            description=_("Inspection of the order %(order)s") % {"order": found.order.reference},
            return_path=f"/{by.language}/inspections/{found.pk}/",
            market=found.order.market,
            by=by,
        )
        return intent.pk


def reopen_inspection_fee(inspection_id: UUID, *, by: Actor = RAIL_ACTOR) -> None:
    """The payment failed or ran out: the fee can be paid again."""
    with part(), stepping(locked_inspection(inspection_id, by=by), "reopen", by=by):
        pass


def fund_inspection(inspection_id: UUID, intent_id: UUID, *, by: Actor = RAIL_ACTOR) -> None:
    """Put the captured fee in escrow. When the inspection waits for it no more, it goes to the payer's wallet. Safe to repeat."""
    with part():
        found = locked_inspection(inspection_id, by=by)
        try:
            with transaction.atomic(), stepping(found, "fund", by=by):
                spend_received(
                    intent_id,
                    f"inspection:{found.pk}:fund",
                    lambda source, amount: postings.stage_funded(source, found.pk, amount),
                    kind="inspection_funded",
                    by=by,
                )
                emit(InspectionFeeHeld(found.order_id, found.pk, found.fee_amount), by=by)
        except Refused:
            if balance(received(intent_id), found.currency).posted.minor > 0:
                return_received(intent_id, by=by, why="the inspection does not wait for its fee")


def earn_fee(found: Inspection, *, by: Actor) -> None:
    """The report is in: the fee goes to the inspector, whatever the verdict."""
    with stepping(found, "earn", by=by):
        transfers = postings.fee_earned(found.pk, found.inspector_id, found.fee_amount)
        post_entry(f"inspection:{found.pk}:end", transfers, kind="inspection_earned", by=by, why=_why(found))


def end_fee(found: Inspection, *, by: Actor) -> None:
    """There will be no report: a fee that is held goes back to whoever paid it, one that is not need not be paid."""
    if found.fee == "held":
        with stepping(found, "give_back", by=by):
            transfers = postings.fee_returned(found.pk, found.booked_by_id, found.fee_amount)
            post_entry(f"inspection:{found.pk}:end", transfers, kind="inspection_returned", by=by, why=_why(found))
    elif found.fee in ("due", "paying"):
        with stepping(found, "void", by=by):
            pass


def _why(found: Inspection) -> dict[str, str]:
    return {"order": found.order.reference, "inspection": str(found.pk)}
