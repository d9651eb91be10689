"""Chargebacks as they stand, from whom they were taken, and how much of them there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from everfair.base.actor import Actor
from everfair.base.money import Money
from everfair.base.refused import NotVisible
from everfair.base.rows import ask, find, find_one
from everfair.payments.models import Chargeback, ChargebackTake

# Characters of what is answered to one.
EVIDENCE_MOST = 20_000


def chargebacks_visible_to(actor: Actor) -> tuple[str, list[UUID]]:
    """The condition that a query of chargebacks begins with: their payer, their payee, and the platform."""
    if actor.kind in ("operator", "rail", "clock", "system"):
        return "true", []
    if actor.company_id is None:
        return "false", []
    return "(company_id = %s OR payee_id = %s)", [actor.company_id, actor.company_id]


def chargeback(chargeback_id: UUID, actor: Actor) -> Chargeback:
    where, params = chargebacks_visible_to(actor)
    found = find_one(Chargeback, f"id = %s AND {where}", [chargeback_id, *params])
    if found is None:
        raise NotVisible
    return found


def chargeback_of_payee(chargeback_id: UUID, actor: Actor) -> Chargeback:
    """As the company sees it that the payment was for; NotVisible for its payer. It knows its `purpose`, `purpose_kind` and what it was
    for (`description`)."""
    also = {"purpose": _PURPOSE, "purpose_kind": _PURPOSE_KIND, "description": _FOR}
    if actor.kind in ("person", "key"):
        found = find(Chargeback, "id = %s AND payee_id = %s", [chargeback_id, actor.company_id], also=also)
    else:
        where, params = chargebacks_visible_to(actor)
        found = find(Chargeback, f"id = %s AND {where}", [chargeback_id, *params], also=also)
    if not found:
        raise NotVisible
    return found[0]


@dataclass(frozen=True, slots=True)
class ChargebackSeen:
    """One as a company sees it: what its payment was for, and what of it the company paid itself and has not got back (`taken`)."""

    chargeback: Chargeback
    description: str
    taken: Money


def chargebacks_seen_by(actor: Actor, *, before: UUID | None = None, limit: int = 25) -> list[ChargebackSeen]:
    """Of the actor's company, as payer or payee, newest first; `before` is the last one seen. One query."""
    where, params = chargebacks_visible_to(actor)
    asked = f"{where} AND (%s::uuid IS NULL OR id < %s) ORDER BY id DESC LIMIT %s"
    return _seen(actor, asked, [*params, before, before, limit])


def chargeback_seen_by(chargeback_id: UUID, actor: Actor) -> ChargebackSeen:
    where, params = chargebacks_visible_to(actor)
    found = _seen(actor, f"id = %s AND {where}", [chargeback_id, *params])
    if not found:
        raise NotVisible
    return found[0]


def _seen(actor: Actor, where: str, params: Sequence[Any]) -> list[ChargebackSeen]:
    rows = find(Chargeback, where, [actor.company_id, *params], also={"taken_minor": _TAKEN_BY, "description": _FOR})
    return [ChargebackSeen(row, row.description, Money(int(row.taken_minor), row.currency)) for row in rows]  # type: ignore[attr-defined]


_FOR = "(SELECT description FROM payments_intent i WHERE i.id = payments_chargeback.intent_id)"
_TAKEN_BY = """
    (SELECT coalesce(sum(t.amount_minor - t.returned_minor), 0) FROM payments_chargebacktake t
     WHERE t.chargeback_id = payments_chargeback.id AND t.company_id = %s)
"""


def chargebacks_of(purposes: Sequence[UUID]) -> list[Chargeback]:
    """Those of payments for these, oldest first; each knows its `purpose`."""
    return find(Chargeback, _OF, [list(purposes)], also={"purpose": _PURPOSE})


_OF = "intent_id IN (SELECT id FROM payments_intent WHERE purpose = ANY(%s::uuid[])) AND refund_id IS NULL ORDER BY id"
_PURPOSE = "(SELECT purpose FROM payments_intent i WHERE i.id = payments_chargeback.intent_id)"
_PURPOSE_KIND = "(SELECT purpose_kind FROM payments_intent i WHERE i.id = payments_chargeback.intent_id)"


def is_charged_back(purposes: Sequence[UUID]) -> bool:
    """Whether a chargeback of a payment for one of these waits for its decision."""
    return bool(ask(_OPEN, [list(purposes)])[0][0])


_OPEN = """
    SELECT EXISTS (SELECT FROM payments_chargeback c JOIN payments_intent i ON i.id = c.intent_id
                   WHERE i.purpose = ANY(%s::uuid[]) AND c.state = 'open' AND c.refund_id IS NULL)
"""


def claimed_of(company_id: UUID, purposes: Sequence[UUID]) -> int:
    """What open chargebacks of payments for these took of this company, in minor units: nobody has decided on it yet."""
    return int(ask(_CLAIMED, [list(purposes), company_id])[0][0])


_CLAIMED = """
    SELECT coalesce(sum(t.amount_minor - t.returned_minor), 0) FROM payments_chargebacktake t
    JOIN payments_chargeback c ON c.id = t.chargeback_id JOIN payments_intent i ON i.id = c.intent_id
    WHERE i.purpose = ANY(%s::uuid[]) AND t.company_id = %s AND c.state = 'open'
"""


def takes_of(chargeback_id: UUID) -> list[ChargebackTake]:
    """From whom it was taken, in that order."""
    return find(ChargebackTake, "chargeback_id = %s ORDER BY n", [chargeback_id])


def taken_of(found: Chargeback, company_id: UUID) -> Money:
    """What of it a company paid itself and has not got back."""
    asked = """
        SELECT coalesce(sum(amount_minor - returned_minor), 0) FROM payments_chargebacktake WHERE chargeback_id = %s AND company_id = %s
    """
    return Money(int(ask(asked, [found.pk, company_id])[0][0]), found.currency)
