"""Who is who in a review: the two sides of its order."""

from everfair.base.actor import Actor
from everfair.trade.roles import buyer, seller

__all__ = ["buyer", "party", "seller", "side_of"]

party = buyer | seller


def side_of(order: object, actor: Actor) -> str:
    """Which side of the order the actor acts for; «» for staff and strangers."""
    sides = {order.buyer_id: "buyer", order.seller_id: "seller"}  # type: ignore[attr-defined]
    return sides.get(actor.company_id, "") if actor.company_id is not None else ""
