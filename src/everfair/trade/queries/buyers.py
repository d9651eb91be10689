"""What a supplier may know of a buyer before it trades: facts of the platform in numbers, never names or amounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from everfair.base import clock
from everfair.base.actor import SYSTEM, Actor
from everfair.base.refused import NotVisible
from everfair.base.rows import ask
from everfair.companies.queries import company_by_number, is_marked
from everfair.ledger.queries import escrows
from everfair.markets.queries import rules_at
from everfair.markets.table import DEFAULT_MARKET
from everfair.sourcing.queries import Asked, asked_by, has_heard_of
from everfair.trade.queries.orders import orders_visible_to
from everfair.trust.queries import credibility
from everfair.trust.values import Credibility


@dataclass(frozen=True, slots=True)
class Issues:
    """Reports that goods did not come. `raised` by the buyer, `silent` opened because nobody spoke; and how those ended that ended:
    `withdrawn` by the buyer, or decided with all held money for the buyer, for the supplier, or shared."""

    raised: int
    silent: int
    withdrawn: int
    for_buyer: int
    shared: int
    for_seller: int
    open: int


@dataclass(frozen=True, slots=True)
class BuyerRecord:
    """`in_time` of `fallen_due`: stages that were paid by their day, of those that were paid at all or whose day passed unpaid."""

    number: int
    country: str
    member_since: datetime
    verified_on: datetime | None
    verified_until: date | None
    placed: int
    paid: int
    settled: int
    in_time: int
    fallen_due: int
    issues: Issues
    rfqs: Asked
    credibility: Credibility


# A stage of an order that ended before its day was never late. The clock reports where nobody spoke.
_TRADED = """
    SELECT count(*), count(*) FILTER (WHERE p.all_paid), count(*) FILTER (WHERE o.agreement = 'completed'),
        coalesce(sum(p.in_time), 0)::integer, coalesce(sum(p.fallen_due), 0)::integer,
        coalesce(sum(h.raised), 0)::integer, coalesce(sum(h.silent), 0)::integer, coalesce(sum(h.withdrawn), 0)::integer,
        count(*) FILTER (WHERE o.issue = 'open'), count(*) FILTER (WHERE o.issue = 'resolved')
    FROM trade_order o CROSS JOIN LATERAL (
        SELECT coalesce(bool_and(s.funded_at IS NOT NULL), false) AS all_paid,
            count(*) FILTER (WHERE s.funded_at <= s.due_at) AS in_time,
            count(*) FILTER (WHERE s.funded_at IS NOT NULL OR s.due_at < coalesce(o.closed_at, ef_now())) AS fallen_due
        FROM trade_stage s WHERE s.order_id = o.id
    ) AS p CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE verb = 'report' AND actor NOT LIKE 'clock%%') AS raised,
            count(*) FILTER (WHERE verb = 'report' AND actor LIKE 'clock%%') AS silent, count(*) FILTER (WHERE verb = 'withdraw') AS withdrawn
        FROM base_history WHERE subject = o.id AND axis = 'issue'
    ) AS h
    WHERE o.buyer_id = %s AND o.agreement <> 'draft' AND o.kind <> 'framework'
"""
_DECIDED = "SELECT s.id, s.order_id FROM trade_stage s JOIN trade_order o ON o.id = s.order_id WHERE o.buyer_id = %s AND o.issue = 'resolved'"


def buyer_record(buyer: Any) -> BuyerRecord:
    """Four queries, and two more where an operator has decided. Whoever calls this has asked `has_business_with` before."""
    traded = ask(_TRADED, [buyer.pk])[0]
    placed, paid, settled, in_time, fallen_due, raised, silent, withdrawn, opened, resolved = traded
    marked = is_marked(buyer, clock.now().date())
    return BuyerRecord(
        number=buyer.number,
        country=buyer.country,
        member_since=buyer.created_at,
        verified_on=buyer.verified_at if marked else None,
        verified_until=buyer.verified_until if marked else None,
        placed=placed,
        paid=paid,
        settled=settled,
        in_time=in_time,
        fallen_due=fallen_due,
        issues=Issues(raised, silent, withdrawn, *(_decided(buyer.pk) if resolved else (0, 0, 0)), opened),
        rfqs=asked_by(buyer.pk),
        credibility=credibility(buyer.pk, rules_at(DEFAULT_MARKET)),
    )


def _decided(buyer_id: UUID) -> tuple[int, int, int]:
    """How many decided orders ended with all held money for the buyer, with a part for each, with all for the supplier."""
    orders: dict[Any, Any] = dict(ask(_DECIDED, [buyer_id]))
    sums: dict[UUID, list[int]] = {order_id: [0, 0] for order_id in orders.values()}
    for stage_id, escrow in escrows(orders).items():
        both = sums[orders[stage_id]]
        both[0] += escrow.refunded_minor
        both[1] += escrow.released_minor + escrow.fees_minor
    for_buyer = sum(not kept for _returned, kept in sums.values())
    shared = sum(bool(returned and kept) for returned, kept in sums.values())
    return for_buyer, shared, len(sums) - for_buyer - shared


def has_business_with(actor: Actor, buyer_id: UUID) -> bool:
    """A request it may see, a question about an offer, an order; a company's own record is its own, operators see all."""
    if actor.kind == "operator" or (actor.company_id is not None and actor.company_id == buyer_id):
        return True
    if actor.company_id is None:
        return False
    return has_heard_of(actor, buyer_id) or orders_visible_to(actor).filter(buyer_id=buyer_id).exists()


def buyer_by_number(number: int, actor: Actor) -> Any:
    """The company whose record this actor may see; NotVisible for all others, whether there is one or not."""
    found = company_by_number(number, SYSTEM)
    if not has_business_with(actor, found.pk):
        raise NotVisible
    return found
