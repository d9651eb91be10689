"""Goods in several consignments, and a little more or less than ordered: what it takes, and what it means in money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from everfair.base.actor import Actor
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.base.rows import insert
from everfair.reference.queries import unit as unit_row
from everfair.trade.actions.stages import add_top_up, locked_stages, refuse_too_low
from everfair.trade.models import Credit, Order, ShippedLine
from everfair.trade.queries.shipments import LineGoods, difference_of, goods_of


def take_along(order: Order, lines: Mapping[int, Decimal] | None, *, last: bool) -> tuple[list[LineGoods], dict[int, Decimal]]:
    """The lines as they stand with this consignment, and what it carries. `lines` None: all that is left, as ordered.

    Refuses an unknown line, a quantity that its unit does not allow, more than the contract's tolerance lets the seller send, and,
    when nothing more is to come (`last`), less than that.
    """
    goods = goods_of(order)
    if lines is None:
        lines = {line.n: line.left for line in goods if line.left}
    known = {line.n: line for line in goods}
    for n, quantity in lines.items():
        line = known.get(n)
        if line is None:
            raise Refused("trade.line_unknown", _("There is no such line."), field="lines", status=422)
        if not unit_row(line.unit).allows(quantity):
            raise Refused("trade.quantity", _("Please give a quantity that the unit allows."), field=f"quantity_{n}", status=422)
    after = [replace(line, shipped=line.shipped + lines.get(line.n, Decimal(0))) for line in goods]
    for line in after:
        if line.shipped > line.most:
            message = _("The contract lets you send at most %(most)s in all.") % {"most": f"{line.most.normalize():f}"}
            raise Refused("trade.too_much", message, field=f"quantity_{line.n}", status=422)
        if last and line.shipped < line.least:
            short = _("The contract asks for at least %(least)s in all. Ship the rest later, or propose new terms.")
            least = {"least": f"{line.least.normalize():f}"}
            raise Refused("trade.too_little", short % least, field=f"quantity_{line.n}", status=422)
    return after, dict(lines)


def write_shipped(order: Order, consignment_id: UUID, carried: Mapping[int, Decimal]) -> None:
    insert(
        *(
            ShippedLine(order=order, consignment_id=consignment_id, n=n, quantity=quantity)
            for n, quantity in sorted(carried.items())
        )
    )


def settle_difference(order: Order, goods: list[LineGoods], *, by: Actor) -> None:
    """All goods have left, a little more or less than ordered: more is a further payment, due now; less a credit, which the buyer gets
    back when the goods are settled. The order is being moved and saved by the caller."""
    difference = difference_of(goods, order.currency)
    if not difference:
        return
    stages = locked_stages(order)
    order.difference_minor = difference.minor
    if difference.minor > 0:
        add_top_up(order, stages, difference, by=by)
        return
    refuse_too_low(order, stages, -difference)
    insert(Credit(order=order, amount_minor=-difference.minor, currency=order.currency))


def is_whole(goods: list[LineGoods]) -> bool:
    """Every line is on its way, as ordered or more."""
    return all(line.shipped >= line.ordered for line in goods)


def total_shipped(order: Order) -> Money:
    """What the invoice of the goods says: the contract's total with the difference of what was really sent."""
    return Money(order.total_minor + order.difference_minor, order.currency)
