"""Claims an actor may see, and what belongs to each."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from everfair.base.actor import Actor
from everfair.base.money import Money, total
from everfair.base.refused import NotVisible
from everfair.base.rows import ask, find, seen_as
from everfair.disputes.models import Claim, ClaimLine, Exhibit, Offer, Ruling
from everfair.disputes.states import ENDED
from everfair.trade.queries import credit_of_held, order_parts

_KEEPS = ~Q(state__in=ENDED) | Q(carried_out_at=None, held_minor__gt=0, state__in=["settled", "dropped", "decided"])
_HELD = "SELECT coalesce(sum(amount_minor - parted_minor - charged_minor), 0)::bigint FROM trade_stage WHERE order_id = %s AND state IN ('funded', 'frozen')"


def claims_visible_to(actor: Actor) -> QuerySet[Claim]:
    """Both sides see their claims, staff and the worker's actors all."""
    if actor.kind in ("operator", "clock", "rail", "system"):
        return seen_as(Claim, Claim.objects.all)
    own = actor.company_id
    if own is None:
        return seen_as(Claim, Claim.objects.none, "false")
    return seen_as(
        Claim, lambda: Claim.objects.filter(Q(buyer_id=own) | Q(seller_id=own)), "(buyer_id = %s OR seller_id = %s)", own, own
    )


def claim(claim_id: UUID, actor: Actor) -> Claim:
    """With its order and both sides: one query."""
    found = claims_visible_to(actor).filter(pk=claim_id).select_related("order", "buyer", "seller").first()
    if found is None:
        raise NotVisible
    return found


def claims_page(actor: Actor, *, open_only: bool = False, before: int | None = None, limit: int = 25) -> list[Claim]:
    """Newest first; `before` is a claim's number (keyset)."""
    rows = claims_visible_to(actor).select_related("order", "buyer", "seller")
    if open_only:
        rows = rows.exclude(state__in=ENDED)
    if before is not None:
        rows = rows.filter(number__lt=before)
    return list(rows.order_by("-number")[:limit])


def claims_of(order_id: UUID, actor: Actor) -> list[Claim]:
    """The claims of one order, newest first."""
    return list(claims_visible_to(actor).filter(order_id=order_id).order_by("-number"))


def open_claim_of(order_id: UUID) -> Claim | None:
    """The claim that keeps this order's issue: open, or ended and not yet carried out because a stop keeps the money."""
    return Claim.objects.filter(_KEEPS, order_id=order_id).order_by("-number").first()


def orders_claimed() -> QuerySet[Claim, Any]:
    """The ids of orders whose issue is a claim's, to stand inside another query (`exclude(pk__in=…)`)."""
    return Claim.objects.filter(_KEEPS).values("order_id")


# The same in SQL, of an order called `o`.
CLAIMED = """EXISTS (SELECT FROM disputes_claim k WHERE k.order_id = o.id AND (k.state NOT IN ('settled', 'dropped', 'decided', 'withdrawn')
    OR (k.state <> 'withdrawn' AND k.carried_out_at IS NULL AND k.held_minor > 0)))"""


def held_now(order: Any) -> Money:
    """What lies in this order's escrows, less what a lower total gives back to the buyer beforehand."""
    return Money(int(ask(_HELD, [order.pk])[0][0]), order.currency) - credit_of_held(order)


@dataclass(frozen=True, slots=True)
class LineWorth:
    """A line of the contract; `worth` is its amount with its part of the charges: all of them sum to the order's total."""

    line: Any
    worth: Money


def lines_of_order(order: Any) -> list[LineWorth]:
    lines = order_parts(order).lines
    weights = [line.amount_minor for line in lines]
    worths = order.total.split(weights if sum(weights) else [1] * len(lines))
    return [LineWorth(line, worth) for line, worth in zip(lines, worths, strict=True)]


@dataclass(frozen=True, slots=True)
class ClaimLineShown:
    line: Any
    reason: str
    quantity: Decimal
    worth: Money


def claim_lines(found: Claim) -> list[ClaimLineShown]:
    """One query."""
    rows = ClaimLine.objects.filter(claim=found).select_related("line").order_by("line__n")
    return [ClaimLineShown(row.line, row.reason, row.quantity, Money(row.worth_minor, found.currency)) for row in rows]


def worth_of(found: Claim) -> Money:
    return total([row.worth for row in claim_lines(found)], found.currency)


def exhibits_of(found: Claim) -> list[Exhibit]:
    """The case file, oldest first: the same for both sides and the arbitrator."""
    return find(Exhibit, "claim_id = %s ORDER BY n", [found.pk])


def file_hash(exhibits: list[Exhibit]) -> str:
    """SHA-256 over the case file as it stands: what a ruling was made over."""
    leaves = [[row.n, row.kind, row.side, row.verb, row.text, row.files, row.body] for row in exhibits]
    return hashlib.sha256(json.dumps(leaves, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def offers_standing(found: Claim) -> dict[str, Offer]:
    """Each side's last offer: what the other side may accept now."""
    return {row.side: row for row in find(Offer, "claim_id = %s ORDER BY id", [found.pk])}


def offer(found: Claim, offer_id: UUID) -> Offer:
    """One of this claim's; NotVisible otherwise."""
    row = Offer.objects.filter(claim=found, pk=offer_id).first()
    if row is None:
        raise NotVisible
    return row


def rulings_of(found: Claim) -> list[Ruling]:
    """Those that counted, oldest first: a proposal that was sent back is not among them."""
    rows = Ruling.objects.filter(claim=found).select_related("ground").order_by("id")
    sent_back = {row[0] for row in ask(_SENT_BACK, [found.pk])}
    return [row for row in rows if row.pk not in sent_back]


_SENT_BACK = """
    SELECT r.id FROM disputes_ruling r JOIN disputes_rulingcheck c ON c.ruling_id = r.id WHERE r.claim_id = %s AND NOT c.confirmed
"""
