"""Whether an actor could open a claim on an order now: what the button and the API's moves ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from everfair.base.actor import Actor
from everfair.base.clock import now
from everfair.disputes.models import Claim
from everfair.disputes.queries.claims import held_now, open_claim_of
from everfair.disputes.queries.rules import span
from everfair.trade.queries.moves import is_withdrawn_for_good
from everfair.trade.roles import buyer


def may_open(order: Any, actor: Actor, claims: Sequence[Claim] | None = None) -> bool:
    """`claims`: those of the order, where they are known already."""
    if not buyer.admits(actor, order) or order.goods == "awaiting" or order.agreement not in ("agreed", "completed"):
        return False
    if _open_one(order, claims) is not None:
        return False
    if order.agreement == "agreed" and held_now(order):
        return order.issue == "open" or (order.issue == "none" and not is_withdrawn_for_good(order))
    return order.received_at is not None and now() <= order.received_at + span(order, "trade.claim_days")


def may_close(order: Any, actor: Actor, claims: Sequence[Claim] | None = None) -> bool:
    """What silence has opened and nobody claims."""
    if order.issue != "open" or order.agreement != "agreed" or not buyer.admits(actor, order):
        return False
    return _open_one(order, claims) is None and not is_withdrawn_for_good(order)


def _open_one(order: Any, claims: Sequence[Claim] | None) -> Claim | None:
    """No claim at all is no open one; only where there are some is the question asked again."""
    return open_claim_of(order.pk) if claims is None or claims else None
