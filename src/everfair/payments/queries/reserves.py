"""What is kept back from sellers, and how much of it the rules ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from everfair.base.money import Money
from everfair.base.rows import ask, find
from everfair.markets.queries import rules_at
from everfair.payments.models import Reserve
from everfair.payments.rails import RAILS


@dataclass(frozen=True, slots=True)
class ReserveTerms:
    """So many hundredths of a per cent, for so many days; `watched` because too many of its payments come back."""

    bps: int
    days: int
    watched: bool = False


def reserve_terms(company_id: UUID, market: str) -> ReserveTerms:
    """What the rules of today keep back of this seller's card payments: a query only where a seller with chargebacks is treated apart."""
    rules = rules_at(market)
    plain, watched = int(rules["payments.reserve_bps"]), int(rules["payments.reserve_bps_watched"])
    days = int(rules["payments.reserve_days"])
    if watched > plain and is_watched(company_id, rules["payments.chargeback_alarm"]):
        return ReserveTerms(watched, days, watched=True)
    return ReserveTerms(plain, days)


def is_watched(company_id: UUID, alarm: object) -> bool:
    """Whether of the seller's card payments of 90 days more than the alarm's share was charged back, by amount."""
    return bool(ask(_WATCHED, {"company": company_id, "alarm": alarm, "cards": card_rails()})[0][0])


_WATCHED = """
    SELECT EXISTS (SELECT FROM payments_chargeback WHERE payee_id = %(company)s) AND coalesce((
        SELECT bool_or(back > %(alarm)s * paid) FROM (
            SELECT i.currency, sum(i.amount_minor) AS paid,
                (SELECT coalesce(sum(c.amount_minor), 0) FROM payments_chargeback c WHERE c.payee_id = %(company)s AND c.currency = i.currency
                 AND c.created_at > ef_now() - interval '90 days' AND c.state NOT IN ('won', 'reinstated')) AS back
            FROM payments_intent i WHERE i.payee_id = %(company)s AND i.state = 'captured' AND i.provider = ANY(%(cards)s)
                AND i.captured_at > ef_now() - interval '90 days' GROUP BY i.currency) s), false)
"""


def card_rails() -> list[str]:
    """The rails of which a payer's bank can take money back."""
    return [rail.code for rail in RAILS.values() if rail.method == "card"]


def paid_by_card(purpose: UUID) -> bool:
    """Whether what was paid for this came by a card."""
    return bool(ask(_BY_CARD, [purpose, card_rails()])[0][0])


_BY_CARD = "SELECT EXISTS (SELECT FROM payments_intent WHERE purpose = %s AND state = 'captured' AND provider = ANY(%s))"


def reserves_of(company_id: UUID, *, limit: int = 50) -> list[Reserve]:
    """What is kept back from a company now, the next to be let go first."""
    return find(Reserve, "company_id = %s AND state = 'held' ORDER BY release_at, id LIMIT %s", [company_id, limit])


def reserve_sums(company_id: UUID) -> list[tuple[Money, datetime]]:
    """Of each currency what is kept back, and when the last of it is let go."""
    return [(Money(int(minor), currency), last) for currency, minor, last in ask(_SUMS, [company_id])]


_SUMS = """
    SELECT currency, sum(left_minor), max(release_at) FROM payments_reserve WHERE company_id = %s AND state = 'held'
    GROUP BY currency ORDER BY currency
"""
