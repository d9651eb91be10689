"""Issues and stops for programs."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router

from everfair.base.allow import allow
from everfair.base.api import open_cursor, seal_cursor, write
from everfair.base.refused import Refused
from everfair.base.roles import OPERATOR
from everfair.companies.actions import place_stop
from everfair.disputes.queries import orders_claimed
from everfair.office import actions, queries
from everfair.office.schemas.trades import (
    DecidedOut,
    IssueOut,
    IssuesOut,
    ResolveIn,
    StopIn,
    StopOut,
)
from everfair.trade.queries import open_issues

router = Router(tags=["office"])


@router.get("/office/issues", response=IssuesOut)
@allow(OPERATOR)
def list_issues(request: HttpRequest, cursor: str = Query("", max_length=400), limit: int = Query(50, ge=1, le=100)) -> IssuesOut:
    """Orders with an open issue that is no claim's, newest first."""
    before = _place(cursor) if cursor else None
    found = open_issues(apart_from=orders_claimed(), before=before, limit=limit + 1)
    shown = found[:limit]
    following = seal_cursor(["issues", shown[-1].number]) if len(found) > limit else None
    return IssuesOut(issues=[_issue(order) for order in shown], next_cursor=following)


def _place(cursor: str) -> int:
    match open_cursor(cursor):
        case ["issues", int(number)]:
            return number
    raise Refused("base.cursor_unknown", _("This cursor is not one of ours."), status=422, field="cursor")


def _issue(order: Any) -> IssueOut:
    return IssueOut(
        id=order.pk,
        number=order.number,
        reference=order.reference,
        buyer_id=order.buyer_id,
        buyer=order.buyer.name,
        seller_id=order.seller_id,
        seller=order.seller.name,
        total=str(order.total.amount),
        currency=order.currency,
        reason=order.issue_reason,
    )


@router.post("/office/orders/{uuid:order_id}/resolve", response=DecidedOut)
@allow(OPERATOR, proof="fresh")
@write
def resolve(request: HttpRequest, order_id: UUID, payload: ResolveIn) -> DecidedOut:
    """Decide an open issue. The money leaves escrow at once and cannot be called back."""
    actor = request.actor  # type: ignore[attr-defined]
    share = Decimal(payload.buyer_share)
    file = queries.order_file(order_id, actor)
    split = queries.split_of(file.order, file.parts.stages, share)
    order = actions.decide_issue(order_id, share, payload.reason, by=actor)
    sums = {name: str(getattr(split, name).amount) for name in ("held", "to_buyer", "to_seller", "fee")}
    return DecidedOut(id=order.pk, issue=order.issue, agreement=order.agreement, currency=order.currency, **sums)


@router.post("/office/companies/{uuid:company_id}/stops", response={201: StopOut})
@allow(OPERATOR, proof="fresh")
@write
def stop(request: HttpRequest, company_id: UUID, payload: StopIn) -> tuple[int, StopOut]:
    """Place a stop. `until` without a zone is UTC."""
    until = payload.until
    if until is not None and until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    made = place_stop(company_id, payload.kind, payload.reason, until=until, by=request.actor)  # type: ignore[attr-defined]
    return 201, StopOut(id=made.pk, company_id=made.company_id, kind=made.kind, until=made.until)
