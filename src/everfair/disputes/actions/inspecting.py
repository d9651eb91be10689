"""A third company looks at the contested goods; its report is laid down in the claim's file by itself."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import SYSTEM, Actor
from everfair.base.deadlines import deadlines_of, set_deadline
from everfair.base.events import emit
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.companies.queries import linked_people
from everfair.disputes.actions.assigning import inspection_due
from everfair.disputes.actions.claiming import lay_down, side_of, stepped, taking_up
from everfair.disputes.actions.ruling import refuse_judge
from everfair.disputes.models import Claim
from everfair.disputes.queries.inspecting import contested, days_to_report, payer_of
from everfair.events.disputes import ClaimInspectionOrdered
from everfair.trade.actions import ask_inspection_in_claim


def inspect_claim(
    claim_id: UUID,
    inspector_id: UUID,
    *,
    fee: Money,
    wanted_on: date,
    place: str,
    level: str = "II",
    note: str = "",
    by: Actor,
) -> Claim:
    """Either side, or the arbitrator whose case it is, has the contested quantity inspected by a stranger to both.

    Whoever orders pays the fee into escrow; for the arbitrator the buyer does, who claims. When the goods fail the seller owes it to a
    buyer who paid. The first inspection of a claim moves the ruling's deadline to the end of `disputes.inspection_days`, no later one
    does. Refuses goods that are not there to be looked at, and a second inspection beside an open one.
    """
    with taking_up(claim_id, by=by) as claim, stepped(claim, "inspect", by=by):
        lines = contested(claim)
        if not lines:
            message = _("There are no goods to look at: what is claimed did not arrive, came late, or is about papers.")
            raise Refused("disputes.nothing_to_inspect", message)
        side = side_of(claim, by)
        if side == "arbitrator":
            refuse_judge(claim, by, assigned=True)
            if by.person_id in linked_people([inspector_id]):
                message = _("You have or had to do with this inspector. Please choose another.")
                raise Refused("disputes.inspector_linked", message, field="inspector", status=422)
        made = ask_inspection_in_claim(
            claim.order_id,
            claim.pk,
            inspector_id,
            payer_id=payer_of(claim, side),
            lines=lines,
            fee=fee,
            wanted_on=wanted_on,
            days=days_to_report(claim),
            place=place,
            level=level,
            note=note,
            by=by,
        )
        body = {"inspection": str(made.pk), "inspector": made.inspector.name, "wanted_on": wanted_on.isoformat(), "place": place}
        body |= {"fee": f"{fee.amount}", "currency": fee.currency, "payer": "seller" if side == "seller" else "buyer"}
        lay_down(claim, "inspection", by=by, verb="inspect", text=note, body=body)
        if claim.report_by is None:
            claim.report_by = inspection_due(claim)
            _wait_with_the_ruling(claim)
        emit(ClaimInspectionOrdered(claim.pk, claim.order_id, made.pk, side), by=by)
    return claim


def _wait_with_the_ruling(claim: Claim) -> None:
    """A ruling that is due before the report waits for it; what is due later stays."""
    due = deadlines_of([claim.pk]).get((claim.pk, "disputes.rule"))
    if due is not None and claim.report_by is not None and due < claim.report_by:
        set_deadline("disputes.rule", claim.pk, claim.report_by)


def read_inspections(claim_id: UUID) -> None:
    """What was reported outside lies in the file as soon as somebody takes the claim up; so does the worker, at once."""
    with taking_up(claim_id, by=SYSTEM):
        pass
