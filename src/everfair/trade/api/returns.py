"""Money that a seller gives back after it was paid."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router

from everfair.base.allow import allow
from everfair.base.api import MoneyOut, write
from everfair.base.money import Money
from everfair.base.refused import Refused
from everfair.companies.roles import MONEY_KEEPING
from everfair.trade import actions, queries
from everfair.trade.api.answers import text_of
from everfair.trade.schemas.returns import ReturnIn, ReturnOut

router = Router(tags=["Orders"])


@router.post("/orders/{uuid:order_id}/returns", response={201: ReturnOut})
@allow(MONEY_KEEPING, scope="money:write", proof="fresh")
@write
def return_money(request: HttpRequest, order_id: UUID, payload: ReturnIn) -> Any:
    """Give back a part of what you were paid for an order: what the buyer still owes on your credit for it
    is owed no more, first; the rest goes from your wallet to the buyer's. The fees on it come back to you."""
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.order(order_id, actor, sides=False)
    try:
        amount = Money.of(payload.amount, found.currency)
    except ValueError:
        raise Refused("base.amount", _("This is no amount of this currency."), field="amount", status=422) from None
    made = actions.return_money(order_id, amount, text_of(payload.reason, "reason"), by=actor)
    return 201, ReturnOut(id=made.pk, amount=MoneyOut.of(made.amount), reason=made.reason)
