"""What of each line is on its way, what is left, and how much more or less the contract lets the seller send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from everfair.base.money import Money, UnitPrice
from everfair.base.rows import ask, find
from everfair.reference.queries import unit as unit_row
from everfair.trade.models import Order, ShippedLine


@dataclass(frozen=True, slots=True)
class LineGoods:
    """One line of the contract that holds. `tolerance`: the fraction more or less that counts as what was ordered."""

    n: int
    description: str
    unit: str
    ordered: Decimal
    shipped: Decimal
    tolerance: Decimal
    price: UnitPrice
    amount: Money

    @property
    def left(self) -> Decimal:
        return max(self.ordered - self.shipped, Decimal(0))

    @property
    def least(self) -> Decimal:
        return self._round(self.ordered * (1 - self.tolerance), "ROUND_CEILING")

    @property
    def most(self) -> Decimal:
        return self._round(self.ordered * (1 + self.tolerance), "ROUND_FLOOR")

    @property
    def state(self) -> str:
        """awaiting, part or shipped: enough is on its way, as the contract counts it."""
        return "shipped" if self.shipped >= self.least else "part" if self.shipped else "awaiting"

    def _round(self, quantity: Decimal, how: str) -> Decimal:
        return quantity.quantize(Decimal(1).scaleb(-unit_row(self.unit).decimals), rounding=how)


def tolerance_of(order: Order, unit: str) -> Decimal:
    """What the contract allows for goods of this unit; nothing where it was signed before there was a rule."""
    name = "trade.quantity_tolerance" if unit_row(unit).decimals else "trade.count_tolerance"
    return Decimal(order.rules.get(name, "0"))


def goods_of(order: Order) -> list[LineGoods]:
    """Every line; one query where goods are on their way in parts or otherwise than ordered, none where nothing left yet."""
    sent = _sent(order) if order.goods != "awaiting" else {}
    whole = order.goods in ("shipped", "received") and not sent
    found = []
    for line in order.terms["lines"]:
        ordered = Decimal(line["quantity"])
        price = UnitPrice(Decimal(line["unit_price"]), order.currency, Decimal(line["price_per"]))
        found.append(
            LineGoods(
                n=line["n"],
                description=line["description"],
                unit=line["unit"],
                ordered=ordered,
                shipped=ordered if whole else sent.get(line["n"], Decimal(0)),
                tolerance=tolerance_of(order, line["unit"]),
                price=price,
                amount=Money(line["amount_minor"], order.currency),
            )
        )
    return found


def sent_goods(order: Order, accepted: Mapping[int, Decimal]) -> list[LineGoods]:
    """For the page: the lines of an order whose goods leave or are accepted in parts, or left otherwise than ordered; [] for all others."""
    if order.goods == "awaiting" or (order.goods != "part" and not accepted and not _sent(order)):
        return []
    return goods_of(order)


def _sent(order: Order) -> Mapping[int, Decimal]:
    return dict(ask("SELECT n, sum(quantity) FROM trade_shippedline WHERE order_id = %s GROUP BY n", [order.pk]))


def shipped_lines(order: Order) -> dict[UUID, dict[int, Decimal]]:
    """Consignment → line → how much it carries; empty where the goods left as one, as ordered."""
    found: dict[UUID, dict[int, Decimal]] = {}
    for row in find(ShippedLine, "order_id = %s ORDER BY id", [order.pk]):
        found.setdefault(row.consignment_id, {})[row.n] = row.quantity
    return found


def difference_of(goods: list[LineGoods], currency: str) -> Money:
    """What was shipped, at the contract's prices, less what was ordered: above zero the buyer owes it, below the buyer gets it back."""
    return Money(sum(line.price.times(line.shipped).minor - line.amount.minor for line in goods if line.shipped), currency)
