"""Goods accepted before all of them were: their part of what is held is paid, the rest stays where it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.events import emit
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.rows import insert
from everfair.base.together import part
from everfair.companies.queries import refuse_stopped
from everfair.events.trade import PartAccepted
from everfair.reference.queries import unit as unit_row
from everfair.trade.actions.stages import locked_order, locked_stages, part_stages
from everfair.trade.models import Acceptance, AcceptedLine, Order
from everfair.trade.queries.accepted import AcceptableLine, acceptable, kept_for_goods, part_payable
from everfair.trade.queries.orders import order as order_of
from everfair.trade.roles import buyer


def accept_goods(order_id: UUID, lines: Mapping[int, Decimal], *, by: Actor) -> Order:
    """The buyer accepts this much more of these lines (line → quantity), of what has been sent; all of it is `receive_order`.

    Of what is held for the goods, as much is paid to the seller as the accepted goods are of all the goods, in money, less what was
    paid for earlier ones; the rest stays in escrow. It is final. Refuses more than was sent, all that is left (that is receiving),
    what is worth less than the smallest unit, an open issue (I8), and a stop on release (I17).
    """
    seen = order_of(order_id, by, sides=False)
    with part():
        refuse_stopped([seen.buyer_id, seen.seller_id], "release")
        order = locked_order(order_id, by=by)
        if not buyer.admits(by, order):
            raise Refused("base.not_your_move", _("Your role does not allow this."), status=403)
        if order.agreement != "agreed" or order.goods not in ("part", "shipped"):
            raise Refused("trade.not_open", _("This order is not open."))
        if order.issue == "open":
            raise Refused("trade.issue_open", _("You reported an issue. Withdraw it first, or wait for the ruling."))
        goods = acceptable(order)
        refuse_quantities(goods, lines)
        stages = locked_stages(order, "funded")
        paid = part_payable(order, stages, goods, lines)
        if not paid:
            raise Refused("trade.nothing_to_pay", _("Nothing is held that could be paid for these goods."), field="lines")
        accepted = Acceptance(order=order, part=True, by=by.label)
        insert(accepted)
        insert(*(AcceptedLine(acceptance=accepted, order=order, n=n, quantity=lines[n]) for n in sorted(lines)))
        emit(PartAccepted(order.pk, accepted.pk, order.buyer_id, order.seller_id, Money(paid.minor, order.currency)), by=by)
        part_stages(order, kept_for_goods(stages), paid, accepted, by=by)
    return order


def refuse_quantities(goods: Sequence[AcceptableLine], lines: Mapping[int, Decimal]) -> None:
    """What could never be accepted so; the page asks before anybody confirms."""
    known = {line.n: line for line in goods}
    if not lines:
        raise Refused("trade.nothing_accepted", _("Please say which goods are right."), field="lines", status=422)
    for n, quantity in lines.items():
        line = known.get(n)
        if line is None:
            raise Refused("trade.line_unknown", _("There is no such line."), field="lines", status=422)
        if quantity <= 0 or not unit_row(line.unit).allows(quantity):
            raise Refused("trade.quantity", _("Please give a quantity that the unit allows."), field=f"quantity_{n}", status=422)
        if quantity > line.open:
            message = _("Of these goods %(open)s were sent and not confirmed yet.") % {"open": f"{line.open.normalize():f}"}
            raise Refused("trade.too_much", message, field=f"quantity_{n}", status=422)
    if all(line.accepted + lines.get(line.n, Decimal(0)) >= line.whole for line in goods):
        raise Refused(
            "trade.all_accepted", _("That is everything: confirm the goods of the whole order."), field="lines", status=422
        )
