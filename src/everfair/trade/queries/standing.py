"""Where an order stands, whose turn it is, and what happens by itself if nobody acts: the three answers of its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.base.deadlines import deadlines_of
from everfair.trade.models import Order, Stage
from everfair.trade.queries.calendars import late_from
from everfair.trade.queries.inspecting import BLOCKS_MONEY
from everfair.trade.queries.kinds import group_closes_at, waits_for_group
from everfair.trade.queries.moves import presented_stage, waited_for

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Standing:
    """`turn` is buyer, seller, both (in a claim), operator or nobody; `at_zero` says what happens at `until` when nobody acts."""

    code: str
    stands: Words
    turn: str
    asks: Words
    at_zero: Words
    until: datetime | None
    yours: bool = False


_CLOSED: dict[str, Words] = {
    "declined": _("The seller declined these terms. Nothing was paid."),
    "cancelled": _("The order was cancelled. Nothing is owed."),
    "lapsed": _("The order closed because nobody acted in time. Nothing is owed."),
    "called_off": _("The order was called off. Everything that was held went back to the buyer's wallet."),
    "completed": _("The trade is settled."),
}


def standing_of(order: Order, stages: list[Stage], actor: Actor) -> Standing:
    """One sentence each; the deadline is the one the clock really holds."""
    due = {kind: at for (_subject, kind), at in deadlines_of([order.pk]).items()}
    return standing_with(order, stages, due, actor, claimed([order]))


def standing_with(
    order: Order,
    stages: list[Stage],
    due: dict[str, datetime],
    actor: Actor,
    claims: Mapping[UUID, Standing] = MappingProxyType({}),
) -> Standing:
    """The same for a list, whose deadlines and claims were read at once: kind → due moment, order → where its claim stands."""
    found = _standing(order, stages, due, claims)
    side = {order.buyer_id: "buyer", order.seller_id: "seller"}.get(actor.company_id or order.pk)
    if actor.kind == "operator":
        side = "operator"
    return replace(found, yours=found.turn == side or (found.turn == "both" and side in ("buyer", "seller")))


_explain_issues: Callable[[list[UUID]], dict[UUID, Standing]] | None = None


def explain_issues_with(function: Callable[[list[UUID]], dict[UUID, Standing]]) -> None:
    """The package of claims registers here: orders with an open issue → where the claim of each stands."""
    global _explain_issues
    _explain_issues = function


def claimed(orders: Sequence[Order]) -> dict[UUID, Standing]:
    """Where the claims of these orders stand; no query when none has an open issue."""
    opened = [order.pk for order in orders if order.issue == "open"]
    return _explain_issues(opened) if opened and _explain_issues is not None else {}


def _standing(order: Order, stages: list[Stage], due: dict[str, datetime], claims: Mapping[UUID, Standing]) -> Standing:
    if order.agreement in _CLOSED:
        return Standing(order.agreement, _CLOSED[order.agreement], "nobody", "", "", None)
    if order.issue == "open" and order.pk in claims:
        return claims[order.pk]
    if order.issue == "open":
        return Standing(
            "issue",
            _("An issue is open. What is held stays frozen."),
            "operator",
            _("The operator looks at both sides and decides with reasons."),
            _("The case is marked as overdue. Nothing is paid to anyone until the decision."),
            due.get("trade.case"),
        )
    if order.agreement == "offered":
        return Standing(
            "offered",
            _("The buyer has signed. The terms wait for the seller's signature."),
            "seller",
            _("Read the terms and sign or decline them."),
            _("The order closes; nothing was paid."),
            due.get("trade.sign"),
        )
    if order.kind == "framework":
        return Standing(
            "framework",
            _("The framework contract runs: the buyer calls goods off as they are needed."),
            "nobody",
            _("Nobody has to act. The buyer may call goods off; both may end it together."),
            _("The framework contract ends; call-offs that run go on."),
            due.get("trade.framework"),
        )
    waiting = next((stage for stage in stages if stage.state in ("due", "paying")), None)
    first_paid = waiting is None or waiting.n > 1
    if first_paid and order.goods == "awaiting" and order.inspection in BLOCKS_MONEY:
        return _failed(order, due)
    if waiting is not None:
        return _payment(waiting, due)
    if waits_for_group(order):
        return Standing(
            "group",
            _("This part is held in escrow. The group buy waits for its threshold."),
            "nobody",
            _("Nobody has to act until it closes."),
            _("At the threshold every paid order goes on; below it all money goes back to the buyers' wallets."),
            group_closes_at(order),
        )
    if order.goods == "awaiting" and order.inspection == "open":
        return _inspecting(_("An inspection is booked. The goods are not shipped before its report."), due)
    if presented_stage(stages) is not None:
        return Standing(
            "confirm",
            _("The supplier has shown what this stage is paid for."),
            "buyer",
            _("Look at it and confirm it, or send it back; only then is this stage paid out."),
            _("An issue is opened for the operator. Silence alone never pays."),
            due.get("trade.confirm"),
        )
    coming = next((stage for stage in stages if stage.state == "planned"), None)
    if order.goods == "awaiting" and coming is not None and coming.due_on == "inspection" and order.inspection == "none":
        return Standing(
            "inspect",
            _("What is due so far is held in escrow. The balance is due when an inspection has passed."),
            "seller",
            _("Make the goods, and book an inspection. The buyer may book it too."),
            *_at_ship_by(due),
        )
    if order.goods != "shipped" and coming is not None and coming.due_day is not None:
        return Standing(
            "dated",
            _("What is due so far is held in escrow. The balance falls due on its day."),
            "nobody",
            _("Nobody has to act until then. The buyer may pay earlier."),
            _("The next payment falls due."),
            due.get("trade.date"),
        )
    shows = waited_for(order, stages)
    if "production_photo" in shows or (order.goods == "shipped" and shows):
        return _showing(order, shows[0], due)
    if order.goods == "shipped" and order.confirm_by is not None:
        return Standing(
            "delivered",
            _("The delivery of the goods is proven. What is paid is held in escrow."),
            "buyer",
            _("Look at the goods and confirm them, or report what is wrong."),
            _(
                "Silence counts as acceptance: the seller is paid, if the reminders were delivered and no question is open."
                " Otherwise an issue is opened for the operator."
            ),
            due.get("trade.receive"),
        )
    if order.goods == "shipped":
        return Standing(
            "shipped",
            _("The goods are on their way. What is paid is held in escrow."),
            "buyer",
            _("Confirm when the goods have arrived and are right; only then is the seller paid."),
            _("An issue is opened for the operator. Silence alone never pays."),
            due.get("trade.receive"),
        )
    if order.goods == "part":
        return _part(order, due)
    if "trade.ship" not in due and now() > late_from(order):
        return Standing(
            "late",
            _("The ship-by day has passed and nothing was shipped. What was due before shipping is held in escrow."),
            "seller",
            _("Ship the goods now, or call the order off."),
            _("An issue is opened for the operator. Until then the buyer may call the order off and take the money back."),
            due.get("trade.late"),
        )
    return Standing(
        "funded",
        _("Everything due before shipping is held in escrow. Both sides have signed."),
        "seller",
        _("Ship the goods and give the tracking number."),
        _("The buyer may call the order off and take the money back."),
        due.get("trade.ship"),
    )


def _at_ship_by(due: dict[str, datetime]) -> tuple[Words, datetime | None]:
    """What happens while the goods are made: at the ship-by day the buyer is free, and long after it an operator looks."""
    if "trade.late" in due:
        late = _("An issue is opened for the operator. Until then the buyer may call the order off and take the money back.")
        return late, due["trade.late"]
    return _("The buyer may call the order off and take back what is held."), due.get("trade.ship")


def _failed(order: Order, due: dict[str, datetime]) -> Standing:
    if order.inspection == "again":
        return _inspecting(_("The goods failed an inspection and are inspected again."), due)
    return Standing(
        "failed",
        _("The goods failed the inspection. They are not shipped, and no further part is paid."),
        "seller",
        _("Mend the goods and have them inspected again. The buyer may also waive the inspection in writing."),
        _("An issue is opened for the operator; what is held stays where it is."),
        due.get("trade.recheck"),
    )


def _inspecting(stands: Words, due: dict[str, datetime]) -> Standing:
    return Standing(
        "inspecting",
        stands,
        "seller",
        _("Pack the goods, declare it on the inspection's page, and let the inspector in."),
        _("The booking ends, and the inspection fee goes back to whoever paid it."),
        due.get("trade.inspection"),
    )


def _part(order: Order, due: dict[str, datetime]) -> Standing:
    if "trade.ship" not in due and now() > late_from(order):
        return Standing(
            "part_late",
            _("The ship-by day has passed, and a part of the goods is still missing."),
            "seller",
            _("Ship the rest. The buyer may report what is missing."),
            _("An issue is opened for the operator."),
            due.get("trade.late"),
        )
    return Standing(
        "part",
        _("A part of the goods is on its way."),
        "seller",
        _("Ship the rest, or say that nothing more follows."),
        _("The buyer may report what is missing."),
        due.get("trade.ship"),
    )


def _payment(stage: Stage, due: dict[str, datetime]) -> Standing:
    if stage.n == 1:
        return Standing(
            "pay",
            _("Both sides have signed. The first payment is due."),
            "buyer",
            _("Pay into escrow. The seller receives it only when you confirm the goods."),
            _("The order closes; nothing is owed."),
            due.get("trade.pay"),
        )
    if stage.name == "top_up":
        return Standing(
            "top_up",
            _("Both sides have signed new terms. The difference is due."),
            "buyer",
            _("Pay the difference into escrow."),
            _("An issue is opened for the operator; what is held stays where it is."),
            due.get("trade.balance"),
        )
    if stage.due_on == "production_photo":
        return Standing(
            "production",
            _("The supplier has shown the production. The next payment is due."),
            "buyer",
            _("Pay the next part into escrow."),
            _("An issue is opened for the operator; what is held stays where it is."),
            due.get("trade.balance"),
        )
    if stage.due_on == "inspection":
        return Standing(
            "inspected",
            _("The goods have passed the inspection. The next payment is due."),
            "buyer",
            _("Pay the next part into escrow."),
            _("An issue is opened for the operator; what is held stays where it is."),
            due.get("trade.balance"),
        )
    if stage.due_on == "shipping_document":
        return Standing(
            "documents",
            _("The goods are shipped, and a copy of the shipping document lies here."),
            "buyer",
            _("Look at the document and pay the balance into escrow."),
            _("An issue is opened for the operator; what is held stays where it is."),
            due.get("trade.balance"),
        )
    if stage.due_on == "acceptance":
        return Standing(
            "last",
            _("The goods are accepted. The last part is due."),
            "buyer",
            _("Pay the last part."),
            _("An issue is opened for the operator."),
            due.get("trade.balance"),
        )
    return Standing(
        "balance",
        _("The deposit is held in escrow. The seller prepares the goods."),
        "buyer",
        _("Pay the balance into escrow, so that the seller can ship."),
        _("An issue is opened for the operator; what is held stays where it is."),
        due.get("trade.balance"),
    )


def _showing(order: Order, kind: str, due: dict[str, datetime]) -> Standing:
    if kind == "production_photo":
        return Standing(
            "show",
            _("What is due so far is held in escrow. The supplier makes the goods."),
            "seller",
            _("Show pictures of the production."),
            *_at_ship_by(due),
        )
    return Standing(
        "show",
        _("The goods are on their way. The balance is due against a copy of the shipping document."),
        "seller",
        _("Show a copy of the shipping document."),
        _("An issue is opened for the operator. Silence alone never pays."),
        due.get("trade.receive"),
    )
