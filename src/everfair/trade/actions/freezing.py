"""What is held stands still while somebody decides: over an issue of the goods, or because the buyer's bank took a payment back."""

from __future__ import annotations

from everfair.base.actor import Actor
from everfair.base.states import stepping
from everfair.payments.queries import is_charged_back
from everfair.trade.actions.stages import locked_stages
from everfair.trade.models import Order


def freeze_stages(order: Order, *, by: Actor) -> None:
    for stage in locked_stages(order, "funded"):
        with stepping(stage, "freeze", by=by):
            pass


def thaw_stages(order: Order, *, by: Actor) -> None:
    """Unless the buyer's bank holds a payment of this order: then its decision thaws them."""
    if is_charged_back([stage.pk for stage in locked_stages(order)]):
        return
    for stage in locked_stages(order, "frozen"):
        with stepping(stage, "thaw", by=by):
            pass
