"""What became of a simulation's trades: endings, verbs, money to the smallest unit, and whatever was not as it must be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from everfair.base.models import Deadline, DeadReaction
from everfair.base.rows import ask
from everfair.ledger.proofs import prove

# Why an order that has not ended may have no deadline of its own running.
OTHERS_TURN = """
    SELECT o.id, CASE
        WHEN o.issue = 'open' AND EXISTS (SELECT FROM base_deadline d JOIN disputes_claim c ON c.id = d.subject
            WHERE c.order_id = o.id AND d.state = 'waiting' AND d.reminder = 0) THEN 'claim'
        WHEN EXISTS (SELECT FROM base_deadline d WHERE d.state = 'waiting' AND d.reminder = 0 AND d.subject = o.id) THEN 'deadline'
        WHEN EXISTS (SELECT FROM base_deadline d WHERE d.state = 'waiting' AND d.reminder = 0 AND d.subject = o.group_buy_id) THEN 'deadline'
        ELSE 'nobody' END
    FROM trade_order o WHERE o.id = ANY(%s::uuid[]) AND o.agreement IN ('offered', 'agreed')
"""
_ENDINGS = """
    SELECT o.kind, o.agreement, CASE
        WHEN o.agreement <> 'completed' THEN o.closed_by
        WHEN o.kind = 'framework' THEN 'framework ended by ' || o.closed_by
        WHEN d.id IS NOT NULL THEN CASE WHEN c.id IS NULL THEN 'operator''s decision' ELSE 'claim: ' || d.kind END
        WHEN EXISTS (SELECT FROM trade_release r JOIN trade_stage s ON s.id = r.stage_id WHERE s.order_id = o.id AND r.delivery_id IS NOT NULL)
            THEN 'silence over a delivery'
        WHEN EXISTS (SELECT FROM trade_release r JOIN trade_stage s ON s.id = r.stage_id WHERE s.order_id = o.id AND r.inspection_id IS NOT NULL)
            THEN 'silence over an inspection'
        ELSE 'acceptance' END, count(DISTINCT o.id)
    FROM trade_order o LEFT JOIN trade_decision d ON d.order_id = o.id
    LEFT JOIN disputes_claim c ON c.order_id = o.id AND c.carried_out_at IS NOT NULL
    WHERE o.id = ANY(%s::uuid[]) GROUP BY 1, 2, 3
"""
_VERBS = "SELECT split_part(kind, '.', 2) || '.' || axis, verb, count(*) FROM base_history WHERE seq > %s GROUP BY 1, 2"
_MONEY = """
    WITH own AS (SELECT unnest(%(companies)s::uuid[]) AS id),
    kept AS (
        SELECT 'captured' AS part, currency, amount_minor AS minor FROM payments_intent WHERE company_id IN (SELECT id FROM own) AND state = 'captured'
        UNION ALL SELECT 'wallets', a.currency, b.posted_minor FROM ledger_account a JOIN ledger_balance b ON b.account_id = a.id
            JOIN own ON split_part(a.address, ':', 2) = own.id::text WHERE a.address LIKE 'company:%%'
        UNION ALL SELECT 'escrow', s.currency, b.posted_minor FROM trade_stage s JOIN trade_order o ON o.id = s.order_id
            JOIN ledger_account a ON a.address = 'stage:' || s.id || ':escrow' JOIN ledger_balance b ON b.account_id = a.id
            WHERE o.buyer_id IN (SELECT id FROM own)
        UNION ALL SELECT 'escrow', i.currency, b.posted_minor FROM trade_inspection i JOIN trade_order o ON o.id = i.order_id
            JOIN ledger_account a ON a.address = 'stage:' || i.id || ':escrow' JOIN ledger_balance b ON b.account_id = a.id
            WHERE o.buyer_id IN (SELECT id FROM own)
        UNION ALL SELECT 'not yet used', i.currency, b.posted_minor FROM payments_intent i
            JOIN ledger_account a ON a.address = 'intent:' || i.id || ':received' JOIN ledger_balance b ON b.account_id = a.id
            WHERE i.company_id IN (SELECT id FROM own) AND i.state = 'captured'
        UNION ALL SELECT 'captured', t.currency, t.amount_minor FROM payments_refund r JOIN ledger_account a ON a.address = 'refund:' || r.id || ':due'
            JOIN ledger_transfer t ON t.target_id = a.id JOIN ledger_account f ON f.id = t.source_id AND f.address LIKE 'provider:%%'
            WHERE r.company_id IN (SELECT id FROM own)
        UNION ALL SELECT 'to give back', a.currency, b.posted_minor FROM payments_refund r
            JOIN ledger_account a ON a.address = 'refund:' || r.id || ':due' JOIN ledger_balance b ON b.account_id = a.id
            WHERE r.company_id IN (SELECT id FROM own)
        UNION ALL SELECT 'given back', t.currency, t.amount_minor FROM payments_refund r JOIN ledger_account a ON a.address = 'refund:' || r.id || ':due'
            JOIN ledger_transfer t ON t.source_id = a.id JOIN ledger_account g ON g.id = t.target_id AND g.address LIKE 'provider:%%'
            WHERE r.company_id IN (SELECT id FROM own)
        UNION ALL SELECT 'fees', s.currency, t.amount_minor FROM trade_stage s JOIN trade_order o ON o.id = s.order_id
            JOIN ledger_account a ON a.address = 'stage:' || s.id || ':escrow'
            JOIN ledger_transfer t ON t.source_id = a.id AND t.purpose IN ('fee', 'loss') WHERE o.buyer_id IN (SELECT id FROM own)
    )
    SELECT currency, part, sum(minor)::bigint FROM kept GROUP BY 1, 2 ORDER BY 1, 2
"""


def waiting(orders: Sequence[UUID]) -> dict[UUID, str]:
    """Of these orders that have not ended: what comes next; «nobody» is an order that is stuck."""
    return dict(ask(OTHERS_TURN, [list(orders)]))


def endings(orders: Sequence[UUID]) -> dict[str, int]:
    return {f"{kind}: {agreement}, {how or 'running'}": n for kind, agreement, how, n in sorted(ask(_ENDINGS, [list(orders)]))}


def verbs(since: int) -> dict[str, dict[str, int]]:
    """How often each verb of each table was done, by axis."""
    found: dict[str, dict[str, int]] = {}
    for axis, verb, n in sorted(ask(_VERBS, [since])):
        found.setdefault(axis, {})[verb] = n
    return found


def last_move() -> int:
    return int(ask("SELECT coalesce(max(seq), 0) FROM base_history")[0][0])


def money(companies: Sequence[UUID]) -> dict[str, dict[str, int]]:
    """By currency, in the smallest unit: what was captured, and where it lies now; `unaccounted` must be nothing."""
    found: dict[str, Counter[str]] = {}
    for currency, part, minor in ask(_MONEY, {"companies": list(companies)}):
        found.setdefault(currency, Counter())[part] = int(minor or 0)
    return {
        currency: dict(parts) | {"unaccounted": parts["captured"] - sum(n for part, n in parts.items() if part != "captured")}
        for currency, parts in found.items()
    }


def breaches() -> list[str]:
    return [f"{proof.name}: {proof.breach}" for proof in prove() if proof.breach]


def stumbles() -> dict[str, int]:
    """Deadlines and reactions that raised: none, or as many as before."""
    return {
        "deadlines": Deadline.objects.filter(tries__gt=0).count(),
        "reactions": DeadReaction.objects.count(),
    }
