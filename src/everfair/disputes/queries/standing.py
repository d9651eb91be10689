"""Where a claim stands, whose turn it is, and what happens by itself: the same three answers as an order's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.deadlines import deadlines_of
from everfair.disputes.models import Claim
from everfair.disputes.states import ENDED
from everfair.trade.queries.standing import Standing, explain_issues_with

# State → (where it stands, whose turn, what is asked, what happens at zero, which deadline).
# fmt: off
_TOLD: dict[str, tuple[Any, str, Any, Any, str]] = {
    "answering": (_("The buyer has a claim. What is held is frozen."), "seller",
                  _("Answer the claim: say what you found, and offer what is fair. You can also accept what the buyer wants."),
                  _("The buyer may ask for an arbitrator; some days later the claim goes there by itself. Silence never wins."), "disputes.answer"),
    "talking":   (_("Both sides look for a settlement. What is held is frozen."), "both",
                  _("Accept the other side's offer, or make a better one."), _("The claim goes to an arbitrator by itself."), "disputes.talk"),
    "returning": (_("Agreed: the goods go back, then the money."), "buyer", _("Send the goods back and give the tracking number."),
                  _("The claim ends for the supplier, who is paid."), "disputes.return"),
    "returned":  (_("The goods are on their way back."), "seller", _("Confirm when the goods are back; or bring what is wrong with them before an arbitrator."),
                  _("The return counts as confirmed, and the buyer gets the agreed sum."), "disputes.take_back"),
    "replacing": (_("Agreed: the supplier sends new goods."), "seller", _("Send the new goods and give the tracking number."),
                  _("The claim goes to an arbitrator by itself."), "disputes.send_again"),
    "replaced":  (_("New goods are on their way."), "buyer", _("Confirm when they have arrived and are right; if not, ask for an arbitrator."),
                  _("The claim goes to an arbitrator by itself. Silence never pays."), "disputes.replacement"),
    "arbitration": (_("An arbitrator looks at both sides. What is held is frozen."), "arbitrator", _("Read the file and rule, with reasons."),
                    _("The case goes to another arbitrator, and the operator is told. Nothing is paid until a ruling."), "disputes.rule"),
    "proposed":  (_("A ruling was made; a second person looks at it first."), "arbitrator", _("Look at the proposed ruling: confirm it or send it back."),
                  _("The case goes to another arbitrator. Nothing is paid until a ruling."), "disputes.rule"),
    "ruled":     (_("There is a ruling. What is held stays frozen until it is final."), "both", _("Appeal once, with reasons, or say that you will not."),
                  _("The ruling is final, and the money is parted as it says."), "disputes.appeal"),
}
_ENDS: dict[str, Any] = {
    "settled": _("The claim is settled, as both sides agreed."), "dropped": _("The claim ended: the goods were not sent back in time."),
    "decided": _("The claim is decided for good."), "withdrawn": _("The buyer withdrew the claim."),
}
# fmt: on
_KEPT = _("The platform has stopped payouts of one of the companies. What was decided is carried out as soon as it may.")
_NOT_HELD = _("The supplier has been paid already: nothing is frozen. The claim counts for the supplier's standing.")


def standing_of_claim(claim: Claim, actor: Actor) -> Standing:
    """One sentence each; the deadline is the one the clock really holds: one query."""
    due = {kind: at for (_subject, kind), at in deadlines_of([claim.pk]).items()}
    found = _standing(claim, due)
    side = {claim.buyer_id: "buyer", claim.seller_id: "seller"}.get(actor.company_id or claim.pk)
    yours = (found.turn == "both" and side is not None) or found.turn == side
    if actor.kind == "operator":
        yours = found.turn == "arbitrator" and (claim.state == "proposed") == (claim.arbitrator_id != actor.person_id)
    return replace(found, yours=yours)


def _standing(claim: Claim, due: dict[str, datetime]) -> Standing:
    if claim.state in ENDED:
        kept = "disputes.execute" in due
        return Standing(claim.state, _KEPT if kept else _ENDS[claim.state], "nobody", "", "", due.get("disputes.execute"))
    stands, turn, asks, at_zero, kind = _TOLD[claim.state]
    if claim.state == "answering" and kind not in due:
        kind = "disputes.talk"
        at_zero = _("The claim goes to an arbitrator by itself.")
    return Standing(f"claim_{claim.state}", stands if claim.held_minor else _NOT_HELD, turn, asks, at_zero, due.get(kind))


def standings_of_orders(order_ids: Iterable[UUID]) -> dict[UUID, Standing]:
    """For the pages of orders with an open issue: two queries. A turn of both is the one's who looks: said as the buyer's and seller's."""
    kept = Q(state__in=ENDED, carried_out_at=None, held_minor__gt=0) & ~Q(state="withdrawn")
    claims = list(Claim.objects.filter(~Q(state__in=ENDED) | kept, order__in=list(order_ids)))
    if not claims:
        return {}
    due: dict[UUID, dict[str, datetime]] = {claim.pk: {} for claim in claims}
    for (subject, kind), at in deadlines_of(list(due)).items():
        due[subject][kind] = at
    found = {}
    for claim in claims:
        standing = _standing(claim, due[claim.pk])
        turn = {"arbitrator": "operator"}.get(standing.turn, standing.turn)
        found[claim.order_id] = replace(standing, turn=turn)
    return found


explain_issues_with(standings_of_orders)
